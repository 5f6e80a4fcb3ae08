"""What share of the filters in a model file are Gabor functions, and a picture of them.

    gabor.py MODEL ROWS COLUMNS CHANNELS [PICTURE.png]

Each column of W is a patch [rows, columns, channels]. Its colours are put on the one line along
which they vary most; a plane wave under a Gaussian bell (Daugman 1985) is fitted to that by least
squares, from many starts. Told: the share of filters of whose squares it explains at least a half,
and at least three quarters; for comparison, of as many patches of white noise.
"""
import json
import struct
import sys
import zlib

import numpy as np
from scipy.optimize import least_squares


def tensor(path, name):
    raw = open(path, "rb").read()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + size])[name]
    begin, end = header["data_offsets"]
    return np.frombuffer(raw[8 + size:][begin:end], np.float32).reshape(header["shape"])


def gabor(p, y, x):
    y0, x0, angle, wave, phase, along, across = p
    u = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
    v = (y - y0) * np.cos(angle) - (x - x0) * np.sin(angle)
    bell = np.exp(-.5 * ((u / along) ** 2 + (v / across) ** 2))
    return bell * np.cos(2 * np.pi * u / wave + phase)


def explained(patch):
    """The share of a patch's squares that the best Gabor function explains."""
    rows, columns = patch.shape
    y, x = np.mgrid[:rows, :columns].astype(float)
    total = (patch ** 2).sum()
    # The middle of the patch's energy.
    weight = patch ** 2 / total
    middle = (weight * y).sum(), (weight * x).sum()

    def rest(p):
        g = gabor(p, y, x)
        return (patch - (patch * g).sum() / ((g ** 2).sum() + 1e-9) * g).ravel()
    best = 0
    low = [-1, -1, -np.pi, 2, -2 * np.pi, .4, .4]
    high = [rows, columns, 2 * np.pi, 2 * rows, 2 * np.pi, rows, rows]
    starts = [(angle, wave, phase) for angle in np.arange(4) * np.pi / 4
              for wave in (3,) for phase in (0, np.pi / 2)]
    for angle, wave, phase in starts:
        begin = np.clip([*middle, angle, wave, phase, 1., 1.5], np.add(low, 1e-3),
                        np.subtract(high, 1e-3))
        found = least_squares(rest, begin, bounds=(low, high), max_nfev=40)
        best = max(best, 1 - 2 * found.cost / total)
    return best


def one_colour(filters, shape):
    patches = []
    for f in filters:
        f = f.reshape(-1, shape[2])
        patches.append((f @ np.linalg.svd(f, full_matrices=False)[2][0]).reshape(shape[:2]))
    return patches


def write_picture(path, filters, shape, across=25, zoom=4):
    step = zoom * shape[0] + 2
    down = -(-len(filters) // across)
    sheet = np.full((down * step, across * step, 3), 255, np.uint8)
    for n, f in enumerate(filters):
        patch = f.reshape(shape)
        patch = (127.5 * (1 + patch / np.abs(patch).max())).astype(np.uint8)
        patch = np.broadcast_to(patch, (*shape[:2], 3)).repeat(zoom, 0).repeat(zoom, 1)
        y, x = n // across * step, n % across * step
        sheet[y:y + patch.shape[0], x:x + patch.shape[1]] = patch
    lines = b"".join(b"\0" + line.tobytes() for line in sheet)

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check
    head = struct.pack(">IIBBBBB", sheet.shape[1], sheet.shape[0], 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
                   chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


W = tensor(sys.argv[1], "W").T
shape = tuple(int(n) for n in sys.argv[2:5])
if len(sys.argv) > 5:
    write_picture(sys.argv[5], W, shape)
for name, filters in (("filters", W), ("noise", np.random.default_rng(0).normal(size=W.shape))):
    shares = np.array([explained(patch) for patch in one_colour(filters, shape)])
    print(f"{name}: {len(shares)}; at least half explained {np.mean(shares >= .5):.2f}, three "
          f"quarters {np.mean(shares >= .75):.2f}, median {np.median(shares):.2f}", flush=True)
