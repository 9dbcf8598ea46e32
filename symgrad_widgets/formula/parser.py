"""Read a formula from text: our own walk over Python's syntax tree, in which nothing is ever executed."""

import ast
import functools
import math
import unicodedata

import sympy as sp

from ..errors import ExpressionError, nearest
from .operators import OPERATORS

__all__ = ["FUNCTIONS", "parse"]

_LONGEST = 20_000  # characters; a 4x4 determinant has 400
_DEEPEST = 60  # nested brackets and functions; sums and products of any length count once
_LARGEST = 300  # decimal digits of any constant: beyond lies overflow
_STEEPEST = 1000  # exponent of something that is not a number

# What a name in front of a bracket means, beside the operators of the table. `log` of a negative number is
# not a number here; write log(abs(u)).
FUNCTIONS = {
    "sq": lambda u: u**2,
    "log": sp.log,
    "ln": sp.log,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arctan": sp.atan,
    "asinh": sp.asinh,
    "atanh": sp.atanh,
    "Abs": sp.Abs,
    "sign": sp.sign,
}
_EXPONENTIAL = {"exp", "sinh", "cosh"}
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "E": sp.E}
_TYPOGRAPHY = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "\n": " ", "\t": " ", "\r": " "})
_IN_WORDS = {
    ast.Attribute: "attribute access",
    ast.Subscript: "an index in brackets",
    ast.Lambda: "a lambda",
    ast.Compare: "a comparison",
    ast.IfExp: "a condition",
    ast.BoolOp: "a logical operator",
    ast.NamedExpr: "an assignment",
    ast.JoinedStr: "a string",
    ast.Tuple: "a comma outside a function",
}


def parse(text, names=None):
    """Read a formula such as "x1*x4 - x2^2/3" as a SymPy expression.

    Parameters
    ----------
    text : str
        Python's arithmetic with `^` for powers too; the functions in `FUNCTIONS`, `pow(a, b)` and the
        operators of the table in `operators`; the constants pi and e (or E), where no input has that name.
    names : sequence of str, or None
        The inputs. None takes every other name for an input.

    Returns
    -------
    sympy.Expr in `Symbol(name, real=True)`

    Raises
    ------
    ExpressionError
        with the offending piece and its position (counted from 1), for anything that is not such a formula:
        it is read, never run. Constants have at most 300 digits.

    """
    return _Reader(text, names).expression()


class _Reader:
    def __init__(self, text, names):
        if not isinstance(text, str):
            raise ExpressionError(f"a formula must be text, got {type(text).__name__}: {text!r}")
        self.text = text
        # the syntax tree normalises identifiers, so the inputs' names are looked up normalised as well
        self.names = None if names is None else {unicodedata.normalize("NFKC", n): n for n in names}

    def expression(self):
        if len(self.text) > _LONGEST:
            raise ExpressionError(f"the formula has {len(self.text)} characters, at most {_LONGEST} are read")
        if not self.text.strip():
            raise ExpressionError("the formula is empty: write for example 'x1*x4 - x2*x3'")
        for forbidden in "#;\\\0":
            if forbidden in self.text:
                raise ExpressionError(
                    self._at(f"{forbidden!r} has no place in a formula", self.text.index(forbidden))
                )
        return self.visit(self._tree(), 0)

    def _tree(self):
        plain = self.text.translate(_TYPOGRAPHY)
        self.lead = len(plain) - len(plain.lstrip())
        self.source = plain.strip().replace("^", "**")
        try:
            return ast.parse(self.source, mode="eval").body
        except SyntaxError as error:
            offset = self._original((error.offset or 1) - 1)
            raise ExpressionError(self._at(f"{error.msg} (write every * and bracket out)", offset)) from None
        except (RecursionError, MemoryError, ValueError):
            raise ExpressionError(
                f"{self._short()} is nested too deeply: at most {_DEEPEST} levels are read"
            ) from None

    def _original(self, offset):
        """Position in the text as typed of a position in the source, in which each ^ became **."""
        typed = self.text[self.lead :]
        position = 0
        while offset > 0 and position < len(typed):
            offset -= 2 if typed[position] == "^" else 1
            position += 1
        return position + self.lead

    def _short(self):
        return repr(self.text if len(self.text) <= 80 else self.text[:77] + "...")

    def _at(self, what, position):
        return f"cannot read {self._short()} at position {position + 1}: {what}"

    def refuse(self, node, what):
        start, end = (self._offset(column) for column in (node.col_offset, node.end_col_offset))
        piece = self.text[start:end]
        piece = piece if len(piece) <= 40 else piece[:37] + "..."
        raise ExpressionError(self._at(f"{piece!r} {what}", start))

    def _offset(self, column):
        """Position in the text of a column of the syntax tree, which counts bytes."""
        return self._original(len(self.source.encode()[:column].decode(errors="ignore")))

    def visit(self, node, depth):
        if depth > _DEEPEST:
            self.refuse(node, f"is nested too deeply, at most {_DEEPEST} levels are read")
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            self.refuse(
                node, f"is {_IN_WORDS.get(type(node), 'Python code')}, which has no place in a formula"
            )
        return self._bounded(handler(node, depth + 1), node)

    def _bounded(self, expression, node):
        """Every constant met on the way must be a real, finite double: what follows cannot blow up."""
        if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
            self.refuse(node, "has no finite value (a division by zero, or a logarithm of zero?)")
        numbers = [part for part in (expression, *expression.args) if part.is_number]
        if expression.has(sp.I) or not all(map(_is_real, numbers)):
            self.refuse(node, "has no real value")
        if any(abs(number.evalf(8)) > 10.0**_LARGEST for number in numbers):
            self.refuse(node, f"is too large, at most {_LARGEST} digits are read")
        return expression

    def _constant(self, node, _):
        if type(node.value) is int and node.value < 10**_LARGEST:
            return sp.Integer(node.value)
        if type(node.value) is float and math.isfinite(node.value):
            return sp.Float(node.value)
        if type(node.value) in (int, float):
            self.refuse(node, f"is too large, at most {_LARGEST} digits are read")
        return self.refuse(node, "is not a real number")

    def _name(self, node, _):
        if self.names is not None and node.id in self.names:
            return sp.Symbol(self.names[node.id], real=True)
        if node.id in _CONSTANTS:
            return _CONSTANTS[node.id]
        if node.id in FUNCTIONS or node.id in OPERATORS:
            self.refuse(node, f"is a function and needs its argument in brackets, {node.id}(...)")
        if self.names is None:
            return sp.Symbol(node.id, real=True)
        return self.refuse(node, f"is an unknown symbol; {nearest(node.id, self.names)}")

    def _unaryop(self, node, depth):
        if not isinstance(node.op, (ast.UAdd, ast.USub)):
            self.refuse(node, "holds an operator other than + - * / ^")
        value = self.visit(node.operand, depth)
        return -value if isinstance(node.op, ast.USub) else value

    def _binop(self, node, depth):
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return sp.Add(
                *self._chain(node, depth, (ast.Add, ast.Sub), lambda op, v: -v if type(op) is ast.Sub else v)
            )
        if isinstance(node.op, (ast.Mult, ast.Div)):
            return sp.Mul(
                *self._chain(
                    node, depth, (ast.Mult, ast.Div), lambda op, v: 1 / v if type(op) is ast.Div else v
                )
            )
        if isinstance(node.op, ast.Pow):
            return self._power(node, self.visit(node.left, depth), self.visit(node.right, depth))
        return self.refuse(node, "holds an operator other than + - * / ^")

    def _chain(self, node, depth, kinds, inverse):
        """Operands of a sum or product of any length, without a level of recursion for each."""
        operands = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, kinds):
            operands.append(inverse(node.op, self.visit(node.right, depth)))
            node = node.left
        return [self.visit(node, depth), *reversed(operands)]

    def _power(self, node, base, exponent):
        if exponent.is_number and not base.is_number and abs(exponent.evalf(8)) > _STEEPEST:
            self.refuse(node, f"has too large an exponent, at most {_STEEPEST} is read")
        if exponent.is_number and base.is_number and not base.is_zero:
            size = abs(float(exponent)) * abs(math.log10(abs(float(base)) or 1e-308))
            if size > _LARGEST:
                self.refuse(node, f"is too large or too small, at most {_LARGEST} digits are read")
        return base**exponent

    def _call(self, node, depth):
        if not isinstance(node.func, ast.Name):
            self.refuse(node.func, "is no function of this language")
        function, arity = self._function(node.func)
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args) or len(node.args) != arity:
            self.refuse(node, f"has the wrong arguments: {node.func.id} takes {arity}")
        arguments = [self.visit(argument, depth) for argument in node.args]
        if node.func.id == "pow":
            return self._power(node, *arguments)
        if (
            node.func.id in _EXPONENTIAL
            and arguments[0].is_number
            and abs(float(arguments[0])) > _LARGEST * 2.3
        ):
            self.refuse(node, f"is too large or too small, at most {_LARGEST} digits are read")
        return function(*arguments)

    def _function(self, node):
        if node.id == "pow":
            return pow, 2
        if node.id in FUNCTIONS:
            return FUNCTIONS[node.id], 1
        if node.id in OPERATORS:
            operator = OPERATORS[node.id]
            return functools.partial(operator.sympy, sp), operator.arity
        known = sorted({*FUNCTIONS, *OPERATORS, "pow"})
        return self.refuse(node, f"is an unknown function; {nearest(node.id, known)}")


def _is_real(number):
    value = complex(number.evalf(8))
    return abs(value.imag) <= 1e-6 * abs(value.real)
