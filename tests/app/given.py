"""What is given is taken as it is, and what never came is said.

    given.py ANSATZ
"""
import json
import os
import shutil
import subprocess
import sys

from expect import expect, failures, temporary_folder

program = sys.argv[1]
folder = temporary_folder("given")
os.chdir(folder)
DATA = "y,a,b\n" + "".join(f"{i % 7 / 7},{i % 5},{i % 3}\n" for i in range(40))
LAYERS = ("!obj:Linear { layer_name: h, dim: 3, irange: .5 }, "
          "!obj:Linear { layer_name: y, dim: 1, irange: .5 }")


def job(epochs=3, valid="train.csv", criterion="", extensions="", more=""):
    data = "!obj:CSVDataset {{ path: {}, task: regression }}"
    return f"""!obj:Train {{
  dataset: {data.format("train.csv")},
  model: !obj:MLP {{ nvis: 2, layers: [ {LAYERS} ] }},
  algorithm: !obj:SGD {{ batch_size: 10, learning_rate: .001,
    termination_criterion: !obj:And {{ criteria: [
      !obj:EpochCounter {{ max_epochs: {epochs} }}{criterion} ] }},
    monitoring_dataset: {{ train: {data.format("train.csv")}, valid: {data.format(valid)} }} }},
  extensions: [ {extensions} ],
  save_path: m.pkl, save_freq: 1{more} }}
"""


def run(*arguments):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            timeout=120)
    return result.returncode, result.stdout, result.stderr


def events(out):
    return [json.loads(line) for line in out.splitlines()]


def check_command_line():
    code, out, err = run("train", "job.yaml", "-q")
    expect("a model to ask", code == 0, out, err)
    for command in (["predict", "m.pkl", "-o", ""], ["evaluate", "m.pkl", "--out", ""],
                    ["plot", "m.pkl", "-o", ""], ["show", "weights", "m.pkl", "-o", ""],
                    ["check", ""], ["check", "job.yaml", ""],
                    ["train", "job.yaml", "--channels", ""]):
        code, out, err = run(*command)
        expect(f"an empty value is refused: {command}", code == 2 and "found nothing" in err
               and out == "", code, out, err)
    (folder / "list.yaml").write_text("\n".join(
        "- " + job().replace("m.pkl", name).replace("\n", "\n  ") for name in ("a.pkl", "b.pkl")))
    # In brackets at both ends, and no list.
    override = "[1].model.layers=[!obj:Linear {layer_name: y, dim: 1, irange: .5}]"
    code, out, err = run("check", "list.yaml", override, "--json")
    layers = [e["name"] for e in events(out) if e["event"] == "layer"]
    expect("an override that begins and ends with brackets", code == 0
           and layers == ["h", "y", "y"], code, out, err)
    code, out, err = run("check", "list.yaml", "[2].model.layers=[]")
    expect("is told as it was given", code == 3 and "[2]" in err and "\x1f" not in err, err)
    shutil.copy("m.pkl", "[m]")
    for patterns in (["--channels", "[u-w]*[e]"], ["--channels=[x]"], ["--channels", "[x,y]"]):
        code, out, err = run("evaluate", "[m]", *patterns)
        asked = [p.replace("--channels=", "") for p in patterns if p != "--channels"]
        expect(f"patterns in brackets: {patterns}", code == 0
               and all(f"'{p}' fits no channel" in err for p in asked), code, out, err)
    code, out, err = run("train", "job.yaml", "--nothing=[a]")
    expect("an unknown option with brackets", code == 2 and "--nothing=[a]" in err
           and "\x1f" not in err, err)
    code, out, err = run("check", "list.yaml", "Train.save_freq=2")
    expect("items of one name are told by numbers", code == 3 and "2 items of the file" in err
           and "[0]" in err, err)


def check_data_stay():
    (folder / "new.csv").write_text(DATA)
    for target in ("train.csv", "./valid.csv"):
        before = (folder / target).read_bytes()
        code, out, err = run("predict", "m.pkl", "--data", "new.csv", "-o", target)
        expect(f"predict does not write over what the model was trained on: {target}", code == 1
               and "was trained on it" in err and (folder / target).read_bytes() == before, err)
    code, out, err = run("predict", "m.pkl", "--data", "new.csv", "-o", "other.csv")
    expect("but elsewhere", code == 0 and (folder / "other.csv").exists(), err)


def check_nothing_saved():
    (folder / "text").write_text("keep")
    for option in ("--profile", "--overfit"):
        for path in ("text", "none/m.pkl", "train.csv"):
            code, out, err = run("train", "job.yaml", option, 1, f"save_path={path}", "-q")
            expect(f"{option} does not ask where nothing is saved: {path}", code == 0, code, err)
    expect("nothing was", (folder / "text").read_text() == "keep"
           and (folder / "train.csv").read_text() == DATA)
    code, out, err = run("plan", "job.yaml", "save_path=none/m.pkl")
    expect("nor does plan", code == 0, err)


def check_json():
    code, out, err = run("train", "job.yaml", "--profile", 1, "--json")
    last = events(out)[-2:]
    expect("--profile --json ends with an end", code == 0 and last[0]["event"] == "profile"
           and last[1] == {"event": "end", "reason": "finished"}, out)
    code, out, err = run("compare", "m.pkl", "none.pkl", "--json")
    told = events(out)
    expect("compare --json: a file that is missing is an error, and ends it", code == 1
           and told[0]["event"] == "error" and told[1]["path"] == "m.pkl"
           and told[-1] == {"event": "end", "reason": "failed"}, out)


def check_never_best():
    rows = DATA.splitlines()
    # Products of both signs overflow: their sum is no number.
    (folder / "huge.csv").write_text("\n".join([*rows, "1,3e38,3e38", "1,-3e38,3e38"]) + "\n")
    best = "!obj:MonitorBasedSaveBest { channel_name: valid_objective, save_path: best.pkl }"
    target = ", !obj:ChannelTarget { channel_name: valid_objective, target: .1 }"
    wide = ["algorithm.learning_rate=1e-5", "model.layers.h.dim=50", "model.layers.h.irange=3."]
    (folder / "nan.yaml").write_text(job(valid="huge.csv", extensions=best))
    code, out, err = run("train", "nan.yaml", "--channels", "*_objective", *wide)
    expect("a channel without a number is no best one", code == 0 and " nan " in out
           and "-nan" not in out and "best: train_objective" in out, out, err)
    expect("that no best model was saved is said", "best.pkl was not saved" in err
           and not (folder / "best.pkl").exists(), err)
    (folder / "nan.yaml").write_text(job(valid="huge.csv", criterion=target))
    code, out, err = run("train", "nan.yaml", "--channels", "valid_objective", *wide)
    expect("NaN did not come down to a target", code == 0
           and "ended: valid_objective is nan;" in out, out)
    for command in (["print-monitor", "m.pkl"], ["monitor", "csv", "m.pkl"]):
        expect(f"no sign of NaN: {command[0]}", "-nan" not in run(*command)[1])


def check_init_from():
    first = job().replace("m.pkl", "first.pkl").replace("\n", "\n  ")
    second = job(more=", init_from: first.pkl").replace("m.pkl", "second.pkl", 1)
    (folder / "two.yaml").write_text(f"- {first}\n- " + second.replace("\n", "\n  "))
    for command in (["check", "two.yaml"], ["train", "two.yaml", "-q"]):
        code, out, err = run(*command)
        expect(f"a file that the job before saves: {command[0]}", code == 0, code, out, err)
    for path in ("first.pkl", "second.pkl"):
        (folder / path).unlink()
    wide = "[0].model.layers.h.dim=7"
    code, out, err = run("train", "two.yaml", wide, "-q")
    expect("its parameters must fit, which is told before anything is trained", code == 3
           and "'h_W' has the shape [2, 7] in the file, [2, 3] in the model" in err
           and not (folder / "first.pkl").exists(), code, err)
    code, out, err = run("train", "two.yaml", wide, "[1].init_from_include=[y_b]", "-q")
    expect("those that are taken", code == 0, code, err)
    code, out, err = run("check", "two.yaml", "[1].init_from=frist.pkl", "[1].save_path=x.pkl")
    expect("another file", "frist.pkl" in out + err, out, err)
    # A run that goes on needs the file no more.
    (folder / "on.yaml").write_text(job(2, more=", init_from: first.pkl"))
    code, out, err = run("train", "two.yaml", "-q")
    expect("the two again", code == 0, err)
    code, out, err = run("train", "on.yaml", "-q")
    expect("a run that begins with a file", code == 0, err)
    (folder / "first.pkl").unlink()
    longer = "algorithm.termination_criterion.criteria[0].max_epochs=4"
    code, out, err = run("train", "on.yaml", longer, "--resume")
    expect("goes on without it", code == 0 and "4 epochs" in out, code, out, err)
    code, out, err = run("train", "on.yaml", "-q")
    expect("and does not begin without it", code == 3 and "first.pkl" in err, code, err)


def check_first_line():
    (folder / "wide.csv").write_text("y,a,b,c\n1,2,3,4\n")
    (folder / "several.yaml").write_text(job(
        valid="wide.csv",
        criterion=", !obj:ChannelTarget { channel_name: vlid_objective, target: 1 }",
        extensions="!obj:OneOverEpoch { start: 1, min_lr: 1. }"))
    code, out, err = run("check", "several.yaml", "save_path=none/m.pkl")
    expect("check tells all at once, and what the first line of a table has", code == 3
           and "the first line of wide.csv has 3 features behind 1 column of targets, but "
               "examples of shape [2] are needed" in err and "nearest: valid_objective" in err
           and "below min_lr" in err and "'none' does not exist" in err, err)
    head = str({"descr": "<f4", "fortran_order": False, "shape": (2, 5)}).ljust(117) + "\n"
    (folder / "wide.npy").write_bytes(b"\x93NUMPY\x01\x00" + bytes([len(head), 0]) + head.encode()
                                      + bytes(40))
    code, out, err = run("check", "job.yaml", "dataset=!obj:NpyDataset { file: wide.npy, "
                         "target_path: y.npy }")
    expect("nor is more of an array read than its head", code == 3 and "wide.npy has 5 features, "
           "but examples of shape [2] are needed" in err, code, err)
    (folder / "blanks.csv").write_text("the target\ta\tb\n1 2 3\n")
    code, out, err = run("check", "job.yaml", "dataset.path=blanks.csv", "dataset.delimiter=blanks")
    expect("names with blanks are not counted", code == 0, code, err)
    code, out, err = run("check", "job.yaml", "dataset=!obj:Unknown {}", "save_path=none/m.pkl",
                         "algorithm.monitoring_dataset.valid.path=wide.csv")
    expect("beside a data set of an unknown class", code == 3 and "unknown class 'Unknown'" in err
           and "'none' does not exist" in err, err)
    code, out, err = run("check", "job.yaml", "model=!obj:Unknown {}", "save_path=none/m.pkl")
    expect("and beside such a model", code == 3 and "unknown class 'Unknown'" in err
           and "'none' does not exist" in err, err)


for name in "train.csv", "valid.csv":
    (folder / name).write_text(DATA)
(folder / "job.yaml").write_text(job(valid="valid.csv"))
for each in (check_command_line, check_data_stay, check_nothing_saved, check_json, check_never_best,
             check_init_from, check_first_line):
    each()
sys.exit(1 if failures else 0)
