"""What the scripts of this folder say of each expectation, and what they share."""
import atexit
import pathlib
import shutil
import tempfile

failures = []


def expect(what, holds, *output):
    print(("passed: " if holds else "FAILED: ") + what)
    if not holds:
        failures.append(what)
        print(*output, sep="\n")


def temporary_folder(name):
    """A new folder, which goes when the script ends."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"ansatz-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
