"""The form of the sources: at most 100 columns and 800 lines, no tab, no space at a line's end; no
defaulted function but destructors where a header says ANSATZ_COMPILED_ONCE; lines of C++ as
clang-format writes them; includes that go down the floors (floors.py)."""
import os
import pathlib
import shutil
import subprocess
import sys

import floors

# Versions write some lines differently; before 15 it tore `requires` apart.
CLANG_FORMAT = "clang-format-16"

KINDS = ["*.hpp", "*.cpp", "*.py", "*.sh", "*.cmake", "*CMakeLists.txt"]


def faults(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    once = "ANSATZ_COMPILED_ONCE" in lines
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield f"{path}: without #pragma once"
    if len(lines) > 801:
        yield f"{path}: {len(lines) - 1} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > 100:
            yield f"{path}:{number}: {len(line)} columns"
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: space at the end"
        if "fmt::print(" in line and path.parts[-3:-1] == ("src", "app"):
            yield f"{path}:{number}: say() in its place: names may hold what commands a terminal"
        if once and " = default;" in line and "~" not in line:
            yield f"{path}:{number}: defaulted, so in no object file: g++ makes it where it is used"


def not_as_formatted(paths):
    """What clang-format would write differently, a fault a file."""
    if not shutil.which(CLANG_FORMAT):
        print(f"{CLANG_FORMAT} is not here: lines of C++ are not looked at")
        return
    cpp = [path for path in paths if path.suffix in (".hpp", ".cpp")]
    share = -(-len(cpp) // (os.cpu_count() or 1)) or 1
    running = [subprocess.Popen([CLANG_FORMAT, "--dry-run", *cpp[i:i + share]],
                                stderr=subprocess.PIPE, text=True)
               for i in range(0, len(cpp), share)]
    seen = set()
    for process in running:
        for line in process.communicate()[1].split("\n"):
            place = line.split(": warning: code should be clang-formatted")[0]
            name = place.rsplit(":", 2)[0]
            if place != line and name not in seen:
                seen.add(name)
                yield f"{place.rsplit(':', 1)[0]}: {CLANG_FORMAT} -i writes it otherwise"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *KINDS], cwd=root,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    paths = [root / name for name in listed if name and (root / name).exists()]
    found = [fault for path in paths for fault in faults(path)]
    found += floors.faults(root)
    found += not_as_formatted(paths)
    if (root / "docs/floors.svg").read_text() != floors.picture():
        found.append("docs/floors.svg: write it with tests/floors.py --picture docs/floors.svg")
    print("\n".join(found + [f"{len(paths)} files looked at, {len(found)} faults"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
