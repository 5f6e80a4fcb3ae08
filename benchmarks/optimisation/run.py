#!/usr/bin/env python3
"""Trains the deep curves autoencoder by HessianFree, L-BFGS, and SGD with momentum and Adam at the
best of several rates, each for the same time, and prints the objective against time. Needs NumPy.

    run.py ANSATZ [--seconds 600] [--threads 1] [--examples 10000] [--only NAME] [--csv FILE]

The images are drawn here: parabolas through three points, which are uniform in the middle 24 x 24
of 28 x 28 pixels. The rate of SGD and of Adam is the one of six with the lowest objective after a
tenth of the time; the searches are not counted. The objective is the cross entropy of an image,
its mean over all images that are trained on.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
# The cost of an image, not of a pixel.
COST = ("cost: !obj:SumOfCosts { costs: [ [ 784, !obj:Default {} ] ] }, monitoring_dataset: "
        "{ train: *train, test: !obj:NpyDataset { file: curves_test.npy } } }")
RATES = [.0001, .0003, .001, .003, .01, .03]
METHODS = {
    "HessianFree": "!obj:HessianFree { batch_size: %(examples)d, curvature_batch_size: 2000, ",
    "LBFGS": "!obj:BGD { method: lbfgs, history: 20, batch_size: %(examples)d, "
             "updates_per_batch: 5, reset_conjugate: False, ",
    "SGD": "!obj:SGD { learning_rate: %(rate)g, batch_size: 100, learning_rule: !obj:Momentum "
           "{ init_momentum: .95, nesterov_momentum: True }, ",
    "Adam": "!obj:SGD { learning_rate: %(rate)g, batch_size: 100, learning_rule: !obj:Adam {}, ",
}


def curves(count, seed):
    rng = np.random.RandomState(seed)
    points = rng.uniform(2, 26, size=(count, 3, 2))
    t = np.linspace(0, 1, 60)[:, None]
    # The parabola that is at the points at the times 0, 1/2, 1.
    weights = np.concatenate([2 * (t - .5) * (t - 1), -4 * t * (t - 1), 2 * t * (t - .5)], axis=1)
    paths = np.einsum("tk,nkd->ntd", weights, points)
    centre = np.arange(28) + .5
    images = np.zeros((count, 784), np.float32)
    for i, path in enumerate(paths):
        x = np.exp(-(centre[None, :] - path[:, :1]) ** 2 / (2 * .7 ** 2))
        y = np.exp(-(centre[None, :] - path[:, 1:]) ** 2 / (2 * .7 ** 2))
        images[i] = np.max(y[:, :, None] * x[:, None, :], axis=0).ravel()
    # Grey values of eight bits: the tails of exp are denormal numbers, with which products take ten
    # times as long.
    return np.round(images * 255).astype(np.float32) / 255


def run(arguments, folder, name, seconds, rate):
    algorithm = METHODS[name] % {"examples": arguments.examples, "rate": rate} + COST
    command = [arguments.program, "train", str(HERE / "curves.yaml"), "--json", "--compile",
               "--threads", str(arguments.threads), "-t", str(seconds),
               "-D", f"algorithm={algorithm}", "-D", "save_path=curves.pkl"]
    log = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE).stdout
    records = []
    for line in log.splitlines():
        event = json.loads(line)
        if event["event"] == "epoch":
            c = event["channels"]
            records.append((event["seconds"], c["train_objective"], c["test_objective"]))
        elif event["event"] == "error":
            print(event, file=sys.stderr)
    return records


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--examples", type=int, default=10000)
    parser.add_argument("--only")
    parser.add_argument("--csv")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        np.save(folder + "/curves_train.npy", curves(arguments.examples, 1))
        np.save(folder + "/curves_test.npy", curves(arguments.examples // 5, 2))
        rows = ["method,rate,seconds,train_objective,test_objective"]
        for name in METHODS:
            if arguments.only and name != arguments.only:
                continue
            rate = 0
            if "rate" in METHODS[name]:
                last = {r: run(arguments, folder, name, arguments.seconds / 10, r) for r in RATES}
                rate = min(RATES, key=lambda r: last[r][-1][1] if last[r] else float("inf"))
                print(name, "after the search:",
                      {r: round(last[r][-1][1], 3) for r in RATES if last[r]}, flush=True)
            records = run(arguments, folder, name, arguments.seconds, rate)
            print(f"{name} {rate or ''}")
            shown = -1
            for seconds, train, test in records:
                rows.append(f"{name},{rate},{seconds:.1f},{train:.6g},{test:.6g}")
                if seconds >= shown:
                    print(f"  {seconds:8.1f} s  {train:9.4f}  {test:9.4f}", flush=True)
                    shown = seconds + arguments.seconds / 12
            if records:
                print("  {:8.1f} s  {:9.4f}  {:9.4f}  (last)".format(*records[-1]), flush=True)
        if arguments.csv:
            pathlib.Path(arguments.csv).write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
