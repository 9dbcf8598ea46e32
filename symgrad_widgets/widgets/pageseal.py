"""What a page keeps back, as one block: packed, and encrypted where a word is given.

A key is derived from the word by PBKDF2; HMAC-SHA-256 of a counter is the stream that hides the block, and
HMAC-SHA-256 of what is hidden, with another key, its mark. Browsers have both, in WebCrypto. A salt is drawn
for each block, so no stream serves twice.
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
    """JSON-able block of plain values; without a word it keeps them from a glance and a text search only."""
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
