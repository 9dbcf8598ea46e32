"""Formulas in Julia's words, and back: no text of a user is handed to Julia, only names made here.

The inputs are x1 ... xn there, an operator beyond the four of arithmetic is `sg_<name>`, and one whose row
has no Julia form, as one that a reader has defined, is `sg_op<code>`, written in terms of the others.
"""

import re

import sympy as sp

from ...errors import EngineError, ExpressionError
from ...formula.operators import OPERATORS
from ...formula.parser import parse
from ..terms.grammar import root
from ..terms.postfix import CONSTANT, arity, from_sympy, operator, subtree

__all__ = ["definitions", "julia_name", "read", "written", "written_sum"]

_INFIX, _ARGUMENTS = ("+", "-", "*", "/"), ("u", "v")


def julia_name(row):
    """Return how an operator (a row of the table) is called in Julia."""
    if row.julia is None:
        return f"sg_op{row.code}"
    return row.julia if row.julia in _INFIX else f"sg_{row.name}"


def definitions(rows):
    """Julia text, a line for each operator of the table, and for those among `rows` without a Julia form.

    Raises
    ------
    EngineError
        for one that cannot be written with operators that have a Julia form.

    """
    known = [row for row in OPERATORS.values() if row.julia is not None and row.julia not in _INFIX]
    lines = [_defined(row, row.julia) for row in known]
    return "".join(lines + [_defined(row, _derived(row)) for row in rows if row.julia is None])


def _defined(row, body):
    return f"{julia_name(row)}({', '.join(_ARGUMENTS[: row.arity])}) = {body}\n"


def _derived(row):
    symbols = sp.symbols(_ARGUMENTS, real=True)[: row.arity]
    form = row.sympy(sp, *symbols)
    try:
        term = from_sympy(form, symbols)
        missing = [operator(t).name for t in term.tokens if 0 <= t < CONSTANT and operator(t).julia is None]
        if not missing:
            return written(term, _ARGUMENTS)
        error = f"{form} needs {', '.join(missing)}"
    except ExpressionError as refusal:
        error = refusal
    raise EngineError(
        f"the operator {row.name!r} has no counterpart in Julia: {error}; leave it out of operators, or "
        'use backend="native"'
    )


def written(term, names=None):
    """Julia text of a term; the inputs are called x1, x2 ... or as in `names`."""
    stack = []
    for token in term.tokens:
        if token < 0:
            stack.append(names[-1 - token] if names else f"x{-token}")
        elif token >= CONSTANT:
            stack.append(f"({float(term.constants[token - CONSTANT])!r})")
        else:
            count = arity(token)
            arguments = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            stack.append(_applied(operator(token), arguments))
    return stack[0]


def written_sum(terms, known):
    """Julia text of a sum of terms up to its sign, or None where it needs an operator that is not known."""
    minus = [term for term in terms if root(term) == "neg"]
    plus = [term for term in terms if term not in minus]
    inner = [subtree(term, len(term.tokens) - 2) for term in minus]
    if (
        not {julia_name(operator(t)) for term in plus + inner for t in term.tokens if 0 <= t < CONSTANT}
        <= known
    ):
        return None
    head, *rest = map(written, plus or inner)
    signed = [f" + {text}" for text in rest] + [f" - {written(term)}" for term in inner if plus]
    return head + "".join(signed)


def _applied(row, arguments):
    if row.julia in _INFIX:
        return f"({arguments[0]} {row.julia} {arguments[1]})"
    return f"{julia_name(row)}({', '.join(arguments)})"


def read(text, symbols):
    """SymPy expression, in the symbols, of a formula in Julia's words; ExpressionError for anything else."""
    calls = {julia_name(row): row.name for row in OPERATORS.values()} | {"sg_pow": "pow", "sg_div": "div"}
    plain = re.sub(r"\b(sg_\w+)\(", lambda call: f"{calls.get(call[1], call[1])}(", text)
    names = [f"x{i + 1}" for i in range(len(symbols))]
    formula = parse(plain, names)
    return formula.xreplace({sp.Symbol(n, real=True): s for n, s in zip(names, symbols, strict=True)})
