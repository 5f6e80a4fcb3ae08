"""A program whose functions are all compiled holds nothing of the compiler inside the compiler.

Both programs must run. None of WORDS may be in the symbols of the first; all must be in those of
the second, which builds its function at run time, so that a name that changed is noticed.

Or (--small) a program of which no constant takes a megabyte: the plan with room for any function,
2.5 MB, is for the compiler alone. Where code that runs reads it, all of it is in the program, and
is touched by each start: of programs without optimisation, which sanitizers see.
"""
import argparse
import re
import subprocess
import sys

WORDS = {
    "the graph": r"ansatz::ir::Graph\b",
    "passes": r"ansatz::ir::rewrite\b",
    "derivatives": r"ansatz::ir::sweep\b",
    "derivative rules": r"ansatz::ir::VjpContext\b",
    "clusters": r"ansatz::ir::Clusters\b",
    "the schedule": r"ansatz::ir::Scheduler\b",
    "the writer of loops": r"ansatz::ir::LoopWriter\b",
    "constants of ops": r"ansatz::ir::OpConstant\b",
    "ops for the interpreter": r"\brun_block\b",
}


def symbols(nm, program):
    listed = subprocess.run([nm, "-C", "--defined-only", program], capture_output=True, text=True,
                            check=True).stdout
    return [line.split(" ", 2)[-1] for line in listed.splitlines()]


def faults(options):
    for program in (options.compiled, options.built):
        said = subprocess.run([program], capture_output=True, text=True).stdout.strip()
        if said != "right":
            yield f"{program}: printed '{said}'"
    compiled = symbols(options.nm, options.compiled)
    built = symbols(options.nm, options.built)
    for what, word in WORDS.items():
        found = [name for name in compiled if re.search(word, name)]
        if found:
            yield f"{options.compiled} holds {what}, {len(found)} symbols such as {found[0][:120]}"
        if not any(re.search(word, name) for name in built):
            yield f"{options.built} does not hold {what}: is '{word}' still its name?"
    print(f"{len(compiled)} symbols in the compiled program, {len(built)} in the built one")


def large_objects(nm, program):
    listed = subprocess.run([nm, "-S", "--defined-only", program], capture_output=True, text=True,
                            check=True).stdout
    for line in listed.splitlines():
        found = re.match(r"[0-9a-f]+ ([0-9a-f]+) [dDrRuV] (.*)", line)
        if found and int(found[1], 16) > 1_000_000:
            yield f"{program} holds {int(found[1], 16)} bytes of {found[2][:200]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--compiled")
    parser.add_argument("--built")
    parser.add_argument("--small")
    options = parser.parse_args()
    if not options.small and not (options.compiled and options.built):
        parser.error("--compiled and --built, or --small")
    found = list(large_objects(options.nm, options.small) if options.small else faults(options))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
