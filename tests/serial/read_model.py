"""Reads a model file with nothing but NumPy and json, and prints what is in it.

    python3 read_model.py MODEL
"""
import json
import sys

import numpy

TYPES = {"F32": "<f4", "F64": "<f8", "I8": "i1", "I16": "<i2", "I32": "<i4", "I64": "<i8",
         "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8"}
OTHERS = ("state/", "random/", "monitor/", "wall_clock/")


def read(path):
    """Returns (tensors by name, texts by key)."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    texts = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(
            entry["shape"])
    return tensors, texts


def monitors(tensors, texts):
    """Yields (name of the monitor, channel, epochs of its records, its records)."""
    for monitor in json.loads(texts["ansatz.monitors"]):
        prefix = "monitor/%s/" % monitor["name"]
        epochs = tensors[prefix + "epochs"]
        # Channels that measure time have a table of their own.
        rows = {False: iter(tensors[prefix + "values"]),
                True: iter(tensors["wall_clock/" + prefix + "values"])}
        for channel in monitor["channels"]:
            part = slice(channel["first"], channel["first"] + channel["count"])
            yield monitor["name"], channel, epochs[part], next(rows[channel["wall_clock"]])[part]


def main():
    tensors, texts = read(sys.argv[1])
    print("format", texts["ansatz.format"], "of version", texts["ansatz.version"])
    print(texts["ansatz.job"].rstrip())
    for name, values in tensors.items():
        kind = "" if name.startswith(OTHERS) else "parameter "
        print("%s%s %s %s" % (kind, name, values.dtype, list(values.shape)))
        if kind:
            print(values.tolist())
    for monitor, channel, epochs, records in monitors(tensors, texts):
        print("%s %s: epochs %s, records %s" % (monitor, channel["name"], epochs.tolist(),
                                                records.tolist()))
    for name, value in sorted(json.loads(texts["ansatz.values"]).items()):
        print("value %s = %r" % (name, value))
    for name, value in sorted(json.loads(texts["ansatz.random"]).items()):
        rng = numpy.random.RandomState()
        rng.set_state(("MT19937", tensors["random/" + name], value["position"],
                       int(value["has_gauss"]), value["cached_gaussian"]))
        print("random %s goes on with %r, %r" % (name, rng.randn(), rng.random_sample()))


if __name__ == "__main__":
    main()
