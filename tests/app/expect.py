"""What the scripts of this folder say of each expectation, and how many did not hold."""
failures = []


def expect(what, holds, *output):
    print(("passed: " if holds else "FAILED: ") + what)
    if not holds:
        failures.append(what)
        print(*output, sep="\n")
