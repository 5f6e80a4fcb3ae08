#!/usr/bin/python3
"""Writes programs.txt: random programs with what they give, by PyTorch or NumPy.

  make_programs.py                     write programs.txt and static_programs.hpp here
  make_programs.py --check             compare their derivatives with differences of their values
                                       and, where it is installed, all they give with PyTorch
  make_programs.py FIRST COUNT FILE    other programs, for a longer search:
                                       ANSATZ_FUZZ_PROGRAMS=FILE test_fuzz '[programs]';
  … handles labels forms               with these features (generate.py), of others: empty, large

Needs NumPy (Debian: python3-numpy), and uses PyTorch (python3-torch) if it is there; the tests need
only the file.
"""
import sys
import pathlib

import numpy as np

import cplusplus
from generate import Generator
from program import all_finite, derivative_fault, distance, run

try:
    import torch_language
except ImportError:
    torch_language = None

FOLDER = pathlib.Path(__file__).resolve().parent
FEATURES = frozenset({"handles", "labels"})
# First seed, number of programs, what may be used beside the ordinary.
STORED = [
    (0, 1000, FEATURES),
    (1000, 200, FEATURES | {"forms"}),
    (2000, 40, FEATURES | {"large"}),
    (3000, 60, FEATURES | {"forms", "empty"}),
]
STATIC = 10
GOLDEN = 0.6180339887498949, 0.7548776662466927


def numbers_of(x):
    """The numbers, or three weighted sums of them."""
    x = np.asarray(x, float).reshape(-1)
    if x.size <= 6:
        return list(x)
    i = np.arange(x.size)
    weights = [np.ones(x.size)] + [2 * (i * g - np.floor(i * g)) - 1 for g in GOLDEN]
    return [float((w * x).sum()) for w in weights]


def by_torch(program, result):
    """What PyTorch says, if it is there and has finite numbers; else the result of NumPy."""
    if not torch_language:
        return result
    theirs = torch_language.run(program)
    return theirs if distance(theirs, theirs) == 0 else result


def judged(seed, features):
    """The program of this seed, what it gives and how precisely; None where rounding, or a matter
    that the documents leave open, decides what it gives."""
    program = Generator(seed, features).program()
    result = run(program)
    precise = distance(result, run(program, real=np.longdouble))
    moved = distance(result, run(program, perturbed=1e-13))
    if not precise < 1e-11 or not moved < 1e-8:
        return None
    # Whether a rule uses the result's value or computes it again is not said; where it matters to a
    # derivative by that result there is no one answer.
    if not distance(result, run(program, fresh=True)) < 1e-12 + 10 * precise:
        return None
    # What overflows in float on the way is compared in double alone: 0 times inf is as it may be.
    rounded = distance(result, run(program, real=np.float32))
    if not all_finite(program, np.float32):
        rounded = np.inf
    result = by_torch(program, result)
    return program, result, 1e-10 + 1e3 * precise, 1e-4 + 30 * rounded if rounded < 1e-4 else 0


def lines_of(seed, features):
    found = judged(seed, features)
    if not found:
        return []
    program, result, in_double, in_float = found
    lines = [f"program {seed} {program.extents['examples']} {program.extents['chains']}"]
    lines += program.text() + [f"within {in_double:.2g} {in_float:.2g}"]
    for name, x in result.items():
        dims = " ".join(str(n) for n in (x.ndim,) + x.shape)
        lines.append(f"gives {name} {dims} " + " ".join(f"{v:.13g}" for v in numbers_of(x)))
    return lines + ["end"]


def write(path, *parts):
    made = 0
    with open(path, "w", encoding="ascii") as out:
        for first, count, features in parts:
            for seed in range(first, first + count):
                lines = lines_of(seed, features)
                made += bool(lines)
                out.write("".join(line + "\n" for line in lines))
    print(f"{path}: {made} programs of {sum(count for _, count, _ in parts)}")


def static_programs():
    """Some of the stored ones, of a middle size, that have derivatives."""
    found, seed = [], STORED[0][0]
    while len(found) < STATIC:
        judgement = judged(seed, FEATURES)
        seed += 1
        if not judgement:
            continue
        program = judgement[0]
        ops = [line[0] for line in program.lines]
        # In the compiler labels are refused where numbers belong.
        if 15 <= len(ops) <= 40 and ops.count("grad") >= 2 and not program.labels_as_numbers:
            found.append(program)
    return found


def check():
    """Faults: differences between the derivatives and the values, or between NumPy and PyTorch."""
    faults, looked_at, compared = 0, 0, 0
    for seed, features in [(first + k, f) for first, count, f in STORED for k in range(count)]:
        found = judged(seed, features)
        if not found:
            continue
        program, result, in_double, _ = found
        if torch_language:
            compared += 1
            apart = distance(result, run(program))
            if not apart < in_double:
                faults += 1
                print(f"program {seed}: PyTorch and NumPy differ by {apart:.2g}")
        text = " ".join(program.text())
        # What jumps, and what derivatives do not see.
        if "stop_gradient" in text or " k" in text.replace(" kernel", "").replace(" keep", ""):
            continue
        looked_at += 1
        fault = derivative_fault(program)
        if fault:
            faults += 1
            print(f"program {seed}: {fault}")
    print(f"{looked_at} programs' derivatives looked at, {compared} compared with PyTorch, "
          f"{faults} faults")
    return faults


def main():
    if sys.argv[1:] == ["--check"]:
        sys.exit(check() > 0)
    if len(sys.argv) >= 4:
        write(sys.argv[3], (int(sys.argv[1]), int(sys.argv[2]), set(sys.argv[4:]) or FEATURES))
        return
    write(FOLDER / "programs.txt", *STORED)
    header = cplusplus.header(static_programs())
    (FOLDER / "static_programs.hpp").write_text(header, encoding="ascii")


if __name__ == "__main__":
    main()
