"""Which formula of a front is the answer: one rule for every field, blind to any concept."""

import numpy as np
import sympy as sp

__all__ = ["chance_loss", "noise_loss", "pareto", "select"]

_STEEP, _FLAT = 0.6, 0.1  # nats of log loss per node: steeper is as good as steep, flatter as good as flat
_WINDOW = 0.6  # an entry is held against those with at least this share of its nodes
_ZERO = 1e-10  # losses below are equal: no network is that exact
_RESOLUTION = 0.03  # differences below this share of the least loss are none
_TRAINED = 3e-5  # nor are, in a trained network, corrections that turn the gradient by less than 0.3 degrees,
_EXACT = 1e3  # unless some formula is better by so large a factor: then the field is exact
_LAW = 0.25  # a law has a loss below this share of what chance gives


def chance_loss(neurons, dimension):
    """Mean `1 - cos^2` between a fixed field and random directions: 1 - k / m."""
    return 1 - neurons / dimension


def select(front, chance, noise=0.0):
    """Return the knee of a front (by rising complexity, falling loss), or None when no law is found.

    The slope of the log loss, in nats for each node, should be steep up to the answer and flat behind it: the
    entry with the greatest ratio of the slope before (the least one, seen from the simpler entries with at
    least 60 % of its nodes) to the slope behind (the greatest one, to any more complex entry). Slopes above
    0.6 count as 0.6 and below 0.1 as 0.1, so that neither an exact fit nor a flat tail decides alone.

    `noise` is the part of the loss that is independent from point to point, which no formula can explain
    (`noise_loss`); it is taken off first. The rule assumes that what a network adds to a concept smoothly
    (artefacts of training) is either small, below 0.3 degrees, or not compactly expressible in the operators,
    so that chasing it costs many nodes for little.
    """
    if not front:
        return None
    loss = np.maximum([c.loss for c in front], _ZERO)
    resolution = _RESOLUTION * loss[-1] + min(_TRAINED, _EXACT * loss[-1])
    height = np.log(loss - min(noise, loss[-1]) + resolution)
    nodes = np.array([c.complexity for c in front], dtype=float)
    knees = [_knee(nodes, height, i, np.log(chance)) for i in range(len(front))]
    best = front[max(range(len(front)), key=lambda i: (round(knees[i], 9), i))]
    return best if best.loss < _LAW * chance else None


def _knee(nodes, height, i, top):
    """Slope before over slope behind entry i; `top` is the log loss of no formula at all."""
    near = nodes[:i] >= _WINDOW * nodes[i]
    near[i - 1 :] = True
    before = (
        (height[:i] - height[i])[near] / (nodes[i] - nodes[:i])[near] if i else (top - height[i]) / nodes[i]
    )
    behind = (height[i] - height[i + 1 :]) / (nodes[i + 1 :] - nodes[i])
    return min(np.min(before), _STEEP) / max(np.max(behind, initial=_FLAT), _FLAT)


def noise_loss(points, spanning, directions):
    """Part of a formula's loss that is not smooth in the inputs: the nugget of its residual field.

    The residual of the formula's unit gradients `directions (N, m)` against the span of the neurons',
    `spanning (N, k, m)`, is compared with that of the nearest other point: what is noise has no correlation,
    what is a network's systematic error has.
    """
    from scipy.spatial import cKDTree

    along = np.einsum("nkm,nm->nk", spanning, directions)
    residual = directions - np.einsum("nk,nkm->nm", along, spanning)
    power = (residual**2).sum()
    if power < 1e-20 * len(points):
        return 0.0
    spread = points.std(0)
    scaled = points[:, spread > 0] / spread[spread > 0]
    nearest = cKDTree(scaled).query(scaled, 2)[1][:, 1]
    shared = (residual * residual[nearest]).sum() / power
    return float(np.clip(1 - shared, 0, 1) * power / len(points))


def pareto(candidates, alike):
    """Candidates by rising complexity whose loss falls by at least 2 %, without two that are `alike`.

    Among those of equal complexity a constant that is no simple number has to lower the loss by 5 %.
    """
    leaders = {}
    for c in candidates:
        handicap = c.loss * 1.05 ** len(c.expression.atoms(sp.Float))
        if c.complexity not in leaders or handicap < leaders[c.complexity][0]:
            leaders[c.complexity] = handicap, c
    front = []
    for _, (_, c) in sorted(leaders.items()):
        if front and max(c.loss, _ZERO * 1e-4) > 0.98 * max(front[-1].loss, _ZERO * 1e-4):
            continue
        if not any(alike(c, other) for other in front):
            front.append(c)
    return tuple(front)
