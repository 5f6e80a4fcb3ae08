#!/usr/bin/env python3
"""Trains a convolutional net for as long as it takes, and keeps the record of it: a table of its
epochs and a picture of the kernels of its first layer.

    run.py ANSATZ RUN [--epochs N] [--threads N] [--first MODEL] [--model FILE] [--log FILE]

RUN is one of those below; ANSATZ_DATA_PATH names the data. The best model is kept as --model; the
second stage begins from one, --first. With --log nothing is trained: this is what `ansatz train
--json` printed, and --model what it saved.
"""
import argparse
import json
import math
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
CIFAR = "${PYLEARN2_DATA_PATH}/cifar10-subset/data_batch_1_first4000.bin.gz"
RUNS = {
    "convolutional_network": {
        "job": HERE.parent.parent / "tests/jobs/convolutional_network.yaml", "epochs": 25,
        "values": ["train_stop=50000", "valid_stop=60000", "test_stop=10000", "batch_size=100",
                   "output_channels_h2=64", "output_channels_h3=64", "save_path=."],
        # Its own criterion ends a run of ten epochs that do not halve the error.
        "overrides": ["algorithm.termination_criterion=!obj:EpochCounter {{ max_epochs: {} }}"],
        "model": "convolutional_network_best.pkl", "kernels": "h2_W"},
    "maxout_mnist": {
        "job": HERE / "maxout_mnist.yaml", "epochs": 28, "values": ["save_path=."],
        "model": "maxout_best.pkl", "kernels": "h0_W"},
    "maxout_mnist_continued": {
        "job": HERE / "maxout_mnist_continued.yaml", "values": ["save_path=."],
        "model": "maxout_continued_best.pkl", "kernels": "h0_W"},
    "cifar10_overfit": {
        "job": HERE / "cifar10_overfit.yaml", "epochs": 100,
        "values": [f"file={CIFAR}", "images=1000"],
        "model": "cifar10_overfit.pkl", "kernels": "h0_W"},
}


def train(program, run, values, epochs, threads, folder):
    command = [program, "train", str(run["job"]), "--json", "--threads", str(threads), "--compile"]
    for value in run["values"] + values + ([f"max_epochs={epochs}"] if epochs else []):
        command += ["-D", value]
    command += [override.format(epochs) for override in run.get("overrides", [])]
    return subprocess.run(command, check=True, cwd=folder, text=True,
                          stdout=subprocess.PIPE).stdout


def table(log):
    """Seconds are from the start, monitoring included; the rest is of the records."""
    events = [json.loads(line) for line in log.splitlines() if line.startswith('{"event":"epoch"')]
    sets = [name for name in ("train", "valid", "test")
            if f"{name}_y_misclass" in events[0]["channels"]]
    columns = [f"{name}_{what}" for name in sets for what in ("objective", "y_misclass")]
    columns += [name for name in ("learning_rate", "momentum") if name in events[0]["channels"]]
    lines = [",".join(["epoch", "seconds"] + columns)]
    for event in events:
        numbers = [f"{event['channels'][name]:.6g}" for name in columns]
        lines.append(",".join([str(event["epoch"]), f"{event['seconds']:.1f}"] + numbers))
    return "\n".join(lines) + "\n"


def kernels(path, name):
    """[out][in][row][column] of a parameter [row, column, in, out] of a model file, float32."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8:8 + size])[name]
    first, last = (8 + size + offset for offset in entry["data_offsets"])
    numbers = struct.unpack(f"<{(last - first) // 4}f", data[first:last])
    rows, columns, inputs, outputs = entry["shape"]
    return [[[[numbers[((r * columns + c) * inputs + i) * outputs + o] for c in range(columns)]
              for r in range(rows)] for i in range(inputs)] for o in range(outputs)]


def picture(filters, scale=6, gap=2):
    """Each divided by its own largest number, as it is stored; 0 is the middle grey. Three channels
    are colours."""
    across = math.ceil(math.sqrt(len(filters)))
    down = math.ceil(len(filters) / across)
    side = [len(filters[0][0]) * scale + gap, len(filters[0][0][0]) * scale + gap]
    width, height = across * side[1] + gap, down * side[0] + gap
    pixels = bytearray(width * height * 3)
    for n, kernel in enumerate(filters):
        most = max(abs(x) for channel in kernel for row in channel for x in row) or 1
        top, left = gap + n // across * side[0], gap + n % across * side[1]
        for y in range(side[0] - gap):
            for x in range(side[1] - gap):
                row, column = y // scale, x // scale
                for colour in range(3):
                    number = kernel[colour if len(kernel) == 3 else 0][row][column]
                    pixels[((top + y) * width + left + x) * 3 + colour] = round(
                        127.5 + 127.5 * number / most)
    lines = b"".join(b"\0" + bytes(pixels[3 * width * y:3 * width * (y + 1)])
                     for y in range(height))

    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9))
            + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ansatz")
    parser.add_argument("run", choices=RUNS)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--first", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--log", type=pathlib.Path)
    wanted = parser.parse_args()
    run = RUNS[wanted.run]
    with tempfile.TemporaryDirectory() as folder:
        if wanted.log:
            log, model = wanted.log.read_text(encoding="utf-8"), wanted.model
        else:
            program = str(pathlib.Path(wanted.ansatz).resolve())
            first = [f"first={wanted.first.resolve()}"] if wanted.first else []
            epochs = wanted.epochs or run.get("epochs")
            log = train(program, run, first, epochs, wanted.threads, folder)
            model = pathlib.Path(folder) / run["model"]
            if wanted.model:
                shutil.copy(model, wanted.model)
        (HERE / f"{wanted.run}.csv").write_text(table(log), encoding="utf-8")
        (HERE / f"{wanted.run}.png").write_bytes(picture(kernels(model, run["kernels"])))


if __name__ == "__main__":
    main()
