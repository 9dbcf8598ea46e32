"""All words of the screen, in one table for each language: Python uses them, and a page receives them."""

import functools
import json
from pathlib import Path

from .errors import DataError

__all__ = ["ENGLISH", "Words", "languages", "words"]

_TABLES = Path(__file__).parent / "languages"


class Words:
    """The table of a language: texts by section and key, with names in braces for what varies.

    >>> words("en")("told.neurons", count=2)
    '2 neurons'

    Attributes
    ----------
    table : {section: {key: text}}, and {"locale": how numbers are written}; JSON-able

    """

    def __init__(self, table):
        self.table = table

    def __call__(self, where, **values):
        """Text at "section.key", with values in place of the names."""
        section, _, key = where.partition(".")
        return self.table[section][key].format(**values)

    def listed(self, some):
        """Texts as a list in a sentence."""
        *first, last = map(str, some)
        return self("told.list", first=", ".join(first), last=last) if first else last


def languages():
    """Names of the languages that have a table."""
    return tuple(sorted(path.stem for path in _TABLES.glob("*.json")))


@functools.cache
def words(language="en"):
    """`Words` of a language, such as "en" or "de"; DataError if it has no table."""
    if language not in languages():
        raise DataError(f"there is no language {language!r}: give one of {', '.join(languages())}")
    return Words(json.loads((_TABLES / f"{language}.json").read_text(encoding="utf-8")))


ENGLISH = words()
