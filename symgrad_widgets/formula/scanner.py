"""Find the word, number or sign at a place in a formula's text, and raise errors about this place."""

import math
import re
import unicodedata
from collections import Counter

from ..errors import ExpressionError
from .plain import short
from .vocabulary import (
    ALIASES,
    FRACTIONS,
    SENTENCES,
    SUPERSCRIPTS,
    TYPOGRAPHY,
    arity,
    key,
    known_functions,
)

__all__ = ["DIGITS", "Scanner", "begins_word", "goes_on", "is_word"]

_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NUMBER_WITH_COMMA = re.compile(r"(\d+(?:[.,]\d+|\.)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DIGITS = frozenset("0123456789")
_SPLITS = 4  # ways to cut a word, at most


class Scanner:
    """A text and a place in it. `chosen` says which reading to use where several are possible."""

    def __init__(self, text, names, chosen):
        if not isinstance(text, str):
            raise ExpressionError(f"a formula must be text, got {type(text).__name__}: {text!r}")
        self.raw, self.chosen, self.open = text, chosen, {}
        self.text = "".join(TYPOGRAPHY.get(sign, sign) for sign in text)
        self.names = None if names is None else [str(name) for name in names]
        self.inputs = _by_key(self.names or ())
        self.special = sorted((n for n in self.names or () if not is_word(n)), key=lambda n: (-len(n), n))
        self.at, self.end = 0, len(text)
        self.bars = self.commas = False  # inside |...|, inside a function of several arguments

    def refuse(self, sentence, start=None, end=None, **words):
        """Raise an error with a sentence about a place in the text, by default about the character here."""
        start = self.at if start is None else start
        said = SENTENCES[sentence].format(text=short(self.raw.strip(" ")), **words)
        raise ExpressionError(said, at=(start, start + 1 if end is None else end))

    def known(self):
        """Return a sentence that lists the inputs."""
        names = self.names
        if not names:
            return SENTENCES["noInputs"]
        if len(names) == 1:
            return SENTENCES["oneInput"].format(name=names[0])
        if len(names) > 12:
            return SENTENCES["manyInputs"].format(names=", ".join(names[:11]), more=len(names) - 11)
        return SENTENCES["inputs"].format(names=", ".join(names[:-1]), last=names[-1])

    def unknown(self, word, start, end):
        if self.names is not None and not (len(word) > 1 and self.after(end) == "("):
            self.refuse("unknown", start, end, word=word, inputs=self.known())
        near = [name for name in known_functions() if name[:2].lower() == word[:2].lower()]
        mean = SENTENCES["mean"].format(names=SENTENCES["or"].join(near[:3]))
        hint = mean if near else SENTENCES["functions"]
        self.refuse("function", start, end, word=word, functions=hint)

    def missing(self):
        sign = self.peek()
        if not sign:
            self.refuse("end", self.end, self.end)
        self.refuse("missing" if sign in "*/^)+-,|=" else "sign", sign=self.raw[self.at])

    def peek(self):
        """Move to the next character that is not a space, and return it; "" at the end."""
        while self.at < self.end and self.text[self.at] == " ":
            self.at += 1
        return self.text[self.at] if self.at < self.end else ""

    def after(self, place):
        """Return the character at a place; "" at the end."""
        return self.text[place] if place < self.end else ""

    def way(self, kind, count=2):
        """Return which of several readings to use at this place: the first, unless `chosen` names another."""
        self.open[kind, self.at] = count
        return self.chosen.get((kind, self.at), 0)

    def starts(self, sign):
        """Return whether this character can begin a factor, so that no * is needed before it."""
        if sign == "|":
            return not self.bars
        return sign != "" and (sign in "(√.\\" or sign in FRACTIONS or sign in DIGITS or begins_word(sign))

    def is_power(self):
        return self.peek() == "^" or self.text.startswith("**", self.at, self.end)

    def superscripts(self):
        start = self.at
        while self.at < self.end and self.text[self.at] in SUPERSCRIPTS:
            self.at += 1
        plain = "".join(SUPERSCRIPTS[sign] for sign in self.text[start : self.at])
        digits = plain.removeprefix("-")
        if not DIGITS.issuperset(digits or " "):
            self.refuse("sign", start, self.at, sign=self.raw[start : self.at])
        number = ["#", digits, start, self.at]
        return ["neg", number] if plain != digits else number

    def number(self):
        start = self.at
        whole = (_NUMBER if self.commas else _NUMBER_WITH_COMMA).match(self.text, self.at, self.end)
        text = whole[0].replace(",", ".") if whole else "0"
        self.at = whole.end() if whole else self.at
        if math.isinf(float(text)):
            self.refuse("finite", start, self.at, piece=short(text))
        if self.after(self.at) in FRACTIONS and DIGITS.issuperset(text):
            above, below = FRACTIONS[self.text[self.at]]
            text, self.at = f"{int(text) * below + above}/{below}", self.at + 1
        return ["#", text, start, self.at]

    def input(self, word):
        """Return the input that a word stands for, or None."""
        return self.inputs.get(word, self.inputs.get(key(word)))

    def function(self, word):
        """Return the name under which a function is known, whatever the word's capitals; or None."""
        names = [ALIASES.get(name, name) for name in (word, word.lower())]
        return next((name for name in names if arity(name) is not None), None)

    def word_end(self, place):
        """Return the end of the word at `place`, made of letters, digits, subscripts, _ and _{...}."""
        place += self.text[place] == "\\"
        while place < self.end and goes_on(self.raw[place]):
            close = self.raw.find("}", place, self.end) if self.raw.startswith("_{", place) else -1
            place = close + 1 if close > 0 else place + 1
        return place

    def cuts(self, start, end):
        """Return possible ends of a word's first piece (an input, pi or a function), longest first."""
        fits = {end: True}
        for place in range(end - 1, start - 1, -1):
            fits[place] = any(
                fits[cut] and self.is_piece(place, cut, end) for cut in range(place + 1, end + 1)
            )
        found = [cut for cut in range(end, start, -1) if fits[cut] and self.is_piece(start, cut, end)]
        return found[:_SPLITS]

    def is_piece(self, start, cut, end):
        word = self.raw[start:cut].removeprefix("\\")
        if self.input(word) is not None or word in ("pi", "π"):
            return word != ""
        ahead = cut < end or self.after(cut) in {"(", "^", *SUPERSCRIPTS}
        return len(word) > 1 and ahead and self.function(word) is not None

    def is_function(self):
        """Return whether a function comes next; if so, the argument of the function before it ends here."""
        if self.peek() == "√":
            return True
        if not (self.peek() == "\\" or begins_word(self.peek())):
            return False
        word = self.raw[self.at : self.word_end(self.at)].removeprefix("\\")
        return self.input(word) is None and self.function(word) is not None


def _by_key(names):
    """Return inputs by name, and also by their `key` if no other input has the same key."""
    keys = [key(name) for name in names]
    count = Counter(keys)
    alone = {one: name for one, name in zip(keys, names, strict=True) if count[one] == 1}
    return alone | {name: name for name in names}


def begins_word(sign):
    """Return whether this character can begin a word."""
    return sign == "_" or (sign != "" and unicodedata.category(sign)[0] == "L")


def goes_on(sign):
    """Return whether this character can continue a word."""
    return sign != "" and (
        begins_word(sign) or sign in DIGITS or sign in "₀₁₂₃₄₅₆₇₈₉" or unicodedata.category(sign)[0] == "M"
    )


def is_word(text):
    """Return whether a text is a single word."""
    plain = re.sub(r"_\{[^{}]*\}", "", text.removeprefix("\\"))
    return plain != "" and begins_word(plain[0]) and all(map(goes_on, plain))
