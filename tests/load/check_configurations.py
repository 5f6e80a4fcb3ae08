"""ansatz --load: a shared object's configuration trains the jobs it describes.

    check_configurations.py ANSATZ JOB.so SAME_NAME.so JOB
"""
import json
import re
import sys

from program import end, expect, run

mine, theirs, job = sys.argv[2:]


def objectives(*arguments):
    events = [json.loads(line) for line in run("train", "--json", *arguments)[1].splitlines()]
    return [e["channels"]["objective"] for e in events if e["event"] == "epoch"]


code, alone = run("train", job)
expect("without --load the job has a run-time plan", code == 0 and "run-time plan: " in alone,
       alone)
code, text = run("train", "--load", mine, job)
expect("with --load it is the configuration", code == 0
       and "program: precompiled my_bends\n" in text and "ended: 3 epochs" in text, text)
expect("both train to the same numbers", len(objectives(job)) == 4
       and objectives("--load", mine, job) == objectives(job), alone + text)
code, text = run("train", "--load", mine, job, "model.layers.h0.dim=9")
expect("a job of another size borrows its loops", code == 0
       and re.search(r"run-time plan: (\d+) of \1 loops precompiled", text), text)
code, text = run("train", "--load", mine, "--floatX", "float64", job)
expect("it is one of float32 alone", code == 0 and "run-time plan: " in text, text)
code, text = run("list", "my_bends", "--load", mine)
expect("ansatz list shows it", code == 0 and re.search(r"my_bends +float32", text), text)
code, text = run("train", "--load", mine, "--load", theirs, job)
expect("of two with one name the second is refused, with both places", code == 1
       and "configuration my_bends is registered twice" in text
       and re.search(r"my_job.cpp:\d", text)
       and re.search(r"their_job.cpp:\d", text), text)
end()
