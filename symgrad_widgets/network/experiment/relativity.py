"""Experiments from special relativity: quantities that are the same for all observers."""

import numpy as np

from ..concepts import CONCEPTS
from .data import Triplets
from .definition import Experiment

__all__ = ["EXPERIMENTS", "electromagnetic", "field_tensor", "fields", "lorentz", "rotations", "spacetime"]

_FASTEST = 0.8  # default limit of a boost's velocity, as a share of the speed of light
_PAIRS = ((3, 2), (1, 3), (2, 1))  # entries of the field-strength tensor that hold B1, B2, B3


def rotations(rng, count):
    """Draw rotation matrices (count, 3, 3) uniformly (Haar), from unit quaternions."""
    w, x, y, z = np.moveaxis(_directions(rng.normal(size=(count, 4))), 1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.moveaxis(np.array(rows), 2, 0)


def _directions(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def lorentz(rng, count, fastest=1.0):
    """Draw Lorentz transformations (count, 4, 4) of (t, x, y, z): rotation, boost along x, rotation.

    The boost's velocity, as a share of the speed of light, is U[0, fastest].
    """
    velocity = rng.uniform(0, fastest, count)
    gamma = 1 / np.sqrt(1 - velocity**2)
    boost = np.tile(np.eye(4), (count, 1, 1))
    boost[:, 0, 0] = boost[:, 1, 1] = gamma
    boost[:, 0, 1] = boost[:, 1, 0] = -gamma * velocity
    return _in_space(rotations(rng, count)) @ boost @ _in_space(rotations(rng, count))


def _in_space(matrices):
    whole = np.tile(np.eye(4), (len(matrices), 1, 1))
    whole[:, 1:, 1:] = matrices
    return whole


def field_tensor(points):
    """Return tensors (N, 4, 4) of fields (N, 6): antisymmetric, F^0i = -E_i, F^ij = -e_ijk B_k."""
    tensors = np.zeros((len(points), 4, 4))
    tensors[:, 1:, 0] = points[:, :3]
    for k, (i, j) in enumerate(_PAIRS):
        tensors[:, i, j] = points[:, 3 + k]
    return tensors - tensors.swapaxes(1, 2)


def fields(tensors):
    """Return E1, E2, E3, B1, B2, B3 as rows (N, 6), from field-strength tensors."""
    return np.column_stack([tensors[:, 1:, 0], *(tensors[:, i, j] for i, j in _PAIRS)])


def electromagnetic(rng, count, fastest=_FASTEST, strangers=2.0):
    """Draw fields ~ U[0, 2]^6, the same fields for another observer (F -> L F L^T), and other fields.

    These are the anchors, positives and negatives. Near the speed of light, positives grow without bound, so
    boosts stop at 0.8 of this speed. The paper has boosts up to 1. The paper also has negatives ~ U[0, 1]^6,
    in a box half as wide as that of the anchors, so a network can recognise negatives by their range.
    """
    anchor, negative = rng.uniform(0, 2, (count, 6)), rng.uniform(0, strangers, (count, 6))
    transformation = lorentz(rng, count, fastest)
    positive = transformation @ field_tensor(anchor) @ transformation.swapaxes(1, 2)
    return Triplets(anchor, fields(positive), negative)


def spacetime(rng, count, fastest=_FASTEST):
    """Draw events ~ U[0, 1]^4, the same events for another observer (x -> L x), and other events.

    These are the anchors, positives and negatives. Boosts stop at 0.8 of the speed of light. In the paper,
    boosts go up to 1, so positives have no bound.
    """
    anchor, negative = rng.uniform(size=(2, count, 4))
    positive = np.einsum("nij,nj->ni", lorentz(rng, count, fastest), anchor)
    return Triplets(anchor, positive, negative)


def _paper_electromagnetic(rng, count):
    return electromagnetic(rng, count, fastest=1.0, strangers=1.0)


def _paper_spacetime(rng, count):
    return spacetime(rng, count, fastest=1.0)


EXPERIMENTS = (
    Experiment(
        "P1-06",
        "fieldstrength",
        "Field-strength tensor",
        names=("E1", "E2", "E3", "B1", "B2", "B3"),
        samplers={"default": electromagnetic, "paper": _paper_electromagnetic},
        concepts=CONCEPTS["P1-06"].formulas,
        latent=4,
        presets={"paper": {"latent": 1, "epochs": 300, "plateau_factor": 0.5}},
    ),
    Experiment(
        "P1-12",
        "interval",
        "Space-time interval",
        names=("t", "x", "y", "z"),
        samplers={"default": spacetime, "paper": _paper_spacetime},
        concepts=CONCEPTS["P1-12"].formulas,
        presets={"paper": {"epochs": 300, "plateau_factor": 0.5}},
    ),
)
