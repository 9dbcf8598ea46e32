"""Verdicts if several concepts are known: which of them a formula is, or whether a neuron mixes them."""

from dataclasses import replace

import numpy as np

from ..field import TRAINING_ERROR
from ..field.directions import misalignment, orthonormal
from ..formula.expressions import as_expression, evaluate
from .decision import CERTAINTY, Verdict, verify
from .tolerances import OUTSIDE_SPAN, TIMES_NOISE

__all__ = ["mixture", "verdict_on", "verdict_on_all"]


def verdict_on(formula, concepts, field, constraints=()):
    """Return the `Verdict` on a formula, which may be one of several concepts or a function of them all."""
    several = _several(concepts)
    for one in several:
        found = verify(formula, one, field=field, constraints=constraints)
        if found.same:
            return replace(found, message=f"{found.message} (of the {len(several)} concepts: {one})")
    return verify(formula, concepts, field=field, constraints=constraints)


def verdict_on_all(formulas, verdicts, concepts, field):
    """Return the least certain of the verdicts; if not all are the same, test for a mixture first."""
    same = verdicts and all(v.same for v in verdicts)
    mixed = mixture(field, concepts) if not same and field.rank == 1 and _several(concepts) else None
    if mixed is not None:
        return mixed
    if not verdicts:
        return Verdict(
            same=False, how="different", residual=1.0, message="Different: no closed form was found."
        )
    worst = min(verdicts, key=lambda v: CERTAINTY.index(v.how))
    message = "; ".join(f"{e}: {v.message}" for e, v in zip(formulas, verdicts, strict=True))
    return worst if len(formulas) == 1 else replace(worst, message=message)


def _several(concepts):
    """Return the concepts if several are given, or () for a single concept."""
    return concepts if type(concepts) in (list, tuple) and len(concepts) > 1 else ()


def mixture(field, concepts):
    """Return the verdict "mixture" on a neuron, or None if the neuron is not a mixture of the concepts.

    At every point, the gradient of a neuron f(g_1 ... g_k) lies in the span of the gradients of the g_i. We
    measure the part outside this span, as a mean share of the squared length. If the part is too large, the
    neuron is not a mixture. Otherwise, we take the part to be noise from training. A concept is in the
    mixture if, without the concept, the part would be more than four times as large, and more than 3e-5.
    There must be at least two such concepts; otherwise the neuron is not a mixture.

    Parameters
    ----------
    field : GradientField of rank 1
    concepts : sequence of k formulas, SymPy or text

    """
    formulas = [as_expression(concept, field.names) for concept in concepts]
    gradients = np.stack([evaluate(e, field.names, field.points)[1] for e in formulas], axis=1)
    finite = np.isfinite(gradients).all(axis=(1, 2))
    directions, span = field.unit[finite, 0], field.project(np.nan_to_num(gradients))[finite]
    noise = _outside(directions, span)
    if noise > OUTSIDE_SPAN * max(1 - len(formulas) / field.dimension, 0):
        return None
    without = [_outside(directions, np.delete(span, i, axis=1)) for i in range(len(formulas))]
    parts = [i for i, left in enumerate(without) if left > max(TIMES_NOISE * noise, TRAINING_ERROR)]
    if len(parts) < 2:
        return None
    single = min(_outside(directions, span[:, [i]]) for i in parts)
    *names, last = (str(formulas[i]) for i in parts)
    return Verdict(
        same=False,
        how="mixture",
        residual=single,
        message=(
            f"A mixture of {', '.join(names)} and {last}: their gradients leave {noise:.1e} of the "
            f"neuron's squared gradient unexplained, and the nearest concept alone leaves {single:.1e}."
        ),
    )


def _outside(directions, span):
    """Return the mean squared sine between unit vectors (N, m) and the span of k rows (N, k, m)."""
    return float(misalignment(directions, orthonormal(span)).mean())
