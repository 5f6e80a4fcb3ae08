"""ansatz --load: a shared object's classes can be named in a job.

    check.py ANSATZ GOOD.so OTHER.so JOB AUTOENCODER
"""
import json
import pathlib
import sys
import tempfile

from program import end, expect, run

good, other, job, autoencoder = sys.argv[2:]

code, text = run("train", job)
expect("without --load the class is unknown, with its place", code == 3 and "my_models.Bump" in text
       and "job.yaml:6:" in text, text)
code, text = run("train", "--load", good, job)
expect("with --load the job trains", code == 0 and "ended: 3 epochs" in text, text)
code, text = run("list", "Bump", "--load", good)
expect("ansatz list shows its keys", code == 0 and "width" in text and "of the bump" in text, text)
code, text = run("train", "--load", good, "--load", other, job)
expect("an object for another processor is refused", code == 1 and "compiled for" in text, text)
code, text = run("train", "--load", job, job)
expect("what is no shared object is refused", code == 1 and "--load" in text, text)

# A model made of layers that is no MLP, and a transform that is no matrix.
with tempfile.TemporaryDirectory() as folder:
    model = pathlib.Path(folder) / "model.ansatz"

    def of_job(command, coefficients, *more):
        return run(command, "--load", good, "-D", f"coeffs={coefficients}", "-D", f"out={model}",
                   *more, autoencoder)

    code, text = of_job("check", "[.001, .002]")
    expect("check shows its layers and parameters", code == 0
           and "h0: VectorSpace(8) -> VectorSpace(3)" in text
           and "h1: VectorSpace(3) -> VectorSpace(2)" in text
           and "parameter h0_W [4, 3]" in text and "parameter h1_W [3, 2]" in text
           and f"{4 * 3 + 3 + 3 * 2 + 2} parameters in all" in text, text)
    code, text = of_job("check", "[.001, .002, .003]")
    expect("a coefficient too many has its place", code == 3 and "autoencoder.yaml:" in text
           and "weight_decay: 3 coefficients, but the model has 2 layers" in text, text)
    code, text = of_job("train", "[.001, .002]")
    expect("it trains", code == 0 and "ended: 3 epochs" in text, text)
    code, text = run("summarize-model", "--json", model)
    shapes = {p["name"]: p["shape"] for p in json.loads(text)["parameters"]} if code == 0 else {}
    expect("summarize-model tells its parameters",
           shapes == {"h0_W": [4, 3], "h0_b": [3], "h1_W": [3, 2], "h1_b": [2]}, text)
    code, text = run("list", "LocalTransform", "--load", good)
    expect("ansatz list knows its transform", code == 0 and "linear transform:" in text
           and "window" in text, text)
end()
