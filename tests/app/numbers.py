"""Every option of every command that takes a number, with numbers that it should and should not.

    numbers.py ANSATZ

The options are those that the help of each command tells, with their ranges. Whatever is not a
number of the range is refused at once, by the option's name, with what was found and what is
allowed; all else is taken, and the command does its work.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
home = temporary_folder("numbers")
os.environ.pop("OPENBLAS_CORETYPE", None)
WHOLE = (-2 ** 63, 2 ** 63 - 1)
VALUES = ["0", "-1", "1", "2", "-0", "+1", "+-1", "1e99", "-1e99", "1e400", "1e-400", "nan", "-nan",
          "inf", "-inf", "x", "", " ", "1 ", "1x", "1 2", "1,5", "1_0", "1__0", "0x", "0x-1", ".5",
          "1.5", "1e2", "1.", "010", "08", "--1", "½", "1024", "1025", "1073741824", "1073741825",
          "2147483648", "4294967297", "9223372036854775807", "9223372036854775808",
          "-9223372036854775808", "-9223372036854775809", "99999999999999999999", "9" * 400,
          "\x1b[31m", "1\n2"]
JOB = """!obj:Train {
  dataset: &train !obj:CSVDataset { path: small.csv },
  model: !obj:MLP { nvis: 2, layers: [ !obj:Softmax { layer_name: y, n_classes: 2, irange: .1 } ] },
  algorithm: !obj:SGD { batch_size: 2, learning_rate: .05, monitoring_dataset: { train: *train },
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: SAVED, save_freq: 1 }
"""
# What a command with an option of numbers needs besides. Others are given a model that is not
# there: the number is then taken if something else is wrong than the command line.
ARGUMENTS = {("train",): ["job.yaml", "-q"], ("predict",): ["m.ansatz"],
             ("evaluate",): ["m.ansatz", "-q"], ("plot",): ["m.ansatz", "--script", "m.gp"]}
# And what an option needs; of it alone, so that no port is taken.
OPTIONS = {"--watch-port": ["none.yaml", "--watch"], "--port": ["none.pkl"]}


def run(*line, folder=home):
    end = subprocess.run([program, *line], capture_output=True, text=True, cwd=folder, timeout=60)
    return end.returncode, end.stderr


def help_of(command):
    return subprocess.run([program, *command, "--help"], capture_output=True, text=True).stdout


def commands(above=()):
    """All of them, those inside of others too."""
    found = [above] if above else []
    listed = help_of(above).partition("Subcommands:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  ([\w-]+) ", listed, re.M):
        found += commands((*above, name))
    return found


def options():
    """(command, option, least, most, whole) of each that takes a number."""
    found = []
    for command in commands():
        for name, kind, more in re.findall(r"^  (?:-\w,)?(--[\w-]+) (INT|UINT|FLOAT)(\S* ?[^\s]*)",
                                           help_of(command), re.M):
            span = re.search(name + r" (INT|FLOAT):\1 in \[(-?[\d.]+) - (-?[\d.]+)\]",
                             help_of(command))
            number = float if kind == "FLOAT" else int
            least, most = map(number, span.groups()[1:]) if span else WHOLE
            if kind == "FLOAT" and not span:
                expect(f"{command} {name}: its help tells the range", ":NONNEGATIVE" in more)
                least, most = 0, sys.float_info.max
            found.append((command, name, least, most, kind != "FLOAT"))
    return found


def allowed(value, least, most, whole):
    """Whether it is a number of the range, as Python reads one that nothing stands behind."""
    if not re.fullmatch(r"[+-]?\d+" if whole else r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", value,
                        re.A):
        return False
    if whole and re.match(r"[+-]?0\d", value):
        return False  # which some take for octal
    number = int(value) if whole else float(value)
    return least <= number <= most


def tried(option, value):
    command, name, least, most, whole = option
    # Underflow to 0 is told by some readers and not by others.
    if value == "1e-400" and not whole:
        return None
    folder = pathlib.Path(tempfile.mkdtemp(dir=home))
    for file in ("small.csv", "job.yaml", "m.ansatz"):
        (folder / file).symlink_to(home / file)
    what = f"{' '.join(command)} {name}={value[:40]!r}"
    given = [f"{name}={value}"] if value.startswith("-") else [name, value]
    whole_line = None if name in OPTIONS else ARGUMENTS.get(tuple(command))
    other = OPTIONS.get(name, ["none.pkl", "-o", "none.png"])
    code, said = run(*command, *(whole_line or other), *given, folder=folder)
    if allowed(value, least, most, whole):
        right = 0 if whole_line else 3 if "none.yaml" in other else 1
        return None if code == right else f"{what}: refused: {code}: {said[:200]}"
    told = [f"{name}: found", "; allowed: "] + ([value] if value.isascii() and value.isprintable()
                                                and 0 < len(value) < 60 else [])
    if code != 2 or any(part not in said for part in told) or len(said) > 1000 or "\x1b" in said:
        return f"{what}: {code}: {said[:200]}"
    return None


(home / "small.csv").write_text("y,a,b\n0,1,2\n1,3,1\n0,2,2\n1,4,0\n")
(home / "job.yaml").write_text(JOB.replace("SAVED", "m.ansatz"))
expect("the job that all others are like trains", run("train", "job.yaml", "-q")[0] == 0)
(home / "job.yaml").write_text(JOB.replace("SAVED", "again.ansatz"))
found = options()
expect("the options of numbers are found",
       len(found) >= 7 and {c for c, *_ in found} >= {*ARGUMENTS}, *found)
# Options of one range are read by the same code: all values of the first of them, a few of others.
each, seen = [], set()
for option in found:
    each += [(option, value) for value in (VALUES[::8] if option[2:] in seen else VALUES)]
    seen.add(option[2:])
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    faults = [*filter(None, pool.map(lambda one: tried(*one), each))]
expect(f"{len(each)} values of {len(found)} options are taken or refused", not faults, *faults)
sys.exit(1 if failures else 0)
