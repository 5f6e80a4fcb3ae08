"""A program as C++, every size known to the compiler."""
import program as P

HEAD = """// Made by make_programs.py: programs of programs.txt, compiled at namespace scope, for
// programs_o0.cpp and programs_o3.cpp.
#pragma once

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>
#include <dsl/ops/control/repeat.hpp>

#include "fuzz/program_text.hpp"

namespace {

using namespace ansatz;

"""
OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "equal": "==",
             "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">",
             "greater_equal": ">="}
BODIES = {"tanh": "tanh(u * 0.5 + {})", "scale": "u * sigmoid({}) + 0.25"}


def space(dims):
    return ["Scalar", "VectorSpace", "Matrix"][len(dims)] + (
        f"<{', '.join(map(str, dims))}>" if dims else "") if len(dims) < 3 else (
            f"Tensor<{', '.join(map(str, dims))}>")


def operand(token):
    return "r" + token[1:] if isinstance(token, str) and token.startswith("%") else str(token)


def over(token):
    return token if isinstance(token, str) else f"axis<{token}>"


def expression(op, *a):
    x = operand(a[0]) if op not in P.LEAVES and a else None
    if op in P.LEAVES:
        kind = {"shared": "shared_input", "chain": "state"}.get(op, op)
        of = space(a[2:])
        return f'{kind}<{f"Batch<{of}, chains>" if op == "chain" else of}>("{a[0]}")'
    if op == "labels":
        return f'input<IndexSpace<{a[1]}{f", {a[2]}" if a[2] else ""}>>("{a[0]}")'
    if op == "scalar":
        return f'scalar("{a[0]}")'
    if op == "negate":
        return f"-{x}"
    if op in OPERATORS:
        return f"{x} {OPERATORS[op]} {operand(a[1])}"
    if op == "leaky_relu":
        return f"relu({x}, {a[1]})"
    if op in P.REDUCE:
        return f"{op}({x}, {over(a[1])}{', keep_axes' if a[2] else ''})"
    if op in P.OVER:
        return f"{op}({x}, {over(a[1])})"
    if op == "reshape":
        return f"reshape<{space(a[2:])}>({x})"
    if op == "transpose":
        return f"transpose{'<' + ', '.join(map(str, a[2:])) + '>' if a[1] else ''}({x})"
    if op == "slice":
        return f"slice({x}, axis<{a[1]}>, range<{a[2]}, {a[3]}, {a[4]}>)"
    if op == "concatenate":
        return f"concatenate(axis<{a[0]}>, {', '.join(map(operand, a[2:]))})"
    if op == "convolve":
        return (f"convolve({x}, {operand(a[1])}, border::{a[2]}, padding<{a[3]}, {a[4]}>, "
                f"stride<{a[5]}, {a[6]}>{'' if a[7] else ', cross_correlation'})")
    if op in ("max_pool", "mean_pool"):
        return (f"{op}({x}, pool<{a[1]}, {a[2]}>, stride<{a[3]}, {a[4]}>"
                f"{', border::valid' if a[5] else ''})")
    if op in ("repeat", "loop"):
        n = a[1] if op == "repeat" else 'scalar("count")'
        return (f"repeat({n}, [&](auto u) {{ return {BODIES[a[0]].format(operand(a[3]))}; }}, "
                f"{operand(a[2])})")
    return f"{op}({', '.join(map(operand, a))})"


def text(program):
    lines, register = [f"auto program_{program.seed} = compile<double>([] {{"], 0
    parts = []
    for line in program.lines:
        if line[0] == "output":
            parts.append(f'output("{line[1]}", {operand(line[2])})')
        elif line[0] == "update":
            parts.append(f"update({operand(line[1])}, {operand(line[2])})")
        else:
            lines.append(f"  auto r{register} = {expression(*line)};")
            register += 1
    lines.append("  Function f;")
    lines += [f"  f.add({part});" for part in parts]
    return lines + ["  return f;", "});", ""]


def header(programs):
    lines = [line for p in programs for line in text(p)]
    table = ["fuzz::StaticProgram programs[] = {"]
    rows = [f"{{{p.seed}, &program_{p.seed}}}," for p in programs]
    table += ["    " + " ".join(rows[k:k + 4]) for k in range(0, len(rows), 4)] + ["};", ""]
    return HEAD + "\n".join(lines + table + ["}  // namespace", ""])
