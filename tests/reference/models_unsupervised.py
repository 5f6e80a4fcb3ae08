"""Autoencoders, an energy model, and models that need more than one derivative. Formulas:
README.md, in the same order."""

import numpy as np
import torch

from common import (Data, Model, binary_cross_entropy, cross_entropy, softplus, sum_units)

BATCH, VISIBLE, HIDDEN, CLASSES = 7, 13, 9, 10


def tied_autoencoder():
    d = Data(205)

    def cost(p, i, s):
        h = torch.tanh(i["x"] @ p["W"] + p["b"])
        r = torch.tanh(h @ p["W"].T + p["c"])
        return {"cost": sum_units((r - i["x"]) ** 2).mean(), "hidden": h, "reconstruction": r}

    return Model(
        "autoencoder_tied_tanh",
        inputs={"x": d.normal(BATCH, VISIBLE, scale=0.5)},
        params={"W": d.weight(VISIBLE, HIDDEN), "b": d.bias(HIDDEN), "c": d.bias(VISIBLE)},
        scalars={"learning_rate": 0.05},
        cost=cost,
    )


def denoising_autoencoder():
    d = Data(206)

    def cost(p, i, s):
        h = torch.sigmoid((i["x"] * i["mask"]) @ p["W"] + p["b"])
        z = h @ p["V"] + p["c"]
        return {"cost": binary_cross_entropy(z, i["x"]).mean(), "hidden": h,
                "reconstruction": torch.sigmoid(z)}

    return Model(
        "denoising_autoencoder",
        inputs={"x": d.uniform(BATCH, VISIBLE), "mask": d.bernoulli(BATCH, VISIBLE, p=0.7)},
        params={
            "W": d.weight(VISIBLE, HIDDEN), "b": d.bias(HIDDEN),
            "V": d.weight(HIDDEN, VISIBLE), "c": d.bias(VISIBLE),
        },
        scalars={"learning_rate": 0.1},
        cost=cost,
    )


def rbm():
    d = Data(209)

    def free_energy(p, v):
        return -(v @ p["b"]) - sum_units(softplus(v @ p["W"] + p["c"]))

    def cost(p, i, s):
        data, chains = free_energy(p, i["v0"]), free_energy(p, i["vk"])
        return {"cost": data.mean() - chains.mean(), "free_energy_v0": data,
                "free_energy_vk": chains}

    return Model(
        "rbm_free_energy",
        inputs={"v0": d.bernoulli(BATCH, VISIBLE), "vk": d.bernoulli(BATCH, VISIBLE)},
        params={"W": d.weight(VISIBLE, HIDDEN), "b": d.bias(VISIBLE), "c": d.bias(HIDDEN)},
        scalars={"learning_rate": 0.1},
        cost=cost,
    )


def tanh_mlp_params(d):
    return {
        "W0": d.weight(VISIBLE, HIDDEN), "b0": d.bias(HIDDEN),
        "W1": d.weight(HIDDEN, CLASSES), "b1": d.bias(CLASSES),
    }


def tanh_mlp_losses(p, x, y):
    return cross_entropy(torch.tanh(x @ p["W0"] + p["b0"]) @ p["W1"] + p["b1"], y)


def gradient_penalty():
    d = Data(210)

    def cost(p, i, s):
        x = i["x"].clone().requires_grad_()
        losses = tanh_mlp_losses(p, x, i["y"])
        # An example's loss depends on its own row only, so one gradient of the sum has them all.
        g, = torch.autograd.grad(losses.sum(), x, create_graph=True)
        return {"cost": losses.mean() + s["penalty"] * (g**2).sum(), "input_gradient": g}

    def input_gradient(p, i, s):
        h = np.tanh(i["x"] @ p["W0"] + p["b0"])
        e = np.exp(h @ p["W1"] + p["b1"])
        delta = e / e.sum(1, keepdims=True) - np.eye(CLASSES)[i["y"]]
        return {"input_gradient": (delta @ p["W1"].T * (1 - h**2)) @ p["W0"].T}

    return Model(
        "gradient_penalty",
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES)},
        params=tanh_mlp_params(d),
        scalars={"learning_rate": 0.05, "penalty": 0.1},
        cost=cost,
        independent=input_gradient,
    )


def hessian_vector_product():
    d = Data(211)
    params = tanh_mlp_params(d)
    directions = {f"direction_{k}": d.normal(*p.shape) for k, p in params.items()}

    def cost(p, i, s):
        return {"cost": tanh_mlp_losses(p, i["x"], i["y"]).mean()}

    def extra(p, i, s):
        names = list(p)
        g = torch.autograd.grad(cost(p, i, s)["cost"], [p[k] for k in names], create_graph=True)
        slope = sum((gk * i[f"direction_{k}"]).sum() for k, gk in zip(names, g))
        products = torch.autograd.grad(slope, [p[k] for k in names])
        return {"out/slope": slope, **{f"hvp/{k}": hv for k, hv in zip(names, products)}}

    return Model(
        "hessian_vector_product",
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES),
                **directions},
        params=params,
        scalars={"learning_rate": 0.05},
        cost=cost,
        extra=extra,
    )


def score_matching():
    d = Data(215)
    visible, hidden = 5, 4

    def cost(p, i, s):
        x = i["x"].clone().requires_grad_()
        log_density = (-0.5 * sum_units((x - p["b"]) ** 2)
                       + sum_units(softplus(x @ p["W"] + p["c"])))
        psi, = torch.autograd.grad(log_density.sum(), x, create_graph=True)
        slopes = torch.stack([
            torch.autograd.grad(psi[:, k].sum(), x, create_graph=True)[0][:, k]
            for k in range(visible)
        ], 1)
        return {"cost": sum_units(0.5 * psi**2 + slopes).mean(), "psi": psi, "psi_slope": slopes}

    def closed_form(p, i, s):
        h = 1 / (1 + np.exp(-(i["x"] @ p["W"] + p["c"])))
        psi = p["b"] - i["x"] + h @ p["W"].T
        slopes = -1 + (h * (1 - h)) @ (p["W"] ** 2).T
        return {"psi": psi, "psi_slope": slopes,
                "cost": (0.5 * psi**2 + slopes).sum(1).mean()}

    return Model(
        "score_matching",
        inputs={"x": d.normal(BATCH, visible)},
        params={"W": d.weight(visible, hidden, gain=1.5), "b": d.bias(visible),
                "c": d.bias(hidden)},
        scalars={"learning_rate": 0.05},
        cost=cost,
        independent=closed_form,
    )


def models():
    return [
        tied_autoencoder(),
        denoising_autoencoder(),
        rbm(),
        gradient_penalty(),
        hessian_vector_product(),
        score_matching(),
    ]
