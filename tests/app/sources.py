"""Jobs whose data have other sources than features and targets, or are not in memory.

    sources.py ANSATZ
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import zipfile

from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
home = temporary_folder("sources")
COUNT = 40
LEFT = [(math.sin(i), math.cos(2 * i)) for i in range(COUNT)]
RIGHT = [((i * 7) % 5 - 2) / 2 for i in range(COUNT)]
PRICE = [2 * a - b + r for (a, b), r in zip(LEFT, RIGHT)]
KIND = [0 if a < -.3 else 1 if a < .3 else 2 for a, _ in LEFT]


def npy(form, shape, values):
    """The bytes that numpy.save writes."""
    head = f"{{'descr': '{form}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    letter = {"<f4": "f", "<f8": "d", "<i4": "i"}[form]
    return (b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head.encode()
            + struct.pack(f"<{len(values)}{letter}", *values))


def run(*arguments):
    end = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, cwd=home)
    return end.returncode, end.stdout, end.stderr


def tensors(path):
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header, data = json.loads(raw[8:8 + size]), raw[8 + size:]
    header.pop("__metadata__")
    form = {"F32": ("f", 4), "F64": ("d", 8)}
    found = {}
    for name, t in header.items():
        if t["dtype"] in form:
            letter, bytes_each = form[t["dtype"]]
            part = data[slice(*t["data_offsets"])]
            found[name] = struct.unpack(f"<{len(part) // bytes_each}{letter}", part)
    return found


def write(name, text):
    (home / name).write_text(text)
    return name


SPACES = ("!obj:CompositeSpace { components: [ !obj:VectorSpace { dim: 2 }, "
          "!obj:VectorSpace { dim: 1 }, !obj:VectorSpace { dim: 1 }, "
          "!obj:IndexSpace { max_labels: 3, dim: 1 } ] }")
JOB = """!obj:Train {
  dataset: &houses !obj:VectorSpacesDataset { path: houses.npz,
    data_specs: [ SPACES, [left, right, price, kind] ] },
  model: !obj:MLP {
    input_space: !obj:CompositeSpace { components: [ !obj:VectorSpace { dim: 2 },
                                                     !obj:VectorSpace { dim: 1 } ] },
    input_source: [left, right], target_source: [price, kind],
    layers: [ !obj:CompositeLayer { layer_name: heads, layers: [
      !obj:Linear { layer_name: price, dim: 1, irange: .1 },
      !obj:Softmax { layer_name: kind, n_classes: 3, irange: .1 } ] } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 8, monitoring_dataset: *houses,
    termination_criterion: !obj:EpochCounter { max_epochs: 60 } },
  save_path: houses.pkl, save_freq: 1
}
""".replace("SPACES", SPACES)


def check_several():
    """Two inputs and two targets, each source of its own, from YAML."""
    with zipfile.ZipFile(home / "houses.npz", "w") as file:
        file.writestr("left.npy", npy("<f4", (COUNT, 2), [v for row in LEFT for v in row]))
        file.writestr("right.npy", npy("<f4", (COUNT, 1), RIGHT))
        file.writestr("price.npy", npy("<f8", (COUNT, 1), PRICE))
        file.writestr("kind.npy", npy("<i4", (COUNT,), KIND))
    job = write("houses.yaml", JOB)
    code, out, err = run("check", job)
    expect("several sources: check", code == 0, code, out, err)
    code, out, err = run("train", job, "-q")
    expect("several sources: train", code == 0, code, out, err)
    if code:
        return
    parts = tensors(home / "houses.pkl")
    named = {name: values for name, values in parts.items() if "/" not in name}
    w = {head: [v for k, v in named.items() if k.endswith(ends)]
         for head, ends in (("price W", ("price_W",)), ("price b", ("price_b",)),
                            ("kind W", ("kind_W", "softmax_W")),
                            ("kind b", ("kind_b", "softmax_b")))}
    expect("several sources: parameters of both heads", all(len(v) == 1 for v in w.values()),
           list(named))
    w = {head: values[0] for head, values in w.items()}
    prices, kinds = [], []
    for (a, b), r in zip(LEFT, RIGHT):
        x = (a, b, r)
        prices.append(sum(v * k for v, k in zip(x, w["price W"])) + w["price b"][0])
        scores = [sum(x[i] * w["kind W"][3 * i + k] for i in range(3)) + w["kind b"][k]
                  for k in range(3)]
        kinds.append(scores.index(max(scores)))
    code, out, err = run("predict", "houses.pkl", "--header")
    lines = [line.split(",") for line in out.splitlines()]
    expect("predict: several outputs side by side, called as the targets", code == 0
           and lines[0] == ["price", "kind"] and len(lines) == COUNT + 1, code, out[:200], err)
    expect("predict: a number where the target is one, a class where it is a label",
           all(abs(float(p) - q) < 1e-4 and float(k) == c
               for (p, k), q, c in zip(lines[1:], prices, kinds)), lines[1:4], prices[:3],
           kinds[:3])
    expect("several sources: what was learnt", sum(a == b for a, b in zip(kinds, KIND)) > 32
           and max(abs(a - b) for a, b in zip(prices, PRICE)) < .2, kinds, prices[:4], PRICE[:4])
    code, out, err = run("predict", "houses.pkl", "--output", "price", "--json")
    expect("predict --output: one of several targets", code == 0 and all(
        abs(row[0] - q) < 1e-4 for row, q in zip(json.loads(out)["values"], prices)), code, err)
    code, out, err = run("predict", "houses.pkl", "--output", "values", "--header")
    expect("predict --output values: probabilities, too", code == 0
           and out.splitlines()[0] == "price,kind.0,kind.1,kind.2", out[:100], err)
    code, out, err = run("evaluate", "houses.pkl", "--json")
    channels = json.loads(out) if code == 0 else {}
    miss = [v for k, v in channels.items() if k.endswith("kind_misclass")]
    wrong = sum(a != b for a, b in zip(kinds, KIND)) / COUNT
    expect("evaluate: channels of a head", len(miss) == 1 and abs(miss[0] - wrong) < 1e-6, err,
           miss)

    for what, text, words in (
            ("too few sources", JOB.replace("[left, right],", "[left],"),
             "the sources (left) do not"),
            ("a source that is not there", JOB.replace("[left, right],", "[left, rigth],"),
             "rigth"),
            ("another dimension", JOB.replace(SPACES, SPACES.replace("dim: 2", "dim: 3")),
             "cannot be formatted as"),
            ("too few names of data", JOB.replace("price, kind] ]", "price] ]"), "do not fit"),
            ("no such array", JOB.replace("houses.npz", "other.npz"), "has no array")):
        if what == "no such array":
            with zipfile.ZipFile(home / "other.npz", "w") as file:
                file.writestr("left.npy", npy("<f4", (COUNT, 2), [0] * (2 * COUNT)))
        code, out, err = run("train", write("wrong.yaml", text), "-q")
        expect(f"several sources: {what}", code != 0 and words in err, code, err)


def check_arrays():
    """Arrays in the job itself, against a data set of the same arrays."""
    arrays = ("!obj:numpy.random.uniform { size: [30, 2] }",
              "!obj:numpy.random.randint { size: [30], low: 3 }")
    text = """!obj:Train {
      dataset: &data DATA,
      model: !obj:MLP { nvis: 2, layers: [
        !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },
      algorithm: !obj:SGD { learning_rate: .1, batch_size: 8, monitoring_dataset: *data,
        termination_criterion: !obj:EpochCounter { max_epochs: 2 } },
      save_path: arrays.pkl, save_freq: 1 }
    """
    specs = ("data_specs: [ !obj:CompositeSpace { components: [ !obj:VectorSpace { dim: 2 }, "
             "!obj:IndexSpace { max_labels: 3, dim: 1 } ] }, [features, targets] ]")
    several = "!obj:VectorSpacesDataset { data: [ %s, %s ], %s" % (*arrays, specs)
    dense = "!obj:DenseDesignMatrix { X: %s, y: %s, y_labels: 3 }" % arrays
    found = []
    for data in (several + " }", dense):
        code, out, err = run("train", write("arrays.yaml", text.replace("DATA", data)), "-q")
        found.append([v for k, v in tensors(home / "arrays.pkl").items()
                      if k.endswith("_W") and "/" not in k][0] if code == 0 else err)
    expect("VectorSpacesDataset: arrays of the job are those of a file", found[0] == found[1]
           and len(found[0]) == 6, *found)
    for what, data, words in (
            ("data and path", several + ", path: x.npz }", "exactly one of data and path"),
            ("an array for each source", several.replace(arrays[0] + ",", "") + " }", "1 arrays"),
            ("arrays of the Spaces", several.replace("30, 2", "30, 3") + " }", "VectorSpace(2)")):
        code, out, err = run("check", write("wrong.yaml", text.replace("DATA", data)))
        expect(f"VectorSpacesDataset: {what}", code == 3 and words in err, code, err)


def check_mapped():
    """A file that is mapped gives what one that is read gives, bit for bit."""
    values = [math.sin(k) for k in range(6 * 50)]
    (home / "x.npy").write_bytes(npy("<f4", (50, 6), values))
    text = """!obj:Train {
      dataset: &x !obj:NpyDataset { file: x.npy MODE },
      model: !obj:MLP { nvis: 6, target_source: features, layers: [
        !obj:Tanh { layer_name: h, dim: 3, irange: .1 },
        !obj:Linear { layer_name: y, dim: 6, irange: .1 } ] },
      algorithm: !obj:SGD { learning_rate: .01, batch_size: 8, train_iteration_mode: ORDER,
        monitoring_dataset: *x, termination_criterion: !obj:EpochCounter { max_epochs: 3 } },
      save_path: NAME.pkl, save_freq: 1 }
    """
    for order in ("shuffled_sequential", "sequential", "even_batchwise_shuffled_sequential"):
        found = []
        for name, mode in (("read", ""), ("mapped", ", mmap_mode: r")):
            job = text.replace("MODE", mode).replace("ORDER", order).replace("NAME", name)
            code, out, err = run("train", write(name + ".yaml", job), "-q")
            expect(f"NpyDataset {name}: {order}", code == 0, code, out, err)
            if code == 0:
                found.append({k: v for k, v in tensors(home / (name + ".pkl")).items()
                              if "seconds" not in k and "time" not in k and "wall" not in k})
        expect(f"NpyDataset.mmap_mode: the same bits, {order}",
               len(found) == 2 and found[0] == found[1])
    for mode in ("w+", "x"):
        job = text.replace("MODE", f", mmap_mode: '{mode}'").replace("ORDER", "sequential")
        code, out, err = run("train", write("wrong.yaml", job.replace("NAME", "wrong")), "-q")
        expect(f"NpyDataset.mmap_mode: not {mode}", code == 3 and "allowed: 'r'" in err, code, err)
    (home / "bad.npy").write_bytes(npy("<f4", (50, 6), values[:99] + [math.nan] + values[100:]))
    job = text.replace("MODE", ", mmap_mode: r").replace("ORDER", "sequential")
    write("bad.yaml", job.replace("NAME", "bad").replace("x.npy", "bad.npy"))
    code, out, err = run("train", "bad.yaml", "-q")
    expect("NpyDataset.mmap_mode: a number that is not finite has its place", code != 0
           and "example 16 of" in err and "bad.yaml:2" in err, code, err)


def check_preprocessor():
    """Standardize, against data that were standardized before; raw rows behind the training."""
    rows = [(50 + 9 * math.sin(i), 1e-3 * math.cos(3 * i)) for i in range(30)]
    means = [sum(column) / 30 for column in zip(*rows)]
    deviations = [math.sqrt(sum((x - m) ** 2 for x in column) / 30)
                  for column, m in zip(zip(*rows), means)]

    def table(name, some, by_hand):
        lines = [f"{i % 3}," + ",".join(repr((x - m) / (1e-4 + d) if by_hand else x)
                                        for x, m, d in zip(row, means, deviations))
                 for i, row in enumerate(some)]
        write(name, "y,a,b\n" + "\n".join(lines) + "\n")

    text = """!obj:Train {
      dataset: &train !obj:CSVDataset { path: NAME.csv FIT },
      model: !obj:MLP { nvis: 2, layers: [
        !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },
      algorithm: !obj:SGD { learning_rate: .1, batch_size: 8, monitoring_dataset: { train: *train,
          test: !obj:CSVDataset { path: NAME-test.csv APPLY } },
        termination_criterion: !obj:EpochCounter { max_epochs: 3 } },
      save_path: NAME.pkl, save_freq: 1 }
    """
    table("first.csv", rows, False)
    first = ("!obj:CSVDataset { path: first.csv, preprocessor: !obj:Standardize {}, "
             "fit_preprocessor: True }")
    code, out, err = run("preprocess", first, "-o", "made.pkl", "--preprocessor", "prep.pkl")
    expect("preprocess: says what it made", code == 0 and not err
           and out == "30 examples, features: VectorSpace(2), targets: IndexSpace(3)\n", code, out,
           err)
    made = tensors(home / "made.pkl")["features"]
    expect("preprocess: the examples are saved", all(
        math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12) for a, b in zip(made, (
            (x - m) / (1e-4 + d) for row in rows for x, m, d in zip(row, means, deviations)))),
        made)
    for wrong, what in ((["-o", "first.csv"], "is what the data are read from"),
                        (["-o", "prep.pkl", "--preprocessor", "prep.pkl"], "one file")):
        code, out, err = run("preprocess", first, *wrong)
        expect("preprocess: " + what, code == 1 and (what in err or "replaces" in err), code, err)
    found = {}
    for name, fit, apply in (
            ("raw", ", preprocessor: &p !obj:Standardize {}, fit_preprocessor: True",
             ", preprocessor: *p"), ("saved", ", preprocessor: &p !pkl: prep.pkl",
                                     ", preprocessor: *p"), ("hand", "", "")):
        table(name + ".csv", rows, name == "hand")
        table(name + "-test.csv", rows[3:11], name == "hand")
        job = text.replace("NAME", name).replace("FIT", fit).replace("APPLY", apply)
        code, out, err = run("train", write(name + ".yaml", job), "-q")
        expect(f"preprocessor: {name} data are trained on", code == 0, code, out, err)
        if name == "saved":
            (home / "prep.pkl").unlink()  # the model has what it learned
        shown = run("print-monitor", name + ".pkl", "--channels", "*_nll")[1]
        found[name] = [shown.split("\n")[2:]]
        for what in ("probabilities", "class"):
            for data in ([], ["--data", name + "-test.csv", "--labels"]):
                found[name].append(run("predict", name + ".pkl", "--output", what, *data)[:2])
        found[name].append(run("evaluate", name + ".pkl", "--data", name + "-test.csv",
                               "--channels", "y_*")[:2])
    expect("preprocessor: predict takes raw rows", found["raw"] == found["hand"]
           and found["saved"] == found["raw"]
           and all(code == 0 and out for code, out in found["raw"][1:]), found)
    learned = tensors(home / "raw.pkl")
    expect("preprocessor: the model file has what was learned",
           all(math.isclose(a, b, rel_tol=1e-12) for a, b in
               zip(learned["state/preprocessor.0.mean"], means)), learned)
    job = text.replace("NAME", "raw").replace("APPLY", "")
    code, out, err = run("check", write("wrong.yaml", job.replace(
        "FIT", ", preprocessor: !obj:Standardize {}")))
    expect("preprocessor: fitted on no data set", code == 3 and "wrong.yaml:2" in err
           and "fit_preprocessor" in err, code, err)
    code, out, err = run("check", write("wrong.yaml", job.replace("FIT", ", preprocessor: "
                                                                  "!obj:Softmax {}")))
    expect("preprocessor: another class", code == 3 and "preprocessor" in err, code, err)


def check_kinds_of_paths():
    """A file where a folder belongs is not called one that does not exist."""
    write("numbers.csv", "1,2\n3,4\n")
    job = ("!obj:Train {\n  dataset: !obj:ImagePatches { path: \"numbers.csv\", "
           "patch_shape: [3, 3], num_patches: 8 },\n  model: !obj:KMeans { k: 3, nvis: 9 } }\n")
    code, out, err = run("train", write("patches.yaml", job))
    expect("a file in place of a folder", code != 0 and "patches.yaml:2:" in err
           and "'numbers.csv' is a file, where a folder of data belongs" in err, code, err)


check_several()
check_kinds_of_paths()
check_preprocessor()
check_arrays()
check_mapped()
sys.exit(1 if failures else 0)
