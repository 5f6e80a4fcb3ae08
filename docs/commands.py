#!/usr/bin/env python3
"""A page a command, docs/commands/NAME.md, from what the program says of itself.

    commands.py ANSATZ            writes them
    commands.py ANSATZ --check    says which are not what the program says; exit 1 if there are
"""
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "commands"
MADE = "<!-- made by docs/commands.py -->\n"


def help_of(program, *words):
    end = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True,
                         env={"COLUMNS": "100", "PATH": "/usr/bin:/bin"})
    # The path of the program is nobody's business.
    return end.stdout.replace(program, "ansatz").rstrip() + "\n"


def commands_of(text):
    """(name, what it does) of those that a help lists."""
    listed = text.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return [(name, re.sub(r"\s+", " ", what).strip()) for name, what in
            re.findall(r"^  ([\w-]+) +((?:.|\n(?=   ))*)", listed, re.M)]


def page(program, name):
    text = help_of(program, name)
    title, _, rest = text.partition("\n")
    lines = [MADE, f"# ansatz {name}\n", f"{title[:1].upper()}{title[1:].rstrip('.')}.\n",
             f"```\n{rest}```\n"]
    for inner, _ in commands_of(text):
        lines += [f"## ansatz {name} {inner}\n", f"```\n{help_of(program, name, inner)}```\n"]
    return "\n".join(lines)


def pages(program):
    listed = commands_of(help_of(program))
    rows = [f"| [`{name}`]({name}.md) | {what} |\n" for name, what in listed]
    text = help_of(program)
    index = "\n".join([MADE, "# The program's commands\n",
                       "| command | what it does |\n|---|---|\n" + "".join(rows),
                       "```\n" + text[text.index("Examples:"):] + "```\n"])
    return {"README.md": index, **{f"{name}.md": page(program, name) for name, _ in listed}}


def main():
    wanted = pages(sys.argv[1])
    if "--check" not in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.md"):
            if old.name not in wanted:
                old.unlink()
        for name, text in wanted.items():
            (FOLDER / name).write_text(text)
        return 0
    there = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    faults = [name for name in sorted({*there, *wanted}) if there.get(name) != wanted.get(name)]
    for name in faults:
        print(f"docs/commands/{name} is not what the program says; docs/commands.py writes it")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
