"""A program of the language as lines of text: see README.md. `run` says what it gives."""
import numpy as np

import language as L

MASK = (1 << 64) - 1


def draws(name, seed, count):
    """Numbers in [-1, 1) with 20 bits, the same as tests/fuzz/programs.cpp draws."""
    h = 14695981039346656037
    for c in name.encode():
        h = ((h ^ c) * 1099511628211) & MASK
    state = h ^ (seed * 0x9e3779b97f4a7c15 & MASK)
    out = []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        out.append(((state >> 43) - (1 << 20)) / (1 << 20))
    return np.array(out, np.float64)


SIMPLE = np.array([-1, -0.5, 0, 0.5, 1, 2])


def leaf_data(name, seed, dims, labels, perturbed):
    shape = L.full(dims)
    u = draws(name, seed, int(np.prod(shape, dtype=int)))
    if labels:
        return np.floor((u + 1) / 2.01 * labels).astype(int).reshape(shape)
    if name[0] == "k":  # of few values, so that there are ties and zeros
        return SIMPLE[np.floor((u + 1) / 2 * 6).astype(int)].reshape(shape).astype(L.real)
    u = u.astype(L.real)
    if perturbed:
        u = u * (1 + L.real(perturbed) * draws(name, seed + 1, u.size).astype(L.real))
    return u.reshape(shape)


def direction(x):
    return np.cos(1 + 2.5 * np.arange(x.size)).reshape(x.shape).astype(L.real)


UNARY = {n: getattr(L, n) for n in """exp expm1 log log1p sin cos tanh sqrt rsqrt square sigmoid
         softplus erf sign floor relu gelu stop_gradient""".split()}
UNARY.update(abs=L.abs_, round=L.round_, negate=L.negate)
BINARY = {n: getattr(L, n) for n in """add subtract multiply divide equal not_equal less less_equal
          greater greater_equal maximum minimum leaky_relu elu""".split()}
BINARY["pow"] = L.pow_
REDUCE = {"sum": L.sum_, "mean": L.mean, "max": L.max_, "min": L.min_, "norm": L.norm,
          "log_sum_exp": L.log_sum_exp, "argmax": L.argmax, "argmin": L.argmin,
          "variance": L.variance, "standard_deviation": L.standard_deviation}
OVER = {"softmax": L.softmax, "log_softmax": L.log_softmax}
PAIRS = {n: getattr(L, n) for n in """cross_entropy binary_cross_entropy
         sigmoid_binary_cross_entropy matmul take_rows""".split()}
LEAVES = {"input": ("examples",), "shared": (), "parameter": (), "state": (), "chain": ("chains",)}


class Program:
    def __init__(self, seed, examples, chains):
        self.seed, self.extents = seed, {"examples": examples, "chains": chains}
        self.lines = []  # tuples of tokens; a register is a string "%3"
        self.labels_as_numbers = False

    def text(self):
        return [" ".join(str(t) for t in line) for line in self.lines]


def body(kind, u, more):
    if kind == "tanh":
        return L.tanh(u * 0.5 + more)
    return u * L.sigmoid(more) + 0.25


class Machine:
    """Carries a program out, line by line."""

    def __init__(self, program, perturbed=0, moved=("", 0)):
        self.p, self.perturbed, self.moved = program, perturbed, moved
        self.registers, self.leaves, self.outputs, self.updates = [], {}, {}, {}
        L.EXTENTS.clear()
        L.EXTENTS.update(program.extents)

    def labelled(self, op, *tokens):
        """Whether op is given labels where others are given numbers."""
        given = [t for t in tokens if isinstance(t, str) and t.startswith("%")]
        return op not in ("take_rows", "cross_entropy", "one_hot", "output") and any(
            self.operand(t).labels for t in given)

    def operand(self, token):
        if isinstance(token, str) and token.startswith("%"):
            return self.registers[int(token[1:])]
        return L.number(float(token))

    def leaf(self, name, dims, labels=0):
        if name not in self.leaves:
            data = leaf_data(name, self.p.seed, dims, labels, self.perturbed)
            if name == self.moved[0]:
                data = data + self.moved[1] * direction(data)
            self.leaves[name] = L.Value(data, dims, labels=labels)
        return self.leaves[name]

    def value(self, op, *a):
        at = self.operand
        if op in LEAVES:
            return self.leaf(a[0], LEAVES[op] + tuple(a[2:]))
        if op == "labels":
            if a[1] < 1:
                raise L.Refused("no label")
            return self.leaf(a[0], ("examples",) + ((a[2],) if a[2] else ()), a[1])
        if op == "scalar":
            return self.leaf(a[0], ())
        if op == "constant":
            return L.number(float(a[0]))
        if op in UNARY:
            return UNARY[op](at(a[0]))
        if op in BINARY or op in PAIRS:
            return (BINARY.get(op) or PAIRS[op])(at(a[0]), at(a[1]))
        if op in REDUCE:
            return REDUCE[op](at(a[0]), a[1], bool(a[2]))
        if op in OVER:
            return OVER[op](at(a[0]), a[1])
        if op in ("where", "clip"):
            return getattr(L, op)(at(a[0]), at(a[1]), at(a[2]))
        if op == "one_hot":
            return L.one_hot(at(a[0]), a[1])
        if op == "reshape":
            return L.reshape(at(a[0]), a[2:])
        if op == "flatten":
            return L.flatten(at(a[0]))
        if op == "transpose":
            return L.transpose(at(a[0]), a[2:])
        if op == "slice":
            return L.slice_(at(a[0]), *a[1:])
        if op == "broadcast_to":
            x, y = at(a[0]), at(a[1])
            if L.broadcast_dims(x.dims, y.dims) != y.dims:
                raise L.Refused("not repeated to that")
            return L.itself(L.broadcast_to(x, y.dims))
        if op == "concatenate":
            return L.concatenate([at(t) for t in a[2:]], a[0])
        if op == "convolve":
            return L.convolve(at(a[0]), at(a[1]), a[2], a[3:5], a[5:7], bool(a[7]))
        if op in ("max_pool", "mean_pool"):
            return getattr(L, op)(at(a[0]), a[1:3], a[3:5], bool(a[5]))
        if op in ("repeat", "loop"):  # written out, or a loop of the plan without a derivative
            u, more = at(a[2]), at(a[3])
            given = [u, more]
            for _ in range(a[1]):
                u = body(a[0], u, more)
            return L.Value(u.data, u.dims, given, L.refuse) if op == "loop" else u
        if op == "grad":
            return L.grad(at(a[0]), at(a[1]))
        raise KeyError(op)

    def line(self, line):
        op, *a = line
        if op == "output":
            self.outputs[a[0]] = self.operand(a[1])
        elif op == "update":
            target, value = self.operand(a[0]), self.operand(a[1])
            if L.broadcast_dims(target.dims, value.dims) != target.dims:
                raise L.Refused("the value does not fit")
            name = next(n for n, v in self.leaves.items() if v is target)
            self.updates[name] = L.broadcast_to(L.numbers(value), target.dims)
        else:
            self.registers.append(self.value(op, *a))
        return self

    def result(self):
        """Everything that leaves the program: arrays by name."""
        out = {n: v.data for n, v in self.outputs.items()}
        out.update({"after/" + n: v.data for n, v in self.updates.items()})
        return out


def run(program, real=np.float64, fresh=False, strict_zeros=True, perturbed=0):
    kept = L.real, L.fresh, L.strict_zeros
    L.real, L.fresh, L.strict_zeros = real, fresh, strict_zeros
    try:
        with np.errstate(all="ignore"):
            machine = Machine(program, perturbed)
            for line in program.lines:
                machine.line(line)
            return machine.result()
    finally:
        L.real, L.fresh, L.strict_zeros = kept


def derivative_fault(program):
    """The first derivative by a leaf that central differences do not confirm, as text."""
    L.real = np.longdouble
    try:
        with np.errstate(all="ignore"):
            here = Machine(program)
            registers = [line for line in program.lines if line[0] not in ("output", "update")]
            for line in registers:
                here.line(line)
            for at, line in enumerate(registers):
                leaf = line[0] == "grad" and here.operand(line[2])
                name = next((n for n, v in here.leaves.items() if v is leaf), None)
                if name is None:
                    continue
                step, costs = np.longdouble(1e-6), []
                for sign in (1, -1):
                    there = Machine(program, moved=(name, sign * step))
                    for each in registers[:at]:
                        there.line(each)
                    costs.append(there.operand(line[1]).data)
                expected = (costs[0] - costs[1]) / (2 * step)
                found = (here.registers[at].data * direction(leaf.data)).sum()
                if not abs(found - expected) <= 1e-6 * (1 + abs(expected)):
                    return f"%{at}: {found} instead of {expected}"
    finally:
        L.real = np.float64
    return None


def all_finite(program, real):
    """Whether every value of the program, not only what leaves it, is a finite number of that
    type."""
    kept = L.real
    L.real = real
    try:
        with np.errstate(all="ignore"):
            machine = Machine(program)
            for line in program.lines:
                machine.line(line)
            return all(np.isfinite(np.asarray(v.data, float)).all() for v in machine.registers)
    finally:
        L.real = kept


def distance(a, b):
    """Of two results: the largest difference, relative to the largest number of each array or 1."""
    worst = 0.0
    for name, x in a.items():
        x, y = np.asarray(x, np.longdouble), np.asarray(b[name], np.longdouble)
        if x.size == 0:
            continue
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return np.inf
        worst = max(worst, float(np.abs(x - y).max() / max(1, np.abs(x).max())))
    return worst
