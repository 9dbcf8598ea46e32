"""Turn a formula into a function of arrays, or into a module that can replace a neuron."""

import operator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ..arrays import floats
from ..errors import ExpressionError
from .expressions import as_expression, evaluate

__all__ = ["to_numpy", "to_torch"]


def to_numpy(formula, names, subspace=None):
    """Return a function from points (N, n), one column for each name, to the formula's values (N,).

    The function can be pickled. With a subspace (n, r), the formula is in the r coordinates
    `points @ subspace`. Raises ExpressionError if the formula cannot be read or has other symbols.
    """
    return _Function(as_expression(formula, names), tuple(names), subspace)


@dataclass(frozen=True)
class _Function:
    expression: object
    names: tuple
    subspace: np.ndarray | None

    def __call__(self, points):
        points = floats(points, "points", copy=False)
        return evaluate(
            self.expression, self.names, points if self.subspace is None else points @ self.subspace
        )[0]


def to_torch(formula, names, subspace=None):
    """Return a torch.nn.Module from inputs (..., n) to the formula's values (...), of any dtype.

    The module can be saved, pickled, scripted, compiled and vectorised. With a subspace (n, r), the formula
    is in the r coordinates `x @ subspace`. Raises ExpressionError if the formula cannot be read, has other
    symbols, or has functions that torch lacks.
    """
    import torch

    expression = as_expression(formula, names)
    root = torch.nn.Module()
    graph = torch.fx.Graph()
    x = graph.call_function(operator.mul, (graph.placeholder("x"), 1.0))  # makes whole numbers floating
    if subspace is not None:
        root.register_buffer("subspace", torch.tensor(subspace))
        x = graph.call_function(torch.matmul, (x, graph.call_method("to", (graph.get_attr("subspace"), x))))
    columns = {name: graph.call_function(torch.select, (x, -1, i)) for i, name in enumerate(names)}
    graph.output(_Writer(graph, columns).tensor(expression))
    graph.eliminate_dead_code()
    return torch.fx.GraphModule(root, graph, "Formula")


class _Writer:
    """Writes expressions into a graph as calls to torch's functions; parts without inputs become numbers."""

    def __init__(self, graph, columns):
        import sympy as sp
        import torch

        self.graph, self.columns = graph, columns
        self.functions = {
            sp.Abs: torch.abs, sp.sign: torch.sign, sp.exp: torch.exp, sp.log: torch.log, sp.erf: torch.erf,
            sp.sin: torch.sin, sp.cos: torch.cos, sp.tan: torch.tan, sp.sinh: torch.sinh, sp.cosh: torch.cosh,
            sp.tanh: torch.tanh, sp.asin: torch.asin, sp.acos: torch.acos, sp.atan: torch.atan,
            sp.asinh: torch.asinh, sp.acosh: torch.acosh, sp.atanh: torch.atanh, sp.erfc: torch.erfc,
            sp.loggamma: torch.lgamma, sp.atan2: torch.atan2, sp.Max: torch.maximum, sp.Min: torch.minimum,
            sp.Gt: torch.gt, sp.Ge: torch.ge, sp.Lt: torch.lt, sp.Le: torch.le, sp.Eq: torch.eq,
            sp.Ne: torch.ne, sp.And: torch.logical_and, sp.Or: torch.logical_or, sp.Not: torch.logical_not,
        }  # fmt: skip
        self.full, self.where, self.pow = torch.full_like, torch.where, torch.pow
        self.roots = {
            sp.Rational(1, 2): torch.sqrt,
            sp.Rational(-1, 2): torch.rsqrt,
            sp.Integer(-1): torch.reciprocal,
        }

    def tensor(self, expression):
        """Return the node of the values at all points, even if the expression is a number."""
        written = self.written(expression)
        if isinstance(written, float):
            return self.graph.call_function(self.full, (next(iter(self.columns.values())), written))
        return written

    def written(self, expression):
        """Return the node of the values; a float if the values do not depend on any input."""
        if not expression.free_symbols:
            return float(expression)
        if expression.is_Symbol:
            return self.columns[expression.name]
        if expression.is_Pow:
            return self._power(*expression.args)
        return self._piecewise(expression.args) if expression.is_Piecewise else self._folded(expression)

    def _folded(self, expression):
        """Return the node of a function; many arguments are taken two at a time."""
        if expression.is_Add or expression.is_Mul:
            function, arguments = _OF[expression.func.__name__], map(self.written, expression.args)
        else:
            function, arguments = self.functions.get(expression.func), map(self.tensor, expression.args)
        if function is None:
            raise ExpressionError(
                f"torch has no function {expression.func.__name__}, in {expression}: use to_numpy"
            )
        first, *rest = arguments
        if not rest:
            return self.graph.call_function(function, (first,))
        return reduce(lambda a, b: self.graph.call_function(function, (a, b)), rest, first)

    def _power(self, base, exponent):
        if exponent in self.roots:
            return self.graph.call_function(self.roots[exponent], (self.tensor(base),))
        power = int(exponent) if exponent.is_Integer else self.written(exponent)
        return self.graph.call_function(self.pow, (self.written(base), power))

    def _piecewise(self, branches):
        *first, (last, condition) = branches
        value = self.tensor(last)
        if condition != True:  # noqa: E712 - SymPy's own
            value = self._chosen(condition, value, np.nan)
        for branch, condition in reversed(first):
            value = self._chosen(condition, self.tensor(branch), value)
        return value

    def _chosen(self, condition, value, other):
        return self.graph.call_function(self.where, (self.written(condition), value, other))


_OF = {"Add": operator.add, "Mul": operator.mul}
