"""Writes pictures of Fashion-MNIST as PNG files, a folder a class.

    photos.py FOLDER_WITH_FASHION_MNIST OUT
"""
import gzip
import pathlib
import struct
import sys
import zlib

CLASSES = {7: "sneaker", 8: "bag", 9: "boot"}
PARTS = {"train": ("train", 200), "test": ("t10k", 50)}  # files, and pictures of a class


def png(rows, columns, pixels):
    lines = b"".join(b"\0" + pixels[r * columns:(r + 1) * columns] for r in range(rows))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)),
              (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)


def main(source, out):
    for part, (name, wanted) in PARTS.items():
        images = gzip.open(f"{source}/{name}-images-idx3-ubyte.gz").read(16 + 784 * 4000)[16:]
        labels = gzip.open(f"{source}/{name}-labels-idx1-ubyte.gz").read()[8:]
        count = dict.fromkeys(CLASSES, 0)
        for i in range(len(images) // 784):
            if count.get(labels[i], wanted) == wanted:
                continue
            folder = pathlib.Path(out) / part / CLASSES[labels[i]]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i:04}.png").write_bytes(png(28, 28, images[784 * i:784 * (i + 1)]))
            count[labels[i]] += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
