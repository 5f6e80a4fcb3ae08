"""Model files, read and written byte by byte (docs/model-file.md)."""
import json
import pathlib
import struct
import zlib


def header_of(path):
    raw = pathlib.Path(path).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(raw[8:8 + size]), raw[8 + size:]


def write_model(path, header, data):
    meta = {k: v for k, v in header["__metadata__"].items() if "crc32" not in k}
    for name, tensor in header.items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            meta["ansatz.crc32." + name] = "%08x" % zlib.crc32(data[begin:end])
    rest = {k: v for k, v in header.items() if k != "__metadata__"}
    header = {"__metadata__": {"ansatz.header_crc32": "0" * 8, **meta}, **rest}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    mark = b'{"__metadata__":{"ansatz.header_crc32":"'
    text = mark + b"%08x" % zlib.crc32(text) + text[len(mark) + 8:]
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)
