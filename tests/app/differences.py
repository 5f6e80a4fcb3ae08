"""What docs/pylearn2-differences.md says and no other test holds.

    differences.py ANSATZ
"""
import math
import subprocess
import sys

from expect import expect, failures
from keys import (BGD, COST, FOUND, MOMENTUM, TABLE, home, numbers, program, record, text_of,
                  train)

MNIST = "!obj:MNIST { which_set: train, %s: null }"
# Keys and classes that are not there: what is said of them, and the job that has them.
NOT_THERE = {
    "cost_monitoring_args": [text_of(more="cost_monitoring_args: { },"),
                             text_of(more="cost_monitoring_args: { },", **BGD)],
    "theano_function_mode": [text_of(more="theano_function_mode: null,"),
                             text_of(more="theano_function_mode: null,", **BGD)],
    "data_specs": [text_of(more=COST + "MethodCost { method: cost_from_X, data_specs: null },")],
    **{key: [text_of(dataset=MNIST % key)]
       for key in ["fit_test_preprocessor"]},
    "LiveMonitor": [text_of(extensions="!obj:pylearn2.monitor.LiveMonitor { }")],
    "model.extensions": [text_of(model="extensions: [ ],")],
    "instantiate": [text_of(job="instantiate: False,")],
}


def checked(text):
    (home / "checked.yaml").write_text(text)
    end = subprocess.run([program, "check", "checked.yaml"], capture_output=True, text=True,
                         cwd=home)
    return end.returncode, end.stdout + end.stderr


def check_not_there():
    for name, jobs in NOT_THERE.items():
        for text in jobs:
            code, said = checked(text)
            expect(f"{name.strip()} is refused as unknown", code == 3 and name.strip() in said
                   and "unknown" in said, code, said, text)


def check_records():
    tensors, said, _ = train(text_of(more=MOMENTUM))
    expect("a momentum of .5 is recorded as .5", record(tensors, "momentum") == [.5] * 3, said)
    costs = "monitoring_costs: &costs { decay: !obj:WeightDecay { coeffs: [1, 1] } },"
    first, second = text_of(more=costs), text_of(more="monitoring_costs: *costs,")
    alone, said, _ = train(text_of(more=costs.replace("&costs", "")))
    both, said, _ = train(f"[ {first.replace('&train', '&one').replace('*train', '*one')}, "
                          f"{second.replace('m.pkl', 'n.pkl').replace('&model', '')} ]")
    expect("monitoring_costs: the map of two jobs is the same in both", both is not None
           and [n for n, _ in both["channels"]] == [n for n, _ in alone["channels"]], said)


def check_phases():
    unnamed = text_of().replace("save_path: m.pkl,", "")
    first = unnamed.replace("&train", "&one").replace("*train", "*one")
    _, said, folder = train(f"[ {first}, {unnamed.replace('&model', '')} ]")
    found = sorted(path.name for path in folder.glob("*.pkl"))
    expect("phases are saved as job.phase1.pkl, job.phase2.pkl", found == [
        "job.phase1.pkl", "job.phase2.pkl"], found, said)


def check_classes():
    table = [[float(v) for v in line.split(",")] for line in TABLE.split("\n")[1:-1]]
    two = {"dataset": "!obj:CSVDataset { path: data.csv, task: regression, num_outputs: 2 }",
           "nvis": "nvis: 1,", "last": "!obj:Linear { layer_name: y, dim: 2, irange: .1 }"}
    for size in (5, 12):  # however the set is divided
        tensors, said, _ = train(text_of(**two, size=f"batch_size: {size},", epochs="0",
                                         extensions="!obj:WMapeDenominatorChannel { }"))
        expect(f"WMAPE: of all outputs, in batches of {size}", tensors and record(
            tensors, "wmape_den") == [sum(abs(r[0]) + abs(r[1]) for r in table)], said)
    tensors, said, _ = train(text_of(epochs="0", softmax=", non_redundant: True, "
                                     "init_bias_target_marginals: !obj:CSVDataset { "
                                     "path: data.csv, stop: 8 }"))
    found = tensors and numbers(tensors["softmax_b"])
    # Classes 0 and 1 thrice, class 2 twice; the score of class 0 is always 0.
    expect("init_bias_target_marginals goes with non_redundant", tensors and len(found) == 2
           and abs(found[0]) < 1e-6 and abs(found[1] - math.log(2 / 3)) < 1e-6, found, said)


def check_numbers():
    said = train(text_of(rate="1.e+38"), "--check-numbers")[1]
    expect("--check-numbers names call, op and place", "call 3, step " in said
           and "'add' made -inf of" in said and "features @ h_W + h_b" in said
           and "\n     1 " not in said, said)


def check_writing():
    """YAML that PyYAML reads otherwise, or not at all."""
    plain = train(text_of())[0]
    for what, parts in (
            ("-.5 and +.5 are numbers", {"rate": "+.1"}),
            ("a tab between a value and a comment", {"size": "batch_size: 5,\t# five\n"}),
            ("U+2028 ends no line", {"size": "batch_size: 5, # five\u2028more\n"}),
            ("U+2029 ends no line", {"size": "batch_size: 5, # five\u2029more\n"})):
        tensors, said, _ = train(text_of(**parts))
        expect(what, tensors == plain, said)
    code, said = checked(text_of(rate="e5"))
    expect("e5 is text", code == 3 and "e5" in said and "number" in said, said)
    code, said = checked(text_of(layer="&train " + FOUND["last"].replace("LAST", "")))
    expect("an anchor may be given once", code == 3 and "&train a second time" in said, said)


if __name__ == "__main__":
    for group in (check_not_there, check_records, check_phases, check_classes, check_numbers,
                  check_writing):
        group()
    sys.exit(1 if failures else 0)
