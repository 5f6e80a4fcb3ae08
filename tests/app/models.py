"""What a model file holds and what is measured of a model, from the outside.

    models.py ANSATZ JOBS

JOBS is the folder of the tests' jobs. Every folder a job ran in is gone, or elsewhere, before its
model is used.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from expect import expect, failures, temporary_folder
from model_bytes import header_of, write_model

program = sys.argv[1]


def run(folder, *arguments, **environment):
    variables = {**os.environ, **environment}
    for name in ("SCRATCH", "OUT", "PREFIX"):
        if name not in environment:
            variables.pop(name, None)
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder, env=variables)
    return result.returncode, result.stdout, result.stderr


def new_folder():
    return temporary_folder("models")


TABLE = "y,a,b\n" + "".join(f"{i % 3},{(i * 7) % 11 - 5},{(i * i) % 5}\n" for i in range(12))
SOFTMAX = "!obj:Softmax { layer_name: y, n_classes: 3, irange: .1 }"


def job(layers, nvis=2, more="", algorithm="", epochs=2, path="data.csv", save="m.pkl"):
    return f"""!obj:Train {{
  dataset: &train !obj:CSVDataset {{ path: "{path}" }},
  model: !obj:MLP {{ nvis: {nvis}, layers: [ {layers} ] }},
  algorithm: !obj:SGD {{ batch_size: 5, learning_rate: .1, monitoring_dataset: {{ train: *train }},
    termination_criterion: !obj:EpochCounter {{ max_epochs: {epochs} }}{algorithm} }},
  save_path: "{save}", save_freq: 1{more} }}
"""


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_dot_", ".")).write_text(text)


def tanh(name, dim=3):
    return f"!obj:Tanh {{ layer_name: {name}, dim: {dim}, irange: .1 }}"


def parameters_of(path):
    others = ("state/", "random/", "monitor/", "wall_clock/", "__metadata__")
    return [name for name in header_of(path)[0] if not name.startswith(others)]


def tensor(path, name):
    header, data = header_of(path)
    begin, end = header[name]["data_offsets"]
    return data[begin:end]


def check_identities():
    """Two Softmax layers, layers whose names meet, a model in two places: train, and be read."""
    composite = ("!obj:CompositeLayer { layer_name: heads, layers: [ "
                 "!obj:Softmax { layer_name: a, n_classes: 3, irange: .1 }, "
                 "!obj:Softmax { layer_name: b, n_classes: 3, irange: .1 } ] }")
    gate = "!obj:Softmax { layer_name: gate, n_classes: 3, irange: .1 }"
    shared = ("!obj:CompositeLayer { layer_name: c, layers: [ "
              "!obj:MLP { layer_name: l, layers: [ &h " + tanh("h") + " ] }, "
              "!obj:MLP { layer_name: r, layers: [ *h, " + tanh("z") + " ] } ] }")
    cases = {
        "two softmax": (gate, 4),
        "two heads below": (composite, 6),
        "a layer called softmax": (tanh("softmax"), 4),
        "paths that look alike": (f"!obj:MLP {{ layer_name: a, layers: [ {tanh('b_c')} ] }}, "
                                  f"!obj:MLP {{ layer_name: a_b, layers: [ {tanh('c')} ] }}", 6),
        "a layer in two places": (shared, 6),
    }
    for what, (layers, count) in cases.items():
        folder = new_folder()
        write(folder, data_dot_csv=TABLE, job_dot_yaml=job(f"{layers}, {SOFTMAX}"))
        code, out, err = run(folder, "train", "job.yaml", "-q")
        names = parameters_of(folder / "m.pkl") if code == 0 else []
        expect(f"{what}: trains, with parameters of {count} names",
               code == 0 and len(set(names)) == len(names) == count, err, names)
        for command in ("predict", "evaluate"):
            code, out, err = run(folder, command, "m.pkl")
            expect(f"{what}: {command}", code == 0 and out, err)
        code, out, err = run(folder, "train", "job.yaml", "--resume", "-q",
                             "algorithm.termination_criterion.max_epochs=3")
        expect(f"{what}: goes on", code == 0, err)


def check_shared_model():
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, first_dot_yaml=job(tanh("h") + ", " + SOFTMAX))
    run(folder, "train", "first.yaml", "-q")
    twins = ("!obj:CompositeLayer { layer_name: c, layers: [ "
             "!obj:PretrainedLayer { layer_name: left, layer_content: &same !pkl: m.pkl }, "
             "!obj:PretrainedLayer { layer_name: right, layer_content: *same } ] }, " + SOFTMAX)
    write(folder, twins_dot_yaml=job(twins, save="t.pkl"),
          two_dot_yaml=job(twins.replace("*same", "!pkl: m.pkl"), save="t.pkl"))
    for file, count in (("twins", 9 + 12 + 21), ("two", 2 * (9 + 12) + 21)):
        code, out, err = run(folder, "check", f"{file}.yaml")
        expect(f"{file}: {count} parameters", f"  {count} parameters in all" in out, out, err)
    code, out, err = run(folder, "train", "twins.yaml", "-q")
    (folder / "m.pkl").unlink()
    for command in ("predict", "evaluate"):
        code, out, err = run(folder, command, "t.pkl")
        expect(f"twins: {command} without the file of the model inside", code == 0 and out, err)
    code, out, err = run(folder, "train", "twins.yaml", "-q", "--resume",
                         "algorithm.termination_criterion.max_epochs=3")
    expect("twins: resumed without it", code == 0, err)
    expect("twins: still one", len(parameters_of(folder / "t.pkl")) == 6,
           parameters_of(folder / "t.pkl"))


def check_state_from(folder, start):
    """State of the model, such as running means, is taken as parameters are, or told."""
    norm = "!obj:BatchNormalization { layer_name: b, scale: False, center: False }, "
    write(folder, norm_dot_yaml=job(tanh("h") + ", " + norm + SOFTMAX, save="norm.pkl"))
    run(folder, "train", "norm.yaml", "-q")
    begin = [each.replace("old.pkl", "norm.pkl") for each in start]
    for width, precision in ((2, "float32"), (5, "float64")):
        write(folder, wide_dot_yaml=job(tanh("h", width) + ", " + norm + SOFTMAX))
        exclude = "init_from_exclude=[h_W, h_b, softmax_W{}]"
        for command in ["check"], ["train", "--floatX", precision]:
            code, out, err = run(folder, command[0], "wide.yaml", *begin, exclude.format(""),
                                 *command[1:])
            expect(f"{command[0]}: state of another width is refused", code == 3
                   and f"'b_mean' has the shape [3] in the file, [{width}] in the model" in err
                   and "'b_variance'" in err, code, out, err)
        code, out, err = run(folder, "train", "wide.yaml", *begin, exclude.format(", 'b_*'"))
        expect("but not where it is left out", code == 0
               and "norm.pkl: softmax_b is taken" in err, code, err)
    write(folder, more_dot_yaml=job(tanh("h") + ", " + norm + SOFTMAX))
    code, out, err = run(folder, "train", "more.yaml", *start)
    expect("state that the file does not have is told", code == 0
           and 'the file has no "b_mean", which keeps its own first values' in err
           and 'the file has no "b_variance"' in err, code, err)
    code, out, err = run(folder, "train", "more.yaml", *begin, "--floatX", "float64")
    expect("state of a float becomes one of a double", code == 0 and "b_mean, b_variance are taken"
           in err and len(tensor(folder / "m.pkl", "state/b_mean")) == 2 * len(
               tensor(folder / "norm.pkl", "state/b_mean")), code, err)


def check_init_from():
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, old_dot_yaml=job(tanh("h") + ", " + SOFTMAX, save="old.pkl"))
    run(folder, "train", "old.yaml", "-q")
    start = ["algorithm.termination_criterion.max_epochs=0", "init_from=old.pkl", "save_path=m.pkl"]

    def trained(job_text, *more):
        write(folder, new_dot_yaml=job_text)
        code, out, err = run(folder, "train", "new.yaml", *start, *more)
        return code, err, folder / "m.pkl"

    def same(path, name, old=None):
        return tensor(path, name) == tensor(folder / "old.pkl", old or name)

    code, err, m = trained(job(tanh("h") + ", " + SOFTMAX))
    expect("init_from lists what it took", code == 0
           and "init_from old.pkl: h_W, h_b, softmax_b, softmax_W are taken" in err, err)
    expect("all of it is taken", same(m, "h_W") and same(m, "softmax_W"))
    head = SOFTMAX.replace("layer_name: y", "layer_name: z")
    code, err, m = trained(job(tanh("h") + ", " + head))
    expect("an old head is not taken for a new one", code == 0 and same(m, "h_W")
           and not same(m, "softmax_W")
           and '"softmax_W" keeps its own first values' in err and "there y_softmax_W" in err, err)
    code, err, m = trained(job(tanh("h") + ", " + head), "init_from_include=['h_*', softmax_W]")
    expect("it is taken where that is asked for", code == 0 and same(m, "softmax_W")
           and "left out: softmax_b" in err, err)
    code, err, m = trained(job(tanh("h") + ", " + SOFTMAX), "init_from_exclude=['*_W']")
    expect("what is to be left out is", code == 0 and not same(m, "h_W") and same(m, "h_b")
           and "left out: h_W, softmax_W" in err, err)
    gate = "!obj:Softmax { layer_name: gate, n_classes: 3, irange: .1 }, "
    code, err, m = trained(job(tanh("h") + ", " + gate + SOFTMAX))
    expect("the head is found under its longer name", code == 0
           and same(m, "y_softmax_W", "softmax_W") and not same(m, "gate_softmax_W", "softmax_W"),
           err)
    code, err, m = trained(job(tanh("h") + ", " + SOFTMAX), "init_from_exclude=['hh*']")
    expect("a pattern that nothing fits is an error", code == 3 and "'hh*'" in err, code, err)
    for key, value, what in (
            ("init_from_include", "[h_W, 'hh*']", ": init_from_include[1]: no parameter has a"),
            ("init_from_exclude", "['y_softmx_*']", ": init_from_exclude[0]: no parameter"),
            ("model.layers.h.dim", "7", "'h_W' has the shape [2, 3] in the file, [2, 7] in the"),
            ("init_from", "data.csv", "not a file of tensors")):
        code, out, err = run(folder, "check", "new.yaml", *start, f"{key}={value}")
        expect(f"check finds it: {key}={value}", code == 3 and what in err, code, err)
    code, out, err = run(folder, "check", "new.yaml", *start, "init_from_exclude=['*_W']")
    expect("check takes patterns that fit", code == 0, err)
    check_state_from(folder, start)
    header, data = header_of(folder / "old.pkl")
    del header["__metadata__"]["ansatz.paths"]
    write_model(folder / "old.pkl", header, data)
    code, err, m = trained(job(tanh("h") + ", " + head))
    expect("of an older file it is taken with a warning", code == 0 and same(m, "softmax_W")
           and "does not say of which layer" in err, err)


def check_counts():
    """Ratios are of counts of the whole set, however it is divided."""
    folder = new_folder()
    rows = [(1 if i % 7 == 0 else 0, i % 7 - (i % 5 == 0)) for i in range(40)]
    write(folder, rare_dot_csv="y,x\n" + "".join(f"{y},{x}\n" for y, x in rows))
    write(folder, job_dot_yaml=job(
        "!obj:Sigmoid { layer_name: y, dim: 1, irange: .5 }", nvis=1, path="rare.csv"
    ).replace('"rare.csv"', '"rare.csv", task: regression'))
    code, out, err = run(folder, "train", "job.yaml", "-q")
    code, out, err = run(folder, "predict", "m.pkl", "--output", "y")
    guess = [float(line) > .5 for line in out.split()]
    hits = sum(g and y for g, (y, x) in zip(guess, rows))
    precision = hits / sum(guess) if sum(guess) else 0
    recall = hits / sum(y for y, x in rows)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0
    for size in (1, 3, 8, 40, 1000):
        code, out, err = run(folder, "evaluate", "m.pkl", "--json", "--batch-size", size)
        found = json.loads(out)
        expect(f"precision, recall, F1 in batches of {size}", all(
            abs(found["y_" + name] - value) < 1e-12 and
            all(abs(found[f"y_per_output_{name}_{over}"] - value) < 1e-12
                for over in ("min", "mean", "max"))
            for name, value in (("precision", precision), ("recall", recall), ("f1", f1))),
            found, precision, recall, f1)
    # All of a set is watched unless told otherwise.
    write(folder, data_dot_csv=TABLE, whole_dot_yaml=job(
        SOFTMAX, algorithm=", batches_per_iter: 1"))
    run(folder, "train", "whole.yaml", "-q")
    seen = json.loads(run(folder, "print-monitor", "m.pkl", "--json")[1])["channels"]
    code, out, err = run(folder, "evaluate", "m.pkl", "--json")
    expect("the monitor sees what evaluate sees", code == 0
           and seen["train_y_misclass"] == json.loads(out)["y_misclass"], seen, out, err)


def check_evaluate():
    folder = new_folder()
    extensions = (", extensions: [ !obj:RocAucChannel { }, "
                  "!obj:MomentumAdjustor { final_momentum: .9, start: 1, saturate: 3 }, "
                  "!obj:pylearn2.train_extensions.ChannelSmoother { channel_to_smooth: "
                  "train_objective, channel_to_publish: smooth } ]")
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(
        SOFTMAX, more=extensions, algorithm=", learning_rule: !obj:Momentum { init_momentum: .5 }"))
    code, out, err = run(folder, "train", "job.yaml", "-q")
    expect("a job with channels of all kinds", code == 0, err)
    recorded = json.loads(run(folder, "monitor", "json", "m.pkl")[1])["channels"]
    code, out, err = run(folder, "evaluate", "m.pkl", "--json")
    found = json.loads(out) if code == 0 else {}
    missing = []
    for name, channel in recorded.items():
        short = name.removeprefix("train_")
        if short in found:
            expect(f"evaluate: {short} as recorded", found[short] == channel["values"][-1]
                   or short in ("momentum", "learning_rate"), found[short], channel["values"][-1])
        else:
            missing.append(short)
    expect("evaluate: ROC AUC and settings are among them",
           {"roc_auc", "momentum", "learning_rate", "objective"} <= set(found), found)
    expect("evaluate: it says which it cannot compute", missing
           and all(name in err for name in missing) and "smooth" in missing, missing, err)


def check_alone():
    """A model file is read in an empty folder, without variables, data or job."""
    there = new_folder()
    text = job(tanh("'${PREFIX}_h'") + ", " + SOFTMAX, path="${SCRATCH}/data.csv",
               save="${OUT}.pkl",
               more=", extensions: [ !obj:MonitorBasedSaveBest { channel_name: train_objective, "
                    "save_path: '${PYLEARN2_TRAIN_FILE_FULL_STEM}_best.pkl' } ]")
    write(there, data_dot_csv=TABLE, job_dot_yaml=text)
    variables = {"SCRATCH": str(there), "OUT": "m", "PREFIX": "one"}
    code, out, err = run(there, "train", "job.yaml", "-q", **variables)
    expect("a job with variables", code == 0, err)
    here = new_folder()
    (there / "data.csv").rename(here / "other.csv")
    for name in ("m.pkl", "job_best.pkl"):
        shutil.copy(there / name, here / name)
    shutil.rmtree(there)
    for name in ("m.pkl", "job_best.pkl"):
        for command in ("predict", "evaluate"):
            code, out, err = run(here, command, name, "--data", "other.csv")
            expect(f"{command} {name} elsewhere", code == 0 and out, err)
        expect(f"{name}: the names of before", "one_h_W" in parameters_of(here / name))
        code, out, err = run(here, "predict", name)
        expect(f"predict {name} without data: the file that is not there", code == 1
               and f"{there}/data.csv" in err, code, err)
        (here / "data.csv").write_text((here / "other.csv").read_text())
        code, out, err = run(here, "predict", name, SCRATCH=".")
        expect("a variable of this machine comes before the stored one in paths", code == 0, err)
        (here / "data.csv").unlink()
    header, data = header_of(here / "m.pkl")
    del header["__metadata__"]["ansatz.variables"]
    write_model(here / "older.pkl", header, data)
    code, out, err = run(here, "predict", "older.pkl", "--data", "other.csv")
    expect("a file without them is read all the same", code == 0 and out, err)


def check_itself():
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(SOFTMAX))
    run(folder, "train", "job.yaml", "-q")
    header, data = header_of(folder / "m.pkl")
    meta = header["__metadata__"]

    def named(name, model, job_text=""):
        meta["ansatz.job"], meta["ansatz.model"] = job_text, model
        write_model(folder / name, header, data)

    named("self.pkl", "!pkl: 'self.pkl'")
    named("a.pkl", "!pkl: 'b.pkl'")
    named("b.pkl", "!pkl: './a.pkl'")
    named("job.pkl", "!pkl: 'job.pkl'", job(SOFTMAX).replace("!obj:MLP", "!pkl: job.pkl #"))
    for i in range(60):
        named(f"chain{i}.pkl", f"!pkl: 'chain{i + 1}.pkl'")
    named("deep.pkl", "!obj:MLP { nvis: 2, layers: [ !obj:PretrainedLayer { layer_name: l, "
                      "layer_content: !pkl: deep.pkl } ] }")
    for name, words in (("self.pkl", "has itself as its model"),
                        ("a.pkl", "has itself as its model"),
                        ("deep.pkl", "has itself as its model"), ("job.pkl", ""),
                        ("chain0.pkl", "is inside 32 others")):
        for command in ("predict", "evaluate"):
            code, out, err = run(folder, command, name)
            expect(f"{command} {name}: refused", code == 1 and words in err, code, err[-300:])
        write(folder, from_dot_yaml=job(SOFTMAX, save="n.pkl").replace(
            f"!obj:MLP {{ nvis: 2, layers: [ {SOFTMAX} ] }}", f"!pkl: '{name}'"))
        code, out, err = run(folder, "check", "from.yaml")
        expect(f"a job that begins from {name}: refused", code == 3 and words in err, code,
               err[-300:])
        code, out, err = run(folder, "print-monitor", name)
        expect(f"{name}: its records can be read", code == 0, err)


def check_stages():
    folder = new_folder()
    first = job(SOFTMAX, save="m.pkl")
    model = f"!obj:MLP {{ nvis: 2, layers: [ {SOFTMAX} ] }}"
    push = "!obj:pylearn2.monitor.push_monitor { model: !pkl: 'm.pkl', name: stage_0 }"
    write(folder, data_dot_csv=TABLE, job_dot_yaml=first, on_dot_yaml=first.replace(model, push))
    run(folder, "train", "job.yaml", "-q")
    shutil.copy(folder / "m.pkl", folder / "first.pkl")
    code, out, err = run(folder, "train", "on.yaml", "--resume")
    expect("--resume before the first save begins the stage", code == 0
           and "of the stage before" in err, code, err)
    for command in ("predict", "evaluate"):
        code, out, err = run(folder, command, "m.pkl")
        expect(f"a job on the file it saves to: {command}", code == 0 and out, err)
    code, out, err = run(folder, "train", "on.yaml", "-q", "--resume")
    expect("it is resumed", code == 0, err)
    whole = folder / "whole.pkl"
    shutil.copy(folder / "first.pkl", folder / "m.pkl")
    run(folder, "train", "on.yaml", "-q", "algorithm.termination_criterion.max_epochs=5")
    shutil.copy(folder / "m.pkl", whole)
    shutil.copy(folder / "first.pkl", folder / "m.pkl")
    run(folder, "train", "on.yaml", "-q", "algorithm.termination_criterion.max_epochs=3")
    code, out, err = run(folder, "train", "on.yaml", "-q", "--resume",
                         "algorithm.termination_criterion.max_epochs=5")
    expect("in two pieces it comes to the same bits", code == 0
           and tensor(whole, "softmax_W") == tensor(folder / "m.pkl", "softmax_W"), err)
    monitors = json.loads(header_of(folder / "m.pkl")[0]["__metadata__"]["ansatz.monitors"])
    expect("the records of the first stage are there", [m["name"] for m in monitors]
           == ["stage_0", "monitor"], [m["name"] for m in monitors])
    second = first.replace(model, "!pkl: 'first.pkl'").replace("m.pkl", "second.pkl")
    write(folder, second_dot_yaml=second)
    run(folder, "train", "second.yaml", "-q")
    (folder / "first.pkl").unlink()
    code, out, err = run(folder, "train", "second.yaml", "-q", "--resume")
    expect("a second stage is resumed without the file of the first", code == 0, err)
    # What another key takes from a file that is gone is as it was, too.
    shutil.copy(folder / "m.pkl", folder / "first.pkl")
    write(folder, third_dot_yaml=second.replace("learning_rate: .1", "learning_rate: !obj:"
          "pylearn2.monitor.read_channel { model: !pkl: first.pkl, channel_name: learning_rate }")
          .replace("second.pkl", "third.pkl"))
    code, out, err = run(folder, "train", "third.yaml", "-q")
    (folder / "first.pkl").unlink()
    expect("a rate from another file's records", code == 0, err)
    code, out, err = run(folder, "train", "third.yaml", "-q", "--resume",
                         "algorithm.termination_criterion.max_epochs=5")
    expect("is resumed without it", code == 0, err)
    code, out, err = run(folder, "evaluate", "third.pkl", "--json")
    expect("and evaluated", code == 0 and abs(json.loads(out)["learning_rate"] - .1) < 1e-6
           and "of the job" not in err, out, err)
    code, out, err = run(folder, "train", "second.yaml", "-q")
    expect("begun anew it needs that file", code == 3 and "first.pkl" in err, code, err)


def check_data():
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(SOFTMAX))
    run(folder, "train", "job.yaml", "-q")
    more = ["algorithm.termination_criterion.max_epochs=4", "--resume", "-q"]
    facts = json.loads(header_of(folder / "m.pkl")[0]["__metadata__"]["ansatz.data"])
    expect("the file says what the data were", facts["dataset"].startswith("12 examples; ")
           and facts["monitoring_dataset.train"] == facts["dataset"], facts)
    lines = TABLE.splitlines()
    for what, text in (("a number", TABLE.replace("0,-5,0", "0,-5,1", 1)),
                       ("a label", "\n".join([*lines[:-1], "0" + lines[-1][1:]]) + "\n"),
                       ("the order", "\n".join([lines[0], *lines[:0:-1]]) + "\n"),
                       ("the number of examples", "\n".join(lines[:-1]) + "\n")):
        before = (folder / "m.pkl").read_bytes()
        write(folder, data_dot_csv=text)
        code, out, err = run(folder, "train", "job.yaml", *more)
        expect(f"other data are refused: {what}", code == 1 and "other data" in err
               and "12 examples" in err and (folder / "m.pkl").read_bytes() == before, code, err)
    code, out, err = run(folder, "train", "job.yaml", *more, "--accept-differences")
    expect("unless they are accepted", code == 0, err)
    write(folder, data_dot_csv=TABLE)
    run(folder, "train", "job.yaml", "-q")
    write(folder, data_dot_csv=TABLE.replace("\n", "\r\n"))
    code, out, err = run(folder, "train", "job.yaml", *more)
    expect("the same numbers, written otherwise, are the same data", code == 0, err)


def check_splits():
    """start_fraction f and end_fraction 1 - f divide the rows, for every f of two digits."""
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(SOFTMAX))
    run(folder, "train", "job.yaml", "-q")
    wrong = []
    for rows in (7, 10, 100):
        write(folder, t_dot_csv="y,a,b\n" + "".join(f"{i % 3},{i},{-i}\n" for i in range(rows)))

        def count(key):
            data = f"!obj:CSVDataset {{ path: t.csv, {key} }}"
            return len(run(folder, "predict", "m.pkl", "--data", data)[1].split())
        for hundredths in (10, 20, 29, 30, 40, 57, 58, 70, 90, 99):
            first = count(f"start_fraction: {hundredths / 100}")
            last = count(f"end_fraction: {(100 - hundredths) / 100}")
            if first != rows * hundredths // 100 or first + last != rows:
                wrong.append((rows, hundredths, first, last))
    expect("fractions cut where whole numbers do", wrong in ([], [(7, 10, 0, 0)]), wrong)


PAIR = "!obj:Conv2DSpace { shape: [3, 3], num_channels: 1 }"
PAIRS = ("!obj:VectorSpacesDataset { data_specs: [ !obj:CompositeSpace { components: "
         f"[ {PAIR}, {PAIR} ] }}, [ featuresX, featuresY ] ], data: ["
         " !obj:numpy.random.uniform { size: [60, 3, 3, 1] },"
         " !obj:numpy.random.uniform { size: [60, 3, 3, 1] } ] }")


def check_jobs(jobs):
    """Each job of the tests, on drawn digits: its file is used in an empty folder."""
    values = {"max_epochs": 1, "save_path": ".", "learning_rate": .05, "init_momentum": .5,
              "sparse_init_h1": 15, "batch_size": 20, "train_stop": 60, "valid_stop": 60,
              "dim_h0": 20, "dim_h1": 18, "dim_h2": 17, "dim_h3": 16, "output_channels_h2": 4,
              "output_channels_h3": 5, "nvis": 20, "nhid": 20, "monitoring_batches": 5,
              "detector_layer_dim": 10, "nfac": 6, "nmap": 4, "region": 3, "lr": .01,
              "train_data": "pairs.pkl"}
    # What other jobs go on from: they come later by their names, and read it under this one.
    read_later = {"dae_l1.yaml": "dae_l1.pkl", "dae_l2.yaml": "dae_l2.pkl",
                  "maxout_mnist.yaml": "mnist_best.pkl",
                  "maxout_mnist_pi.yaml": "maxout_mnist_pi_best.pkl"}
    read_from = {"cifar_grbm_smd.yaml": "cifar10_preprocessed_train.pkl",
                 "gae_random.yaml": "pairs.pkl"}
    codes = "!obj:random_dense_design_matrix { num_examples: 100, dim: 20, num_classes: 2 }"
    mnist = re.compile(r"!obj:pylearn2\.datasets\.(?:mnist\.|binarized_mnist\.Binarized)MNIST"
                       r" \{[^}]*\}")
    there = new_folder()
    # What two jobs read from a file of examples.
    made = {"cifar10_preprocessed_train.pkl":
            "!obj:random_one_hot_topological_dense_design_matrix { num_examples: 100, "
            "shape: [8, 8], channels: 3, axes: [b, 0, 1, c], num_classes: 2 }",
            "pairs.pkl": PAIRS}
    for name, data in made.items():
        code, out, err = run(there, "preprocess", data, "-o", name)
        expect(f"{name}: written", code == 0, err)
    for path in sorted(pathlib.Path(jobs).glob("*.yaml")):
        text = path.read_text()
        if "pylearn2.train.Train" not in text or "%(dataset)s" in text or "Dataset {}" in text:
            continue
        own = not mnist.search(text)
        # Whole batches, where a model wants them.
        batches_of_128 = path.name in ("maxout_mnist.yaml", "maxout_mnist_continued.yaml")
        # One of eight million parameters takes fourteen rounds of mean field for each example.
        count = 1024 if batches_of_128 else 100 if path.name == "mpdbm.yaml" else 1000
        text = mnist.sub("!obj:DrawnDigits { start: 0, stop: %d }" % count, text)
        (there / path.name).write_text(text)
        defines = [f"-D{name}={value}" for name, value in values.items() if f"%({name})" in text]
        save = path.name.replace(".yaml", "_saved.pkl")
        code, out, err = run(there, "train", path.name, *defines, f"save_path={save}",
                             "save_freq=1", "-q", "--time-budget", ".000001")
        if path.name in read_later and (there / save).exists():
            shutil.copy(there / save, there / read_later[path.name])
        if not (there / save).exists():
            expect(f"{path.name}: trained", False, code, err)
            continue
        here = new_folder()
        (there / save).rename(here / "m.pkl")
        for command in ("predict", "evaluate"):
            digits = "!obj:DrawnDigits { start: 0, stop: %d }" % (128 if batches_of_128 else 100)
            data = [] if own else ["--data", codes if path.name == "dae_l2.yaml" else digits]
            if path.name in read_from:
                data = ["--data", made[read_from[path.name]]]
            code, out, err = run(here, command, "m.pkl", *data)
            expect(f"{path.name}: {command} from its own file", code == 0 and out
                   and "of the job, which cannot be read" not in err, code, err)


def check_names_of_others():
    """Names in a file of somebody else's neither command a terminal nor look like other lines."""
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(SOFTMAX))
    run(folder, "train", "job.yaml", "-q")
    header, data = header_of(folder / "m.pkl")
    odd = "\x1b[31m\a\x9b5m\u202e\n\r\x7f"
    commands = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]")

    def changed(**texts):
        other = json.loads(json.dumps(header))
        for name, text in texts.items():
            other["__metadata__"]["ansatz." + name] = text
        write_model(folder / "odd.pkl", other, data)
        return other
    meta = header["__metadata__"]
    monitors = meta["ansatz.monitors"]
    names = json.dumps(json.loads(monitors)).replace('"train_', '"tr' + json.dumps(odd)[1:-1])
    files = {
        "channels": {"monitors": names},
        "a monitor": {"monitors": monitors.replace('"name":"monitor"', '"name":"mo' +
                                                   json.dumps(odd)[1:-1] + '"')},
        "the precision": {"floatX": "float32" + odd},
        "the version": {"version": "0.1.0" + odd},
        "the format": {"format": odd},
        "the job": {"job": meta["ansatz.job"].replace("irange", "ir" + odd)},
        "the data": {"data": meta["ansatz.data"].replace(" examples", json.dumps(odd)[1:-1])},
        "the machine": {"environment": meta["ansatz.environment"].replace('"threads":"1"',
                        '"threads":' + json.dumps("1" + odd))},
    }
    lines = {}
    for what, texts in files.items():
        changed(**texts)
        for command in (["print-monitor", "odd.pkl"], ["monitor", "csv", "odd.pkl"],
                        ["monitor", "json", "odd.pkl"], ["print-monitor", "odd.pkl", "--json"],
                        ["summarize-model", "odd.pkl"], ["evaluate", "odd.pkl"],
                        ["predict", "odd.pkl", "--output", "none"],
                        ["train", "job.yaml", "--resume", "save_path=odd.pkl"],
                        ["train", "job.yaml", "--resume", "save_path=odd.pkl", "--json"]):
            code, out, err = run(folder, *command)
            shown = " ".join(command)
            lines[what, shown] = out
            expect(f"{what} with control characters: {shown}", code in (0, 1, 3)
                   and not commands.search(out + err), repr(out), repr(err))
    plain = run(folder, "print-monitor", "m.pkl")[1].count("\n")
    printed = lines["channels", "print-monitor odd.pkl"]
    expect("a name is one line", printed.count("\n") == plain
           and "tr\\x1b[31m\\x07\\u{9b}5m\\u{202e}\\x0a\\x0d\\x7fy_nll : "
           in printed, printed)
    expect("monitor json: the name as it is", any(
        name.startswith("tr" + odd) for name in
        json.loads(lines["channels", "monitor json odd.pkl"])["channels"]))


def check_regular_files():
    """Pipes, sockets, devices and folders are refused at once, by every reader."""
    folder = new_folder()
    write(folder, data_dot_csv=TABLE, job_dot_yaml=job(SOFTMAX))
    run(folder, "train", "job.yaml", "-q")
    for end in ("npy", "npz", "csv", "so", "yaml", "pkl"):
        os.mkfifo(folder / f"pipe.{end}")
        os.symlink("/dev/zero", folder / f"zero.{end}")
        (folder / f"folder.{end}").mkdir()
    for kind, word in (("pipe", "a pipe"), ("zero", "a device"), ("folder", "a folder")):
        for command in (["predict", "m.pkl", "--data", kind + ".npy"],
                        ["predict", "m.pkl", "--data", kind + ".npz"],
                        ["predict", "m.pkl", "--data", kind + ".csv"],
                        ["evaluate", "m.pkl", "--data", kind + ".npy"],
                        ["print-monitor", kind + ".pkl"], ["check", kind + ".yaml"],
                        ["list", "--load", kind + ".so"],
                        ["preprocess", kind + ".yaml"],
                        ["show", "examples", kind + ".yaml", "-o", "x.png"],
                        ["data", "look", kind + ".csv"],
                        ["train", "job.yaml", "-q", "init_from=" + kind + ".pkl"],
                        ["train", "job.yaml", "-q", "dataset.path=" + kind + ".csv"],
                        ["train", "job.yaml", "-q", "--load", kind + ".so"]):
            result = subprocess.run([program, *command], capture_output=True, text=True,
                                    cwd=folder, timeout=60)
            expect(f"no regular file: {' '.join(command)}", result.returncode in (1, 3)
                   and "not a file, but " + word in result.stderr, result.returncode, result.stderr)


check_jobs(sys.argv[2])
for check in (check_identities, check_shared_model, check_init_from, check_counts, check_evaluate,
              check_alone, check_itself, check_stages, check_data, check_splits,
              check_names_of_others, check_regular_files):
    check()
sys.exit(1 if failures else 0)
