#!/usr/bin/env python3
"""Seconds of an epoch of part 3 of the MLP tutorial, training and monitoring apart, against the
same loop in PyTorch in the same run; and the time from YAML to the first batch.

    run.py ANSATZ DATA_FOLDER [--rounds N] [--python PYTHON]

Rounds of both take turns; medians and the fastest are printed. PyTorch: Debian's python3-torch;
without it only Ansatz is measured.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
JOB = ROOT / "tests/jobs/mlp_part_3.yaml"
SIZES = ["train_stop=50000", "valid_stop=60000", "dim_h0=500", "dim_h1=1000", "sparse_init_h1=15"]


def ansatz(program, threads, epochs):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", str(JOB), "--json", "--threads", str(threads),
                   "extensions=[]"]
        for define in SIZES + [f"max_epochs={epochs}"]:
            command += ["-D", define]
        # %(save_path)s stands in what `extensions=[]` replaces
        command += ["-D", f"save_path={folder}"]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        lines = result.stdout.splitlines()
    epochs = [e for e in map(json.loads, lines) if e["event"] == "epoch"]
    training = [e["channels"]["training_seconds_this_epoch"] for e in epochs[1:]]
    whole = [b["seconds"] - a["seconds"] for a, b in zip(epochs, epochs[1:])]
    return training, [w - t for w, t in zip(whole, training)]


def job_of_one_batch(hidden, rule):
    return """!obj:Train {
      dataset: &d !obj:random_dense_design_matrix { num_examples: 100, dim: 784, num_classes: 10 },
      model: !obj:MLP { nvis: 784, layers: [
        !obj:HIDDEN { layer_name: h0, dim: 500, irange: .05 },
        !obj:HIDDEN { layer_name: h1, dim: 1000, irange: .05 },
        !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
      algorithm: !obj:SGD { learning_rate: .01, batch_size: 100,
        learning_rule: RULE, monitoring_dataset: *d,
        termination_criterion: !obj:EpochCounter { max_epochs: 1 } } }""".replace(
            "HIDDEN", hidden).replace("RULE", rule)


def seconds_of(command, job, cache):
    """Seconds of a command on the job, the process's start and end included."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(job)
        file.flush()
        start = time.perf_counter()
        subprocess.run([*command, file.name], check=True, capture_output=True,
                       env=os.environ | {"XDG_CACHE_HOME": cache})
        return time.perf_counter() - start


def first_batches(program):
    """A job whose loops the program has; one whose loops it lacks, compiled and then found."""
    known = job_of_one_batch("RectifiedLinear", "!obj:Momentum { init_momentum: .5 }")
    other = job_of_one_batch("Softplus", "!obj:Adam {}")
    train = [program, "train", "-q"]
    double = [*train, "--floatX", "float64"]  # most configurations are float's
    with tempfile.TemporaryDirectory() as none:
        show("loops in the program", [seconds_of(train, known, none) for _ in range(10)])
    cold, warm = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(seconds_of([*double, "--compile"], other, cache))
            warm += [seconds_of(double, other, cache) for _ in range(5)]
    show("loops compiled", cold)
    show("loops found", warm)


def torch_times(python, data, threads, epochs):
    script = pathlib.Path(__file__).with_name("part3.py")
    result = subprocess.run([python, script, data, str(threads), str(epochs)],
                            capture_output=True, text=True)
    if result.returncode:
        return None
    times = json.loads(result.stdout)
    return times["training"], times["monitoring"]


def show(name, values):
    print(f"  {name:22} median {statistics.median(values):.3f} s, "
          f"fastest {min(values):.3f} s of {len(values)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args()
    # It pins OpenBLAS to an older processor's kernels, for this program but not for PyTorch's.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    os.environ["ANSATZ_DATA_PATH"] = options.data
    print(subprocess.run([options.program, "info"], capture_output=True, text=True).stdout, end="")
    print("from the start of the process to the end of a job of one batch")
    first_batches(options.program)
    for threads in (1, 2):
        ours, theirs = ([], []), ([], [])
        for _ in range(options.rounds):
            times = ansatz(options.program, threads, options.epochs)
            for total, part in zip(ours, times):
                total += part
            times = torch_times(options.python, options.data, threads, options.epochs)
            if times:
                for total, part in zip(theirs, times):
                    total += part
        for what, a, b in zip(("training", "monitoring"), ours, theirs):
            print(f"{what}, an epoch of part 3, {threads} thread{'s' if threads > 1 else ''}")
            show("ansatz", a)
            if b:
                show("PyTorch", b)
                print(f"  ratio of medians {statistics.median(a) / statistics.median(b):.2f}, "
                      f"of the fastest {min(a) / min(b):.2f}")


main()
