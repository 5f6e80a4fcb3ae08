"""As SQLite is tested: the n-th call of a function fails, for every n; the file that was there
stays whole, the message names it, the exit code is a documented one, nothing temporary stays.

    faults.py ANSATZ LIBRARY       LIBRARY: fail_calls.c, compiled
                                   ANSATZ_TEST_MEMORY=N: so many allocations of each command fail;
                                   default: 4
                                   ANSATZ_TEST_EVERY=1: each of them
"""
import concurrent.futures
import errno
import functools
import http.server
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading

import jobs

ansatz, library = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:])
every = os.environ.get("ANSATZ_TEST_EVERY") == "1"
memory = int(os.environ.get("ANSATZ_TEST_MEMORY", "4"))
base = pathlib.Path(tempfile.mkdtemp(prefix="ansatz-faults-"))
FILES = ("open,read,write,pwrite,fsync,fdatasync,rename,link,close,ftruncate,unlink,fchmod,mkdir,"
         "flock,mmap")
OUT = "written-to"  # the folder whose files' calls count
TEMPORARY = (".tmp", ".part")


class Handler(http.server.SimpleHTTPRequestHandler):
    """The folder served/, for `data fetch`."""

    def __init__(self, *arguments):
        super().__init__(*arguments, directory=str(base / "served"))

    def log_message(self, *arguments):
        pass

    def handle_error(self, *arguments):
        pass


def run(line, folder, **variables):
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    environment.update({k: str(v) for k, v in variables.items()}, HOME=str(folder),
                       XDG_CACHE_HOME=str(folder / OUT / "cache"))
    try:
        p = subprocess.run([ansatz, *line], cwd=folder, env=environment, capture_output=True,
                           timeout=60)
        return p.returncode, p.stderr.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return "hung", ""


def whole_model(path):
    try:
        jobs.read_model(path)
        return True
    except Exception:
        return False


class Scenario:
    """A command that writes OUT/TARGET; `old` is what lies there before, None: nothing."""

    def __init__(self, name, line, target, old=None, good=None, job="sgd", named=None,
                 variables=None):
        self.name, self.line, self.target, self.old, self.job = name, line, target, old, job
        self.good = good or whole_model
        self.named = named or [os.path.basename(target)]  # one of these is in each message
        self.variables = variables or {}
        self.every = 1  # of the calls each so-manieth fails
        self.kept = ()  # parts of the names of what a run that fails leaves for the next one

    def prepare(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        jobs.write_job(folder, self.job)
        out = folder / OUT
        (out / "cache").mkdir(parents=True, mode=0o700)
        if self.old is not None:
            (out / self.target).parent.mkdir(parents=True, exist_ok=True)
            (out / self.target).write_bytes(self.old)

    def state(self, folder):
        """What of the target is there: nothing, old, new or damaged."""
        path = folder / OUT / self.target if self.target else None
        if path is None:
            return "new"
        if "*" in self.target:
            found = sorted((folder / OUT).glob(self.target))
            return "new" if found and self.good(found[0]) else "nothing"
        if not path.exists():
            return "nothing"
        if self.old is not None and path.read_bytes() == self.old:
            return "old"
        return "new" if self.good(path) else "damaged"

    def temporary(self, folder):
        return [str(f.relative_to(folder)) for f in (folder / OUT).rglob("*")
                if (f.name.endswith(TEMPORARY) or ".work." in f.name)
                and not any(part in f.name for part in self.kept)]

    def count(self, functions, on=OUT):
        folder = base / self.name.replace(" ", "-")
        self.prepare(folder)
        log = folder / "calls"
        more = {"FAIL_ON": on} if on else {}
        code, err = run(self.line, folder, LD_PRELOAD=library, FAIL_FUNCTIONS=functions,
                        FAIL_COUNT=log, **more, **self.variables)
        assert code == 0 and self.state(folder) == "new", f"{self.name}: {code} {err}"
        text = log.read_text().splitlines()
        return int(text[0]) if functions == "malloc" else text


def faults_of_run(s, folder, code, err, what, function=""):
    trouble = []
    state = s.state(folder)
    # 3: found by the look at the job's outputs before it trains.
    if code not in (0, 1, 3):
        trouble.append(f"exit {code}")
    if state == "damaged" or (state == "nothing" and s.old is not None):
        trouble.append(f"the file is {state}")
    if code == 0 and state != "new":
        trouble.append(f"exit 0, but {state} is there")
    if code != 0 and not err.strip():
        trouble.append("no message")
    return [f"{s.name}: {what}: {t}: {err.strip()[-200:]}" for t in trouble]


def fail_call(s, calls, n, number, always):
    function = calls[n - 1].split(" ")[0]
    what = f"call {n} of {len(calls)} ({calls[n - 1]}): {number}" + ", and all after" * always
    folder = base / f"{threading.get_ident()}"
    s.prepare(folder)
    code, err = run(s.line, folder, LD_PRELOAD=library, FAIL_FUNCTIONS=FILES, FAIL_ON=OUT,
                    FAIL_AT=n, FAIL_ERRNO=getattr(errno, number), FAIL_ALWAYS=int(always),
                    **s.variables)
    faults = faults_of_run(s, folder, code, err, what)
    if code != 0 and not any(name in err for name in s.named):
        faults.append(f"{s.name}: {what}: {s.named} not in the message: {err.strip()[-200:]}")
    left = s.temporary(folder)
    if left and function != "unlink" and not always:
        faults.append(f"{s.name}: {what}: left {left}")
    code, err = run(s.line, folder, **s.variables)
    if code != 0 or s.state(folder) != "new":
        faults.append(f"{s.name}: {what}: the next run: {code}, {s.state(folder)}: {err[:200]}")
    left = s.temporary(folder)
    if left:
        faults.append(f"{s.name}: {what}: after the next run: {left}")
    return faults


def fail_resource(s, functions, number, n, always):
    what = f"{functions} {n}{' and all after' if always else ''} fails"
    folder = base / f"{threading.get_ident()}"
    s.prepare(folder)
    code, err = run(s.line, folder, LD_PRELOAD=library, FAIL_FUNCTIONS=functions, FAIL_AT=n,
                    FAIL_ERRNO=number, FAIL_ALWAYS=int(always), **s.variables)
    return faults_of_run(s, folder, code, err, what)


def scenarios():
    """Commands that write, with what they need: a model, what it predicts, an object, a server."""
    make = base / "make"
    jobs.write_job(make, "sgd")
    (make / OUT).mkdir()
    path = f"save_path={OUT}/m.ansatz"
    train = ["train", "job.yaml", "-q", "-D", "epochs=1", path]
    code, err = run(train, make)
    assert code == 0, err
    model = base / "model.ansatz"
    shutil.copy(make / OUT / "m.ansatz", model)
    old = model.read_bytes()
    predict = ["predict", str(model), "--data", "small.csv", "-o", f"{OUT}/p.csv"]
    code, err = run(predict, make)
    assert code == 0, err
    predicted = (make / OUT / "p.csv").read_bytes()

    def same(path, text=predicted):
        return path.read_bytes() == text

    two = ["train", "job.yaml", "-q", "-D", "epochs=2", path]
    all_of_them = [
        Scenario("first save", train, "m.ansatz"),
        Scenario("save over an old file", two, "m.ansatz", old),
        Scenario("resume", two + ["--resume"], "m.ansatz", old),
        Scenario("predict to a file", predict, "p.csv", good=same),
        Scenario("predict over a file", predict, "p.csv", b"old\n", good=same)]
    all_of_them += written_scenarios(make, model)
    all_of_them.append(compile_scenario(make))
    all_of_them.append(fetch_scenario())
    return [s for s in all_of_them if s]


def written_scenarios(make, model):
    """Pictures, pages and data that commands make of a model, over a file that is there."""
    data = ["--data", "small.csv"]
    lines = {
        "report": (["report", model, "-o"], "r.html", "r.html"),
        "plot svg": (["plot", model, "-o"], "p.svg", "p.svg"),
        "plot png": (["plot", model, "-o"], "p.png", "p.png"),
        "plot pdf": (["plot", model, "-o"], "p.pdf", "p.pdf"),
        "show weights": (["show", "weights", model, "--shape", "1x5", "-o"], "w.png", "w.png"),
        "evaluate report": (["evaluate", model, *data, "--report", "-o"], "e", "e-roc.png"),
        "predict npy": (["predict", model, *data, "--output", "probabilities", "-o"], "p.npy",
                        "p.npy"),
        "preprocess": (["preprocess", "!obj:CSVDataset {path: small.csv, preprocessor: "
                        "!obj:Standardize {}, fit_preprocessor: True}", "-o"], "d.pkl", "d.pkl"),
    }
    found = []
    for name, (line, out, target) in lines.items():
        line = [str(word) for word in line] + [f"{OUT}/{out}"]
        code, err = run(line, make)
        assert code == 0, f"{name}: {err}"
        made = (make / OUT / target).read_bytes()
        good = functools.partial(lambda made, path: path.read_bytes() == made, made)
        if target.endswith(".pdf"):  # has its date
            good = functools.partial(lambda size, path: path.read_bytes()[:5] == b"%PDF-"
                                     and abs(path.stat().st_size - size) < 200, len(made))
        # preprocess replaces nothing but what it wrote.
        old = None if name == "preprocess" else b"old\n"
        found.append(Scenario(name, line, target, old, good=good, named=[out]))
        found[-1].every = 5
    return found


def compile_scenario(make):
    """The compiler is a script that copies what the real one made."""
    line = ["compile", "job.yaml", "-D", "epochs=1"]
    jobs.write_job(make, "rare")
    code, err = run(line, make)
    made = list((make / OUT / "cache").rglob("*.so"))
    if code != 0 or not made:
        print(f"not tried: compile: {err.strip()[:200] or 'no loop is missing'}")
        return None
    shutil.copy(made[0], base / "made.so")
    compiler = base / "compiler"
    compiler.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n'
                        f'exec cp "{base}/made.so" "$2"\n')
    compiler.chmod(0o755)
    made = Scenario("compile", line, "cache/**/*.so", named=["cache", "loops"], job="rare",
                    good=lambda path: path.read_bytes() == (base / "made.so").read_bytes(),
                    variables={"ANSATZ_CXX": str(compiler)})
    made.kept = (".work.",)
    return made


def fetch_scenario():
    """iris.data is 4551 bytes with a hash that is known: only where the data are at hand."""
    source = pathlib.Path(os.environ.get("ANSATZ_DATA_PATH", "/nowhere")) / "iris" / "iris.data"
    if not source.is_file():
        print("not tried: data fetch: ANSATZ_DATA_PATH has no iris/iris.data")
        return None
    (base / "served").mkdir()
    shutil.copy(source, base / "served" / "iris.data")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    content = source.read_bytes()
    url = f"http://127.0.0.1:{server.server_port}/"
    fetch = Scenario("data fetch",
                     ["data", "fetch", "iris", "-q", "--from", url, "--to", f"{OUT}/data"],
                     "data/iris/iris.data", good=lambda path: path.read_bytes() == content,
                     named=["iris"])
    fetch.kept = (".part",)
    return fetch


def main():
    found = scenarios()
    work = []
    for s in found:
        calls = s.count(FILES)
        print(f"{s.name}: {len(calls)} calls of the file system")
        for n in range(1, len(calls) + 1, 1 if every else s.every):
            for number, always in (("ENOSPC", False), ("EIO", True), ("EINTR", False)):
                work.append(functools.partial(fail_call, s, calls, n, number, always))
    train = ["train", "job.yaml", "-q", "-D", "epochs=1", f"save_path={OUT}/m.ansatz"]
    threaded = [Scenario("two threads", train + ["--threads", "2"], "m.ansatz", job="threads"),
                Scenario("live monitoring", train, "m.ansatz", job="live")]
    for s in threaded:
        calls = s.count("pthread_create", on=None)
        print(f"{s.name}: {len(calls)} threads")
        for n in range(1, len(calls) + 1):
            for always in (False, True):
                work.append(functools.partial(fail_resource, s, "pthread_create", errno.EAGAIN, n,
                                              always))
    r = random.Random(1)
    for s in found + threaded[:1] if memory or every else []:
        total = s.count("malloc", on=None)
        sample = range(1, total + 1)
        if not every:
            sample = sorted(r.sample(sample, min(memory, total)))
        print(f"{s.name}: {total} allocations, of which {len(sample)} fail")
        for n in sample:
            for always in (False, True):
                work.append(functools.partial(fail_resource, s, "malloc", errno.ENOMEM, n,
                                              always))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for each in pool.map(lambda f: f(), work) for fault in each]
    print("\n".join(faults))
    print(f"{len(work)} failures of a call, {len(faults)} faults")
    shutil.rmtree(base, ignore_errors=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
