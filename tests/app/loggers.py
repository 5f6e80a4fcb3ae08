"""Records that other programs read while a job runs: CSVLogger, TensorBoard.

    loggers.py ANSATZ

The reader of event files is written from the formats' descriptions alone: TFRecord with masked
CRC-32C, messages of protocol buffers.
"""
import csv
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import time

from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
folder = temporary_folder("loggers")

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
# What is no file is neither waited for nor read without end.
os.mkfifo(folder / "pipe.csv")
for path in "pipe.csv", "/dev/zero", "/dev/full", "/dev/tty", "/proc/self/mem", ".":
    code, out, err = train(1, "!obj:CSVLogger { filename: %s }" % path)
    expect(f"CSVLogger: {path} is told", code in (1, 3) and path in err, code, out,
           err)

# What others do to the files while the job runs.
LONG = 1500
ends = subprocess.DEVNULL


def at_work():
    """A long job, once it has written records."""
    (folder / "log.csv").unlink(missing_ok=True)
    shutil.rmtree(folder / "board", ignore_errors=True)
    (folder / "job.yaml").write_text(JOB % (LONG, f"{CSV}, {BOARD % ''}"))
    run = subprocess.Popen([program, "train", "job.yaml", "-q", "save_freq=500"], stdout=ends,
                           stderr=ends, cwd=folder)
    while run.poll() is None:
        if (folder / "log.csv").exists() and (folder / "log.csv").stat().st_size > 5000:
            break
        time.sleep(.002)
    return run


def board_file():
    return max((folder / "board/one").iterdir(), key=lambda path: int(path.name.split(".")[-1]))


def is_whole(events, last=LONG):
    steps = [s for s, _ in events]
    return steps == list(range(steps[0], last + 1))


def removed(path):
    path.unlink()


def exchanged(path):
    removed(path)
    try:
        os.mkfifo(path)
    except FileExistsError:  # it is written anew already
        pass


def cut_off(path):
    os.truncate(path, 1000)


def replaced_by_a_link(path):
    # Written once: the run may write over an empty file, which it is for a moment.
    if not (folder / "precious").exists():
        (folder / "precious").write_text("precious")
    (folder / "link").unlink(missing_ok=True)
    (folder / "link").symlink_to("precious")
    (folder / "link").rename(path)


for change in removed, exchanged, cut_off, replaced_by_a_link:
    run = at_work()
    change(folder / "log.csv")
    change(board_file())
    code = run.wait(60)
    written = (folder / "log.csv").read_text() if (folder / "log.csv").is_file() else ""
    expect(f"CSVLogger: its file is {change.__name__}", code == 0 and (
        written == monitor("csv") or change in (exchanged, replaced_by_a_link)), code,
        written[:300])
    expect(f"TensorBoard: its file is {change.__name__}",
           is_whole(events_of(board_file())), board_file())
    if change is replaced_by_a_link:
        expect("what links that were laid there lead to is not written over",
               (folder / "precious").read_text() == "precious")

# A record is there whole or not at all.
for limit in 20000, 20001, 20100, 20222:
    shutil.rmtree(folder / "board")
    (folder / "log.csv").unlink()
    (folder / "job.yaml").write_text((JOB % (100, f"{CSV}, {BOARD % ''}")).replace(
        "  save_path: m.pkl, save_freq: 1\n", ""))
    end = subprocess.run([program, "train", "job.yaml", "-q"], capture_output=True, text=True,
                         cwd=folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                           (limit, limit)))
    lines = (folder / "log.csv").read_text().split("\n")
    expect(f"CSVLogger: rows are whole where a file may have {limit} bytes",
           end.returncode == 0 and len(lines) > 20 and lines[-1] == ""
           and len({line.count(",") for line in lines[:-1]}) == 1, end, lines[-2:])
    found = events_of(board_file())
    expect(f"TensorBoard: records are whole where a file may have {limit} bytes",
           len(found) > 20 and end.stderr.count("File too large") == 2
           and is_whole(found, found[-1][0]), end.stderr)
if os.geteuid() != 0:
    (folder / "board/one").chmod(0o500)
    code, out, err = train(1, BOARD % "")
    expect("TensorBoard: a folder that is not ours is an error", code != 0 and "board/one" in err,
           err)
    (folder / "board/one").chmod(0o700)
sys.exit(1 if failures else 0)
