"""Model files of Ansatz in Python: parameters, records and job, with NumPy alone. Copy it to where
it is wanted.

    import ansatz
    model = ansatz.load("mlp.pkl")
    model.parameters["h0_W"]                     # [784, 500]
    model.records["valid_y_misclass"]            # a number a record; model.epochs has its epoch
    print(model.job)                             # the job in YAML
    model.plot(["*misclass"], "errors.svg")
    ansatz.plot({"first": a, "second": b}, ["valid_y_misclass"], "both.svg")

    python3 ansatz.py mlp.pkl                    # what is in it
    python3 ansatz.py mlp.pkl '*misclass' > errors.svg
"""
import dataclasses
import fnmatch
import json
import sys
import zlib
from xml.sax.saxutils import escape

import numpy

TYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U32": "<u4"}
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]


@dataclasses.dataclass
class Model:
    """What a model file holds. `records` has a column a channel, NaN where it was not measured."""
    parameters: dict  # name: array
    state: dict       # momenta, running means, chains, …
    records: dict     # channel: [records]
    epochs: numpy.ndarray    # [records], as batches and examples
    batches: numpy.ndarray
    examples: numpy.ndarray
    seconds: numpy.ndarray   # since the run began
    job: str          # YAML
    environment: dict
    data: dict        # of each data set: examples, types and checksums
    version: str

    def plot(self, channels, path=None, x="epochs"):
        return plot({"": self}, channels, path, x)


def load(path):
    """ValueError for a file that is no model, or damaged."""
    with open(path, "rb") as file:
        whole = file.read()
    size = int.from_bytes(whole[:8], "little")
    data = whole[8 + size:]
    try:
        header = json.loads(whole[8:8 + size])
        about = header.pop("__metadata__")
        about["ansatz.format"]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{path} is no model file of Ansatz") from error
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if end > len(data) or f"{zlib.crc32(data[begin:end]):08x}" != about[f"ansatz.crc32.{name}"]:
            raise ValueError(f"{path} is damaged: {name} is not what was written")
        tensors[name] = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(
            entry["shape"])
    kept = ("state/", "random/", "monitor/", "wall_clock/")
    monitors = [m for m in json.loads(about["ansatz.monitors"]) if m["name"] == "monitor"]
    found = {"records": {}, **dict.fromkeys(("epochs", "batches", "examples", "seconds"),
                                            numpy.zeros(0))}
    if monitors:
        for what in ("epochs", "batches", "examples"):
            found[what] = tensors[f"monitor/monitor/{what}"]
        found["seconds"] = tensors["wall_clock/monitor/monitor/seconds"]
        rows = {False: iter(tensors["monitor/monitor/values"]),
                True: iter(tensors.get("wall_clock/monitor/monitor/values", []))}
        found["records"] = {c["name"]: next(rows[c["wall_clock"]])
                            for c in monitors[-1]["channels"]}
    return Model(
        parameters={name: t for name, t in tensors.items() if not name.startswith(kept)},
        state={name[6:]: t for name, t in tensors.items() if name.startswith("state/")},
        job=about["ansatz.job"], environment=json.loads(about["ansatz.environment"]),
        data=json.loads(about.get("ansatz.data", "{}")), version=about["ansatz.version"], **found)


def ticks(low, high):
    """About six round numbers from low to high."""
    step = 10.0 ** numpy.floor(numpy.log10((high - low) / 5 or 1))
    for factor in (1, 2, 5, 10):
        if (high - low) / (step * factor) <= 7:
            step *= factor
            break
    return numpy.arange(numpy.ceil(low / step), numpy.floor(high / step) + 1) * step


def plot(models, channels, path=None, x="epochs"):
    """Curves of the channels that fit the patterns, of models by name, as SVG: its text, or written
    to `path`. x: epochs, batches, examples or seconds. ValueError where nothing fits."""
    curves = []
    for label, model in models.items():
        for name, values in model.records.items():
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in channels):
                at, values = numpy.asarray(getattr(model, x), float), numpy.asarray(values)
                good = numpy.isfinite(values)
                if good.any():
                    curves.append((f"{label} {name}".strip(), at[good], values[good]))
    if not curves:
        raise ValueError(f"no channel fits {channels}")
    every_x, every_y = (numpy.concatenate([c[i] for c in curves]) for i in (1, 2))
    (left, right), (low, high) = ((v.min(), v.max() if v.max() > v.min() else v.min() + 1)
                                  for v in (every_x, every_y))
    width, height, margin = 720, 400, 70
    legend = height - 10 + 20 * len(curves)

    def place(a, b):
        return (margin + (a - left) / (right - left) * (width - margin - 20),
                height - 50 - (b - low) / (high - low) * (height - 70))
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{legend + 10}" '
             'font-family="sans-serif" font-size="13">',
             '<rect width="100%" height="100%" fill="white"/>']
    for t in ticks(left, right):
        a, _ = place(t, low)
        lines.append(f'<path d="M{a:.1f} 20V{height - 50}" stroke="#ddd"/>'
                     f'<text x="{a:.1f}" y="{height - 34}" text-anchor="middle">{t:g}</text>')
    for t in ticks(low, high):
        _, b = place(left, t)
        lines.append(f'<path d="M{margin} {b:.1f}H{width - 20}" stroke="#ddd"/>'
                     f'<text x="{margin - 6}" y="{b + 4:.1f}" text-anchor="end">{t:g}</text>')
    lines.append(f'<text x="{(margin + width) / 2:.0f}" y="{height - 16}" '
                 f'text-anchor="middle">{x}</text>')
    for i, (name, at, values) in enumerate(curves):
        colour, y = COLOURS[i % len(COLOURS)], height + 20 * i
        points = " ".join("{:.1f},{:.1f}".format(*place(a, b)) for a, b in zip(at, values))
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
                     f'<path d="M{margin} {y}h30" stroke="{colour}" stroke-width="3"/>'
                     f'<text x="{margin + 38}" y="{y + 5}">{escape(name)}</text>')
    text = "\n".join(lines) + "\n</svg>\n"
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return text


def main(path, *channels):
    model = load(path)
    if channels:
        print(plot({"": model}, channels), end="")
        return
    for name, values in model.parameters.items():
        print(f"{name} {list(values.shape)} {values.dtype}")
    for name, values in model.records.items():
        if len(values):
            print(f"{name}: {values[-1]:.6g} at epoch {model.epochs[-1]}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
