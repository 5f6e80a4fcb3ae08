"""Tables divided by classes and into folds, and last layers that do not fit their targets.

    divided.py ANSATZ

Rows of parts are those that NumPy draws; a fold is a job of its own on a file of its training rows.
"""
import json
import pathlib
import random
import subprocess
import sys

from expect import expect, failures, temporary_folder
from with_numpy import numpy

program = str(pathlib.Path(sys.argv[1]).resolve())
home = temporary_folder("divided")

TRAIN = """!obj:Train {
  dataset: &train !obj:Table { TABLE },
  model: !obj:MLP { layers: [ LAST ] },
  algorithm: !obj:SGD { batch_size: 5, learning_rate: .1, monitoring_dataset: { train: *train },
    termination_criterion: !obj:EpochCounter { max_epochs: 2 } },
  save_path: model.pkl, save_freq: 1 }
"""
SOFTMAX = "!obj:Softmax { layer_name: y, n_classes: 3, irange: 0. }"
LINEAR = "!obj:Linear { layer_name: y, dim: 1, irange: 0. }"


def run(*arguments):
    end = subprocess.run([program, *arguments], capture_output=True, text=True, cwd=home)
    return end.returncode, end.stdout, end.stderr


def train(table, last, command="train"):
    (home / "job.yaml").write_text(TRAIN.replace("TABLE", table).replace("LAST", last))
    return run(command, "job.yaml", *(["-q"] if command == "train" else []))


def header_of(name):
    raw = (home / name).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8:8 + size]), raw[8 + size:]


def bytes_of(name, tensor):
    header, data = header_of(name)
    begin, end = header[tensor]["data_offsets"]
    return data[begin:end]


# ----------------------------------------------------------------------------------- stratified

random.seed(2)
kinds = ["a"] * 37 + ["b"] * 14 + ["c"] * 5
random.shuffle(kinds)
x = numpy.array([random.gauss(0, 1) for _ in kinds])
(home / "kinds.csv").write_text("x,kind\n" + "".join(f"{v},{k}\n" for v, k in zip(x, kinds)))
fractions = {"train": .6, "valid": .2, "test": .2}
order = numpy.random.RandomState(3).permutation(len(kinds))
whole = []
for part in fractions:
    before = sum(v for k, v in fractions.items() if list(fractions).index(k) <
                 list(fractions).index(part))
    wanted = []
    for kind in "abc":
        of_kind = [row for row in order if kinds[row] == kind]
        begin, end = (int(numpy.floor(f * len(of_kind) + .5 + 1e-9))
                      for f in (before, before + fractions[part]))
        wanted += of_kind[begin:end]
    whole += wanted
    code, out, err = train("path: kinds.csv, target: kind, split: {train: .6, valid: .2, test: .2},"
                           f" seed: 3, stratify: True, which_set: {part}", SOFTMAX)
    learned = json.loads(header_of("model.pkl")[0]["__metadata__"]["ansatz.columns"])
    expect(f"stratify: {part} has its share of every class", code == 0 and
           learned["examples"] == len(wanted) and
           abs(learned["features"][0]["mean"] - x[wanted].mean()) < 1e-9, err, learned, wanted)
    code, out, err = run("predict", "model.pkl", "--output", "class")
    expect(f"stratify: {part} is predicted, too", code == 0 and
           len(out.splitlines()) == len(wanted), out, err)
expect("stratify: the parts are all rows", sorted(whole) == list(range(len(kinds))), whole)
for table, words in (
        ("path: kinds.csv, target: x, split: {train: .8, test: .2}, stratify: True",
         "stratify: the target 'x' holds numbers, not classes"),
        ("path: kinds.csv, target: kind, stratify: True", "split"),
        ("path: kinds.csv, split: {train: .8, test: .2}, stratify: True", "without a target"),
        ("path: few.csv, target: kind, split: {train: .8, test: .2}, stratify: True",
         "of class 'd' there is one example for 2 parts")):
    (home / "few.csv").write_text("x,kind\n1,d\n2,e\n3,e\n4,e\n5,f\n6,f\n")
    code, out, err = train(table, SOFTMAX, "check")
    expect(f"stratify: refused: {words}", code == 3 and words in err, code, err)

# ---------------------------------------------------------------------------------------- folds

rows = [(i, (i * i) % 17 + 100 * (i >= 30), i % 3) for i in range(40)]


def write(name, some):
    (home / name).write_text("u,v,w\n" + "".join(f"{u},{v},{w}.5\n" for u, v, w in some))


write("all.csv", rows)
SMALL = """algorithm: !obj:SGD { batch_size: 5, learning_rate: .1,
    termination_criterion: !obj:EpochCounter { max_epochs: 2 } }, save_path: NAME.pkl"""
model = f"model: !obj:MLP {{ nvis: 2, layers: [ {LINEAR} ] }}, "
(home / "cv.yaml").write_text(
    "!obj:TrainCV { dataset_iterator: !obj:DatasetKFold { n_folds: 4, dataset: !obj:Table {"
    " path: all.csv, target: w } }, " + model + SMALL.replace("NAME", "cv") + " }")
code, out, err = run("train", "cv.yaml", "-q")
expect("folds: a Table trains in cross-validation", code == 0, err)
for fold in range(4):
    write("part.csv", rows[:10 * fold] + rows[10 * fold + 10:])
    (home / "part.yaml").write_text(
        "!obj:Train { dataset: !obj:Table { path: part.csv, target: w }, " + model +
        SMALL.replace("NAME", "part") + ", save_freq: 1 }")
    code, out, err = run("train", "part.yaml", "-q")
    expect(f"folds: {fold} learns as from a file of its training rows", code == 0 and
           bytes_of(f"cv-{fold}.pkl", "y_W") == bytes_of("part.pkl", "y_W") and
           any(bytes_of("part.pkl", "y_W")), err)

(home / "gaps.csv").write_text("u,v,w\n" + "".join(
    f"{i},{'' if i < 30 else i},{i % 3}.5\n" for i in range(40)))
(home / "gaps.yaml").write_text((home / "cv.yaml").read_text().replace("all.csv", "gaps.csv"))
code, out, err = run("train", "gaps.yaml", "-q")
expect("folds: a column without any value in a training set is told", code == 1
       and "'v': of the training set of a fold, all values are missing" in err, code, err)

# What was learned of the columns is not in the files of these models, so no other rows are read.
for data in ("all.csv", "!obj:Table { path: all.csv, target: w }", "all.npy"):
    for command in ("predict", "evaluate"):
        code, out, err = run(command, "cv-0.pkl", "--data", data)
        expect(f"folds: {command} refuses {data}", code == 1 and not out
               and "does not hold what was learned" in err, code, out, err)
code, out, err = run("evaluate", "cv-0.pkl")
expect("folds: evaluate reads the fold's own rows", code == 0, out, err)

INSIDE = "!obj:TransformerDataset { raw: RAW, transformer: !obj:ExamplewiseUnitNormBlock {} }"
PART = "!obj:Table { path: all.csv, target: w, split: {train: .5, test: .5}, which_set: WHICH }"
train_raw = "&raw " + PART.replace("WHICH", "train")
for test_raw, words in ((PART.replace("WHICH", "test"), ["like: *train"]),
                        ("!obj:Table { like: *raw, which_set: test }", [])):
    (home / "inside.yaml").write_text(
        "!obj:Train { dataset: " + INSIDE.replace("RAW", train_raw) + ", " + model +
        SMALL.replace("NAME", "inside").replace(
            "batch_size: 5", "batch_size: 5, monitoring_dataset: { test: " +
            INSIDE.replace("RAW", test_raw) + " }") + " }")
    code, out, err = run("check", "inside.yaml")
    expect(f"a Table inside another set learns nothing of its own: {test_raw}",
           (code == 3) == bool(words) and all(word in err for word in words), code, err)
(home / "pca.yaml").write_text(
    "!obj:Train { dataset: &train " + PART.replace("WHICH", "train, preprocessor: !obj:PCA { "
    "num_components: 2 }, fit_preprocessor: True") + ", " + model +
    SMALL.replace("NAME", "pca").replace(
        "batch_size: 5", "batch_size: 5, monitoring_dataset: { test: !obj:Table { like: *train, "
        "which_set: test } }") + " }")
code, out, err = run("check", "pca.yaml")
expect("like a Table that has a preprocessor: it must be named, too",
       code == 3 and "preprocessor: *" in err, code, err)

# ---------------------------------------------------------------------------------- last layers

for target, last, words in (
        ("x", SOFTMAX, ["the target 'x' holds numbers, but the model tells classes",
                        "!obj:Linear { layer_name: y, dim: 1,"]),
        ("kind", LINEAR, ["the target 'kind' holds 3 classes, but the model tells a number",
                          "!obj:Softmax { layer_name: y, n_classes: 3,"]),
        ("kind", LINEAR.replace("dim: 1", "dim: 2"), ["holds 3 classes", "tells 2 numbers"]),
        ("kind", LINEAR.replace("Linear", "Sigmoid"), ["holds 3 classes", "n_classes: 3"]),
        ("kind", SOFTMAX.replace("n_classes: 3", "n_classes: 2"),
         ["'kind' holds 3 classes", "is made for 2", "n_classes: 3"]),
        ("x", LINEAR.replace("dim: 1", "dim: 2"), ["tells 2 numbers", "1 to be", "'x'", "dim: 1,"]),
        ("kind", LINEAR.replace("dim: 1", "dim: 3"), [])):
    code, out, err = train(f"path: kinds.csv, target: {target}", last, "check")
    expect(f"last layer: {target}, {last}", (code == 3) == bool(words) and
           all(word in err for word in words) and err.count("\n") < 3, code, err)
(home / "two.csv").write_text("x,kind\n" + "1,a\n2,b\n" * 5)
code, out, err = train("path: two.csv, target: kind", LINEAR.replace("Linear", "Sigmoid"), "check")
expect("last layer: one unit does not tell two classes", code == 3 and "n_classes: 2" in err, err)
sys.exit(len(failures) != 0)
