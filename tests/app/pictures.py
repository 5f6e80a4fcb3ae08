"""What the program draws of runs, and how it compares them.

    pictures.py ANSATZ

Where gnuplot is not installed, what it draws is not looked at.
"""
import base64
import csv
import io
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree
import zlib

import browser
from browser import Pixels
from expect import expect, failures, temporary_folder
from model_bytes import header_of, write_model

program = sys.argv[1]
folder = temporary_folder("pictures")
has_gnuplot = shutil.which("gnuplot") is not None

ODD = 'a"b\\n`touch id`\'c,_{x}^2 @m #é\n\x1b[31m%d <i>&'


def run(*arguments, **environment):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, cwd=folder,
                            env={**os.environ, **environment})
    return (result.returncode, result.stdout.decode(errors="replace"),
            result.stderr.decode(errors="replace"))


def job(rate, epochs=3):
    return f"""!obj:Train {{
  dataset: &train !obj:DrawnDigits {{ start: 0, stop: 200 }},
  model: !obj:MLP {{ nvis: 784, layers: [ !obj:Softmax {{ layer_name: y, n_classes: 10,
    irange: .05 }} ] }},
  algorithm: !obj:SGD {{ batch_size: 50, learning_rate: {rate},
    monitoring_dataset: {{ train: *train, valid: !obj:DrawnDigits {{ start: 300, stop: 400 }} }},
    termination_criterion: !obj:EpochCounter {{ max_epochs: {epochs} }} }},
  save_path: m.pkl, save_freq: 1
}}
"""


def train(name, *arguments):
    (folder / "job.yaml").write_text(job(*arguments))
    code, out, err = run("train", "job.yaml", "-q", f"save_path={name}")
    expect(f"{name} trains", code == 0, err)


def with_records(name, values, channel="train_objective"):
    """A copy of a.pkl with one channel, of these values, one an epoch."""
    header, data = header_of(folder / "a.pkl")
    monitors = json.loads(header["__metadata__"]["ansatz.monitors"])[:1]
    monitors[0]["channels"] = [{**monitors[0]["channels"][0], "name": channel, "first": 0,
                                "wall_clock": False, "count": len(values)}]
    header["__metadata__"]["ansatz.monitors"] = json.dumps(monitors)
    n, data = len(values), bytearray(data)
    whole = range(n)
    for key, kind, numbers in (("monitor/monitor/values", "d", values),
                               ("monitor/monitor/batches", "q", whole),
                               ("monitor/monitor/examples", "q", whole),
                               ("monitor/monitor/epochs", "q", whole),
                               ("wall_clock/monitor/monitor/values", "d", []),
                               ("wall_clock/monitor/monitor/seconds", "d", whole)):
        shape = ([1, n] if kind == "d" and "values" in key else [n])
        if key.startswith("wall_clock") and "values" in key:
            shape = [0, n]
        if key in header:
            header[key]["shape"] = shape
            header[key]["new"] = struct.pack(f"<{len(numbers)}{kind}", *numbers)
    out = bytearray()
    for key in header:
        if key == "__metadata__":
            continue
        begin, end = header[key]["data_offsets"]
        piece = header[key].pop("new", bytes(data[begin:end]))
        header[key]["data_offsets"] = [len(out), len(out) + len(piece)]
        out += piece
    write_model(folder / name, header, bytes(out))


def check_plot():
    bare = folder / "nothing"
    bare.mkdir()
    code, out, err = run("plot", "a.pkl", "-o", "none.png", PATH=str(bare))
    expect("plot without gnuplot: one line says what to install", code == 1
           and err.count("\n") == 1 and "apt-get install gnuplot-nox" in err
           and not (folder / "none.png").exists(), code, err)
    before = (folder / "a.pkl").read_bytes()
    shutil.copy(folder / "a.pkl", folder / "model.png")
    for out_path, code_wanted, word in (("a.pkl", 2, ".svg"), ("c", 2, ".svg"),
                                        ("model.png", 1, "model"),
                                        ("missing/c.png", 1, "missing"),
                                        ("nothing/", 2, ".svg")):
        code, out, err = run("plot", "a.pkl", "-o", out_path)
        expect(f"plot -o {out_path} is refused", code == code_wanted and word in err, code, err)
    code, out, err = run("plot", "model.png", "-o", "model.png")
    expect("plot: not over what is read", code == 1 and "it is read" in err, err)
    expect("plot: models are as they were", (folder / "a.pkl").read_bytes() == before
           and (folder / "model.png").read_bytes() == before)
    code, out, err = run("plot", "a.pkl", "-c", "valid_y_misclas")
    expect("plot: the nearest channel", code == 1 and "valid_y_misclass" in err, err)
    for arguments, code_wanted in ((["--yrange", "1"], 2), (["--yrange", "a:b"], 2),
                                   (["--yrange", "1:1"], 1), (["--smooth", "1"], 2),
                                   (["--size", "10x10"], 2), (["--size", "900"], 2),
                                   (["--log", "z"], 2), (["-x", "weeks"], 2),
                                   (["--log", "y", "--yrange", "0:1"], 1),
                                   (["--monitor", "none"], 1)):
        code, out, err = run("plot", "a.pkl", "-o", "c.svg", *arguments)
        expect(f"plot {' '.join(arguments)}: one error", code == code_wanted and err
               and not (folder / "c.svg").exists(), code, err)
    code, out, err = run("plot", "a.pkl", "--list")
    expect("plot --list", code == 0 and "train_objective\n" in out, out, err)


def check_script():
    with_records("odd.pkl", [3, math.nan, 2, math.inf, 1], ODD)
    code, out, err = run("plot", "odd.pkl", "-c", "*", "--script", "odd.gp")
    script, data = (folder / "odd.gp").read_text(), (folder / "odd.dat").read_text()
    expect("plot --script: no text of the file is in it", code == 0 and "touch" not in script
           and "noenhanced" in script and "\\042b\\\\n`touch id`'c" in data, code, err, script)
    expect("plot: gaps are told", "2 of 5 values are not finite, the first at 1" in err, err)
    (folder / "own.dat").write_text("somebody's data")
    (folder / "mine.gp").write_text("plot 'mine.dat'")
    (folder / "mine.dat").write_text("1 2")
    for name, data in (("own", "somebody's data"), ("mine", "1 2")):
        code, out, err = run("plot", "odd.pkl", "-c", "*", "--script", f"./{name}.gp")
        expect(f"plot --script: {name}.dat of another is not replaced", code == 1
               and f"{name}.dat" in err and (folder / f"{name}.dat").read_text() == data, code, err)
    code, out, err = run("plot", "odd.pkl", "-c", "train_*", "--script", "odd.gp")
    expect("plot --script: its own is", (folder / "odd.dat").exists() and "cannot write" not in err,
           code, err)
    run("plot", "odd.pkl", "-c", "*", "--script", "odd.gp")
    code, out, err = run("plot", "odd.pkl", "-c", "*", "--script", "a.pkl")
    expect("plot --script: not over a model", code == 2, code, err)
    if not has_gnuplot:
        return
    result = subprocess.run(["gnuplot", "odd.gp"], cwd=folder, capture_output=True, text=True)
    expect("gnuplot runs the script", result.returncode == 0 and not result.stderr
           and (folder / "odd.png").read_bytes()[:4] == b"\x89PNG", result.stderr)
    code, out, err = run("plot", "odd.pkl", "-c", "*", "-o", "odd.svg")
    texts = [e.text for e in xml.etree.ElementTree.parse(folder / "odd.svg").iter()
             if e.tag.endswith("}text")]
    shown = ODD.replace("\n", "\\x0a").replace("\x1b", "\\x1b")
    expect("plot: a name is drawn as it is", shown in [t.strip() for t in texts if t], texts)
    expect("plot: nothing of a name was run", not (folder / "id").exists())
    code, out, err = run("plot", "odd.pkl", "-c", "*")
    expect("plot: no name commands the terminal", code == 0 and "\x1b" not in out, repr(out), err)


def check_drawn():
    if not has_gnuplot:
        return
    for kind, magic in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        (folder / f"c.{kind}").write_text("not a picture")
        code, out, err = run("plot", "a.pkl", "b.pkl", "-c", "*misclass", "-c", "*objective", "-o",
                             f"c.{kind}", "--log", "y", "--smooth", ".5", "-x", "seconds")
        expect(f"plot -o c.{kind}", code == 0 and err == ""
               and (folder / f"c.{kind}").read_bytes().startswith(magic), code, err)
    texts = (folder / "c.svg").read_text()
    expect("plot: names of models and channels, axes with units",
           all(t in texts for t in ("a: valid_y_misclass", "b: train_objective", "(s)",
                                    "share of examples")), texts[:2000])
    with_records("one.pkl", [3.])
    with_records("none.pkl", [])
    with_records("nan.pkl", [math.nan, -math.inf])
    with_records("large.pkl", [math.sin(i / 1e4) for i in range(100000)])
    code, out, err = run("plot", "one.pkl", "-o", "one.svg")
    expect("plot: one record is a point", code == 0, err)
    for name in ("none", "nan"):
        code, out, err = run("plot", f"{name}.pkl", "-o", f"{name}.svg", "-c", "*")
        expect(f"plot: {name} says so", code == 1 and ("no records" in err or "nothing to draw"
               in err) and not (folder / f"{name}.svg").exists(), err)
    begin = time.time()
    code, out, err = run("plot", "large.pkl", "-o", "large.svg")
    expect("plot: 100,000 records", code == 0 and time.time() - begin < 20
           and (folder / "large.svg").stat().st_size < 500000, err)
    code, out, err = run("plot", "a.pkl")
    expect("plot in characters", code == 0 and "epochs" in out and "train_objective" in out
           and max(map(len, out.split("\n"))) <= 101, out, err)


def check_compare():
    code, out, err = run("compare", "a.pkl", "b.pkl")
    lines = out.splitlines()
    expect("compare: only what differs", code == 0 and len(lines) == 3
           and lines[0].split()[:4] == ["run", "learning_rate", "max_epochs", "epochs"], out, err)
    code, out, err = run("compare", "b.pkl", "a.pkl", "--csv", "-c", "train_objective")
    rows = list(csv.DictReader(io.StringIO(out)))
    code, records, err = run("monitor", "json", "a.pkl")
    values = json.loads(records)["channels"]["train_objective"]["values"]
    row = next(r for r in rows if r["path"] == "a.pkl")
    expect("compare --csv: best and last", float(row["last train_objective"]) == values[-1]
           and float(row["best train_objective"]) == min(values)
           and int(row["epoch of best train_objective"]) == values.index(min(values))
           and row["algorithm.learning_rate"] == "0.1", row, values)
    best = [float(r["best train_objective"]) for r in rows]
    expect("compare: sorted", best == sorted(best), best)
    code, out, err = run("compare", "b.pkl", "a.pkl", "--json", "--sort", "path")
    expect("compare --json", code == 0 and [json.loads(line)["path"] for line in out.splitlines()]
           == ["b.pkl", "a.pkl"], out, err)
    code, out, err = run("compare", "a.pkl", "job.yaml")
    expect("compare: a file that is no model is told, the other shown", code == 1
           and "job.yaml" in err and "a.pkl" in out, code, out, err)
    code, out, err = run("compare", "a.pkl", "--sort", "train_objectiv")
    expect("compare --sort: the nearest channel", code == 1 and "train_objective" in err, err)
    for i in range(300):
        os.link(folder / "a.pkl", folder / f"run{i}.pkl")
    begin = time.time()
    code, out, err = run("compare", *[f"run{i}.pkl" for i in range(300)])
    expect("compare: 300 runs", code == 0 and out.count("\n") == 301 and time.time() - begin < 10,
           time.time() - begin, err)


def check_csv():
    code, out, err = run("monitor", "csv", "a.pkl")
    rows = list(csv.DictReader(io.StringIO(out)))
    code, records, err = run("monitor", "json", "a.pkl")
    records = json.loads(records)
    expect("monitor csv: a line a record", len(rows) == len(records["epochs_seen"])
           and [int(r["epochs_seen"]) for r in rows] == records["epochs_seen"]
           and all([float(r[name]) for r in rows] == each["values"]
                   for name, each in records["channels"].items()), out)
    code, out, err = run("monitor", "csv", "a.pkl", "--channels-as-rows")
    columns = {r[0]: r[1:] for r in csv.reader(io.StringIO(out))}
    expect("monitor csv --channels-as-rows", [float(r["train_objective"]) for r in rows]
           == list(map(float, columns["train_objective"])), out)
    code, out, err = run("monitor", "json", "a.pkl", "--channels-as-rows")
    expect("--channels-as-rows is of csv", code == 2, code, err)


def size_of(name):
    data = (folder / name).read_bytes()
    return struct.unpack(">II", data[16:24]) if data[:8] == b"\x89PNG\r\n\x1a\n" else None


RBM = """!obj:Train {
  dataset: &train !obj:Binarizer { raw: !obj:DrawnDigits { start: 0, stop: 100 } },
  model: !obj:RBM { nvis: 784, nhid: 20, irange: .01 },
  algorithm: !obj:SGD { batch_size: 50, learning_rate: .05,
    cost: !obj:SML { batch_size: 50, nsteps: 1 },
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: rbm.pkl, save_freq: 1
}
"""


DBM = """!obj:Train {
  dataset: &train !obj:Binarizer { raw: !obj:DrawnDigits { start: 0, stop: 100 } },
  model: !obj:DBM { batch_size: 50, niter: 2, visible_layer: !obj:BinaryVector { nvis: 784 },
    hidden_layers: [
      !obj:BinaryVectorMaxPool { layer_name: h0, detector_layer_dim: 20, pool_size: 1,
        irange: .01 },
      !obj:BinaryVectorMaxPool { layer_name: h1, detector_layer_dim: 10, pool_size: 1,
        irange: .01 } ] },
  algorithm: !obj:SGD { batch_size: 50, learning_rate: .01,
    cost: !obj:%s { num_chains: 8, num_gibbs_steps: 1 },
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: dbm.pkl, save_freq: 1
}
"""


def check_deep_samples():
    """Chains of deep machines, of which all layers are kept."""
    for cost, chains in (("VariationalPCD", "the training's"), ("VariationalCD", "examples")):
        (folder / "dbm.yaml").write_text(DBM % cost)
        code, out, err = run("train", "dbm.yaml", "-q")
        expect(f"a DBM trains by {cost}", code == 0, err)
        for name in ("d1.png", "d2.png"):
            code, out, err = run("show", "samples", "dbm.pkl", "-o", name, "--chains", "3",
                                 "--steps", "4", "--zoom", "1")
        expect(f"show samples: of a DBM, begun at {chains}", code == 0
               and size_of("d1.png") == (5 * 30 + 2, 3 * 30 + 2)
               and (folder / "d1.png").read_bytes() == (folder / "d2.png").read_bytes(),
               code, err, code == 0 and size_of("d1.png"))
    # Without weights units are drawn by their biases alone: the upper half is on, the lower off.
    header, data = header_of(folder / "dbm.pkl")
    data = bytearray(data)
    for name in header:
        if name in ("h0_W", "h1_W", "visible_bias"):
            begin, end = header[name]["data_offsets"]
            n = (end - begin) // 4
            data[begin:end] = struct.pack(f"<{n}f", *(
                [30.] * (n // 2) + [-30.] * (n // 2) if name == "visible_bias" else [0.] * n))
    write_model(folder / "half.pkl", header, bytes(data))
    code, out, err = run("show", "samples", "half.pkl", "-o", "half.png", "--chains", "2",
                         "--steps", "2", "--zoom", "1", "--rescale", "none")
    pixels = Pixels((folder / "half.png").read_bytes()) if code == 0 else None
    inside = [{pixels[30 * k + x, y][0] for y in ys for k in (1, 2) for x in range(4, 26)}
              for ys in (range(4, 14), range(18, 28))] if pixels else []
    expect("show samples: a DBM's units are drawn by its biases", inside == [{255}, {0}], inside,
           code, err)


def check_show():
    (folder / "rbm.yaml").write_text(RBM)
    code, out, err = run("train", "rbm.yaml", "-q")
    expect("an RBM trains", code == 0, err)
    header, data = header_of(folder / "a.pkl")
    begin, end = header["softmax_W"]["data_offsets"]
    weights = [abs(w) for w in struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])]
    code, out, err = run("show", "weights", "a.pkl", "-o", "w.png", "--json")
    told = json.loads(out)
    # Ten images of 28 pixels, each two wide, four beside each other, two pixels between them.
    expect("show weights: the picture and its numbers", code == 0
           and size_of("w.png") == (4 * 58 + 2, 3 * 58 + 2) and told["images"] == 10
           and told["weights"] == "softmax_W" and math.isclose(told["largest"], max(weights))
           and math.isclose(told["smallest"], min(weights))
           and math.isclose(told["mean"], sum(weights) / len(weights)), out, err)
    code, out, err = run("show-weights", "a.pkl", "--layer", "y", "--out", "w2.png", "--sort",
                         "norm", "--border", "--zoom", "1", "--rescale", "global")
    expect("show-weights: of a layer by its name", code == 0 and size_of("w2.png")
           == (4 * 31 + 3, 3 * 31 + 3), err)
    for arguments, wanted, word in ((["--layer", "z"], 1, "softmax_W"), (["--shape", "5"], 2,
                                    "28x28"), (["--shape", "5x5"], 1, "of 5x5; it has"),
                                    (["--rescale", "x"], 2, "global"), (["-o", "w.jpg"], 2, ".png"),
                                    (["-o", "missing/w.png"], 1, "missing"),
                                    (["-o", "model.png"], 1, "model")):
        given = arguments if arguments[0] == "-o" else ["-o", "w.png", *arguments]
        code, out, err = run("show", "weights", "a.pkl", *given)
        expect(f"show weights {' '.join(arguments)}: one error", code == wanted and word in err,
               code, err)
    code, out, err = run("show", "weights", "a.pkl", TERM="dumb")
    expect("show on a terminal without pictures: what to do", code == 1 and "-o FILE.png" in err,
           err)
    code, out, err = run("show", "weights", "a.pkl", "--terminal", "kitty")
    expect("show by kitty's protocol", code == 0 and out.startswith("\x1b_Ga=T,f=24,s=234,v=176"),
           repr(out[:60]), err)
    for what, model, pixels in ((["examples", "--rows", "2", "--cols", "3"], "a.pkl",
                                 (3 * 58 + 2, 2 * 58 + 2)),
                                (["samples", "--chains", "4", "--steps", "3"], "rbm.pkl",
                                 (4 * 58 + 2, 4 * 58 + 2)),
                                (["reconstructions", "--rows", "2", "--columns", "4"], "rbm.pkl",
                                 (4 * 58 + 2, 2 * 58 + 2)),
                                (["confusions"], "a.pkl",
                                 (10 * 58 + 2 + 23, 10 * 58 + 2 + 23))):
        code, out, err = run("show", what[0], model, "-o", "s.png", *what[1:])
        expect(f"show {what[0]}", code == 0 and size_of("s.png") == pixels, size_of("s.png"), err)
        (folder / "s.png").unlink(missing_ok=True)
    (folder / "set.yaml").write_text("!obj:DrawnDigits { start: 0, stop: 9 }\n")
    for name in ("set.yaml", "rbm.yaml"):
        code, out, err = run("show-examples", name, "--out", "y.png", "--rows", "2", "--cols", "3")
        expect(f"show-examples {name}", code == 0 and size_of("y.png") == (176, 118), err)
    (folder / "model.yaml").write_text("!obj:Softmax { layer_name: y, n_classes: 2, irange: 0 }")
    for name in ("model.yaml", "none.yaml"):
        code, out, err = run("show", "examples", name, "-o", "n.png")
        expect(f"show examples {name}: one error", code in (1, 3) and err
               and not (folder / "n.png").exists(), code, err)
    code, out, err = run("show", "samples", "rbm.pkl", "-o", "s1.png", "--steps", "3")
    code, out, err = run("show", "samples", "rbm.pkl", "-o", "s2.png", "--steps", "3")
    expect("show samples: one seed, one picture", (folder / "s1.png").read_bytes()
           == (folder / "s2.png").read_bytes())
    for what, word in (("samples", "gibbs"), ("reconstructions", "encode")):
        code, out, err = run("show", what, "a.pkl", "-o", "s.png")
        expect(f"show {what} of a model without: says so", code == 1 and word in err, err)
    code, out, err = run("show", "confusions", "rbm.pkl", "-o", "s.png")
    expect("show confusions of no classifier", code == 1 and err.count("\n") == 1, err)


CONV = """!obj:Train {
  dataset: !obj:DrawnDigits { start: 0, stop: 100 },
  model: !obj:MLP { input_space: !obj:Conv2DSpace { shape: [28, 28], num_channels: 1 }, layers: [
    !obj:ConvRectifiedLinear { layer_name: h0, output_channels: 6, kernel_shape: [5, 5],
      pool_shape: [4, 4], pool_stride: [4, 4], irange: .1 },
    !obj:ConvRectifiedLinear { layer_name: h1, output_channels: 4, kernel_shape: [3, 3],
      pool_shape: [2, 2], pool_stride: [2, 2], irange: .1 },
    !obj:Softmax { layer_name: y, n_classes: 10, irange: .1 } ] },
  algorithm: !obj:SGD { batch_size: 50, learning_rate: .05,
    termination_criterion: !obj:EpochCounter { max_epochs: 1 } },
  save_path: conv.pkl, save_freq: 1
}
"""


def kernels_of(path, name):
    """[rows, columns, in, out], as nested numbers by (row, column, in, out)."""
    header, data = header_of(path)
    begin, end = header[name]["data_offsets"]
    shape = header[name]["shape"]
    flat = struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
    return shape, lambda r, c, i, o: flat[((r * shape[1] + c) * shape[2] + i) * shape[3] + o]


def rewritten(source, to, change):
    """A copy of a model file whose parameters are changed, with sums that fit."""
    text = (folder / source).read_bytes()
    begin = 8 + int.from_bytes(text[:8], "little")
    header, data = json.loads(text[8:begin]), bytearray(text[begin:])
    about = header["__metadata__"]
    for name, each in header.items():
        if name != "__metadata__" and each["dtype"] == "F32" and "/" not in name:
            start, end = each["data_offsets"]
            values = list(struct.unpack(f"<{(end - start) // 4}f", data[start:end]))
            data[start:end] = struct.pack(f"<{len(values)}f", *change(name, values))
            about[f"ansatz.crc32.{name}"] = f"{zlib.crc32(data[start:end]):08x}"
    about["ansatz.header_crc32"] = "0" * 8
    made = json.dumps(header, separators=(",", ":")).encode()
    made += b" " * (-len(made) % 8)
    made = made.replace(b'"ansatz.header_crc32":"00000000"',
                        b'"ansatz.header_crc32":"%08x"' % zlib.crc32(made))
    (folder / to).write_bytes(struct.pack("<Q", len(made)) + made + data)


def check_not_finite():
    """Weights that are no numbers are counted, and left out of the others' sizes."""
    nan = float("nan")
    size = {}

    def some(name, values):
        if name != "softmax_W":
            return values
        changed = [nan if i % 10 == 3 else v for i, v in enumerate(values)]
        changed[4] = float("inf")
        there = [abs(v) for v in changed if math.isfinite(v)]
        size.update(smallest=min(there), largest=max(there), mean=sum(there) / len(there))
        return changed

    rewritten("a.pkl", "some.pkl", some)
    rewritten("a.pkl", "none.pkl", lambda name, values: [nan] * len(values))
    code, out, err = run("show", "weights", "some.pkl", "-o", "nan.png", "--json")
    told = json.loads(out) if code == 0 else {}
    expect("show weights: sizes of those that are numbers", code == 0 and told["not_finite"] == 785
           and all(math.isclose(told[key], value) for key, value in size.items()), told, size, err)
    code, out, err = run("show", "weights", "some.pkl", "-o", "nan.png")
    expect("show weights: how many are none", code == 0 and "785 of 7840 weights are NaN" in err,
           err)
    code, out, err = run("show", "weights", "none.pkl", "-o", "nan.png")
    expect("show weights: all are none", code == 0 and "7840 of 7840" in err and "inf to" not in err
           and "from" not in err, err)
    code, out, err = run("show", "weights", "some.pkl", "-o", "nan.html")
    expect("show weights: a page of them", code == 0, err)
    if not browser.PATH:
        return
    chromium = browser.Browser()
    chromium.open(f"file://{folder}/nan.html")
    chromium.wait("document.querySelectorAll('canvas').length")
    told = chromium.run("document.querySelector('section').textContent")
    expect("a page of weights: how many are none", "785 weights are NaN or infinite" in told, told)
    colours = chromium.run("[...document.querySelector('canvas').getContext('2d')"
                           ".getImageData(1 + 3 * 29, 1, 1, 1).data]")
    expect("a page of weights: they are light blue", colours == [203, 222, 240, 255], colours)
    chromium.close()


def check_browse():
    """A page of all weights that are images: its data, and what Chromium draws of them."""
    (folder / "conv.yaml").write_text(CONV)
    code, out, err = run("train", "conv.yaml", "-q")
    expect("a convolutional network trains", code == 0, err)
    for arguments, wanted, word in ((["-o", "w.png"], 2, ".html"), ([], 2, "--out"),
                                    (["-o", "conv.pkl"], 2, ".html"),
                                    (["-o", "w.html", "--layer", "h2"], 1, "h1")):
        code, out, err = run("browse-conv-weights", "conv.pkl", *arguments)
        expect(f"browse-conv-weights {' '.join(arguments)}: one error", code == wanted
               and word in err and not (folder / "w.html").exists(), code, err)
    code, out, err = run("show", "weights", "conv.pkl", "-o", "w.html", "--zoom", "2")
    expect("show weights -o w.html: what is chosen on the page is no option", code == 2
           and "--zoom" in err and not (folder / "w.html").exists(), code, err)
    shutil.copy(folder / "conv.pkl", folder / "model.html")
    code, out, err = run("browse-conv-weights", "conv.pkl", "-o", "model.html")
    expect("browse-conv-weights: not over a model", code == 1 and "model" in err, code, err)
    # Kernels of several channels: a row a unit, also where the longest is first.
    for how in ([], ["--sort", "norm"]):
        code, out, err = run("show", "weights", "conv.pkl", "-o", "h1.png", "--layer", "h1",
                             "--zoom", "2", *how)
        expect(f"show weights {how}: a row a unit", code == 0
               and size_of("h1.png") == (6 * 8 + 2, 4 * 8 + 2), size_of("h1.png"), err)
    code, out, err = run("browse-conv-weights", "conv.pkl", "-o", "w.html", "--json")
    told = json.loads(out) if code == 0 else {}
    code2, out2, err2 = run("show", "weights", "conv.pkl", "-o", "w2.html")
    expect("show weights -o w.html: the same page", code2 == 0
           and (folder / "w.html").read_bytes() == (folder / "w2.html").read_bytes(), err2)
    page = (folder / "w.html").read_text()
    begin = page.index('id="data">') + len('id="data">')
    layers = json.loads(page[begin:page.index("</script>", begin)])["layers"]
    expect("browse-conv-weights: all layers, and nothing from elsewhere", code == 0
           and told["layers"] == [layer["name"] for layer in layers]
           and len(layers) >= 2 and "http" not in page.split("<style>")[0]
           and "src=" not in page, told, err)
    shape, weight = kernels_of(folder / "conv.pkl", layers[1]["name"])
    values = struct.unpack(f"<{4 * 6 * 9}f", base64.b64decode(layers[1]["values"]))
    expect("browse-conv-weights: an image a channel, a row a unit", shape == [3, 3, 6, 4]
           and [layers[1][key] for key in ("images", "together", "rows", "columns", "channels")]
           == [24, 6, 3, 3, 1] and list(values) == [
               weight(r, c, i, o) for o in range(4) for i in range(6) for r in range(3)
               for c in range(3)], shape, layers[1])
    if not browser.PATH:
        print("no chromium: what it draws is not looked at")
        return
    chromium = browser.Browser()
    chromium.scheme("light")
    chromium.open(f"file://{folder}/w.html")
    drawn = chromium.wait("document.querySelectorAll('canvas').length")
    expect("browse-conv-weights: a canvas a layer", drawn == len(layers), drawn)
    colours = "[...document.querySelectorAll('canvas')[1].getContext('2d').getImageData(%d, %d, " \
              "3, 3).data].filter((_, k) => k %% 4 === 0)"
    for scale, of in (("unit", lambda i, o: max(abs(weight(r, c, k, o)) for r in range(3)
                                                for c in range(3) for k in range(6))),
                      ("none", lambda i, o: 1)):
        chromium.run(f"(() => {{ const s = document.getElementById('scale'); s.value = '{scale}';"
                     "s.onchange(); })()")
        for o, i in ((0, 0), (2, 5), (3, 1)):
            wanted = [127.5 * (1 + weight(r, c, i, o) / of(i, o)) for r in range(3)
                      for c in range(3)]
            found = chromium.run(colours % (1 + 4 * i, 1 + 4 * o))
            expect(f"browse-conv-weights: pixels of unit {o}, channel {i}, scaled by {scale}",
                   found and max(abs(a - b) for a, b in zip(found, wanted)) <= .51, found, wanted)
    chromium.run("(() => { const s = document.getElementById('sort'); s.value = 'norm';"
                 "s.onchange(); })()")
    lengths = [math.sqrt(sum(weight(r, c, i, o) ** 2 for r in range(3) for c in range(3)
                             for i in range(6))) for o in range(4)]
    longest = lengths.index(max(lengths))
    x, y = chromium.run("(() => { const canvas = document.querySelectorAll('canvas')[1];"
                        "canvas.scrollIntoView(); const b = canvas.getBoundingClientRect();"
                        "return [b.left, b.top]; })()")
    chromium.mouse("mouseMoved", x + 8, y + 8)
    told = chromium.run("document.querySelectorAll('section')[1].querySelectorAll('p')[1]"
                        ".textContent")
    expect("browse-conv-weights: the longest first, its numbers below the pointer",
           told.startswith(f"unit {longest}, channel 0: from ")
           and told.endswith(f" {float(f'{lengths[longest]:.4g}'):g}"), told, lengths)
    chromium.ask("Input.dispatchKeyEvent", type="keyDown", key="n", text="n")
    hidden = chromium.run("[...document.querySelectorAll('section')].map((s) => s.hidden)")
    expect("browse-conv-weights: n shows the next layer", hidden == [False] + [True] * (
        len(layers) - 1), hidden)
    chromium.close()


SET = ("!obj:ansatz.datasets.SavedDataset { path: drawn.pkl, preprocessor: HOW, "
       "fit_preprocessor: True }\n")


def check_preprocessed():
    """Sheets of what preprocessors make, of a job, a set and a saved one, and what they learn."""
    code, out, err = run("preprocess", "!obj:DrawnDigits { start: 0, stop: 60 }", "-o", "drawn.pkl",
                         "-q")
    expect("digits are saved", code == 0, err)
    patches = "!obj:ExtractPatches { patch_shape: [8, 8], num_patches: 12 }"
    (folder / "patches.yaml").write_text(SET.replace("HOW", patches))
    # Twelve patches of 8 pixels, each seven wide, six beside each other.
    arguments = ["--columns", "6", "--zoom", "7"]
    code, out, err = run("show", "examples", "patches.yaml", "-o", "p.png", *arguments)
    expect("show examples: patches", code == 0 and size_of("p.png") == (6 * 58 + 2, 2 * 58 + 2),
           err)
    code, out, err = run("show", "examples", "patches.yaml", "-o", "raw.png", "--raw", "--columns",
                         "6", "--rows", "2")
    expect("show examples --raw: what they are taken from", code == 0 and size_of("raw.png")
           == (6 * 58 + 2, 2 * 58 + 2)
           and (folder / "p.png").read_bytes() != (folder / "raw.png").read_bytes(), err)
    code, out, err = run("preprocess", "patches.yaml", "-o", "patches.pkl", "-q")
    expect("patches are saved", code == 0, err)
    code, out, err = run("show", "examples", "patches.pkl", "-o", "p2.png", *arguments)
    expect("show examples: of a saved data set the same", code == 0
           and (folder / "p.png").read_bytes() == (folder / "p2.png").read_bytes(), err)
    (folder / "patches-job.yaml").write_text(RBM.replace(
        "&train !obj:Binarizer { raw: !obj:DrawnDigits { start: 0, stop: 100 } }",
        SET.replace("HOW", patches).strip()).replace("784", "64"))
    code, out, err = run("show", "examples", "patches-job.yaml", "-o", "p3.png", *arguments)
    expect("show examples: of a job the same", code == 0
           and (folder / "p.png").read_bytes() == (folder / "p3.png").read_bytes(), err)
    for what, arguments, wanted, word in (("weights", [], 1, "show examples"),
                                          ("samples", [], 1, "a data set, as")):
        code, out, err = run("show", what, "patches.pkl", "-o", "n.png", *arguments)
        expect(f"show {what} of a saved data set: says so", code == wanted and word in err, err)
    code, out, err = run("show", "examples", "a.pkl", "-o", "n.png", "--raw")
    expect("show examples --raw of a model", code == 2 and "--raw" in err, code, err)
    (folder / "unfitted.yaml").write_text(
        SET.replace("HOW", "!obj:ZCA {}").replace("True", "False"))
    code, out, err = run("show", "examples", "unfitted.yaml", "-o", "n.png")
    expect("show examples: a preprocessor that has learned nothing", code != 0
           and "fit_preprocessor" in err and not (folder / "n.png").exists(), code, err)
    (folder / "zca.yaml").write_text(SET.replace(
        "HOW", "!obj:Pipeline { items: [ " + patches + ", !obj:ZCA { filter_bias: .1 } ] }"))
    code, out, err = run("preprocess", "zca.yaml", "--preprocessor", "zca.pkl", "-q")
    expect("a preprocessor is saved", code == 0, err)
    code, out, err = run("show", "weights", "zca.pkl", "-o", "z.png", "--shape", "8x8", "--json")
    expect("show weights: what a preprocessor has learned, an image a pixel", code == 0
           and json.loads(out)["images"] == 64, out, err)
    code, out, err = run("browse-conv-weights", "zca.pkl", "-o", "z.html", "--shape", "8x8")
    expect("browse-conv-weights: of a preprocessor", code == 0, err)
    (folder / "gcn.yaml").write_text(
        SET.replace("HOW", "!obj:GlobalContrastNormalization {}"))
    run("preprocess", "gcn.yaml", "--preprocessor", "gcn.pkl", "-q")
    code, out, err = run("show", "weights", "gcn.pkl", "-o", "z.png")
    expect("show weights of a preprocessor without any: --shape would not help", code == 1
           and "nothing that is a matrix" in err and "--shape" not in err, code, err)
    # Data sets are found by what is given, however it is called.
    (folder / "patches.yml").write_text((folder / "patches.yaml").read_text())
    for given in ("patches.yml", (folder / "patches.yaml").read_text().strip()):
        code, out, err = run("show", "examples", given, "-o", "p4.png", "--columns", "6", "--zoom",
                             "7")
        expect(f"show examples {given}: the same", code == 0 and (folder / "p.png").read_bytes()
               == (folder / "p4.png").read_bytes(), err)
    (folder / "template.yaml").write_text(
        (folder / "patches.yaml").read_text().replace("12", "%(patches)i"))
    code, out, err = run("show", "examples", "template.yaml", "-o", "p5.png", "--columns", "6",
                         "--zoom", "7", "-D", "patches=12")
    expect("show examples -D: of a text with %(name)s", code == 0
           and (folder / "p.png").read_bytes() == (folder / "p5.png").read_bytes(), err)
    code, out, err = run("show", "examples", "a.pkl", "-o", "n.png", "-D", "patches=12")
    expect("show examples -D of a model: says what it is of", code == 2 and "-D" in err, code, err)
    (folder / "folder.yaml").mkdir()
    for given, word in (("nothing.yaml", "nothing.yaml: no such file"),
                        ("folder.yaml", "folder.yaml: not a file, but a folder")):
        code, out, err = run("show", "examples", given, "-o", "n.png")
        expect(f"show examples {given}: says why", code == 3 and word in err, code, err)
    code, out, err = run("show", "weights", "zca.pkl", "-o", "z.png")
    expect("show weights of a preprocessor: asks for the shape", code == 1 and "--shape" in err,
           code, err)


def check_report():
    code, out, err = run("report", "a.pkl", "b.pkl", "odd.pkl", "rbm.pkl", "-o", "r.html")
    if code == 1 and "libjs-dygraphs" in err:
        return
    page = (folder / "r.html").read_text()
    begin = page.index('id="data">') + len('id="data">')
    text = page[begin:page.index("</script>", begin)]
    told = json.loads(text)
    expect("report: its data are JSON that no markup ends", code == 0 and "<" not in text
           and [r["path"] for r in told["runs"]] == ["a.pkl", "b.pkl", "odd.pkl", "rbm.pkl"]
           and told["runs"][2]["channels"][0]["name"] == ODD
           and told["runs"][2]["channels"][0]["y"] == [3, "nan", 2, "nan", 1]
           and "algorithm.learning_rate" in told["table"]["keys"], text[:500])
    expect("report: needs nothing beside itself", "http://" not in page.split("<style>")[0]
           and "src=\"http" not in page and "@import" not in page and "dygraphs" in page
           and "Permission is hereby granted" in page)
    expect("report: below 200 kB without its data", len(page) - len(text) < 200000, len(page))
    code, out, err = run("report", "a.pkl", "-o", "a.pkl")
    expect("report: not over a model", code == 2 and ".html" in err, err)


def check_evaluate():
    data = "!obj:DrawnDigits {start: 500, stop: 700}"
    code, out, err = run("evaluate", "a.pkl", "--data", data, "--report", "--json")
    told = json.loads(out)
    code, classes, err = run("predict", "a.pkl", "--data", data)
    code, channels, err = run("evaluate", "a.pkl", "--data", data, "--json", "--channels",
                              "y_misclass")
    counts = [sum(row[k] for row in told["confusion"]) for k in range(10)]
    expect("evaluate --report: as predict and evaluate say", told["examples"] == 200
           and math.isclose(1 - told["accuracy"], json.loads(channels)["y_misclass"],
                            rel_tol=1e-6)
           and counts == [classes.split().count(str(k)) for k in range(10)]
           and told["accuracy_95"][0] < told["accuracy"] < told["accuracy_95"][1]
           and len(told["worst"]) == 20
           and told["worst"] == sorted(told["worst"], key=lambda w: w["output"]), out, err)
    code, out, err = run("evaluate", "a.pkl", "--data", data, "--report")
    expect("evaluate --report: a table", code == 0 and f"accuracy {told['accuracy']:.4f}" in out
           and "ROC area" in out and "worst examples" in out, out, err)
    code, out, err = run("evaluate", "a.pkl", "--data", data, "-o", "x")
    expect("evaluate -o without --report", code == 2 and "--report" in err, err)
    code, out, err = run("evaluate", "rbm.pkl", "--data", data, "--report")
    expect("evaluate --report of a model without targets", code == 1 and "no targets" in err, err)
    shutil.copy(folder / "a.pkl", folder / "e-roc.png")
    code, out, err = run("evaluate", "a.pkl", "--data", data, "--report", "-o", "e")
    expect("evaluate --report: no picture over a model", code == 1 and "model" in err
           and not (folder / "e-confusion.png").exists(), err)
    (folder / "numbers.csv").write_text("y,a,b\n" + "".join(
        f"{2 * a - b},{a},{b}\n" for a in range(5) for b in range(4)))
    (folder / "line.yaml").write_text("""!obj:Train {
  dataset: &train !obj:CSVDataset { path: "numbers.csv", task: regression },
  model: !obj:MLP { nvis: 2, layers: [ !obj:Linear { layer_name: y, dim: 1, irange: .1 } ] },
  algorithm: !obj:SGD { batch_size: 5, learning_rate: .02, monitoring_dataset: { train: *train },
    termination_criterion: !obj:EpochCounter { max_epochs: 100 } },
  save_path: line.pkl, save_freq: 1
}
""")
    code, out, err = run("train", "line.yaml", "-q")
    code, out, err = run("evaluate", "line.pkl", "--report", "--json")
    told = json.loads(out)
    code, values, err = run("predict", "line.pkl", "--data", "numbers.csv")
    truth = [2 * a - b for a in range(5) for b in range(4)]
    mean = sum(truth) / 20
    r2 = 1 - sum((float(v) - t) ** 2 for v, t in zip(values.split(), truth)) / sum(
        (t - mean) ** 2 for t in truth)
    expect("evaluate --report of a regression", math.isclose(told["mean_r2"], r2, rel_tol=1e-5)
           and told["mean_r2"] > .99, told, r2, err)
    if not has_gnuplot:
        return
    for model, name, pictures in (("a.pkl", "pic", ("confusion", "roc", "calibration", "worst")),
                                  ("line.pkl", "line", ("predicted", "residuals"))):
        more = ["--data", data] if model == "a.pkl" else []
        code, out, err = run("evaluate", model, *more, "--report", "-o", name)
        expect(f"evaluate --report -o {name}", code == 0 and all(
            size_of(f"{name}-{p}.png") for p in pictures) and out.count("written: ") ==
            len(pictures), out, err)


def check_diff():
    code, out, err = run("diff-monitor", "a.pkl", "b.pkl", "--json")
    told = json.loads(out)
    first = next(d for d in told["differences"] if d["channel"] == "train_objective")
    expect("diff-monitor: from which record on", code == 0 and first["record"] == 1
           and told["records"] == [4, 5], out, err)
    code, out, err = run("diff-monitor", "a.pkl", "a.pkl")
    expect("diff-monitor: none", code == 0 and "no difference" in out, out, err)


train("a.pkl", .1)
train("b.pkl", .02, 4)
check_plot()
check_script()
check_drawn()
check_compare()
check_csv()
check_show()
check_deep_samples()
check_not_finite()
check_browse()
check_preprocessed()
check_report()
check_evaluate()
check_diff()
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
