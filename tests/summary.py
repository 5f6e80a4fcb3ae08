"""Reads ctest's results (JUnit) and prints what failed, what was skipped, and the count of test
cases. A program of the test library counts its cases, any other test counts as one."""
import pathlib
import re
import sys
import xml.etree.ElementTree

ALL_PASSED = re.compile(r"All tests passed \(.* in (\d+) test cases?\)")
CASES = re.compile(r"^test cases:.*$", re.M)
COUNTED = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def counts(output, passed):
    """Test cases that passed and failed, from what one test printed and whether it succeeded."""
    good, bad = 1 if passed else 0, 0 if passed else 1
    if match := ALL_PASSED.search(output):
        good, bad = int(match[1]), bad
    elif match := CASES.search(output):
        number = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed)", match[0])}
        good, bad = number.get("passed", 0), number.get("failed", 0)
    elif match := COUNTED.search(output):
        good, bad = int(match[1]), int(match[2])
    return good, bad if passed else max(bad, 1)


def main(path, *options):
    passed = failed = skipped = 0
    if "--build-failed" in options:
        print("failed: the build")
        failed = 1
    suite = xml.etree.ElementTree.fromstring(pathlib.Path(path).read_text(errors="replace"))
    for case in suite.iter("testcase"):
        name, status = case.get("name"), case.get("status")
        output = case.findtext("system-out") or ""
        if status == "disabled" or (status == "notrun" and case.find("skipped") is not None and
                                    "SKIP_" in (case.find("skipped").get("message") or "")):
            skipped += 1
            reason = (output.strip().splitlines() or [""])[-1].removeprefix("skipped: ")
            print(f"skipped: {name}" + (f" ({reason})" if reason else ""))
            continue
        good, bad = counts(output, status == "run")
        passed, failed = passed + good, failed + bad
        if bad:
            print(f"failed: {name}")
            print("\n".join("    " + line for line in output.splitlines()[-150:]))
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed + skipped else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
