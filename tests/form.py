"""The form of the sources: at most 100 columns and 800 lines, no tab, no space at a line's end; no
defaulted function but destructors where a header says ANSATZ_COMPILED_ONCE."""
import pathlib
import subprocess
import sys

KINDS = ["*.hpp", "*.cpp", "*.py", "*.sh", "*.cmake", "*CMakeLists.txt"]


def faults(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    once = "ANSATZ_COMPILED_ONCE" in lines
    if len(lines) > 801:
        yield f"{path}: {len(lines) - 1} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > 100:
            yield f"{path}:{number}: {len(line)} columns"
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: space at the end"
        if once and " = default;" in line and "~" not in line:
            yield f"{path}:{number}: defaulted, so in no object file: g++ makes it where it is used"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *KINDS], cwd=root,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    paths = [root / name for name in listed if name and (root / name).exists()]
    found = [fault for path in paths for fault in faults(path)]
    print("\n".join(found + [f"{len(paths)} files looked at, {len(found)} faults"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
