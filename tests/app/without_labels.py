"""Jobs of models without labels: checked, trained, resumed, compared; and what is wrong with them.

    without_labels.py ANSATZ [ONE_IN]

Of the faulty jobs, which are the good ones with one thing changed, one in so many is looked at.
"""
import json
import math
import pathlib
import re
import subprocess
import sys

from expect import expect, failures, temporary_folder
from model_bytes import header_of

program = str(pathlib.Path(sys.argv[1]).resolve())
one_in = int(sys.argv[2]) if len(sys.argv) > 2 else 16
folder = temporary_folder("unsupervised")


def run(*arguments):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder)
    return result.returncode, result.stdout, result.stderr


# Bits that go together, numbers in [-1, 1] and a class: 23 rows, so that the last batch has three.
rows = []
for i in range(23):
    kind = i % 3
    bits = [int((k + kind) % 3 == 0) ^ int(i % 7 == k) for k in range(6)]
    rows.append((kind, bits, [round(math.sin(1 + i * (k + 1)), 3) for k in range(6)]))
names = ",".join("abcdef")
for name, column in (("bits", 1), ("numbers", 2)):
    (folder / f"{name}.csv").write_text(f"y,{names}\n" + "".join(
        f"{row[0]},{','.join(map(str, row[column]))}\n" for row in rows))
(folder / "signs.csv").write_text(f"y,{names}\n" + "".join(
    f"{kind},{','.join(str(2 * b - 1) for b in bits)}\n" for kind, bits, _ in rows))

BITS, NUMBERS, SIGNS = (f"!obj:CSVDataset {{ path: {name}.csv }}"
                        for name in ("bits", "numbers", "signs"))
DIGITS = "!obj:DrawnDigits { start: 0, stop: 23 }"
DBM = "pylearn2.models.dbm"
AE = ("!obj:Autoencoder {{ nvis: {}, nhid: {}, act_enc: {}, act_dec: sigmoid, tied_weights: true, "
      "irange: .3 }}")
NOISE = ("preact_cors: [ null, !obj:GaussianCorruptor { stdev: .1 }, null ], postact_cors: [ "
         "!obj:SaltPepperCorruptor { corruption_level: .2 }, null, null ], layer_samplers: [ "
         "!obj:BinomialSampler {}, null, null ]")


def pooled(name, size, pool=1):
    return (f"!obj:{DBM}.BinaryVectorMaxPool {{ layer_name: {name}, detector_layer_dim: {size}, "
            f"pool_size: {pool}, irange: .3 }}")


def dbm(visible, *hidden):
    return (f"!obj:DBM {{ batch_size: 0, niter: 3, visible_layer: {visible}, hidden_layers: [ "
            f"{', '.join(hidden)} ] }}")


BINARY = f"!obj:{DBM}.BinaryVector {{ nvis: 6 }}"
GAUSSIAN = f"!obj:{DBM}.GaussianVisLayer {{ nvis: 6, init_beta: 2., min_beta: .5 }}"
IMAGE = f"!obj:{DBM}.GaussianVisLayer {{ rows: 28, cols: 28, channels: 1, init_beta: 2. }}"
CONV = (f"!obj:{DBM}.ConvMaxPool {{ layer_name: h0, output_channels: 2, kernel_rows: 9, "
        "kernel_cols: 9, pool_rows: 4, pool_cols: 4, irange: .05 }")
PCD = "!obj:VariationalPCD { num_chains: 4, num_gibbs_steps: 2 }"
MASKS = "mask_gen: !obj:MaskGen { drop_prob: .3 }"
S3C = ("!obj:S3C { nvis: 6, nhid: 4, irange: .5, init_bias_hid: -1., init_B: 3., min_B: .1, max_B: "
       "100., init_alpha: 1., min_alpha: .1, max_alpha: 100., init_mu: .5, monitor_functional: "
       "true, monitor_params: [ W, B ], MORE e_step: !obj:E_Step { h_new_coeff_schedule: [ .1, "
       ".5, 1. ], clip_reflections: true }, m_step: !obj:Grad_M_Step { learning_rate: .05 } }")

# Data, model, cost (an algorithm where it begins with !obj:, other than SGD's).
JOBS = {
    "dbm": (BITS, dbm(BINARY, pooled("h0", 4), pooled("h1", 6, 2)), PCD),
    "dbm of labels": (BITS, dbm(BINARY, pooled("h0", 4), f"!obj:{DBM}.Softmax {{ layer_name: y, "
                                "n_classes: 3, irange: .1 }"),
                      f"!obj:MultiPrediction {{ {MASKS}, supervised: true, both_directions: true "
                      "}"),
    "normal dbm": (NUMBERS, dbm(GAUSSIAN, pooled("h0", 4), pooled("h1", 3)), PCD),
    "normal dbm, inpainting": (NUMBERS, dbm(GAUSSIAN, pooled("h0", 4)),
                               f"!obj:MultiPrediction {{ {MASKS} }}"),
    "offsets": (NUMBERS, dbm("&vis " + GAUSSIAN, f"!obj:{DBM}.BVMP_Gaussian {{ input_layer: *vis, "
                             "layer_name: h0, detector_layer_dim: 4, pool_size: 2, irange: .3 }"),
                "!obj:PCD { num_chains: 4, num_gibbs_steps: 1 }"),
    "convolution": (DIGITS, dbm(IMAGE, CONV), PCD),
    "side by side": (BITS, dbm(BINARY, f"!obj:{DBM}.CompositeLayer {{ layer_name: c, components: "
                               f"[ {pooled('left', 3)}, {pooled('right', 4, 2)} ] }}",
                               pooled("h1", 3)), PCD),
    "ising": (SIGNS, dbm("!obj:IsingVisible { nvis: 6, beta: 1. }",
                         "!obj:IsingHidden { layer_name: h0, dim: 4, beta: 1., irange: .3 }",
                         "!obj:IsingHidden { layer_name: h1, dim: 3, beta: .5, learn_beta: true, "
                         "irange: .3 }"), PCD),
    "boltzmann ising": (SIGNS, dbm(
        "!obj:BoltzmannIsingVisible { nvis: 6, beta: 1. }", "!obj:BoltzmannIsingHidden { "
        "layer_name: h0, dim: 4, beta: 1., irange: .3, sampling_W_stdev: .1 }"), PCD),
    "copies": (BITS, dbm(f"!obj:{DBM}.BinaryVector {{ nvis: 6, copies: 2 }}",
                         pooled("h0", 6, 2).replace("irange", "copies: 3, irange"),
                         f"!obj:{DBM}.Softmax {{ layer_name: y, n_classes: 3, irange: .1, copies: "
                         "2 }"), PCD),
    "activities": (BITS, dbm(BINARY, f"!obj:{DBM}.CompositeLayer {{ layer_name: c, components: [ "
                             f"{pooled('left', 3)}, {pooled('right', 4, 2)} ] }}",
                             pooled("h1", 4, 2)),
                   f"!obj:SumOfCosts {{ costs: [ !obj:MultiPrediction {{ {MASKS}, l1_act_targets: "
                   "[ [ .2, [ .3, .1 ] ], [ .2, .1 ] ], l1_act_coeffs: [ [ .1, [ .2, .3 ] ], [ 0., "
                   ".4 ] ], range_rewards: [ [ .1, [ .1, .1 ] ], [ .1, .1 ] ] }, !obj:MF_L2_ActCost"
                   " { targets: [ [ .2, .3, .1 ], [ .2, .1 ] ], coeffs: [ [ 1., 0., 1. ], [ 1., 1. "
                   "] ] } ] }"),
    "spins within limits": (SIGNS, dbm(
        "&v !obj:BoltzmannIsingVisible { nvis: 6, beta: 1., min_ising_b: -.1, max_ising_b: .1, "
        "sampling_b_stdev: .1 }", "!obj:BoltzmannIsingHidden { layer_name: h0, dim: 4, beta: 1., "
        "irange: .3, layer_below: *v, max_ising_W: .05, max_ising_b: .02 }",
        "!obj:BoltzmannIsingHidden { layer_name: h1, dim: 3, beta: 1., irange: .3, min_ising_W: "
        "-.02 }"), PCD),
    "gsn": (BITS, f"!obj:GSN {{ autoencoders: [ {AE.format(6, 5, 'tanh')}, "
                  f"{AE.format(5, 4, 'tanh')} ], {NOISE} }}",
            "!obj:GSNCost { costs: [ [ 0, 1., !obj:MeanBinaryCrossEntropy {} ] ], walkback: 1 }"),
    "joint gsn": (BITS, f"!obj:JointGSN {{ autoencoders: [ {AE.format(6, 5, 'tanh')}, "
                        f"{AE.format(5, 3, 'softmax')} ], {NOISE} }}",
                  "!obj:GSNCost { costs: [ [ 0, 1., !obj:MeanBinaryCrossEntropy {} ], [ 2, 2., "
                  "!obj:MeanSquaredReconstructionError {} ] ] }"),
    "spikes and slabs": (NUMBERS, "!obj:mu_pooled_ssRBM { nvis: 6, nhid: 4, n_s_per_h: 2, "
                         "batch_size: 0, alpha0: 5., alpha_irange: 1., b0: -1., B0: 5., Lambda0: "
                         ".1, Lambda_irange: .5, mu0: 1., W_irange: .3 }",
                         "!obj:SML { batch_size: 4, nsteps: 1 }"),
    "s3c": (NUMBERS, S3C.replace("MORE", "constrain_W_norm: true,"), ""),
    "s3c by itself": (NUMBERS, S3C.replace(
        "MORE", "init_momentum: .2, final_momentum: .8, momentum_saturation_example: 40,"),
        "!obj:DefaultTrainingAlgorithm { batch_size: 5, batches_per_iter: 5, "),
    # A mean over examples of none of whose numbers anything is read.
    "penalty alone": (BITS, "!obj:ContractiveAutoencoder { nvis: 6, nhid: 3, act_enc: null, "
                      "act_dec: sigmoid, irange: .3 }",
                      "!obj:MethodCost { method: contraction_penalty }"),
    "score matching of noise": (NUMBERS, "!obj:GaussianBinaryRBM { nvis: 6, nhid: 3, irange: .5, "
                                "energy_function_class: !obj:grbm_type_1 {} }", "!obj:SMD { "
                                "corruptor: !obj:GaussianCorruptor { stdev: .5 } }"),
    "hessian free": (BITS, AE.format(6, 3, "tanh"),
                     "!obj:HessianFree { cost: !obj:MeanBinaryCrossEntropy {}, batch_size: 23, "),
}


def job(data, model, cost):
    algorithm = cost
    if "cost: " not in cost and not cost.startswith("!obj:Default"):
        algorithm = ("!obj:SGD { learning_rate: .1, batch_size: 5, " +
                     (f"cost: {cost}, " if cost else ""))
    return (f"!obj:Train {{\n  dataset: &train {data},\n  model: {model},\n  algorithm: {algorithm}"
            "monitoring_dataset: { train: *train },\n    termination_criterion: !obj:EpochCounter "
            "{ max_epochs: 3 } },\n  save_path: m.pkl,\n  save_freq: 1\n}\n")


def tensors(path):
    header, data = header_of(path)
    return {name: data[slice(*at["data_offsets"])] for name, at in header.items()
            if name != "__metadata__" and not name.startswith("wall_clock/")}


def records(path):
    return {name: channel["values"] for name, channel in
            json.loads(run("monitor", "json", path)[1])["channels"].items()}


def close(a, b, tolerance):
    return abs(a - b) <= tolerance * max(1e-3, abs(a), abs(b))


def check_jobs():
    seen = {}
    for name, parts in JOBS.items():
        (folder / "job.yaml").write_text(job(*parts))
        code, out, err = run("check", "job.yaml")
        expect(f"{name}: check finds nothing", code == 0 and "warning" not in err, out, err)
        code, out, err = run("train", "job.yaml", "-q")
        expect(f"{name}: it trains, without a word", code == 0 and not err, err)
        if code:
            continue
        whole, found = tensors(folder / "m.pkl"), records("m.pkl")
        (folder / "m.pkl").unlink()
        run("train", "job.yaml", "-q", "algorithm.termination_criterion.max_epochs=1")
        code, out, err = run("train", "job.yaml", "-q", "--resume")
        pieces = tensors(folder / "m.pkl")
        differ = [key for key in whole if whole[key] != pieces.get(key)]
        expect(f"{name}: in two pieces it comes to the same bits", code == 0 and not differ
               and whole.keys() == pieces.keys(), err, differ)
        first, last = ({key: values[at] for key, values in found.items()} for at in (0, -1))
        expect(f"{name}: it learns", any(first[key] != last[key] for key in first))
        code, out, err = run("evaluate", "m.pkl", "--json", "--batch-size", "23")
        at_once = json.loads(out) if code == 0 else {}
        (folder / "m.pkl").unlink()
        code, out, err = run("train", "job.yaml", "-q", "--floatX", "float64")
        double = records("m.pkl") if code == 0 else {}
        (folder / "m.pkl").unlink()
        for key, value in EXPECTED.get(name, {}).items():
            expect(f"{name}: {key}", key in last and close(last[key], value, 1e-2),
                   value, last.get(key))
            # Of what draws nothing the first record is the same in double, the last in one batch.
            short = key.removeprefix("train_")
            if short in DRAWN:
                continue
            expect(f"{name}: {key} in double", key in double
                   and close(double[key][0], first[key], 1e-4), double.get(key), first.get(key))
            if short in at_once and "_max" not in key and "_min" not in key:
                expect(f"{name}: {key} of one batch", close(at_once[short], last[key], 1e-4),
                       at_once[short], last[key])
        seen[name] = last
    return seen


def mutants(text):
    """The text with one thing changed: a value, a class, a key left out."""
    for found in re.finditer(r"(?<=[ :\[])-?[.\d]+(?=[ ,\]\n])", text):
        for value in ("0", "-1", "1000000000000", "1e30", ".nan", "x", "null", "[]"):
            if value != found[0]:
                yield text[:found.start()] + value + text[found.end():], (found[0], value)
    for found in re.finditer(r"!obj:[\w.]+ \{", text):
        if text[found.start():].startswith("!obj:Train "):
            continue
        for other in ("!obj:EpochCounter {", "!obj:Autoencoder {", "!obj:BinaryVector {", "{",
                      "null #"):
            yield text[:found.start()] + other + text[found.end():], (found[0], other)
    for found in re.finditer(r"(?<=[{,] )\w+: (?=[^{\[!&])[^,}\]]+, ", text):
        yield text[:found.start()] + text[found.end():], (found[0], "left out")
    for found in re.finditer(r"\[ ", text):
        yield text[:found.end()] + "null, " + text[found.end():], ("[", "[ null,")


def check_faulty():
    count = 0
    for name, parts in JOBS.items():
        text = job(*parts)
        for i, (wrong, what) in enumerate(mutants(text)):
            if (i + len(name)) % one_in:
                continue
            count += 1
            (folder / "wrong.yaml").write_text(wrong)
            code, out, err = run("check", "wrong.yaml")
            told = code == 3 and re.search(r"^(?:ansatz: )?wrong.yaml:\d+:\d+: ", err, re.M)
            if code and not told:
                expect(f"{name}: {what[0]} -> {what[1]}: check passes, or says where", False,
                       code, err[-600:], wrong)
    expect(f"{count} faulty jobs end with a place, or have none", True)


def refused(name, old, new, *words, command="check"):
    text = job(*JOBS[name])
    expect(f"{name}: there is {old} to change", old in text, text)
    (folder / "wrong.yaml").write_text(text.replace(old, new, 1))
    code, out, err = run(command, "wrong.yaml")
    expect(f"{name}: {old} -> {new}: {words[0]}", code == (3 if command == "check" else 1)
           and re.search(r"^(?:ansatz: )?wrong.yaml:\d+:\d+: ", err, re.M)
           and all(word in err for word in words), code, err)


def check_words():
    """What is said of the commonest mistakes."""
    refused("dbm", "hidden_layers: [ ", "hidden_layers: [], x: [ ", "at least one hidden layer")
    refused("dbm", "niter: 3", "niter: 1", "at least 2 rounds")
    refused("dbm", "h1, detector", "h0, detector", "two layers are called 'h0'")
    refused("dbm", "pool_size: 2", "pool_size: 4", "6 detectors cannot be divided into pools of 4")
    refused("dbm", "nvis: 6", "nvis: 7", "shape [7] are needed")
    refused("dbm", "!obj:VariationalPCD", "!obj:Autoencoder", "cost")
    refused("dbm", "num_chains: 4", "num_chains: 0", "num_chains", "whole numbers from 1")
    refused("dbm", PCD, f"!obj:SumOfCosts {{ costs: [ {PCD}, !obj:MF_L1_ActCost {{ targets: [ .1, "
            ".1 ], coeffs: [ 1., 1. ], eps: [ 0., 0. ], supervised: false } ] }",
            "layer h1 has 2 mean activities: pools, then detectors", "found 1 coefficients")
    refused("activities", "l1_act_targets: [ [ .2, [", "l1_act_targets: [ [ [",
            "layer c has 2 l1_act_targets, but 3 coefficients")
    refused("activities", "[ .3, .1 ]", "[ 1.3, .1 ]", "l1_act_targets", "-1 to 1")
    refused("copies", "copies: 3", "copies: 0", "copies", "from 1 to 1000")
    refused("spins within limits", "min_ising_b: -.1", "min_ising_b: .2", "min_ising_b")
    refused("dbm", "num_gibbs_steps: 2", "num_gibbs_steps: 2, supervised: true",
            "a supervised cost needs a DBM whose last layer is a Softmax")
    refused("dbm of labels", "n_classes: 3", "n_classes: 2", "shape [2] are needed",
            command="train")
    refused("dbm of labels", "drop_prob: .3", "drop_prob: 1.3", "drop_prob", "probabilities")
    refused("normal dbm", "min_beta: .5", "min_beta: 0.", "min_beta", "above 0")
    refused("normal dbm", "nvis: 6, ", "nvis: 6, rows: 2, ", "rows, cols and channels")
    refused("offsets", "input_layer: *vis", f"input_layer: {BINARY}", "GaussianVisLayer")
    refused("convolution", "pool_rows: 4", "pool_rows: 3", "20 rows", "pools of 3")
    refused("convolution", "kernel_rows: 9", "kernel_rows: 29", "kernel")
    refused("side by side", "layer_name: right", "layer_name: left", "two layers are called 'left'")
    refused("ising", "dim: 4", "dim: 0", "dim", "whole numbers from 1")
    refused("gsn", "[ null, !obj:GaussianCorruptor", "[ !obj:GaussianCorruptor",
            "has 2 entries; give one for each of the 3 layers")
    refused("gsn", "nvis: 5", "nvis: 4", "the code of the one below")
    refused("gsn", "autoencoders: [ ", "autoencoders: [ null, ", "autoencoders[0]")
    refused("gsn", "[ 0, 1.", "[ 7, 1.", "layers 0 to 2")
    refused("gsn", "costs: [ [", "costs: [ null, [", "costs[0]")
    refused("joint gsn", "!obj:JointGSN", "!obj:JointGNS", "nearest")
    refused("spikes and slabs", "alpha_irange: 1.", "alpha_irange: 6.", "less than alpha0")
    refused("s3c", "init_B: 3.", "init_B: 300.", "found 300; allowed: from 0.1 to 100")
    refused("s3c", "[ .1, .5, 1. ]", "[ .1, .5, 2. ]", "h_new_coeff_schedule")
    refused("s3c by itself", "{ learning_rate: .05 }", "{}", "names no learning_rate")
    refused("score matching of noise", "stdev: .5", "stdev: 0.", "without noise, stdev 0")
    # A loss that is no number, while its gradient leaves the parameters finite.
    (folder / "job.yaml").write_text(job(BITS, AE.format(6, 3, "tanh").replace(
        "act_dec: sigmoid", "act_dec: null"), "!obj:MeanBinaryCrossEntropy {}"))
    code, out, err = run("train", "job.yaml")
    told = re.findall(r"batch \d of epoch 1 has the loss nan, though the parameters are", err)
    expect("a loss that is no number is told once",
           code == 0 and len(told) == 1 and err.count("has the loss") == 1, code, out, err)
    (folder / "m.pkl").unlink()
    refused("hessian free", "batch_size: 23", "batch_size: 0", "batch_size")


DRAWN = {"reconstruction_error", "objective", "classification_cost", "reconstruction_cost",
         "momentum"}
# The last record of each, of this program; that a model's numbers are right, tests/energy says.
EXPECTED = {
    "dbm": {"train_mf_h0_mean_x.mean_u": 0.43582, "train_mf_h1_p_mean_x.mean_u": 0.65155},
    "dbm of labels": {"train_mf_h0_mean_x.mean_u": 0.49484, "train_objective": 0.43679},
    "normal dbm": {"train_mf_h0_mean_x.mean_u": 0.50784, "train_vis_beta_mean": 1.9932},
    "normal dbm, inpainting": {"train_mf_h0_mean_x.mean_u": 0.50432, "train_objective": 0.30669},
    "offsets": {"train_mf_h0_p_mean_x.mean_u": 0.6586, "train_vis_beta_mean": 1.9527},
    "convolution": {"train_vis_beta_mean": 2.2932},
    "side by side": {"train_mf_c_left_mean_x.mean_u": 0.41442,
                     "train_mf_c_right_p_mean_x.mean_u": 0.68728},
    "ising": {"train_mf_h0_mean_x.mean_u": -0.036005, "train_mf_h1_mean_x.mean_u": -0.0022457},
    "boltzmann ising": {"train_mf_h0_mean_x.mean_u": -0.13308},
    "copies": {"train_mf_h0_p_mean_x.mean_u": 0.50974, "train_mf_h0_h_mean_x.mean_u": 0.25487},
    "activities": {"train_mf_c_right_p_mean_x.mean_u": 0.64356, "train_objective": 1.2022},
    "spins within limits": {"train_vis_ising_b_min": -0.1, "train_h0_ising_b_min": -0.20556,
                            "train_mf_h1_mean_x.mean_u": 0.086677},
    "gsn": {"train_objective": 3.9362},
    "joint gsn": {"train_classification_cost": 0.52982, "train_reconstruction_cost": 3.8536},
    "spikes and slabs": {"train_h_mean": 0.17921, "train_reconstruction_error": 3.0017},
    "s3c": {"train_energy_functional": -6.5581, "train_B_mean": 2.9397},
    "s3c by itself": {"train_energy_functional": -6.7272, "momentum": 0.8},
    "penalty alone": {"train_objective": 0.00070471},
    "hessian free": {"train_objective": 2.8177},
}

if __name__ == "__main__":
    found = check_jobs()
    if "--show" in sys.argv:
        for name, channels in found.items():
            print(json.dumps({name: channels}))
    check_words()
    check_faulty()
    sys.exit(len(failures) != 0)
