"""The language's operations in PyTorch, in double; derivatives of any order are autograd's.

A third implementation, with language.py's rules of shapes and none of its derivatives. At kinks
the documents choose a side (a maximum's gradient goes to the first of two equals, …) and PyTorch
another one, so there the choice is written with torch.where. Where PyTorch finds NaN and the
documents a number (what `where` leaves out meets a 0 in its backward pass), it has no answer.
"""
import math

import torch

import language as L
from program import LEAVES, Machine, leaf_data

torch.set_num_threads(1)
F = torch.nn.functional


class Value:
    """A tensor that a gradient can be taken by, and the names or sizes of its axes."""

    def __init__(self, data, dims, labels=0):
        self.dims, self.labels = tuple(dims), labels
        assert tuple(data.shape) == L.full(self.dims), (tuple(data.shape), self.dims)
        # Every value is a variable of its own, also one that is a view of another or a constant.
        self.data = data if labels else data.view_as(data) if data.requires_grad else (
            data.detach().clone().requires_grad_())


def number(x):
    return x if isinstance(x, Value) else Value(torch.tensor(x, dtype=torch.float64), ())


def plain(x):
    """The numbers of x; labels as numbers."""
    return x.data.double() if x.labels else x.data


def aligned(x, dims):
    d, missing = plain(x), len(dims) - len(x.dims)
    if missing == 0:
        return d
    shape = tuple(d.shape)
    if L.batched(x.dims):
        return d.reshape(shape[:1] + (1,) * missing + shape[1:])
    return d.reshape((1,) * missing + shape)


def elementwise(f):
    def apply(*operands):
        xs = [number(x) for x in operands]
        dims = xs[0].dims
        for x in xs[1:]:
            dims = L.broadcast_dims(dims, x.dims)
        parts = [aligned(x, dims).expand(L.full(dims)) for x in xs]
        return Value(f(*parts), dims)
    return apply


def flat(f):
    """Without derivative."""
    return elementwise(lambda *a: f(*a).double().detach())


def pow_(a, b):
    zero = b == 0
    y = torch.pow(a, torch.where(zero, torch.ones_like(b), b))
    return torch.where(zero, torch.ones_like(a), y)


def clip(x, low, high):
    return torch.where(x < low, low, torch.where(x > high, high, x))


def elu(x, a):
    return torch.where(x > 0, x, a * torch.expm1(torch.where(x > 0, torch.zeros_like(x), x)))


UNARY = {name: elementwise(getattr(torch, name)) for name in
         "exp expm1 log log1p sin cos tanh sqrt rsqrt square sigmoid erf".split()}
UNARY.update({
    "softplus": elementwise(lambda x: torch.logaddexp(x, torch.zeros_like(x))),
    "sign": flat(torch.sign), "floor": flat(torch.floor), "round": flat(torch.round),
    "abs": elementwise(lambda x: x * torch.sign(x).detach()),
    "negate": elementwise(torch.neg),
    "relu": elementwise(lambda x: torch.where(x > 0, x, torch.zeros_like(x))),
    "gelu": elementwise(lambda x: x * (1 + torch.erf(x * math.sqrt(0.5))) * 0.5),
})
BINARY = {
    "add": elementwise(torch.add), "subtract": elementwise(torch.sub),
    "multiply": elementwise(torch.mul), "divide": elementwise(torch.div),
    "equal": flat(torch.eq), "not_equal": flat(torch.ne), "less": flat(torch.lt),
    "less_equal": flat(torch.le), "greater": flat(torch.gt), "greater_equal": flat(torch.ge),
    "maximum": elementwise(lambda a, b: torch.where(a >= b, a, b)),
    "minimum": elementwise(lambda a, b: torch.where(a <= b, a, b)),
    "leaky_relu": elementwise(lambda x, s: torch.where(x > 0, x, s * x)),
    "elu": elementwise(elu), "pow": elementwise(pow_),
    "binary_cross_entropy": elementwise(lambda p, t: -(torch.xlogy(t, p)
                                                       + torch.special.xlog1py(1 - t, -p))),
    "sigmoid_binary_cross_entropy": elementwise(
        lambda z, t: torch.logaddexp(z, torch.zeros_like(z)) - t * z),
}
THREE = {"where": elementwise(lambda c, a, b: torch.where(c != 0, a, b)), "clip": elementwise(clip)}


def extreme(f):
    def reduce(d, axes, keep):
        y = f(d.detach(), dim=axes, keepdim=True)
        # Each of several equals has the whole gradient.
        same = torch.where(d.detach() == y, d - d.detach(), torch.zeros_like(d))
        y = y + same.sum(dim=axes, keepdim=True)
        return y if keep else y.reshape([n for k, n in enumerate(y.shape) if k not in axes])
    return reduce


def norm(d, axes, keep):
    s = d.square().sum(dim=axes, keepdim=keep)
    zero = s == 0
    return torch.where(zero, torch.zeros_like(s), torch.where(zero, torch.ones_like(s), s).sqrt())


def deviation(d, axes, keep):
    v = d.var(dim=axes, unbiased=False, keepdim=keep)
    zero = v == 0
    return torch.where(zero, torch.zeros_like(v), torch.where(zero, torch.ones_like(v), v).sqrt())


REDUCE = {
    "sum": lambda d, axes, keep: d.sum(dim=axes, keepdim=keep),
    "mean": lambda d, axes, keep: d.mean(dim=axes, keepdim=keep),
    "max": extreme(torch.amax), "min": extreme(torch.amin), "norm": norm,
    "log_sum_exp": lambda d, axes, keep: torch.logsumexp(d, dim=axes, keepdim=keep),
    "variance": lambda d, axes, keep: d.var(dim=axes, unbiased=False, keepdim=keep),
    "standard_deviation": deviation,
}


def reduce(op, x, over, keep):
    axes = L.axes_of(x.dims, over)
    if not axes:  # all axes of a single number; PyTorch takes none for all of any
        return Value(REDUCE[op](plain(x).reshape(1), (0,), False), ())
    return Value(REDUCE[op](plain(x), axes, keep), L.without(x.dims, axes, keep))


def position(f, x, over, keep):
    axes = L.axes_of(x.dims, over)
    kept = [k for k in range(len(x.dims)) if k not in axes]
    data = plain(x).permute(kept + list(axes))
    data = data.reshape(tuple(data.shape[:len(kept)]) + (-1,))
    # The first of equals, which PyTorch does not promise.
    best = f(data.detach(), dim=-1, keepdim=True)
    first = torch.argmax((data.detach() == best).to(torch.uint8), dim=-1)
    dims = L.without(x.dims, axes, keep)
    return Value(first.reshape(L.full(dims)), dims, L.count(x, axes))


def softmax(f, x, over):
    axes = L.axes_of(x.dims, over)
    d = plain(x)
    log_p = d - torch.logsumexp(d, dim=axes, keepdim=True)
    return Value(f(log_p), x.dims)


def cross_entropy(p, t):
    if t.labels:
        if p.dims[:-1] != t.dims or p.dims[-1] != t.labels:
            raise L.Refused("targets do not fit")
        picked = p.data.gather(-1, t.data.long()[..., None])[..., 0]
        return Value(-picked.log(), t.dims)
    if p.dims != t.dims:
        raise L.Refused("targets do not fit")
    return Value(-torch.xlogy(t.data, p.data).sum(-1), p.dims[:-1])


def convolve(x, w, border, padding, stride, flip):
    b = L.image_axes(x)
    zeros = {"valid": lambda k: (0, 0), "full": lambda k: (k - 1, k - 1),
             "same": lambda k: ((k - 1) - (k - 1) // 2, (k - 1) // 2)}[border]
    pad = []
    for d in (1, 0):  # PyTorch's order: columns first
        before, behind = zeros(w.dims[d])
        pad += [before + padding[d], behind + padding[d]]
    if len(w.dims) != 4 or x.dims[-1] != w.dims[2] or any(isinstance(d, str) for d in w.dims):
        raise L.Refused("kernels do not fit")
    images = plain(x) if b else plain(x)[None]
    images = F.pad(images.permute(0, 3, 1, 2), pad).contiguous()
    kernels = plain(w).flip(0, 1) if flip else plain(w)
    kernels = kernels.permute(3, 2, 0, 1).contiguous()
    if any(n < k for n, k in zip(images.shape[2:], kernels.shape[2:])):
        raise L.Refused("the kernel does not fit")
    y = F.conv2d(images, kernels, stride=tuple(stride)).permute(0, 2, 3, 1)
    return Value(y if b else y[0], x.dims[:b] + tuple(y.shape[1:]))


def pooled(x, pool, stride, valid, largest):
    b, (rows, columns) = L.pool_windows(x, pool, stride, valid)
    images = plain(x) if b else plain(x)[None]
    lines = []
    for r in rows:
        line = []
        for c in columns:
            part = images[:, r.start:r.stop, c.start:c.stop].flatten(1, 2)
            if largest:
                first = position(torch.amax, Value(part, tuple(part.shape)), 1, False).data
                line.append(part.gather(1, first[:, None])[:, 0])
            else:
                line.append(part.mean(1))
        lines.append(torch.stack(line, 1))
    y = torch.stack(lines, 1)
    return Value(y if b else y[0], x.dims[:b] + (len(rows), len(columns), x.dims[-1]))


def permuted(x, order):
    return Value(x.data.permute(order), [x.dims[k] for k in order], x.labels)


def grad(cost, x):
    if cost.dims:
        raise L.Refused("a cost is one number")
    g = None
    if not x.labels and cost.data.requires_grad:
        g, = torch.autograd.grad(cost.data, x.data, create_graph=True, allow_unused=True)
    return Value(torch.zeros(L.full(x.dims), dtype=torch.float64) if g is None else g, x.dims)


class TorchMachine(Machine):
    """program.Machine, whose values are these."""

    def operand(self, token):
        if isinstance(token, str) and token.startswith("%"):
            return self.registers[int(token[1:])]
        return number(float(token))

    def leaf(self, name, dims, labels=0):
        if name not in self.leaves:
            data = torch.from_numpy(leaf_data(name, self.p.seed, dims, labels, 0))
            self.leaves[name] = Value(data, dims, labels)
        return self.leaves[name]

    def value(self, op, *a):
        at = self.operand
        if op in LEAVES or op in ("labels", "scalar"):
            return super().value(op, *a)
        if op == "constant":
            return number(float(a[0]))
        if op == "stop_gradient":
            return Value(at(a[0]).data.detach(), at(a[0]).dims, at(a[0]).labels)
        if op in UNARY:
            return UNARY[op](at(a[0]))
        if op in BINARY:
            return BINARY[op](at(a[0]), at(a[1]))
        if op in THREE:
            return THREE[op](at(a[0]), at(a[1]), at(a[2]))
        if op in REDUCE:
            return reduce(op, at(a[0]), a[1], bool(a[2]))
        if op in ("argmax", "argmin"):
            best = torch.amax if op == "argmax" else torch.amin
            return position(best, at(a[0]), a[1], bool(a[2]))
        if op in ("softmax", "log_softmax"):
            return softmax(torch.exp if op == "softmax" else lambda y: y, at(a[0]), a[1])
        if op == "cross_entropy":
            return cross_entropy(at(a[0]), at(a[1]))
        if op == "one_hot":
            t = at(a[0])
            hot = (t.data[..., None] == torch.arange(a[1])).double()
            return Value(hot, t.dims + (a[1],))
        if op == "matmul":
            return self.product(at(a[0]), at(a[1]))
        if op == "take_rows":
            w, t = at(a[0]), at(a[1])
            return Value(w.data[t.data.long()], t.dims + w.dims[1:])
        if op in ("reshape", "flatten"):
            return self.reshaped(at(a[0]), a[2:] if op == "reshape" else None)
        if op == "transpose":
            x = at(a[0])
            b = int(L.batched(x.dims) and len(a) > 2)
            return permuted(x, [0] * b + [b + k for k in a[2:]] if len(a) > 2 else [1, 0])
        if op == "slice":
            return self.sliced(at(a[0]), *a[1:])
        if op == "broadcast_to":
            x, y = at(a[0]), at(a[1])
            return Value(aligned(x, y.dims).expand(L.full(y.dims)), y.dims)
        if op == "concatenate":
            return self.joined([at(t) for t in a[2:]], a[0])
        if op == "convolve":
            return convolve(at(a[0]), at(a[1]), a[2], a[3:5], a[5:7], bool(a[7]))
        if op in ("max_pool", "mean_pool"):
            return pooled(at(a[0]), a[1:3], a[3:5], bool(a[5]), op == "max_pool")
        if op in ("repeat", "loop"):
            u, more = at(a[2]), at(a[3])
            for _ in range(a[1]):
                u = (UNARY["tanh"](BINARY["add"](BINARY["multiply"](u, 0.5), more))
                     if a[0] == "tanh" else
                     BINARY["add"](BINARY["multiply"](u, UNARY["sigmoid"](more)), 0.25))
            return Value(u.data, u.dims)
        if op == "grad":
            return grad(at(a[0]), at(a[1]))
        raise KeyError(op)

    @staticmethod
    def product(a, b):
        return Value(plain(a) @ plain(b), a.dims[:-1] + b.dims[1:])

    @staticmethod
    def reshaped(x, to):
        lead = x.dims[:1] if L.batched(x.dims) else ()
        if to is None:
            inside = L.features(x.dims)
            to = (math.prod(inside),) if not any(isinstance(d, str) for d in inside) else ()
        return Value(x.data.reshape(L.full(lead + tuple(to))), lead + tuple(to), x.labels)

    @staticmethod
    def sliced(x, axis, start, stop, step):
        at = len(x.dims) + axis if axis < 0 else axis + int(L.batched(x.dims))
        places = list(range(*slice(start, stop, step).indices(x.dims[at])))
        data = x.data.index_select(at, torch.tensor(places))
        return Value(data, x.dims[:at] + (len(places),) + x.dims[at + 1:], x.labels)

    @staticmethod
    def joined(xs, axis):
        at = len(xs[0].dims) + axis if axis < 0 else axis + int(L.batched(xs[0].dims))
        total = sum(x.dims[at] for x in xs)
        return Value(torch.cat([x.data for x in xs], at),
                     xs[0].dims[:at] + (total,) + xs[0].dims[at + 1:])

    def line(self, line):
        if line[0] != "update":
            return super().line(line)
        target, value = self.operand(line[1]), self.operand(line[2])
        name = next(n for n, v in self.leaves.items() if v is target)
        data = aligned(value, target.dims).expand(L.full(target.dims))
        self.updates[name] = Value(data, target.dims)
        return self

    def result(self):
        out = {n: v.data.detach().numpy() for n, v in self.outputs.items()}
        out.update({"after/" + n: v.data.detach().numpy() for n, v in self.updates.items()})
        return out


def run(program):
    """What PyTorch says that the program gives."""
    machine = TorchMachine(program)
    for line in program.lines:
        machine.line(line)
    return machine.result()
