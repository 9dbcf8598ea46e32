"""Files as nobody would write them by mistake only: bytes changed, and contents that read well and lie."""

import io
import json
import struct
import zipfile

import numpy as np

VALUES = [
    None, True, -1, 0, 1e308, -1e-308, 2**63, 10**40, 10**400, float("nan"), "", "x", "../../etc/passwd",
    "é" * 40, "9**9**9**9", "a" * 50_000, "(" * 300, "__import__('os').getcwd()", [], {}, [[]], [None] * 3,
    {"a": {"b": [1]}}, list(range(400)), "∞", "x\0y", -2147483649, [1e400], {"": ""},
]  # fmt: skip


def flipped(content, random):
    """Some bits turned round."""
    array = np.frombuffer(content, np.uint8).copy()
    for place in random.integers(0, len(array), random.integers(1, 20)):
        array[place] ^= 1 << random.integers(8)
    return array.tobytes()


def cut(content, random):
    """The beginning alone, the end alone, or without a piece in the middle."""
    a, b = sorted(random.integers(0, len(content) + 1, 2))
    return (content[:a], content[b:], content[:a] + content[b:])[random.integers(3)]


def swapped(content, random):
    """Two pieces in each other's place."""
    a, b, c, d = sorted(random.integers(0, len(content) + 1, 4))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def grown(content, random):
    """Something put in: noise, zeros, or a piece of itself again."""
    a, b = sorted(random.integers(0, len(content) + 1, 2))
    more = (random.bytes(64), bytes(5000), content[a:b], b"[" * 20_000)[random.integers(4)]
    return content[:a] + more + content[a:]


BYTES = (flipped, cut, swapped, grown)


def lying(value, random, depth=0):
    """The same JSON value with something else in one place, or without it, or with a new one."""
    if isinstance(value, dict) and value and depth < 6 and random.random() < 0.9:
        key = list(value)[random.integers(len(value))]
        kind = random.integers(5)
        if kind == 0:
            return {k: v for k, v in value.items() if k != key}
        if kind == 1:
            other = list(value)[random.integers(len(value))]
            return value | {key: value[other], other: value[key]}
        if kind == 2:
            return value | {str(VALUES[random.integers(len(VALUES))])[:60]: 1}
        return value | {key: lying(value[key], random, depth + 1)}
    if isinstance(value, list) and value and random.random() < 0.7:
        place = random.integers(len(value))
        return [*value[:place], lying(value[place], random, depth + 1), *value[place + 1 :]]
    return VALUES[random.integers(len(VALUES))]


def text_of(value):
    """JSON text, NaN and all."""
    return json.dumps(value)


def npz(arrays, compressed=True):
    """Bytes of an .npz file."""
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **arrays)
    return stream.getvalue()


def other_array(array, random):
    """Another array in its place."""
    kinds = [
        lambda a: a[: len(a) // 2] if a.ndim else a,
        lambda a: a.reshape(-1) if a.ndim else a,
        lambda a: a.T,
        lambda a: np.full(a.shape, np.nan),
        lambda a: np.zeros(a.shape),
        lambda a: np.full(a.shape, 1e308),
        lambda a: a.astype("U20") if a.dtype.kind == "f" else np.arange(5),
        lambda _: np.zeros((0, 2)),
        lambda _: np.zeros((2, 3, 4, 5)),
        lambda _: np.array(3.0),
        lambda a: a.astype(np.complex128) if a.dtype.kind == "f" else a,
        lambda a: a.astype(np.int8) if a.dtype.kind == "f" else a,
    ]
    return kinds[random.integers(len(kinds))](array)


def safetensors(header, content):
    """Bytes of a safetensors file with any header."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def opened_safetensors(file):
    """Header and content of one."""
    (size,) = struct.unpack("<Q", file[:8])
    return json.loads(file[8 : 8 + size]), file[8 + size :]


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    """Bytes of a zip file with any entries, (name, bytes)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, content in entries:
            file.writestr(name, content)
    return stream.getvalue()


def unzipped(file):
    """Entries of one."""
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]
