"""Check the physical dimensions of terms: which terms make sense, and which can be added.

A formula that adds metres to seconds is never scored. Numbers inside terms, and coefficients of sums, can
have the dimension of any product of powers of the allowed constants. Without such constants, numbers have no
dimension.
"""

from collections.abc import Mapping
from fractions import Fraction

from ...checks import several
from ...errors import DataError, ExpressionError, nearest
from ...formula.expressions import parse
from .grammar import arguments, root
from .postfix import fold

__all__ = ["Dimensions"]


class Dimensions:
    """The dimensions of the inputs, found from their units.

    Parameters
    ----------
    units : mapping of each name to a unit
        A product of powers of units in `sympy.physics.units`: "m/s", "kg*m**2", "N"; "1" for a plain number.
    constants : texts
        Units of the system's constants, such as "m**3/s**2" for a mass times the gravitational constant. Two
        dimensions count as equal if they differ only by a product of powers of these constants.
    names : names of the inputs

    Raises
    ------
    DataError
        if an input has no unit, if a unit belongs to no input, or if a text is not a unit.

    """

    def __init__(self, units, constants, names):
        if not isinstance(units, Mapping):
            raise DataError(f'units must map names to texts, such as {{"x": "m"}}, got {units!r}')
        for name in units:
            if name not in names:
                raise DataError(f"units has the name {name!r}, which is not an input: {nearest(name, names)}")
        missing = [name for name in names if name not in units]
        if missing:
            raise DataError(f"there is no unit for {', '.join(missing)}: use '1' for a plain number")
        constants = [_dimension(text) for text in several(constants, "constants")]
        self._inputs = _modulo(constants, [_dimension(units[name]) for name in names])
        self._none = (Fraction(0),) * len(self._inputs[0])
        self._kinds, self._known = {self._none: 0}, {}

    def kind(self, term):
        """Return a number shared by all terms of one dimension, or None if the term makes no sense.

        A logarithm counts as a plain number, whatever its argument: sums of logarithms stand for products,
        and a change of units only adds a constant. Inside a term, a logarithm is a function like any other.
        """
        if term not in self._known:
            found = self._of(arguments(term)[0] if root(term) == "log" else term)
            found = self._none if found is not None and root(term) == "log" else found
            self._known[term] = None if found is None else self._kinds.setdefault(found, len(self._kinds))
        return self._known[term]

    def _of(self, term):
        return fold(term, self._inputs.__getitem__, lambda _: self._none, self._applied)

    def _applied(self, row, given):
        """Return the dimension of an operator's value, or None if the arguments do not fit."""
        if None in given:
            return None
        if row.powers:
            return tuple(
                sum(p * part for p, part in zip(row.powers, parts, strict=True))
                for parts in zip(*given, strict=True)
            )
        needed = given[0] if row.degree is not None else self._none
        if any(one != needed for one in given):
            return None
        return tuple((row.degree or 0) * part for part in needed)


def _dimension(text):
    """Return a dict of the powers of a unit's base dimensions."""
    from sympy.physics import units
    from sympy.physics.units.systems.si import SI, dimsys_SI

    known = {name: unit for name, unit in vars(units).items() if isinstance(unit, units.Quantity)}
    try:
        parsed = parse(str(text))
    except ExpressionError as error:
        raise DataError(f"{text!r} is not a unit: {error}") from None
    for name in sorted(symbol.name for symbol in parsed.free_symbols):
        if name not in known:
            raise DataError(f"{text!r} is not a unit: {nearest(name, known)}")
    total = {}
    for factor, power in parsed.as_powers_dict().items():
        if not (factor.is_Symbol or factor.is_number) or not power.is_Rational:
            raise DataError(f"{text!r} is not a unit: write a product of powers, such as 'kg*m/s**2'")
        if factor.is_Symbol:
            dimension = SI.get_quantity_dimension(known[factor.name])
            for base, count in dimsys_SI.get_dimensional_dependencies(dimension).items():
                total[base] = total.get(base, 0) + Fraction(int(count)) * Fraction(int(power.p), int(power.q))
    return {str(base.name): count for base, count in total.items()}


def _modulo(constants, dimensions):
    """Turn dimensions into tuples of numbers, such that the dimension of each constant becomes zero."""
    import sympy as sp

    bases = sorted({base for some in (*constants, *dimensions) for base in some})
    if not bases:
        return [()] * len(dimensions)
    spanned = sp.Matrix(
        [[sp.Rational(some.get(base, 0)) for base in bases] for some in constants] or [[0] * len(bases)]
    )
    across = [[Fraction(int(w.p), int(w.q)) for w in vector] for vector in spanned.nullspace()]
    return [
        tuple(sum(w * some.get(base, 0) for w, base in zip(row, bases, strict=True)) for row in across)
        for some in dimensions
    ]
