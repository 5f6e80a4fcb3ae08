"""Classifiers and regressions. Formulas: README.md, in the same order."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from common import (Data, Model, binary_cross_entropy, cross_entropy, max_last, record_runner_up,
                    relu, sum_units)

BATCH, VISIBLE, CLASSES = 7, 13, 10


def softmax_regression(name="softmax_regression", rule="sgd", **scalars):
    d = Data(101)

    def cost(p, i, s):
        z = i["x"] @ p["W"] + p["b"]
        penalty = s["weight_decay"] * (p["W"] ** 2).sum()
        return {
            "cost": cross_entropy(z, i["y"]).mean() + penalty,
            "prediction": torch.softmax(z, 1),
        }

    return Model(
        name,
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES)},
        params={"W": d.weight(VISIBLE, CLASSES), "b": d.bias(CLASSES)},
        scalars={"weight_decay": 1e-4, **(scalars or {"learning_rate": 0.1})},
        cost=cost,
        rule=rule,
    )


def relu_mlp(name, rule):
    d = Data(102)

    def cost(p, i, s):
        h0 = relu(i["x"] @ p["W0"] + p["b0"])
        h1 = relu(h0 @ p["W1"] + p["b1"])
        z = h1 @ p["W2"] + p["b2"]
        return {"cost": cross_entropy(z, i["y"]).mean(), "prediction": torch.softmax(z, 1)}

    return Model(
        name,
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES)},
        params={
            "W0": d.weight(VISIBLE, 9, gain=1.4), "b0": d.bias(9),
            "W1": d.weight(9, 11, gain=1.4), "b1": d.bias(11),
            "W2": d.weight(11, CLASSES), "b2": d.bias(CLASSES),
        },
        scalars={"learning_rate": 0.05, "momentum": 0.9},
        cost=cost,
        rule=rule,
    )


def sigmoid_mlp():
    d = Data(104)

    def cost(p, i, s):
        h = torch.sigmoid(i["x"] @ p["W0"] + p["b0"])
        z = h @ p["W1"] + p["b1"]
        return {"cost": binary_cross_entropy(z, i["t"]).mean(), "prediction": torch.sigmoid(z)}

    return Model(
        "sigmoid_mlp_binary_cross_entropy",
        inputs={
            "x": d.normal(BATCH, VISIBLE),
            "t": np.eye(CLASSES)[d.labels(BATCH, classes=CLASSES)],
        },
        params={
            "W0": d.weight(VISIBLE, 9), "b0": d.bias(9),
            "W1": d.weight(9, CLASSES), "b1": d.bias(CLASSES),
        },
        scalars={"learning_rate": 0.1},
        cost=cost,
    )


def convolve_and_pool(x, kernel, bias, pool, partial):
    """The convolution and pooling of `conv_net`, element by element, from its formulas."""
    batch, rows, columns, _ = x.shape
    height, width, _, out = kernel.shape
    z = np.zeros((batch, rows - height + 1, columns - width + 1, out))
    for r in range(z.shape[1]):
        for c in range(z.shape[2]):
            z[:, r, c] = bias
            for i in range(height):
                for j in range(width):
                    z[:, r, c] += x[:, r + height - 1 - i, c + width - 1 - j] @ kernel[i, j]
    h = np.maximum(z, 0)
    count = math.ceil if partial else math.floor
    pooled = np.zeros((batch, count(h.shape[1] / 2), count(h.shape[2] / 2), out))
    for r in range(pooled.shape[1]):
        for c in range(pooled.shape[2]):
            window = h[:, 2 * r:2 * r + 2, 2 * c:2 * c + 2]
            pooled[:, r, c] = window.max((1, 2)) if pool == "max" else window.mean((1, 2))
    return pooled


def conv_net(pool, partial):
    """b01c in and out. torch wants bc01 and correlates, hence the permutations and the flip."""
    d = Data(7107)
    flat = (4 if partial else 3) * 3 * 4

    def cost(p, i, s):
        kernel = p["K"].flip(0, 1).permute(3, 2, 0, 1)
        z = F.conv2d(i["x"].permute(0, 3, 1, 2), kernel, p["b"])
        h = relu(z)
        if pool == "max":
            pooled = F.max_pool2d(h, 2, 2, ceil_mode=partial)
            padded = F.pad(h, (0, 0, 0, 1), value=-math.inf) if partial else h
            windows = padded.unfold(2, 2, 2).unfold(3, 2, 2)
            record_runner_up(windows.reshape(*windows.shape[:4], 4))
        else:
            pooled = F.avg_pool2d(h, 2, 2, ceil_mode=partial)
        pooled = pooled.permute(0, 2, 3, 1)
        z = pooled.reshape(BATCH - 2, flat) @ p["W"] + p["c"]
        return {
            "cost": cross_entropy(z, i["y"]).mean(),
            "pooled": pooled,
            "prediction": torch.softmax(z, 1),
        }

    return Model(
        f"conv_{pool}_pool" + ("_partial" if partial else ""),
        inputs={"x": d.normal(BATCH - 2, 9, 8, 2), "y": d.labels(BATCH - 2, classes=CLASSES)},
        params={
            "K": d.normal(3, 3, 2, 4, scale=0.3), "b": d.bias(4),
            "W": d.weight(flat, CLASSES), "c": d.bias(CLASSES),
        },
        scalars={"learning_rate": 0.1},
        steps=2,
        cost=cost,
        independent=lambda p, i, s: {
            "pooled": convolve_and_pool(i["x"], p["K"], p["b"], pool, partial)
        },
    )


def limit_columns(W, limit):
    norm = (W**2).sum(0).sqrt()
    return W * norm.clamp(max=limit) / norm.clamp(min=1e-7)


def maxout():
    d = Data(1108)
    units, pieces = 12, 5

    def cost(p, i, s):
        z = (i["x"] @ p["W"] + p["b"]).reshape(BATCH, units, pieces)
        z = max_last(z) @ p["V"] + p["c"]
        return {"cost": cross_entropy(z, i["y"]).mean(), "prediction": torch.softmax(z, 1)}

    def constrain(p, s):
        return {**p, "W": limit_columns(p["W"], s["max_column_norm"]),
                "V": limit_columns(p["V"], s["max_column_norm"])}

    return Model(
        "maxout_max_norm",
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES)},
        params={
            "W": d.weight(VISIBLE, units * pieces), "b": d.bias(units * pieces),
            "V": d.weight(units, CLASSES), "c": d.bias(CLASSES),
        },
        scalars={"learning_rate": 0.1, "max_column_norm": 0.95},
        cost=cost,
        constrain=constrain,
    )


def deep_net():
    d = Data(112)
    params = {}
    for k in range(20):
        params[f"W{k}"] = d.weight(VISIBLE if k == 0 else 8, 8, gain=1.3)
        params[f"b{k}"] = d.bias(8)
    params["V"], params["c"] = d.weight(8, CLASSES), d.bias(CLASSES)

    def cost(p, i, s):
        h = i["x"]
        for k in range(20):
            h = torch.tanh(h @ p[f"W{k}"] + p[f"b{k}"])
        z = h @ p["V"] + p["c"]
        return {"cost": cross_entropy(z, i["y"]).mean(), "prediction": torch.softmax(z, 1)}

    return Model(
        "deep_tanh_20",
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.labels(BATCH, classes=CLASSES)},
        params=params,
        scalars={"learning_rate": 0.05},
        cost=cost,
    )


def activations():
    d = Data(113)

    def cost(p, i, s):
        z = i["x"] @ p["W0"] + p["b0"]
        centred = z - z.mean(1, keepdim=True)
        variance = (centred**2).mean(1, keepdim=True)
        n = centred / torch.sqrt(variance + s["epsilon"]) * p["gamma"] + p["beta"]
        h = n * 0.5 * (1 + torch.erf(n / math.sqrt(2)))
        h = F.elu(h @ p["W1"] + p["b1"])
        h = torch.logaddexp(h @ p["W2"] + p["b2"], torch.zeros((), dtype=torch.float64))
        o = torch.erf(h @ p["W3"] + p["b3"])
        return {"cost": sum_units((o - i["t"]) ** 2).mean(), "normalized": n, "prediction": o}

    return Model(
        "activations_layer_norm",
        inputs={"x": d.normal(BATCH, VISIBLE), "t": d.normal(BATCH, 5)},
        params={
            "W0": d.weight(VISIBLE, 9), "b0": d.bias(9),
            "gamma": d.positive(9),
            "beta": d.bias(9),
            "W1": d.weight(9, 11), "b1": d.bias(11),
            "W2": d.weight(11, 9), "b2": d.bias(9),
            "W3": d.weight(9, 5), "b3": d.bias(5),
        },
        scalars={"learning_rate": 0.05, "epsilon": 1e-5},
        cost=cost,
    )


def mixture_density():
    d = Data(114)

    def cost(p, i, s):
        h = torch.tanh(i["x"] @ p["W"] + p["b"])
        log_weight = torch.log_softmax(h @ p["Wa"] + p["ba"], 1)
        mean, log_sigma = h @ p["Wm"] + p["bm"], h @ p["Ws"] + p["bs"]
        e = (i["y"] - mean) * torch.exp(-log_sigma)
        log_density = torch.logsumexp(
            log_weight - 0.5 * e**2 - log_sigma - 0.5 * math.log(2 * math.pi), 1)
        return {"cost": -log_density.mean(), "log_density": log_density}

    return Model(
        "mixture_density",
        inputs={"x": d.normal(BATCH, VISIBLE), "y": d.normal(BATCH, 1)},
        params={
            "W": d.weight(VISIBLE, 9), "b": d.bias(9),
            "Wa": d.weight(9, 3), "ba": d.bias(3),
            "Wm": d.weight(9, 3), "bm": d.bias(3),
            "Ws": d.weight(9, 3, gain=0.5), "bs": d.bias(3),
        },
        scalars={"learning_rate": 0.05},
        cost=cost,
    )


def embedding():
    d = Data(116)
    words, positions, width = 17, 4, 6
    indices = d.labels(BATCH, positions, classes=words)
    indices[2, 3] = indices[2, 0]  # the same row twice in one example: its gradients add up

    def cost(p, i, s):
        h = p["E"][i["words"]].mean(1)
        z = h @ p["W"] + p["b"]
        return {
            "cost": cross_entropy(z, i["y"]).mean(),
            "hidden": h,
            "prediction": torch.softmax(z, 1),
        }

    return Model(
        "embedding_softmax",
        inputs={"words": indices, "y": d.labels(BATCH, classes=CLASSES)},
        params={
            "E": d.normal(words, width),
            "W": d.weight(width, CLASSES), "b": d.bias(CLASSES),
        },
        scalars={"learning_rate": 0.5},
        cost=cost,
    )


def saturated():
    """Pre-activations up to some hundreds, all of them integers, so that sums are exact in float
    too. Written the naive way, both costs overflow or take the logarithm of zero."""
    d = Data(118)

    def integers(*shape, bound):
        return d.random.randint(-bound, bound + 1, size=shape).astype(np.float64)

    def cost(p, i, s):
        z, u = i["x"] @ p["W"] + p["b"], i["x"] @ p["V"] + p["c"]
        return {
            "cost": cross_entropy(z, i["y"]).mean() + binary_cross_entropy(u, i["t"]).mean(),
            "z": z, "u": u, "prediction": torch.softmax(z, 1),
        }

    return Model(
        "saturated",
        inputs={
            "x": integers(BATCH, VISIBLE, bound=4),
            "y": d.labels(BATCH, classes=CLASSES),
            "t": d.bernoulli(BATCH, 9),
        },
        params={
            "W": integers(VISIBLE, CLASSES, bound=40), "b": integers(CLASSES, bound=4),
            "V": integers(VISIBLE, 9, bound=30), "c": integers(9, bound=4),
        },
        scalars={"learning_rate": 0.125},
        steps=1,
        cost=cost,
    )


def models():
    return [
        softmax_regression(),
        relu_mlp("relu_mlp_momentum", "momentum"),
        relu_mlp("relu_mlp_nesterov", "nesterov"),
        sigmoid_mlp(),
        conv_net("max", partial=False),
        conv_net("mean", partial=False),
        conv_net("max", partial=True),
        conv_net("mean", partial=True),
        maxout(),
        deep_net(),
        activations(),
        mixture_density(),
        embedding(),
        saturated(),
        softmax_regression("softmax_adam", "adam", learning_rate=0.01, beta1=0.9, beta2=0.999,
                           epsilon=1e-8),
        softmax_regression("softmax_adagrad", "adagrad", learning_rate=0.1, max_scaling=1e5),
        softmax_regression("softmax_rmsprop", "rmsprop", learning_rate=0.01, decay=0.9,
                           max_scaling=1e5),
        softmax_regression("softmax_adadelta", "adadelta", decay=0.95, epsilon=1e-3),
    ]
