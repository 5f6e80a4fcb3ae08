"""Compares the code in README.md and docs/*.md with the files it is from.

    check.py [compile_commands.json]
    check.py --write                 makes docs/op-list.md
    check.py --run BUILD [PAGE...]   runs the pages of docs/tutorial with what BUILD holds
    check.py --run BUILD --write     and writes what their commands print into them

A comment before a fenced block says what the block must be:

    <!-- file: examples/log_cosh.hpp -->              the whole file
    <!-- from: examples/05-rbm.cpp -->                lines of it that follow each other
    <!-- output: examples/expected/01-expression.txt -->   lines of that which follow each other
    <!-- message: tests/compile_fail/matmul.cpp -->   what g++ says of it, some lines left out

Indentation that all lines share does not count. Every link must lead to a file, docs/op-list.md
must be that of dsl/ops, and each rule of the language must have a comment and a file of
tests/compile_fail. Messages are compared where compile_commands.json names g++. What holds the
statements of some pages stands in docs/claims; see claims.py. How commands are run: sessions.py.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import textwrap

import claims
import sessions

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- (file|from|output|message): (\S+) -->\n+```\w*\n(.*?)```", re.DOTALL)
OF_SESSIONS = re.compile(r"<!-- (write: \S+|counts|picture) -->\n+```|<!-- needs: .* -->\n# ")
SAME_AS_GPP = "02-softmax-regression.cpp"  # whose compile command messages are made with


def message(path, commands):
    """What g++ says of a file, without quoting marks of the locale; None without g++."""
    if not commands:
        return None
    for entry in json.loads(pathlib.Path(commands).read_text()):
        if pathlib.Path(entry["file"]).name == SAME_AS_GPP:
            words = shlex.split(entry["command"])
            break
    else:
        return None
    first = next((i for i, w in enumerate(words) if re.search(r"(?<!clan)g\+\+(-[\d.]+)?$", w)), -1)
    if first < 0:
        return None
    words = words[first:words.index("-o")] + ["-fsyntax-only", "-fdiagnostics-color=never"]
    environment = {**os.environ, "LC_ALL": "C"}
    said = subprocess.run([*words, path], cwd=ROOT, env=environment, capture_output=True, text=True)
    return said.stderr


def lines_of(text):
    return [line.rstrip() for line in textwrap.dedent(text).strip("\n").split("\n")]


def in_a_row(wanted, whole):
    """Whether the lines `wanted` stand in `whole`, one after the other."""
    for start in range(len(whole) - len(wanted) + 1):
        if lines_of("\n".join(whole[start:start + len(wanted)])) == wanted:
            return True
    return False


def in_order(wanted, whole):
    rest = iter(whole)
    return all(any(line in other for other in rest) for line in wanted)


def fault(kind, path, block, commands):
    """What is wrong with a block, or None."""
    if not (ROOT / path).exists():
        return f"{path} does not exist"
    wanted = lines_of(block)
    if kind == "message":
        said = message(path, commands)
        if said is None or in_order([line.strip() for line in wanted], said.split("\n")):
            return None
        return f"g++ says of {path}:\n{said}"
    whole = (ROOT / path).read_text()
    if kind == "file":
        return None if lines_of(whole) == wanted else f"not the text of {path}"
    if kind == "output":
        whole = re.sub(r"^# tolerance .*\n", "", whole).split("# or\n")[0].replace("~", "")
    return None if in_a_row(wanted, whole.split("\n")) else f"not lines of {path}"


def list_of_ops():
    """docs/op-list.md: each op's file with the formula in its first line, and where it is from."""
    rows = ["# All ops, by file", "",
            "Made by `docs/check.py --write` from first lines of files; [Ops](ops.md) says more.",
            "", "| op | value | source |", "|---|---|---|"]
    for path in sorted((ROOT / "dsl/ops").rglob("*.hpp")):
        first = path.read_text().split("\n", 1)[0].removeprefix("// ").replace("|", "\\|")
        if re.search(r"\(no op\)", first):
            continue
        value, *source = re.split(r"\s{2,}\((?=[^)]*\)$)", first)
        value = re.sub(r" \(no op of its own.*", "", value)
        rows.append(f"| [{path.parent.name}/{path.stem}](../{path.relative_to(ROOT)}) | {value} | "
                    f"{source[0].rstrip(')') if source else ''} |")
    return "\n".join(rows) + "\n"


def list_untrue(write=False):
    page = ROOT / "docs/op-list.md"
    if write:
        page.write_text(list_of_ops())
    elif not page.exists() or page.read_text() != list_of_ops():
        yield "docs/op-list.md is not that of dsl/ops; docs/check.py --write makes it"


def rules_untold():
    """Rules, as `Refused<Rule>` names them, that docs/errors.md is wrong about."""
    headers = "\n".join(p.read_text() for p in sorted((ROOT / "dsl").rglob("*.hpp")))
    expected = "\n".join(re.findall(r"^// expect.*", p.read_text(), re.MULTILINE)[0]
                         for p in sorted((ROOT / "tests/compile_fail").glob("*.cpp")))
    for rule in sorted(set(re.findall(r"Refused<([A-Z]\w+)<", headers))):
        if rule not in expected:
            yield f"tests/compile_fail: no file expects {rule} first"
        if not re.search(rf"^///.*\ntemplate <.*>\n(  requires .*\n)?concept {rule}\b", headers,
                         re.MULTILINE):
            yield f"dsl: no comment before the concept {rule}"


def main(commands=None):
    faults, blocks = [*list_untrue(), *rules_untold(), *claims.faults()], 0
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")),
                 *sorted(sessions.PAGES.glob("*.md"))]:
        text, name = page.read_text(), page.relative_to(ROOT)
        for kind, path, block in BLOCK.findall(text):
            blocks += 1
            if wrong := fault(kind, path, block, commands):
                faults.append(f"{name}: {wrong}\n{block}")
        if text.count("<!-- ") != len(BLOCK.findall(text)) + len(OF_SESSIONS.findall(text)):
            faults.append(f"{name}: a comment without a block")
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", re.sub(r"`[^`]*`", "", text)):
            if "://" not in link and not (page.parent / link).exists():
                faults.append(f"{name}: {link} does not exist")
    print("\n".join(faults + [f"{blocks} blocks looked at, {len(faults)} faults"]))
    return 1 if faults else 0


def run_pages(build, *pages):
    """The pages of docs/tutorial, or those whose names hold one of `pages`."""
    write = "--write" in pages
    faults = sessions.faults(build, [name for name in pages if name != "--write"], write)
    print("\n".join(faults + [f"docs/tutorial: {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        sys.exit(run_pages(*sys.argv[2:]))
    if sys.argv[1:] == ["--write"]:
        sys.exit(list(list_untrue(write=True)) or 0)
    sys.exit(main(*sys.argv[1:]))
