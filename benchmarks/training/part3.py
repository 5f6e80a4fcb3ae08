"""Part 3 of the MLP tutorial in PyTorch: seconds of an epoch's training and of its monitoring.

    part3.py DATA_FOLDER THREADS EPOCHS

The loop of the job tests/jobs/mlp_part_3.yaml: 784-500-1000-10, rectifiers, batches of 100 in a
new random order each epoch, momentum; monitored on train, valid and test, with all its channels.
Prints a JSON object.
"""
import gzip
import json
import pathlib
import sys
import time

import numpy
import torch


def idx(path):
    files = [path, path.with_name(path.name + ".gz")]
    found = next(f for f in files if f.exists())
    data = (gzip.open if found.suffix == ".gz" else open)(found, "rb").read()
    rank = data[3]
    shape = numpy.frombuffer(data, ">i4", rank, 4)
    return numpy.frombuffer(data, numpy.uint8, -1, 4 + 4 * rank).reshape(shape)


def load(folder, name):
    x = idx(folder / f"{name}-images-idx3-ubyte").reshape(-1, 784).astype(numpy.float32) / 255
    y = idx(folder / f"{name}-labels-idx1-ubyte").astype(numpy.int64)
    return torch.from_numpy(x), torch.from_numpy(y)


def channels(model, x, y):
    """What part 3 records of a batch, its parameters' norms apart."""
    values, h = [], x
    for layer in model:
        h = layer(h)
        if isinstance(layer, torch.nn.ReLU):
            high, low = h.max(0).values, h.min(0).values
            for v in (high, h.mean(0), low, high - low):
                values += [v.max(), v.mean(), v.min()]
    best = torch.softmax(h, 1).max(1).values
    nll = torch.nn.functional.cross_entropy(h, y)
    values += [best.max(), best.mean(), best.min(), (h.argmax(1) != y).float().mean(), nll, nll]
    return torch.stack(values)


def norms(model):
    values = []
    for layer in model:
        if isinstance(layer, torch.nn.Linear):
            for axis in (0, 1):
                n = layer.weight.norm(dim=axis)
                values += [n.min(), n.mean(), n.max()]
    return values


def main(folder, threads, epochs):
    torch.set_num_threads(threads)
    folder = pathlib.Path(folder) / "mnist"
    x, y = load(folder, "train")
    sets = [(x[:50000], y[:50000]), (x[50000:], y[50000:]), load(folder, "t10k")]
    model = torch.nn.Sequential(torch.nn.Linear(784, 500), torch.nn.ReLU(),
                                torch.nn.Linear(500, 1000), torch.nn.ReLU(),
                                torch.nn.Linear(1000, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=.01, momentum=.5)
    training, monitoring = [], []
    for _ in range(epochs):
        start = time.perf_counter()
        for part in torch.randperm(50000).split(100):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(sets[0][0][part]), sets[0][1][part]).backward()
            optimizer.step()
        training.append(time.perf_counter() - start)
        start = time.perf_counter()
        with torch.no_grad():
            for images, labels in sets:
                total = 0
                for a, b in zip(images.split(100), labels.split(100)):
                    total = total + channels(model, a, b) * len(a)
                norms(model)
        monitoring.append(time.perf_counter() - start)
    print(json.dumps({"training": training, "monitoring": monitoring}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
