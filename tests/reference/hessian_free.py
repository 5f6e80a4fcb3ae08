#!/usr/bin/env python3
"""Hessian-free optimisation of a small network, by dense matrices in NumPy.

Prints what tests/training/hessian_free.cpp compares with: after each step the mean squared error,
the damping, the iterations of conjugate gradients and the reduction ratio.
"""
import numpy as np

inputs, hidden, rows = 4, 3, 12
i, r = np.arange(inputs), np.arange(rows)
x = np.sin(1.0 + r[:, None] * 1.7 + i[None, :] * 2.9) * (i[None, :] + 1)
y = np.cos(r * 2.3) + 0.5 * x[:, 0] - x[:, 3]
n = inputs * hidden + hidden
theta = 0.5 * np.cos(1.0 + 2.0 * np.arange(n))


def output(p):
    return np.tanh(x @ p[:inputs * hidden].reshape(inputs, hidden)) @ p[inputs * hidden:]


def jacobian(p):
    V, w = p[:inputs * hidden].reshape(inputs, hidden), p[inputs * hidden:]
    h = np.tanh(x @ V)
    by_V = x[:, :, None] * (w * (1 - h * h))[:, None, :]
    return np.concatenate([by_V.reshape(rows, -1), h], axis=1)


def cost(p):
    return np.mean((y - output(p)) ** 2)


def minimize(A, g, start, tol=5e-4, max_iters=250):
    x = start.copy()
    r = -g - A @ x
    d, rho = r.copy(), r @ r
    q = [0.5 * x @ A @ x + g @ x]
    points, next_kept, k = [], 1, 0
    while k < max_iters and rho > 0:
        Ad = A @ d
        alpha = rho / (d @ Ad)
        x = x + alpha * d
        r = r - alpha * Ad
        beta, rho = r @ r / rho, r @ r
        d = r + beta * d
        k += 1
        q.append(0.5 * x @ A @ x + g @ x)
        window = max(10, k // 10)
        ends = k > window and q[-1] < 0 and (q[-1] - q[-1 - window]) / q[-1] < window * tol
        if ends or k >= next_kept or k == max_iters:
            points.append((x, q[-1]))
            while next_kept <= k:
                next_kept = np.ceil(next_kept * 1.3)
        if ends:
            break
    return points, k


damping, last = 1.0, np.zeros(n)
for step in range(6):
    J = jacobian(theta)
    g = 2.0 / rows * J.T @ (output(theta) - y)
    A = 2.0 / rows * J.T @ J + damping * np.eye(n)
    points, k = minimize(A, g, 0.95 * last)
    before = cost(theta)
    at = len(points) - 1
    while at > 0 and cost(theta + points[at - 1][0]) < cost(theta + points[at][0]):
        at -= 1
    d, q = points[at]
    ratio = (cost(theta + d) - before) / q
    length = 1.0
    while not cost(theta + length * d) <= before + 0.01 * length * (g @ d):
        length *= 0.8
    theta, last = theta + length * d, d
    if ratio > 0.75:
        damping *= 2 / 3
    elif not ratio >= 0.25:
        damping *= 3 / 2
    print("{%.12g, %.12g, %d, %.12g, %.12g}," % (cost(theta), damping, k, ratio, length))
