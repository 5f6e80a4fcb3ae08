"""Models in turn: machines layer by layer, a block for each fold; densities about examples.

    stacks.py ANSATZ
"""
import json
import math
import pathlib
import struct
import subprocess
import sys

from expect import expect, failures, temporary_folder
from model_bytes import header_of

program = str(pathlib.Path(sys.argv[1]).resolve())
folder = temporary_folder("stacks")


def run(*arguments):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder)
    return result.returncode, result.stdout, result.stderr


def write(**texts):
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)


def tensors(name):
    header, data = header_of(folder / name)
    found = {}
    for key, at in header.items():
        if key == "__metadata__" or at["dtype"] not in ("F32", "F64"):
            continue
        begin, end = at["data_offsets"]
        code, size = ("f", 4) if at["dtype"] == "F32" else ("d", 8)
        found[key] = struct.unpack(f"<{(end - begin) // size}{code}", data[begin:end])
    return found


def parameter(name, key):
    """Of a file, whatever stands before its name there."""
    found = [values for full, values in tensors(name).items()
             if full == key or full.endswith("/" + key)]
    return found[0]


def same(a, b, tolerance=1e-6):
    return len(a) == len(b) and all(abs(x - y) <= tolerance * max(1, abs(x), abs(y))
                                    for x, y in zip(a, b))


rows = [[int((k + i) % 3 == 0) ^ int(i % 7 == k) for k in range(6)] for i in range(24)]
numbers = [[round(math.sin(1 + i * (k + 1)), 3) for k in range(4)] for i in range(30)]
(folder / "bits.csv").write_text("y," + ",".join("abcdef") + "\n" + "".join(
    f"{i % 2},{','.join(map(str, row))}\n" for i, row in enumerate(rows)))
(folder / "numbers.csv").write_text("y,a,b,c,d\n" + "".join(
    f"{i % 2},{','.join(map(str, row))}\n" for i, row in enumerate(numbers)))

UNITS = ("!obj:pylearn2.models.dbm.BinaryVectorMaxPool {{ layer_name: {}, detector_layer_dim: {}, "
         "pool_size: 1, irange: .3 }}")
SGD = ("!obj:SGD { learning_rate: .1, batch_size: 6, cost: !obj:VariationalPCD { num_chains: 4, "
       "num_gibbs_steps: 1 }, termination_criterion: !obj:EpochCounter { max_epochs: EPOCHS } }")
DATA = "!obj:CSVDataset { path: bits.csv }"


def machine(nvis, *layers, more=""):
    return ("!obj:DBM { batch_size: 0, niter: 3, visible_layer: "
            f"!obj:pylearn2.models.dbm.BinaryVector {{ nvis: {nvis} }}, hidden_layers: [ "
            f"{', '.join(layers)} ]{more} }}")


def train(data, model, save, epochs=2):
    return (f"!obj:Train {{ dataset: {data}, model: {model}, algorithm: "
            f"{SGD.replace('EPOCHS', str(epochs))}, save_path: {save}, save_freq: 1 }}\n")


def check_machines():
    """Two machines, one on what the other draws; then both as one."""
    first, second = machine(6, UNITS.format("h", 4)), machine(4, UNITS.format("g", 3))
    both = machine(6, UNITS.format("h", 4), UNITS.format("g", 3),
                   more=", rbm_list: [ !pkl: a.pkl, !pkl: b.pkl ]")
    drawn = (f"!obj:TransformerDataset {{ raw: {DATA}, transformer: !obj:DBMSampler {{ dbm: !pkl: "
             "a.pkl } }")
    steps = [train(DATA, first, "a.pkl"), train(drawn, second, "b.pkl"),
             train(DATA, both, "c.pkl", 0)]
    write(list="[\n" + ",\n".join(steps) + "]\n")
    code, out, err = run("check", "list.yaml")
    expect("machines in turn: check finds nothing", code == 0 and "warning" not in err, out, err)
    code, out, err = run("train", "list.yaml", "-q")
    expect("machines in turn: they train, without a word", code == 0 and not err, err)
    of = {name: {key: parameter(name, key) for key in keys} for name, keys in {
        "a.pkl": ("h_W", "h_b", "visible_bias"), "b.pkl": ("g_W", "g_b", "visible_bias"),
        "c.pkl": ("h_W", "h_b", "g_W", "g_b", "visible_bias")}.items()}
    a, b, c = of["a.pkl"], of["b.pkl"], of["c.pkl"]
    half = [x / 2 for x in a["h_W"]]
    expect("machines in turn: the first weights are halved", same(c["h_W"], half), c["h_W"], half)
    expect("machines in turn: so are the last",
           same(c["g_W"], [x / 2 for x in b["g_W"]]), c["g_W"], b["g_W"])
    mean = [(x + y) / 2 for x, y in zip(a["h_b"], b["visible_bias"])]
    expect("machines in turn: biases between two are their mean", same(c["h_b"], mean), c["h_b"],
           mean)
    expect("machines in turn: the outer ones stay", same(c["visible_bias"], a["visible_bias"]) and
           same(c["g_b"], b["g_b"]))
    whole = {name: tensors(name) for name in ("a.pkl", "b.pkl", "c.pkl")}

    # As three files.
    for path in folder.glob("*.pkl"):
        path.unlink()
    for name, step in zip("abc", steps):
        write(**{name: step})
        code, out, err = run("train", f"{name}.yaml", "-q")
        expect(f"machines in turn: {name} alone trains", code == 0, err)
    keep = [(name, key) for name in whole for key in whole[name]
            if "wall_clock" not in key and whole[name][key] != tensors(name).get(key)]
    expect("machines in turn: as files they come to the same bits", not keep, keep)

    # What is drawn is 0 or 1, and as often as it is probable.
    expect("machines in turn: the last one trains on",
           run("train", "c.yaml", "-q", "algorithm.termination_criterion.max_epochs=3",
               "save_path=d.pkl")[0] == 0 and (folder / "d.pkl").exists())
    write(wrong=steps[2].replace("!pkl: b.pkl", "!pkl: a.pkl"))
    code, out, err = run("check", "wrong.yaml")
    expect("machines in turn: another machine is told by its name and place",
           code == 3 and "is called 'h', not 'g'" in err and "wrong.yaml:1:" in err, err)
    write(wrong=steps[1].replace("!pkl: a.pkl", "!pkl: c.pkl"))
    code, out, err = run("check", "wrong.yaml")
    expect("DBMSampler: a machine of two layers is refused with its place",
           code == 3 and "one hidden layer" in err and "wrong.yaml:1:" in err, err)


FOLDS = ("!obj:DatasetKFold { n_folds: 3, shuffle: true, random_state: 1, dataset: "
         "!obj:CSVDataset { path: numbers.csv } }")


def check_folds():
    """An autoencoder a fold, then a classifier on the codes of each."""
    write(coder=f"!obj:TrainCV {{ dataset_iterator: {FOLDS}, model: !obj:Autoencoder {{ nvis: 4, "
          "nhid: 3, act_enc: tanh, act_dec: null, irange: .3 }, algorithm: !obj:SGD { "
          "learning_rate: .05, batch_size: 5, cost: !obj:MeanSquaredReconstructionError {}, "
          "termination_criterion: !obj:EpochCounter { max_epochs: 3 } }, save_path: ae.pkl }",
          classes=f"!obj:TrainCV {{ dataset_iterator: !obj:TransformerDatasetCV {{ "
          f"dataset_iterator: {FOLDS}, transformers: !pkl: ae.pkl }}, model: !obj:MLP {{ nvis: 3, "
          "layers: [ !obj:Softmax { layer_name: y, n_classes: 2, irange: .1 } ] }, algorithm: "
          "!obj:SGD { learning_rate: .1, batch_size: 5, termination_criterion: !obj:EpochCounter { "
          "max_epochs: 3 } }, save_path: y.pkl }")
    for name, files in (("coder", "ae"), ("classes", "y")):
        code, out, err = run("check", f"{name}.yaml")
        expect(f"{name}: check finds nothing", code == 0 and "warning" not in err, out, err)
        code, out, err = run("train", f"{name}.yaml")
        expect(f"{name}: each fold is trained", code == 0 and all(
            (folder / f"{files}-{i}.pkl").exists() for i in range(3)), err)
        expect(f"{name}: a report with mean and deviation", "mean" in out + err, out, err)
    # The features of fold i are the codes of its own autoencoder: from a file of one fold's codes
    # the classifier of that fold says the same.
    (folder / "x.csv").write_text("a,b,c,d\n" + "".join(
        ",".join(map(str, row)) + "\n" for row in numbers))
    codes = {}
    for i in range(3):
        W, b = parameter(f"ae-{i}.pkl", "W"), parameter(f"ae-{i}.pkl", "hb")
        codes[i] = [[math.tanh(sum(x * W[3 * k + j] for k, x in enumerate(row)) + b[j])
                     for j in range(3)] for row in numbers]
    expect("folds: autoencoders differ", not same(parameter("ae-0.pkl", "W"),
                                                  parameter("ae-1.pkl", "W")))
    for i in range(3):
        write(one=f"!obj:Train {{ dataset: &d !obj:TransformerDataset {{ raw: !obj:CSVDataset {{ "
              f"path: numbers.csv }}, transformer: !pkl: ae-{i}.pkl }}, model: !pkl: y-{i}.pkl, "
              "algorithm: !obj:SGD { learning_rate: 1e-9, batch_size: 30, monitoring_dataset: { "
              "all: *d }, termination_criterion: !obj:EpochCounter { max_epochs: 1 } }, save_path: "
              "one.pkl, save_freq: 1 }")
        code, out, err = run("train", "one.yaml", "-q")
        found = json.loads(run("monitor", "json", "one.pkl")[1])["channels"]
        W, b = parameter(f"y-{i}.pkl", "softmax_W"), parameter(f"y-{i}.pkl", "softmax_b")
        nll = 0
        for n, code_of in enumerate(codes[i]):
            z = [sum(x * W[2 * k + j] for k, x in enumerate(code_of)) + b[j] for j in range(2)]
            nll += math.log(sum(math.exp(v) for v in z)) - z[n % 2]
        value = found["all_objective"]["values"][0] if "all_objective" in found else None
        expect(f"fold {i}: its classifier reads the codes of its own autoencoder",
               value is not None and abs(value - nll / 30) < 1e-5, value, nll / 30, err)


def check_densities():
    """log p of Parzen windows, by plain sums."""
    write(parzen="!obj:Train { dataset: !obj:CSVDataset { path: numbers.csv }, model: "
          "!obj:ParzenWindows { nvis: 4, samples: 20, sigma: .3 }, save_path: p.pkl, "
          "save_freq: 1 }")
    code, out, err = run("check", "parzen.yaml")
    expect("ParzenWindows: check finds nothing", code == 0 and "warning" not in err, out, err)
    code, out, err = run("train", "parzen.yaml", "-q")
    expect("ParzenWindows: it trains, without a word", code == 0 and not err, err)
    code, out, err = run("predict", "p.pkl", "--data", "x.csv", "-o", "p.csv")
    expect("ParzenWindows: log densities are predicted", code == 0, err)
    found = [float(line.split(",")[-1]) for line in (folder / "p.csv").read_text().split()[-30:]]
    wanted = []
    for x in numbers:
        near = [-sum((u - v) ** 2 for u, v in zip(x, s)) / (2 * .09) for s in numbers[:20]]
        most = max(near)
        wanted.append(most + math.log(sum(math.exp(v - most) for v in near) / 20) -
                      2 * math.log(2 * math.pi * .09))
    expect("ParzenWindows: they are the sums of windows", same(found, wanted, 1e-4), found, wanted)
    # A model that knows no classes predicts numbers, whatever labels its data have.
    code, out, err = run("predict", "ae-0.pkl", "--data", "numbers.csv", "--labels")
    first = [float(x) for x in out.split("\n")[0].split(",")] if code == 0 else []
    expect("an autoencoder predicts as many numbers as it reads", len(first) == 4, out[:200], err)
    code, out, err = run("train", "parzen.yaml", "-q", "model.samples=31", "save_path=q.pkl")
    expect("ParzenWindows: too few examples", code == 1 and
           "samples is 31, but there are 30 examples" in err, err)


if __name__ == "__main__":
    check_machines()
    check_folds()
    check_densities()
    sys.exit(len(failures) != 0)
