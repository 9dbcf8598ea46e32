"""Experiments from mechanics: two points on one orbit share the conserved quantities of the motion."""

from functools import partial

import numpy as np

from ..concepts import CONCEPTS
from .data import Triplets, redraw
from .definition import Experiment
from .flow import integrate, orbits

__all__ = ["EXPERIMENTS", "kepler_flow"]

_DURATION = 3.0
_NEAREST = 0.2  # by default, Kepler orbits are seen only at this distance from the centre or more
_ROUNDS = 10  # rounds of Laguerre's method; 7 leave an error of 1e-11 in the worst of a million orbits


def rotation(start, times):
    """Follow the harmonic oscillator with force -x exactly: states (N, 2) after times (N,)."""
    (x, v), c, s = start.T, np.cos(times), np.sin(times)
    return np.column_stack([c * x + s * v, c * v - s * x])


def kepler_flow(start, times):
    """Follow a unit mass in the plane, attracted by 1/r^2, exactly: states (N, 4) after times (N,).

    With the position u^2 (a complex number) and dt = |u|^2 ds, the motion is u'' = (E/2) u, which is smooth
    even through a collision (Levi-Civita 1920). Then we solve t(s) = t by Laguerre's method (Conway 1986), in
    steps that advance the phase of u by at most half a radian. The invariants are exact for any s.
    """
    z, velocity = start[:, 0] + 1j * start[:, 1], start[:, 2] + 1j * start[:, 3]
    r = np.abs(z)
    energy = np.abs(velocity) ** 2 / 2 - 1 / r
    u, slope = np.sqrt(z), np.sqrt(z).conj() * velocity / 2
    w = np.sqrt(-energy / 2 + 0j)  # imaginary for an unbound orbit

    def circular(s):
        return np.cos(w * s).real, (np.sin(w * s) / w).real

    square, mixed = np.abs(slope) ** 2, 2 * (u * slope.conj()).real
    s = times * np.maximum(-2 * energy, 1 / (r + times))
    for _ in range(_ROUNDS):
        c, q = circular(s)
        late = (r * (s + c * q) - 2 * square * (s - c * q) / energy + mixed * q**2) / 2 - times
        radius = r * c**2 + square * q**2 + mixed * c * q
        change = (energy * r + 2 * square) * c * q + mixed * (c**2 + energy * q**2 / 2)
        step = 5 * late / (radius + np.sqrt(np.abs(16 * radius**2 - 20 * late * change)))
        s = s - np.clip(step, -0.5 / np.abs(w), 0.5 / np.abs(w))
    c, q = circular(s)
    u, slope = u * c + slope * q, slope * c + u * energy / 2 * q
    z, velocity = u**2, 2 * slope / u.conj()
    return np.stack([z.real, z.imag, velocity.real, velocity.imag], axis=1)


def _plane(number, slug, title, force):
    """Make the experiment on the motion x'' = force(x): x, v ~ U[0, 1] at the start, t ~ U[0, 3]."""

    def rhs(x, v):
        return v, force(x)

    samplers = {"default": _square_orbits(partial(integrate, rhs), 2)}
    return _row(number, slug, title, ("x", "v"), samplers, rhs)


def _attracted(x1, x2, v1, v2):
    """Return the time derivatives of the Kepler problem."""
    cube = np.hypot(x1, x2) ** 3
    return v1, v2, -x1 / cube, -x2 / cube


def _square_orbits(flow, dimension):
    return partial(orbits, flow=flow, box=((0.0, 1.0),) * dimension, duration=_DURATION)


def kepler(rng, count):
    """Draw Kepler orbits from U[0, 1]^4, seen at times t ~ U[0, 3], at least 0.2 from the centre.

    A third of the orbits come within 0.01 of the centre, where speeds are up to a hundred times the usual
    speed. We keep these orbits, because the flow is exact. But if a point of a triplet is closer than 0.2, we
    redraw the triplet. The negative is a point on another orbit.
    """

    def far(*points):
        return np.min([np.hypot(p[:, 0], p[:, 1]) for p in points], axis=0) >= _NEAREST

    return Triplets(*redraw(lambda number: _square_orbits(kepler_flow, 4)(rng, number), far, count))


def published_kepler(rng, count):
    """Draw Kepler orbits as in the paper: at any distance from the centre, with negatives ~ U[0, 1]^4."""
    anchor, positive, _ = _square_orbits(kepler_flow, 4)(rng, count)
    return Triplets(anchor, positive, rng.uniform(size=(count, 4)))


def _row(number, slug, title, names, samplers, rhs, latent=1, **default):
    return Experiment(
        number,
        slug,
        title,
        names=names,
        samplers=samplers,
        rhs=rhs,
        concepts=CONCEPTS[number].formulas,
        latent=latent,
        presets={"default": default, "paper": {"latent": 1, "epochs": 300, "plateau_factor": 0.5}},
    )


EXPERIMENTS = (
    _row(
        "P1-07",
        "oscillator",
        "Harmonic oscillator",
        ("x", "v"),
        {"default": _square_orbits(rotation, 2)},
        lambda x, v: (v, -x),
    ),
    _plane("P1-08", "cubic_force", "Anharmonic oscillator, force -(x + x^3)", lambda x: -(x + x * x * x)),
    _plane("P1-09", "cosine_force", "Anharmonic oscillator, force -cos(x)", lambda x: -np.cos(x)),
    _plane(
        "P1-10",
        "exponential_force",
        "Anharmonic oscillator, force -(x + exp(x + 1))",
        lambda x: -(x + np.exp(x + 1)),
    ),
    _row(
        "P1-11",
        "kepler",
        "Kepler problem in the plane",
        ("x1", "x2", "v1", "v2"),
        {"default": kepler, "paper": published_kepler},
        _attracted,
        latent=4,
        hidden=(64, 64, 64),
    ),
)
