"""The documented language (docs/ops.md, spaces.md) in NumPy: values, and reverse mode of any order.

Shares nothing with the library: a second implementation from its documents alone. A value is an
array whose axes each have a size or a name (a run-time extent); an operation makes a new value, and
a gradient is taken by a value itself, not by others that are equal to it, as in Theano.
"""
import math

import numpy as np

real = np.float64     # the type of numbers; np.float32 and np.longdouble give other roundings
fresh = False         # derivative rules compute the result again instead of using it
strict_zeros = True   # a gradient of 0 times anything is 0: what `where` left out stays out

EXTENTS = {}          # sizes of "examples" and "chains"


class Refused(Exception):
    """The documents do not allow this."""


def size(dim):
    return EXTENTS[dim] if isinstance(dim, str) else dim


def batched(dims):
    return len(dims) > 0 and isinstance(dims[0], str)


def features(dims):
    return dims[1:] if batched(dims) else dims


class Value:
    """data, names or sizes of its axes, how it was made: rule(g) gives gradients of `of`."""

    count = 0

    def __init__(self, data, dims, of=(), rule=None, labels=0):
        self.data = np.asarray(data)
        if not labels:
            self.data = self.data.astype(real)
        self.dims = tuple(dims)
        self.of = tuple(of)
        self.rule = rule
        self.labels = labels
        self.order = Value.count
        Value.count += 1
        expected = tuple(size(d) for d in self.dims)
        assert self.data.shape == expected, (self.data.shape, self.dims)

    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return subtract(self, o)
    def __rsub__(self, o): return subtract(o, self)
    def __mul__(self, o): return multiply(self, o)
    def __rmul__(self, o): return multiply(o, self)
    def __truediv__(self, o): return divide(self, o)
    def __rtruediv__(self, o): return divide(o, self)
    def __neg__(self): return negate(self)


def number(x):
    return x if isinstance(x, Value) else Value(np.array(x, real), ())


def numbers(x):
    """Labels as numbers."""
    return Value(x.data, x.dims) if x.labels else x


# ---------------------------------------------------------------------------- broadcasting

def broadcast_dims(a, b):
    lead_a = batched(a) or (batched(b) and len(a) == len(b) and a[0] == 1)
    lead_b = batched(b) or (batched(a) and len(a) == len(b) and b[0] == 1)
    if batched(a) and batched(b) and a[0] != b[0]:
        raise Refused("batches differ")
    fa, fb = list(a[lead_a:]), list(b[lead_b:])
    n = max(len(fa), len(fb))
    fa, fb = [1] * (n - len(fa)) + fa, [1] * (n - len(fb)) + fb
    out = []
    for p, q in zip(fa, fb):
        if p != q and p != 1 and q != 1:
            raise Refused("dimensions differ")
        out.append(q if p == 1 else p)
    lead = [a[0] if batched(a) else b[0]] if lead_a or lead_b else []
    if len(lead) + n > 8:
        raise Refused("more than eight dimensions")
    if sum(isinstance(d, str) for d in lead + out) > 1:
        raise Refused("two extents")
    return tuple(lead + out)


def aligned(x, dims):
    """x's data with axes of size 1 where NumPy's rule would put them for a result `dims`."""
    d, missing = x.data, len(dims) - len(x.dims)
    if missing == 0:
        return d
    if batched(x.dims):
        return d.reshape(d.shape[:1] + (1,) * missing + d.shape[1:])
    return d.reshape((1,) * missing + d.shape)


def full(dims):
    return tuple(size(d) for d in dims)


def broadcast_to(x, dims):
    if x.dims == tuple(dims):
        return x
    data = np.broadcast_to(aligned(x, dims), full(dims))
    return Value(data, dims, [x], lambda g: [sum_to(g, x.dims)])


def sum_to(g, dims):
    """The transpose of broadcast_to."""
    if g.dims == tuple(dims):
        return g
    shape = full(dims)
    missing = len(g.dims) - len(dims)
    if batched(dims):
        seen = shape[:1] + (1,) * missing + shape[1:]
    else:
        seen = (1,) * missing + shape
    axes = tuple(k for k, (n, m) in enumerate(zip(g.data.shape, seen))
                 if (m == 1 and n != 1) or (m == 1 and isinstance(g.dims[k], str)))
    data = g.data.sum(axis=axes, keepdims=True).reshape(shape)
    return Value(data, dims, [g], lambda h: [broadcast_to(h, g.dims)])


def elementwise(f, rule, *operands):
    """f of arrays; rule(g, y) gives the gradients by the broadcast operands."""
    xs = [numbers(number(x)) for x in operands]
    dims = xs[0].dims
    for x in xs[1:]:
        dims = broadcast_dims(dims, x.dims)
    with np.errstate(all="ignore"):
        data = np.broadcast_to(f(*[aligned(x, dims) for x in xs]), full(dims))
    y = Value(data, dims, xs)
    if rule:
        def down(g):
            result = elementwise(f, rule, *xs) if fresh else y
            return [p if p is None else sum_to(broadcast_to(p, dims), x.dims)
                    for p, x in zip(rule(g, result, *xs), xs)]
        y.rule = down
    return y


def add(a, b):
    return elementwise(np.add, lambda g, y, a, b: [g, g], a, b)


def subtract(a, b):
    return elementwise(np.subtract, lambda g, y, a, b: [g, negate(g)], a, b)


def negate(a):
    return elementwise(np.negative, lambda g, y, a: [negate(g)], a)


def multiply(a, b):
    return elementwise(np.multiply, lambda g, y, a, b: [scaled(g, b), scaled(g, a)], a, b)


def scaled(g, d):
    """g d in a derivative."""
    if not strict_zeros:
        return multiply(g, d)

    def product(g, d):
        return np.where(g == 0, real(0), g * d)
    return elementwise(product, lambda h, y, g, d: [scaled(h, d), scaled(h, g)], g, d)


def divide(a, b):
    return elementwise(np.divide, lambda g, y, a, b: [
        scaled(g, 1 / b), scaled(g, negate(divide(y, b)))], a, b)


def compare(f):
    return lambda a, b: elementwise(lambda a, b: f(a, b).astype(real), None, a, b)


equal, not_equal = compare(np.equal), compare(np.not_equal)
less, less_equal = compare(np.less), compare(np.less_equal)
greater, greater_equal = compare(np.greater), compare(np.greater_equal)


def where(c, a, b):
    def choose(c, a, b):
        return np.where(c != 0, a, b)
    return elementwise(choose, lambda g, y, c, a, b: [None, where(c, g, 0), where(c, 0, g)],
                       c, a, b)


def unary(f, derivative):
    """derivative(x, y)"""
    return lambda x: elementwise(f, lambda g, y, x: [scaled(g, derivative(x, y))], x)


def flat(f):
    return lambda x: elementwise(f, None, x)


exp = unary(np.exp, lambda x, y: y)
expm1 = unary(np.expm1, lambda x, y: y + 1)
log = unary(np.log, lambda x, y: 1 / x)
log1p = unary(np.log1p, lambda x, y: 1 / (1 + x))
sin = unary(np.sin, lambda x, y: cos(x))
cos = unary(np.cos, lambda x, y: -sin(x))
tanh = unary(np.tanh, lambda x, y: 1 - y * y)
sqrt = unary(np.sqrt, lambda x, y: 0.5 / y)
rsqrt = unary(lambda x: 1 / np.sqrt(x), lambda x, y: -0.5 * y / x)
square = unary(np.square, lambda x, y: 2 * x)
sigmoid = unary(lambda x: 0.5 * (1 + np.tanh(0.5 * x)), lambda x, y: y * (1 - y))
softplus = unary(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
                 lambda x, y: sigmoid(x))
erf = unary(lambda x: np.vectorize(math.erf, otypes=[np.float64])(x).astype(real),
            lambda x, y: exp(-square(x)) * (2 / math.sqrt(math.pi)))
abs_ = unary(np.abs, lambda x, y: sign(x))
sign, floor, round_ = flat(np.sign), flat(np.floor), flat(np.rint)
relu = unary(lambda x: np.maximum(x, 0), lambda x, y: greater(x, 0))


def gelu(x):
    return x * (1 + erf(x * math.sqrt(0.5))) * 0.5


def leaky_relu(x, slope):
    return elementwise(lambda x, s: np.where(x > 0, x, s * x), lambda g, y, x, s: [
        where(greater(x, 0), g, scaled(g, s)), where(greater(x, 0), 0, scaled(g, x))], x, slope)


def elu(x, alpha):
    return elementwise(
        lambda x, a: np.where(x > 0, x, a * np.expm1(np.minimum(x, 0))), lambda g, y, x, a: [
            where(greater(x, 0), g, scaled(g, a * exp(minimum(x, 0)))),
            where(greater(x, 0), 0, scaled(g, expm1(minimum(x, 0))))], x, alpha)


def pow_(a, b):
    return elementwise(np.power, lambda g, y, a, b: [
        where(equal(b, 0), 0, scaled(g, b * pow_(a, b - 1))),
        where(equal(a, 0), 0, scaled(g, y * log(where(equal(a, 0), 1, a))))], a, b)


def maximum(a, b):
    return elementwise(np.maximum, lambda g, y, a, b: [
        where(greater_equal(a, b), g, 0), where(greater_equal(a, b), 0, g)], a, b)


def minimum(a, b):
    return elementwise(np.minimum, lambda g, y, a, b: [
        where(less_equal(a, b), g, 0), where(less_equal(a, b), 0, g)], a, b)


def clip(x, low, high):
    return elementwise(lambda x, l, h: np.minimum(np.maximum(x, l), h), lambda g, y, x, l, h: [
        where(multiply(greater_equal(x, l), less_equal(x, h)), g, 0),
        where(less(x, l), g, 0), where(greater(x, h), g, 0)], x, low, high)


def stop_gradient(x):
    return Value(x.data, x.dims, labels=x.labels)


# ---------------------------------------------------------------------------- reductions

def axes_of(dims, over):
    b = batched(dims)
    if over == "all":
        return tuple(range(len(dims)))
    if over == "batch":
        axes = (0,) if b else ()
    elif over == "units":
        axes = tuple(range(int(b), len(dims)))
    else:
        n = len(dims) - b
        axes = (int(over) + b if int(over) >= 0 else len(dims) + int(over),)
        if not -n <= int(over) < n:
            raise Refused("no such axis")
    if not axes:
        raise Refused("no such axis")
    return axes


def without(dims, axes, keep):
    return tuple(1 if k in axes else d for k, d in enumerate(dims) if keep or k not in axes)


def reshaped(x, dims):
    """Another shape of the same elements."""
    if x.dims == tuple(dims):
        return x
    return Value(x.data.reshape(full(dims)), dims, [x], lambda g: [reshaped(g, x.dims)],
                 x.labels)


def with_axes(r, x, axes):
    """A reduction of x over axes, with these as size 1, repeated to x's shape.

    Not by broadcasting: a 1 where the batch was would be taken for a feature."""
    return expanded(reshaped(r, without(x.dims, axes, True)), x.dims)


def expanded(x, dims):
    if x.dims == tuple(dims):
        return x
    axes = tuple(k for k, (p, q) in enumerate(zip(x.dims, dims)) if p != q)
    return Value(np.broadcast_to(x.data, full(dims)), dims, [x],
                 lambda g: [reshaped(sum_over(g, axes, True), x.dims)])


def sum_over(x, axes, keep):
    return Value(x.data.sum(axis=axes, keepdims=keep), without(x.dims, axes, keep), [x],
                 lambda g: [with_axes(g, x, axes)])


def sum_(x, over, keep=False):
    return sum_over(numbers(x), axes_of(x.dims, over), keep)


def count(x, axes):
    n = 1
    for k in axes:
        n *= size(x.dims[k])
    return n


def mean(x, over, keep=False):
    return sum_(x, over, keep) / count(x, axes_of(x.dims, over))


def extreme(f):
    def reduce(x, over, keep=False):
        x = numbers(x)
        axes = axes_of(x.dims, over)
        y = Value(f(x.data, axis=axes, keepdims=keep), without(x.dims, axes, keep), [x])

        def down(g):
            return [where(equal(x, with_axes(y, x, axes)), with_axes(g, x, axes), 0)]
        y.rule = down
        return y
    return reduce


max_, min_ = extreme(np.max), extreme(np.min)


def arg(f):
    def reduce(x, over, keep=False):
        axes = axes_of(x.dims, over)
        kept = [k for k in range(len(x.dims)) if k not in axes]
        data = x.data.transpose(kept + list(axes))
        data = data.reshape(data.shape[:len(kept)] + (-1,))
        n = count(x, axes)
        dims = without(x.dims, axes, keep)
        return Value(f(data, axis=-1).reshape(full(dims)), dims, labels=n)
    return reduce


argmax, argmin = arg(np.argmax), arg(np.argmin)


def norm(x, over, keep=False):
    axes = axes_of(x.dims, over)
    with np.errstate(all="ignore"):
        y = Value(np.sqrt(np.square(x.data).sum(axis=axes, keepdims=keep)),
                  without(x.dims, axes, keep), [x])

    def down(g):
        n = with_axes(norm(x, over, keep) if fresh else y, x, axes)
        return [where(equal(n, 0), 0, scaled(with_axes(g, x, axes), x / where(equal(n, 0), 1, n)))]
    y.rule = down
    return y


def variance(x, over, keep=False):
    axes = axes_of(x.dims, over)
    return mean(square(x - with_axes(mean(x, over), x, axes)), over, keep)


def standard_deviation(x, over, keep=False):
    v = variance(x, over, keep)
    zero = equal(v, 0)
    return where(zero, 0, sqrt(where(zero, 1, v)))


def log_sum_exp(x, over="units", keep=False):
    axes = axes_of(x.dims, over)
    top = x.data.max(axis=axes, keepdims=True)
    data = np.log(np.exp(x.data - top).sum(axis=axes, keepdims=True)) + top
    dims = without(x.dims, axes, keep)

    def down(g):
        if fresh:
            return [scaled(with_axes(g, x, axes), softmax(x, over))]
        return [scaled(with_axes(g, x, axes), exp(x - with_axes(y, x, axes)))]
    y = Value(data.reshape(full(dims)), dims, [x], down)
    return y


def softmax(x, over="units"):
    axes = axes_of(x.dims, over)
    e = np.exp(x.data - x.data.max(axis=axes, keepdims=True))

    def down(g):
        p = softmax(x, over) if fresh else y
        return [p * (g - with_axes(sum_over(g * p, axes, False), x, axes))]
    y = Value(e / e.sum(axis=axes, keepdims=True), x.dims, [x], down)
    return y


def log_softmax(x, over="units"):
    axes = axes_of(x.dims, over)
    s = x.data - x.data.max(axis=axes, keepdims=True)

    def down(g):
        p = softmax(x, over) if fresh else exp(y)
        return [g - p * with_axes(sum_over(g, axes, False), x, axes)]
    y = Value(s - np.log(np.exp(s).sum(axis=axes, keepdims=True)), x.dims, [x], down)
    return y


# ---------------------------------------------------------------------------- costs

def one_hot(t, labels):
    data = (t.data[..., None] == np.arange(labels)).astype(real)
    return Value(data, t.dims + (labels,))


def cross_entropy(p, t):
    if t.labels:
        if p.dims[:-1] != t.dims or p.dims[-1] != t.labels:
            raise Refused("targets do not fit")
        hot = one_hot(t, p.dims[-1])
        return -sum_over(where(hot, log(p), 0), (len(p.dims) - 1,), False)
    if p.dims != t.dims:
        raise Refused("targets do not fit")
    return -sum_over(where(equal(t, 0), 0, t * log(p)), (len(p.dims) - 1,), False)


def binary_cross_entropy(p, t):
    return -(where(equal(t, 0), 0, t * log(p)) + where(equal(t, 1), 0, (1 - t) * log1p(-p)))


def sigmoid_binary_cross_entropy(z, t):
    return softplus(z) - t * z


# ---------------------------------------------------------------------------- views

def reshape(x, to):
    lead = x.dims[:1] if batched(x.dims) else ()
    if any(isinstance(d, str) for d in features(x.dims)):
        raise Refused("an extent inside")
    if math.prod(features(x.dims)) != math.prod(to) or len(lead) + len(to) > 5:
        raise Refused("another number of elements")
    return itself(reshaped(x, lead + tuple(to)))


def itself(x):
    """Another variable: gradients are by one or the other."""
    return Value(x.data, x.dims, [x], lambda g: [g], x.labels)


def flatten(x):
    return reshape(x, (math.prod(features(x.dims)),)) if not any(
        isinstance(d, str) for d in features(x.dims)) else reshape(x, ())


def permuted(x, order):
    inverse = [order.index(k) for k in range(len(order))]
    return Value(x.data.transpose(order), [x.dims[k] for k in order], [x],
                 lambda g: [permuted(g, inverse)], x.labels)


def transpose(x, axes=()):
    if not axes:
        if len(x.dims) != 2:
            raise Refused("no matrix")
        return permuted(x, [1, 0])
    b = int(batched(x.dims))
    if sorted(axes) != list(range(len(x.dims) - b)):
        raise Refused("other axes")
    return permuted(x, [0] * b + [b + a for a in axes])


def slice_(x, axis, start, stop, step):
    b = int(batched(x.dims))
    at = len(x.dims) + axis if axis < 0 else axis + b
    if not b <= at < len(x.dims) or isinstance(x.dims[at], str):
        raise Refused("no such axis")
    n = len(range(*slice(start, stop, step).indices(x.dims[at])))
    if n == 0:
        raise Refused("an empty slice")
    return taken(x, at, range(*slice(start, stop, step).indices(x.dims[at])))


def taken(x, at, places):
    index = (slice(None),) * at + (list(places),)
    dims = x.dims[:at] + (len(places),) + x.dims[at + 1:]
    return Value(x.data[index], dims, [x], lambda g: [placed(g, at, places, x.dims)], x.labels)


def placed(g, at, places, dims):
    data = np.zeros(full(dims), real)
    data[(slice(None),) * at + (list(places),)] = g.data
    return Value(data, dims, [g], lambda h: [taken(h, at, places)])


def concatenate(xs, axis):
    b = int(batched(xs[0].dims))
    at = len(xs[0].dims) + axis if axis < 0 else axis + b
    rest = [x.dims[:at] + x.dims[at + 1:] for x in xs]
    if not b <= at < len(xs[0].dims) or any(r != rest[0] for r in rest) or any(
            len(x.dims) <= at or isinstance(x.dims[at], str) for x in xs):
        raise Refused("axes differ")
    if any(x.labels for x in xs):
        raise Refused("labels")
    starts = np.cumsum([0] + [x.dims[at] for x in xs])

    def down(g):
        return [taken(g, at, range(s, s + x.dims[at])) for s, x in zip(starts, xs)]
    dims = xs[0].dims[:at] + (int(starts[-1]),) + xs[0].dims[at + 1:]
    return Value(np.concatenate([x.data for x in xs], axis=at), dims, xs, down)


# ---------------------------------------------------------------------------- products, images

def matmul(a, b):
    a, b = numbers(a), numbers(b)
    if not 1 <= len(a.dims) <= 2 or not 1 <= len(b.dims) <= 2 or a.dims[-1] != b.dims[0]:
        raise Refused("inner dimensions differ")
    dims = a.dims[:-1] + b.dims[1:]
    if sum(isinstance(d, str) for d in dims) > 1:
        raise Refused("two extents")

    def down(g):
        left = reshaped(a, (1,) + a.dims) if len(a.dims) == 1 else a
        right = reshaped(b, b.dims + (1,)) if len(b.dims) == 1 else b
        g = reshaped(g, (left.dims[0], right.dims[1]))
        return [reshaped(matmul(g, permuted(right, [1, 0])), a.dims),
                reshaped(matmul(permuted(left, [1, 0]), g), b.dims)]
    return Value(a.data @ b.data, dims, [a, b], down)


def take_rows(w, t):
    if any(isinstance(d, str) for d in w.dims) or not w.dims or len(w.dims) + len(t.dims) > 6:
        raise Refused("no rows")
    index = t.data.astype(int)
    return Value(w.data[index], t.dims + w.dims[1:], [w], lambda g: [add_rows(g, t, w.dims)])


def add_rows(g, t, dims):
    data = np.zeros(full(dims), real)
    np.add.at(data, t.data.astype(int), g.data)
    return Value(data, dims, [g], lambda h: [take_rows(h, t)])


def image_axes(x):
    b = int(batched(x.dims))
    if len(x.dims) - b != 3 or any(isinstance(d, str) for d in features(x.dims)):
        raise Refused("no image")
    return b


def windows_product(x, w, stride, pad):
    """Cross-correlation of [n, r, c, k] with [i, j, k, o]: bilinear, as are its transposes."""
    p = np.pad(x, ((0, 0), pad[0], pad[1], (0, 0)))
    rows = (p.shape[1] - w.shape[0]) // stride[0] + 1
    columns = (p.shape[2] - w.shape[1]) // stride[1] + 1
    y = np.zeros((x.shape[0], rows, columns, w.shape[3]), real)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            y += p[:, i:i + rows * stride[0]:stride[0],
                   j:j + columns * stride[1]:stride[1]][:, :rows, :columns] @ w[i, j]
    return y


def windows_image(g, w, x_shape, stride, pad):
    p = np.zeros((x_shape[0], x_shape[1] + sum(pad[0]), x_shape[2] + sum(pad[1]), x_shape[3]), real)
    rows, columns = g.shape[1:3]
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            p[:, i:i + (rows - 1) * stride[0] + 1:stride[0],
              j:j + (columns - 1) * stride[1] + 1:stride[1]] += g @ w[i, j].T
    return p[:, pad[0][0]:pad[0][0] + x_shape[1], pad[1][0]:pad[1][0] + x_shape[2]]


def windows_kernel(g, x, w_shape, stride, pad):
    p = np.pad(x, ((0, 0), pad[0], pad[1], (0, 0)))
    rows, columns = g.shape[1:3]
    w = np.zeros(w_shape, real)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            part = p[:, i:i + (rows - 1) * stride[0] + 1:stride[0],
                     j:j + (columns - 1) * stride[1] + 1:stride[1]]
            w[i, j] = part.reshape(-1, part.shape[-1]).T @ g.reshape(-1, g.shape[-1])
    return w


def convolve(x, w, border="valid", padding=(0, 0), stride=(1, 1), flip=True):
    b = image_axes(x)
    if len(w.dims) != 4 or x.dims[-1] != w.dims[2] or any(isinstance(d, str) for d in w.dims):
        raise Refused("kernels do not fit")
    kernel, pixels = w.dims[:2], x.dims[b:b + 2]
    # `same` is the middle of `full`; of its zeros one more is behind where they are odd.
    zeros = {"valid": [(0, 0)] * 2, "full": [(k - 1, k - 1) for k in kernel],
             "same": [((k - 1) - (k - 1) // 2, (k - 1) // 2) for k in kernel]}[border]
    pad = [(z[0] + p, z[1] + p) for z, p in zip(zeros, padding)]
    if any(n + sum(p) < k for n, p, k in zip(pixels, pad, kernel)):
        raise Refused("the kernel does not fit")
    turned = reversed_kernel(w) if flip else w
    images = x if b else reshaped(x, (1,) + x.dims)
    y = correlation(images, turned, stride, pad)
    return y if b else reshaped(y, y.dims[1:])


def reversed_kernel(w):
    return Value(w.data[::-1, ::-1], w.dims, [w], lambda g: [reversed_kernel(g)])


def correlation(x, w, stride, pad):
    y = windows_product(x.data, w.data, stride, pad)
    return Value(y, x.dims[:1] + y.shape[1:], [x, w], lambda g: [
        image_gradient(g, w, x.dims, stride, pad), kernel_gradient(g, x, w.dims, stride, pad)])


def image_gradient(g, w, dims, stride, pad):
    data = windows_image(g.data, w.data, full(dims), stride, pad)
    return Value(data, dims, [g, w], lambda h: [
        correlation(h, w, stride, pad), kernel_gradient(g, h, w.dims, stride, pad)])


def kernel_gradient(g, x, dims, stride, pad):
    data = windows_kernel(g.data, x.data, full(dims), stride, pad)
    return Value(data, dims, [g, x], lambda h: [
        correlation(x, h, stride, pad), image_gradient(g, h, x.dims, stride, pad)])


def pool_windows(x, pool, stride, valid):
    b = image_axes(x)
    places = []
    for d in range(2):
        n, k, s = x.dims[b + d], pool[d], stride[d] or pool[d]
        if k > n:
            raise Refused("the window does not fit")
        if valid:
            windows = (n - k) // s + 1
        else:
            windows = min(-(-(n - k) // s) + 1, (n - 1) // s + 1)
        places.append([range(i * s, min(i * s + k, n)) for i in range(windows)])
    return b, places


def mean_pool(x, pool, stride, valid):
    b, (rows, columns) = pool_windows(x, pool, stride, valid)
    left = np.zeros((len(rows), x.dims[b]), real)
    right = np.zeros((x.dims[b + 1], len(columns)), real)
    for i, r in enumerate(rows):
        left[i, list(r)] = real(1) / len(r)
    for j, c in enumerate(columns):
        right[list(c), j] = real(1) / len(c)
    return linear_pool(x, left, right)


def linear_pool(x, left, right):
    b = image_axes(x)
    dims = x.dims[:b] + (left.shape[0], right.shape[1], x.dims[-1])
    y = np.einsum("ir,...rck,cj->...ijk", left, x.data, right)
    return Value(y, dims, [x], lambda g: [linear_pool(g, left.T, right.T)])


def max_pool(x, pool, stride, valid):
    b, (rows, columns) = pool_windows(x, pool, stride, valid)
    images = x.data if b else x.data[None]
    index = np.arange(images.size).reshape(images.shape)
    chosen = np.zeros(images.shape[:1] + (len(rows), len(columns)) + images.shape[3:], int)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            part = images[:, list(r)][:, :, list(c)].reshape(images.shape[0], -1, images.shape[3])
            where_ = index[:, list(r)][:, :, list(c)].reshape(part.shape)
            best = part.argmax(axis=1)[:, None]
            chosen[:, i, j] = np.take_along_axis(where_, best, axis=1)[:, 0]
    dims = x.dims[:b] + (len(rows), len(columns), x.dims[-1])
    return gathered(x, chosen.reshape(full(dims)), dims)


def gathered(x, places, dims):
    return Value(x.data.reshape(-1)[places], dims, [x],
                 lambda g: [scattered(g, places, x.dims)])


def scattered(g, places, dims):
    data = np.zeros(math.prod(full(dims)), real)
    np.add.at(data, places.reshape(-1), g.data.reshape(-1))
    return Value(data.reshape(full(dims)), dims, [g], lambda h: [gathered(h, places, g.dims)])


# ---------------------------------------------------------------------------- derivatives

def refuse(g):
    raise Refused("no derivative")


def grad(cost, x):
    """d cost / d x, a new value: of x itself, not of others equal to it."""
    if cost.dims:
        raise Refused("a cost is one number")
    between, leads = {}, {}

    def leads_to_x(v):  # without recursion: chains are long
        stack = [v]
        while stack:
            u = stack[-1]
            if u.order in leads:
                stack.pop()
            elif u is x:
                leads[u.order] = True
                stack.pop()
            elif u.order < x.order or not u.rule:
                leads[u.order] = False
                stack.pop()
            else:
                open_ = [w for w in u.of if w.order not in leads]
                if open_:
                    stack.extend(open_)
                else:
                    leads[u.order] = any(leads[w.order] for w in u.of)
                    stack.pop()
            if leads.get(u.order):
                between[u.order] = u
        return leads[v.order]

    if not leads_to_x(cost):
        return Value(np.zeros(full(x.dims), real), x.dims)
    adjoint = {cost.order: number(1.0)}
    for order in sorted(between, reverse=True):
        v = between[order]
        if v is x or order not in adjoint:
            continue
        for w, part in zip(v.of, v.rule(adjoint[order])):
            if part is None or w.order not in between or w.labels:
                continue
            adjoint[w.order] = adjoint[w.order] + part if w.order in adjoint else part
    if x.order not in adjoint:
        return Value(np.zeros(full(x.dims), real), x.dims)
    g = adjoint[x.order]
    return Value(g.data, g.dims, [g], lambda h: [h])
