"""Runs an example and compares what it prints with a file.

    check_output.py EXPECTED PROGRAM [ARGUMENT...]

Text must be the same but for space at the end of a line. Numbers may differ by 1e-3 of their size,
or by what the first line of the file says: `# tolerance 1e-2`. A line that starts with `~` in the
file stands for any one line. A line that was rewritten (a progress bar) counts as it ended up.
`# or` in the file begins another output that is as good, such as that without a data set.
"""
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]*\w)")


def seen_lines(text):
    # Universal newlines are off: a carriage return means that the line is written again.
    lines = text.replace("\r\n", "\n").split("\n")
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1].rstrip() for line in lines]
    return lines if lines[-1] else lines[:-1]


def same(expected, found, tolerance):
    if expected == found:
        return True
    if NUMBER.sub("#", expected).split() != NUMBER.sub("#", found).split():
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(found))
    return all(abs(float(e) - float(f)) <= tolerance * abs(float(e)) + 1e-9 for e, f in pairs)


def compare(expected, found, tolerance):
    """The differences as lines to print."""
    differences = []
    for i in range(max(len(expected), len(found))):
        e = expected[i] if i < len(expected) else None
        f = found[i] if i < len(found) else None
        if e is None or f is None or not (e.startswith("~") or same(e, f, tolerance)):
            differences.append(f"line {i + 1}\n  expected: {e if e is not None else '(end)'}\n"
                               f"  found:    {f if f is not None else '(end)'}")
    return differences


def main(expected_file, *command):
    result = subprocess.run(command, stdout=subprocess.PIPE)
    found = result.stdout.decode(errors="replace")
    if result.returncode == SKIPPED:
        print(found, end="")
        return SKIPPED
    if result.returncode != 0:
        print(found, end="")
        print(f"ended with {result.returncode}")
        return 1
    path = pathlib.Path(expected_file)
    if not path.exists():
        print(f"{path} does not exist; the program printed:\n{found}", end="")
        return 1
    found = seen_lines(found)
    best = None
    for text in re.split(r"^# or\n", path.read_text(), flags=re.MULTILINE):
        expected, tolerance = seen_lines(text), 1e-3
        if expected and (match := re.match(r"# tolerance (\S+)$", expected[0])):
            expected, tolerance = expected[1:], float(match[1])
        differences = compare(expected, found, tolerance)
        if best is None or len(differences) < len(best):
            best = differences
    print("\n".join(best[:20]) or "the output is as expected")
    return 1 if best else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
