"""Measure each neuron on data: the spread of its value and gradient, and its angle to a formula."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..arrays import names_of
from ..checks import checked_names
from ..errors import DataError, ModelError, UnknownNameError, nearest
from ..field import measured
from ..field.directions import degrees, misalignment
from ..formula.expressions import evaluate
from ..words import ENGLISH

__all__ = ["MEASURES", "Activity", "Measure"]

MEASURES = ("activation", "gradient", "alignment", "law")
_MOST_NEURONS = 16_384
_ROWS = 400  # points at which values are kept
_GRADIENT_ROWS = 128
_DIRECTIONS = 32  # at most this many directions for gradients; if there are more, gradients are projected
_NUMBERS = 2**25  # at most this many gradient components in memory
_NEURONS = 1024  # processed at a time
_VANISHING = 1e-12
_SURE = 6  # powers of ten: a formula with a loss below 1e-6 is shown as certain


class Measure(NamedTuple):
    """A measure: one number for each neuron, which is NaN where the measure has no value.

    `strength` is this number on a scale from 0 to 1, for drawing; `low` and `high` name the ends of the
    scale.
    """

    title: str
    values: np.ndarray  # (neurons,)
    strength: np.ndarray  # (neurons,)
    low: str
    high: str


class Activity:
    """Measures of all neurons of a model on data.

    We record values when you create the object, in one forward pass at up to 400 of the points. We compute
    gradients only when a measure needs them, at up to 128 of the points. This takes one forward-mode pass for
    each direction in which the data vary, however many neurons there are. If there are more than 32 such
    directions, we project the gradients onto 32 random directions. Then an angle of 45 degrees has an error
    of about 10 degrees, and smaller angles have smaller errors. `field` is always exact.

    Parameters
    ----------
    model : torch.nn.Module
    x : array (N, ...) of points
    names : names of the n inputs
    layers : names of layers; None: all layers that compute something
    wrt, forward_args, training
        As in `gradient_field`.

    Attributes
    ----------
    layers : tuple of Layer
    starts : array, number of each layer's first neuron; the last entry is the number of all neurons
    rows : array, indices of the points at which values are kept
    points : array (N, n)
    values : array (len(rows), neurons)

    """

    def __init__(self, model, x, names=None, layers=None, wrt=None, forward_args=(), training=False):
        from ..network.gradients import axis_names
        from ..network.gradients.survey import Survey

        self.model, self.x, self._chosen = model, x, layers
        self._given = {"wrt": wrt, "forward_args": forward_args, "training": training}
        self._survey = Survey(model, x, layers, **self._given)
        self.layers, self.points = self._survey.shown, self._survey.points
        if len(self.points) < 2:
            raise DataError(
                "x holds one point, but only several points show what a neuron does: pass more points"
            )
        self.starts = np.cumsum([0, *(layer.count for layer in self.layers)])
        self._limited()
        names = names_of(x if wrt is None else None, names) or axis_names(self._survey.input_shape)
        self.names = checked_names(names, self.points.shape[1])
        self.rows = _evenly(len(self.points), _ROWS)
        self.values = self._survey.values(self.rows)
        self._angles = {}

    def _limited(self):
        if self.starts[-1] > _MOST_NEURONS:
            widest = max(self.layers, key=lambda layer: layer.count)
            raise ModelError(
                f"{len(self.layers)} layers hold {self.starts[-1]:,} neurons ({widest.title!r} alone "
                f"{widest.count:,}), more than the {_MOST_NEURONS:,} that one picture can show: "
                f"choose fewer layers, such as layers=({self.layers[-1].title!r},)"
            )

    def position(self, name):
        """Return the position of a layer in `layers`; the name None means the model's output."""
        names = [layer.name for layer in self.layers]
        if name is None and None not in names:
            return len(names) - 1
        if name not in names:
            raise UnknownNameError(f"no layer {name!r} is shown; {nearest(name, filter(None, names))}")
        return names.index(name)

    def neurons(self, position, numbers):
        """Return the numbers of some neurons of a layer as a tuple; raise DataError if one does not exist."""
        layer = self.layers[position]
        if not isinstance(numbers, list | tuple) or not numbers:
            raise DataError(f"neurons must be a tuple of one neuron or more, such as (0, 3), got {numbers!r}")
        for neuron in numbers:
            if isinstance(neuron, bool) or not isinstance(neuron, int | np.integer):
                raise DataError(f"a neuron is given by its number, got {neuron!r}")
            if not 0 <= neuron < layer.count:
                raise DataError(f"layer {layer.title!r} has neurons 0 to {layer.count - 1}, got {neuron}")
        return tuple(dict.fromkeys(int(neuron) for neuron in numbers))

    def field(self, layer, neurons):
        """Return the exact `GradientField`, at all points, of some neurons of a layer, given by number."""
        from ..network.gradients import gradient_field

        chosen = [self.layers[layer].neuron(neuron) for neuron in neurons]
        return gradient_field(
            self.model, self.x, self.layers[layer].name, chosen if len(chosen) > 1 else chosen[0],
            names=self.names, **self._given,
        )  # fmt: skip

    def at(self, points):
        """Return the values (N, neurons) of all neurons at any points (N, n)."""
        from ..network.gradients.survey import Survey

        shaped = np.asarray(points).reshape(len(points), *np.shape(self.x)[1:])
        survey = Survey(self.model, shaped, self._chosen, **self._given)
        return survey.values(np.arange(len(points)))

    @property
    def bound(self):
        """Whether the model can run only at the given points."""
        return self._given["wrt"] is not None or bool(self._given["forward_args"])

    def maps(self, point):
        """Return each layer's channel maps (neurons, height, width) at the data point nearest to `point`."""
        return self._survey.maps(int(((self.points - point) ** 2).sum(1).argmin()))

    @cached_property
    def mean(self):
        """Mean (neurons,) of each neuron's value over the points."""
        return self.values.mean(0, dtype=float)

    @cached_property
    def spread(self):
        """Standard deviation (neurons,) of each neuron's value over the points."""
        return self.values.std(0, dtype=float)

    def measure(self, name, formula=None, atlas=None, say=ENGLISH):
        """Return the Measure called `name`, one of MEASURES; `say` is the language of its titles.

        "alignment" needs a SymPy formula, and "law" needs an `Atlas` of this model.
        """
        if name not in MEASURES:
            raise UnknownNameError(f"there is no measure {name!r}; {nearest(name, MEASURES)}")
        if name == "alignment" and formula is None:
            raise DataError("there is no formula to compare the neurons with: set one first, formula='x**2'")
        title = say(f"neurons.{name}Bar")
        if name == "law":
            values, strength = self._laws(atlas)
            sure = say("neurons.sure", digits=_SURE)
            return Measure(title, values, strength, say("neurons.none"), sure)
        if name == "alignment":
            angles = self.angles(formula)
            return Measure(title, angles, _share(1 - np.sqrt(angles / 90)), "90°", "0°")
        if name == "activation":
            values, top = self.spread, np.nanpercentile(np.append(self.spread, 0), 99) or 1.0
        else:
            values, top = self.gradient_spread, np.nanmax(np.append(self.gradient_spread, 1e-3))
        return Measure(title, values, _share(values / top), "0", say.number(top, ".2g"))

    def _laws(self, atlas):
        """Return `values` (neurons' angles to their formulas) and `strength` (losses) of the measure "law".

        The angle is in degrees. The loss is on a logarithmic scale from 0 (no formula) to 1 (1e-6 or less).
        """
        rows = getattr(atlas, "rows", None)
        if rows is None:
            raise DataError(
                f"atlas must be an atlas of this model, atlas=sg.atlas(model, x, layer), got {atlas!r}"
            )
        values, strength = np.full((2, self.starts[-1]), np.nan)
        for row in rows:
            position = self.position(row.layer)
            number = self.starts[position] + row.neuron
            if number >= self.starts[position + 1]:
                raise DataError(
                    f"the atlas is of another model: it has neuron {row.neuron} of layer {row.layer!r}"
                )
            if not row.note:
                values[number] = np.nan if row.angle is None else row.angle
                strength[number] = 0 if row.formula is None else _share(-np.log10(row.loss + 1e-99) / _SURE)
        return values, strength

    @cached_property
    def gradient_spread(self):
        """How much the direction of each neuron's gradient varies: an array (neurons,).

        This is 0 for a constant direction, as in a linear neuron, and at most 1 - 1/m in m dimensions. The
        value is the mean squared part of the unit gradients outside their main direction, or NaN for a neuron
        without a gradient.
        """
        spread = np.full(self.starts[-1], np.nan)
        for neurons, directions, alive in self._unit_gradients():
            small = min(directions.shape[1:])
            frame = directions if small == directions.shape[2] else directions.transpose(0, 2, 1)
            main = np.linalg.eigvalsh(frame.transpose(0, 2, 1) @ frame)[:, -1]
            count = alive.sum(1)
            spread[neurons] = np.where(count > 0, 1 - main / np.maximum(count, 1), np.nan)
        return np.where(spread < 1e-6, 0.0, spread)  # below the accuracy of single precision

    def known(self, formula=None):
        """Return `gradient_spread` and `angles(formula)` (neurons,), as far as computed; otherwise NaN."""
        unknown = np.full(self.starts[-1], np.nan)
        spread = self.__dict__.get("gradient_spread", unknown)
        return spread, self._angles.get(formula, unknown)

    def angles(self, formula):
        """Return the angle (neurons,) in degrees, 0 to 90, between each neuron's gradient and a formula's.

        The squared sine of this angle is the mean over the points, as in a loss without weights. The angles
        are kept until you ask for another formula.
        """
        if formula not in self._angles:
            self._angles = {formula: self._compared(formula)}
        return self._angles[formula]

    def _compared(self, formula):
        basis, rows, _ = self._gradients
        slopes = evaluate(formula, self.names, self.points[rows])[1] @ basis
        result = np.full(self.starts[-1], np.nan)
        for neurons, directions, alive in self._unit_gradients():
            count, points, m = directions.shape
            repeated = np.broadcast_to(slopes, (count, points, m)).reshape(-1, m)
            share = misalignment(repeated, directions.reshape(-1, 1, m)).reshape(count, points)
            for neuron in np.flatnonzero(alive.any(1)):
                result[neurons.start + neuron] = degrees(share[neuron, alive[neuron]].mean())
        return result

    @cached_property
    def _gradients(self):
        """Directions (n, m), indices of points, and derivatives (neurons, points, m) along the directions."""
        basis, neurons = self._directions(), self.starts[-1]
        rows = _evenly(
            len(self.points), int(np.clip(_NUMBERS // (neurons * basis.shape[1]), 16, _GRADIENT_ROWS))
        )
        return basis, rows, self._survey.derivatives(basis, rows)

    def _directions(self):
        """Return at most 32 directions (n, m) in which the data vary, orthonormal in the field's measure."""
        count, n = self.points.shape
        spread, basis = measured(self.points)
        if basis is None or count <= n:  # too few points to show all directions
            basis = np.eye(n)
        if basis.shape[1] > _DIRECTIONS:
            random = np.random.default_rng(0).standard_normal((basis.shape[1], _DIRECTIONS))
            basis = basis @ np.linalg.qr(random)[0]
        return spread[:, None] * basis

    def _unit_gradients(self):
        """Yield slices of neurons, their unit gradients (neurons, points, m), and where these exist."""
        gradients = self._gradients[2]
        for start in range(0, len(gradients), _NEURONS):
            part = np.nan_to_num(gradients[start : start + _NEURONS], posinf=0, neginf=0).astype(float)
            length = np.linalg.norm(part, axis=2)
            alive = length > _VANISHING * length.max(1, keepdims=True)
            yield slice(start, start + len(part)), part / np.where(alive, length, np.inf)[..., None], alive


def _evenly(count, limit):
    return np.unique(np.linspace(0, count - 1, min(count, limit)).astype(int))


def _share(values):
    return np.clip(values, 0, 1)
