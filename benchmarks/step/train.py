#!/usr/bin/env python3
"""The workloads of bench_step in PyTorch, eager; started by it, one line in, one line out.

    make WORKLOAD        a model with its initial values        -> ok
    run FIRST COUNT      steps FIRST .. FIRST + COUNT - 1       -> cost of the last, CPU seconds
"""
import sys
import time

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(0)

torch.set_num_threads(int(sys.argv[1]))
EXAMPLES = 10_000


def hashed(n, stream):
    x = np.arange(n, dtype=np.uint32) + np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> 16
    x *= np.uint32(0x7FEB352D)
    x ^= x >> 15
    x *= np.uint32(0x846CA68B)
    return (x ^ x >> 16) >> 8


def inputs(features):
    u = hashed(EXAMPLES * features, 1).astype(np.float32) * np.float32(2**-24)
    if features == 784:
        x = np.where(u > np.float32(.8), u, np.float32(0))
    else:
        x = 3 * u - np.float32(1.5)
    return torch.from_numpy(x.reshape(EXAMPLES, features))


def weights(layer, bound, *shape):
    u = hashed(int(np.prod(shape)), 10 + layer) * 2.0**-24
    return torch.from_numpy((bound * (2 * u - 1)).astype(np.float32).reshape(shape))


def parameter(tensor):
    return torch.nn.Parameter(tensor.contiguous())


LABELS = torch.from_numpy((hashed(EXAMPLES, 2) % 10).astype(np.int64))
TARGETS = torch.from_numpy((hashed(EXAMPLES, 2) % 2).astype(np.float32)).reshape(EXAMPLES, 1)


def slices(data, batch):
    return lambda step: data[step % (EXAMPLES // batch) * batch:][:batch]


def supervised(parameters, forward, loss, features, batch, rate=.01, momentum=0., targets=LABELS):
    optimizer = torch.optim.SGD(parameters, lr=rate, momentum=momentum)
    x, y = slices(inputs(features), batch), slices(targets, batch)

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        cost = loss(forward(x(i)), y(i))
        cost.backward()
        optimizer.step()
        return cost.detach()
    return step


def dense(sizes, batch=100, momentum=0., dropout=False):
    layers = []
    for layer, (n, m) in enumerate(zip(sizes, sizes[1:])):
        W = weights(layer, (6 / n) ** .5, n, m)
        layers.append((parameter(W.t()), parameter(torch.zeros(m))))

    def forward(h):
        for layer, (W, b) in enumerate(layers):
            if dropout:
                h = F.dropout(h, .5 if layer else .2)
            h = F.linear(h, W, b)
            if layer + 1 < len(layers):
                h = F.relu(h)
        return h
    parameters = [p for layer in layers for p in layer]
    return supervised(parameters, forward, F.cross_entropy, sizes[0], batch, momentum=momentum)


def autoencoder(batch=100):
    W = parameter(weights(0, .05, 784, 1000))
    b, c = parameter(torch.zeros(1000)), parameter(torch.zeros(784))
    optimizer = torch.optim.SGD([W, b, c], lr=.1)
    x = slices(inputs(784), batch)

    def step(i):
        damaged = x(i) * torch.empty(batch, 784).bernoulli_(.7)
        optimizer.zero_grad(set_to_none=True)
        z = torch.addmm(c, torch.sigmoid(torch.addmm(b, damaged, W)), W.t())
        cost = F.binary_cross_entropy_with_logits(z, x(i), reduction='sum') / batch
        cost.backward()
        optimizer.step()
        return cost.detach()
    return step


def boltzmann_machine(batch):
    W, b, c = weights(0, .05, 784, 500), torch.zeros(500), torch.zeros(784)
    x = slices(inputs(784), batch)
    k = .05 / batch

    @torch.no_grad()
    def step(i):
        v0 = x(i)
        h0 = torch.sigmoid(torch.addmm(b, v0, W))
        v1 = torch.sigmoid(torch.addmm(c, torch.bernoulli(h0), W.t()))
        h1 = torch.sigmoid(torch.addmm(b, v1, W))
        W.addmm_(v0.t(), h0, alpha=k)
        W.addmm_(v1.t(), h1, alpha=-k)
        c.add_((v0 - v1).sum(0), alpha=k)
        b.add_((h0 - h1).sum(0), alpha=k)
        return F.mse_loss(v1, v0, reduction='sum') / batch
    return step


def persistent_machine(batch, steps):
    W, b, c = weights(0, .05, 784, 500), torch.zeros(500), torch.zeros(784)
    x, k, chains = slices(inputs(784), batch), .05 / batch, torch.zeros(batch, 784)

    @torch.no_grad()
    def step(i):
        nonlocal chains
        v0, v = x(i), chains
        for _ in range(steps):
            h = torch.bernoulli(torch.sigmoid(torch.addmm(b, v, W)))
            v = torch.bernoulli(torch.sigmoid(torch.addmm(c, h, W.t())))
        chains = v
        h0, h1 = (torch.sigmoid(torch.addmm(b, each, W)) for each in (v0, v))
        W.addmm_(v0.t(), h0, alpha=k)
        W.addmm_(v.t(), h1, alpha=-k)
        c.add_((v0 - v).sum(0), alpha=k)
        b.add_((h0 - h1).sum(0), alpha=k)
        return h1.sum() / batch
    return step


def unsupervised(parameters, cost_of, features, batch, rate):
    optimizer = torch.optim.SGD(parameters, lr=rate)
    x = slices(inputs(features), batch)

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        cost = cost_of(x(i))
        cost.backward()
        optimizer.step()
        return cost.detach()
    return step


def score_matching(batch):
    W = parameter(weights(0, .05, 192, 400))
    b, c = parameter(torch.zeros(192)), parameter(torch.zeros(400))

    # The score of a Gaussian machine, less that of the noise, both of variance .16.
    def cost(x):
        v = x + .4 * torch.randn_like(x)
        restored = torch.addmm(b, torch.sigmoid(torch.addmm(c, v, W) / .16), W.t())
        return F.mse_loss(restored, x) / .16 ** 2
    return unsupervised([W, b, c], cost, 192, batch, .01)


def variational_autoencoder():
    sizes = [(784, 400), (400, 20), (400, 20), (20, 400), (400, 784)]
    W = [parameter(weights(layer, .05, *size).t()) for layer, size in enumerate(sizes)]
    b = [parameter(torch.zeros(size[1])) for size in sizes]

    def cost(x):
        h = F.relu(F.linear(x, W[0], b[0]))
        mu, log_sigma = F.linear(h, W[1], b[1]), F.linear(h, W[2], b[2])
        z = mu + torch.exp(log_sigma) * torch.randn_like(mu)
        logits = F.linear(F.relu(F.linear(z, W[3], b[3])), W[4], b[4])
        divergence = .5 * (torch.exp(2 * log_sigma) + mu ** 2 - 1 - 2 * log_sigma).sum()
        restored = F.binary_cross_entropy_with_logits(logits, x, reduction='sum')
        return (restored + divergence) / len(x)
    return unsupervised(W + b, cost, 784, 100, .001)


def contractive_autoencoder():
    W = parameter(weights(0, .05, 784, 500))
    b, c = parameter(torch.zeros(500)), parameter(torch.zeros(784))

    def cost(x):
        h = torch.sigmoid(torch.addmm(b, x, W))
        logits = torch.addmm(c, h, W.t())
        penalty = ((h * (1 - h)) ** 2 * (W ** 2).sum(0)).sum()
        restored = F.binary_cross_entropy_with_logits(logits, x, reduction='sum')
        return (restored + .1 * penalty) / len(x)
    return unsupervised([W, b, c], cost, 784, 100, .01)


def kernels(layer, n, m):  # [rows, columns, in, out] to [out, in, rows, columns]
    return parameter(weights(layer, (6 / (25 * n)) ** .5, 5, 5, n, m).permute(3, 2, 0, 1))


def convolutional_net():
    W0, W1 = kernels(0, 1, 16), kernels(1, 16, 32)
    # The flat image is [rows, columns, channels] there, [channels, rows, columns] here.
    W2 = weights(2, (6 / 512) ** .5, 4, 4, 32, 10).permute(3, 2, 0, 1).reshape(10, 512)
    W2 = parameter(W2)
    b0, b1, b2 = (parameter(torch.zeros(n)) for n in (16, 32, 10))

    def forward(x):
        h = F.max_pool2d(F.relu(F.conv2d(x.view(-1, 1, 28, 28), W0, b0)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, W1, b1)), 2)
        return F.linear(h.flatten(1), W2, b2)
    return supervised([W0, b0, W1, b1, W2, b2], forward, F.cross_entropy, 784, 100)


def lenet(batch):
    W0, W1 = kernels(0, 1, 32), kernels(1, 32, 64)
    W2 = weights(2, (6 / 3136) ** .5, 7, 7, 64, 500).permute(3, 2, 0, 1).reshape(500, 3136)
    W2, W3 = parameter(W2), parameter(weights(3, (6 / 500) ** .5, 500, 10).t())
    b0, b1, b2, b3 = (parameter(torch.zeros(n)) for n in (32, 64, 500, 10))

    def forward(x):
        h = F.max_pool2d(F.relu(F.conv2d(x.view(-1, 1, 28, 28), W0, b0, padding=2)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, W1, b1, padding=2)), 2)
        return F.linear(F.relu(F.linear(h.flatten(1), W2, b2)), W3, b3)
    return supervised([W0, b0, W1, b1, W2, b2, W3, b3], forward, F.cross_entropy, 784, batch)


def behind(hidden, W0, b0, units):
    W1 = parameter(weights(1, (6 / units) ** .5, units, 10).t())
    b1 = parameter(torch.zeros(10))
    return supervised([W0, b0, W1, b1], lambda x: F.linear(F.relu(hidden(x) + b0), W1, b1),
                      F.cross_entropy, 784, 100)


def local():
    # Patches [examples, 25, places], kernels [places, 25, channels].
    W, b = parameter(weights(0, (6 / 25) ** .5, 576, 25, 4)), parameter(torch.zeros(2304))

    def hidden(x):
        patches = F.unfold(x.view(-1, 1, 28, 28), 5)
        return torch.bmm(patches.permute(2, 0, 1), W).permute(1, 0, 2).flatten(1)
    return behind(hidden, W, b, 2304)


def tiled():
    # All four kernels everywhere; at each place one of them is taken.
    W = weights(0, (6 / 25) ** .5, 4, 5, 5, 1, 8).permute(0, 4, 3, 1, 2).reshape(32, 1, 5, 5)
    W, b = parameter(W), parameter(torch.zeros(4608))

    def hidden(x):
        y = F.conv2d(x.view(-1, 1, 28, 28), W).view(-1, 4, 8, 24, 24)
        out = torch.empty(x.shape[0], 24, 24, 8)
        for place in range(4):
            r, c = divmod(place, 2)
            out[:, r::2, c::2] = y[:, place, :, r::2, c::2].permute(0, 2, 3, 1)
        return out.flatten(1)
    return behind(hidden, W, b, 4608)


def sparse():
    unit, k = torch.arange(2000)[:, None], torch.arange(50)[None]
    seen = (unit * 131 + k * 53 + k * k) % 784
    W, b = parameter(weights(0, (6 / 50) ** .5, 2000, 50)), parameter(torch.zeros(2000))
    return behind(lambda x: torch.einsum('bjk,jk->bj', x[:, seen], W), W, b, 2000)


def logistic_regression():
    W, b = parameter(weights(0, (6 / 10) ** .5, 10, 1)), parameter(torch.zeros(1))
    return supervised([W, b], lambda x: torch.addmm(b, x, W), F.binary_cross_entropy_with_logits,
                      10, 1, targets=TARGETS)


WORKLOADS = {
    'a100': lambda: dense([784, 10]),
    'b': lambda: dense([784, 500, 500, 10], momentum=.9),
    'c': lambda: dense([784, 1200, 1200, 10], momentum=.9, dropout=True),
    'd': autoencoder,
    'e20': lambda: boltzmann_machine(20),
    'e100': lambda: boltzmann_machine(100),
    'pcd15': lambda: persistent_machine(100, 15),
    'smd5': lambda: score_matching(5),
    'smd100': lambda: score_matching(100),
    'vae': variational_autoencoder,
    'cae': contractive_autoencoder,
    'f': convolutional_net,
    'h_deep': lambda: dense([64] * 21 + [10], batch=32),
    'l1': lambda: lenet(1),
    'l10': lambda: lenet(10),
    'l100': lambda: lenet(100),
    'l256': lambda: lenet(256),
    'local': local,
    'tiled': tiled,
    'sparse': sparse,
    'h_logreg': logistic_regression,
}

print('ready', flush=True)
for line in sys.stdin:
    command, *arguments = line.split()
    if command == 'make':
        torch.manual_seed(1)
        step = WORKLOADS[arguments[0]]()
        print('ok', flush=True)
    else:
        first, count = map(int, arguments)
        cost = 0.
        for i in range(first, first + count):
            cost = step(i)
        print(f'{float(cost):.9g} {time.process_time():.9f}', flush=True)
