"""Trainings killed at any instant and resumed end as those that were left alone, bit for bit.

    kills.py ANSATZ [KILLS]        KILLS of all jobs together; default: $ANSATZ_TEST_KILLS, or 200
"""
import concurrent.futures
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import jobs

ansatz = str(pathlib.Path(sys.argv[1]).resolve())
wanted = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("ANSATZ_TEST_KILLS", "200"))
EPOCHS = {"sgd": 120, "bgd": 60, "best": 80, "phases": 60, "threads": 12}


def command(name, resume):
    line = [ansatz, "train", "job.yaml", "-D", f"epochs={EPOCHS[name]}", "-q"]
    if name == "threads":
        line += ["--threads", "2"]
    return line + (["--resume"] if resume else [])


def models(folder):
    return sorted(f for f in os.listdir(folder)
                  if f.endswith(".ansatz") and not f.startswith("."))


def try_job(base, name, kills_wanted):
    """A line that says what was done, and the faults."""
    r = random.Random(name)
    whole = base / f"{name}-whole"
    jobs.write_job(whole, name)
    start = time.monotonic()
    subprocess.run(command(name, False), cwd=whole, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    kills = runs = done = 0
    temporary, faults = 0, []
    while kills < kills_wanted:
        at = base / f"{name}-killed"
        shutil.rmtree(at, ignore_errors=True)
        jobs.write_job(at, name)
        while True:
            with open(at / "err", "w") as err:
                p = subprocess.Popen(command(name, bool(models(at)) or runs % 2), cwd=at,
                                     stdout=subprocess.DEVNULL, stderr=err)
                runs += 1
                if kills < kills_wanted:
                    try:
                        p.wait(r.uniform(.05, 1) * seconds if r.random() < .8
                               else r.uniform(.002, .05))
                    except subprocess.TimeoutExpired:
                        p.kill()
                p.wait()
            if p.returncode == -9:
                kills += 1
                temporary += any(f.endswith(".tmp") for f in os.listdir(at))
                for f in models(at):
                    try:
                        jobs.read_model(at / f)
                    except Exception as e:
                        faults.append(f"{name}: after a kill: {f}: {e}")
                continue
            if p.returncode != 0:
                faults.append(f"{name}: exit {p.returncode}: {(at / 'err').read_text()[:300]}")
                break
            done += 1
            for f in models(whole):
                found = jobs.differences(whole / f, at / f)
                if found:
                    faults.append(f"{name}: {f} differs: {', '.join(found)[:300]}")
            left = [f for f in os.listdir(at) if f.endswith(".tmp")]
            if left:
                faults.append(f"{name}: left {left}")
            break
        if faults:
            break
    return (f"{name}: {kills} kills, {runs} runs, {done} went to the end, {temporary} kills left a "
            f"temporary file, {len(faults)} faults; {time.monotonic() - start:.0f} s"), faults


def main():
    base = pathlib.Path(tempfile.mkdtemp(prefix="ansatz-kills-"))
    each = -(-wanted // len(EPOCHS))
    faults = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for line, found in pool.map(lambda name: try_job(base, name, each), EPOCHS):
            print(line, flush=True)
            faults += found
    print(f"{each * len(EPOCHS)} kills, {len(faults)} faults")
    print("\n".join(faults))
    shutil.rmtree(base, ignore_errors=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
