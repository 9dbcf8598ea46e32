"""Terms evaluated on data: their gradients in tangent coordinates, and their components along the neurons."""

from copy import copy
from itertools import chain

import numpy as np

from ..kernel.evaluation import gradients
from ..terms.grammar import arguments, nodes, root
from ..tuning import BANK, MEMORY, ROUNDING

__all__ = ["Bank", "Sample", "sides"]


class Sample:
    """Some points of a field, as the search reads them.

    `points (n, N)`; `unit (N, k, m)`, the neurons' orthonormal directions; `trust (N,)`, the points' weights;
    `whole (N, n)`, the gradients of one neuron on data that fill the whole space, else None; `values (N,)` of
    one neuron, else None.
    """

    def __init__(self, field):
        self.field = field
        self.points = np.ascontiguousarray(field.points.T)
        self.unit, self.trust = field.unit, field.weights
        one = field.values is not None and field.neurons == 1
        self.values = field.values.reshape(-1) if one else None
        self.whole = field.gradients if field.measure.basis is None and field.gradients.ndim == 2 else None

    def project(self, terms):
        """Projected gradients (K, N, m) of terms, their RMS length (K,), which are usable, and values (K, N).

        A term is not usable if it is not finite, or constant on the data up to rounding.
        """
        values, raw, ok = gradients(terms, self.points)
        spread, basis = self.field.measure
        with np.errstate(all="ignore"):  # what overflows is not usable
            change = np.swapaxes(raw, 1, 2) * spread
            G = _along(basis, change)
            scale = _lengths(G, self.trust)
            length = scale if basis is None else _lengths(change, self.trust)
            varies = length > ROUNDING.share * np.sqrt((values**2).mean(1))
            held = (scale > BANK.shortest) & (scale < BANK.longest)
        return G, scale, ok & varies & (scale > BANK.across * length) & held, values

    def gradients(self, terms, where):
        """Projected gradients (K, P, m) of terms at some of the points (a slice), and which are finite."""
        _, raw, finite = gradients(terms, self.points[:, where])
        spread, basis = self.field.measure
        basis = basis if basis is None or basis.ndim == 2 else basis[where]
        return _along(basis, np.swapaxes(raw, 1, 2) * spread), finite

    def components(self, G):
        """Components (K, N, k) of projected gradients along the neurons."""
        return np.einsum("knm,ncm->knc", G, self.unit)

    def features(self, terms):
        """Projected gradients and components of terms, or None if one has no usable gradient."""
        G, _, ok, _ = self.project(terms)
        return (G, self.components(G)) if ok.all() else None


def _along(basis, gradients):
    """Tangent coordinates (K, N, m) of gradients (K, N, n) in units of their spread."""
    if basis is None:
        return gradients
    return gradients @ basis if basis.ndim == 2 else np.einsum("knj,njm->knm", gradients, basis)


def _lengths(G, trust):
    """Weighted RMS lengths (K,)."""
    return np.sqrt(np.einsum("kn,n->k", np.einsum("knj,knj->kn", G, G), trust) / trust.sum())


def sides(terms, points):
    """Numbers (N,) of the parts into which the poles of a sum's logarithms divide its domain."""
    return _numbered(_below(terms, points))


def _numbered(below):
    return sum((2**k * part for k, part in enumerate(below)), 0)


def _below(terms, points):
    """1 where the argument of a logarithm is negative, if its sign changes on the data (N,); else 0."""
    logs = [k for k, term in enumerate(terms) if root(term) == "log"]
    found = [0] * len(terms)
    if logs:
        below = gradients([arguments(terms[k])[0] for k in logs], points)[0] < 0
        for k in np.flatnonzero(below.any(1) & ~below.all(1)).tolist():
            found[logs[k]] = below[k].astype(int)
    return found


class Bank:
    """All terms so far, evaluated once, with one row for each distinct gradient field.

    Rows of `G (K, N, m)` have weighted RMS length 1; `scale (K,)` holds what they were divided by. Two terms
    whose gradient fields agree up to a factor get the same row; the shorter one represents it. `kind (K,)`
    numbers their dimensions; terms that make no sense in the units given have no row. `nodes (K)` holds their
    lengths.
    """

    def __init__(self, sample, watch=lambda: None, dimensions=None):
        self.sample, self._watch, self.dimensions = sample, watch, dimensions
        self.terms, self.nodes = [], []
        self._row, self._by_direction, self._below = {}, {}, {}
        self._reserve(int(MEMORY.reserved / self.row_bytes))
        count, _, m = sample.unit.shape
        rng = np.random.default_rng(0)  # a fixed probe: the same term has the same key in every search
        self._probe_points = rng.choice(count, min(count, BANK.probe_points), replace=False)
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
    def V(self):
        """Values (K, N) of the normalised terms."""
        return self._V[: len(self.terms)]

    def sides(self, *sums):
        """Numbers (sums, N) of the parts of the domain of sums of terms' rows, as `sides` has them."""
        terms = [[self.terms[row] for row in rows] for rows in sums]
        fresh = [t for t in dict.fromkeys(chain.from_iterable(terms)) if t not in self._below]
        self._below |= zip(fresh, _below(fresh, self.sample.points), strict=True)
        found = np.zeros((len(sums), self.sample.points.shape[1]), dtype=int)
        for parts, some in zip(found, terms, strict=True):
            parts[:] = _numbered(self._below[term] for term in some)
        return found

    def kind_of(self, term):
        """Number of a term's dimension; None if it makes no sense; 0 without units."""
        return 0 if self.dimensions is None else self.dimensions.kind(term)

    @property
    def kind(self):
        """Numbers of the terms' dimensions (K,)."""
        if self.dimensions is None:
            return np.zeros(len(self.terms), dtype=int)
        return np.array([self.kind_of(term) for term in self.terms], dtype=int)

    def one_kind(self, rows):
        """Whether these terms may be added to each other."""
        return self.dimensions is None or len({self.kind_of(self.terms[row]) for row in rows}) == 1

    @property
    def row_bytes(self):
        """Memory that one term takes."""
        count, k, m = self.sample.unit.shape
        return self.sample.unit.itemsize * count * (m + k + 1)

    def copy(self):
        """Return a bank that grows and forgets independently; both share the current rows in memory."""
        other = copy(self)
        for name in ("terms", "nodes", "scale", "_row", "_by_direction", "_below"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def keep(self, rows):
        """Forget all rows except these (ascending); these are renumbered from 0."""
        number = {row: i for i, row in enumerate(rows)}
        self.terms = [self.terms[row] for row in rows]
        self.nodes = [self.nodes[row] for row in rows]
        self._reserve(len(self.scale), rows)
        self._row = {t: number[row] for t, row in self._row.items() if row in number}
        self._by_direction = {key: number[row] for key, row in self._by_direction.items() if row in number}
        self._below = {t: part for t, part in self._below.items() if t in self._row}

    def rows(self, terms):
        """Row number of each term; None if it has no usable gradient on the data."""
        fresh = [t for t in dict.fromkeys(terms) if t not in self._row]
        if self.dimensions is not None:
            self._row |= {t: None for t in fresh if self.kind_of(t) is None}
            fresh = [t for t in fresh if t not in self._row]
        chunk = int(np.clip(MEMORY.evaluated / self.sample.points.nbytes, *MEMORY.evaluated_terms))
        for first in range(0, len(fresh), chunk):
            self._watch()
            self._add(fresh[first : first + chunk])
        return [self._row[t] for t in terms]

    def _add(self, terms):
        G, scale, ok, values = self.sample.project(terms)
        for term, g, size, usable, v in zip(terms, G, scale, ok, values, strict=True):
            self._row[term] = self._place(term, g / size, size, v) if usable else None

    def _place(self, term, g, size, values):
        key = self._key(g)
        row = self._by_direction.get(key)
        if row is None:
            row = self._by_direction[key] = len(self.terms)
            if row == len(self.scale):
                self._reserve(2 * row, np.arange(row))
            self.terms.append(term)
            self.nodes.append(nodes(term))
            self._G[row], self.scale[row], self._V[row] = g, size, values / size
            self._D[row] = self.sample.components(g[None])[0]
        elif len(term.tokens) < len(self.terms[row].tokens):
            self.terms[row], self.nodes[row] = term, nodes(term)
            self.scale[row] = size * np.sign(np.vdot(self._G[row], g))
            self._V[row] = values / self.scale[row]
        return row

    def _reserve(self, most, rows=()):
        """Make arrays for `most` rows; the first ones are some of the existing rows."""
        count, k, m = self.sample.unit.shape
        fresh = (
            np.empty((most, count, m)),
            np.empty((most, count, k)),
            np.empty((most, count)),
            np.empty(most),
        )  # count once written to
        if len(rows):
            for new, old in zip(fresh, (self._G, self._D, self._V, self.scale), strict=True):
                np.take(old, rows, axis=0, out=new[: len(rows)], mode="clip")  # "raise" would use a buffer
        self._G, self._D, self._V, self.scale = fresh

    def _key(self, g):
        probe = g[self._probe_points] @ self._probe
        largest = probe[np.argmax(np.abs(probe))]
        size = abs(largest)
        if 0 < size < BANK.unseen:
            probe = probe / size
        probe = probe * np.sign(largest)
        return (np.round(probe, BANK.digits) + 0.0).tobytes()  # + 0.0 makes -0.0 and 0.0 one key
