"""Write formulas in Julia, and read them back. Julia never gets a user's text, only names made here.

In Julia, the inputs are x1 ... xn. The four operators of arithmetic keep their symbols; any other operator is
called `sg_<name>`. An operator whose row has no Julia form, for example a user's own, is called
`sg_op<code>`, and is defined together with the other operators.
"""

import re

import sympy as sp

from ...errors import EngineError, ExpressionError
from ...formula.operators import OPERATORS
from ...formula.parser import parse
from ..terms.grammar import root
from ..terms.postfix import CONSTANT, fold, from_sympy, operator, subtree

__all__ = ["definitions", "julia_name", "length", "read", "written", "written_sum"]

_INFIX, _ARGUMENTS = ("+", "-", "*", "/"), ("u", "v")
_OTHERWISE = {  # how to write an operator that PySR does not have
    "add": ("u - (0.0 - v)",),
    "sub": ("u + ((-1.0) * v)",),
    "neg": ("(-1.0) * u", "0.0 - u"),
    "div": ("u * sg_inv(v)",),
    "inv": ("1.0 / u",),
    "square": ("u * u",),
    "cube": ("(u * u) * u", "u * sg_square(u)"),
    "pow4": ("(u * u) * (u * u)", "sg_square(sg_square(u))"),
    "inv_sqrt": ("1.0 / sg_sqrt(u)", "sg_inv(sg_sqrt(u))"),
}


def julia_name(row):
    """Return the Julia name of an operator (a row of the table)."""
    if row.julia is None:
        return f"sg_op{row.code}"
    return row.julia if row.julia in _INFIX else f"sg_{row.name}"


def definitions(rows):
    """Return Julia text that defines all operators of the table, and those `rows` that have no Julia form.

    Raises
    ------
    EngineError
        if an operator cannot be written with operators that have a Julia form.

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


def written(term, names=None, known=None):
    """Write a term as Julia text; the inputs are called x1, x2 ..., or as in `names`.

    `known` holds the Julia names of the allowed operators. If `known` is given, we express all other
    operators with these; if this is impossible, ExpressionError names the operator.
    """
    name = names.__getitem__ if names else lambda i: f"x{i + 1}"
    return fold(term, name, lambda c: f"({float(c)!r})", lambda row, some: _applied(row, some, known))


def written_sum(terms, known):
    """Write a sum of terms as Julia text, up to the sign of the sum, with the operators in `known`."""
    minus = [subtree(term, len(term.tokens) - 2) for term in terms if root(term) == "neg"]
    plus = [term for term in terms if root(term) != "neg"]
    text, *rest = [written(term, None, known) for term in plus or minus]
    for other in rest:
        text = _applied(OPERATORS["add"], [text, other], known)
    for term in minus if plus else ():
        text = _applied(OPERATORS["sub"], [text, written(term, None, known)], known)
    return text


def length(text):
    """Count the nodes (inputs, numbers and operators) of a formula in the form that `written` returns."""
    return len(re.findall(r"x\d+|sg_\w+| [-+*/] |(?<![\w.])\d[\d.e+-]*", text))


def _applied(row, arguments, known=None):
    name = julia_name(row)
    if known is None or name in known:
        infix = f"({f' {name} '.join(arguments)})"
        return infix if name in _INFIX else f"{name}({', '.join(arguments)})"
    for form in _OTHERWISE.get(row.name, ()):
        if {*re.findall(r"sg_\w+|(?<= )[-+*/](?= )", form)} <= known:
            return re.sub(r"\b[uv]\b", lambda place: arguments["uv".index(place[0])], f"({form})")
    raise ExpressionError(f"it needs {row.name!r}, which cannot be written with the given operators")


def read(text, symbols):
    """Read a Julia formula as a SymPy expression in these symbols; may raise ExpressionError."""
    calls = {julia_name(row): row.name for row in OPERATORS.values()} | {"sg_pow": "pow", "sg_div": "div"}
    plain = re.sub(r"\b(sg_\w+)\(", lambda call: f"{calls.get(call[1], call[1])}(", text)
    names = [f"x{i + 1}" for i in range(len(symbols))]
    formula = parse(plain, names)
    return formula.xreplace({sp.Symbol(n, real=True): s for n, s in zip(names, symbols, strict=True)})
