"""examples/python/ansatz.py reads what the program writes.

    python_module.py ANSATZ FOLDER_OF_THE_MODULE
"""
import csv
import io
import pathlib
import subprocess
import sys
import xml.dom.minidom

import numpy

# Behind the others: a script there has the name of a module of Python.
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "app"))
from expect import expect, failures, temporary_folder  # noqa: E402

program = str(pathlib.Path(sys.argv[1]).resolve())
sys.path.append(sys.argv[2])
sys.dont_write_bytecode = True
import ansatz  # noqa: E402

folder = temporary_folder("python")
(folder / "job.yaml").write_text("""!obj:Train {
  dataset: &train !obj:random_dense_design_matrix { num_examples: 60, dim: 4, num_classes: 3 },
  model: !obj:MLP { nvis: 4, layers: [ !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },
  algorithm: !obj:SGD { batch_size: 20, learning_rate: .1, monitoring_dataset: { train: *train },
                        learning_rule: !obj:Momentum { init_momentum: .5 },
                        termination_criterion: !obj:EpochCounter { max_epochs: 3 } },
  save_path: m.pkl, save_freq: 1
}
""")


def run(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, cwd=folder,
                          check=True).stdout


run("train", "job.yaml")
model = ansatz.load(folder / "m.pkl")
rows = list(csv.DictReader(io.StringIO(run("monitor", "csv", "m.pkl"))))
expect("records are those of `monitor csv`", all(
    numpy.array_equal(values, [float(row[name]) for row in rows])
    for name, values in model.records.items()) and len(model.records) == len(rows[0]) - 4,
       model.records)
expect("counters and time", list(model.epochs) == [0, 1, 2, 3]
       and list(model.batches) == [0, 3, 6, 9] and list(model.examples) == [0, 60, 120, 180]
       and list(model.seconds) == [float(row["seconds"]) for row in rows])
expect("parameters and state, with their shapes", {n: v.shape for n, v in model.parameters.items()}
       == {"softmax_b": (3,), "softmax_W": (4, 3)} and "softmax_W.velocity" in model.state,
       model.parameters, model.state)
told = run("summarize-model", "m.pkl")
expect("parameters are those of summarize-model",
       f"max {model.parameters['softmax_W'].max():.6g}" in told, told)
expect("job, version, data", "max_epochs: 3" in model.job and model.version
       and "60 examples" in model.data["dataset"], model)
svg = model.plot(["*objective", "train_y_misclass"], folder / "a.svg")
drawn = xml.dom.minidom.parse(str(folder / "a.svg"))
expect("plot: a curve a channel, with its name", len(drawn.getElementsByTagName("polyline")) == 2
       and "train_y_misclass" in svg and (folder / "a.svg").read_text() == svg, svg)
both = ansatz.plot({"<a>": model, "b": model}, ["*misclass"], x="seconds")
expect("plot: several models, any names", "&lt;a&gt; train_y_misclass" in both, both)
for what, call in (("no channel fits", lambda: model.plot(["none"])),
                   ("no model file", lambda: ansatz.load(folder / "job.yaml"))):
    try:
        call()
        expect(f"{what} is an error", False)
    except ValueError as error:
        expect(f"{what} is an error", what in str(error), error)
raw = bytearray((folder / "m.pkl").read_bytes())
raw[-5] ^= 1
(folder / "damaged.pkl").write_bytes(raw)
try:
    ansatz.load(folder / "damaged.pkl")
    expect("a damaged file is an error", False)
except ValueError as error:
    expect("a damaged file is an error", "damaged" in str(error), error)
sys.exit(1 if failures else 0)
