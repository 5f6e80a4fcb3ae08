"""What docs/reference.md says of keys, tried with the program in small jobs.

    keys.py ANSATZ [SHARE]

SHARE: one of so many rows only, for a program that sanitizers make slow. A row of CHANGES is a key,
the job of a value, values that are what its default is said to be, and values that make another
run; one of RANGES has values that are refused and taken. The rest is told in numbers.
"""
import concurrent.futures
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
share = int(sys.argv[2]) if len(sys.argv) > 2 else 1
home = temporary_folder("keys")
os.environ.pop("OPENBLAS_CORETYPE", None)

TABLE = "y,a,b\n" + "".join(f"{i % 3},{(i * 7) % 11 - 5},{(i * i) % 5}\n" for i in range(12))
(home / "data.csv").write_text(TABLE)
FOUND = {"dataset": "!obj:CSVDataset { path: data.csv }", "nvis": "nvis: 2,", "model": "",
         "layer": "", "tanh": "irange: .1", "last": "!obj:Softmax { layer_name: y, n_classes: 3,"
         " irange: .1 LAST }", "softmax": "", "rate": ".1", "more": "", "size": "batch_size: 5,",
         "extensions": "", "job": "", "epochs": "2", "algorithm": "SGD", "watched": "*train"}


def text_of(**parts):
    p = {**FOUND, **parts}
    rate = f"learning_rate: {p['rate']}," if p["algorithm"] == "SGD" else ""
    last = p["last"].replace("LAST", p["softmax"])
    return f"""!obj:Train {{
  dataset: &train {p['dataset']},
  model: &model !obj:MLP {{ {p['nvis']} {p['model']} layers: [ {p['layer']}
    !obj:Tanh {{ layer_name: h, dim: 4, {p['tanh']} }}, {last} ] }},
  algorithm: !obj:{p['algorithm']} {{ {p['size']} {rate} {p['more']}
    monitoring_dataset: {p['watched']},
    termination_criterion: !obj:EpochCounter {{ max_epochs: {p['epochs']} }} }},
  extensions: [ {p['extensions']} ], {p['job']}
  save_path: m.pkl, save_freq: 1
}}
"""


def tensors_of(path):
    """Tensors of a model file but times, as type, shape and bytes; its tags and channels."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header, data = json.loads(raw[8:8 + size]), raw[8 + size:]
    told = header.pop("__metadata__")
    channels = [(c["name"], 0 if c["wall_clock"] else c["count"])
                for m in json.loads(told["ansatz.monitors"]) for c in m["channels"]]
    return {"tags": told["ansatz.tags"], "channels": channels} | {
            name: (t["dtype"], tuple(t["shape"]), data[slice(*t["data_offsets"])])
            for name, t in header.items()
            if "time" not in name and "seconds" not in name and "wall_clock" not in name}


def numbers(tensor):
    kind, _, data = tensor
    form, size = {"F32": ("f", 4), "F64": ("d", 8), "I32": ("i", 4), "I64": ("q", 8)}[kind]
    return list(struct.unpack(f"<{len(data) // size}{form}", data))


def train(text, *arguments, **files):
    """What a job of its own folder saved, or what was said instead."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=home))
    for name in ("data.csv", *files.get("links", ())):
        (folder / name).symlink_to(home / name)
    (folder / "job.yaml").write_text(text)
    end = subprocess.run([program, "train", "job.yaml", *arguments], capture_output=True, text=True,
                         cwd=folder)
    saved = folder / "m.pkl"
    return (tensors_of(saved) if end.returncode == 0 and saved.exists() else None,
            end.stdout + end.stderr, folder)


def dataset(text):
    return lambda value: text_of(dataset=text.replace("VALUE", value))


def part(name, text, **others):
    return lambda value: text_of(**{name: text.replace("VALUE", value), **others})


CSV = "!obj:CSVDataset { path: data.csv VALUE }"
RANDOM = "!obj:random_%s { num_examples: 20, dim: 2, VALUE }"
GRID = ("!obj:DenseDesignMatrix { topo_view: !obj:numpy.random.uniform { size: [12, 1, 2, 1] }, "
        "y: !obj:numpy.random.randint { size: [12], low: 0, high: 3 }, y_labels: 3 VALUE }")
ARRAY = ("!obj:DenseDesignMatrix { X: !obj:numpy.random.%s { size: [12, 2] VALUE }, "
         "y: !obj:numpy.random.randint { size: [12], low: 3, number: 7 }, y_labels: 3 }")
LINEAR = "!obj:Linear { layer_name: y, dim: 1, irange: .1 LAST }"
REGRESSION = {"dataset": "!obj:CSVDataset { path: data.csv, task: regression }", "last": LINEAR}
BGD = {"algorithm": "BGD", "size": "batch_size: 6,"}
HF = {"algorithm": "HessianFree", "size": "batch_size: 6,"}
RULE = "learning_rule: !obj:"
COST = "cost: !obj:"
MOMENTUM = RULE + "Momentum { init_momentum: .5 },"
SAVE_BEST = "!obj:MonitorBasedSaveBest { channel_name: objective, store_best_model: True VALUE }"
KEEP_BEST = "!obj:KeepBestParams { monitoring_dataset: *train, batch_size: 4 VALUE }"
SHRINKER = "!obj:%sStepShrinker { channel: objective, scale: .5, giveup_after: .1 VALUE }"
ADJUSTER = "!obj:MonitorBasedLRAdjuster { channel_name: objective VALUE }"
GAUSSIAN = {"dataset": REGRESSION["dataset"],
            "last": "!obj:LinearGaussian { layer_name: y, dim: 1, irange: .1, init_beta: 1, "
                    "min_beta: .1, max_beta: 10 VALUE }"}
COMPOSITE = ("!obj:CompositeLayer { layer_name: c, layers: [ !obj:Tanh { layer_name: p, dim: 2, "
             "irange: .1 }, !obj:Tanh { layer_name: q, dim: 3, irange: .1 } ] VALUE },")

# (Class.key, job of a value, values that are the default, values that are not)
STANDARDIZED = CSV.replace("VALUE", ", fit_preprocessor: True, preprocessor: "
                           "!obj:Standardize { VALUE }")
CHANGES = [
    ("CSVDataset.path", dataset("!obj:CSVDataset { path: VALUE }"), ["./data.csv"], []),
    ("CSVDataset.task", dataset(CSV), ["", ", task: classification"], []),
    ("CSVDataset.start", dataset(CSV), ["", ", start: 0"], [", start: 3"]),
    ("CSVDataset.stop", dataset(CSV), ["", ", stop: 12"], [", stop: 9"]),
    ("CSVDataset.start_fraction", dataset(CSV), [", stop: 6", ", start_fraction: .5"], [""]),
    ("CSVDataset.end_fraction", dataset(CSV), [", start: 6", ", end_fraction: .5"], [""]),
    ("CSVDataset.num_outputs", lambda v: text_of(**{**REGRESSION, "dataset": REGRESSION[
        "dataset"].replace("}", v + "}")}), ["", ", num_outputs: 1"], []),
    ("CSVDataset.preprocessor", dataset(CSV), ["", ", preprocessor: null"],
     [", fit_preprocessor: True, preprocessor: !obj:Standardize {}"]),
    ("Standardize.global_mean", dataset(STANDARDIZED), ["", "global_mean: False"],
     ["global_mean: True"]),
    ("Standardize.global_std", dataset(STANDARDIZED), ["", "global_std: False"],
     ["global_std: True"]),
    ("Standardize.std_eps", dataset(STANDARDIZED), ["", "std_eps: .0001"], ["std_eps: .1"]),
    ("DenseDesignMatrix.axes", dataset(GRID), ["", ", axes: [b, 0, 1, c]"], []),
    ("normal.number", dataset(ARRAY % "normal"), ["", ", number: 0"], [", number: 1"]),
    ("normal.loc", dataset(ARRAY % "normal"), ["", ", loc: 0"], [", loc: 1"]),
    ("normal.scale", dataset(ARRAY % "normal"), ["", ", scale: 1"], [", scale: 2"]),
    ("uniform.low", dataset(ARRAY % "uniform"), ["", ", low: 0"], [", low: .5"]),
    ("uniform.high", dataset(ARRAY % "uniform"), ["", ", high: 1"], [", high: 2"]),
    ("randint.low", dataset(ARRAY % "randint"), [", low: 4", ", low: 0, high: 4"], [", low: 9"]),
    *((f"random_{kind}.rng", part("dataset", RANDOM % kind, **more),
       [size, size + ", rng: [17, 2, 946]", size + ", rng: !obj:numpy.random.RandomState { "
        "seed: [17, 2, 946] }"], [size + ", rng: 1"])
      for kind, size, more in (
          ("dense_design_matrix", "num_classes: 3", {}),
          ("one_hot_dense_design_matrix", "num_classes: 3", {}),
          ("dense_design_matrix_for_regression", "reg_min: 0, reg_max: 3", {"last": LINEAR}))),
    ("RandomState.seed", dataset(RANDOM % "dense_design_matrix"),
     ["num_classes: 3, rng: !obj:numpy.random.RandomState { seed: [1, 2] }",
      "num_classes: 3, rng: [1, 2]"], ["num_classes: 3"]),
    ("make_np_rng.default_seed", dataset(RANDOM % "dense_design_matrix"),
     ["num_classes: 3, rng: !obj:make_np_rng { default_seed: [1, 2] }",
      "num_classes: 3, rng: !obj:make_np_rng { rng_or_seed: [1, 2], default_seed: 7, "
      "which_method: [uniform] }"], ["num_classes: 3"]),
    ("MLP.seed", part("model", "VALUE"), ["", "seed: [2013, 1, 4],"], ["seed: 1,"]),
    ("MLP.input_source", part("model", "VALUE"), ["", "input_source: features,"], []),
    ("MLP.target_source", part("model", "VALUE"), ["", "target_source: targets,"], []),
    ("MLP.monitor_targets", part("model", "VALUE"), ["", "monitor_targets: True,"],
     ["monitor_targets: False,"]),
    ("MLP.nvis", part("nvis", "VALUE"),
     ["nvis: 2,", "input_space: !obj:VectorSpace { dim: 2 },"], []),
    ("MLP.batch_size", part("model", "VALUE", size=""), ["batch_size: 4,"], ["batch_size: 6,"]),
    ("VectorSpace.dtype", part("nvis", "input_space: !obj:VectorSpace { dim: 2 VALUE },"),
     ["", ", dtype: float64", ", sparse: False", ", sparse: True"], []),
    ("Conv2DSpace.channels", part("nvis", "input_space: !obj:Conv2DSpace { shape: [1, 2], "
                                  "VALUE },"),
     ["channels: 1", "num_channels: 1", "channels: 1, dtype: float64"], []),
    ("Tanh.irange", part("tanh", "VALUE"), ["irange: .1"], ["irange: .2", "istdev: .1"]),
    ("Tanh.include_prob", part("tanh", "irange: .1 VALUE"), ["", ", include_prob: 1"],
     [", include_prob: .5"]),
    ("Tanh.sparse_stdev", part("tanh", "sparse_init: 1 VALUE"), ["", ", sparse_stdev: 1"],
     [", sparse_stdev: 2"]),
    ("Tanh.W_lr_scale", part("tanh", "irange: .1 VALUE"), ["", ", W_lr_scale: 1"],
     [", W_lr_scale: .5"]),
    ("Tanh.b_lr_scale", part("tanh", "irange: .1 VALUE"), ["", ", b_lr_scale: 1"],
     [", b_lr_scale: .5"]),
    ("Tanh.init_bias", part("tanh", "irange: .1 VALUE"), ["", ", init_bias: 0",
                                                          ", init_bias: [0, 0, 0, 0]"],
     [", init_bias: 1"]),
    ("Tanh.use_bias", part("tanh", "irange: .1 VALUE"), ["", ", use_bias: True"],
     [", use_bias: False"]),
    ("Tanh.copy_input", part("tanh", "irange: .1 VALUE"), ["", ", copy_input: False"],
     [", copy_input: True"]),
    ("Tanh.max_col_norm", part("tanh", "irange: .1 VALUE"), ["", ", max_col_norm: 9"],
     [", max_col_norm: .01"]),
    ("Tanh.min_col_norm", part("tanh", "irange: .1 VALUE"), ["", ", min_col_norm: 1.e-9"],
     [", min_col_norm: 1"]),
    ("Tanh.max_row_norm", part("tanh", "irange: .1 VALUE"), ["", ", max_row_norm: 9"],
     [", max_row_norm: .01"]),
    ("Linear.use_abs_loss", part("softmax", "VALUE", **REGRESSION), ["", ", use_abs_loss: False"],
     [", use_abs_loss: True"]),
    ("RectifiedLinear.left_slope", part(
        "layer", "!obj:RectifiedLinear { layer_name: r, dim: 3, irange: 1 VALUE },"),
     ["", ", left_slope: 0"], [", left_slope: .1"]),
    ("Sigmoid.monitor_style", lambda v: text_of(**{**REGRESSION, "last":
        "!obj:Sigmoid { layer_name: y, dim: 1, irange: .1 " + v + "}"}),
     ["", ", monitor_style: detection"], [", monitor_style: bit_vector_class"]),
    ("Hinge.hinge", lambda v: text_of(
        last="!obj:Hinge { layer_name: y, n_classes: 3, irange: .1 " + v + "}"),
     ["", ", hinge: crammer_singer", ", squared: False"], [", hinge: one_vs_all",
                                                          ", squared: True"]),
    ("LinearGaussian.beta_lr_scale", lambda v: text_of(**{**GAUSSIAN, "last": GAUSSIAN[
        "last"].replace("VALUE", v)}), ["", ", beta_lr_scale: 1"], [", beta_lr_scale: .5"]),
    ("Maxout.pool_stride", part(
        "layer", "!obj:Maxout { layer_name: m, num_units: 3, num_pieces: 2, irange: 1 VALUE },"),
     ["", ", pool_stride: 2", ", randomize_pools: False", ", min_zero: False"],
     [", pool_stride: 1", ", randomize_pools: True", ", min_zero: True"]),
    ("Softmax.no_affine", part("softmax", ", VALUE"), ["no_affine: False", "non_redundant: False"],
     ["non_redundant: True"]),
    ("Softmax.init_bias_target_marginals", part("softmax", "VALUE"), [""],
     [", init_bias_target_marginals: "
      "!obj:CSVDataset { path: data.csv, stop: 8 }"]),
    ("CompositeLayer.inputs_to_layers", part("layer", COMPOSITE),
     [""], []),
    ("SGD.cost", part("more", "VALUE"), ["", "cost: !obj:Default { },"],
     ["cost: !obj:Dropout { },"]),
    ("SGD.seed", part("more", "VALUE"), ["", "seed: [2012, 10, 5],"], ["seed: 1,"]),
    ("SGD.learning_rule", part("more", "VALUE"),
     [""], [MOMENTUM]),
    ("get_channel.cost", part("rate", "!obj:get_channel { model: *model, dataset: *train, channel: "
                              "objective, batch_size: 5 VALUE }"), ["", ", cost: !obj:Default { }"],
     [", cost: !obj:SumOfCosts { costs: [ [.5, !obj:Default { }] ] }"]),
    ("SGD.train_iteration_mode", part("more", "VALUE"),
     ["", "train_iteration_mode: shuffled_sequential,"], ["train_iteration_mode: sequential,"]),
    ("SGD.monitor_iteration_mode", part("more", "monitoring_batches: 1, VALUE"),
     ["", "monitor_iteration_mode: sequential,"], ["monitor_iteration_mode: shuffled_sequential,"]),
    ("SGD.batches_per_iter", part("more", "VALUE"), ["", "batches_per_iter: 0,"],
     ["batches_per_iter: 2,"]),
    ("SGD.monitoring_batches", part("more", "VALUE"), ["", "monitoring_batches: 0,"],
     ["monitoring_batches: 1,"]),
    ("SGD.monitoring_batch_size", part("more", "VALUE"), ["", "monitoring_batch_size: 5,"],
     ["monitoring_batch_size: 4,"]),
    ("SGD.clip_norm", part("more", "VALUE"), ["", "clip_norm: 0,"], ["clip_norm: .01,"]),
    ("SGD.monitoring_costs", part("more", "VALUE"), [""],
     ["monitoring_costs: { more: !obj:Default { } },"]),
    ("SGD.set_batch_size", part("more", "VALUE"), ["", "set_batch_size: False,"], []),
    ("Dropout", part("more", COST + "Dropout { VALUE },"),
     ["", "default_input_include_prob: .5", "default_input_scale: 2", "per_example: True",
      "input_include_probs: { }", "input_scales: { }"],
     ["default_input_include_prob: .8", "default_input_scale: 1.5", "per_example: False",
      "input_include_probs: { h: .8 }", "input_scales: { h: 1 }"]),
    ("MissingTargetCost.dropout_args", part("more", COST + "MissingTargetCost { VALUE },"),
     ["", "dropout_args: null"], ["dropout_args: { default_input_include_prob: .7 }"]),
    ("SumOfCosts.costs", part("more", COST + "SumOfCosts { costs: [ VALUE ] },"),
     ["!obj:Default { }", "[1, !obj:Default { }]"], ["[.5, !obj:Default { }]"]),
    ("WeightDecay.coeffs", part("more", COST + "SumOfCosts { costs: [ !obj:Default { }, "
                                "!obj:WeightDecay { coeffs: VALUE } ] },"),
     [".1", "[.1, .1]", "{ h: .1, y: .1 }"], ["[.1, .2]", "0"]),
    ("Momentum.nesterov_momentum", part("more", RULE + "Momentum { init_momentum: .5 VALUE },"),
     ["", ", nesterov_momentum: False"], [", nesterov_momentum: True"]),
    ("AdaDelta.decay", part("more", RULE + "AdaDelta { VALUE },"), ["", "decay: .95"],
     ["decay: .9"]),
    ("RMSProp.decay", part("more", RULE + "RMSProp { VALUE },"),
     ["", "decay: .9", "max_scaling: 1.e5"], ["decay: .8", "max_scaling: 1"]),
    ("AdaGrad.max_scaling", part("more", RULE + "AdaGrad { VALUE },"), ["", "max_scaling: 1.e5"],
     ["max_scaling: 1"]),
    ("Adam", part("more", RULE + "Adam { VALUE },"),
     ["", "beta1: .9", "beta2: .999", "epsilon: 1.e-8"], ["beta1: .8", "beta2: .9", "epsilon: 1"]),
    ("AdamW", part("more", RULE + "AdamW { VALUE },"),
     ["", "beta1: .9", "beta2: .999", "epsilon: 1.e-8", "weight_decay: .01"],
     ["beta1: .8", "beta2: .9", "epsilon: 1", "weight_decay: .1"]),
    ("BGD.cost", part("more", "VALUE", **BGD), ["", "cost: !obj:Default { },"], []),
    ("BGD.seed", part("more", "VALUE", **BGD), ["", "seed: [2012, 10, 16],"], ["seed: 2,"]),
    ("BGD", part("more", "VALUE", **BGD),
     ["", "updates_per_batch: 10,", "batches_per_iter: 0,", "reset_alpha: True,",
      "conjugate: False,", "reset_conjugate: True,", "line_search_mode: '',", "scale_step: 1,",
      "method: gradient,", "set_batch_size: False,", "init_alpha: [.001, .005, .01, .05, .1],",
      "verbose_optimization: True,", "verbose_optimization: False,"],
     ["updates_per_batch: 3,", "batches_per_iter: 1,", "reset_alpha: False,", "conjugate: True,",
      "line_search_mode: exhaustive,", "scale_step: .5,", "method: lbfgs,", "init_alpha: [.1],"]),
    ("BGD.init_alpha", part("more", "line_search_mode: exhaustive, VALUE", **BGD),
     ["", "init_alpha: [.5, 1],", "min_init_alpha: .001,"],
     ["init_alpha: [1, 2],", "min_init_alpha: .9,"]),
    ("BGD.history", part("more", "method: lbfgs, VALUE", **BGD), ["", "history: 10,"],
     ["history: 1,"]),
    ("BGD.batch_size", part("size", "VALUE", algorithm="BGD", model="batch_size: 6,"),
     ["", "batch_size: 6,"], []),
    ("HessianFree.cost", part("more", "VALUE", **HF), ["", "cost: !obj:Default { },"], []),
    ("HessianFree", part("more", "VALUE", **HF),
     ["", "batches_per_iter: 0,", "curvature_batch_size: 0,", "curvature_batch_size: 6,",
      "set_batch_size: False,", "max_cg_iters: 250,", "tol: 5.e-4,", "cg_decay: .95,",
      "init_damping: 1,", "preconditioner_draws: 8,", "seed: [2012, 10, 16],"],
     ["batches_per_iter: 1,", "curvature_batch_size: 3,", "max_cg_iters: 2,", "tol: 1.e-2,",
      "cg_decay: .5,", "init_damping: 2,", "preconditioner_draws: 0,", "preconditioner_draws: 1,",
      "seed: 2,"]),
    ("HessianFree.batch_size", part("size", "VALUE", algorithm="HessianFree",
                                    model="batch_size: 6,"), ["", "batch_size: 6,"], []),
    ("SGD.batch_size", part("size", "VALUE", model="batch_size: 6,"), ["", "batch_size: 6,"], []),
    ("ChannelSmoother.k", part("extensions", "!obj:ChannelSmoother { channel_to_smooth: objective,"
                               " channel_to_publish: smooth VALUE }", epochs="7"),
     ["", ", k: 5"], [", k: 2"]),
    ("MonitorBasedSaveBest", part("extensions", SAVE_BEST),
     ["", ", start_epoch: 0", ", higher_is_better: False", ", tag_key: MonitorBasedSaveBest",
      ", save_path: ''"],
     [", higher_is_better: True", ", start_epoch: 9", ", tag_key: other"]),
    ("KeepBestParams", part("extensions", KEEP_BEST, more="cost: !obj:SumOfCosts { costs: [ "
                            "!obj:Default { }, !obj:WeightDecay { coeffs: 9 } ] },"),
     ["", ", cost: !obj:SumOfCosts { costs: [ !obj:Default { }, !obj:WeightDecay { coeffs: 9 } ] "
      "}", ", model: *model"], [", cost: !obj:Default { }"]),
    ("OneOverEpoch.half_life", part("extensions", "!obj:OneOverEpoch { start: 2 VALUE }",
                                    epochs="5"),
     ["", ", half_life: 3", ", min_lr: 1.e-6"], [", half_life: 1", ", min_lr: .09"]),
    ("CosineDecay", part("extensions", "!obj:CosineDecay { total_epochs: 2 VALUE }", epochs="4"),
     ["", ", warm_up: 0", ", min_lr: 0", ", restart_factor: 0"],
     [", warm_up: 1", ", min_lr: .01", ", restart_factor: 1"]),
    ("MonitorBasedLRAdjuster", part("extensions", ADJUSTER, epochs="4"),
     ["", ", high_trigger: 1", ", shrink_amt: .99", ", low_trigger: .99", ", grow_amt: 1.01",
      ", min_lr: 1.e-7", ", max_lr: 1"],
     [", high_trigger: .5", ", low_trigger: .5, grow_amt: 1.5", ", low_trigger: 1",
      ", max_lr: .01", ", min_lr: .5"]),
    ("StepShrinker", part("extensions", SHRINKER % "", epochs="6", **BGD),
     ["", ", scale_up: 1", ", max_scale: 1"], [", scale_up: 2, max_scale: 4"]),
    ("RocAucChannel", part("extensions", "!obj:RocAucChannel { VALUE }"),
     ["", "channel_name_suffix: roc_auc", "positive_class_index: 1", "negative_class_index: null"],
     ["channel_name_suffix: area", "positive_class_index: 2", "negative_class_index: 0"]),
    ("PolyakAveraging.save_freq", part("extensions", "!obj:PolyakAveraging { start: 1 VALUE }"),
     ["", ", save_freq: 1", ", save_path: ''"], []),
    ("EpochMonitor", part("more", "update_callbacks: [ !obj:EpochMonitor { VALUE } ],"),
     ["", "monitor_rate: 0", "tick_rate: 1", "model: *model"], ["monitor_rate: 1"]),
    ("Train.allow_overwrite", part("job", "VALUE"),
     ["", "allow_overwrite: True,", "init_from: '',"], []),
]


def check_changes():
    jobs = [(key, value, make(value), value in same)
            for key, make, same, other in CHANGES[::share] for value in same + other]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda job: train(job[2]), jobs))
    first = {}
    for (key, value, text, is_default), (tensors, said, _) in zip(jobs, runs):
        if tensors is None:
            expect(f"{key}: {value or 'nothing'} is taken", False, said, text)
            continue
        before = first.setdefault(key, tensors)
        expect(f"{key}: {value or 'nothing'} is {'' if is_default else 'not '}its default",
               (before == tensors) == is_default, said, text)


def extension(text):
    return lambda value: text_of(extensions=f"!obj:{text}".replace("VALUE", value))


def more(text, **others):
    return lambda value: text_of(more=text.replace("VALUE", value) + ",", **others)


def callback(text):
    return more(f"update_callbacks: [ !obj:{text} ]")


def last(text, **others):
    return lambda value: text_of(**{**others, "last": "!obj:" + text.replace("VALUE", value)})


REAL = {"dataset": REGRESSION["dataset"]}
BETAS = "LinearGaussian { layer_name: y, dim: 1, irange: .1, VALUE }"

# (Class.key, job of a value, values that are refused, values at the border that are taken)
RANGES = [
    ("normal.scale", dataset(ARRAY % "normal"), [", scale: -1"], [", scale: 0"]),
    ("CSVDataset.task", dataset(CSV), [", task: regresion"], [", task: regression"]),
    ("MNIST.which_set", dataset("!obj:MNIST { which_set: VALUE }"), ["valid", "''"], []),
    ("LpPenalty.p", more(COST + "SumOfCosts { costs: [ !obj:Default { }, !obj:LpPenalty { "
                         "variables: [h_W], p: VALUE } ] }"), [".9", "-1"], ["1", "2.5"]),
    ("SGD.learning_rate", part("rate", "VALUE"), ["0", "-.1"], ["1.e-9"]),
    ("Momentum.init_momentum", more(RULE + "Momentum { init_momentum: VALUE }"), ["1", "-.1"],
     ["0", ".999"]),
    ("AdaDelta.decay", more(RULE + "AdaDelta { decay: VALUE }"), ["1", "-.1"], ["0"]),
    ("RMSProp.decay", more(RULE + "RMSProp { decay: VALUE }"), ["1", "-.1"], ["0"]),
    ("Adam.beta1", more(RULE + "Adam { beta1: VALUE }"), ["1", "-.1"], ["0"]),
    ("Adam.beta2", more(RULE + "AdamW { beta2: VALUE }"), ["1", "-.1"], ["0"]),
    ("Adam.epsilon", more(RULE + "Adam { epsilon: VALUE }"), ["0", "-1"], ["1"]),
    ("AdamW.weight_decay", more(RULE + "AdamW { weight_decay: VALUE }"), ["-.1"], ["0"]),
    ("SGD.clip_norm", more("clip_norm: VALUE"), ["-1"], ["0"]),
    ("AnnealedLearningRate.anneal_start", callback("AnnealedLearningRate { anneal_start: VALUE }"),
     ["0", "-1"], [".5"]),
    ("ExponentialDecay.decay_factor",
     callback("ExponentialDecay { decay_factor: VALUE, min_lr: 0 }"), ["0", "-1"], ["1.1"]),
    ("LinearDecay.start", callback("LinearDecay { start: VALUE, saturate: 9, decay_factor: .1 }"),
     ["0", "-1"], ["1"]),
    ("LinearDecayOverEpoch.start",
     extension("LinearDecayOverEpoch { start: VALUE, saturate: 9, decay_factor: .1 }"),
     ["0", "-1"], ["1"]),
    ("ScaleStep.scale", part("extensions", "!obj:ScaleStep { scale: VALUE, min_value: .1 }",
                             **BGD), ["0", "-1"], ["1.5"]),
    ("StepShrinker.scale", part("extensions", "!obj:StepShrinker { channel: objective, "
                                "scale: VALUE, giveup_after: .1 }", **BGD),
     ["0", "1", "-1"], [".5"]),
    ("StepShrinker.scale_up", part("extensions", SHRINKER % "", **BGD), [", scale_up: .9"],
     [", scale_up: 1"]),
    ("LinearGaussian.init_beta", last(BETAS.replace("VALUE", "min_beta: 1.e-3, max_beta: 9, "
                                                    "init_beta: VALUE"), **REAL),
     ["0", "-1"], ["1", "[1]"]),
    ("LinearGaussian.min_beta", last(BETAS.replace("VALUE", "init_beta: 1, max_beta: 9, "
                                                   "min_beta: VALUE"), **REAL),
     ["0", "-1"], ["1"]),
    ("Hinge.hinge", last("Hinge { layer_name: y, n_classes: 3, irange: .1, hinge: VALUE }"),
     ["multi", "''"], ["one_vs_all", "crammer_singer"]),
    ("Sigmoid.monitor_style",
     last("Sigmoid { layer_name: y, dim: 1, irange: .1, monitor_style: VALUE }", **REAL),
     ["classes"], ["detection", "one_hot_class", "bit_vector_class"]),
    ("LWTA.block_size", part("layer", "!obj:LWTA { layer_name: w, dim: 6, irange: .1, "
                             "block_size: VALUE },"), ["4", "0"], ["3", "6"]),
    ("Maxout.pool_stride", part("layer", "!obj:Maxout { layer_name: m, num_units: 3, "
                                "num_pieces: 2, irange: 1, pool_stride: VALUE },"),
     ["-1"], ["1", "2"]),
    ("Tanh.include_prob", part("tanh", "irange: .1, include_prob: VALUE"), ["-.1", "1.1"],
     [".5", "1"]),
    ("Tanh.irange", part("tanh", "VALUE"), ["", "irange: .1, istdev: .1"],
     ["he_normal: True", "glorot_uniform: True"]),
    ("BGD.line_search_mode", more("line_search_mode: VALUE", **BGD), ["armijo"],
     ["exhaustive", "''"]),
    ("BGD.method", more("method: VALUE", **BGD), ["newton"], ["lbfgs", "gradient"]),
    ("BGD.init_alpha", more("init_alpha: VALUE", **BGD), ["[1, .5]"], ["[.5, 1]", ".5"]),
    ("HessianFree.cg_decay", more("cg_decay: VALUE", **HF), ["-.1", "1.1"], ["0", "1"]),
    ("HessianFree.init_damping", more("init_damping: VALUE", **HF), ["0", "-1"], ["1.e-9"]),
    ("HessianFree.tol", more("tol: VALUE", **HF), ["0", "-1"], ["1"]),
    ("HessianFree.max_cg_iters", more("max_cg_iters: VALUE", **HF), ["0"], ["1"]),
    ("Conv2DSpace.axes", part("nvis", "input_space: !obj:Conv2DSpace { shape: [1, 2], channels: 1, "
                              "axes: VALUE },"),
     ["[c, 0, 1, c]"], ["[b, 0, 1, c]", "[c, 0, 1, b]"]),
    ("CosineDecay.warm_up", extension("CosineDecay { total_epochs: 2, warm_up: VALUE }"),
     ["-1", "3"], ["0", "1"]),
    ("ChannelSmoother.k", extension("ChannelSmoother { channel_to_smooth: objective, "
                                    "channel_to_publish: s, k: VALUE }"), ["0"], ["1"]),
]


def check_ranges():
    def checked(job):
        (home / job[0]).write_text(job[1])
        end = subprocess.run([program, "check", job[0]], capture_output=True, text=True, cwd=home)
        return end.returncode, end.stdout + end.stderr
    jobs = [(key, value, make(value), takes)
            for key, make, refused, taken in RANGES[::share]
            for takes, values in ((False, refused), (True, taken)) for value in values]
    named = [(f"{i}.yaml", job[2]) for i, job in enumerate(jobs)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(checked, named))
    for (key, value, text, takes), (code, said) in zip(jobs, ends):
        if takes:
            expect(f"{key}: {value} is taken", code == 0, said, text)
        else:
            word = key.split(".")[1]
            expect(f"{key}: {value or 'nothing'} is refused, by name", code != 0
                   and (word in said or key == "Tanh.irange"), said, text)


def write_npy(path, kind, shape, values):
    header = str({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    form = {"<f4": "f", "<i4": "i"}[kind]
    path.write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header
                     + struct.pack(f"<{len(values)}{form}", *values))


def write_idx(path, shape, values):
    path.write_bytes(bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}i", *shape)
                     + bytes(values))


class Reader:
    """What the features of a data set are, as a layer that changes nothing gives them."""

    def __init__(self, nvis, outputs=3):
        layer = "!obj:SpaceConverter { layer_name: c, output_space: !obj:VectorSpace { dim: %d } },"
        data = ("!obj:DenseDesignMatrix { X: !obj:numpy.random.uniform { size: [4, %d] }, y: "
                "!obj:numpy.random.randint { size: [4], low: 0, high: 3 }, y_labels: %d }")
        _, self.said, folder = train(text_of(dataset=data % (nvis, outputs), layer=layer % nvis,
                                             nvis=f"nvis: {nvis},", epochs="1", last=FOUND["last"]
                                             .replace("3", str(outputs))))
        self.model = folder / "m.pkl"

    def rows(self, data):
        end = subprocess.run([program, "predict", self.model, "--data", data, "--output", "c"],
                             capture_output=True, text=True, cwd=home)
        if end.returncode != 0:
            return end.stderr
        return [[float(v) for v in line.split(",")] for line in end.stdout.split()]


def near(a, b):
    return (not isinstance(a, str) and len(a) == len(b)
            and all(abs(x - y) < 1e-6 for r, s in zip(a, b) for x, y in zip(r, s)))


def check_data():
    read = Reader(2)

    def same(what, data, rows):
        found = read.rows(data)
        expect(what, near(found, rows), data, found, rows, read.said)

    table = [[float(v) for v in line.split(",")] for line in TABLE.split("\n")[1:-1]]
    same("CSVDataset: the first column is the target", CSV.replace("VALUE", ""),
         [r[1:] for r in table])
    (home / "train.csv").write_text(TABLE)
    same("CSVDataset.path: train.csv", "!obj:CSVDataset { }", [r[1:] for r in table])
    (home / "plain.csv").write_text("1;2\n3;4\n")
    same("CSVDataset: neither targets nor names, another separator", "!obj:CSVDataset { path: "
         "plain.csv, expect_labels: False, expect_headers: False, delimiter: ; }", [[1, 2], [3, 4]])
    (home / "blanks.csv").write_text("0 \t1   2\n1\t3 4\n")
    same("CSVDataset.delimiter: a name", "!obj:CSVDataset { path: "
         "plain.csv, expect_labels: False, expect_headers: False, delimiter: semicolon }",
         [[1, 2], [3, 4]])
    (home / "other.yaml").write_text(
        "!obj:Train { dataset: !obj:CSVDataset { path: train.csv, delimiter: HOW }, model: "
        "!obj:MLP { nvis: 2, layers: [ !obj:Softmax { layer_name: y, n_classes: 3, irange: 0. } ] }"
        ", algorithm: !obj:SGD { batch_size: 2, learning_rate: .1, termination_criterion: "
        "!obj:EpochCounter { max_epochs: 1 } } }")
    for how in ("tab", '"\\t"', "semicolon", "bar"):
        (home / "delimited.yaml").write_text((home / "other.yaml").read_text().replace("HOW", how))
        end = subprocess.run([program, "check", "delimited.yaml"], capture_output=True, text=True,
                             cwd=home)
        expect(f"CSVDataset.delimiter: {how}, which the file does not have", end.returncode == 3
               and "the first line of train.csv has none" in end.stderr, end.stderr)
    same("CSVDataset.delimiter: blanks and tabs", "!obj:CSVDataset { path: blanks.csv, "
         "expect_headers: False, delimiter: '' }", [[1, 2], [3, 4]])
    same("CSVDataset: start_fraction from the beginning",
         CSV.replace("VALUE", ", start_fraction: .25"), [r[1:] for r in table[:3]])
    same("CSVDataset: end_fraction at the end", CSV.replace("VALUE", ", end_fraction: .25"),
         [r[1:] for r in table[9:]])
    (home / "two.csv").write_text("t,u,a,b\n9,8,1,2\n7,6,3,4\n")
    same("CSVDataset.num_outputs", "!obj:CSVDataset { path: two.csv, task: regression, "
         "num_outputs: 2 }", [[1, 2], [3, 4]])
    write_npy(home / "x.npy", "<f4", (2, 2), [1, 2, 3, 4])
    write_npy(home / "t.npy", "<i4", (2,), [2, 0])
    same("NpyDataset", "!obj:NpyDataset { file: x.npy }", [[1, 2], [3, 4]])
    with zipfile.ZipFile(home / "both.npz", "w") as both:
        both.write(home / "x.npy", "x.npy")
        both.write(home / "t.npy", "t.npy")
    npz = "!obj:NpzDataset { file: both.npz, key: x, target_key: t, target_labels: 3 }"
    same("NpzDataset: an array by its name", npz, [[1, 2], [3, 4]])
    end = subprocess.run([program, "evaluate", read.model, "--data", npz, "--json"],
                         capture_output=True, text=True, cwd=home)
    expect("NpzDataset: targets that are labels", end.returncode == 0
           and "y_misclass" in end.stdout, end.stderr)
    refused = train(text_of(dataset=f"!obj:NpzDataset {{ file: {home}/both.npz, key: x, "
                                    "target_key: t, target_labels: 2 }"))[1]
    expect("NpzDataset.target_labels: every label is below it", "2" in refused
           and "label" in refused, refused)
    one = Reader(1)
    found = one.rows("!obj:ArangeDataset { num_examples: 4 }")
    expect("ArangeDataset: example i is the number i", near(found, [[0], [1], [2], [3]]), found)
    grid = read.rows("!obj:DenseDesignMatrix { topo_view: !obj:numpy.random.uniform { size: "
                     "[5, 1, 2, 1] } }")
    flat = read.rows("!obj:DenseDesignMatrix { X: !obj:numpy.random.uniform { size: [5, 2] } }")
    expect("DenseDesignMatrix.topo_view: images, read as vectors", len(flat) == 5
           and near(grid, flat), grid, flat)
    numbers_or_labels = ("!obj:DenseDesignMatrix { X: !obj:numpy.random.uniform { size: [6, 2] }, "
                         "y: !obj:numpy.random.randint { size: %s, low: 3 } %s }")
    linear = LINEAR.replace("dim: 1", "dim: 2")
    runs = [train(text_of(dataset=numbers_or_labels % how, last=layer)) for how, layer in (
        (("[6, 2]", ""), linear), (("[6]", ", y_labels: 3"), FOUND["last"]),
        (("[6]", ", y_labels: 2"), FOUND["last"].replace("3", "2")))]
    expect("DenseDesignMatrix.y: targets, or labels below y_labels", runs[0][0] and runs[1][0]
           and runs[2][0] is None and "label" in runs[2][1], *(run[1] for run in runs))
    drawn = read.rows("!obj:DenseDesignMatrix { X: !obj:numpy.random.uniform { size: [500, 2], "
                      "low: -3, high: -2 } }")
    expect("uniform: from low to below high", -3 <= min(map(min, drawn)) < -2.9
           and -2.1 < max(map(max, drawn)) < -2, drawn[:3])
    drawn = read.rows("!obj:DenseDesignMatrix { X: !obj:numpy.random.normal { size: [500, 2], "
                      "loc: 5, scale: .5 } }")
    mean = sum(map(sum, drawn)) / 1000
    spread = math.sqrt(sum((x - mean) ** 2 for r in drawn for x in r) / 1000)
    expect("normal: mean loc, standard deviation scale", abs(mean - 5) < .06
           and abs(spread - .5) < .04, mean, spread)
    drawn = read.rows("!obj:DenseDesignMatrix { X: !obj:numpy.random.randint { size: [500, 2], "
                      "low: 3, high: 6 } }")
    expect("randint: from low to below high", {x for r in drawn for x in r} == {3, 4, 5}, drawn[:3])


def check_mnist():
    """Keys of MNIST, on files of four images."""
    folder = home / "digits"
    pixels = [[(37 * i + 11 * k * k) % 256 for k in range(784)] for i in range(4)]
    for below in (folder / "mnist", folder / "fashion-mnist"):
        below.mkdir(parents=True, exist_ok=True)
        for stem in ("train", "t10k"):
            write_idx(below / f"{stem}-images-idx3-ubyte", (4, 28, 28), sum(pixels, []))
            write_idx(below / f"{stem}-labels-idx1-ubyte", (4,), [3, 1, 4, 1])
    os.environ["ANSATZ_DATA_PATH"] = str(folder)
    read = Reader(784, 10)
    grey = [[v / 255 for v in p] for p in pixels]
    means = [sum(column) / 4 for column in zip(*grey)]
    for what, keys, rows in (
            ("pixels from 0 to 1", "", grey),
            ("which_set: test", "TEST", grey),
            ("start, stop", ", start: 1, stop: 3", grey[1:3]),
            ("stop: the end", ", start: 2", grey[2:]),
            ("center: less the mean of each pixel", ", center: True",
             [[v - m for v, m in zip(r, means)] for r in grey]),
            ("binarize: 1 above .5", ", binarize: True", [[float(v > .5) for v in r]
                                                          for r in grey])):
        which = "test" if keys == "TEST" else "train"
        name = "FashionMNIST" if "start" in keys else "MNIST"
        data = f"!obj:{name} {{ which_set: {which} {keys.replace('TEST', '')} }}"
        found = read.rows(data)
        expect("MNIST: " + what, near(found, rows), data, str(found)[:500], read.said)
    found = read.rows("!obj:MNIST { which_set: train, shuffle: True }")
    expect("MNIST.shuffle: the same examples", not isinstance(found, str) and near(
        sorted(found), sorted(grey)), str(found)[:500])


def record(tensors, channel):
    """Values of a channel, of a saved model."""
    at, values = 0, numbers(tensors["monitor/monitor/values"])
    for name, count in tensors["channels"]:
        if name == channel:
            return values[at:at + count]
        at += count
    return []


def check_training():
    def follows(what, channel, expected, **parts):
        tensors, said, _ = train(text_of(**parts))
        found = record(tensors, channel) if tensors else []
        expect(what, len(found) == len(expected)
               and all(abs(f - e) < 1e-6 for f, e in zip(found, expected)), found, expected, said)

    rate = "learning_rate"
    follows("SharedSetter: [epoch, variable, value]", rate, [.1, .1, .05, .05], epochs="3",
            extensions="!obj:SharedSetter { epoch_updates: [[1, learning_rate, .05]] }")
    follows("ScaleStep.min_value: never below", "scale_step", [1, .5, .3, .3], epochs="3",
            extensions="!obj:ScaleStep { scale: .5, min_value: .3 }", **BGD)
    follows("ExponentialDecay: divides at every update, down to min_lr", rate,
            [.1, .1 / 8, .005], more="update_callbacks: [ !obj:ExponentialDecay { decay_factor: 2,"
            " min_lr: .005 } ],")
    follows("LinearDecay: from start to saturate, to decay_factor of the first", rate,
            [.1, .1 - 2 * .018, .01], more="update_callbacks: [ !obj:LinearDecay { start: 2, "
            "saturate: 6, decay_factor: .1 } ],")
    follows("AnnealedLearningRate: 1 / t after anneal_start", rate, [.1, .1, .1 * 4 / 6],
            more="update_callbacks: [ !obj:AnnealedLearningRate { anneal_start: 4 } ],")
    follows("OneOverEpoch: half after half_life epochs", rate, [.1, .1, .1 * 2 / 3, .05],
            epochs="3", extensions="!obj:OneOverEpoch { start: 1, half_life: 2 }")
    follows("MomentumAdjustor: in a line to final_momentum", "momentum", [.5, .5, .7, .9, .9],
            epochs="4", more=MOMENTUM, extensions="!obj:MomentumAdjustor { start: 1, saturate: 3, "
            "final_momentum: .9 }")
    follows("CosineDecay: min_lr at total_epochs", rate, [.1, .055, .01],
            extensions="!obj:CosineDecay { total_epochs: 2, min_lr: .01 }")
    follows("Warmup: rises to the base", rate, [0, .05, .1, .1], epochs="3",
            extensions="!obj:Warmup { warm_up: 2 }")
    tensors, said, _ = train(text_of(more="update_callbacks: [ !obj:EpochMonitor { tick_rate: 2, "
                                          "monitor_rate: 2 } ],"))
    records = tensors and numbers(tensors["monitor/monitor/batches"])
    expect("EpochMonitor.monitor_rate: a record every so many updates", records == [
        0, 2, 3, 4, 6, 6], records, said)
    quiet = train(text_of(more="update_callbacks: [ !obj:EpochMonitor { } ],"))[1]
    expect("EpochMonitor.tick_rate: lines", len(said.splitlines()) >= len(quiet.splitlines()) + 2,
           said, quiet)
    verbose = train(text_of(more="verbose_optimization: True,", **BGD))[1]
    quiet = train(text_of(**BGD))[1]
    expect("BGD.verbose_optimization: prints what line searches try",
           len(verbose.splitlines()) > len(quiet.splitlines()) + 5, verbose)
    for key, settings in (("SGD", {}), ("BGD", BGD), ("HessianFree", HF)):
        sizes = {**settings, "size": "batch_size: 6,"}
        other = text_of(**sizes, model="batch_size: 4,")
        tensors, said, _ = train(other)
        expect(f"{key}.batch_size: that of the model is not another", tensors is None
               and "4" in said and "6" in said, said)
        tensors, said, _ = train(text_of(**sizes, model="batch_size: 4,",
                                         more="set_batch_size: True,"))
        expect(f"{key}.set_batch_size: the algorithm's comes before the model's",
               tensors == train(text_of(**sizes))[0], said)
    tensors, said, _ = train(text_of(watched="{ one: *train, two: *train }"))
    names = [name for name, _ in tensors["channels"]] if tensors else []
    expect("monitoring_dataset: several by name", {"one_objective", "two_objective"} <= set(names)
           and "objective" not in names, names, said)
    tensors, said, _ = train(text_of(last=LINEAR, dataset=REGRESSION["dataset"], extensions=
                             "!obj:WMapeNumeratorChannel { }, !obj:WMapeDenominatorChannel { }"))
    found = tensors and record(tensors, "wmape_den")
    expect("WMapeDenominatorChannel: the sum of absolute targets, as wmape_den",
           found == [12, 12, 12], found, said)
    for value, loss in ((True, 1), (False, 5 / 3)):  # of the output 0 to the targets 0, 1, 2
        follows(f"Linear.use_abs_loss: {value}", "objective", [loss], epochs="0",
                dataset=REGRESSION["dataset"],
                last=LINEAR.replace(".1", "0.").replace("LAST", f", use_abs_loss: {value}"))
    tensors, said, _ = train(text_of(tanh="irange: .1, use_bias: False"))
    expect("Tanh.use_bias: without, there is no h_b", tensors and "h_W" in tensors
           and "h_b" not in tensors, said)
    for dtype in ("", ", dtype: int32"):
        said = train(text_of(nvis="input_space: !obj:IndexSpace { max_labels: 3, dim: 2" + dtype
                                  + " },"))[1]
        expect("IndexSpace: max_labels, dim" + dtype, "IndexSpace(3, 2)" in said, said)
    live = "!obj:LiveMonitoring { req_port: 0, pub_port: 0 %s }"
    for address, what in (("", "live monitoring at 127.0.0.1: "),
                          (", address: '*'", "live monitoring at *: "),
                          (", address: 203.0.113.7", "cannot listen at 203.0.113.7")):
        said = train(text_of(extensions=live % address))[1]
        expect(f"LiveMonitoring{address}: {what}", what in said, said)
    said = train(text_of(dataset="!obj:pylearn2.datasets.dataset.Dataset { }"))[1]
    expect("Dataset: has no data", "Dataset is the base of all data sets and has no data" in said,
           said)
    end = "termination_criterion: !obj:EpochCounter { max_epochs: 2 }"
    _, said, _ = train(text_of().replace(end, ""), "--time-budget", "1")
    expect("SGD.termination_criterion: by default never", "\n     4 " in said
           and "budget" in said, said)
    folder = train(text_of())[2]
    (folder / "again.yaml").write_text(text_of(job="allow_overwrite: False,"))
    end = subprocess.run([program, "train", "again.yaml"], capture_output=True, text=True,
                         cwd=folder)
    expect("Train.allow_overwrite: False keeps what is there", end.returncode == 3
           and "m.pkl" in end.stderr, end.returncode, end.stderr)
    frequent = text_of()
    for what, job, name in (
            ("save_freq 0: never", frequent.replace("save_freq: 1", "save_freq: 0"), None),
            ("save_freq 9: at the end, too", frequent.replace("save_freq: 1", "save_freq: 9"),
             "m.pkl"),
            ("save_path: the job's name with .pkl", frequent.replace("save_path: m.pkl,", ""),
             "job.pkl")):
        _, said, folder = train(job)
        found = [path.name for path in folder.iterdir() if path.suffix == ".pkl"]
        expect(f"Train.{what}", found == [name] * bool(name), found, said)
    tensors, said, _ = train(text_of(epochs="0"))
    expect("EpochCounter.max_epochs: 0: none", record(tensors, "objective") != []
           and numbers(tensors["monitor/monitor/epochs"]) == [0], said)


if __name__ == "__main__":
    for group in (check_changes, check_ranges, check_data, check_mnist,
                  check_training):
        group()
    sys.exit(1 if failures else 0)
