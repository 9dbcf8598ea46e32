"""Terms: formulas in postfix notation, as tuples of small integers; conversion from and to SymPy.

A token t < 0 stands for input number -1 - t. A token 0 <= t < 1000 stands for the operator with this code. A
token t >= 1000 stands for constant number t - 1000 of the term. For example, `x0 * sin(2 * x1)` has the
tokens (-1, 1000, -2, mul, sin, mul) and the constants (2.0,).
"""

import struct
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from ...errors import ExpressionError, nearest
from ...formula.operators import OPERATORS, whole_powers
from ..tuning import DICTIONARY, MEMORY

__all__ = [
    "CONSTANT",
    "Programs",
    "Term",
    "apply",
    "arity",
    "check",
    "constant",
    "derivative",
    "fold",
    "from_sympy",
    "leaf",
    "pack",
    "replace",
    "start",
    "substitute",
    "to_sympy",
    "with_constant",
]

CONSTANT = 1000


class Term(NamedTuple):
    """An immutable, hashable formula in postfix notation; `len(term.tokens)` is its number of nodes."""

    tokens: tuple
    constants: tuple = ()


class Programs(NamedTuple):
    """Many terms in flat arrays, for the kernels. Term p has the tokens tokens[starts[p]:starts[p + 1]].

    The arrays are `tokens` int64 (T,), `starts` int64 (P + 1,), `constants` float64 (C,) and
    `constant_starts` int64 (P + 1,).
    """

    tokens: np.ndarray
    starts: np.ndarray
    constants: np.ndarray
    constant_starts: np.ndarray

    def __len__(self):
        return len(self.starts) - 1

    def term(self, p):
        """Return term number p."""
        tokens = self.tokens[self.starts[p] : self.starts[p + 1]]
        constants = self.constants[self.constant_starts[p] : self.constant_starts[p + 1]]
        return Term(tuple(tokens.tolist()), tuple(constants.tolist()))


def pack(terms):
    """Put a sequence of terms into flat arrays; return `Programs` unchanged."""
    if isinstance(terms, Programs):
        return terms
    tokens = [term[0] for term in terms]
    constants = [term[1] for term in terms]
    return Programs(*_flat(tokens, "q", np.int64), *_flat(constants, "d", np.float64))


def _flat(rows, code, dtype):
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)), out=starts[1:])
    packed = struct.pack(f"={starts[-1]}{code}", *chain.from_iterable(rows))  # faster than np.fromiter
    return np.frombuffer(packed, dtype), starts


_rows: list = []  # operator rows by code


def operator(token):
    """Return the table row of an operator token."""
    if token >= len(_rows):
        _rows[:] = sorted(OPERATORS.values(), key=lambda op: op.code)
    return _rows[token]


def arity(token):
    """Return the number of arguments of a token; 0 for inputs and constants."""
    return operator(token).arity if 0 <= token < CONSTANT else 0


def start(tokens, end):
    """Return the index of the first token of the subtree with its root at token number `end`."""
    need = 1
    while need:
        need += arity(tokens[end]) - 1
        end -= 1
    return end + 1


def leaf(i):
    """Return the term for input number i."""
    return Term((-1 - i,))


def constant(value):
    """Return the term for a number."""
    return Term((CONSTANT,), (float(value),))


def apply(name, *terms):
    """Apply an operator, given by name, to terms.

    >>> to_sympy(apply("mul", leaf(0), apply("sin", leaf(1))), sympy.symbols("x y"))
    x*sin(y)
    """
    tokens, constants = [], ()
    for term in terms:
        shift = len(constants)
        tokens += [t + shift if t >= CONSTANT else t for t in term.tokens]
        constants += term.constants
    return Term((*tokens, OPERATORS[name].code), constants)


def subtree(term, end):
    """Return the subtree with its root at token number `end`, as a separate term."""
    return _renumbered(term.tokens[start(term.tokens, end) : end + 1], term.constants)


def replace(term, end, new):
    """Replace the subtree with its root at token number `end` with the term `new`."""
    shift = len(term.constants)
    inserted = tuple(t + shift if t >= CONSTANT else t for t in new.tokens)
    tokens = term.tokens[: start(term.tokens, end)] + inserted + term.tokens[end + 1 :]
    return _renumbered(tokens, term.constants + new.constants)


def with_constant(term, j, value):
    """Replace constant number j of a term with another number."""
    return term._replace(constants=(*term.constants[:j], value, *term.constants[j + 1 :]))


def _renumbered(tokens, constants):
    """Return the term with its constants numbered in the order of their tokens, and no unused ones."""
    if not constants:
        return Term(tokens)
    used = [t - CONSTANT for t in tokens if t >= CONSTANT]
    number = iter(range(CONSTANT, CONSTANT + len(used)))
    return Term(
        tuple(next(number) if t >= CONSTANT else t for t in tokens), tuple(constants[i] for i in used)
    )


def derivative(term, j):
    """Return the derivative with respect to constant number j; None if it is 0 or is not a term.

    The gradient of this derivative tells how the term's gradient changes with the constant. The derivative of
    gamma(c*x), for example, is not a term.

    >>> to_sympy(derivative(apply("exp", apply("mul", constant(2), leaf(0))), 0), [sympy.Symbol("x")])
    x*exp(2*x)
    """
    try:
        template = _derivative(term.tokens, j)
    except ExpressionError:
        return None
    if template is None:
        return None
    numbers = (term.constants[c.number] if type(c) is _Slot else c for c in template.constants)
    return Term(template.tokens, tuple(numbers))


class _Slot(NamedTuple):
    """A placeholder for a constant, in a derivative that is cached for all values of the constants."""

    number: int


@lru_cache(maxsize=MEMORY.derivatives)
def _derivative(tokens, j):
    stack = []
    for t in tokens:
        if t < 0 or t >= CONSTANT:
            value = leaf(-1 - t) if t < 0 else Term((CONSTANT,), (_Slot(t - CONSTANT),))
            stack.append((value, _ONE if t == CONSTANT + j else None))
            continue
        row = operator(t)
        arguments = stack[len(stack) - row.arity :]
        del stack[len(stack) - row.arity :]
        values = [value for value, _ in arguments]
        moved = [
            slope if (partial := _partial(row, i)) == _ONE else _product(substitute(partial, values), slope)
            for i, (_, slope) in enumerate(arguments)
            if slope is not None
        ]
        total = apply("add", *moved) if len(moved) == 2 else (moved[0] if moved else None)
        stack.append((apply(row.name, *values), total))
    return stack[0][1]


_ONE = Term((CONSTANT,), (1.0,))


def _product(a, b):
    return a if b == _ONE else apply("mul", a, b)


def substitute(pattern, arguments):
    """Replace the inputs of a pattern with terms."""
    return fold(pattern, arguments.__getitem__, constant, lambda row, at: apply(row.name, *at))


@cache
def _partial(row, i):
    """Differentiate an operator's SymPy form, and return the result as a term in the arguments."""
    import sympy as sp

    symbols = sp.symbols("u v", real=True)[: row.arity]
    slope = sp.diff(row.sympy(sp, *symbols), symbols[i])
    return from_sympy(slope.replace(sp.sign, lambda u: u / sp.Abs(u)), symbols)


def check(term, inputs):
    """Raise ExpressionError unless the term (from a file) is a valid formula of `inputs` inputs."""
    height = 0
    for t in term.tokens:
        known = -inputs <= t < len(OPERATORS) or CONSTANT <= t < CONSTANT + len(term.constants)
        if not known:
            raise ExpressionError(
                f"token {t} in {term.tokens} stands for nothing: there are {inputs} inputs, "
                f"{len(OPERATORS)} operators and {len(term.constants)} constants"
            )
        height -= arity(t) - 1
        if height < 1:
            break
    if height != 1:
        raise ExpressionError(f"tokens {term.tokens} are not one formula in postfix")


def fold(term, of_input, of_constant, of_operator):
    """Evaluate a term with three functions: for inputs (by number), for constants and for operators."""
    stack = []
    for t in term.tokens:
        if t < 0:
            stack.append(of_input(-1 - t))
        elif t >= CONSTANT:
            stack.append(of_constant(term.constants[t - CONSTANT]))
        else:
            row = operator(t)
            arguments = stack[len(stack) - row.arity :]
            del stack[len(stack) - row.arity :]
            stack.append(of_operator(row, arguments))
    return stack[0]


def to_sympy(term, symbols):
    """Convert a term to a SymPy expression in the given symbols; `log` becomes log(Abs(u)).

    Constants that are whole numbers become integers, and others become floats.
    """
    import sympy as sp

    def number(value):
        whole = value == int(value) and abs(value) < DICTIONARY.largest_whole
        return sp.Integer(int(value)) if whole else sp.Float(value)

    return fold(term, symbols.__getitem__, number, lambda row, arguments: row.sympy(sp, *arguments))


def from_sympy(expression, symbols):
    """Convert a SymPy expression in the given symbols to a term.

    Sums, products, quotients and integer or half-integer powers become operators of the table. A function
    becomes the first operator with the same SymPy form; log(u) and log(Abs(u)) both become `log`. For any
    other exponent c, u**c becomes exp(2 c log(sqrt(u))), which has the same domain.

    Raises
    ------
    ExpressionError
        if a symbol is not an input, or a function is not an operator.

    """
    import sympy as sp

    return _Reader(sp, {symbol: i for i, symbol in enumerate(symbols)}).read(
        sp.sympify(expression, strict=True)
    )


class _Reader:
    """Converts SymPy expressions; it has one method for each kind of node."""

    def __init__(self, sp, index):
        self.sp, self.index = sp, index

    def read(self, e):
        if e in self.index:
            return leaf(self.index[e])
        if e.is_Symbol:
            raise ExpressionError(f"{e} is not an input: {nearest(e, self.index)}")
        if not e.free_symbols and e.is_number:
            return self.number(e)
        if e.is_Add:
            return self.sum(e)
        if e.is_Mul:
            return self.product(e)
        if e.is_Pow and e.exp.is_number:
            return self.power(e.base, e.exp)
        return self.function(e)

    def number(self, e):
        value = complex(e)
        if value.imag or not np.isfinite(value.real):
            raise ExpressionError(f"{e} is not a finite real number")
        return constant(value.real)

    def sum(self, e):
        positive = [a for a in e.args if not a.could_extract_minus_sign()]
        negative = [-a for a in e.args if a.could_extract_minus_sign()]
        if not positive:
            return apply("neg", self.chain("add", map(self.read, negative)))
        whole = self.chain("add", map(self.read, positive))
        return self.chain("sub", chain([whole], map(self.read, negative)))

    def product(self, e):
        sign, e = (-1, -e) if e.could_extract_minus_sign() else (1, e)
        below = [a for a in e.args if a.is_Pow and a.exp.is_number and a.exp.is_negative] if e.is_Mul else []
        above = [a for a in e.args if a not in below] if e.is_Mul else [e]
        if not below:
            term = self.chain("mul", map(self.read, above))
        else:
            under = self.chain("mul", (self.power(a.base, -a.exp) for a in below))
            over = self.chain("mul", map(self.read, above)) if above else None
            term = apply("div", over, under) if over else apply("inv", under)
        return term if sign == 1 else apply("neg", term)

    def chain(self, name, terms):
        first, *rest = terms
        for term in rest:
            first = apply(name, first, term)
        return first

    def power(self, base, exponent):
        if exponent.is_negative:
            half = exponent == -self.sp.S.Half
            return apply("inv_sqrt", self.read(base)) if half else apply("inv", self.power(base, -exponent))
        if exponent.is_Integer and exponent <= DICTIONARY.largest_power:
            return self.whole(self.read(base), int(exponent))
        if (2 * exponent).is_Integer and 2 * exponent <= DICTIONARY.largest_power:
            return self.whole(apply("sqrt", self.read(base)), int(2 * exponent))
        log = apply("log", apply("sqrt", self.read(base)))
        return apply("exp", apply("mul", self.number(2 * exponent), log))

    def whole(self, term, n):
        """Return u**n, built from squares, cubes, fourth powers and, if needed, factors u."""
        if n == 1:
            return term
        for m, name in whole_powers(OPERATORS.values()):
            if n % m == 0:
                return apply(name, self.whole(term, n // m))
        return apply("mul", term, self.whole(term, n - 1))

    def function(self, e):
        if e.is_Pow:  # b**u; SymPy's exp is a function
            if e.base.is_number and e.base.is_positive:
                return apply("exp", self.read(self.sp.log(e.base) * e.exp))
            return apply("exp", self.read(2 * e.exp * self.sp.log(self.sp.sqrt(e.base))))
        if e.func in (self.sp.sinh, self.sp.cosh):
            return self.read(e.rewrite(self.sp.exp))
        if e.func is self.sp.log and e.args[0].func is self.sp.Abs:
            e = self.sp.log(e.args[0].args[0])
        forms = [(row, *_form(row)) for row in OPERATORS.values()]
        for row, form, places in forms:
            found = e.match(form) if form.func is e.func else None
            if found and len(found) == row.arity:
                return apply(row.name, *(self.read(found[place]) for place in places))
        name = e.func.__name__
        known = sorted({form.func.__name__ for _, form, _ in forms if form.is_Function})
        raise ExpressionError(
            f"{name} in {e} is not an operator: {nearest(name, known)} (define_operator({name.lower()!r}, "
            f"sympy.{name}) adds it)"
        )


@cache
def _form(row):
    """Return an operator's SymPy form in wild symbols, and these symbols; log|u| becomes log(u)."""
    import sympy as sp

    places = [sp.Wild(name) for name in ("u", "v")[: row.arity]]
    return sp.log(*places) if row.name == "log" else row.sympy(sp, *places), places
