"""Which headers one file checks: each of them includes the one before, itself or through others.

What is there of the headers before it, its own includes bring anyway: so it compiles behind them
where it compiles alone, and nowhere else. Only includes at the top of a header count, those before
any other line: all else in it stands behind them.

    chains.py --base HEADER ... --known FOLDER FOLDER ...

prints a line for each file: the base that it may be compiled behind, which all its headers include
(of several the longest, and "-" for none); then its headers. Headers in `--known` are followed, not
checked.
"""

import argparse
import pathlib
import re

INCLUDE = re.compile(r"#include [<\"]([^>\"]+)[>\"]")


def top_includes(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := INCLUDE.match(line):
            yield match.group(1)
        elif line.strip() and not line.startswith(("//", "#pragma once")):
            return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", nargs="*", default=[])
    parser.add_argument("--known", nargs="*", default=[])
    parser.add_argument("folders", nargs="+")
    args = parser.parse_args()

    def headers_in(folders):
        return {str(path.relative_to(folder.parent)): path
                for folder in map(pathlib.Path, folders) for path in folder.rglob("*.hpp")}

    checked = headers_in(args.folders)
    paths = headers_in(args.known) | checked
    lines = {name: path.read_bytes().count(b"\n") for name, path in paths.items()}
    brought = {}

    def brought_by(name):
        if name not in brought:
            brought[name] = set()
            for other in top_includes(paths[name]):
                if other in paths:
                    brought[name] |= {other} | brought_by(other)
        return brought[name]

    length = {name: lines[name] + sum(lines[each] for each in brought_by(name)) for name in checked}
    base_of = {name: max((base for base in args.base if base in brought_by(name)), key=length.get,
                         default="-") for name in checked}
    # Of the longest first: the longest one that it includes and that no other goes on from.
    before = {}
    free = set(checked)
    for name in sorted(checked, key=lambda each: (-length[each], each)):
        several = [each for each in free & brought_by(name) if base_of[each] == base_of[name]]
        if several:
            before[name] = max(several, key=lambda each: (length[each], each))
            free.remove(before[name])
    for last in sorted(free):
        chain = [last]
        while chain[-1] in before:
            chain.append(before[chain[-1]])
        print(base_of[last], *reversed(chain))


main()
