"""Terms evaluated on data: their gradients in tangent coordinates, and their components along the neurons."""

import numpy as np

from .kernels import gradients

__all__ = ["Bank", "Sample"]

_RESERVED = 96e6  # bytes set aside for gradients, so that they need not be copied to grow
_DIGITS = 7  # gradients equal to so many digits are the same term up to scale, sign and offset


class Sample:
    """Some points of a field, as the search reads them.

    `points (n, N)`; `unit (N, k, m)`, the neurons' orthonormal directions; and `whole (N, n)`, the gradients
    of one neuron on data that fill the whole space, else None.
    """

    def __init__(self, field):
        self.field = field
        self.points = np.ascontiguousarray(field.points.T)
        self.unit = field.unit
        self._spread = field.points.std(0)
        self.whole = field.gradients if field.tangent is None and field.gradients.ndim == 2 else None

    def project(self, terms):
        """Projected gradients (K, N, m) of terms, their RMS length (K,), and which are usable.

        Not usable is what is not finite, and what is constant on the data but for rounding.
        """
        values, raw, ok = gradients(terms, self.points)
        raw = np.swapaxes(raw, 1, 2)
        with np.errstate(all="ignore"):  # what overflows is not usable
            G = np.stack([self.field.project(g) for g in raw])
            length, scale = (np.sqrt(np.einsum("knj,knj->k", g, g) / g.shape[1]) for g in (raw, G))
            change = np.sqrt(np.einsum("knj,j->k", raw**2, self._spread**2) / raw.shape[1])
            varies = change > 1e-12 * np.sqrt((values**2).mean(1))
        return G, scale, ok & varies & (scale > 1e-9 * length) & (scale > 1e-150) & (scale < 1e100)

    def components(self, G):
        """Components (K, N, k) of projected gradients along the neurons."""
        return np.einsum("knm,ncm->knc", G, self.unit)

    def features(self, terms):
        """Projected gradients and components of terms, or None where one has no usable gradient."""
        G, _, ok = self.project(terms)
        return (G, self.components(G)) if ok.all() else None


class Bank:
    """The terms met so far, evaluated once, one row for each distinct gradient field.

    Rows of `G (K, N, m)` are normalised; `scale (K,)` holds what they were divided by. Two terms whose
    gradient fields agree up to a factor get the same row; the shorter one represents it.
    """

    def __init__(self, sample):
        self.sample = sample
        self.terms = []
        self._row, self._by_direction = {}, {}
        count, k, m = sample.unit.shape
        most = int(_RESERVED / (8 * count * (m + k)))  # memory counts when it is written to, not before
        self._G, self._D, self.scale = np.empty((most, count, m)), np.empty((most, count, k)), np.empty(most)
        rng = np.random.default_rng(0)  # a fixed probe: the same term has the same key in every search
        self._probe_points = rng.choice(count, min(count, 24), replace=False)
        self._probe = rng.normal(size=m)

    def __len__(self):
        return len(self.terms)

    @property
    def G(self):
        """Normalised gradients (K, N, m)."""
        return self._G[: len(self.terms)]

    @property
    def D(self):
        """Components (K, N, k) of the normalised gradients along the neurons."""
        return self._D[: len(self.terms)]

    @property
    def row_bytes(self):
        """Memory that one term takes."""
        return self._G[0].nbytes + self._D[0].nbytes

    def keep(self, rows):
        """Forget all rows but these (ascending); they are numbered anew from 0."""
        number = {row: i for i, row in enumerate(rows)}
        self.terms = [self.terms[row] for row in rows]
        for array in (self._G, self._D, self.scale):
            array[: len(rows)] = array[rows]
        self._row = {t: number[row] for t, row in self._row.items() if row in number}
        self._by_direction = {key: number[row] for key, row in self._by_direction.items() if row in number}

    def rows(self, terms):
        """Row number of each term; None where it has no usable gradient on the data."""
        fresh = [t for t in dict.fromkeys(terms) if t not in self._row]
        for first in range(0, len(fresh), 256):
            self._add(fresh[first : first + 256])
        return [self._row[t] for t in terms]

    def _add(self, terms):
        G, scale, ok = self.sample.project(terms)
        for term, g, size, usable in zip(terms, G, scale, ok, strict=True):
            self._row[term] = self._place(term, g / size, size) if usable else None

    def _place(self, term, g, size):
        key = self._key(g)
        row = self._by_direction.get(key)
        if row is None:
            row = self._by_direction[key] = len(self.terms)
            if row == len(self.scale):
                self._grow()
            self.terms.append(term)
            self._G[row], self.scale[row] = g, size
            self._D[row] = self.sample.components(g[None])[0]
        elif len(term.tokens) < len(self.terms[row].tokens):
            self.terms[row] = term
            self.scale[row] = size * np.sign(np.vdot(self._G[row], g))
        return row

    def _grow(self):
        self._G, self._D, self.scale = (
            np.concatenate([a, np.empty_like(a)]) for a in (self._G, self._D, self.scale)
        )

    def _key(self, g):
        probe = g[self._probe_points] @ self._probe
        largest = probe[np.argmax(np.abs(probe))]
        return (
            np.round(probe * np.sign(largest), _DIGITS) + 0.0
        ).tobytes()  # + 0.0 makes -0.0 and 0.0 one key
