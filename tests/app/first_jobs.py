"""Each job that `ansatz new` writes is checked, trained and saved, on small data.

    first_jobs.py ANSATZ JOBS_FOLDER
"""
import json
import os
import pathlib
import random
import re
import shlex
import struct
import subprocess
import sys
import zlib

from expect import expect, failures, temporary_folder

program, jobs = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
folder = temporary_folder("new")


def run(*arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                          cwd=folder)


def write_png(path, pixel):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    rows = b"".join(b"\0" + bytes(v for c in range(20) for v in pixel(r, c)) for r in range(24))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 24, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# Two classes of four numbers, apart; and a sum of them.
random.seed(7)
with open(folder / "table.csv", "w") as table, open(folder / "numbers.csv", "w") as numbers:
    table.write("class,a,b,c,d\n")
    numbers.write("sum,a,b,c,d\n")
    for i in range(100):
        x = [random.gauss(2 * (i % 2), 1) for _ in range(4)]
        table.write(f"{i % 2},{','.join(map(str, x))}\n")
        numbers.write(f"{sum(x)},{','.join(map(str, x))}\n")
for i in range(24):
    striped = i % 2 == 0
    write_png(folder / ("train" if i < 16 else "test") / str(i % 2) / f"{i}.png",
              lambda r, c: [(r if striped else c) % 2 * 200 + i] * 3)

# Rows as those of the published tables, so that these need not be there.
def write_rows(path, count, row):
    file = folder / "data" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(", ".join(map(str, row(i))) + "\n" for i in range(count)))


def drawn(i, count):
    return [round(random.gauss(i % 3, 1), 3) for _ in range(count)]


write_rows("adult/adult.data", 60, lambda i: [
    20 + i, ["Private", "?", "State-gov"][i % 3], 1000 + i, ["HS-grad", "Masters"][i % 2], i % 9,
    ["Divorced", "Widowed"][i % 2], "Sales", "Wife", "White", ["Male", "Female"][i % 2], i, 0, 40,
    "Cuba", ["<=50K", ">50K"][i % 2]])
write_rows("wine/wine.data", 60, lambda i: [1 + i % 3, *drawn(i, 13)])
write_rows("iris/iris.data", 60, lambda i: [*drawn(i, 4), f"Iris-{'abc'[i % 3]}"])
write_rows("breast-cancer-wdbc/wdbc.data", 60, lambda i: [9000 + i, "MB"[i % 2], *drawn(i, 30)])
write_rows("california-housing/cal_housing.data", 60, lambda i: [*drawn(i, 8), 1e5 + 321 * i])
os.environ["ANSATZ_DATA_PATH"] = str(folder / "data")

# What a job asks for, and what is made smaller here.
SMALL = "algorithm.termination_criterion.max_epochs=2"
ARGUMENTS = {
    "csv": ["-D", "path=table.csv", "-D", "features=4", "-D", "classes=2"],
    "regression": ["-D", "path=numbers.csv", "-D", "features=4"],
    "images": ["-D", "train=train", "-D", "test=test", "-D", "classes=2", SMALL],
    "dbm": ["dataset.raw.stop=200", SMALL],
    "digits": [SMALL],
    "dropout": [SMALL],
    "conv": ["dataset.stop=1000", SMALL],
    "early-stopping": ["algorithm.termination_criterion.criteria.EpochCounter.max_epochs=3"],
    "gsn": ["dataset.stop=300", SMALL],
    "hessian-free": ["dataset.stop=100", "algorithm.batch_size=100",
                     "algorithm.curvature_batch_size=50", SMALL],
    "ising": ["dataset.raw.stop=200", SMALL],
    "parzen": ["dataset.stop=200", "model.samples=200"],
    "spike-and-slab": ["dataset.stop=200", SMALL],
    "k-means": ["dataset.stop=500", "model.k=5"],
    "mlp": [SMALL],
    "autoencoder": [SMALL],
    "rbm": ["dataset.raw.stop=500", SMALL],
    "softmax": [SMALL],
    "sparse-coding": ["dataset.stop=500", SMALL],
    "transfer": ["-D", "from=mlp.pkl", SMALL],  # what the job before has saved
    "vae": [SMALL],
}

listed = json.loads(run("new", "--json").stdout)["jobs"]
names = sorted(path.stem for path in jobs.glob("*.yaml"))
expect("every job of the folder is listed", [each["name"] for each in listed] == names)
expect("the list has a line a job",
       all(f"{each['name']} " in run("new").stdout and each["title"] in run("new").stdout
           for each in listed))
expect("a job is its file", all(run("new", name).stdout == (jobs / f"{name}.yaml").read_text()
                                for name in names))

# What README and the help say to do with mlp's job: its keys and definitions are those of the job.
(folder / "job.yaml").write_text(run("new", "mlp").stdout)
shown = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()
shown += "".join(run(command, "--help").stdout for command in ("train", "check"))
shown += run("--help").stdout
said = re.findall(r"^ +ansatz (?:train|check) (?:job|mlp)\.yaml(.*?)(?:  #.*)?$", shown, re.M)
settings = [words for words in said if "=" in words]
expect("README and the help set keys", len(said) > 5 and len(settings) > 3, said)
for words in settings:
    found = run("check", "job.yaml", *shlex.split(words.split("--")[0]))
    expect(f"as README or the help says: {words}", found.returncode == 0, found.stderr)
wrong = run("check", "job.yaml", "-D", "max_epochs=3")
expect("-D of what is no template: says how keys are set", wrong.returncode == 3
       and "without -D" in wrong.stderr and "there is none" not in wrong.stderr, wrong.stderr)
wrong = run("new", "mpl")
expect("a name that is none has the nearest beside it",
       wrong.returncode == 1 and "nearest: mlp" in wrong.stderr, wrong.stderr)

for job in listed:
    name = job["name"]
    (folder / f"{name}.yaml").write_text(job["text"])
    before = set(folder.glob("*.pkl"))
    arguments = [f"{name}.yaml", *ARGUMENTS.get(name, [])]
    check = run("check", *arguments)
    expect(f"{name}: check finds nothing", check.returncode == 0 and "warning" not in check.stderr,
           check.stdout[-500:], check.stderr)
    train = run("train", *arguments, "-q")
    words = [line for line in train.stderr.splitlines() if not line.startswith("init_from ")]
    expect(f"{name}: it trains, without a word", train.returncode == 0 and not words, train.stderr)
    expect(f"{name}: a model is saved", set(folder.glob("*.pkl")) != before)

# What models without labels come to: the last record of each.
LAST = {"dbm": ("train_inpainting_objective", 21.084), "ising": ("train_inpainting_objective",
        27.931), "spike-and-slab": ("train_reconstruction_error", 76.057),
        "gsn": ("train_objective", 46.672),
        "hessian-free": ("train_objective", 320.07), "sparse-coding": ("train_objective", 253.44)}
for name, (channel, value) in LAST.items():
    found = json.loads(run("monitor", "json", f"{name}.pkl").stdout)["channels"][channel]["values"]
    expect(f"{name}: {channel}", abs(found[-1] - value) < .02 * abs(value) and
           found[-1] < found[0], found, value)
records = json.loads(run("print-monitor", "csv.pkl", "--json").stdout)
found = json.dumps(records)
expect("the table of two classes is learned", "valid_y_misclass" in found, found[:300])
sys.exit(len(failures) != 0)
