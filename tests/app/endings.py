"""What a run writes is settled before it trains, and however it ends, it saves or says why not.

    endings.py ANSATZ
"""
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
import zlib

from expect import expect, failures, temporary_folder

program = sys.argv[1]
folder = temporary_folder("endings")
os.chdir(folder)
folder.chmod(0o755)  # nobody else may write, others may look
ENVIRONMENT = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder)}
DATA = "y,a,b\n0,1,2\n1,3,1\n0,2,2\n1,4,0\n"
JOB = """!obj:pylearn2.train.Train {
    dataset: &train !obj:pylearn2.datasets.csv_dataset.CSVDataset { path: "train.csv" },
    model: !obj:pylearn2.models.mlp.MLP { nvis: 2, layers: [
        !obj:pylearn2.models.mlp.Tanh { layer_name: h0, dim: 3, irange: .1 },
        !obj:pylearn2.models.mlp.Softmax { layer_name: y, n_classes: 2, irange: .1 } ] },
    algorithm: !obj:pylearn2.training_algorithms.sgd.SGD { batch_size: 2, learning_rate: .05,
        monitoring_dataset: { train: *train }, update_callbacks: [],
        termination_criterion: !obj:pylearn2.termination_criteria.EpochCounter { max_epochs: 2 } },
    save_path: "m.pkl", save_freq: 1 }
"""
BEST = """    extensions: [
        !obj:pylearn2.train_extensions.best_params.MonitorBasedSaveBest {
            channel_name: train_objective, save_path: "best.pkl" } ],
"""
(folder / "train.csv").write_text(DATA)
(folder / "job.yaml").write_text(JOB)
(folder / "best.yaml").write_text(JOB.replace("    save_path", BEST + "    save_path"))
LOGS = ["!obj:CSVLogger { filename: log.csv }", "!obj:TensorBoard { log_dir: board }"]
(folder / "log.yaml").write_text(JOB.replace("    save_path", BEST.replace(
    " } ]", " }, " + ", ".join(LOGS) + " ]") + "    save_path"))
TWICE = f"    extensions: [ {LOGS[0]}, {LOGS[0].replace('log.', './log.')} ],\n"
(folder / "logs.yaml").write_text(JOB.replace("    save_path", TWICE + "    save_path"))
FOR_EVER = ["save_freq=1000000000", "algorithm.termination_criterion.max_epochs=2000000000"]


def run(*arguments, **options):
    options = {"env": ENVIRONMENT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
               "timeout": 60, **options}
    result = subprocess.run([program, *map(str, arguments)], text=True, **options)
    return result.returncode, result.stdout or "", result.stderr or ""


def limited(**limits):
    def set_limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, value))
    return set_limits


def temporaries():
    return [name for name in os.listdir(folder) if name.endswith(".tmp")]


def refused(what, words, *arguments, job="job.yaml", at_check=True):
    """The job does not train, and both `check` and `train` say why, in words."""
    for command in (["check"] if at_check else []) + ["train"]:
        code, out, err = run(command, job, "save_freq=100", *arguments)
        expect(f"{command}: {what}", code == 3 and all(w in err for w in words)
               and ("command line" in err or f"{job}:" in err)
               and "\n     1 " not in out, code, out, err)


def check_preprocess():
    """What is saved replaces nothing that is read."""
    data = "!obj:CSVDataset {{ path: train.csv, preprocessor: {} }}"
    code, out, err = run("preprocess", data.format("!obj:Standardize {}, fit_preprocessor: True"),
                         "-o", "made.pkl", "--preprocessor", "how.pkl")
    expect("preprocess saves both", code == 0, code, err)
    before = {name: (folder / name).read_bytes() for name in ("made.pkl", "how.pkl", "train.csv")}
    os.symlink("how.pkl", folder / "how")
    text = folder / "data.yaml"
    text.write_text(data.format("!pkl: how.pkl"))
    for options in (["-o", "how.pkl"], ["-o", "how"], ["-o", "o.pkl", "--preprocessor", "how"],
                    ["-o", "train.csv"], ["-o", "data.yaml"]):
        code, out, err = run("preprocess", "data.yaml", *options)
        expect(f"preprocess {' '.join(options)}", code == 1 and err, code, err)
    expect("preprocess replaced nothing", text.read_text() == data.format("!pkl: how.pkl")
           and all((folder / name).read_bytes() == was for name, was in before.items()))
    code, out, err = run("preprocess", "data.yaml", "-o", "made.pkl")
    expect("preprocess replaces what it made before", code == 0, code, err)
    pictures = folder / "pictures" / "a"
    pictures.mkdir(parents=True)

    def chunk(kind, content):
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc
    picture = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0]))
               + chunk(b"IDAT", zlib.compress(bytes([0, 10, 20, 0, 30, 40]))) + chunk(b"IEND", b""))
    for name in "1.png", "2.png":
        (pictures / name).write_bytes(picture)
    images = "!obj:ImageFolder { path: pictures, size: [2, 2], channels: 1 }"
    code, out, err = run("show", "examples", images, "-o", "pictures/a/../a/2.png")
    expect("show examples: over none of the pictures", code == 1 and "it is read" in err
           and (pictures / "2.png").read_bytes() == picture, code, err)
    code, out, err = run("show", "examples", images, "-o", "sheet.png")
    expect("show examples: beside them", code == 0, code, err)
    for data in ("pipe", "/dev/zero", "!obj:NpyDataset { file: pipe, mmap_mode: r }",
                 "!obj:MatlabDataset { path: pipe, which_set: train }"):
        code, out, err = run("preprocess", data, "-o", "o.pkl")
        expect(f"preprocess waits for no pipe: {data}", code in (1, 3)
               and ("a pipe" in err or "a device" in err), code, err)


def check_outputs():
    (folder / "old.csv").write_text("something")
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    refused("a folder is no place for a model", ["it is a folder"], "save_path=sub")
    refused("nor is a pipe", ["a device or a pipe"], "save_path=pipe")
    refused("nor is a device", ["a device or a pipe"], "save_path=/dev/null")
    refused("a folder that is missing", ["does not exist"], "save_path=none/m.pkl")
    refused("a name that is too long with what is put around it", ["shorter name"],
            "save_path=" + 256 * "n")
    refused("what is no model is not replaced", ["is no model", "text"], "save_path=old.csv")
    refused("nor is it where overwriting is forbidden", ["exists"], "save_path=old.csv",
            "allow_overwrite=false")
    refused("the data are not replaced", ["data"], "save_path=./train.csv")
    refused("the job is not replaced", ["job file"], "save_path=sub/../job.yaml")
    os.symlink("train.csv", folder / "link")
    os.symlink("..", folder / "sub" / "up")
    refused("the data are not replaced through a link", ["data"], "save_path=link")
    best = "extensions.MonitorBasedSaveBest.save_path="
    refused("two outputs on one file", ["another output"], best + "./m.pkl", job="best.yaml")
    refused("an extension replaces a model only", ["is no model"], best + "old.csv",
            job="best.yaml")
    for name, words in (("./m.pkl", "another output"), ("sub/up/m.pkl", "another output"),
                        ("./best.pkl", "another output"), ("train.csv", "file of the data"),
                        ("log.yaml", "job file"), ("old.csv", "no table of records"),
                        ("none/log.csv", "does not exist"), ("sub", "a folder"),
                        ("pipe", "a pipe"), ("/dev/full", "a device"), ("/dev/zero", "a device")):
        refused(f"records at {name}", [words], f"extensions.CSVLogger.filename={name}",
                job="log.yaml")
    for name, words in (("m.pkl", "another output"), ("old.csv", "is no folder"),
                        ("pipe", "is no folder"), ("log.csv", "another output")):
        refused(f"event files in {name}", [words], f"extensions.TensorBoard.log_dir={name}",
                job="log.yaml")
    refused("two tables in one file", ["another output"], job="logs.yaml")
    refused("a name that the format keeps for itself", ["state/h0_W", "rename"],
            "model.layers.h0.layer_name=state/h0")
    two = "\n".join("- " + line if not i else "  " + line for i, line in
                    enumerate(JOB.splitlines()))
    (folder / "two.yaml").write_text(two + "\n" + two.replace("&train", "&other").replace(
        "*train", "*other") + "\n")
    code, out, err = run("check", "two.yaml")
    expect("check: two jobs on one file", code == 3 and "another output" in err, code, out, err)

    expect("nothing was made or changed",
           sorted(os.listdir(folder)) == sorted(["best.yaml", "job.yaml", "link", "log.yaml",
                                                 "logs.yaml", "old.csv", "pipe", "sub",
                                                 "train.csv", "two.yaml"])
           and (folder / "train.csv").read_text() == DATA
           and (folder / "old.csv").read_text() == "something", os.listdir(folder))
    (folder / "empty.pkl").touch()
    code, out, err = run("train", "job.yaml", "-q", "save_path=empty.pkl")
    expect("an empty file is replaced", code == 0 and (folder / "empty.pkl").stat().st_size > 0,
           code, err)
    code, out, err = run("train", "job.yaml", "-q")
    expect("a model is saved", code == 0, code, err)
    code, out, err = run("train", "job.yaml", "-q")
    expect("a model replaces a model", code == 0, code, err)
    refused("but not where overwriting is forbidden", ["exists"], "allow_overwrite=false")
    code, out, err = run("train", "job.yaml", "-q", "--resume", "allow_overwrite=false",
                         "algorithm.termination_criterion.max_epochs=3")
    expect("a run that goes on replaces its own", code == 0, code, err)
    code, out, err = run("compile", "job.yaml", "allow_overwrite=false")
    expect("compiling writes no model", "exists" not in err, code, err)
    refused("not the file that it begins with", ["an input"], "init_from=m.pkl")
    (folder / "on.yaml").write_text(JOB.replace(JOB[JOB.index("model:"):JOB.index("    algorithm")],
                                                "model: !pkl: 'm.pkl',\n"))
    code, out, err = run("train", "on.yaml", "-q")
    expect("a model may be saved where it came from", code == 0, code, err)
    model = (folder / "m.pkl").read_bytes()
    (folder / "model.csv").write_bytes(model)
    (folder / "other.csv").write_bytes(model)
    for out_file, words in (("model.csv", "it is read"), ("train.csv", "it is read"),
                            ("other.csv", "it is a model"), ("sub", "a folder"),
                            ("none/p.csv", "does not exist"), ("pipe", "a pipe")):
        code, out, err = run("predict", "model.csv", "--data", "train.csv", "-o", out_file)
        expect(f"predict -o {out_file}", code == 1 and words in err, code, err)
    code, out, err = run("predict", "m.pkl", "--data", "train.csv", "-o", "m.pkl")
    expect("predict -o m.pkl", code == 2 and "allowed: .csv, .npy" in err, code, err)
    expect("predict replaced nothing", (folder / "m.pkl").read_bytes() == model
           and (folder / "train.csv").read_text() == DATA)
    for out_file in ("train.csv", "link", "./train.csv", "m.pkl", "job.yaml"):
        code, out, err = run("train", "job.yaml", "--profile", "1", "--trace", out_file)
        expect(f"train --trace {out_file}", code == 1 and "cannot write" in err
               and (folder / "train.csv").read_text() == DATA
               and (folder / "m.pkl").read_bytes() == model, code, err)
    check_preprocess()
    code, out, err = run("predict", "m.pkl", "--data", "train.csv", "-o", "old.csv")
    expect("predictions replace what is no model", code == 0, code, err)


def check_streams():
    for where, target in (("closed", None), ("full", "/dev/full")):
        def closed():
            if target is None:
                os.close(2)
        stream = open(target, "w") if target else None
        options = {"stderr": stream, "preexec_fn": closed}
        expect(f"stderr {where}: the code of an error of the job",
               run("check", "none.yaml", **options)[0] == 3)
        expect(f"stderr {where}: that of another error",
               run("print-monitor", "none", **options)[0] == 1)
        (folder / "m.pkl").unlink(missing_ok=True)
        (folder / "tick.yaml").write_text(JOB.replace(
            "[],", "[ !obj:pylearn2.training_algorithms.sgd.EpochMonitor { tick_rate: 1 } ],"))
        code = run("train", "tick.yaml", "-q", **options)[0]
        expect(f"stderr {where}: the training is saved", code == 0
               and (folder / "m.pkl").read_bytes()[9:20] == b'"__metadata', code)
    with open("/dev/full", "w") as full:
        (folder / "m.pkl").unlink()
        code, _, err = run("train", "job.yaml", stdout=full)
        expect("stdout full: the training is saved, and the exit code 1", code == 1
               and "could not be written" in err and (folder / "m.pkl").exists(), code, err)
    (folder / "m.pkl").unlink()
    reader, writer = os.pipe()
    os.close(reader)
    code, _, err = run("train", "job.yaml", stdout=writer)
    os.close(writer)
    expect("a pipe nobody reads: the training is saved", code == 1 and (folder / "m.pkl").exists(),
           code, err)


def check_signals():
    for name, ignored in [(n, False) for n in ("INT", "TERM", "HUP", "XCPU", "USR1")] + [
            (n, True) for n in ("INT", "HUP")]:
        number = getattr(signal, "SIG" + name)
        (folder / "m.pkl").unlink(missing_ok=True)

        def before():
            signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
        process = subprocess.Popen([program, "train", "job.yaml", *FOR_EVER], env=ENVIRONMENT,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=before, text=True)
        for line in process.stdout:
            if line.split()[:1] == ["1"]:
                break
        process.send_signal(number)
        if ignored:
            time.sleep(.3)
            expect(f"SIG{name} that was ignored stays so", process.poll() is None)
            process.kill()
            process.communicate()
            continue
        _, err = process.communicate(timeout=60)
        expect(f"SIG{name}: saved, exit code {128 + number}", process.returncode == 128 + number
               and (folder / "m.pkl").exists() and "m.pkl is saved" in err, process.returncode, err)


def check_limits():
    (folder / "m.pkl").unlink(missing_ok=True)
    code, out, err = run("train", "job.yaml", "-q", preexec_fn=limited(FSIZE=2048))
    expect("a file larger than allowed: said before anything is trained", code == 1
           and "ulimit -f" in err and "epoch" not in out and not temporaries(), code, err)
    if subprocess.run([program, "--version"], stdout=subprocess.DEVNULL,
                      preexec_fn=limited(AS=2 << 30)).returncode == 0:  # no sanitizer's terabytes
        code, out, err = run("train", "job.yaml", "model.layers.h0.dim=500000000", "-q",
                             preexec_fn=limited(AS=2 << 30))
        expect("parameters that do not fit: of what, how much", code == 3
               and "the parameters need 10.0 GB, of which h0_W" in err, code, err)
        code, out, err = run("train", "job.yaml", "model.layers.h0.dim=10000000", "-q",
                             preexec_fn=limited(AS=400 << 20))
        expect("the same in MB where they are fewer", code == 3
               and re.search(r"need \d+\.\d MB, of which h0_W \S+ \S+ \d+\.\d; there", err), code,
               err)
        code, out, err = run("check", "job.yaml", "-q", "model.layers.h0.dim=500000000",
                             preexec_fn=limited(AS=2 << 30))
        expect("check looks at any size", code in (0, 2, 3), code, err)
        for kilobytes in (150000, 250000):
            code, out, err = run("--version", preexec_fn=limited(AS=kilobytes * 1024))
            expect(f"--version in {kilobytes} kB of addresses ends", code in (0, 1, 127)
                   and (code == 0 or err), code, err)
        code, out, err = run("train", "job.yaml", "-q", "--threads", "2",
                             preexec_fn=limited(AS=460 * 1024 * 1024))
        expect("train in little address space ends", code in (0, 1) and (code == 0 or err), code,
               err)


def check_privacy():
    (folder / "m.pkl").unlink(missing_ok=True)
    run("train", "job.yaml", "-q")
    (folder / "m.pkl").chmod(0o600)
    run("train", "job.yaml", "-q")
    expect("a private model stays private",
           stat.S_IMODE((folder / "m.pkl").stat().st_mode) == 0o600)
    if os.getuid() != 0:
        return
    (folder / "open").mkdir()
    (folder / "open").chmod(0o1777)
    (folder / "victim").write_bytes((folder / "m.pkl").read_bytes())
    os.symlink(folder / "victim", folder / "open" / "m.pkl")
    os.lchown(folder / "open" / "m.pkl", 65534, 65534)
    os.symlink(folder, folder / "open" / "way")
    os.lchown(folder / "open" / "way", 65534, 65534)
    shutil.copy("m.pkl", "open/theirs.pkl")
    os.chown("open/theirs.pkl", 65534, 65534)
    before = (folder / "victim").stat().st_ino
    for path, words in (("open/m.pkl", "is a link that user 65534"),
                        ("open/way/victim", "is a link that user 65534"),
                        ("open/theirs.pkl", "belongs to user 65534")):
        code, out, err = run("train", "job.yaml", "-q", f"save_path={path}")
        expect(f"nothing of another user is followed: {path}", code == 3 and words in err, code,
               err)
    expect("the file that a link named is there still",
           (folder / "victim").stat().st_ino == before)
    os.chown("m.pkl", 65534, 65534)
    run("train", "job.yaml", "-q")
    expect("a file of another user stays his", (folder / "m.pkl").stat().st_uid == 65534)
    os.unlink("m.pkl")


def check_second_place():
    (folder / "place").mkdir()
    process = subprocess.Popen([program, "train", "job.yaml", "save_path=place/m.pkl", *FOR_EVER],
                               env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    for line in process.stdout:
        if line.split()[:1] == ["1"]:
            break
    (folder / "place").rename(folder / "moved")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    saved = [name for name in os.listdir(folder) if name.startswith("m.pkl.saved-")]
    expect("a last save that fails is tried at another place, which is named",
           process.returncode == 1 and len(saved) == 1 and saved[0] in err
           and "place/m.pkl" in err, process.returncode, err, saved)
    if saved:
        code, _, err = run("print-monitor", saved[0])
        expect("and can be read there", code == 0, err)


def check_two_trainings():
    (folder / "m.pkl").unlink(missing_ok=True)
    processes = [subprocess.Popen([program, "train", "job.yaml", "-q",
                                   "algorithm.termination_criterion.max_epochs=150"],
                                  env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
                 for _ in range(3)]
    ends = [(p.communicate(timeout=120)[1], p.returncode) for p in processes]
    expect("three trainings on one file end well", all(code == 0 for _, code in ends)
           and not temporaries(), ends, temporaries())


for each in (check_outputs, check_streams, check_signals, check_limits, check_privacy,
             check_second_place, check_two_trainings):
    each()
sys.exit(1 if failures else 0)
