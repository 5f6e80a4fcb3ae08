"""Tables of one's own: what is read, what is learned of columns, what predict says and refuses.

    tables.py ANSATZ

Compared with Python's csv module and NumPy; and the jobs of examples/jobs that are about tables,
where their data are there, with what scikit-learn made of them (tests/reference/table_jobs.json).
"""
import collections
import csv
import io
import json
import math
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys

from expect import expect, failures, temporary_folder
from with_numpy import numpy

program = str(pathlib.Path(sys.argv[1]).resolve())
root = pathlib.Path(__file__).resolve().parent.parent.parent
home = temporary_folder("tables")


def run(*arguments, text=True):
    end = subprocess.run([program, *map(str, arguments)], capture_output=True, text=text, cwd=home)
    return end.returncode, end.stdout, end.stderr


def write(name, text):
    data = text if isinstance(text, bytes) else text.encode()
    (home / name).write_bytes(data)
    return name


def header_of(path):
    raw = (home / path).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8:8 + size]), raw[8 + size:]


def tensor(path, name):
    header, data = header_of(path)
    kind = {"F32": "<f4", "F64": "<f8", "I32": "<i4"}[header[name]["dtype"]]
    begin, end = header[name]["data_offsets"]
    return numpy.frombuffer(data[begin:end], kind).reshape(header[name]["shape"])


def columns_of(path):
    return json.loads(header_of(path)[0]["__metadata__"]["ansatz.columns"])


JOB = """!obj:Train {
  dataset: &train !obj:Table { TABLE },
  model: !obj:MLP { layers: [ LAST ] },
  algorithm: !obj:SGD { batch_size: 10, learning_rate: .1, MORE monitoring_dataset: { WATCHED },
    termination_criterion: !obj:EpochCounter { max_epochs: EPOCHS } },
  save_path: NAME.pkl, save_freq: 1 }
"""


def job(name, table, classes=2, watched="train: *train", more="", epochs=3):
    last = (f"!obj:Softmax {{ layer_name: y, n_classes: {classes}, irange: 0. }}" if classes else
            "!obj:Linear { layer_name: y, dim: 1, irange: 0. }")
    text = JOB
    for word, value in (("TABLE", table), ("LAST", last), ("WATCHED", watched), ("MORE", more),
                        ("EPOCHS", str(epochs)), ("NAME", name)):
        text = text.replace(word, value)
    return write(name + ".yaml", text)


def check_reader():
    """What Python's csv module reads."""
    odd = {
        "quotes": 'a,b\n"x, y","say ""hi"""\n"",z\nplain,"q"\n',
        "line ends in quotes": 'a,b\n"one\ntwo",1x\n"three\r\nfour ",2x\n\n"five \n\n six",3x\n',
        "CRLF": "a,b\r\nx,y\r\nz,w\r\n",
        "CR": "a,b\rx,y\rz,w\r",
        "BOM": "\ufeffa,b\nx,y\n",
        "blanks": "a , b\n x ,  y z\n\n   \nu,v  \n",
        "empty cells": "a,b,c\n,x,\ny,,z\n,,w\n",
        "no end of line": "a,b\nx,y",
        "tabs": "a\tb\nx y\tz\n\tq\n",
        "semicolons": "a;b\n1,5x;y\n;z\n",
        "bars": "a|b\nx|y\n",
        "characters": "größe,名前\nä,東京\nß,大阪\n",
        "one column": "word\nx\ny\nx\n",
        "quotes inside": 'a,b\nx"y,z\n5" pipe,w\n',
    }
    for what, text in odd.items():
        name = write("odd.csv", text)
        separator = {"tabs": "\t", "semicolons": ";", "bars": "|"}.get(what, ",")
        rows = [r for r in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""),
                                      delimiter=separator, skipinitialspace=separator != "\t")
                if any(map(str.strip, r))]
        names = [each.strip() for each in rows[0]]
        code, out, err = run("data", "look", name, "--json")
        expect(f"reader: {what}", code == 0, err)
        if code:
            continue
        found = json.loads(out)
        expect(f"reader: {what}: names", [c["name"] for c in found["columns"]] == names, out)
        expect(f"reader: {what}: rows", found["rows"] == len(rows) - 1, out)
        for i, column in enumerate(found["columns"]):
            wanted = collections.Counter(row[i].strip(" \t") if "\n" not in row[i] else row[i]
                                         for row in rows[1:])
            missing = wanted.pop("", 0)
            expect(f"reader: {what}: column {i}", dict(map(tuple, column["texts"])) == dict(wanted)
                   and column["missing"] == missing, column, wanted)
    # A thousand tables of what is written in fields, as Python's csv writes it.
    random.seed(3)
    pieces = ["a", "b ", " c", '"', ",", ";", "\n", "\r\n", "ä", "'", "#", "x y", "\t", "0", "-"]
    for n in range(40):
        rows = [["w" + "".join(random.choice(pieces) for _ in range(random.randrange(6))) + "w"
                 for _ in range(3)] for _ in range(25)]
        file = io.StringIO(newline="")
        csv.writer(file, quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
                   lineterminator=random.choice(["\n", "\r\n"])).writerows([["p", "q", "r"], *rows])
        code, out, err = run("data", "look", write("any.csv", file.getvalue()), "--json",
                             "--separator", "comma")
        good = code == 0 and all(
            dict(map(tuple, column["texts"])) == dict(collections.Counter(row[i] for row in rows))
            for i, column in enumerate(json.loads(out)["columns"]))
        expect(f"reader: what Python's csv wrote, {n}", good, err, out[:300])


AGES = [23, 45.5, None, 31, 62, 18, 45.5, 39, None, 27, 51, 33]
WORK = ["office", "farm", "office", None, "sea", "farm", "office", "sea", "office", "farm", None,
        "office"]
PAY = [1e6 + 7 * i * i for i in range(12)]
HAPPY = ["yes" if i % 3 else "no" for i in range(12)]


def people(order=("age", "work", "pay", "happy"), missing="?", rows=range(12), end="\n"):
    columns = {"age": AGES, "work": WORK, "pay": PAY, "happy": HAPPY}
    lines = [",".join(order)]
    lines += [",".join(missing if columns[c][i] is None else str(columns[c][i]) for c in order)
              for i in rows]
    return end.join(lines) + end


def check_statistics():
    """Means, deviations, categories and the numbers that rows become, against NumPy."""
    write("people.csv", people())
    age = numpy.array([numpy.nan if a is None else a for a in AGES])
    pay = numpy.array(PAY)
    kinds = sorted({w for w in WORK if w})
    for rules, of_age, of_pay, of_work in (
            ("auto", "standardize mean", "standardize", "most_frequent"),
            ("{age: {use: min_max, missing: median}, pay: none, work: {use: one_hot, "
             "missing: category}}", "min_max median", "none", "category"),
            ("{age: {missing: most_frequent}, pay: min_max, work: auto}",
             "standardize most_frequent", "min_max", "most_frequent"),
            ("[age, pay]", "standardize mean", "standardize", None)):
        text = (f"!obj:Table {{ path: people.csv, target: happy, missing: ['?'], columns: {rules}, "
                "fit_preprocessor: False }")
        # What is saved are the examples as a job reads them.
        write("p.yaml", text)
        code, out, err = run("preprocess", text[:-2].replace(", fit_preprocessor: False", "") +
                             ", fit_preprocessor: True, preprocessor: !obj:RemapInterval "
                             "{ map_from: [0., 1.], map_to: [0., 1.] } }", "-o", "made.pkl")
        expect(f"statistics: {rules}: examples", code == 0, out, err)
        if code:
            continue
        made = tensor("made.pkl", "features").astype(float)
        use, fill = of_age.split()
        there = age[~numpy.isnan(age)]
        values, counts = numpy.unique(there, return_counts=True)
        filled = {"mean": there.mean(), "median": numpy.median(there),
                  "most_frequent": values[counts.argmax()]}[fill]

        def scaled(x, how, of):
            if how == "standardize":
                return (x - of.mean()) / of.std()
            return (x - of.min()) / (of.max() - of.min()) if how == "min_max" else x
        wanted = [scaled(numpy.where(numpy.isnan(age), filled, age), use, there)[:, None]]
        if of_work:
            work = [w or ("?" if of_work == "category" else "office") for w in WORK]
            names = kinds + ["?"] * (of_work == "category")
            wanted.append(numpy.array([[float(w == n) for n in names] for w in work]))
        wanted.append(scaled(pay, of_pay, pay)[:, None])
        wanted = numpy.hstack(wanted)
        expect(f"statistics: {rules}: numbers are NumPy's",
               made.shape == wanted.shape and
               numpy.allclose(made, wanted, rtol=1e-6, atol=1e-6), made[:3], wanted[:3])
    code, out, err = run("train", job("people", "path: people.csv, target: happy, missing: ['?']"))
    expect("summary: what is predicted from what", code == 0 and
           "predicts happy (2 classes: no, yes) from 3 columns (5 numbers)" in out, out, err)
    expect("summary: missing values", "4 missing values filled in: age 2 (37.5), work 2 (office)"
           in out, out)
    code, out, err = run("train", "people.yaml", "--json")
    expect("summary: as an event", code == 0 and "predicts happy" in
           json.loads(out.split("\n")[0])["data"], out[:300])
    learned = {c["name"]: c for c in columns_of("people.pkl")["features"]}
    expect("model file: what was learned, in JSON",
           abs(learned["age"]["mean"] - numpy.nanmean(age)) < 1e-9
           and abs(learned["age"]["deviation"] - numpy.nanstd(age)) < 1e-9
           and abs(learned["pay"]["mean"] / pay.mean() - 1) < 1e-12
           and abs(learned["pay"]["deviation"] / pay.std() - 1) < 1e-12
           and learned["work"]["categories"] == kinds, learned)
    expect("model file: classes", columns_of("people.pkl")["targets"][0]["categories"]
           == ["no", "yes"])


def softmax(z):
    e = numpy.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def check_prediction():
    """Rows in any order of columns, with and without targets, names and probabilities."""
    code, out, err = run("predict", "people.pkl", "people.csv")
    rows = list(csv.reader(io.StringIO(out)))
    expect("predict: names and probabilities", code == 0 and rows[0] == ["happy", "no", "yes"]
           and len(rows) == 13, code, out, err)
    if code:
        return
    p = numpy.array([row[1:] for row in rows[1:]], float)
    W = tensor("people.pkl", "softmax_W").astype(float)
    b = tensor("people.pkl", "softmax_b").astype(float)
    age = numpy.array([37.5 if a is None else a for a in AGES])
    there = numpy.array([a for a in AGES if a is not None])
    pay = numpy.array(PAY)
    x = numpy.column_stack([(age - there.mean()) / there.std()] +
                           [[float((w or "office") == n) for w in WORK]
                            for n in ("farm", "office", "sea")] +
                           [(pay - pay.mean()) / pay.std()])
    expect("predict: probabilities are those of the raw rows",
           numpy.allclose(p, softmax(x @ W + b), atol=1e-5), p, softmax(x @ W + b))
    expect("predict: the class is the likeliest",
           [row[0] for row in rows[1:]] == [["no", "yes"][k] for k in p.argmax(axis=1)])
    for what, text in (
            ("columns in another order", people(("happy", "pay", "work", "age"))),
            ("without the target", people(("pay", "age", "work"))),
            ("other line ends and a mark", "\ufeff" + people(end="\r\n")),
            ("semicolons", people().replace(",", ";")),
            ("further columns", "\n".join(f"{i or 'row'},{line}" for i, line in
                                          enumerate(people().splitlines())) + "\n"),
            ("a target that is not known", people().replace(",yes", ",").replace(",no", ",?"))):
        name = write("new.txt" if "semi" in what else "new.csv", text)
        found = run("predict", "people.pkl", name)
        expect(f"predict: {what}", found[0] == 0 and found[1] == out, *found)
    code, named, err = run("predict", "people.pkl", "people.csv", "--output", "class")
    expect("predict --output class: names alone", code == 0 and
           named.split() == [row[0] for row in rows[1:]], named, err)
    code, found, err = run("predict", "people.pkl", "people.csv", "--output", "probabilities",
                           "--header")
    expect("predict --output probabilities: called as the classes", code == 0 and
           found.splitlines()[0] == "no,yes" and found.splitlines()[1] == ",".join(rows[1][1:]),
           found, err)
    code, found, err = run("predict", "people.pkl", "people.csv", "--json")
    told = json.loads(found) if code == 0 else {}
    expect("predict --json", code == 0 and told["values"] == [row[0] for row in rows[1:]]
           and told["classes"] == ["no", "yes"] and told["target"] == "happy"
           and numpy.allclose(told["probabilities"], p, atol=1e-6), found[:300], err)
    code, found, err = run("evaluate", "people.pkl", "--report")
    expect("evaluate --report: names of classes, and that it was trained on the data", code == 0
           and found.startswith("Measured on what the model was trained on; --data")
           and [line.split()[0] for line in found.split("support\n")[1].splitlines()[:3]]
           == ["no", "yes", "mean"]
           and found.split("right:\n")[1].splitlines()[0].split() == ["no", "yes"], found, err)
    code, found, err = run("evaluate", "people.pkl", "--report", "--json", "--data", "people.csv")
    told = json.loads(found) if code == 0 else {}
    expect("evaluate --report --json: classes by name", code == 0 and not told["training_data"]
           and [each["class"] for each in told["classes"]] == ["no", "yes"], found[:300], err)
    code, found, err = run("predict", "people.pkl")
    expect("predict: the training data", code == 0 and found == out, found, err)
    code, found, err = run("predict", "people.pkl", "--data", "!obj:Table { path: people.csv }")
    expect("predict: a Table in YAML has the model's columns", code == 0 and found == out, err)
    code, found, err = run("evaluate", "people.pkl", "people.csv", "--json")
    wrong = numpy.mean([row[0] != h for row, h in zip(rows[1:], HAPPY)])
    expect("evaluate: raw rows with targets", code == 0 and
           abs(json.loads(found)["y_misclass"] - wrong) < 1e-6, found, err)
    write("new.csv", people(("age", "work", "pay")))
    code, found, err = run("evaluate", "people.pkl", "new.csv")
    expect("evaluate: targets are needed", code == 1 and "no column 'happy'" in err, err)
    # The file of the training data need not be there any more.
    shutil.copy(home / "people.csv", home / "kept.csv")
    (home / "people.csv").unlink()
    code, found, err = run("predict", "people.pkl", "kept.csv")
    expect("predict: without the training data", code == 0 and found == out, err)
    write("people.csv", people(rows=range(5)))
    code, found, err = run("predict", "people.pkl", "kept.csv")
    expect("predict: with other training data", code == 0 and found == out, err)
    write("people.csv", people())
    # Wrong rows.
    for what, text, words in (
            ("a column that is missing", people(("age", "work", "happy")), "no column 'pay'"),
            ("a column of another name", people().replace("pay", "pays"), "nearest: pays"),
            ("columns that were swapped", people(("age", "work", "pay")).replace(
                "age,work", "work,age"), "is not a number"),
            ("a category that is unknown", people().replace("sea", "moon"), "'moon' is not among"),
            ("a text for a number", people().replace("45.5", "old"), "'old' is not a number"),
            ("a date for a number", people().replace("45.5", "2020-01-31"), "is not a number"),
            ("a decimal comma", people().replace("45.5", '"45,5"'), "decimals are written with"),
            ("a number that is not finite", people().replace("45.5", "inf"), "is not finite"),
            ("no names", people().split("\n", 1)[1], "the first line"),
            ("no rows", "age,work,pay\n", "no examples"),
            ("nothing", "", "there is no line"),
            ("a short row", people() + "1,farm\n", "2 fields, where line 1 has 4")):
        code, found, err = run("predict", "people.pkl", write("new.csv", text))
        expect(f"predict: {what}", code == 1 and words in err and "new.csv" in err and not found,
               code, found, err)
    code, found, err = run("predict", "people.pkl", write("new.csv", people().split("\n", 1)[1]),
                           "--first-line", "numbers")
    expect("predict --first-line numbers: names are the training data's",
           code == 0 and found == out, err)
    swapped = people(("pay", "work", "age")).replace("pay,work,age", "age,work,pay")
    code, found, err = run("predict", "people.pkl", write("new.csv", swapped))
    expect("predict: numbers that were swapped are a warning", code == 0 and
           "column 'age': 12 of 12 values lie outside" in err, code, err)


def check_regression():
    """Numbers in their own units; several targets; splits; resuming."""
    random.seed(5)
    x = numpy.array([[random.gauss(0, 1), random.gauss(5, 2)] for _ in range(60)])
    y = 1e5 + 3e4 * x[:, 0] - 1e4 * x[:, 1]
    write("houses.tsv", "a\tb\tprice\n" + "".join(f"{p}\t{q}\t{r}\n" for (p, q), r in zip(x, y)))
    table = "path: houses.tsv, target: price, split: {train: .7, valid: .1, test: .2}, seed: 4"
    watched = ("train: *train, valid: !obj:Table { like: *train, which_set: valid }, "
               "test: !obj:Table { like: *train, which_set: test }")
    code, out, err = run("train", job("houses", table, 0, watched, epochs=40))
    expect("regression: trains", code == 0 and "predicts price (a number from" in out, out, err)
    code, out, err = run("predict", "houses.pkl", "houses.tsv")
    lines = out.splitlines()
    guess = numpy.array(lines[1:], float)
    expect("regression: predict says the target, in its units", code == 0 and lines[0] == "price"
           and numpy.abs(guess - y).max() < 2e3, lines[:4], y[:3], err)
    dear = y + numpy.linspace(2000, 4000, len(y))
    write("dear.tsv", "a\tb\tprice\n" +
          "".join(f"{p}\t{q}\t{r}\n" for (p, q), r in zip(x, dear)))
    code, out, err = run("evaluate", "houses.pkl", "dear.tsv", "--report", "--json")
    told = json.loads(out) if code == 0 else {}
    off = guess - dear
    expect("regression: evaluate --report, too", code == 0
           and abs(told["rmse"] / math.sqrt((off ** 2).mean()) - 1) < 1e-5
           and abs(told["mae"] / numpy.abs(off).mean() - 1) < 1e-5
           and abs(told["mean_r2"] - (1 - (off ** 2).sum() / ((dear - dear.mean()) ** 2).sum()))
           < 1e-6, out, err)
    for line, said in ((("predict", "houses.pkl", "houses.tsv", "--output", "class"), "numbers"),
                       (("predict", "houses.pkl", "houses.npy"), "by their names")):
        code, out, err = run(*line)
        expect(f"{' '.join(line)}: refused", code == 1 and said in err, out, err)
    order = numpy.random.RandomState(4).permutation(60)
    parts = {"train": order[:42], "valid": order[42:48], "test": order[48:]}
    learned = columns_of("houses.pkl")
    a = x[parts["train"], 0]
    expect("split: statistics are those of the part that is trained on",
           abs(learned["features"][0]["mean"] - a.mean()) < 1e-9 and
           abs(learned["features"][0]["deviation"] - a.std()) < 1e-9 and learned["examples"] == 42,
           learned, a.mean())
    code, out, err = run("print-monitor", "houses.pkl", "--json")
    last = json.loads(out)
    text = json.dumps(last)
    scale = y[parts["train"]].std()
    for part, rows in parts.items():
        mse = numpy.mean((guess[rows] - y[rows]) ** 2) / scale ** 2
        code, out, err = run("evaluate", "houses.pkl", "--json", "--data",
                             f"!obj:Table {{ {table.replace('seed: 4', '')} seed: 4, "
                             f"which_set: {part} }}")
        found = json.loads(out) if code == 0 else {}
        value = found.get("objective", float("nan"))
        expect(f"split: {part}: rows are those of NumPy's permutation",
               abs(value - mse) < 1e-6 + 1e-3 * mse, value, mse, err)
    expect("split: channels of all parts", all(f"{p}_objective" in text for p in parts), text[:300])
    # In the order of the file.
    code, out, err = run("train", job("order", "path: houses.tsv, target: price, shuffle: False, "
                                      "split: {first: .5, rest: .5}, which_set: rest", 0), "-q")
    expect("split: shuffle: False follows the file", code == 0 and
           abs(columns_of("order.pkl")["features"][0]["mean"] - x[30:, 0].mean()) < 1e-9, err)
    two = JOB.replace("LAST", "!obj:Linear { layer_name: y, dim: 2, irange: 0. }").replace(
        "TABLE", "path: houses.tsv, target: [price, b], target_scale: min_max").replace(
        "MORE", "").replace("WATCHED", "t: *train").replace("EPOCHS", "60").replace("NAME", "two")
    code, out, err = run("train", write("two.yaml", two))
    expect("several targets: trains", code == 0 and "price (a number" in out and "from 1 column"
           in out, out, err)
    code, out, err = run("predict", "two.pkl", "houses.tsv")
    found = numpy.array([line.split(",") for line in out.splitlines()[1:]] or [[0, 0]], float)
    expect("several targets: each by its name, in its units", out.startswith("price,b\n") and
           abs(found[:, 1].mean() - x[:, 1].mean()) < .5, out[:100], err)
    code, out, err = run("train", job("none", "path: houses.tsv, target: price, columns: {a: none, "
                                      "b: none}, target_scale: none", 0), "-q",
                         "algorithm.learning_rate=1e-5")
    expect("target_scale: none", code == 0 and columns_of("none.pkl")["targets"][0]["use"]
           == "none", err)
    # A run that goes on has the columns of its file.
    code, out, err = run("train", "houses.yaml", "--resume", "-q",
                         "algorithm.termination_criterion.max_epochs=42")
    expect("resume: goes on with the same columns", code == 0 and columns_of("houses.pkl")
           == learned, err)


def check_weights():
    """A weight of 2 is an example that is there twice."""
    rows = [(i * 7 % 11, i % 2, 1 + i % 3) for i in range(20)]
    write("w.csv", "x,y,w\n" + "".join(f"{x},c{y},{w}\n" for x, y, w in rows))
    write("twice.csv", "x,y\n" + "".join(f"{x},c{y}\n" * w for x, y, w in rows))
    whole = "columns: {x: none}, target: y"
    cost = "cost: !obj:WeightedCost {},"
    small = ["algorithm.learning_rate=.01"]
    code, out, err = run("train", job("w", f"path: w.csv, weight: w, {whole}", more=cost), "-q",
                         "algorithm.batch_size=20", *small)
    expect("weights: WeightedCost trains", code == 0, err)
    code, out, err = run("train", job("twice", f"path: twice.csv, {whole}"), "-q",
                         f"algorithm.batch_size={sum(w for _, _, w in rows)}", *small)
    expect("weights: rows that are there twice train", code == 0, err)
    if code == 0:
        expect("weights: the same parameters", numpy.allclose(
            tensor("w.pkl", "softmax_W"), tensor("twice.pkl", "softmax_W"), atol=1e-6),
            tensor("w.pkl", "softmax_W"), tensor("twice.pkl", "softmax_W"))
    code, out, err = run("check", job("w", f"path: w.csv, weight: w, {whole}"))
    expect("weights: that nothing reads", code == 3 and "WeightedCost" in err, code, err)


ERRORS = [  # of a job's table: file, keys, words of the message
    ("d,y\n2020-01-31,a\n2020-02-01,b\n", "target: y", "'2020-01-31' is a date"),
    ("d,y\n31.12.2020,a\n1.1.2021,b\n", "target: y", "is a date or a time"),
    ("d,y\n12:30,a\n13:45,b\n", "target: y", "is a date or a time"),
    ("d,y\nJan 5 2020,a\n6 Feb 2021,b\n", "target: y", "is a date or a time"),
    ("d,y\n2020-01-31T12:00:00Z,a\n2020-01-31 13:00,b\n", "target: y", "columns: {d: drop}"),
    ("x,y\n1,a\n2,b\n", "target: z", "no column 'z'; allowed: x, y"),
    ("x,y\n1,a\n2,b\n", "target: Y", "nearest: y"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {z: drop}", "no column 'z'"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {x: drop}", "no column is left"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {y: one_hot}", "is the target"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {x: standardise}", "nearest: standardize"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {x: {use: none, missing: category}}",
     "which numbers do not have"),
    ("x,y\nu,a\nv,b\n", "target: y, columns: {x: {missing: mean}}", "it holds texts"),
    ("x,y\nu,a\nv,b\n", "target: y, columns: {x: standardize}", "'u' is not a number"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: {x: {us: none}}", "the keys use and missing"),
    ("x,y\n1,a\n2,b\n", "target: y, columns: numbers", "allowed: auto, a list"),
    ("x,y\n1,a\n2,\n", "target: y", "bad.csv:3: column 'y': the target is missing"),
    ("x,y\n1,a\n2,a\n", "target: y", "the target is 'a' in all"),
    ("x,y\n1,1\n2,2\n3,1\n", "target: y", "may be classes; say task: classification"),
    ("x,y\n1,a\n2,b\n", "target: y, task: regression", "'a' is not a number"),
    ("x,y\n1,a\n2,b\n", "target: y, task: regresion", "nearest: regression"),
    ("x,y\n1,a\n2,b\n", "target: [y, x], task: classification", "several targets are numbers"),
    ("x,y,z\n1,a,1.5\n2,b,2.5\n", "target: [y, z]", "several targets must be numbers"),
    ("x,y\n1,a\n2,b\n", "target: [y, y]", "named twice"),
    ("x,y\n,a\n,b\n", "target: y", "all values are missing"),
    ("x,x,y\n1,2,a\n2,3,b\n", "target: y", "two columns are named 'x'"),
    ("1,2,a\n2,3,b\n", "target: y", "where the first line should hold the names"),
    ("1,a\n2,b\n", "target: y, names: [x]", "2 fields, where there are 1 names"),
    ("x,y\n", "target: y", "no examples"),
    ("", "target: y", "there is no line"),
    ("\n\n", "target: y", "there is no line"),
    ("x,y\n1,a\n2,b,c\n", "target: y", "bad.csv:3:5: 3 fields, where line 1 has 2"),
    ("x,y\n1,a\n2\n", "target: y", "1 field, where line 1 has 2"),
    ("x,y\n1,\"a\n2,b\n", "target: y", "does not end"),
    ("x,y\n1,\"a\"b\n", "target: y", "after the closing quote"),
    (b"x,y\n1,\xe4\n2,b\n", "target: y", "not in UTF-8"),
    (b"\xe4,y\n1,a\n2,b\n", "target: y", "not in UTF-8"),
    ("x,y\n1,a\n2,b\n".encode("utf-16"), "target: y", "UTF-16"),
    ("x,y\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40)) + "old,a\n", "target: y",
     "'old' is not a number, as 40 other values are"),
    ("x,y\n" + "".join(f"name{i},{'ab'[i % 2]}\n" for i in range(40)), "target: y",
     "40 different texts in 40 rows"),
    ("x,y\n" + "".join(f"{i},name{i}\n" for i in range(40)), "target: y",
     "40 different values in 40 rows, which are no classes"),
    ("x,y\n1,a\ninf,b\n", "target: y", "'inf' is not finite"),
    ("x,y\n1e308,a\n-1e308,b\n", "target: y", "too large"),
    ("x,y\n1e150,a\n2,b\n", "target: y, columns: {x: none}", "too large for float32"),
    ("x,y\n1,a\n,b\n", "target: y, columns: {x: {missing: refuse}}",
     "bad.csv:3: column 'x': a value is missing"),
    ("x,y,w\n1,a,-1\n2,b,1\n", "target: y, weight: w", "-1 is no weight"),
    ("x,y,w\n1,a,0\n2,b,0\n", "target: y, weight: w", "the weights are all 0"),
    ("x,y,w\n1,a,\n2,b,1\n", "target: y, weight: w", "weight of an example is missing"),
    ("x,y\n1,a\n2,b\n", "target: y, weight: y", "is the target"),
    ("x,y\n1,a\n2,b\n", "target: y, separator: '1'", "numbers and quotes are not"),
    ("x,y\n1,a\n2,b\n", "target: y, separator: semicolons", "nearest: semicolon"),
    ("x,y\n1,a\n2,b\n", "target: y, comment: '##'", "one character"),
    ("x,y\n1,a\n2,b\n", "target: y, split: {train: .8, test: .3}", "more than 1"),
    ("x,y\n1,a\n2,b\n", "target: y, split: {train: 1.5}", "above 0 and below 1"),
    ("x,y\n1,a\n2,b\n", "target: y, split: .8", "a mapping of names to fractions"),
    ("x,y\n1,a\n2,b\n", "target: y, split: {train: .8, test: .2}, which_set: tests",
     "nearest: test"),
    ("x,y\n1,a\n2,b\n", "target: y, which_set: test", "means nothing without split"),
    ("x,y\n1,a\n2,b\n", "target: y, seed: 3", "split"),
    ("x,y\n1,a\n2,b\n", "target: y, split: {train: .1, test: .9}", "none belong to 'train'"),
    ("x,y\n1,a\n2,b\n", "target: y, unknown: zero", "nearest: zeros"),
    ("x,y\n1,a\n2,b\n", "target: y, target_scale: log", "allowed: standardize"),
    ("x,y\n1,a\n2,b\n", "target: y, names: [x, y], header: True", "names: "),
    ("x,y\n1,a\n2,b\n3,c\n", "target: y", "3 classes, but the model is made for 2"),
]


def check_errors():
    for text, keys, words in ERRORS:
        write("bad.csv", text)
        code, out, err = run("check", job("bad", f"path: bad.csv, {keys}"))
        expect(f"refused: {keys}: {words}", code in (1, 3) and words in err and "bad." in err
               and err.count("\n") <= 2, code, out, err)
    code, out, err = run("check", job("bad", "target: y"))
    expect("refused: no path", code == 3 and "path" in err, err)
    code, out, err = run("check", job("bad", "path: nowhere.csv, target: y"))
    expect("check: a file that is missing is a warning", code == 0 and "nowhere.csv" in err, err)
    code, out, err = run("train", "bad.yaml")
    expect("train: a file that is missing", code == 3 and "nowhere.csv" in err, code, err)
    write("good.csv", "x,y\n1,a\n2,b\n3,a\n")
    for watched, words in (
            ("t: !obj:Table { path: good.csv, target: y }", "like: *train"),
            ("t: !obj:Table { like: *train }", "has no split"),
            ("t: !obj:Table { like: &s !obj:Table { path: good.csv, target: y, "
             "split: {a: .5, b: .5} } }", "'a'; name another part: a, b"),
            ("t: !obj:Table { like: *train, path: good.csv, target: x }", "like"),
            ("t: !obj:Table { like: !obj:MNIST { which_set: test } }", "a Table is needed")):
        code, out, err = run("check", job("bad", "path: good.csv, target: y", watched=watched))
        expect(f"refused: {watched}", code == 3 and words in err, code, err)
    # Of another file that is like the one that is trained on.
    for text, words in (("y,x\na,1\nb,2\n", None), ("x,y\n1,c\n2,b\n", "class 'c' is not among"),
                        ("x\n1\n", "no column 'y'"), ("x,y\nu,a\n", "'u' is not a number")):
        write("other.csv", text)
        code, out, err = run("train", job(
            "like", "path: good.csv, target: y",
            watched="t: !obj:Table { like: *train, path: other.csv }"), "-q")
        expect(f"like: another file: {words}", code == 0 if words is None else
               code != 0 and words in err and "other.csv" in err, code, err)
    write("sea.csv", "x,k,y\n" + "1,sea,a\n2,land,b\n" * 4)
    write("sky.csv", "x,k,y\n1,sky,a\n2,land,b\n")
    for rule, good in (("", False), (", unknown: zeros", True)):
        code, out, err = run("train", job(
            "sea", "path: sea.csv, target: y" + rule,
            watched="t: !obj:Table { like: *train, path: sky.csv }"), "-q")
        expect(f"unknown categories{rule}", (code == 0) == good and
               (good or "'sky' is not among the 2 of the training data" in err), code, err)
    # Files that are odd, and good.
    for what, text, keys in (
            ("blanks", "x  y\n1   a\n 2\tb\n", "target: y"),
            ("names in quotes", '"x, in m","y"\n1,a\n2,b\n', 'target: y, columns: ["x, in m"]'),
            ("a comment", "# of 2020\nx,y\n1,a # sure\n2,b\n", "target: y, comment: '#'"),
            ("names of numbers", "2019,2020\n1,a\n2,b\n", 'target: "2020", header: True'),
            ("no names", "1;a\n2;b\n", "target: column_2, header: False"),
            ("own names", "1,a\n2,b\n", "target: y, names: [x, y]"),
            ("names that are there as well", "x,y\n1,a\n2,b\n", "target: y, names: [y, x]"),
            ("a column without a name", ",x,y\n0,1,a\n1,2,b\n", "target: y, columns: {column_1: "
             "drop}"),
            ("a constant column", "x,z,y\n1,7,a\n2,7,b\n", "target: y"),
            ("classes with commas", 'x,y\n1,"a, b"\n2,c\n', "target: y"),
            ("a category of numbers", "x,y\n10,a\n2,b\n", "target: y, columns: {x: one_hot}"),
            ("numbers as NumPy writes them", "x,y\n1.5e+00,a\n+2,b\nnan,a\n", "target: y"),
            ("a packed file", None, "target: y"),
            ("a key that is null", "x,y\n1,a\n2,b\n", "target: y, columns: null, split: null")):
        name = "bad.csv"
        if text is None:
            import gzip
            name = write("bad.csv.gz", gzip.compress(b"x,y\n1,a\n2,b\n"))
        else:
            write(name, text)
        code, out, err = run("train", job("odd", f"path: {name}, {keys}"), "-q")
        expect(f"odd, and good: {what}", code == 0, code, err)


def check_numbers_as_categories():
    """Where all are numbers, 1.0 is 1: in training, in parts, and in what is predicted."""
    spelt = {1: ["1", "1.0", "01"], 2: ["2", "2.", "2e0"], 10: ["10", "1e1", "10.00"]}
    rows = [(k, x) for x in range(9) for k in (1, 2, 10)]
    keys = ("target: k, task: classification, columns: {h: one_hot}, split: {train: .7, test: .3}, "
            "stratify: True")
    made = {}
    for name, how in (("plain", lambda k, x: spelt[k][0]), ("mixed", lambda k, x: spelt[k][x % 3])):
        write(f"{name}.csv", "x,h,k\n" + "".join(
            f"{x},{how(k, x + 1)},{how(k, x)}\n" for k, x in rows))
        code, out, err = run("train", job(name, f"path: {name}.csv, {keys}", 3), "-q")
        expect(f"numbers as categories: {name} trains", code == 0, err)
        made[name] = columns_of(f"{name}.pkl") if code == 0 else {}
    of = {name: [[float(text) for text in column.get("categories", [])]
                 for column in made[name].get("features", []) + made[name].get("targets", [])]
          for name in made}
    expect("numbers as categories: 1.0 is 1", of["mixed"] == of["plain"] and [1., 2., 10.] in
           of["mixed"], of)
    expect("numbers as categories: the same model", numpy.array_equal(
        tensor("plain.pkl", "softmax_W"), tensor("mixed.pkl", "softmax_W")))
    found = [run("predict", "plain.pkl", f"{name}.csv") for name in ("plain", "mixed")]
    expect("numbers as categories: predict reads both", found[0][0] == 0 and found[0] == found[1],
           found)
    write("texts.csv", "h,k\n1,a\n1.0,b\nx,a\n1,b\n")
    code, out, err = run("train", job("texts", "path: texts.csv, target: k"), "-q")
    expect("categories of which one is no number are texts", code == 0 and columns_of(
        "texts.pkl")["features"][0]["categories"] == ["1", "1.0", "x"], err)
    # Numbers of more digits than a double has are told apart, as are those that differ by little.
    exact = ["9007199254740993", "9007199254740992", "90071992547409920e-1", "0.1",
             "0.10000000000000000001", "1e-400", "0", "-0.0", "-1e3", "-1000.0"]
    write("digits.csv", "h,k\n" + "".join(
        f"{h},{'ab'[i % 2]}\n" for i, h in enumerate(exact)))
    code, out, err = run("train", job("digits", "path: digits.csv, target: k, "
                                      "columns: {h: one_hot}", 2), "-q")
    found = columns_of("digits.pkl")["features"][0]["categories"] if code == 0 else []
    expect("numbers as categories: by all their digits", sorted(found) == sorted(
        ["9007199254740993", "9007199254740992", "0.1", "0.10000000000000000001", "1e-400", "0",
         "-1e3"]) and found[0] == "-1e3" and found[-2:] == ["9007199254740992",
                                                          "9007199254740993"], found, err)
    # Pictures of a report call classes by their names; this gnuplot writes what it would draw.
    write("named.csv", "h;k\n" + "".join(f"{i};{['#one', 'it,q'][i % 2]}\n" for i in range(20)))
    code, out, err = run("train", job("named", "path: named.csv, target: k"), "-q")
    expect("classes with odd names train", code == 0, err)
    (home / "bin").mkdir()
    (home / write("bin/gnuplot", "#!/bin/sh\ncat curves.dat\n")).chmod(0o755)
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    end = subprocess.run([program, "evaluate", "named.pkl", "--report", "-o", "named"], cwd=home,
                         capture_output=True, text=True, env={**os.environ, "PATH": path})
    drawn = [(home / f"named-{which}.png").read_text() if end.returncode == 0 else ""
             for which in ("confusion", "roc")]
    expect("evaluate --report: pictures have the names of classes", end.returncode == 0
           and "0\t-9\t#one\n1\t-9\tit,q\n" in drawn[0] and "it,q: area" in drawn[1], drawn,
           end.stderr)
    # The part that is trained on is the one called so, wherever it stands.
    write("parts.csv", "h,k\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(50)))
    for order in ("train: .8, test: .2", "test: .2, train: .8"):
        code, out, err = run("train", job("parts", "path: parts.csv, target: k, shuffle: False, "
                                          f"split: {{{order}}}"), "-q")
        rows = range(40) if order.startswith("train") else range(10, 50)
        expect(f"split: {{{order}}}: trains on the part of that name", code == 0 and math.isclose(
            columns_of("parts.pkl")["features"][0]["mean"], sum(rows) / 40), err)
    # 1,5 is no category of its own accord, neither alone nor among whole numbers.
    for name, cells in (("commas", ["1,5", "2,25"]), ("some", ["1,5", "2"])):
        write(f"{name}.csv", "h;k\n" + "".join(f"{cells[i % 2]};{'ab'[i % 2]}\n" for i in range(8)))
        code, out, err = run("train", job(name, f"path: {name}.csv, target: k"), "-q")
        expect(f"numbers with commas: {name} are refused", code != 0 and f"{name}.csv:2" in err
               and "'1,5'" in err and "a point" in err and "h: one_hot" in err, code, err)
        code, out, err = run("train", job(name, f"path: {name}.csv, target: k, "
                                          "columns: {h: one_hot}"), "-q")
        expect(f"numbers with commas: {name} are categories where it is said", code == 0, err)
    write("bare.csv", "5,1\n6,2\n")
    code, out, err = run("predict", "plain.pkl", "bare.csv")
    expect("predict: rows without names: what to do", code == 1 and "--first-line numbers" in err
           and "names: [" not in err, code, err)
    code, out, err = run("predict", "plain.pkl", "bare.csv", "--first-line", "numbers")
    expect("predict --first-line numbers: as the training data are", code == 0 and
           out.count("\n") == 3, code, out, err)


def check_look():
    write("people.csv", people())
    code, out, err = run("data", "look", "people.csv", "--missing", "?")
    expect("look: a line a column", code == 0 and "12 rows, 4 columns, separated by comma" in out
           and "office 5, farm 3, sea 2" in out and "18 … 62, mean 37.5" in out, out, err)
    code, out, err = run("data", "look", "people.csv", "--missing", "?", "--json")
    age = json.loads(out)["columns"][0] if code == 0 else {}
    there = numpy.array([a for a in AGES if a is not None])
    expect("look: numbers", code == 0 and age["missing"] == 2 and age["median"] ==
           numpy.median(there) and abs(age["deviation"] - there.std()) < 1e-9 and
           age["counts"] == numpy.histogram(there, 16)[0].tolist(), age, err)
    code, out, err = run("data", "look", "people.csv", "happy")
    expect("look: a column", code == 0 and "yes" in out and "8" in out, out, err)
    code, out, err = run("data", "look", "people.csv", "hapy")
    expect("look: a column that is not there", code == 1 and "nearest: happy" in err, err)

    write("large.csv", "a\n1e308\n-1e308\n1.7e308\n1.5e308\n")
    code, out, err = run("data", "look", "large.csv", "--json")
    of_a = json.loads(out)["columns"][0] if code == 0 else {}
    expect("data look: numbers near the end of the range", code == 0
           and abs(of_a["median"] / 1.25e308 - 1) < 1e-12 and sum(of_a["counts"]) == 4
           and abs(of_a["deviation"] / 1.07004673e308 - 1) < 1e-6
           and of_a["counts"][0] == 1 and of_a["counts"][15] == 1, out, err)

    # Each of many names is found without looking at all others: four times as many take about
    # four times as long, not sixteen.
    took = []
    for columns in 12500, 50000:
        names = ",".join(f"column{i}" for i in range(columns))
        wide = write("wide.csv", names + "\n" + ",".join(["1"] * columns) + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        code, out, err = run("data", "look", wide)
        took.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    expect("data look: the time of many columns grows with them", code == 0 and
           took[1] < 8 * took[0] + .5, took, err)


def check_examples():
    """The five tables against scikit-learn, on the same split."""
    data = os.environ.get("ANSATZ_DATA_PATH", "data")
    reference = json.loads((root / "tests/reference/table_jobs.json").read_text())
    for name in ("adult", "wine", "iris", "breast-cancer", "california-housing"):
        text = (root / f"examples/jobs/{name}.yaml").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        expect(f"{name}: at most 12 lines", len(lines) <= 12, len(lines))
        path = lines[1].split("path: ")[1].split(",")[0]
        if not (pathlib.Path(data) / path).exists():
            print(f"{name}: {path} is not there")
            continue
        write(f"{name}.yaml", text)
        code, out, err = run("train", f"{name}.yaml")
        wanted = reference[name]
        expect(f"{name}: trains", code == 0 and f"({wanted['numbers']} numbers)" in out, out, err)
        if code:
            continue
        # The test rows as they stand in the file.
        source = (pathlib.Path(data) / path).read_text().splitlines()
        rows = [line for line in source if line.strip()]
        order = numpy.random.RandomState(0).permutation(len(rows))
        write("rows.data", "".join(rows[i] + "\n" for i in order[wanted["train"]:]))
        code, out, err = run("predict", f"{name}.pkl", "rows.data")
        found = list(csv.reader(io.StringIO(out)))[1:]
        place = {"adult": 14, "wine": 0, "iris": 4, "breast-cancer": 1,
                 "california-housing": 8}[name]
        true = [line.split(",")[place].strip() for line in
                (rows[i] for i in order[wanted["train"]:])]
        expect(f"{name}: predicts raw rows", code == 0 and len(found) == wanted["test"], err)
        if "accuracy" in wanted:
            share = numpy.mean([row[0] == t for row, t in zip(found, true)])
            print(f"{name}: accuracy {share:.4f}, scikit-learn {wanted['accuracy']:.4f}")
            expect(f"{name}: within a percentage point of scikit-learn, or better",
                   share > wanted["accuracy"] - .01, share, wanted)
        else:
            y, guess = numpy.array(true, float), numpy.array([row[0] for row in found], float)
            rmse = numpy.mean((y - guess) ** 2) ** .5
            r2 = 1 - rmse ** 2 / y.var()
            print(f"{name}: R2 {r2:.4f}, RMSE {rmse:.0f}; scikit-learn {wanted['r2']:.4f}, "
                  f"{wanted['rmse']:.0f}")
            expect(f"{name}: within 1 % of scikit-learn, or better",
                   rmse < 1.01 * wanted["rmse"] and r2 > wanted["r2"] - .01, rmse, r2, wanted)


check_reader()
check_statistics()
check_prediction()
check_regression()
check_weights()
check_errors()
check_numbers_as_categories()
check_look()
check_examples()
sys.exit(1 if failures else 0)
