"""What a model file says of who trained it, how many threads a run has, digits of records.

    origins.py ANSATZ
"""
import hashlib
import json
import os
import pathlib
import platform
import re
import struct
import subprocess
import sys
import time

from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
home = temporary_folder("origins")
for variable in ("ANSATZ_THREADS", "ANSATZ_NO_ORIGIN", "OMP_NUM_THREADS"):
    os.environ.pop(variable, None)
os.environ["XDG_CACHE_HOME"] = str(home / "cache")
os.environ["ANSATZ_DATA_PATH"] = str(home / "data")

rows = "".join(f"{i % 2},{i % 7 - i % 2},{i % 5}\n" for i in range(60))
(home / "data").mkdir()
(home / "data/table.csv").write_text("class,a,b\n" + rows)
JOB = """!obj:Train {
  dataset: &train !obj:CSVDataset { path: "${ANSATZ_DATA_PATH}/table.csv" },
  model: !obj:MLP { nvis: 2, layers: [ LAYERS!obj:Softmax { layer_name: y, n_classes: 2,
    irange: 0. } ] },
  algorithm: !obj:SGD { batch_size: 30, learning_rate: .1, monitoring_dataset: *train,
    termination_criterion: !obj:EpochCounter { max_epochs: 2 } },
  save_path: model.pkl, save_freq: 1 }
"""
(home / "job.yaml").write_text(JOB.replace("LAYERS", ""))
(home / "large.yaml").write_text(JOB.replace("LAYERS", "".join(
    f"!obj:Tanh {{ layer_name: h{i}, dim: 500, irange: .05 }}, " for i in range(2))))


def run(*arguments, **environment):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, cwd=home,
                          env={**os.environ, **environment})


def header():
    raw = (home / "model.pkl").read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8:8 + size])["__metadata__"], raw[8 + size:]


# ------------------------------------------------------------------------ where it comes from

end = run("train", "job.yaml", "algorithm.learning_rate=.2", "--seed", "7", "-q")
expect("it trains", end.returncode == 0, end.stderr)
told = json.loads(run("job", "model.pkl", "--json").stdout)
expect("a model file says the command, host and system", len(told["runs"]) == 1 and
       told["runs"][0]["command"] ==
       f"{pathlib.Path(program).name} train job.yaml algorithm.learning_rate=.2 --seed 7 -q" and
       told["runs"][0]["host"] == platform.node() and
       platform.machine() in told["runs"][0]["system"], told["runs"])
digest = hashlib.sha256((home / "data/table.csv").read_bytes()).hexdigest()
expect("and the SHA-256 of the data, without where they lay", told["sha256"] ==
       {"table.csv": digest}, told["sha256"])
text = run("job", "model.pkl").stdout
expect("`ansatz job` prints it above the job", f"# SHA-256 of table.csv: {digest}" in text and
       "# command: " in text and text.index("# command: ") < text.index("!obj:Train"), text)
(home / "again.yaml").write_text(text)
expect("all of what it prints is a job", run("check", "again.yaml").returncode == 0)
end = run("train", "job.yaml", "--resume", "algorithm.learning_rate=.2", "-q", "--seed", "7",
          "algorithm.termination_criterion.max_epochs=3")
told = json.loads(run("job", "model.pkl", "--json").stdout)
expect("a run that goes on adds itself", [" --resume " in r["command"] for r in told["runs"]]
       == [False, True], end.stderr, told["runs"])
for k in range(10):
    run("train", "job.yaml", "--resume", "algorithm.learning_rate=.2", "-q",
        f"algorithm.termination_criterion.max_epochs={k + 4}")
told = json.loads(run("job", "model.pkl", "--json").stdout)
expect("of many runs the first and the last nine are kept", len(told["runs"]) == 10 and
       "--resume" not in told["runs"][0]["command"] and
       "max_epochs=13" in told["runs"][-1]["command"] and
       "max_epochs=5" in told["runs"][1]["command"], told["runs"])
for environment, more in (({}, ["--no-origin"]), ({"ANSATZ_NO_ORIGIN": "1"}, [])):
    kept = []
    for _ in range(2):
        run("train", "job.yaml", "-q", *more, **environment)
        meta, data = header()
        kept.append({k: v for k, v in meta.items() if "wall_clock" not in k and
                     k != "ansatz.header_crc32"})
    expect(f"{more or environment}: nothing of it is saved", "ansatz.runs" not in kept[0] and
           platform.node() not in json.dumps(kept[0]), kept[0])
    expect(f"{more or environment}: two runs differ in times alone", kept[0] == kept[1])
# What was read is gone where another has taken its place.
running = subprocess.Popen([program, "train", "job.yaml", "-q", "save_path=long.pkl",
                            "algorithm.termination_criterion.max_epochs=1000000"], cwd=home,
                           stderr=subprocess.PIPE, text=True)
for _ in range(600):
    if (home / "long.pkl").exists() or running.poll() is not None:
        break
    time.sleep(.05)
(home / "data/other.csv").write_text((home / "data/table.csv").read_text() + "1,2,3\n")
os.replace(home / "data/other.csv", home / "data/table.csv")
running.terminate()
err = running.communicate()[1]
told = json.loads(run("job", "long.pkl", "--json").stdout)
expect("a file that changes during the run has no hash", told["sha256"] ==
       {"table.csv": "changed during the run"}, told["sha256"], err)
(home / "data/table.csv").write_text("class,a,b\n" + rows)
# A large file is hashed once on a machine.
with open(home / "data/large.npy", "wb") as large:
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (8388608, 2), }"
    large.write(b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + head.ljust(117) + b"\n")
    large.truncate(128 + 64 * 2**20)
(home / "npy.yaml").write_text("""!obj:Train {
  dataset: !obj:NpyDataset { file: "${ANSATZ_DATA_PATH}/large.npy", mmap_mode: 'r' },
  model: !obj:DenoisingAutoencoder { nvis: 2, nhid: 2, act_enc: tanh, act_dec: null,
    corruptor: !obj:BinomialCorruptor { corruption_level: .2 } },
  algorithm: !obj:SGD { batch_size: 10, batches_per_iter: 1, learning_rate: .1,
    cost: !obj:MeanSquaredReconstructionError {},
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: model.pkl, save_freq: 1 }
""")
end = run("train", "npy.yaml", "-q")
expect("a large file: trains", end.returncode == 0, end.stderr)
memory = home / "cache/ansatz/sha256"
lines = memory.read_text().splitlines() if memory.exists() else []
digest = hashlib.sha256((home / "data/large.npy").read_bytes()).hexdigest()
expect("a large file: its hash is remembered", len(lines) == 1 and lines[0].startswith(digest)
       and lines[0].endswith("/data/large.npy"), lines)
memory.write_text("0" * 64 + lines[0][64:] + "\n" if lines else "")
run("train", "npy.yaml", "-q")
told = json.loads(run("job", "model.pkl", "--json").stdout)
expect("a large file: what is remembered is taken", told["sha256"] == {"large.npy": "0" * 64},
       told["sha256"])
os.utime(home / "data/large.npy", (1, 1))
run("train", "npy.yaml", "-q")
told = json.loads(run("job", "model.pkl", "--json").stdout)
expect("a large file: of another date it is hashed anew", told["sha256"] == {"large.npy": digest},
       told["sha256"])

# ------------------------------------------------------------------------------------- threads


def threads(*arguments, **environment):
    end = run("train", *arguments, **environment)
    found = re.search(r"^threads: (\d+) of \d+(.*)$", end.stdout, re.MULTILINE)
    return (int(found[1]), found[2]) if found else (0, end.stdout + end.stderr)


usable = len(os.sched_getaffinity(0))
expect("small steps stay on one thread, and it is said why",
       threads("job.yaml") == (1, ", as steps have 0.0 million operations"), threads("job.yaml"))
# 30 x (2 x 500 + 500 x 500 + 500 x 2) x 6 = 45 million.
expect("large ones take the processors there are", threads("large.yaml")[0] == min(usable, 9),
       threads("large.yaml"))
expect("OMP_NUM_THREADS is a limit", threads("large.yaml", OMP_NUM_THREADS="1")[0] == 1)
expect("ANSATZ_THREADS decides", threads("large.yaml", ANSATZ_THREADS="3") == (3, ""))
expect("--threads decides before it", threads("large.yaml", "--threads", "2",
                                              ANSATZ_THREADS="3") == (2, ""))
more = "algorithm.termination_criterion.max_epochs=4"
expect("a run that goes on has as many as before", threads("large.yaml", "--resume", more)
       == (2, ", as the run had that goes on"), threads("large.yaml", "--resume", more))
end = run("train", "large.yaml", "--resume", "--threads", "1", more)
expect("other bits are refused", end.returncode == 1 and "threads: 2 in the file, 1 now" in
       end.stderr, end.stderr)

# -------------------------------------------------------------------------------------- digits


def six_digits(key, text):
    """What six digits of a channel can be of which `text` is all of single precision.

    A time is kept in double, up to 2^-24 beside that, and so to the other side of a half.
    """
    value = struct.unpack("f", struct.pack("f", float(text)))[0]
    beside = (1 - 2**-24, 1, 1 + 2**-24) if "seconds" in key else (1,)
    return {f"{value * by:.6g}" for by in beside}


for command in (["print-monitor", "model.pkl"], ["evaluate", "model.pkl"]):
    def values(*more):
        found = {}
        for line in run(*command, *more).stdout.splitlines():
            if match := re.fullmatch(r"(\w+) ?: (-?[\d.e+-]+)", line):
                found[match[1]] = match[2]
        return found
    short, full = values(), values("--full")
    expect(f"{command[0]}: six digits, or all", short.keys() == full.keys() and len(short) > 5 and
           all(short[k] in six_digits(k, full[k]) for k in short
               if abs(float(full[k])) < 1e4) and
           short != full, short, full)
short, full = (run("summarize-model", "model.pkl", *more).stdout for more in ([], ["--full"]))
expect("summarize-model: six digits, or all", len(full) > len(short) and
       re.search(r"mean -?0\.\d{10}", full) and not re.search(r"\d\.\d{10}", short), short, full)
sys.exit(len(failures) != 0)
