"""What holds each statement of the pages that have a file in docs/claims.

A file there names statements by words of them, one or more followed by the tests that fail where
they are false:

    sqrt at 0: infinite  #5d8e61
        ops/special.cpp: sqrt: its derivative at 0

The words stand in the page as they are here, and the name of the test in the file of tests/. Every
row of a table and every sentence of the page has an entry; `none: why` says that there is nothing
to be false. The mark is of the whole row or sentence: whoever changes it sees to it that its tests
hold what it says now, and writes the mark that check.py tells.

A row of reference.md is `Class.key = default: its text`, a class `Class: its text`; words there go
to the end, and have no mark. These rows are made from the classes' own text, so they need no entry
where a file of tests/ names the class and, of a row of a key, the key as well.
"""
import hashlib
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENDS = re.compile(r"(?<=[.:])\s+(?=[A-Z`*])")


def plain(text):
    """Text without links, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"\]\([^)]*\)", "]", text)).strip()


def statements(text):
    """Rows of tables and sentences of a page, without its code."""
    text = re.sub(r"<!--.*?-->\n*|^```.*?^```\n", "\n", text, flags=re.DOTALL | re.MULTILINE)
    for part in re.split(r"\n\s*\n", text):
        if part.lstrip().startswith("#"):
            continue
        if part.lstrip().startswith("|"):
            yield from (plain(row) for row in part.strip().split("\n")[2:])
        else:
            yield from (s for s in ENDS.split(plain(part)) if s)


def keys(text):
    """Classes of reference.md, their keys with defaults, and its sentences."""
    owner = None
    for section in re.split(r"^## .*\n", text, flags=re.MULTILINE):
        if "\n### " not in section:
            yield from (s for s in statements(section) if not s.startswith("|"))
    for line in text.split("\n"):
        if found := re.match(r"### (\S+)", line):
            owner = found[1]
        elif found := re.match(r"`[\w.]+`: (.*)", line):
            yield f"{owner}: {found[1]}"
        elif found := re.match(r"\| `(\w+)` \| .*? \| (.*?) \| (.*) \|$", line):
            yield f"{owner}.{found[1]} = {found[2].strip('`')}: {found[3]}"


def entries(path):
    """Words of statements, and what holds them."""
    found, last = [], ""
    for line in path.read_text().split("\n"):
        if line.startswith("    "):
            tests.append(line.strip())
        elif line and not line.startswith("#"):
            if not found or last.startswith("    "):
                tests = []
            found.append((line, tests))
        last = line or last
    return found


def test_is_there(test):
    path, _, name = test.partition(": ")
    file = ROOT / "tests" / path
    if not file.is_file():
        return False
    return name in plain(re.sub(r'"\s*\n\s*"', "", file.read_text()))


def mark_of(statement):
    return hashlib.sha256(statement.encode()).hexdigest()[:6]


def tests_by_words():
    """The words of each file of tests."""
    files = [*(ROOT / "tests").glob("*/*.cpp"), *(ROOT / "tests").glob("*/*.py")]
    return [set(re.findall(r"\w+", file.read_text())) for file in files]


def is_tested(statement, tests):
    """Whether a file of tests names the class, and the key, of a row of reference.md."""
    found = re.match(r"(\w+)(?:\.(\w+) = .*?)?: ", statement)
    return bool(found) and any({n for n in found.groups() if n} <= words for words in tests)


def wrong_words(words, told, marked):
    """What is wrong with the words of a statement, or None."""
    words, _, mark = words.partition("  #")
    if not marked:
        return None if any(s.endswith(words) for s in told) else "is not said"
    found = [s for s in told if words in s]
    if len(found) != 1:
        return f"stands in {len(found)} statements"
    if mark != mark_of(found[0]):
        return f"changed; if its tests hold it, its mark is #{mark_of(found[0])}: {found[0]}"
    return None


def faults():
    """What is wrong with the entries of every page."""
    for path in sorted((ROOT / "docs/claims").glob("*.txt")):
        name, text = path.stem + ".md", (ROOT / "docs" / path.stem).with_suffix(".md").read_text()
        marked = path.stem != "reference"
        told = list(statements(text) if marked else keys(text))
        known, tests_there = entries(path), [] if marked else tests_by_words()
        for words, tests in known:
            if wrong := wrong_words(words, told, marked):
                yield f"docs/claims/{path.name}: '{words}' {wrong}"
            if not tests:
                yield f"docs/claims/{path.name}: nothing holds '{words}'"
            for test in tests:
                if not test.startswith("none: ") and not test_is_there(test):
                    yield f"docs/claims/{path.name}: no test '{test}'"
        for statement in told:
            if is_tested(statement, tests_there):
                continue
            if not any(words.partition("  #")[0] in statement for words, _ in known):
                yield f"docs/{name}: no entry of docs/claims/{path.name} holds '{statement}'"
