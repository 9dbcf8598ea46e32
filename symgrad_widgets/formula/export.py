"""A formula as a function of arrays, or as a module to put in the place of a neuron."""

from ..errors import ExpressionError
from .arrays import UNKNOWN
from .expressions import as_expression

__all__ = ["to_numpy", "to_torch"]


def to_numpy(formula, names):
    """Return a function from points (N, n), one column for each name, to the formula's values (N,).

    Raises ExpressionError for a formula that cannot be read or holds other symbols.
    """
    from .expressions import evaluate

    expression = as_expression(formula, names)
    return lambda points: evaluate(expression, names, points)[0]


def to_torch(formula, names, subspace=None):
    """Return a torch.nn.Module from inputs (..., n) to the formula's values (...), of any dtype.

    With a subspace (n, r) the formula is one of the r coordinates `x @ subspace`.
    Raises ExpressionError for a formula that cannot be read, or holds other symbols or a function that
    PyTorch lacks.
    """
    import sympy as sp
    import torch

    expression = as_expression(formula, names)
    try:
        function = sp.lambdify([sp.Symbol(name, real=True) for name in names], expression, "torch")
        function(*torch.ones(len(names), 1))
    except UNKNOWN as error:
        raise ExpressionError(
            f"PyTorch cannot compute {expression} ({str(error).splitlines()[0]}): to_numpy can"
        ) from None

    class Formula(torch.nn.Module):
        def forward(self, x):
            z = x if subspace is None else x @ torch.as_tensor(subspace, dtype=x.dtype, device=x.device)
            return torch.as_tensor(function(*z.unbind(-1))).expand(x.shape[:-1])

        def extra_repr(self):
            return str(expression)

    return Formula()
