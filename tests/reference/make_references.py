#!/usr/bin/python3
"""Writes the reference numbers of README.md: one npz a model, computed by PyTorch in double.

  make_references.py            write all files next to this script
  make_references.py --check    compute again, compare with the files, and verify: gradients
                                against finite differences, update rules against torch.optim,
                                some outputs against a second, independent computation
  make_references.py NAME ...   only these models (with or without --check)
"""

import argparse
import pathlib
import sys

import numpy as np
import torch

import common
import models_supervised
import models_unsupervised
from rules import RULES, torch_optimizer

FOLDER = pathlib.Path(__file__).resolve().parent
SMALLEST_KINK_DISTANCE = 1e-3


def as_tensors(arrays):
    # torch indexes with 64-bit integers only.
    return {k: torch.from_numpy(a.astype(np.int64 if a.dtype == np.int32 else np.float64))
            for k, a in arrays.items()}


def leaves(params):
    return {k: p.detach().clone().requires_grad_() for k, p in params.items()}


def gradients(model, params, inputs):
    """Outputs and the gradient of the cost by each parameter, at `params`."""
    p = leaves(params)
    out = model.cost(p, inputs, model.scalars)
    g = torch.autograd.grad(out["cost"], list(p.values()))
    return out, dict(zip(p, g))


def train(model, params, inputs):
    """Parameters, state and the costs before each step, after the model's steps."""
    params, state, costs = dict(params), {}, []
    for step in range(model.steps):
        out, g = gradients(model, params, inputs)
        costs.append(out["cost"].item())
        RULES[model.rule](params, g, state, model.scalars, step)
        if model.constrain:
            params = model.constrain(params, model.scalars)
    return params, state, costs


def compute(model):
    """All arrays of the model's file, by key."""
    common.kink_distances.clear()
    inputs, params = as_tensors(model.inputs), as_tensors(model.params)
    out, grad = gradients(model, params, inputs)
    after, state, costs = train(model, params, inputs)

    arrays = dict(model.inputs)
    arrays.update({f"scalar/{k}": v for k, v in model.scalars.items()})
    arrays["scalar/steps"] = model.steps
    arrays.update({f"param/{k}": v for k, v in model.params.items()})
    arrays.update({f"out/{k}": v for k, v in out.items()})
    arrays.update({f"grad/{k}": v for k, v in grad.items()})
    arrays["costs"] = costs
    arrays.update({f"after/{k}": v for k, v in after.items()})
    arrays.update({f"state/{k}": v for k, v in state.items()})
    if model.extra:
        arrays.update(model.extra(leaves(params), inputs, model.scalars))

    distance = min(common.kink_distances, default=np.inf)
    if distance < SMALLEST_KINK_DISTANCE:
        sys.exit(f"{model.name}: an argument lies {distance:.1e} from a kink; use another seed")
    return {k: plain_array(v) for k, v in arrays.items()}


def plain_array(value):
    value = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
    value = value if value.dtype == np.int32 else value.astype(np.float64)
    assert np.isfinite(value).all()
    return np.ascontiguousarray(value) if value.ndim else value


# ------------------------------------------------------------------------------------- checks


def finite_difference(model, params, inputs, name, h=1e-4):
    """The gradient by the five-point rule, whose error is h^4/30 times the fifth derivative."""
    def cost_at(index, change):
        moved = {k: p.clone() for k, p in params.items()}
        moved[name].view(-1)[index] += change
        return model.cost(moved, inputs, model.scalars)["cost"].item()

    g = np.empty(params[name].numel())
    for i in range(g.size):
        g[i] = (8 * (cost_at(i, h) - cost_at(i, -h))
                - (cost_at(i, 2 * h) - cost_at(i, -2 * h))) / (12 * h)
    return g.reshape(params[name].shape)


def require_close(what, found, expected, tolerance):
    """Error relative to the largest expected number, or to 1e-3 where all are smaller."""
    scale = max(np.abs(expected).max(), 1e-3)
    error = np.abs(found - expected).max() / scale
    if not error <= tolerance:
        sys.exit(f"{what}: differs by {error:.1e} of {scale:.1e}, allowed {tolerance:.0e}")
    return error


def check_stored(model, arrays):
    with np.load(FOLDER / f"{model.name}.npz") as stored:
        if sorted(stored.files) != sorted(arrays):
            sys.exit(f"{model.name}: other keys stored: {set(stored.files) ^ set(arrays)}")
        for k, v in arrays.items():
            if stored[k].shape != v.shape or stored[k].dtype != v.dtype:
                sys.exit(f"{model.name}: {k} is stored with another shape or type")
            require_close(f"{model.name}: stored {k}", stored[k], v, 1e-11)


def check_gradients(model, arrays):
    inputs, params = as_tensors(model.inputs), as_tensors(model.params)
    # A difference of two costs loses the digits that the costs have in common.
    cancellation = 1e-11 * abs(arrays["out/cost"])
    worst = 0.0
    for k in params:
        g = arrays[f"grad/{k}"]
        allowed = 1e-8 + cancellation / max(np.abs(g).max(), 1e-3)
        found = finite_difference(model, params, inputs, k)
        worst = max(worst, require_close(f"{model.name}: grad/{k}", found, g, allowed))
    return worst


def check_hessian_product(model, arrays, h=1e-4):
    """(g(p + h v) - g(p - h v)) / 2h, again by five points."""
    inputs, params = as_tensors(model.inputs), as_tensors(model.params)

    def gradient_at(change):
        moved = {k: p + change * inputs[f"direction_{k}"] for k, p in params.items()}
        return gradients(model, moved, inputs)[1]

    at = {c: gradient_at(c * h) for c in (-2, -1, 1, 2)}
    for k in params:
        found = (8 * (at[1][k] - at[-1][k]) - (at[2][k] - at[-2][k])) / (12 * h)
        require_close(f"{model.name}: hvp/{k}", found.numpy(), arrays[f"hvp/{k}"], 1e-8)


def check_rule(model, arrays):
    """The parameters after all steps by torch.optim, whose formulas are not ours."""
    inputs, p = as_tensors(model.inputs), leaves(as_tensors(model.params))
    optimizer = torch_optimizer(model.rule, list(p.values()), model.scalars)
    for _ in range(model.steps):
        optimizer.zero_grad()
        model.cost(p, inputs, model.scalars)["cost"].backward()
        optimizer.step()
    for k in p:
        require_close(f"{model.name}: after/{k}", arrays[f"after/{k}"], p[k].detach().numpy(),
                      1e-10)


def check_constraint(model, arrays):
    """The updates again, shortening column by column. Some columns of the last update must be
    shortened and some not, or the constraint is not tested."""
    inputs, p = as_tensors(model.inputs), as_tensors(model.params)
    limit, rate = model.scalars["max_column_norm"], model.scalars["learning_rate"]
    for _ in range(model.steps):
        g = gradients(model, p, inputs)[1]
        p = {k: p[k] - rate * g[k] for k in p}
        for k in ("W", "V"):
            norms = [np.linalg.norm(column) for column in p[k].numpy().T]
            for j, norm in enumerate(norms):
                if norm > limit:
                    p[k][:, j] *= limit / norm
            if min(norms) > limit or max(norms) < limit:
                sys.exit(f"{model.name}: columns of {k} do not lie on both sides of the limit")
    for k in p:
        require_close(f"{model.name}: after/{k}", arrays[f"after/{k}"], p[k].numpy(), 1e-12)


def check(model, arrays):
    check_stored(model, arrays)
    worst = check_gradients(model, arrays)
    if model.constrain:
        check_constraint(model, arrays)
    else:
        check_rule(model, arrays)
    if model.independent:
        second = model.independent(model.params, model.inputs, model.scalars)
        for k, v in second.items():
            require_close(f"{model.name}: out/{k}", arrays[f"out/{k}"], v, 1e-12)
    if model.extra:
        check_hessian_product(model, arrays)
    print(f"{model.name}: as stored; gradient against finite differences {worst:.0e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()

    # The order of a sum, and so the last digits, must not depend on the machine's processors.
    torch.set_num_threads(1)
    models = {m.name: m for m in models_supervised.models() + models_unsupervised.models()}
    unknown = [n for n in options.names if n not in models]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(models)}")
    for name in options.names or models:
        arrays = compute(models[name])
        if options.check:
            check(models[name], arrays)
        else:
            np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


if __name__ == "__main__":
    main()
