"""Jobs and data of these tests, and what a model file holds, read without the program."""
import json
import pathlib
import random
import zlib

MODEL = """model: !obj:MLP {
        nvis: %d,
        layers: [
            !obj:RectifiedLinear { layer_name: h0, dim: %d, irange: .1, max_col_norm: 2. },
            !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] }"""
END = "termination_criterion: !obj:EpochCounter { max_epochs: %(epochs)i }"
SMALL = "dataset: &train !obj:CSVDataset { path: small.csv }"
DROPOUT = "cost: !obj:Dropout { input_include_probs: { h0: .8 }, input_scales: { h0: 1.25 } }"

SGD = """!obj:Train {
    """ + SMALL + ",\n    " + MODEL % (5, 8) + """,
    algorithm: !obj:SGD {
        batch_size: 10, learning_rate: .05, monitoring_dataset: { train: *train },
        learning_rule: !obj:Momentum { init_momentum: .5 },
        """ + DROPOUT + """,
        update_callbacks: !obj:ExponentialDecay { decay_factor: 1.0001, min_lr: .00001 },
        """ + END + """ },
    extensions: [ !obj:MomentumAdjustor { start: 1, saturate: 100, final_momentum: .95 } ],
    save_path: m.ansatz, save_freq: 1 }
"""
BGD = """!obj:Train {
    """ + SMALL + ",\n    " + MODEL % (5, 8) + """,
    algorithm: !obj:BGD {
        batch_size: 30, updates_per_batch: 2, conjugate: 1, reset_conjugate: 0, reset_alpha: 0,
        line_search_mode: exhaustive, monitoring_dataset: { train: *train },
        """ + END + """ },
    save_path: m.ansatz, save_freq: 1 }
"""
BEST = """!obj:Train {
    """ + SMALL + ",\n    " + MODEL % (5, 8) + """,
    algorithm: !obj:SGD {
        batch_size: 7, learning_rate: .2, monitoring_dataset: { train: *train },
        learning_rule: !obj:AdaDelta { }, train_iteration_mode: shuffled_sequential,
        """ + DROPOUT + ",\n        " + END + """ },
    extensions: [ !obj:MonitorBasedSaveBest {
        channel_name: train_y_nll, save_path: best.ansatz, store_best_model: True } ],
    save_path: m.ansatz, save_freq: 1 }
"""
PHASES = "[ " + SGD.replace("m.ansatz", "m1.ansatz").replace("model: ", "model: &model ") + """,
  !obj:Train {
    dataset: *train,
    model: *model,
    algorithm: !obj:SGD {
        batch_size: 10, learning_rate: .01, monitoring_dataset: { train: *train },
        """ + DROPOUT + ",\n        " + END + """ },
    save_path: m.ansatz, save_freq: 1 } ]
"""
# Large enough for two threads.
THREADS = """!obj:Train {
    dataset: &train !obj:CSVDataset { path: large.csv },
    """ + MODEL % (40, 150) + """,
    algorithm: !obj:SGD {
        batch_size: 300, learning_rate: .05, monitoring_dataset: { train: *train },
        learning_rule: !obj:Momentum { init_momentum: .5 },
        """ + DROPOUT + ",\n        " + END + """ },
    save_path: m.ansatz, save_freq: 1 }
"""
# Some of its loops are in no program: the compiler has something to do.
RARE = SGD.replace("RectifiedLinear", "Sigmoid").replace(
    DROPOUT, "cost: !obj:SumOfCosts { costs: [ !obj:Dropout { }, "
    "!obj:L1WeightDecay { coeffs: { h0: .1, y: .1 } } ] }")
LIVE = SGD.replace(
    "extensions: [", "extensions: [ !obj:LiveMonitoring { req_port: 0, pub_port: 0 },")
JOBS = {"sgd": SGD, "bgd": BGD, "best": BEST, "phases": PHASES, "threads": THREADS, "live": LIVE,
        "rare": RARE}


def write_table(path, examples, features, classes=3):
    r = random.Random(1)
    lines = ["y," + ",".join(f"f{i}" for i in range(features))]
    for n in range(examples):
        y = n % classes
        lines.append(f"{y}," + ",".join(f"{r.gauss(y * (i % 2) - 1, 1):.5f}"
                                        for i in range(features)))
    path.write_text("\n".join(lines) + "\n")


def write_job(folder, name):
    """job.yaml and its data; a folder that is there is emptied of nothing."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.yaml").write_text(JOBS[name])
    if name == "threads":
        write_table(folder / "large.csv", 1200, 40)
    else:
        write_table(folder / "small.csv", 60, 5)


def read_model(path):
    """Metadata and tensors; ValueError when a checksum is another."""
    raw = pathlib.Path(path).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + size])
    meta = header.pop("__metadata__")
    data = raw[8 + size:]
    tensors = {}
    for name, each in header.items():
        begin, end = each["data_offsets"]
        tensors[name] = (each["dtype"], each["shape"], data[begin:end])
        if "%08x" % zlib.crc32(data[begin:end]) != meta["ansatz.crc32." + name]:
            raise ValueError(f"{path}: tensor {name} is damaged")
    return meta, tensors


def differences(a, b):
    """What two files hold differently, the wall clock and the commands' lines apart."""
    (meta_a, tensors_a), (meta_b, tensors_b) = read_model(a), read_model(b)
    found = [f"tensor {k}" for k in sorted({*tensors_a, *tensors_b})
             if not k.startswith("wall_clock/") and tensors_a.get(k) != tensors_b.get(k)]
    return found + [
        f"metadata {k}" for k in sorted({*meta_a, *meta_b})
        if k not in ("ansatz.wall_clock", "ansatz.header_crc32", "ansatz.runs")
        and not k.startswith("ansatz.crc32.") and meta_a.get(k) != meta_b.get(k)]
