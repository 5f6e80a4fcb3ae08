"""Records that other programs read while a job runs: CSVLogger, TensorBoard.

    loggers.py ANSATZ

The reader of event files is written from the formats' descriptions alone: TFRecord with masked
CRC-32C, messages of protocol buffers.
"""
import csv
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from expect import expect, failures

program = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp(prefix="ansatz-loggers-"))

JOB = """!obj:Train {
  dataset: &train !obj:random_dense_design_matrix { num_examples: 60, dim: 4, num_classes: 3 },
  model: !obj:MLP { nvis: 4, layers: [ !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },
  algorithm: !obj:SGD { batch_size: 20, learning_rate: .1, monitoring_dataset: { train: *train },
                        termination_criterion: !obj:EpochCounter { max_epochs: %d } },
  extensions: [ %s ],
  save_path: m.pkl, save_freq: 1
}
"""
CSV = "!obj:CSVLogger { filename: log.csv }"
BOARD = "!obj:TensorBoard { log_dir: board/one %s }"


def train(epochs, extensions, *arguments):
    (folder / "job.yaml").write_text(JOB % (epochs, extensions))
    end = subprocess.run([program, "train", "job.yaml", *arguments], capture_output=True, text=True,
                         cwd=folder)
    return end.returncode, end.stdout, end.stderr


def monitor(form):
    return subprocess.run([program, "monitor", form, "m.pkl"], capture_output=True, text=True,
                          cwd=folder, check=True).stdout


def crc32c(data):
    c = 0xFFFFFFFF
    for byte in data:
        c ^= byte
        for _ in range(8):
            c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
    return c ^ 0xFFFFFFFF


def masked(data):
    c = crc32c(data)
    return ((c >> 15 | c << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def message(data):
    """Fields as (index, value), in their order."""
    at, fields = 0, []
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            assert wire == 5, wire
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        fields.append((key >> 3, value))
    return fields


def events_of(path):
    """(step, scalars) of each event after the first, which says the version."""
    data, at, events = path.read_bytes(), 0, []
    while at < len(data):
        length, crc = struct.unpack_from("<QI", data, at)
        assert crc == masked(data[at:at + 8])
        body = data[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(body)
        at += 16 + length
        fields = dict(message(body))
        assert fields[1] > 1.6e9, fields
        scalars = {}
        for index, value in message(fields.get(5, b"")):
            assert index == 1
            one = dict(message(value))
            scalars[one[1].decode()] = one[2]
        events.append((fields[2], fields.get(3), scalars))
    assert events[0][1] == b"brain.Event:2", events[0]
    return [(step, scalars) for step, _, scalars in events[1:]]


expect("the reader's CRC-32C is that of RFC 3720", crc32c(b"123456789") == 0xE3069283
       and crc32c(bytes(32)) == 0x8A9136AA)

code, out, err = train(3, f"{CSV}, {BOARD % ''}")
expect("CSVLogger: the rows of `monitor csv`", code == 0
       and (folder / "log.csv").read_text() == monitor("csv"), out, err)
records = json.loads(monitor("json"))
files = sorted((folder / "board/one").iterdir())
found = events_of(files[0])
expect("TensorBoard: an event a record, the step being the epoch", len(files) == 1
       and files[0].name.startswith("events.out.tfevents.")
       and [s for s, _ in found] == [0, 1, 2, 3],
       files, found)
rows = list(csv.DictReader(open(folder / "log.csv")))
same = all(struct.pack("<f", float(row[name])) == struct.pack("<f", scalars[name])
           for row, (_, scalars) in zip(rows, found) for name in row
           if name not in ("epochs_seen", "batches_seen", "examples_seen", "seconds"))
expect("TensorBoard: the records' values in float", same and "train_objective" in found[0][1],
       found)
expect("TensorBoard: the loss of each epoch", "loss" not in found[0][1]
       and all(scalars["loss"] > 0 for _, scalars in found[1:]), found)

code, out, err = train(5, f"{CSV}, {BOARD % ''}", "--resume")
expect("CSVLogger: a run that goes on writes all its records", code == 0
       and (folder / "log.csv").read_text() == monitor("csv")
       and monitor("csv").count("\n") == 7, out, err)
files = sorted((folder / "board/one").iterdir(), key=lambda path: path.stat().st_mtime)
expect("TensorBoard: a run that goes on writes a file of its own", len(files) == 2
       and [s for s, _ in events_of(files[1])] == [4, 5], files)
for step, wanted in (("epochs", [0, 1]), ("batches", [0, 3]), ("examples", [0, 60])):
    code, out, err = train(1, BOARD.replace("one", step) % f", step: {step}")
    found = events_of(next((folder / "board" / step).iterdir())) if code == 0 else []
    expect(f"TensorBoard.step: {step}", [s for s, _ in found] == wanted, out, err)
code, out, err = train(1, BOARD % ", step: seconds")
expect("TensorBoard.step: what is allowed is said", code != 0 and '"seconds"' in err
       and "epochs" in err, err)

(folder / "log.csv").write_text("name,age\nEva,3\n")
code, out, err = train(1, CSV)
expect("CSVLogger: another table is not written over", code != 0 and "not written over" in err
       and (folder / "log.csv").read_text() == "name,age\nEva,3\n", err)
code, out, err = train(1, "!obj:CSVLogger { filename: none/log.csv }")
expect("CSVLogger: a folder that is missing is told before anything is trained", code == 3
       and "the folder 'none' does not exist" in err and not out, code, out, err)
(folder / "folds.yaml").write_text(
    JOB.replace("Train {\n  dataset: &train", "TrainCV { dataset_iterator: !obj:DatasetKFold {"
                " n_folds: 2, dataset:").replace("},\n  model", "} },\n  model").replace(
                    " monitoring_dataset: { train: *train },", "").replace(
                        ", save_freq: 1", "") % (2, "!obj:CSVLogger { filename: fold.csv }"))
end = subprocess.run([program, "train", "folds.yaml", "-q"], cwd=folder, capture_output=True,
                     text=True)
tables = [folder / f"fold-{i}.csv" for i in (0, 1)]
expect("CSVLogger: each fold has a table of its own", end.returncode == 0
       and not (folder / "fold.csv").exists()
       and all(table.read_text().count("\n") == 4 for table in tables)
       and tables[0].read_text() != tables[1].read_text(), end.stderr, os.listdir(folder))
(folder / "file").write_text("")
code, out, err = train(1, "!obj:TensorBoard { log_dir: file/board }")
expect("TensorBoard: a folder that cannot be made is an error", code != 0 and "file/board" in err,
       err)
if os.geteuid() != 0:
    (folder / "board/one").chmod(0o500)
    code, out, err = train(1, BOARD % "")
    expect("TensorBoard: a folder that is not ours is an error", code != 0 and "board/one" in err,
           err)
    (folder / "board/one").chmod(0o700)
sys.exit(1 if failures else 0)
