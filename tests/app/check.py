"""The program's commands, from the outside.

    check.py ANSATZ JOB
"""
import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

program, job = sys.argv[1:]
failed = 0
folder = pathlib.Path(tempfile.mkdtemp(prefix="ansatz-app-"))
define = ["-D", f"folder={folder}"]
model = folder / "model.pkl"


def run(*arguments, **options):
    command = [program, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, **options)
    return result.returncode, result.stdout, result.stderr


def expect(what, holds, *output):
    global failed
    print(("passed: " if holds else "FAILED: ") + what)
    if not holds:
        failed += 1
        print(*output, sep="\n")


def check_train():
    code, out, err = run("train", job, *define)
    lines = out.splitlines()
    expect("train: a line says how the programs were made, then a line an epoch",
           code == 0 and len(lines) == 6 and "loops precompiled" in lines[0]
           and lines[1].startswith("epoch 0") and lines[5].startswith("epoch 4"), code, out, err)
    expect("train: main channels are shown", "test_y_misclass" in lines[5], out)
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


def check_errors():
    code, out, err = run("train", job)
    expect("a missing -D is an error of the job: exit 3", code == 3 and "folder" in err, code, err)
    code, out, err = run("train", job, *define, "algorithm.lerning_rate=1")
    expect("a wrong override names the nearest key", code == 3 and "learning_rate" in err, code,
           err)
    code, out, err = run("trian", job)
    expect("an unknown command: exit 2", code == 2, code, err)
    code, out, err = run("train", folder / "none.yaml")
    expect("a missing file: its name", code in (1, 3) and "none.yaml" in err, code, err)
    code, out, err = run("print-monitor", job)
    expect("what is no model file", code == 1 and "job.yaml" in err, code, err)
    code, out, err = run("train", job, *define, "--time-budget", ".000001")
    expect("the time budget ends it: exit 4", code == 4 and "udget" in err, code, err)


def check_model():
    run("train", job, *define)
    code, out, err = run("print-monitor", model)
    expect("print-monitor: the last records", code == 0 and "epochs seen: 4" in out
           and "test_y_misclass : " in out, out, err)
    line = next(line for line in out.splitlines() if line.startswith("test_y_misclass"))
    last = float(line.split(" : ")[1])
    code, out, err = run("monitor", "csv", model)
    rows = {r[0]: r[1:] for r in csv.reader(io.StringIO(out))}
    expect("monitor csv: a line a channel, a column a record",
           len(rows["test_y_misclass"]) == 5 and float(rows["test_y_misclass"][-1]) == last, out)
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
    expect("--resume: goes on where it was", code == 0 and f"epoch {epochs + 2}" in out
           and "epoch 0" not in out, out, err)


def check_others():
    code, out, err = run("check", job, *define)
    expect("check: shapes and costs", code == 0 and "h0: VectorSpace(784) -> VectorSpace(50)" in out
           and "FLOPs" in out and "no errors" in out, out, err)
    code, out, err = run("plan", job, *define, "--format", "graphviz")
    expect("plan: Graphviz", code == 0 and out.startswith("digraph"), out[:200], err)
    code, out, err = run("list", "Momentum")
    expect("list: keys and defaults", code == 0 and "init_momentum" in out, out, err)
    code, out, err = run("info")
    expect("info: version, processor, BLAS", code == 0 and "instruction_set" in out
           and "blas_kernels" in out, out, err)
    for command in ("train", "check", "plan", "predict", "evaluate", "monitor", "data", "compile"):
        code, out, err = run(command, "--help")
        expect(f"{command} --help", code == 0 and "Usage" in out, out, err)


os.environ.pop("OPENBLAS_CORETYPE", None)
for group in (check_train, check_errors, check_model, check_interrupt, check_others):
    group()
sys.exit(failed)
