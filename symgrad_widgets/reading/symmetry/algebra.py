"""Identify the Lie algebra that some matrices span, from quantities that do not depend on the basis.

These quantities are the dimensions of the derived series and the signature of the Killing form `K(x, y) =
tr(ad x ad y)`. An algebra is solvable if K(x, y) = 0 for every element x and every bracket y. An algebra
is semisimple if the form has full rank (Cartan's criteria). We split a semisimple algebra into simple ideals.
The dimension and the signature of an ideal give its name (Knapp 2002, Lie Groups Beyond an Introduction,
appendix C).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

__all__ = ["Algebra", "algebra_of", "structure_constants"]

_LARGEST = 17  # largest p + q of a named so(p, q): 16 inputs, and one dimension for shifts
_OPEN = 0.1  # largest share of the brackets outside the span of an algebra
_SURE = 3.0  # structure constants below this times the share outside count as zero
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Algebra:
    """A Lie algebra of d vector fields.

    Attributes
    ----------
    dimension : int, d
    derived : dimensions of the derived series, starting with d, until they no longer change
    killing : numbers of positive, negative and zero eigenvalues of the Killing form
    centre : int, dimension of the centre, the elements that commute with all others
    nilpotent : bool
    name : name of the algebra, or a description if there is no name
    outside : share of the brackets outside the span; 0 if the span is exactly an algebra

    """

    dimension: int
    derived: tuple[int, ...]
    killing: tuple[int, int, int]
    centre: int
    nilpotent: bool
    name: str
    outside: float

    @property
    def solvable(self):
        """Whether the derived series ends at zero."""
        return self.derived[-1] == 0

    @property
    def semisimple(self):
        """Whether the Killing form has no zero eigenvalue."""
        return self.killing[2] == 0

    def __str__(self):
        return f"{self.name} (dimension {self.dimension})"


def structure_constants(matrices):
    """Return the structure constants c (d, d, d), and the share of the brackets outside the span.

    In an orthonormal basis e of the span, [e_a, e_b] = sum_k c[a, b, k] e_k.
    """
    d = len(matrices)
    flat = np.linalg.svd(matrices.reshape(d, -1), full_matrices=False)[2]
    basis = flat.reshape(matrices.shape)
    products = np.einsum("aij,bjk->abik", basis, basis, optimize=True)
    brackets = (products - products.swapaxes(0, 1)).reshape(d, d, -1)
    c = brackets @ flat.T
    missed = ((brackets - c @ flat) ** 2).sum()
    whole = (products**2).sum()  # not of brackets: if matrices commute, these are only rounding
    return c, float(np.sqrt(missed / whole)) if whole > 0 else 0.0


def algebra_of(matrices):
    """Return the `Algebra` of independent matrices (d, m, m), d > 0; None if brackets leave the span."""
    c, outside = structure_constants(matrices)
    if outside > _OPEN:
        return None
    return _Structure(c, _SURE * outside + _ROUNDING).described(outside)


class _Structure:
    """An algebra given by its structure constants; numbers smaller than `zero` count as zero."""

    def __init__(self, c, zero):
        self.c, self.zero, self.d = c, zero, len(c)

    def described(self, outside):
        derived, lower = self._series(both=True), self._series(both=False)
        signs = self.signs_of(self.killing)
        return Algebra(
            dimension=self.d,
            derived=derived,
            killing=signs,
            centre=self.centre.shape[1],
            nilpotent=lower[-1] == 0,
            name=self.name(derived, lower, signs),
            outside=outside,
        )

    @property
    def killing(self):
        """The Killing form (d, d)."""
        return np.einsum("aij,bji->ab", self.c, self.c, optimize=True)

    def signs_of(self, form):
        values = np.linalg.eigvalsh(form) if len(form) else np.zeros(0)
        zero = max(self.zero, self.zero * np.abs(values).max(initial=0))
        up, down = int((values > zero).sum()), int((values < -zero).sum())
        return up, down, len(values) - up - down

    def _span(self, vectors):
        """Return an orthonormal basis (d, r) of the span of vectors (count, d)."""
        size, axes = self._powers(vectors)
        return axes[:, size > 0]

    def _powers(self, vectors):
        """Return sizes (d,) of vectors (count, d) along their principal axes (0 if small), and these axes."""
        size, axes = np.linalg.eigh(vectors.T @ vectors)
        size = np.sqrt(np.maximum(size, 0))
        return np.where(size > self.zero * max(1.0, size.max(initial=0)), size, 0), axes

    def brackets(self, first, second):
        """Return a basis (d, r) of all brackets between two subspaces with bases (d, p) and (d, q)."""
        return self._span(
            np.einsum("abk,ap,bq->pqk", self.c, first, second, optimize=True).reshape(-1, self.d)
        )

    def _series(self, both):
        """Return the dimensions of the derived series or, if not `both`, of the lower central series."""
        whole = span = np.eye(self.d)
        sizes = [self.d]
        while sizes[-1]:
            span = self.brackets(span if both else whole, span)
            if span.shape[1] == sizes[-1]:
                break
            sizes.append(span.shape[1])
        return tuple(sizes)

    @property
    def centre(self):
        """A basis (d, r) of the centre."""
        size, axes = self._powers(self.c.transpose(1, 2, 0).reshape(-1, self.d))
        return axes[:, size == 0]

    def within(self, basis):
        """Return the structure of the ideal with this orthonormal basis (d, r)."""
        c = np.einsum("abk,ap,bq,kr->pqr", self.c, basis, basis, basis, optimize=True)
        return _Structure(c, self.zero)

    def name(self, derived, lower, signs):
        if derived[-1] == 0:
            return self._solvable(derived, lower)
        if signs[2] == 0:
            return self.semisimple_name()
        radical = self.orthogonal(self.brackets(np.eye(self.d), np.eye(self.d)))
        levi = self.within(self._complement(radical)).semisimple_name()  # modulo the radical
        count = radical.shape[1]
        if self.centre.shape[1] == count:
            return f"{levi} + R" + (f"^{count}" if count > 1 else "")
        return f"{levi} and a solvable ideal of dimension {count}"

    def orthogonal(self, span):
        """Return a basis of the space orthogonal to a subspace in the Killing form."""
        size, axes = self._powers((self.killing @ span).T)
        return axes[:, size == 0]

    def _complement(self, span):
        return np.linalg.svd(span, full_matrices=True)[0][:, span.shape[1] :]

    def _solvable(self, derived, lower):
        if len(derived) == 2:
            return "abelian"
        if self.d == 2:
            return "affine motions of a line"
        if derived == (3, 1, 0):
            return "Heisenberg" if lower[-1] == 0 else "affine motions of a line + R"
        if derived == (3, 2, 0):
            turned = self.killing.trace()
            acting = np.trace(self._outer())
            if abs(acting) <= self.zero * max(1.0, abs(turned)):  # e(2) turns the plane, e(1,1) boosts it
                return "e(2)" if turned < 0 else "e(1,1)"
        return "nilpotent" if lower[-1] == 0 else "solvable"

    def _outer(self):
        """Return the matrix of ad x for the unit vector x orthogonal to all brackets: row b holds [x, b].

        The brackets must span all dimensions but one.
        """
        inner = self.brackets(np.eye(self.d), np.eye(self.d))
        outer = self._complement(inner)[:, 0]
        return np.einsum("abk,a->bk", self.c, outer)

    def semisimple_name(self):
        parts = Counter(_simple_name(*part) for part in self.simple())
        names = [name for name, count in parts.items() for _ in range(count)]
        joined = " + ".join(sorted(names))
        return {"sl(2) + sl(2)": "so(2,2)", "so(3) + so(3)": "so(4)"}.get(joined, joined)

    def simple(self):
        """Yield the dimension and the signs of the Killing form of each simple ideal."""
        left = self
        while left.d:
            ideal = left._one_ideal()
            part = left.within(ideal)
            yield part.d, part.signs_of(part.killing)
            left = left.within(left.orthogonal(ideal))

    def _one_ideal(self):
        """Return a basis of a simple ideal: the ideal that one root vector of a random element generates."""
        element = np.random.default_rng(0).normal(size=self.d)
        values, vectors = np.linalg.eig(np.einsum("abk,a->kb", self.c, element))
        root = vectors[:, np.abs(values).argmax()]
        span = self._span(np.stack([root.real, root.imag]) / np.abs(root).max())
        while True:
            more = self._span(np.hstack([span, self.brackets(np.eye(self.d), span)]).T)
            if more.shape[1] == span.shape[1]:
                return span
            span = more


def _simple_name(dimension, signs):
    return _names().get((dimension, signs[0]), f"simple of dimension {dimension}, Killing form {signs[:2]}")


@cache
def _names():
    """Return names of real simple algebras, by dimension and number of positive Killing eigenvalues."""
    found = {(3, 2): "sl(2)", (3, 0): "so(3)"}
    for size in range(3, _LARGEST + 1):
        for q in range(size // 2 + 1):
            if (size, q) not in ((4, 0), (4, 2)):  # not simple
                p = size - q
                name = f"so({q},{p})" if q else f"so({p})"
                found.setdefault((size * (size - 1) // 2, p * q), name)
    for n in range(3, _LARGEST):
        found.setdefault((n * n - 1, (n - 1) * (n + 2) // 2), f"sl({n})")
        for q in range(n // 2 + 1):
            name = f"su({q},{n - q})" if q else f"su({n})"
            found.setdefault((n * n - 1, 2 * q * (n - q)), name)
        found.setdefault((2 * (n * n - 1), n * n - 1), f"sl({n}, C)")
    return found
