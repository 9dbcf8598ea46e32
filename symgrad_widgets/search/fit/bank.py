"""Evaluate terms on data: their gradients, and the gradients' components along the neurons' gradients.

All gradients are in tangent coordinates, that is, in an orthonormal basis of the directions along the data.
"""

from copy import copy
from itertools import chain

import numpy as np

from ..kernel.evaluation import gradients
from ..terms.grammar import arguments, functions, nodes, root
from ..tuning import BANK, MEMORY, ROUNDING

__all__ = ["Bank", "Sample", "sides"]


class Sample:
    """Some points of a field, in the form that the search needs.

    `points (n, N)` are the points, `unit (N, k, m)` the neurons' orthonormal directions, and `trust (N,)` the
    weights. `whole (N, n)` holds the gradients if there is a single neuron and the data fill the whole space;
    otherwise it is None. `values (N,)` holds the values of a single neuron. `values` is None if there are
    several neurons, or if `heard` is false.
    """

    def __init__(self, field, heard=True):
        self.field = field
        self.points = np.ascontiguousarray(field.points.T)
        self.unit, self.trust = field.unit, field.weights
        one = heard and field.values is not None and field.neurons == 1
        self.values = field.values.reshape(-1) if one else None
        self.whole = field.gradients if field.measure.basis is None and field.gradients.ndim == 2 else None

    def project(self, terms):
        """Return projected gradients (K, N, m), RMS lengths (K,), usability (K,) and values (K, N) of terms.

        A term is not usable if it is not finite, or if it is constant on the data up to rounding.
        """
        values, raw, ok = gradients(terms, self.points)
        spread, basis = self.field.measure
        with np.errstate(all="ignore"):  # terms that overflow are not usable
            change = np.swapaxes(raw, 1, 2) * spread
            G = _along(basis, change)
            scale = _lengths(G, self.trust)
            length = scale if basis is None else _lengths(change, self.trust)
            varies = length > ROUNDING.share * np.sqrt((values**2).mean(1))
            held = (scale > BANK.shortest) & (scale < BANK.longest)
        return G, scale, ok & varies & (scale > BANK.across * length) & held, values

    def gradients(self, terms, where):
        """Return projected gradients (K, P, m) of terms at a slice of points, and which terms are finite."""
        _, raw, finite = gradients(terms, self.points[:, where])
        spread, basis = self.field.measure
        basis = basis if basis is None or basis.ndim == 2 else basis[where]
        return _along(basis, np.swapaxes(raw, 1, 2) * spread), finite

    def components(self, G):
        """Return the components (K, N, k) of projected gradients along the neurons."""
        return np.einsum("knm,ncm->knc", G, self.unit)

    def features(self, terms):
        """Return projected gradients and components of terms, or None if a term has no usable gradient."""
        G, _, ok, _ = self.project(terms)
        return (G, self.components(G)) if ok.all() else None


def _along(basis, gradients):
    """Return the tangent coordinates (K, N, m) of gradients (K, N, n) scaled by the inputs' spread."""
    if basis is None:
        return gradients
    return gradients @ basis if basis.ndim == 2 else np.einsum("knj,njm->knm", gradients, basis)


def _lengths(G, trust):
    """Return the weighted RMS lengths (K,)."""
    return np.sqrt(np.einsum("kn,n->k", np.einsum("knj,knj->kn", G, G), trust) / trust.sum())


def sides(terms, points):
    """Return a region number (N,) for each point; the poles of logarithms separate the regions."""
    return _numbered(_below(terms, points))


def _numbered(below):
    return sum((2**k * part for k, part in enumerate(below)), 0)


def _below(terms, points):
    """Return an array (N,) for each term: 1 where the term is the log of a negative number, otherwise 0.

    If a term is not a log, or if its argument never changes sign, return the number 0 instead of the array.
    """
    logs = [k for k, term in enumerate(terms) if root(term) == "log"]
    found = [0] * len(terms)
    if logs:
        below = gradients([arguments(terms[k])[0] for k in logs], points)[0] < 0
        for k in np.flatnonzero(below.any(1) & ~below.all(1)).tolist():
            found[logs[k]] = below[k].astype(int)
    return found


class Bank:
    """All terms so far. Each term is evaluated once; terms with equal gradient fields share a row.

    Rows of `G (K, N, m)` have weighted RMS length 1; `scale (K,)` holds the original lengths. If the gradient
    fields of two terms agree up to a factor, both terms get the same row, and the shorter one represents it.
    `kind (K,)` holds a number for each term's physical dimension; terms that make no sense in the units given
    have no row. `nodes (K,)` holds the lengths of the terms, and `functions (K,)` how many functions of plain
    numbers they contain.
    """

    def __init__(self, sample, watch=lambda: None, dimensions=None):
        self.sample, self._watch, self.dimensions = sample, watch, dimensions
        self.terms, self.nodes, self.functions = [], [], []
        self._row, self._by_direction, self._below = {}, {}, {}
        self._reserve(int(MEMORY.reserved / self.row_bytes))
        count, _, m = sample.unit.shape
        rng = np.random.default_rng(0)  # fixed, so that a term has the same key in every search
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
        """Return the regions (sums, N) of the points, as `sides` above does, for sums given by their rows."""
        terms = [[self.terms[row] for row in rows] for rows in sums]
        fresh = [t for t in dict.fromkeys(chain.from_iterable(terms)) if t not in self._below]
        self._below |= zip(fresh, _below(fresh, self.sample.points), strict=True)
        found = np.zeros((len(sums), self.sample.points.shape[1]), dtype=int)
        for parts, some in zip(found, terms, strict=True):
            parts[:] = _numbered(self._below[term] for term in some)
        return found

    def kind_of(self, term):
        """Return the number that stands for a term's dimension: 0 without dimensions, None for nonsense."""
        return 0 if self.dimensions is None else self.dimensions.kind(term)

    @property
    def kind(self):
        """The numbers (K,) that stand for the terms' physical dimensions."""
        if self.dimensions is None:
            return np.zeros(len(self.terms), dtype=int)
        return np.array([self.kind_of(term) for term in self.terms], dtype=int)

    def one_kind(self, rows):
        """Return whether these terms can be added to each other."""
        return self.dimensions is None or len({self.kind_of(self.terms[row]) for row in rows}) == 1

    @property
    def row_bytes(self):
        """Memory for one term, in bytes."""
        count, k, m = self.sample.unit.shape
        return self.sample.unit.itemsize * count * (m + k + 1)

    def copy(self):
        """Return a copy that grows and shrinks independently; the current rows are shared in memory."""
        other = copy(self)
        for name in ("terms", "nodes", "functions", "scale", "_row", "_by_direction", "_below"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def keep(self, rows):
        """Forget all rows except these (in rising order), and renumber them from 0."""
        number = {row: i for i, row in enumerate(rows)}
        self.terms = [self.terms[row] for row in rows]
        self.nodes = [self.nodes[row] for row in rows]
        self.functions = [self.functions[row] for row in rows]
        self._reserve(len(self.scale), rows)
        self._row = {t: number[row] for t, row in self._row.items() if row in number}
        self._by_direction = {key: number[row] for key, row in self._by_direction.items() if row in number}
        self._below = {t: part for t, part in self._below.items() if t in self._row}

    def rows(self, terms):
        """Return the row number of each term; None if a term has no usable gradient on the data."""
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
            self.functions.append(functions(term))
            self._G[row], self.scale[row], self._V[row] = g, size, values / size
            self._D[row] = self.sample.components(g[None])[0]
        elif len(term.tokens) < len(self.terms[row].tokens):
            self.terms[row], self.nodes[row], self.functions[row] = term, nodes(term), functions(term)
            self.scale[row] = size * np.sign(np.vdot(self._G[row], g))
            self._V[row] = values / self.scale[row]
        return row

    def _reserve(self, most, rows=()):
        """Make arrays for `most` rows, and copy the given existing rows to the start of these arrays."""
        count, k, m = self.sample.unit.shape
        fresh = (
            np.empty((most, count, m)),
            np.empty((most, count, k)),
            np.empty((most, count)),
            np.empty(most),
        )  # they take memory only once they are filled
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
