"""Update rules. Each takes parameters and gradients and changes parameters and state in place.

State is zero at the start and is keyed "<state>_<parameter>". All gradients are those at the old
parameters. Formulas as in Pylearn2 (Adam: Kingma and Ba 2015).
"""

import torch


def slot(state, kind, name, like):
    return state.setdefault(f"{kind}_{name}", torch.zeros_like(like))


def sgd(p, g, state, s, step):
    for k in p:
        p[k] = p[k] - s["learning_rate"] * g[k]


def momentum(p, g, state, s, step):
    for k in p:
        v = s["momentum"] * slot(state, "velocity", k, p[k]) - s["learning_rate"] * g[k]
        p[k], state[f"velocity_{k}"] = p[k] + v, v


def nesterov(p, g, state, s, step):
    for k in p:
        v = s["momentum"] * slot(state, "velocity", k, p[k]) - s["learning_rate"] * g[k]
        p[k] = p[k] + s["momentum"] * v - s["learning_rate"] * g[k]
        state[f"velocity_{k}"] = v


def adagrad(p, g, state, s, step):
    for k in p:
        a = slot(state, "sum_square", k, p[k]) + g[k] ** 2
        p[k] = p[k] - s["learning_rate"] * g[k] / a.sqrt().clamp(min=1 / s["max_scaling"])
        state[f"sum_square_{k}"] = a


def rmsprop(p, g, state, s, step):
    for k in p:
        a = s["decay"] * slot(state, "mean_square", k, p[k]) + (1 - s["decay"]) * g[k] ** 2
        p[k] = p[k] - s["learning_rate"] * g[k] / a.sqrt().clamp(min=1 / s["max_scaling"])
        state[f"mean_square_{k}"] = a


def adadelta(p, g, state, s, step):
    for k in p:
        a = s["decay"] * slot(state, "mean_square", k, p[k]) + (1 - s["decay"]) * g[k] ** 2
        d = slot(state, "mean_square_step", k, p[k])
        change = -((d + s["epsilon"]).sqrt() / (a + s["epsilon"]).sqrt()) * g[k]
        state[f"mean_square_{k}"] = a
        state[f"mean_square_step_{k}"] = s["decay"] * d + (1 - s["decay"]) * change**2
        p[k] = p[k] + change


def adam(p, g, state, s, step):
    t = step + 1
    for k in p:
        m = s["beta1"] * slot(state, "mean", k, p[k]) + (1 - s["beta1"]) * g[k]
        a = s["beta2"] * slot(state, "mean_square", k, p[k]) + (1 - s["beta2"]) * g[k] ** 2
        state[f"mean_{k}"], state[f"mean_square_{k}"] = m, a
        unbiased_m, unbiased_a = m / (1 - s["beta1"] ** t), a / (1 - s["beta2"] ** t)
        p[k] = p[k] - s["learning_rate"] * unbiased_m / (unbiased_a.sqrt() + s["epsilon"])


RULES = {
    f.__name__: f for f in (sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam)
}


def torch_optimizer(rule, params, s):
    """The same rule as PyTorch has it, to check the formulas above. Its AdaGrad and RMSProp add
    epsilon where ours bound the divisor from below; with epsilon 0 both agree off the bound."""
    o = torch.optim
    lr = s.get("learning_rate")
    return {
        "sgd": lambda: o.SGD(params, lr=lr),
        "momentum": lambda: o.SGD(params, lr=lr, momentum=s["momentum"]),
        "nesterov": lambda: o.SGD(params, lr=lr, momentum=s["momentum"], nesterov=True),
        "adagrad": lambda: o.Adagrad(params, lr=lr, eps=0),
        "rmsprop": lambda: o.RMSprop(params, lr=lr, alpha=s["decay"], eps=0),
        "adadelta": lambda: o.Adadelta(params, lr=1, rho=s["decay"], eps=s["epsilon"]),
        "adam": lambda: o.Adam(params, lr=lr, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"]),
    }[rule]()
