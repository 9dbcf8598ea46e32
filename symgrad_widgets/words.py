"""All words of the screen, in one table for each language: Python uses them, and a page receives them."""

import functools
import json
import string
from numbers import Real
from pathlib import Path

from .errors import DataError

__all__ = ["ENGLISH", "Words", "languages", "words"]

_TABLES = Path(__file__).parent / "languages"


class Words(string.Formatter):
    """The table of a language: texts by section and key, with names in braces for the parts that vary.

    Numbers among the values are written in the usual way of the language.

    >>> words("en")("told.neurons", count=2)
    '2 neurons'
    >>> words("de").number(1234.5, ",.1f")
    '1.234,5'

    Attributes
    ----------
    table : {section: {key: text}}, and {"locale": name of the language}; JSON-able

    """

    def __init__(self, table):
        self.table = table
        signs = table.get("numbers", {"point": ".", "thousands": ","})
        self._signs = str.maketrans({".": signs["point"], ",": signs["thousands"]})

    def __call__(self, where, /, **values):
        """Return the text at "section.key", with values in place of the names in braces."""
        section, _, key = where.partition(".")
        return self.vformat(self.table[section][key], (), values)

    def format_field(self, value, spec):
        """Return a value in a text; a number gets the digits that `format` would give it."""
        text = format(value, spec)
        return text.translate(self._signs) if isinstance(value, Real) else text

    number = format_field

    def listed(self, some):
        """Return the texts as a list in a sentence."""
        *first, last = map(str, some)
        return self("told.list", first=", ".join(first), last=last) if first else last


def languages():
    """Return the names of the languages that have a table."""
    return tuple(sorted(path.stem for path in _TABLES.glob("*.json")))


@functools.cache
def words(language="en"):
    """Return the `Words` of a language, such as "en" or "de"; DataError if it has no table."""
    if language not in languages():
        raise DataError(f"there is no language {language!r}: choose one of {', '.join(languages())}")
    return Words(json.loads((_TABLES / f"{language}.json").read_text(encoding="utf-8")))


ENGLISH = words()
