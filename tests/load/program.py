"""The program `ansatz` as these checks run it, and what they found."""
import subprocess
import sys

program = sys.argv[1]
failed = 0


def run(*arguments):
    result = subprocess.run([program, *arguments], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def expect(what, holds, output):
    global failed
    print(("passed: " if holds else "FAILED: ") + what)
    if not holds:
        failed += 1
        print(output)


def end():
    sys.exit(failed)
