"""The program's commands, from the outside.

    check.py ANSATZ JOB
"""
import csv
import io
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
import zlib

from expect import expect, failures, temporary_folder

program, job = sys.argv[1:]
folder = temporary_folder("app")
define = ["-D", f"folder={folder}"]
model = folder / "model.pkl"


def run(*arguments, **options):
    command = [program, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, **options)
    return result.returncode, result.stdout, result.stderr


def table_of(out):
    """Columns of the table that training shows, its rows by column, and the lines after it."""
    lines = out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" epoch "))
    end = next(i for i in range(at, len(lines)) if lines[i].startswith("ended: "))
    header = [*re.finditer(r"\S+", lines[at])]
    rows = [{h[0]: line[before.end() if before else 0:h.end() + 1].strip()
             for before, h in zip([None, *header], header)} for line in lines[at + 1:end]]
    return [h[0] for h in header], rows, lines[end:]


def check_train():
    code, out, err = run("train", job, *define)
    lines = out.splitlines()
    expect("train: how the programs were made, what it is about", code == 0
           and "loops precompiled" in lines[0] and lines[1].startswith("model: MLP of ")
           and re.fullmatch(r"data: \d+ examples; predicts targets \(10 classes\) from features "
                            r"\(784 numbers\)", lines[2]) and "watched: test, " in out
           and "threads: 1 of " in out and f"saves: {model}" in out, code, out, err)
    header, rows, after = table_of(out)
    expect("train: a table, a row an epoch", [r["epoch"] for r in rows] == list("01234")
           and {"loss", "test_y_misclass", "time"} <= set(header), out)
    misclass = [float(r["test_y_misclass"].rstrip("*")) for r in rows]
    starred = [r["test_y_misclass"].endswith("*") for r in rows]
    expect("train: what is best so far has a star", starred
           == [m < min(misclass[:i], default=2) for i, m in enumerate(misclass)], out)
    expect("train: why it ended, the best, what was written and what next",
           after[0].startswith("ended: 4 epochs; ") and f"saved: {model}" in after
           and any(line.startswith("best: test_y_misclass ") for line in after)
           and after[-1].startswith(f"next: ansatz plot {model}"), after)
    code, out, err = run("train", job, *define, "--json", "--threads", "2")
    events = [json.loads(line) for line in out.splitlines()]
    kinds = [e["event"] for e in events]
    expect("train --json: start, epochs and saves, end",
           code == 0 and kinds[0] == "start" and kinds[-1] == "end" and kinds.count("epoch") == 5
           and kinds.count("save") >= 4, out, err)
    misclass = [e["channels"]["test_y_misclass"] for e in events if e["event"] == "epoch"]
    expect("train: it learns", misclass[0] > .8 and misclass[-1] < .5, misclass)
    code, out, err = run("train", job, *define, "--channels", "*_objective")
    expect("train --channels: only those", "train_objective" in out and "misclass" not in out, out)
    code, out, err = run("train", job, *define, "--verbose")
    expect("train --verbose: every channel, h0 before y",
           "Monitoring step:" in out and out.index("test_h0_max_x_max_u") < out.index("test_y_nll"),
           out)
    code, out, err = run("train", job, *define, "algorithm.termination_criterion.max_epochs=1",
                         "model.layers.h0.dim=20", "-q")
    expect("train -q: silent; overrides are taken", code == 0 and out == "" and err == "", out, err)
    code, out, err = run("summarize-model", model)
    expect("an override changed the layer's size", "h0_W: [784, 20]" in out, out)
    renamed = [*define, "algorithm.termination_criterion.max_epochs=0", f"init_from={model}",
               "model.layers.h0.dim=20", "model.layers.h0.layer_name=h1", "save_freq=0"]
    code, out, err = run("train", job, *renamed)
    expect("train: warnings of the run", code == 0 and "warning: init_from" in err, code, err)
    code, out, err = run("train", job, *renamed, "-q")
    expect("train -q: no warnings either", code == 0 and out == "" and err == "", code, out, err)


def check_errors():
    code, out, err = run("train", job)
    expect("a missing -D is an error of the job: exit 3", code == 3 and "folder" in err, code, err)
    code, out, err = run("train", job, *define, "algorithm.lerning_rate=1")
    expect("a wrong override names the nearest key", code == 3 and "learning_rate" in err, code,
           err)
    code, out, err = run("trian", job)
    expect("an unknown command: exit 2, the word and the nearest command", code == 2
           and "'trian' is no command; allowed: " in err and "nearest: train" in err, code, err)
    code, out, err = run("data", "lsit")
    expect("an unknown command of a command", code == 2 and "'lsit' is no command" in err
           and "nearest: list" in err, code, err)
    code, out, err = run("list", "Qwvzx")
    expect("an unknown class: no nearest name where none is near", code == 1 and "'Qwvzx'" in err
           and "nearest" not in err, code, err)
    with open("/dev/full", "w") as full:
        for arguments in (["list"], ["info"], ["--help"]):
            end = subprocess.run([program, *arguments], stdout=full, stderr=subprocess.PIPE,
                                 text=True)
            expect(f"{arguments[0]} on a full disk fails", end.returncode == 1
                   and "No space left" in end.stderr, end.returncode, end.stderr)
    code, out, err = run("train", folder / "none.yaml")
    expect("a missing file: its name", code in (1, 3) and "none.yaml" in err, code, err)
    code, out, err = run("print-monitor", job)
    expect("what is no model file", code == 1 and "job.yaml" in err, code, err)
    code, out, err = run("train", job, *define, "--time-budget", ".000001")
    expect("the time budget ends it: exit 4", code == 4 and "udget" in err, code, err)


def shortest(value):
    """The shortest text that is read back as the same float32."""
    def single(x):
        return struct.unpack("f", struct.pack("f", x))[0]
    value = single(value)
    return min((f"{value:.{digits}g}" for digits in range(1, 10)
                if single(float(f"{value:.{digits}g}")) == value), key=len)


def check_model():
    run("train", job, *define)
    code, out, err = run("print-monitor", model, "--full")
    expect("print-monitor: the last records", code == 0 and "epochs seen: 4" in out
           and "test_y_misclass : " in out, out, err)
    told = out
    line = next(line for line in out.splitlines() if line.startswith("test_y_misclass"))
    shown = line.split(" : ")[1]
    code, out, err = run("monitor", "csv", model, "--channels-as-rows")
    rows = {r[0]: r[1:] for r in csv.reader(io.StringIO(out))}
    last = float(rows["test_y_misclass"][-1])
    expect("monitor csv --channels-as-rows: a line a channel, a column a record",
           len(rows["test_y_misclass"]) == 5, out)
    # Errors of rounding in a sum of floats are not shown, but kept.
    expect("print-monitor: digits of a float32", shown == shortest(last) and
           all(text == shortest(float(rows[name][-1])) for name, text in
               (line.split(" : ") for line in told.splitlines() if " : " in line)
               if abs(float(text)) >= .001 and float(text) < 1e4), told)
    code, out, err = run("monitor", "json", model)
    records = json.loads(out)
    expect("monitor json: the same", records["channels"]["test_y_misclass"]["values"][-1] == last
           and records["epochs_seen"] == [0, 1, 2, 3, 4], out[:500])
    code, out, err = run("evaluate", model, "--data", "!obj:DrawnDigits {start: 2000, stop: 2400}",
                         "--json")
    values = json.loads(out) if code == 0 else {}
    expect("evaluate: the value that was recorded", code == 0
           and abs(values["y_misclass"] - last) < 1e-9, out, err, last)
    data = "!obj:DrawnDigits {start: 2000, stop: 2400}"
    code, out, err = run("predict", model, "--data", data)
    classes = [int(line) for line in out.split()]
    expect("predict: a class for each example", code == 0 and len(classes) == 400
           and set(classes) <= set(range(10)), out[:200], err)
    code, out, err = run("predict", model, "--data", data, "--output", "probabilities", "-o",
                         folder / "p.csv")
    rows = list(csv.reader(open(folder / "p.csv"))) if code == 0 else []
    sums = [sum(map(float, row)) for row in rows]
    best = [max(range(10), key=lambda k: float(row[k])) for row in rows]
    expect("predict --output probabilities: rows that sum to 1, their best the class", code == 0
           and all(abs(s - 1) < 1e-5 for s in sums) and best == classes, err)
    code, out, err = run("predict", model, "--data", data, "--output", "h0", "-o", folder / "h.npy")
    header = open(folder / "h.npy", "rb").read(128) if code == 0 else b""
    expect("predict --output h0: a layer, as .npy", code == 0 and b"NUMPY" in header
           and b"(400, 50)" in header, err, header)
    code, out, err = run("predict", model, "--data", data, "--output", "h1")
    expect("predict: an unknown layer", code == 1 and "h0, y" in err, code, err)
    integers = folder / "integers.pkl"
    add_integers(model, integers)
    code, out, err = run("summarize-model", integers)
    expect("summarize-model: parameters of whole numbers", code == 0 and "counts: [2, 3]\n"
           "  min -1  mean 1.5  max 4" in out and "row norms: min 1.41421" in out, code, out, err)


def add_integers(path, to):
    """Writes a model file that has int32 values among its parameters."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header, tensors = json.loads(data[8:8 + size]), data[8 + size:]
    more = struct.pack("<6i", *range(-1, 5))
    end = len(tensors) + len(more)
    first = "ansatz.header_crc32"
    texts = {first: "", **header.pop("__metadata__"), first: "0" * 8,
             "ansatz.crc32.counts": f"{zlib.crc32(more):08x}"}
    header["counts"] = {"dtype": "I32", "shape": [2, 3], "data_offsets": [len(tensors), end]}
    text = json.dumps({"__metadata__": texts, **header}, separators=(",", ":")).encode()
    text = text.replace(b"0" * 8, f"{zlib.crc32(text):08x}".encode(), 1)
    to.write_bytes(len(text).to_bytes(8, "little") + text + tensors + more)


def records_of(path):
    """The last record of each channel."""
    channels = json.loads(run("monitor", "json", path)[1])["channels"]
    return {name: c["values"][-1] for name, c in channels.items() if c["values"]}


def check_evaluate():
    data = "!obj:DrawnDigits {start: 2000, stop: 2400}"
    # The largest value of a batch depends on how many examples that has; 400 are 5 of 70 and 50.
    for overrides in (["algorithm.monitoring_batch_size=70"],
                      ["algorithm.batch_size=null", "model.batch_size=40"]):
        run("train", job, *define, *overrides)
        recorded = records_of(model)
        code, out, err = run("evaluate", model, "--data", data, "--json")
        found = json.loads(out) if code == 0 else {}
        for name in ("h0_max_x_max_u", "y_nll", "y_misclass"):
            expect(f"evaluate, {overrides[-1]}: {name} as it was recorded", code == 0
                   and abs(found[name] - recorded["test_" + name]) < 1e-9, recorded, found, err)
    run("train", job, *define, "algorithm.monitoring_batch_size=70")
    code, out, err = run("evaluate", model, "--data", data, "--json", "--batch-size", "400")
    found = json.loads(out) if code == 0 else {}
    expect("evaluate --batch-size: the maximum of one batch is another", code == 0
           and found["h0_max_x_max_u"] > records_of(model)["test_h0_max_x_max_u"] + 1e-6, out, err)


def check_names():
    """A layer's name with all that CSV and templates take for something else."""
    odd, saved = folder / "odd.yaml", folder / "odd.pkl"
    # A Softmax, whose name is in channels but not in tensors, may be called anything.
    text = pathlib.Path(job).read_text().replace("layer_name: y", "layer_name: 'y,\"%%(x)s'")
    odd.write_text(text.replace("model.pkl", "odd.pkl"))
    code, out, err = run("train", odd, *define)
    expect("a job with %%(x)s trains", code == 0, err)
    rows = {r[0]: r[1:] for r in csv.reader(io.StringIO(run("monitor", "csv", saved,
                                                             "--channels-as-rows")[1]))}
    expect("monitor csv: names are quoted", len(rows.get("test_y,\"%(x)s_misclass", [])) == 5
           and len({len(row) for row in rows.values()}) == 1, list(rows))
    code, out, err = run("predict", saved, "--data", "!obj:DrawnDigits {start: 0, stop: 10}")
    expect("predict: the job of a file is not filled in again", code == 0
           and len(out.split()) == 10, code, out, err)
    code, out, err = run("evaluate", saved)
    expect("evaluate: nor there", code == 0 and "%(x)s_misclass" in out, code, out, err)
    again = folder / "again.yaml"
    again.write_text("""!obj:Train {
  dataset: !obj:DrawnDigits { start: 0, stop: 100 }, model: !pkl: "%s",
  algorithm: !obj:SGD { learning_rate: .05, batch_size: 50,
                        termination_criterion: !obj:EpochCounter { max_epochs: 1 } }
}
""" % saved)
    code, out, err = run("train", again)
    expect("!pkl: nor there", code == 0, code, err)


def check_csv():
    """A model of numbers, trained on a CSV file of its own form."""
    rows = [[(i * k + k) % 7 / 7 for k in range(1, 5)] for i in range(40)]
    targets = [[r[0] - r[1] + 5, r[2] * 2 + r[3] - 9] for r in rows]

    def write(name, first, lines, delimiter=";"):
        lines = [first] * bool(first) + [delimiter.join(map(str, line)) for line in lines]
        (folder / name).write_text("\n".join(lines) + "\n")
        return folder / name

    both = [t + r for t, r in zip(targets, rows)]
    train = write("train.csv", "t;u;a;b;c;d", both)
    values, text = folder / "values.pkl", folder / "values.yaml"
    text.write_text("""!obj:Train {
  dataset: &data !obj:CSVDataset { path: "%s", task: regression, num_outputs: 2, delimiter: ";" },
  model: !obj:MLP { nvis: 4, layers: [ !obj:Linear { layer_name: y, dim: 2, irange: .1 } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 10, monitoring_dataset: *data,
                        termination_criterion: !obj:EpochCounter { max_epochs: 20 } },
  save_path: "%s", save_freq: 1
}
""" % (train, values))
    code, out, err = run("train", text)
    expect("a regression trains", code == 0, code, err)

    def predict(*arguments):
        code, out, err = run("predict", values, *arguments)
        return [list(map(float, r)) for r in csv.reader(io.StringIO(out))] if code == 0 else err

    def close(a, b):
        return len(a) == len(b) and all(abs(x - y) < 1e-4 for r, s in zip(a, b)
                                        for x, y in zip(r, s))

    found = predict("--data", write("names.csv", "a;b;c;d", rows))
    expect("predict: numbers where the targets are numbers", len(found) == 40
           and max(abs(x - t) for f, u in zip(found, targets) for x, t in zip(f, u)) < 2, found)
    expect("predict: a first line of numbers is an example",
           close(predict("--data", write("numbers.csv", "", rows)), found))
    expect("predict --first-line names: it is none",
           close(predict("--data", folder / "numbers.csv", "--first-line", "names"), found[1:]))
    expect("predict --first-line numbers: names are an error with their place", "names.csv:1:1" in
           str(predict("--data", folder / "names.csv", "--first-line", "numbers")))
    expect("predict: targets are left out where the file has them",
           all(close(predict(*how), found) for how in ([], ["--data", train],
                                                       ["--data", train, "--labels"])))
    expect("predict --output class: the larger one", predict("--data", train, "--output", "class")
           == [[float(r[1] > r[0])] for r in found])
    recorded = records_of(values)["objective"]
    for name, file in ("with names", train), ("without", write("plain.csv", "", both)):
        code, out, err = run("evaluate", values, "--data", file, "--json")
        expect(f"evaluate: a file of the same form, {name}", code == 0
               and abs(json.loads(out)["objective"] - recorded) < 1e-9, out, err, recorded)
    for wrong in "!obj:DrawnDigits {start: 0, stop: 10}", write("wide.csv", "", [[1] * 9] * 3):
        for command in "predict", "evaluate":
            code, out, err = run(command, values, "--data", wrong)
            expect(f"{command}: data that do not fit are named with the model", code == 1
                   and f"--data {wrong}" in err and "values.pkl takes VectorSpace(4)" in err, err)


def check_interrupt():
    model.unlink(missing_ok=True)
    long = [*define, "algorithm.termination_criterion.max_epochs=100000"]
    process = subprocess.Popen([program, "train", job, *long], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    while not model.exists():
        time.sleep(.01)
    time.sleep(.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    expect("Ctrl-C: saves, says how to go on, exit 130", process.returncode == 130
           and "--resume" in err, process.returncode, err)
    code, out, err = run("print-monitor", model)
    epochs = int(out.split("epochs seen: ")[1].split()[0])
    code, out, err = run("train", job, *define, "--resume",
                         f"algorithm.termination_criterion.max_epochs={epochs + 2}")
    shown = [row["epoch"] for row in table_of(out)[1]] if code == 0 else []
    expect("--resume: goes on where it was", shown[-1:] == [str(epochs + 2)] and "0" not in shown,
           out, err)


def check_others():
    code, out, err = run("check", job, *define)
    expect("check: shapes and costs", code == 0 and "h0: VectorSpace(784) -> VectorSpace(50)" in out
           and "FLOPs" in out and "no errors" in out, out, err)
    code, out, err = run("plan", job, *define, "--format", "graphviz")
    expect("plan: Graphviz", code == 0 and out.startswith("digraph"), out[:200], err)
    code, out, err = run("list", "Momentum")
    expect("list: keys and defaults", code == 0 and "init_momentum" in out, out, err)
    where = dict(os.environ, XDG_CACHE_HOME="/some/cache", PYLEARN2_DATA_PATH="/its/data")
    where.pop("ANSATZ_DATA_PATH", None)
    code, out, err = run("info", env=where)
    expect("info: version, processor, BLAS", code == 0 and "instruction_set" in out
           and "blas_kernels" in out, out, err)
    expect("info: build and folders", "build type: " in out and "compiler flags: " in out
           and "data path: /its/data (from PYLEARN2_DATA_PATH)" in out
           and "cache of compiled loops: /some/cache/ansatz" in out, out)
    code, out, err = run("data", "path", env={**where, "ANSATZ_DATA_PATH": "/own"})
    expect("data path: ANSATZ_DATA_PATH comes first", out == "/own\n", out, err)
    code, out, err = run("train", "--help")
    expect("train --help: defaults", re.search(r"--floatX.*float64}.{0,2}float32", out)
           and re.search(r"--threads.*1024]", out) and "all processors where that pays" in out
           and "default: 0" in out, out)
    for command in ("train", "check", "plan", "predict", "evaluate", "monitor", "data", "compile"):
        code, out, err = run(command, "--help")
        expect(f"{command} --help", code == 0 and "Usage" in out, out, err)


os.environ.pop("OPENBLAS_CORETYPE", None)
for group in (check_train, check_errors, check_model, check_evaluate, check_names, check_csv,
              check_interrupt, check_others):
    group()
sys.exit(1 if failures else 0)
