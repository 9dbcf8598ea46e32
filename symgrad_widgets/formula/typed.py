"""Read a formula as a person writes it, and turn the text into a tree. Nothing is run or simplified.

The language, which `widgets/assets/formula/read.js` reads in the same way (words in capitals are explained
below):

    formula  = side {"=" side}           all sides but one: a name (E, f(x, v)), a number or "const"
    sum      = SIGNS product {SIGNS product}
    product  = factor {"*" factor | "/" factor | power}      2x, x v, 3(x + v): no sign is needed
    factor   = SIGNS power
    power    = atom {SUPERSCRIPTS} [("^" | "**") factor]     x², x^2, x⁻¹; 2^3^2 is 2^(3^2)
    atom     = NUMBER | INPUT | CONSTANT | call | "(" sum ")" | "|" sum "|"
    call     = FUNCTION [("^" factor | SUPERSCRIPTS)] ("(" sum {"," sum} ")" | bare)
    bare     = SIGNS [NUMBER] power                          sin x, sin 2x, √x, sin² x, ln |x|

SIGNS are any number of + and -; SUPERSCRIPTS are ² or ⁻¹, for instance. A NUMBER may have a point or a
comma, 1.6 or 1,6; ½ and 1½ are numbers too. A word is an INPUT, a CONSTANT
(pi, π, e, E) or a FUNCTION, tried in this order. A function's name with a bracket after it is always the
function. Any other word is split into such words, as `xv` into x and v; the longest words are tried first. If
a text could mean several things, it is read in one way, and the other ways are noted. So `1/2x` is read as
(1/2)*x, `sin x v` as sin(x)*v, `x^1/2` as (x^1)/2, and `sin^-1 x` as asin(x). A name that could also be a
product is read as a name.

A tree is a list. `["#", "1.6", start, end]` is a number and its place in the text, and `["@", "x"]` is an
input. The other trees are `["pi"]`, `["e"]` and `[function, *arguments]`. The functions of arithmetic are
add, neg, mul, div and pow; add and mul take any number of arguments.
"""

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from ..errors import ExpressionError
from .constants import constant, levels
from .plain import written
from .scanner import DIGITS, Scanner, begins_word, goes_on, is_word
from .vocabulary import ALIASES, CONSTANTS, FRACTIONS, LIMITS, SUPERSCRIPTS, arity, inverse

__all__ = ["Reading", "read_formula"]

_NO_FORMULA = re.compile(r"[0-9.,]+|const(ant)?|[cCkK]")
_MOST = 4  # alternatives


@dataclass(frozen=True)
class Reading:
    """How a text was read.

    Attributes
    ----------
    tree : nested lists, described in the module
    written : str, the same formula with every sign and bracket, so that it can be read in only one way
    alternatives : tuple of str, other possible meanings of the text, written in the same way

    """

    tree: list
    written: str
    alternatives: tuple[str, ...]


def read_formula(text, names=None):
    """Read a formula such as "½ v² + 1,6 x^4" or "E = sin x v".

    Parameters
    ----------
    text : str
    names : sequence of str, or None
        The inputs, in any alphabet. With None, every word that has no other meaning is an input.

    Returns
    -------
    Reading

    >>> read_formula("1/2x", ("x", "v"))  # doctest: +ELLIPSIS
    Reading(tree=..., written='(1/2)*x', alternatives=('1/(2*x)',))

    Raises
    ------
    ExpressionError
        The message says in one sentence what is wrong; `error.at` is the place (start, end) in the text, or
        None.

    """
    first = _Reader(text, names, {})
    tree = first.formula()
    plain = written(tree)
    others = []
    for place, count in first.open.items():
        for which in range(1, count):
            try:
                other = written(_Reader(text, names, {place: which}).formula())
            except ExpressionError:
                continue
            if other != plain and other not in others:
                others.append(other)
    return Reading(tree, plain, tuple(others[:_MOST]))


class _Reader(Scanner):
    """The grammar, with a method for each of its lines.

    `depth` counts nested brackets, exponents and arguments.
    """

    def formula(self):
        if len(self.raw) > LIMITS["characters"]:
            self.refuse("long", count=len(self.raw), most=LIMITS["characters"])
        if not self.text.strip(" "):
            pair = [*(self.names or "xv"), ""][:2]
            example = " + ".join(f"{name}^2" for name in pair if name)
            self.refuse("empty", 0, self.end, example=example)
        self.at, self.end = self.side()
        tree = self.sum(0)
        sign = self.peek()
        if sign:
            self.refuse({")": "closed", ",": "comma"}.get(sign, "sign"), sign=self.raw[self.at])
        whole = functools.partial(self.refuse, start=0, end=self.end)
        if levels(tree) > 2 * LIMITS["depth"]:
            whole("deep", most=LIMITS["depth"])
        with np.errstate(all="ignore"):
            constant(tree, whole)
        return tree

    def side(self):
        """Find the formula in the text; in an equation, the formula is one side."""
        cuts = [-1, *(i for i, sign in enumerate(self.text) if sign == "="), self.end]
        sides = [(start + 1, end) for start, end in itertools.pairwise(cuts)]
        for start, end in sides if len(sides) > 1 else ():
            if not self.text[start:end].strip(" "):
                self.at = end
                self.missing()
        left = [sides[0]] if len(sides) == 1 or not self.is_label(*sides[0]) else []
        kept = left + [side for side in sides[1:] if not self.is_number(*side)]
        if len(kept) > 1:
            texts = [self.text[start:end].strip(" ") for start, end in kept]
            self.refuse("equation", kept[1][0] - 1, left=texts[0], right=texts[1])
        return kept[0] if kept else sides[0] if self.is_number(*sides[-1]) else sides[-1]

    def is_label(self, start, end):
        """Return whether this side is only a formula's name, such as E or f(x, v)."""
        word = self.text[start:end].strip(" ")
        name = re.fullmatch(r"[^ ()]+\(([^()]*)\)", word)
        if name and all(self.input(part.strip(" ")) for part in name[1].split(",")):
            word = word[: word.index("(")]
            return is_word(word) and arity(ALIASES.get(word, word)) is None
        return is_word(word) and self.input(word) is None

    def is_number(self, start, end):
        word = self.text[start:end].strip(" ")
        return bool(_NO_FORMULA.fullmatch(word)) and self.input(word) is None

    def signs(self):
        """Read any signs; return whether they make a minus."""
        minus = False
        while self.peek() in ("+", "-"):
            minus ^= self.text[self.at] == "-"
            self.at += 1
        return minus

    def sum(self, depth):
        if depth > LIMITS["depth"]:
            self.refuse("deep", most=LIMITS["depth"])
        terms = []
        while not terms or self.peek() in ("+", "-"):
            minus = self.signs()
            term = self.product(self.power(depth), depth)
            terms.append(["neg", term] if minus else term)
        return terms[0] if len(terms) == 1 else ["add", *terms]

    def product(self, first, depth):
        """Return the product that begins with a factor already read."""
        factors = [first]
        while True:
            sign = self.peek()
            place = self.at
            if sign in ("*", "/"):
                self.at += 1
                factor = self.factor(depth)
                if sign == "*":
                    factors.append(factor)
                    continue
                if self.starts(self.peek()):
                    end, self.at = self.at, place
                    more = self.way("divisor")
                    self.at = end
                    factor = self.juxtaposed(factor, depth) if more else factor
                factors = [["div", _product(factors), factor]]
            elif self.starts(sign):
                factors.append(self.next_power(factors[-1], depth))
            else:
                return _product(factors)

    def next_power(self, before, depth):
        """Return the power that follows another power without a sign between them."""
        start = self.at
        power = self.power(depth)
        if before[0] == "#" and power[0] == "#":
            self.refuse("between", start, left=before[1], right=power[1])
        return power

    def juxtaposed(self, first, depth):
        factors = [first]
        while self.starts(self.peek()):
            factors.append(self.next_power(factors[-1], depth))
        return _product(factors)

    def factor(self, depth):
        minus = self.signs()
        power = self.power(depth)
        return ["neg", power] if minus else power

    def power(self, depth):
        base = self.atom(depth)
        while self.after(self.at) in SUPERSCRIPTS:
            base = ["pow", base, self.superscripts()]
        return ["pow", base, self.exponent(depth)] if self.is_power() else base

    def exponent(self, depth):
        if depth > LIMITS["depth"]:
            self.refuse("deep", most=LIMITS["depth"])
        self.at += 2 if self.text[self.at] == "*" else 1
        exponent = self.factor(depth + 1)
        if exponent[0] == "#" and exponent[1] == "1" and self.peek() == "/":
            slash = self.at
            self.at += 1
            number = self.peek() in DIGITS
            digits, self.at = self.at, slash
            if number and self.way("exponent"):
                self.at = digits
                return ["div", exponent, self.number()]
        return exponent

    def atom(self, depth):
        sign = self.peek()
        if sign == "(":
            return self.enclosed("(", ")", depth)
        if sign == "|":
            return ["abs", self.enclosed("|", "|", depth)]
        if sign == "√":
            self.at += 1
            return self.call("sqrt", "√", depth)
        if sign in DIGITS or sign in FRACTIONS or (sign == "." and self.after(self.at + 1) in DIGITS):
            return self.number()
        if begins_word(sign) or (sign == "\\" and begins_word(self.after(self.at + 1))):
            return self.word(depth)
        return self.missing()

    def enclosed(self, begin, end, depth):
        """Return the sum between brackets or bars."""
        start, before = self.at, (self.bars, self.commas)
        self.at += 1
        self.bars, self.commas = begin == "|", False
        inner = self.sum(depth + 1)
        self.close(end, start)
        self.bars, self.commas = before
        return inner

    def close(self, end, start):
        sign = self.peek()
        if sign == end:
            self.at += 1
        elif sign in ("", ")"):
            self.refuse("bar" if end == "|" else "open", start)
        else:
            self.refuse("comma" if sign == "," else "sign", sign=self.raw[self.at])

    # Words

    def word(self, depth):
        for name in self.special:
            end = self.at + len(name)
            if self.raw.startswith(name, self.at) and not (goes_on(name[-1]) and goes_on(self.after(end))):
                self.at = end
                return ["@", name]
        start, end = self.at, self.word_end(self.at)
        word = self.raw[start:end].removeprefix("\\")
        name, called = self.input(word), self.after(end) == "("
        function = self.function(word)
        if name is not None and not (called and function and self.way("function") == 0):
            cuts = [cut for cut in self.cuts(start, end) if cut != end]
            which = self.way("word", 1 + len(cuts)) if cuts else 0
            return self.piece(start, cuts[which - 1] if which else end, depth)
        if (name is None and word in CONSTANTS) or function:
            return self.meant(word, end, depth)
        if self.names is None and not (word and called):
            self.at = end
            return ["@", unicodedata.normalize("NFKC", word)]
        cuts = self.cuts(start, end)
        if not cuts:
            self.unknown(word, start, end)
        which = self.way("word", len(cuts)) if len(cuts) > 1 else 0
        return self.piece(start, cuts[which], depth)

    def piece(self, start, end, depth):
        """Return the input, constant or function with which a word begins."""
        word = self.raw[start:end].removeprefix("\\")
        name = self.input(word)
        if name is None:
            return self.meant(word, end, depth)
        self.at = end
        return ["@", name]

    def meant(self, word, end, depth):
        """Return the constant or function."""
        self.at = end
        return [CONSTANTS[word]] if word in CONSTANTS else self.call(self.function(word), word, depth)

    # Functions

    def call(self, function, word, depth):
        start = self.at - len(word)
        power = None
        if self.after(self.at) in SUPERSCRIPTS:
            power = self.superscripts()
        elif self.is_power():
            power = self.exponent(depth)
        other = inverse(function) if power is not None and written(power) == "-1" else None
        if other and self.way("inverse") == 0:
            function, power = other, None
        called = self.arguments(function, word, start, depth)
        return called if power is None else ["pow", called, power]

    def arguments(self, function, word, start, depth):
        if depth > LIMITS["depth"]:
            self.refuse("deep", most=LIMITS["depth"])
        count, sign = arity(function), self.peek()
        if sign == "(":
            return [function, *self.listed(count, word, start, depth)]
        signed = sign in ("+", "-") and self.starts(self.after(self.at + 1))
        if count != 1 or not (signed or self.starts(sign)):
            self.refuse("argument", start, start + len(word), word=word)
        return [function, self.bare(depth + 1)]

    def listed(self, count, word, start, depth):
        """Return the arguments in brackets."""
        opened, before = self.at, (self.bars, self.commas)
        self.at += 1
        self.bars, self.commas = False, count > 1
        given = [self.sum(depth + 1)]
        while self.peek() == ",":
            self.at += 1
            given.append(self.sum(depth + 1))
        self.close(")", opened)
        self.bars, self.commas = before
        if len(given) != count:
            of = "x" if count == 1 else "x, v"
            arity = "arityOne" if count == 1 else "arity"
            self.refuse(arity, start, self.at, word=word, count=count, example=f"{word}({of})")
        return given

    def bare(self, depth):
        """Return what a function without brackets acts on: a number, a power, or both."""
        minus = self.signs()
        first = self.power(depth)
        if first[0] == "#" and self.starts(self.peek()) and not self.is_function():
            first = _product([first, self.next_power(first, depth)])
        sign = self.peek()
        more = (self.starts(sign) and not self.is_function()) or sign == "/"
        if (more or (sign == "*" and first[0] == "#" and not self.is_power())) and self.way("argument"):
            first = self.product(first, depth)
        return ["neg", first] if minus else first


def _product(factors):
    return factors[0] if len(factors) == 1 else ["mul", *factors]
