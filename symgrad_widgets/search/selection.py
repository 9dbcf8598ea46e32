"""Which formula of a front is the answer: one rule for every field, blind to any concept."""

import numpy as np

__all__ = ["chance_loss", "pareto", "select"]

NATS_PER_NODE = 0.25
_ZERO = 1e-10  # losses below are equal: no network is that exact
_LAW = 0.25  # a law has a loss below this share of what chance gives


def chance_loss(neurons, dimension):
    """Mean `1 - cos^2` between a fixed field and random directions: 1 - k / m."""
    return 1 - neurons / dimension


def select(front, chance):
    """Return the entry with the least `log(loss) + 0.25 * complexity`, or None when no law is found.

    A further node must lower the loss by a factor of exp(0.25) = 1.28, from wherever on the front one looks:
    it is the point where the lower hull of the front gets flatter than that. This assumes that what a network
    adds to a concept (noise, artefacts of training) is not compactly expressible in the operators, so that
    chasing it costs many nodes for little.
    """
    if not front:
        return None
    best = min(front, key=lambda c: np.log(max(c.loss, _ZERO)) + NATS_PER_NODE * c.complexity)
    return best if best.loss < _LAW * chance else None


def pareto(candidates, alike):
    """Candidates by rising complexity whose loss falls by at least 2 %, without two that are `alike`."""
    front = []
    for c in sorted(candidates, key=lambda c: (c.complexity, c.loss, str(c.expression))):
        if front and max(c.loss, _ZERO * 1e-4) > 0.98 * max(front[-1].loss, _ZERO * 1e-4):
            continue
        if not any(alike(c, other) for other in front):
            front.append(c)
    return tuple(front)
