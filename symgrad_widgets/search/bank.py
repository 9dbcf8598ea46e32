"""The terms met so far, evaluated once: gradients on the search points, one row for each distinct field."""

import numpy as np

from .kernels import gradients

__all__ = ["Bank"]

_DIGITS = 7  # gradients equal to so many digits are the same term up to scale, sign and offset


class Bank:
    """Rows of normalised gradients `G (K, N, m)` and their components along the neurons `D (K, N, k)`.

    Two terms whose gradient fields agree up to a factor get the same row; the shorter one represents it.
    """

    def __init__(self, field):
        self.points = np.ascontiguousarray(field.points.T)
        self.project = field.project
        self.unit = field.unit
        self.whole = field.gradients if field.tangent is None and field.neurons == 1 else None  # (N, n)
        self.terms, self._sizes = [], []
        self._row, self._by_direction = {}, {}
        count, m = self.points.shape[1], field.dimension
        self._G = np.empty((256, count, m))
        self._D = np.empty((256, count, self.unit.shape[1]))
        self.scale = np.empty(256)
        rng = np.random.default_rng(0)  # a fixed probe: the same term has the same key in every search
        self._probe_points = rng.choice(count, min(count, 24), replace=False)
        self._probe = rng.normal(size=(m, 1))

    def __len__(self):
        return len(self.terms)

    @property
    def G(self):
        return self._G[: len(self.terms)]

    @property
    def D(self):
        return self._D[: len(self.terms)]

    def rows(self, terms):
        """Row number of each term; None where it has no usable gradient on the data."""
        fresh = [t for t in dict.fromkeys(terms) if t not in self._row]
        for start in range(0, len(fresh), 512):
            self._add(fresh[start : start + 512])
        return [self._row[t] for t in terms]

    def _add(self, terms):
        _, raw, ok = gradients(terms, self.points)
        raw = np.swapaxes(raw, 1, 2)
        whole = np.sqrt(np.einsum("knj,knj->k", raw, raw) / raw.shape[1])
        G = np.stack([self.project(g) for g in raw])
        scale = np.sqrt(np.einsum("knm,knm->k", G, G) / G.shape[1])
        ok = ok & np.isfinite(scale) & (scale > 1e-9 * whole) & (scale > 1e-150) & (scale < 1e100)
        for term, g, size, usable in zip(terms, G, scale, ok, strict=True):
            self._row[term] = self._place(term, g / size, size) if usable else None

    def _place(self, term, g, size):
        key = self._key(g)
        row = self._by_direction.get(key)
        if row is None:
            row = len(self.terms)
            if row == len(self.scale):
                self._G, self._D, self.scale = (
                    np.concatenate([a, np.empty_like(a)]) for a in (self._G, self._D, self.scale)
                )
            self._by_direction[key] = row
            self.terms.append(term)
            self._G[row], self.scale[row] = g, size
            self._D[row] = np.einsum("nm,nkm->nk", g, self.unit)
        elif len(term.tokens) < len(self.terms[row].tokens):
            self.terms[row] = term
            self.scale[row] = size * np.sign(np.vdot(self._G[row], g))
        return row

    def _key(self, g):
        probe = (g[self._probe_points] @ self._probe)[:, 0]
        largest = probe[np.argmax(np.abs(probe))]
        probe = probe if largest > 0 else -probe
        probe = probe if largest else g[:4]
        return (np.round(probe, _DIGITS) + 0.0).tobytes()  # + 0.0 makes -0.0 and 0.0 one key
