"""Compiles every given file twice: alone, which must fail with the words its comments name, and
with -D TWIN, which must succeed.

    // expect: words           must be printed within the first lines; may be repeated
    // expect-gcc: words       the same for one compiler; also expect-clang
    // within: 8               how many lines those are (default 8)
    // max-lines-gcc: 12       longest whole message (default: 12 on g++, 16 on clang)
    // max-lines-clang: 16
    ... // error here          the message names this line, within the first lines
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

DEFAULT_WITHIN = 8
DEFAULT_MAX_LINES = {"gcc": 12, "clang": 16}


def compile_command(commands_file, like):
    """The project's own command line for `like`, without its source, object and dependencies."""
    for entry in json.loads(pathlib.Path(commands_file).read_text()):
        if pathlib.Path(entry["file"]).name == like:
            words = shlex.split(entry["command"])
            break
    else:
        sys.exit(f"{commands_file} has no command for {like}")
    # A launcher such as `env NAME=value ccache` may stand in front of the compiler.
    first = next(i for i, w in enumerate(words) if re.search(r"(g|clang)\+\+(-[\d.]+)?$", w))
    kept, i = [], first
    while i < len(words):
        if words[i] in ("-o", "-MF", "-MT", "-MQ"):
            i += 1
        elif words[i] not in ("-c", "-MD", entry["file"]):
            kept.append(words[i])
        i += 1
    return kept + ["-fsyntax-only", "-fdiagnostics-color=never"]


def included(path):
    """The headers of the language that a file includes, in its order."""
    return tuple(re.findall(r"^#include <(dsl/.*)>$", path.read_text(), re.MULTILINE))


def precompile(command, compiler, headers, folder):
    """What makes a compilation begin after these headers, which are compiled once for many."""
    name = "_".join(re.sub(r"\W", "_", header) for header in headers)
    header = folder / f"for_{compiler}_{name}.hpp"
    header.write_text("".join(f"#include <{name}>\n" for name in headers))
    compiled = header.with_suffix(".hpp.gch" if compiler == "gcc" else ".pch")
    make = [word for word in command if word != "-fsyntax-only"]
    subprocess.run([*make, "-x", "c++-header", header, "-o", compiled], check=True)
    if compiler == "gcc":
        return ["-Winvalid-pch", "-include", str(header)]
    return ["-include-pch", str(compiled)]


def run(command, path, *extra):
    # The plain locale makes g++ quote with ' instead of the typographic marks.
    result = subprocess.run([*command, *extra, str(path)], capture_output=True, text=True,
                            env={**os.environ, "LC_ALL": "C"})
    lines = (result.stdout + result.stderr).splitlines()
    # The file that includes what was precompiled: clang tells of it besides the program, not in its
    # place.
    return result.returncode, [each for each in lines
                               if not re.search(r"/for_clang_\w+\.hpp:", each)]


def wishes(path, compiler):
    """What the comments of a file ask for: words, lines within which, lines in all, line number."""
    words, within, longest, at = [], DEFAULT_WITHIN, DEFAULT_MAX_LINES[compiler], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.match(r"\s*//\s*([a-z-]+):\s*(.*?)\s*$", line):
            key, value = match.groups()
            if key in ("expect", f"expect-{compiler}"):
                words.append(value)
            elif key == "within":
                within = int(value)
            elif key == f"max-lines-{compiler}":
                longest = int(value)
        if line.rstrip().endswith("// error here"):
            at = number
    return words, within, longest, at


def check(command, compiler, path):
    """A row of the table: name, lines of the message, what is wrong, and the message."""
    words, within, longest, at = wishes(path, compiler)
    status, message = run(command, path)
    wrong = []
    if not words:
        wrong.append("no `// expect:` line")
    if status == 0:
        wrong.append("compiles")
    head = "\n".join(message[:within])
    if status != 0:
        wrong += [f"not in the first {within} lines: {w}" for w in words if w not in head]
        if at and f"{path}:{at}:" not in head:
            wrong.append(f"line {at} is not named in the first {within} lines")
        if len(message) > longest:
            wrong.append(f"more than {longest} lines")
    twin_status, twin_message = run(command, path, "-DTWIN")
    if twin_status != 0:
        wrong.append("the twin does not compile")
        message = twin_message
    return path.name, len(message), wrong, message


def main():
    parser = argparse.ArgumentParser(description="Checks programs that must not compile.")
    parser.add_argument("--commands", required=True, help="compile_commands.json")
    parser.add_argument("--like", required=True, help="file whose command line is used")
    parser.add_argument("--compiler", required=True, choices=["gcc", "clang"])
    parser.add_argument("paths", nargs="+", type=pathlib.Path, help="files, or folders of *.cpp")
    options = parser.parse_args()

    files = []
    for path in options.paths:
        files += sorted(path.resolve().glob("*.cpp")) if path.is_dir() else [path.resolve()]
    command = compile_command(options.commands, options.like)
    users = collections.Counter(included(f) for f in files)
    with (tempfile.TemporaryDirectory() as folder,
          concurrent.futures.ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool):
        shared = [headers for headers, count in users.items() if count >= 8]
        made = dict(zip(shared, pool.map(
            lambda headers: precompile(command, options.compiler, headers, pathlib.Path(folder)),
            shared)))
        rows = list(pool.map(lambda f: check([*command, *made.get(included(f), [])],
                                             options.compiler, f), files))

    failed = 0
    print(f"{'program':<40} {'lines':>5}")
    for name, lines, wrong, message in rows:
        print(f"{name:<40} {lines:>5}  {'; '.join(wrong) or 'ok'}")
        if wrong:
            failed += 1
            print("\n".join("    | " + line for line in message[:40]))
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
