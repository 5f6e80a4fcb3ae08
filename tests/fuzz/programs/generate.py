"""Random programs in which what the documents allow meets everything else that they allow."""
import random

import numpy as np

import language as L
from program import Machine, Program

SMOOTH = "exp expm1 sin cos tanh sigmoid softplus erf gelu square negate".split()
KINKED = "abs relu sign floor round stop_gradient".split()


class Generator:
    def __init__(self, seed, features):
        self.r = random.Random(seed)
        self.features = features  # what may be used beside the ordinary
        sizes = [1, 1, 2, 2, 3, 3, 4, 5] if self.r.random() < 0.7 else [1, 2, 3, 8, 17, 33]
        self.m, self.n, self.k = (self.r.choice(sizes) for _ in range(3))
        examples = self.r.choice([1, 2, 3, 5, 17]) if self.r.random() < 0.93 else 130
        few = [1, 2, 4]
        if "empty" in features:
            self.m, self.n, self.k = (self.r.choice([0, 1, 2, 3]) for _ in range(3))
            examples, few = self.r.choice([0, 1, 3]), [0, 1, 2]
        if "large" in features:
            self.m, self.n, self.k = (self.r.choice([1, 3, 16, 40, 65]) for _ in range(3))
            examples = self.r.choice([64, 257, 1000])
        self.largest = 200000 if "large" in features else 4000
        self.p = Program(seed, examples, self.r.choice(few))
        self.machine = Machine(self.p)
        self.orders = []   # of each register: how many derivatives it has in it
        self.given = {}    # leaves by name
        self.loops = False
        self.kinked = self.r.random() < 0.6

    # ------------------------------------------------------------------------ lines

    def put(self, *line, order=None):
        """The register of the line's value, or None if it is refused or unreasonable."""
        if None in line:  # an operand was refused
            return None
        try:
            with np.errstate(all="ignore"):
                self.machine.line(line)
        except (L.Refused, ValueError, IndexError):  # NumPy's of a maximum of nothing, no row
            return None
        v = self.machine.registers[-1]
        if v.data.size > self.largest or (v.data.size and not np.isfinite(
                v.data if not v.labels else v.data.astype(float)).all()):
            self.machine.registers.pop()
            return None
        self.p.lines.append(line)
        self.p.labels_as_numbers |= self.machine.labelled(*line)
        if order is None:
            used = [int(t[1:]) for t in line if isinstance(t, str) and t.startswith("%")]
            order = max([self.orders[u] for u in used], default=0)
        self.orders.append(order)
        register = "%" + str(len(self.machine.registers) - 1)
        largest = np.abs(v.data).max() if v.data.size and not v.labels else 0
        if largest > 8:
            return self.put("multiply", register, round(4 / largest, 4) or 1e-4)
        return register

    def value(self, register):
        return self.machine.registers[int(register[1:])]

    def leaf(self, op, name, *dims):
        if name in self.given:
            return self.given[name]
        found = self.put(op, name, *dims)
        if found:
            self.given[name] = found
        return found

    def any_leaf(self):
        m, n, k = self.m, self.n, self.k
        simple = "k" if self.kinked and self.r.random() < 0.25 else ""
        options = [
            ("input", "x", 1, m), ("input", "y", 1, n), ("input", "z", 0),
            ("input", "image", 3, max(m, 2), max(n, 2), k), ("input", "table", 2, n, k),
            ("parameter", "W", 2, m, n), ("parameter", "V", 2, n, m), ("parameter", "U", 2, m, m),
            ("parameter", "b", 1, m), ("parameter", "c", 1, n), ("parameter", "s", 0),
            ("parameter", "row", 2, 1, m), ("parameter", "column", 2, n, 1),
            ("parameter", "one", 2, 1, 1), ("parameter", "single", 1, 1),
            ("parameter", "R", 2, 1, n), ("parameter", "T", 3, k, m, n),
            ("parameter", "kernel", 4, self.r.choice([1, 2]), 2, k, self.r.choice([1, 2, 3])),
            ("state", "v", 1, m), ("state", "M", 2, m, n), ("chain", "h", 1, m),
            ("chain", "g", 0), ("shared", "q", 1, n), ("shared", "Q", 2, m, n), ("scalar", "rate"),
        ]
        op, name, *dims = self.r.choice(options)
        return self.leaf(op, simple + name, *dims)

    def labels(self):
        if "labels" in self.features or self.r.random() < 0.5:
            found = [i for i, v in enumerate(self.machine.registers) if v.labels]
            if found and self.r.random() < 0.5:
                return "%" + str(self.r.choice(found))
        if self.r.random() < 0.3:
            return self.leaf("labels", "words", self.n, 2)
        return self.leaf("labels", "t", self.r.choice([self.m, self.n]), 0)

    def pick(self, order=3):
        """Any number so far, the latest ones more often."""
        for _ in range(20):
            count = len(self.machine.registers)
            if count < 3 or self.r.random() < 0.15:
                found = self.any_leaf()
                if found:
                    return found
                continue
            i = self.r.randrange(count)
            if self.r.random() < 0.6:
                i = count - 1 - self.r.randrange(min(count, 5))
            v = self.machine.registers[i]
            if self.orders[i] <= order and (not v.labels or (
                    "labels" in self.features and self.r.random() < 0.3)):
                return "%" + str(i)
        return self.leaf("parameter", "b", 1, self.m)

    def literal(self):
        return self.r.choice([0, 1, -1, 2, 0.5, -0.5, 3, 0.25, 1.5, 0.1, -2.5])

    def number(self, order=3):
        return self.literal() if self.r.random() < 0.15 else self.pick(order)

    # ------------------------------------------------------------------------ ops

    def step(self):
        if "forms" in self.features:
            choice = self.r.random()
            if choice < 0.35:
                return self.form()
            if choice < 0.45:
                return self.gradient()
        kinds = [(self.unary, 4), (self.binary, 6), (self.reduction, 3), (self.product, 5),
                 (self.view, 3), (self.normalized, 1), (self.classified, 1), (self.kernel, 1),
                 (self.repeated, 0.7), (self.gradient, 1)]
        if self.kinked:
            kinds += [(self.chosen, 1.5), (self.of_labels, 1)]
        make = self.r.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        return make()

    def unary(self):
        x = self.pick()
        op = self.r.choice(SMOOTH + (KINKED if self.kinked else []))
        choice = self.r.random()
        if choice < 0.7:
            return self.put(op, x)
        if choice < 0.8:
            y = self.put("square", x)
            y = y and self.put("add", y, 0.25)
            return y and self.put(self.r.choice(["sqrt", "log", "rsqrt", "log1p"]), y)
        if choice < 0.9:
            y = self.put("softplus", x)
            return y and self.put("pow", y, self.r.choice([2, 3, 0.5, -1, 1.5, 1, 0]))
        if not self.kinked:
            return None
        return self.r.choice([
            lambda: self.put("clip", x, -0.5, self.r.choice([0.75, 1])),
            lambda: self.put("leaky_relu", x, self.r.choice([0.1, 0])),
            lambda: self.put("elu", x, self.r.choice([1, 0.5]))])()

    def binary(self):
        a, b = self.pick(), self.number()
        if self.r.random() < 0.3:
            a, b = b, a
        if isinstance(a, str):
            pass
        elif not isinstance(b, str):
            return None
        op = self.r.choice(["add", "add", "subtract", "subtract", "multiply", "multiply", "divide"]
                           + (["maximum", "minimum", "greater", "less_equal", "equal", "less",
                               "not_equal", "greater_equal"] if self.kinked else []))
        if op == "divide":
            if not isinstance(b, str):
                return self.put(op, a, b or 1)
            b = self.put("square", b)
            b = b and self.put("add", b, 0.5)
            return b and self.put(op, a, b)
        return self.put(op, a, b)

    def over(self, x):
        return self.r.choice(["all", "units", "batch", 0, 1, -1, -2])

    def reduction(self):
        x = self.pick()
        keep = int(self.r.random() < 0.3)
        op = self.r.choice(["sum", "sum", "mean", "log_sum_exp", "variance"] + (
            ["max", "min", "norm"] if self.kinked else []))
        if op == "variance":
            if self.r.random() < 0.3 and self.kinked:
                return self.put("standard_deviation", x, self.over(x), keep)
            return self.put("variance", x, self.over(x), keep)
        return self.put(op, x, self.over(x), keep)

    def product(self):
        a, b = self.pick(), self.pick()
        for turn in range(2):
            if len(self.value(a).dims) == 2 and self.r.random() < 0.3:
                a = self.put("transpose", a, 0)
            a, b = b, a
        y = self.put("matmul", a, b)
        if y and self.r.random() < 0.5:  # sums and scales of products, which are folded
            other = self.r.choice([self.product, self.pick])()
            if other:
                if self.r.random() < 0.4:
                    other = self.put("multiply", other, self.number())
                pair = [y, other]
                self.r.shuffle(pair)
                y = other and self.put(self.r.choice(["add", "subtract"]), *pair) or y
        return y

    def view(self):
        x = self.pick()
        dims = self.value(x).dims
        n = len(L.features(dims))
        choice = self.r.randrange(7)
        if choice == 0:
            return self.put("flatten", x)
        if choice == 1:
            parts = self.r.choice([[1, -1], [-1, 1], [2, -1], [-1, 2], [-1], [1, -1, 1], [-1, 3]])
            total = int(np.prod([d for d in L.features(dims) if not isinstance(d, str)], dtype=int))
            known = int(np.prod([p for p in parts if p > 0], dtype=int))
            if total % known:
                return None
            to = [total // known if p < 0 else p for p in parts]
            return self.put("reshape", x, len(to), *to)
        if choice == 2 and n in (2, 3):
            order = list(range(n))
            self.r.shuffle(order)
            return self.put("transpose", x, n, *order)
        if choice == 3:
            return self.put("transpose", x, 0)
        if choice == 4:
            axis, size = self.r.choice([0, 1, 2, -1, -2]), self.r.choice([self.m, self.n, self.k])
            start = self.r.randrange(-size, size + 1)
            return self.put("slice", x, axis, start, self.r.choice([size, start + 2, 1 << 30, -1]),
                            self.r.choice([1, 1, 2, 3]))
        if choice == 5:
            return self.put("broadcast_to", x, self.pick())
        others = [x] + [self.r.choice([x, self.pick()]) for _ in range(self.r.choice([1, 1, 2]))]
        return self.put("concatenate", self.r.choice([-1, 0, 1]), len(others), *others)

    def normalized(self):
        x = self.pick()
        return self.put(self.r.choice(["softmax", "log_softmax"]), x,
                        self.r.choice(["units", -1, 0, "all", "batch"]))

    def classified(self):
        z = self.pick()
        choice = self.r.randrange(4)
        if choice < 2:
            p = self.put("softmax", z, -1)
            if not p:
                return None
            if choice:
                q = self.put("softmax", self.pick(), -1)
                return q and self.put("cross_entropy", p, q)
            dims = self.value(z).dims
            if len(dims) == 2 and dims[0] == "examples":
                t = self.leaf("labels", "t" + str(dims[1]), dims[1], 0)
                return self.put("cross_entropy", p, t)
            return None
        t = self.put("sigmoid", self.pick())
        if choice == 2:
            return t and self.put("sigmoid_binary_cross_entropy", z, t)
        p = self.put("sigmoid", z)
        return p and t and self.put("binary_cross_entropy", p, t)

    def kernel(self):
        k = self.k
        choice = self.r.randrange(4)
        if choice == 0:
            t = self.labels()
            w = self.pick()
            if not t or self.value(w).dims[:1] != (self.value(t).labels,):
                return None
            return self.put("take_rows", w, t)
        x = self.leaf("input", "image", 3, max(self.m, 2), max(self.n, 2), k)
        y = self.pick()
        if len(L.features(self.value(y).dims)) == 3:
            x = y
        if choice == 1:
            return self.put(self.r.choice(["mean_pool"] + ["max_pool"] * self.kinked), x,
                            self.r.choice([1, 2]), self.r.choice([1, 2, 3]),
                            self.r.choice([0, 1, 2]), self.r.choice([0, 1]), self.r.randrange(2))
        if not x:
            return None
        w = self.leaf("parameter", "kernel", 4, self.r.choice([1, 2]), 2, k,
                      self.r.choice([1, 2, 3]))
        kernels = [i for i, v in enumerate(self.machine.registers) if len(v.dims) == 4
                   and not L.batched(v.dims) and v.dims[2] == self.value(x).dims[-1]]
        if kernels and self.r.random() < 0.7:
            w = "%" + str(self.r.choice(kernels))
        return w and self.put("convolve", x, w, self.r.choice(["valid", "full", "same"]),
                              self.r.choice([0, 0, 1]), self.r.choice([0, 0, 2]),
                              self.r.choice([1, 1, 2]), self.r.choice([1, 1, 2]),
                              self.r.randrange(2))

    def repeated(self):
        u, more = self.pick(2), self.pick(2)
        # The body's result must have the shape that it was given.
        try:
            if L.broadcast_dims(self.value(u).dims, self.value(more).dims) != self.value(u).dims:
                return None
        except L.Refused:
            return None
        if self.value(u).labels or self.value(more).labels:
            return None
        if self.r.random() < 0.7 or self.loops:
            return self.put("repeat", self.r.choice(["tanh", "scale"]), self.r.choice([0, 1, 2, 3]),
                            u, more)
        self.loops = True
        u, more = self.put("stop_gradient", u), self.put("stop_gradient", more)
        return self.put("loop", self.r.choice(["tanh", "scale"]), 3, u, more)

    def chosen(self):
        a, b = self.number(), self.number()
        c = self.put(self.r.choice(["greater", "less", "equal"]), self.pick(), self.number())
        if not c or not (isinstance(a, str) or isinstance(b, str)):
            return None
        return self.put("where", c, a, b)

    def chain(self, x, *steps):
        """One op after the other; `x` in a step's operands is the value so far."""
        for op, *operands in steps:
            x = x and self.put(op, *[x if t == "x" else t for t in operands])
        return x

    def form(self):
        """What has a stabler form, and may be told from it by a gradient in between."""
        x, over = self.pick(), self.over(None)
        forms = [
            [("sigmoid", "x"), ("log", "x")], [("softmax", "x", -1), ("log", "x")],
            [("exp", "x"), ("sum", "x", over, 0), ("log", "x")],
            [("exp", "x"), ("mean", "x", "all", 0), ("log", "x")],
            [("sigmoid", "x"), ("subtract", 1, "x"), ("log", "x")],
            [("exp", "x"), ("add", "x", 1), ("log", "x")],
            [("negate", "x"), ("exp", "x"), ("add", "x", 1), ("divide", 1, "x")]]
        choice = self.r.randrange(len(forms) + 2)
        if choice < len(forms):
            return self.chain(x, *forms[choice])
        if choice == len(forms):
            return self.classified()
        e = self.put("exp", x)
        total = e and self.put("sum", e, -1, 1)
        return total and self.put("divide", e, total)

    def of_labels(self):
        choice = self.r.randrange(3)
        if choice == 0:
            t = self.labels()
            return t and self.put("one_hot", t, self.value(t).labels)
        if choice == 1:
            return self.put(self.r.choice(["argmax", "argmin"]), self.pick(),
                            self.r.choice(["units", -1, 0]), int(len(self.p.lines) % 4 == 0))
        t = self.labels()
        if not t:
            return None
        op = self.r.choice(["equal", "not_equal"] + ["add", "multiply", "less", "maximum"] * (
            "labels" in self.features))
        return self.put(op, t, self.number())

    # ------------------------------------------------------------------------ derivatives

    def made(self, order):
        """What was computed and is not one number, if there is such a thing."""
        for _ in range(20):
            x = self.pick(order)
            if self.value(x).of and self.value(x).dims:
                return x
        return x

    def variable(self, cost, order):
        """Something that the cost depends on, mostly."""
        if "handles" in self.features and self.r.random() < 0.1:
            return self.pick(order)
        below, stack = set(), [self.value(cost)]
        while stack:
            v = stack.pop()
            if v.order not in below:
                below.add(v.order)
                stack += v.of
        of = [i for i, v in enumerate(self.machine.registers)
              if v.order in below and self.orders[i] <= order and not v.labels]
        leaves = [i for i in of if "%" + str(i) in self.given.values()]
        if "forms" in self.features and self.r.random() < 0.8:
            of = [i for i in of if self.machine.registers[i].of] or of
            return "%" + str(self.r.choice(of)) if of else self.any_leaf()
        if "handles" not in self.features or (leaves and self.r.random() < 0.5):
            of = leaves
        return "%" + str(self.r.choice(of)) if of else self.any_leaf()

    def cost(self, order):
        x = self.made(order)
        if self.value(x).labels:
            return None
        choice = self.r.randrange(5)
        if choice == 0:
            y = self.put("square", x)
            return y and self.put("mean", y, "all", 0)
        if choice == 1:
            y = self.put("sin", x)
            return y and self.put("sum", y, "all", 0)
        if choice == 2:
            y = self.put("multiply", x, self.pick(order))
            return y and self.put("sum", y, "all", 0)
        if choice == 3:
            return self.put(self.r.choice(["sum", "mean"]), x, "all", 0)
        y = self.put("tanh", x)
        y = y and self.put("square", y)
        return y and self.put("sum", y, "all", 0)

    def gradient(self):
        cost = self.cost(1)
        if not cost:
            return None
        by = self.variable(cost, 2)
        if not by or self.value(by).labels:
            return None
        order = self.orders[int(cost[1:])]
        return self.put("grad", cost, by, order=order + 1)

    def descend(self):
        """A cost, its derivatives, costs of these and theirs, to third order."""
        cost = self.cost(0)
        made = []
        for order in range(1, self.r.choice([1, 2, 3, 3]) + 1):
            gradients = []
            for _ in range(self.r.choice([1, 1, 2, 3])):
                if not cost:
                    break
                by = self.variable(cost, order - 1)
                if by and not self.value(by).labels:
                    g = self.put("grad", cost, by, order=order)
                    if g:
                        gradients.append(g)
            if not gradients:
                break
            made += gradients
            terms = []
            for g in gradients:
                t = self.put("multiply", g, self.r.choice([g, self.pick(order)]))
                if self.r.random() < 0.2:
                    t = self.put("tanh", g)
                t = t and self.put("sum", t, "all", 0)
                if t:
                    terms.append(t)
            if not terms:
                break
            total = terms[0]
            if self.r.random() < 0.3:
                terms.append(cost)
            for t in terms[1:]:
                total = self.put("add", total, t) or total
            cost = total
        return made + ([cost] if cost else [])

    # ------------------------------------------------------------------------ all

    def program(self):
        for _ in range(self.r.choice([4, 6, 8, 10, 14, 20])):
            self.step()
        made = []
        if self.r.random() < 0.8:
            made = self.descend()
            if "forms" in self.features and self.r.random() < 0.6:
                made += self.descend()
        outputs = made + [self.pick() for _ in range(self.r.choice([1, 1, 2, 3]))]
        if self.r.random() < 0.1:
            outputs.append(outputs[-1])  # one value under two names
        self.r.shuffle(outputs)
        lines = [("output", "o" + str(i), r) for i, r in enumerate(outputs[:8])]
        if self.r.random() < 0.5:
            lines += self.updates(made)
        self.r.shuffle(lines)
        for line in lines:
            self.machine.line(line)
        self.p.lines += lines
        return self.p

    def updates(self, made):
        """New values of parameters and state: steps, exchanges, what is repeated to the target."""
        targets = [(n, r) for n, r in self.given.items() if self.p.lines[
            int(self.line_of(r))][0] in ("parameter", "state", "chain")]
        self.r.shuffle(targets)
        lines = []
        for _, target in targets[:3]:
            fits = []
            for i, v in enumerate(self.machine.registers):
                try:
                    if (not v.labels or "labels" in self.features) and L.broadcast_dims(
                            self.value(target).dims, v.dims) == self.value(target).dims:
                        fits.append("%" + str(i))
                except L.Refused:
                    pass
            value = self.r.choice(fits[-8:] if self.r.random() < 0.7 else fits)
            if self.r.random() < 0.5:
                scaled = self.put("multiply", value, self.r.choice([0.25, 0.5, 1, 2]))
                value = scaled and self.put("subtract", target, scaled) or value
            lines.append(("update", target, value))
        return lines

    def line_of(self, register):
        """The place of the line that made it: lines so far are registers, one each."""
        return int(register[1:])
