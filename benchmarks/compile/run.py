#!/usr/bin/env python3
"""What it costs to compile a user's program: user seconds and peak memory.

    run.py [--compiler g++ clang++-16] [--only MLP conv] [--repeat 3] [--record]

Every program is compiled with the project's flags; the fastest of the repeats counts. What grew by
more than a tenth since `recorded.csv`, and what exceeds its budget, is named; the exit status is
then 1. `--record` replaces the recorded values of the compilers and programs that were measured.
"""
import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from programs import programs

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RECORDED = HERE / 'recorded.csv'

# The headers that are made when the library is configured.
MADE = tempfile.TemporaryDirectory()
subprocess.run(['cmake', '-D', f'OPS_FOLDER={ROOT}/dsl/ops', '-D',
                f'OPS_HEADER={MADE.name}/dsl/ops.hpp', '-P', f'{ROOT}/cmake/op_tables.cmake'],
               check=True)
subprocess.run(['cmake', '-D', f'FOLDER={ROOT}/include/ansatz', '-D',
                f'KEY_FUNCTIONS={MADE.name}/ansatz/key_functions.inc', '-P',
                f'{ROOT}/cmake/class_tables.cmake'], check=True)

FLAGS = ['-std=c++20', '-O2', '-march=native', '-ffp-contract=off', '-fno-math-errno', '-fopenmp',
         f'-I{ROOT}', f'-I{ROOT}/include',
         f'-I{MADE.name}']
GNU_LIMITS = ['-fconstexpr-ops-limit=2000000000', '-fconstexpr-loop-limit=100000000',
              '-fconstexpr-depth=4096', '--param=ggc-min-heapsize=262144',
              '--param=ggc-min-expand=40',
              '-DANSATZ_LIBRARY_HAS_INLINE_FUNCTIONS']
CLANG_LIMITS = ['-fconstexpr-steps=2000000000', '-fconstexpr-depth=4096', '-fbracket-depth=4096']

# For g++ 12: user seconds, and MB
BUDGETS = {'headers': (1.2, None), 'softmax regression': (2.5, 600), 'MLP 2': (3, 600),
           'RBM': (3, 600), 'conv net': (3, 600), 'MLP 20': (4, 600), 'MLP 80': (7, 600),
           'trainer': (8, 900)}
NODE_BUDGET = 3e-3  # seconds of a node, up to 1,500 of them
# Nodes that a layer of the MLP brings to the graph, as bench_lowering counts them.
NODES_OF_LAYER = 14
# And that an op of the chain with its gradient brings.
NODES_WITH_GRADIENT = 3
GROWN = 1.1


def compile_once(compiler, source, folder):
    """User seconds and peak MB of one compilation."""
    limits = CLANG_LIMITS if 'clang' in compiler else GNU_LIMITS
    path = pathlib.Path(folder) / 'program.cpp'
    path.write_text(source)
    # `time` of the shell knows no memory; a child of its own per compilation does.
    command = [compiler, *FLAGS, *limits, '-c', str(path), '-o', f'{folder}/program.o']
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f'{compiler} refuses the program:\n{errors[:2000]}')
    return usage.ru_utime, usage.ru_maxrss / 1024


def read_recorded():
    if not RECORDED.exists():
        return {}
    with RECORDED.open() as file:
        return {(r['compiler'], r['program']): (float(r['user_seconds']), float(r['peak_mb']))
                for r in csv.DictReader(file)}


def write_recorded(values):
    with RECORDED.open('w', newline='') as file:
        out = csv.writer(file, lineterminator='\n')
        out.writerow(['compiler', 'program', 'user_seconds', 'peak_mb'])
        for (compiler, program), (seconds, memory) in values.items():
            out.writerow([compiler, program, f'{seconds:.2f}', f'{memory:.0f}'])


def complaints_about(compiler, name, seconds, memory, before):
    found = []
    if before and seconds > GROWN * before[0]:
        found.append(f'{compiler}, {name}: {before[0]:.2f} s has become {seconds:.2f} s')
    if before and memory > GROWN * before[1]:
        found.append(f'{compiler}, {name}: {before[1]:.0f} MB has become {memory:.0f} MB')
    if 'clang' not in compiler and name in BUDGETS:
        most_seconds, most_memory = BUDGETS[name]
        if seconds > most_seconds:
            found.append(f'{compiler}, {name}: {seconds:.2f} s; the budget is {most_seconds} s')
        if most_memory and memory > most_memory:
            found.append(f'{compiler}, {name}: {memory:.0f} MB; the budget is {most_memory} MB')
    return found


def growth(compiler, measured):
    """Lines on the cost of one more op or node, and complaints."""
    lines, found = [], []
    for kind, small, large, nodes in (('MLP', 20, 80, NODES_OF_LAYER), ('chain', 64, 512, 1),
                                      ('chain with gradient', 64, 256, NODES_WITH_GRADIENT)):
        a = measured.get((compiler, f'{kind} {small}'))
        b = measured.get((compiler, f'{kind} {large}'))
        if not a or not b:
            continue
        each = (b[0] - a[0]) / ((large - small) * nodes)
        lines.append(f'{compiler}, {kind}: {1e3 * each:.2f} ms and '
                     f'{1e3 * (b[1] - a[1]) / ((large - small) * nodes):.0f} kB for one more node')
        if 'clang' not in compiler and kind == 'MLP' and each > NODE_BUDGET:
            found.append(f'{compiler}, {kind}: {1e3 * each:.2f} ms a node exceed the budget of '
                         f'{1e3 * NODE_BUDGET:g} ms')
    return lines, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--compiler', nargs='+',
                        default=[c for c in ('g++', 'clang++-16') if shutil.which(c)])
    parser.add_argument('--only', nargs='+', default=[''], help='beginnings of names')
    parser.add_argument('--repeat', type=int, default=3)
    parser.add_argument('--record', action='store_true')
    options = parser.parse_args()

    recorded, measured, complaints = read_recorded(), {}, []
    print(f'{"compiler":12}{"program":20}{"user s":>8}{"MB":>7}   recorded')
    with tempfile.TemporaryDirectory() as folder:
        for compiler in options.compiler:
            for name, source in programs().items():
                if not name.startswith(tuple(options.only)):
                    continue
                runs = [compile_once(compiler, source, folder) for _ in range(options.repeat)]
                seconds, memory = min(r[0] for r in runs), min(r[1] for r in runs)
                before = recorded.get((compiler, name))
                was = f'{before[0]:.2f} s {before[1]:.0f} MB' if before else '-'
                print(f'{compiler:12}{name:20}{seconds:8.2f}{memory:7.0f}   {was}', flush=True)
                measured[compiler, name] = seconds, memory
                complaints += complaints_about(compiler, name, seconds, memory,
                                               None if options.record else before)
    for compiler in options.compiler:
        lines, found = growth(compiler, measured)
        print(*lines, sep='\n')
        complaints += found
    print(*complaints, sep='\n')
    if options.record:
        write_recorded(recorded | measured)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
