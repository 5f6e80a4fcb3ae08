"""What the program shows: channels, events, outputs by suffix, layers inside of others, interrupts.

    shown.py ANSATZ
"""
import json
import signal
import struct
import subprocess
import sys
import time

from expect import expect, failures, temporary_folder

program = sys.argv[1]
folder = temporary_folder("shown")
model = folder / "m.pkl"

JOB = """!obj:Train {
  dataset: &train !obj:random_dense_design_matrix { num_examples: 60, dim: 4, num_classes: 3 },
  model: %s,
  algorithm: !obj:SGD { batch_size: 10, learning_rate: .1, monitoring_dataset: { %s: *train },
                        termination_criterion: !obj:EpochCounter { max_epochs: %d } },
  save_path: "%s", save_freq: 1
}
"""
FLAT = """!obj:MLP { nvis: 4, layers: [ !obj:Tanh { layer_name: h, dim: 3, irange: .1 },
                               !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] }"""
NESTED = """!obj:MLP { nvis: 4, layers: [ !obj:MLP { layer_name: inner, layers: [
    !obj:MLP { layer_name: deep, layers: [ !obj:Tanh { layer_name: h, dim: 5, irange: .1 } ] },
    !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] } ] }"""


def run(*arguments):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder)
    return result.returncode, result.stdout, result.stderr


def write(name, text):
    (folder / name).write_text(text)
    return folder / name


def events(out):
    return [json.loads(line) for line in out.splitlines()]


def check_channels():
    job = write("job.yaml", JOB % (FLAT, "train", 2, model))
    code, out, err = run("train", job, "--channels", "*_misclass", "--json")
    epochs = [e for e in events(out) if e["event"] == "epoch"]
    expect("train --json --channels: only those", code == 0 and len(epochs) == 3
           and all(set(e["channels"]) == {"train_y_misclass"} for e in epochs), out, err)
    for style in ([], ["-v"], ["--json"]):
        code, out, err = run("train", job, "--channels", "*_misclas", *style)
        expect("a pattern that fits nothing is told, with the nearest name", code == 0
               and "'*_misclas' fits no channel" in out + err and "misclass" in out + err, out, err)
    code, out, err = run("train", job, "-q", "--channels", "nothing*")
    expect("-q: only errors", code == 0 and out == "" and err == "", out, err)
    code, out, err = run("evaluate", model, "--channels", "y_misclass", "--channels", "no*",
                         "--json")
    expect("evaluate --channels", code == 0 and set(json.loads(out)) == {"y_misclass"}
           and "'no*' fits no channel" in err, out, err)
    code, out, err = run("print-monitor", model, "--channels", "*_misclass", "--json")
    expect("print-monitor --channels --json", code == 0
           and set(json.loads(out)["channels"]) == {"train_y_misclass"}, out, err)
    code, out, err = run("monitor", "csv", model, "--channels", "*_misclass")
    expect("monitor csv --channels", code == 0 and out.split("\n")[0].count(",") == 4, out, err)

    code, out, err = run("train", job, "--chanels", "x")
    expect("an unknown option: the nearest one", code == 2
           and "--chanels; nearest: --channels" in err and "--help" in err, code, err)
    code, out, err = run("--json", "train", "job.yaml")
    expect("an option in front of its command", code == 2
           and "--json; what a command takes stands behind its name" in err, code, err)

    # A job that goes on watches other channels; those of before are not shown as if measured.
    second = write("second.yaml", JOB % (f"!pkl: {model}", "other", 3, folder / "n.pkl"))
    for style in ([], ["-v"], ["--json"]):
        code, out, err = run("train", second, *style)
        expect("only channels that are computed are shown", code == 0 and "other_objective" in out
               and "train_objective" not in out, out, err)
    code, out, err = run("print-monitor", folder / "n.pkl")
    expect("print-monitor says of which epoch a value is", code == 0
           and "not since epoch 2)" in out and "other_objective : " in out, out, err)
    code, out, err = run("print-monitor", folder / "n.pkl", "--json")
    expect("print-monitor --json: what the last record has", code == 0
           and "train_objective" not in json.loads(out)["channels"], out, err)


def check_events():
    one = JOB % (FLAT, "train", 2, model)
    job = write("job.yaml", one)
    code, out, err = run("train", job, "--json")
    found = events(out)
    batches = [e for e in found if e["event"] == "batch"]
    expect("--json: events of batches, at least the first and the last of an epoch", code == 0
           and {e["examples_of_epoch"] for e in batches} >= {10, 60}
           and {e["epoch"] for e in batches} == {1, 2} and batches[-1]["batches_seen"] == 12, out)
    code, out, err = run("train", job, "--json", "-q")
    expect("--json -q: the end alone", code == 0 and [e["event"] for e in events(out)] == ["end"]
           and err == "", out, err)
    lists = write("list.yaml", "".join(
        "- " + (JOB % (FLAT, "train", 1, folder / f"{i}.pkl")).replace("&train", f"&t{i}")
        .replace("*train", f"*t{i}").replace("\n", "\n  ").rstrip() + "\n" for i in (1, 2)))
    code, out, err = run("train", lists, "--json")
    phases = [e for e in events(out) if e["event"] == "phase"] if code == 0 else []
    expect("--json: events of phases", [e["phase"] for e in phases] == ["phase1", "phase2"]
           and phases[0]["phases"] == 2, out, err)
    wrong = write("wrong.yaml", one.replace("learning_rate", "lerning_rate"))
    for command in ("train", "check", "compile"):
        code, out, err = run(command, wrong, "--json")
        found = events(out)
        expect(f"{command} --json: errors are events, then the end", code == 3
               and [e["event"] for e in found] == ["error", "end"]
               and "learning_rate" in found[0]["text"] and found[1]["reason"] == "failed"
               and "learning_rate" in err, out, err)
    missing = write("missing.yaml", one.replace(
        "!obj:random_dense_design_matrix { num_examples: 60, dim: 4, num_classes: 3 }",
        "!obj:CSVDataset { path: none.csv }"))
    code, out, err = run("check", missing, "--json")
    kinds = [e["event"] for e in events(out)]
    expect("check --json: warnings, layers, parameters, end", code == 0
           and {"warning", "layer", "parameter"} <= set(kinds) and kinds[-1] == "end"
           and err == "", out, err)
    code, out, err = run("check", missing, "-q")
    expect("check -q: nothing but errors", code == 0 and out == "" and err == "", out, err)
    code, out, err = run("train", job, "--resume", "-v")
    (folder / "m.pkl").unlink()
    code, out, err = run("train", job, "--resume")
    expect("--resume without a file says that it starts anew", code == 0
           and "m.pkl; the run starts anew" in err and "ended: 2 epochs" in out, out, err)


def check_outputs():
    job = write("nested.yaml", JOB % (NESTED, "train", 1, folder / "nested.pkl"))
    code, out, err = run("check", job)
    expect("check: layers inside of others, deeper", code == 0
           and "\n  inner: VectorSpace(4) -> VectorSpace(3)\n" in out
           and "\n    deep: VectorSpace(4) -> VectorSpace(5)\n" in out
           and "\n      h: VectorSpace(4) -> VectorSpace(5)\n" in out, out, err)
    run("train", job, "-q")
    code, top, err = run("predict", folder / "nested.pkl", "--output", "values")
    code, same, err = run("predict", folder / "nested.pkl", "--output", "inner.y")
    expect("predict: the last layer by its path", code == 0 and same == top, same[:200], err)
    code, out, err = run("predict", folder / "nested.pkl", "--output", "inner/deep/h")
    rows = [[float(x) for x in line.split(",")] for line in out.splitlines()]
    expect("predict: an inner layer by its path", code == 0 and len(rows) == 60
           and all(len(r) == 5 and all(-1 < x < 1 for x in r) for r in rows), out[:200], err)
    code, out, err = run("predict", folder / "nested.pkl", "--output", "inner.x")
    expect("predict: the layers there are", code == 1 and "inner.deep.h" in err
           and 'no layer "inner.x"' in err, err)

    for name in ("out.npz", "out.txt", "out.json", "out.pkl"):
        code, out, err = run("predict", folder / "nested.pkl", "-o", name)
        expect(f"predict -o {name}: refused, and nothing is written", code == 2
               and ".csv, .npy" in err and not (folder / name).exists(), code, err)
    for name in ("out.npy", "OUT.NPY"):
        code, out, err = run("predict", folder / "nested.pkl", "-o", name)
        expect(f"predict -o {name}: an array", code == 0
               and (folder / name).read_bytes().startswith(b"\x93NUMPY"), err)
    code, out, err = run("predict", folder / "nested.pkl", "-o", "out.csv")
    expect("predict -o out.csv: lines of classes", code == 0
           and len((folder / "out.csv").read_text().splitlines()) == 60, err)

    # Infinity and NaN as NumPy and C read them.
    huge = b"".join(struct.pack("<4f", *row) for row in ([3e38, 3e38, 3e38, 3e38], [0, 0, 0, 0]))
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }"
    header += b" " * (117 - len(header)) + b"\n"
    (folder / "huge.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                                      + huge)
    linear = FLAT.replace("!obj:Tanh { layer_name: h, dim: 3, irange: .1 }",
                          "!obj:Linear { layer_name: h, dim: 3, istdev: 100. }")
    run("train", write("linear.yaml", JOB % (linear, "train", 0, folder / "linear.pkl")), "-q")
    code, out, err = run("predict", folder / "linear.pkl", "--data", "huge.npy", "--output", "h")
    expect("predict: infinity has no quotes", code == 0 and '"' not in out
           and ("inf" in out or "nan" in out)
           and all(float(x) == float(x) or x == "nan" for x in out.split()[0].split(",")), out, err)
    code, same, err = run("predict", folder / "linear.pkl", "--data", "huge.npy", "--output", "h",
                          "--json")
    rows = [",".join(str(float(x)) for x in row) for row in json.loads(same)["values"]]
    expect("predict --json: infinity as float() reads it", code == 0 and [
        ",".join(str(float(x)) for x in line.split(",")) for line in out.splitlines()] == rows,
           same, out)


def commands(*above):
    """Every command's words, read off the help itself."""
    text = run(*above, "--help")[1]
    if "Subcommands:" not in text:
        return [above]
    lines = text.split("Subcommands:\n")[1].split("\n\n")[0].splitlines()
    names = [line.split()[0] for line in lines if line[:2] == "  " and line[2:3].isalpha()]
    return [found for name in names for found in commands(*above, name)]


def check_json():
    """Every command has --json, also of those that come later; what fails ends with events."""
    every = commands()
    expect("the commands are read off the help", ("data", "list") in every and len(every) > 12,
           every)
    for words in every:
        if words == ("monitor",):  # its format is named: csv or json
            continue
        code, out, err = run(*words, "--help")
        expect(f"{words}: has --json", code == 0 and "--json" in out, out)
        code, out, err = run(*words, "--json", "--no-such-option")
        expect(f"{words} --json: a wrong command line is an event, then the end", code == 2
               and [e["event"] for e in events(out)] == ["error", "end"]
               and events(out)[0]["text"] in err and events(out)[1]["reason"] == "failed", out, err)
    for words in (("predict", "none.pkl"), ("evaluate", "none.pkl"), ("print-monitor", "none.pkl"),
                  ("summarize-model", "none.pkl"), ("list", "Tahn"), ("plan", "none.yaml"),
                  ("data", "fetch", "none"), ("data", "path", "none"), ("summarise-model",)):
        code, out, err = run(*words, "--json")
        expect(f"{words} --json: failures are events", code != 0
               and [e["event"] for e in events(out)] == ["error", "end"]
               and events(out)[0]["text"] in err, out, err)

    job = write("job.yaml", JOB % (FLAT, "train", 1, model))
    run("train", job, "-q")
    for what in ("class", "probabilities", "h"):
        found = json.loads(run("predict", model, "--output", what, "--json")[1])
        lines = run("predict", model, "--output", what)[1].splitlines()
        rows = [[float(x) for x in line.split(",")] for line in lines]
        values = found["values"] if what != "class" else [[v] for v in found["values"]]
        expect(f"predict --json --output {what}: the same numbers", found["output"] == what
               and found["examples"] == 60 and values == rows, found)
    found = json.loads(run("predict", model, "--json", "-o", "classes.csv")[1])
    expect("predict --json -o: where they are", found["path"] == "classes.csv"
           and "values" not in found and (folder / "classes.csv").exists(), found)
    found = json.loads(run("summarize-model", model, "--json")[1])
    text = run("summarize-model", model)[1]
    shapes = {p["name"]: p["shape"] for p in found["parameters"]}
    expect("summarize-model --json", shapes == {"h_W": [4, 3], "h_b": [3], "softmax_W": [3, 3],
                                               "softmax_b": [3]}
           and [p["layer"] for p in found["parameters"]] == ["h", "h", "y", "y"]
           and text.index("layer h: 15 parameters\nh_W: ") < text.index("layer y: 12 parameters\n")
           and found["number_of_parameters"] == 27 and found["epochs_seen"] == 1
           and all(f"{p[key]:.6g}" in text for p in found["parameters"]
                   for key in ("min", "mean", "max", "standard_deviation"))
           and all(f"{p[key]['max']:.6g}" in text for p in found["parameters"]
                   for key in ("column_norms", "row_norms") if len(p["shape"]) == 2), found, text)
    rule = "learning_rate: .1, learning_rule: !obj:Momentum { init_momentum: .5 }"
    moving = folder / "moving.pkl"
    text = (JOB % (FLAT, "train", 1, moving)).replace("learning_rate: .1", rule)
    job = write("moving.yaml", text)
    out = run("check", job)[1]
    states = [e for e in events(run("check", job, "--json")[1]) if e["event"] == "state"]
    expect("check: state, its shape, and whose it is",
           "  state h_W.velocity [4, 3] of the algorithm\n" in out and len(states) == 4
           and states[0] == {"event": "state", "name": "h_W.velocity", "shape": [4, 3],
                             "owner": "the algorithm", "doc": ""}, out, states)
    run("train", job, "-q")
    found = json.loads(run("summarize-model", moving, "--json")[1])
    text = run("summarize-model", moving)[1]
    expect("summarize-model: state beside the parameters",
           [s["name"] for s in found["state"]] == [s["name"] for s in states]
           and found["number_of_parameters"] == 27 and "state h_W.velocity: [4, 3]\n" in text
           and f"{found['state'][0]['max']:.6g}" in text, found, text)
    found = json.loads(run("info", "--json")[1])
    expect("info --json", f"ansatz {found['version']}\n" in run("info")[1]
           and found["processors"] > 0 and "blas_kernels" in found, found)
    code, out, err = run("list", "Tanh", "--json")
    expect("list --json: --format json", out == run("list", "Tanh", "--format", "json")[1]
           and len(json.loads(out)["classes"]) == 1, out)
    sets = json.loads(run("data", "list", "--json")[1])["sets"]
    expect("data list --json", "mnist" in [s["name"] for s in sets]
           and all(0 <= s["present"] <= s["files"] for s in sets), sets)
    found = json.loads(run("data", "path", "iris", "--json")[1])
    expect("data path --json", found["path"] == run("data", "path", "iris")[1].strip(), found)
    for style in ((), ("--format", "graphviz")):
        found = json.loads(run("plan", job, "--json", *style)[1])
        expect("plan --json", found["function"] == "step" and found["batch_size"] == 10
               and found["text"] == run("plan", job, *style)[1], found)
    found = [e for e in events(run("check", job, "--json")[1]) if e["event"] == "program"]
    text = run("check", job)[1]
    expect("check --json: what each function costs", {"step", "monitor"} <= {
        e["name"] for e in found} and all(
            f"{e['name']}: {e['steps']} steps" in text and f", {e['bytes']} bytes" in text
            for e in found), found, text)


def check_places_of_labels():
    write("train.csv", "y,a,b\n" + "".join(f"{i % 3},{i},1\n" for i in range(12)))
    write("valid.csv", "y,a,b\n0,1,2\n\n1,2,3\n3,4,5\n4,4,5\n")
    job = (JOB % (FLAT.replace("nvis: 4", "nvis: 2"), "train", 1, folder / "labels.pkl")).replace(
        "!obj:random_dense_design_matrix { num_examples: 60, dim: 4, num_classes: 3 }",
        "!obj:CSVDataset { path: train.csv }")
    code, out, err = run("train", write("good.yaml", job), "-q")
    expect("labels that fit", code == 0, err)
    two = job.replace("train: *train", "train: *train, valid: !obj:CSVDataset { path: valid.csv }")
    code, out, err = run("train", write("valid.yaml", two), "-q")
    expect("a label out of range: its file and line, the place of its set and its name", code == 1
           and "valid.yaml:" in err and 'data set "valid"' in err and "valid.csv:5 has 3" in err
           and "0 to 2" in err, code, err)
    code, out, err = run("train", write("short.yaml", job.replace("n_classes: 3", "n_classes: 2")),
                         "-q")
    expect("the same in the training data", code in (1, 3) and "short.yaml:" in err
           and "train.csv:4 has 2" in err, code, err)


def check_profile():
    job = write("job.yaml", JOB % (FLAT, "train", 3, model))
    model.unlink(missing_ok=True)
    code, out, err = run("train", job, "--profile", "7", "--trace", "trace.json")
    expect("--profile: what each step takes, and nothing is saved", code == 0
           and "step: " in out and "(7 calls)" in out and "features @ h_W" in out
           and "GFLOP/s" in out and not model.exists(), out, err)
    events_of_trace = json.loads((folder / "trace.json").read_text())["traceEvents"]
    steps = [e for e in events_of_trace if e["cat"] == "step"]
    begins = [e["ts"] for e in steps]
    expect("--trace: the times of all steps, in their order", len(steps) % 7 == 0
           and begins == sorted(begins) and all(e["dur"] >= 0 and e["ph"] == "X" for e in steps)
           and any("features @ h_W" in e["name"] for e in steps), events_of_trace[:3])
    code, out, err = run("train", job, "--profile", "5", "--json")
    found = {p["program"]: p for e in events(out) if e["event"] == "profile" for p in e["programs"]}
    products = [s["flops"] for s in found["step"]["steps"] if "features @ h_W" in s["computes"]]
    # 10 examples, 4 inputs, 3 units; perhaps with what is done together with it.
    expect("--profile --json: the operations of a product", found["step"]["calls"] == 5
           and products and products[0] >= 5 * 2 * 10 * 4 * 3, found)
    for wrong in (["--profile", "0"], ["--trace", "t.json"], ["--profile", "1", "--resume"],
                  ["--profile", "1", "--trace", "none/t.json"],
                  ["--profile", "1", "--trace", job]):
        code, out, err = run("train", job, *wrong)
        expect(f"train {' '.join(map(str, wrong))} is refused", code != 0 and err, out, err)


def check_job():
    job = write("job.yaml", JOB % (FLAT, "train", 2, model))
    run("train", job)
    code, out, err = run("job", model)
    again = write("again.yaml", out)
    expect("job: the job, with what it was trained on in comments", code == 0
           and "# dataset: 60 examples; features" in out and "# blas_kernels: " in out
           and run("check", again)[0] == 0 and "max_epochs: 2" in out, out, err)
    found = json.loads(run("job", model, "--json")[1])
    expect("job --json", found["job"] in out and found["floatX"] == "float32"
           and found["data"]["monitoring_dataset.train"].startswith("60 examples"), found)
    code, out, err = run("job", job)
    expect("job: what is no model is refused", code != 0 and "job.yaml" in err, out, err)


def check_overfit():
    job = write("job.yaml", JOB % (FLAT, "train", 2, model))
    model.unlink(missing_ok=True)
    code, out, err = run("train", job, "--overfit", "1", "algorithm.learning_rate=1")
    expect("--overfit: until a batch is learned by heart, and nothing is saved", code == 0
           and "1 batch learned by heart" in out and "ended: learned by heart; " in out
           and "saved" not in out and not model.exists(), out, err)
    code, out, err = run("train", job, "--overfit", "2", "--json", "algorithm.learning_rate=1e-9")
    end = events(out)[-1]
    expect("--overfit: 500 epochs, and the verdict", code == 0 and end["epochs_seen"] == 500
           and end["learned_by_heart"] is False and "learning rate" in end["verdict"]
           and end["why"] == "500 epochs", end, err)
    losses = [e["loss"] for e in events(out) if e["event"] == "epoch" and e["epoch"] > 0]
    watched = [e["channels"]["train_objective"] for e in events(out) if e["event"] == "epoch"]
    expect("the loss of an epoch is the mean of its batches", len(losses) == 500
           and abs(losses[0] - watched[0]) < 1e-6 * watched[0], losses[:2], watched[:2])
    code, out, err = run("train", job, "--overfit", "1", "--resume")
    expect("--overfit does not resume", code == 2 and "--resume" in err, out, err)


def check_nan():
    job = write("job.yaml", JOB % (FLAT, "train", 2, model))
    code, out, err = run("train", job, "algorithm.learning_rate=3.e+38")
    expect("NaN: parameter, batch, epoch, advice", code == 1 and "NaN in " in err
           and " of epoch 1 has the loss " in err and "learning_rate (it is 3e+38)" in err
           and "--check-numbers" in err, out, err)


def check_interrupts():
    # Many line searches on one batch: only within it an interrupt can be heard.
    job = write("bgd.yaml", """!obj:Train {
  dataset: !obj:random_dense_design_matrix { num_examples: 2000, dim: 100, num_classes: 5 },
  model: !obj:MLP { nvis: 100, layers: [ !obj:Sigmoid { layer_name: h, dim: 60, irange: .05 },
                                 !obj:Softmax { layer_name: y, n_classes: 5, irange: .05 } ] },
  algorithm: !obj:BGD { batch_size: 2000, line_search_mode: exhaustive, conjugate: 1,
                        updates_per_batch: 1000000,
                        termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: bgd.pkl, save_freq: 1
}
""")
    errors = open(folder / "errors", "w")
    process = subprocess.Popen([program, "train", job], stdout=subprocess.PIPE, stderr=errors,
                               text=True, cwd=folder)
    while not process.stdout.readline().split()[:1] == ["0"]:
        pass  # until the row of epoch 0: it is within the batch soon
    time.sleep(.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    err = (folder / "errors").read_text()
    expect("Ctrl-C is answered; BGD ends after a line search and saves", process.returncode == 130
           and "interrupted: the run ends after" in err and "bgd.pkl is saved" in err
           and (folder / "bgd.pkl").exists(), process.returncode, err)


for group in (check_channels, check_events, check_outputs, check_json, check_places_of_labels,
              check_profile, check_job, check_overfit, check_nan, check_interrupts):
    group()
sys.exit(1 if failures else 0)
