"""What a page keeps back, as one block, which is packed and, if you give a word, encrypted.

PBKDF2 derives two keys from the word. With one key, HMAC-SHA-256 of a counter makes the stream that hides the
block. With the other key, HMAC-SHA-256 of the hidden block makes the block's mark. Browsers have both
functions, in WebCrypto. Each block gets a random salt, so no stream is used twice.
"""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import zlib

from ..errors import DataError

__all__ = ["sealed"]

_ROUNDS = 600_000  # OWASP's advice for PBKDF2 with SHA-256, 2023
_SHORTEST = 4


def sealed(values, word=None):
    """Return plain values as a JSON-able block; without a word, only hidden from a glance or text search."""
    packed = zlib.compress(json.dumps(values).encode(), 9)
    if word is None:
        return {"salt": None, "rounds": 0, "mark": None, "block": _text(packed)}
    if not isinstance(word, str) or len(word.strip()) < _SHORTEST:
        raise DataError(f"the word must be a text of at least {_SHORTEST} letters, got {word!r}")
    salt = secrets.token_bytes(16)
    keys = hashlib.pbkdf2_hmac("sha256", word.strip().encode(), salt, _ROUNDS, 64)
    hidden = bytes(a ^ b for a, b in zip(packed, _stream(keys[:32], len(packed)), strict=True))
    mark = hmac.digest(keys[32:], hidden, "sha256")
    return {"salt": _text(salt), "rounds": _ROUNDS, "mark": _text(mark), "block": _text(hidden)}


def _stream(key, length):
    blocks = (hmac.digest(key, struct.pack("<Q", i), "sha256") for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def _text(some):
    return base64.b64encode(some).decode()
