"""ansatz --load: a shared object's classes can be named in a job.

    check.py ANSATZ GOOD.so OTHER.so JOB
"""
import sys

from program import end, expect, run

good, other, job = sys.argv[2:]

code, text = run("train", job)
expect("without --load the class is unknown, with its place", code == 3 and "my_models.Bump" in text
       and "job.yaml:6:" in text, text)
code, text = run("train", "--load", good, job)
expect("with --load the job trains", code == 0 and "epoch 3" in text, text)
code, text = run("list", "Bump", "--load", good)
expect("ansatz list shows its keys", code == 0 and "width" in text and "of the bump" in text, text)
code, text = run("train", "--load", good, "--load", other, job)
expect("an object for another processor is refused", code == 1 and "compiled for" in text, text)
code, text = run("train", "--load", job, job)
expect("what is no shared object is refused", code == 1 and "--load" in text, text)
end()
