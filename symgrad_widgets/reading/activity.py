"""What each neuron of a network does on data: spread of its value and gradient, its angle to a formula."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..arrays import names_of
from ..checks import checked_names
from ..errors import DataError, ModelError, UnknownNameError, nearest
from ..field import measured
from ..field.directions import degrees, misalignment
from ..formula.expressions import evaluate

__all__ = ["MEASURES", "Activity", "Measure"]

MEASURES = {
    "activation": "activation spread",
    "gradient": "gradient spread",
    "alignment": "angle to the formula",
    "law": "the formula found for it",
}
_MOST_NEURONS = 16_384
_ROWS = 400  # points at which values are kept
_GRADIENT_ROWS = 128
_DIRECTIONS = 32  # of the inputs along which gradients are taken; more inputs are projected
_NUMBERS = 2**25  # gradient components kept
_NEURONS = 1024  # at a time
_VANISHING = 1e-12
_SURE = 6  # powers of ten: a formula of less loss is shown as certain


class Measure(NamedTuple):
    """One number for each neuron, NaN for a neuron that has none.

    `strength` scales it to 0..1 for the eye; `low` and `high` name the ends of this scale.
    """

    title: str
    values: np.ndarray  # (neurons,)
    strength: np.ndarray  # (neurons,)
    low: str
    high: str


class Activity:
    """Measures of all neurons of a model on data.

    Values are recorded at once, in one forward pass at up to 400 of the points. Gradients wait until you ask
    for one of their measures. Then they are taken for all neurons together, in forward mode, at up to 128 of
    the points: one pass for each direction in which the data extend, however many neurons there are. If there
    are more than 32 such directions, the gradients are projected onto 32 random ones. That causes an error of
    about 10 degrees in an angle of 45, and less in small ones; `field` is always exact.

    Parameters
    ----------
    model : torch.nn.Module
    x : array (N, ...) of points
    names : names of the n inputs
    layers : names of layers; None: all that compute something
    wrt, forward_args, training
        As in `gradient_field`.

    Attributes
    ----------
    layers : tuple of Layer
    starts : array, number of the first neuron of each layer, and of all neurons at the end
    rows : array, numbers of the points at which values are kept
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
            raise DataError("x holds one point, but only several points show what a neuron does; give more")
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
                f"{widest.count:,}), more than the {_MOST_NEURONS:,} that can be told apart in one picture: "
                f"choose fewer layers, such as layers=({self.layers[-1].title!r},)"
            )

    def position(self, name):
        """Number of a layer; None is the model's output."""
        names = [layer.name for layer in self.layers]
        if name is None and None not in names:
            return len(names) - 1
        if name not in names:
            raise UnknownNameError(f"no layer {name!r} is shown; {nearest(name, filter(None, names))}")
        return names.index(name)

    def neurons(self, position, numbers):
        """Numbers of some neurons of a layer, as a tuple; DataError if they are not."""
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
        """Return the exact `GradientField` of some neurons (given by number) of a layer, at all points."""
        from ..network.gradients import gradient_field

        chosen = [self.layers[layer].neuron(neuron) for neuron in neurons]
        return gradient_field(
            self.model, self.x, self.layers[layer].name, chosen if len(chosen) > 1 else chosen[0],
            names=self.names, **self._given,
        )  # fmt: skip

    def at(self, points):
        """Values (N, neurons) of all neurons at points (N, n) that need not be among the data."""
        from ..network.gradients.survey import Survey

        shaped = np.asarray(points).reshape(len(points), *np.shape(self.x)[1:])
        survey = Survey(self.model, shaped, self._chosen, **self._given)
        return survey.values(np.arange(len(points)))

    @property
    def bound(self):
        """Whether the model can be asked only at the given points."""
        return self._given["wrt"] is not None or bool(self._given["forward_args"])

    def maps(self, point):
        """Channels of images at the nearest of the points, by layer: (neurons, height, width)."""
        return self._survey.maps(int(((self.points - point) ** 2).sum(1).argmin()))

    @cached_property
    def mean(self):
        """Mean value of each neuron, (neurons,)."""
        return self.values.mean(0, dtype=float)

    @cached_property
    def spread(self):
        """Standard deviation of each neuron's value over the points, (neurons,)."""
        return self.values.std(0, dtype=float)

    def measure(self, name, formula=None, atlas=None):
        """Return the Measure called `name`, a row of MEASURES.

        "alignment" needs a SymPy formula, and "law" an `Atlas` of this model.
        """
        if name not in MEASURES:
            raise UnknownNameError(f"no measure {name!r}; {nearest(name, MEASURES)}")
        if name == "alignment" and formula is None:
            raise DataError("there is no formula to compare the neurons with: give one first, formula='x**2'")
        if name == "activation":
            top = np.nanpercentile(np.append(self.spread, 0), 99) or 1.0
            return Measure("standard deviation", self.spread, _share(self.spread / top), "0", f"{top:.2g}")
        if name == "gradient":
            top = np.nanmax(np.append(self.gradient_spread, 1e-3))
            strength = _share(self.gradient_spread / top)
            return Measure("turning of the gradient", self.gradient_spread, strength, "0", f"{top:.2g}")
        if name == "law":
            return self._laws(atlas)
        angles = self.angles(formula)
        return Measure("median angle", angles, _share(1 - np.sqrt(angles / 90)), "90°", "0°")

    def _laws(self, atlas):
        rows = getattr(atlas, "rows", None)
        if rows is None:
            raise DataError(
                f"there is no atlas of this model, got {atlas!r}: atlas=sg.atlas(model, x, layer)"
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
        return Measure("its formula", values, strength, "none", f"loss below 1e-{_SURE}")

    @cached_property
    def gradient_spread(self):
        """How much each neuron's gradient turns: the share of the unit gradients off their main direction.

        0 if it points along one line everywhere, as in a linear neuron; at most 1 - 1/m in m dimensions. NaN
        for a neuron without a gradient.
        """
        spread = np.full(self.starts[-1], np.nan)
        for neurons, directions, alive in self._unit_gradients():
            small = min(directions.shape[1:])
            frame = directions if small == directions.shape[2] else directions.transpose(0, 2, 1)
            main = np.linalg.eigvalsh(frame.transpose(0, 2, 1) @ frame)[:, -1]
            count = alive.sum(1)
            spread[neurons] = np.where(count > 0, 1 - main / np.maximum(count, 1), np.nan)
        return np.where(spread < 1e-6, 0.0, spread)  # below single precision

    def known(self, formula=None):
        """`gradient_spread` and `angles(formula)` if they have been computed, else NaN; each (neurons,)."""
        unknown = np.full(self.starts[-1], np.nan)
        spread = self.__dict__.get("gradient_spread", unknown)
        return spread, self._angles.get(formula, unknown)

    def angles(self, formula):
        """Median angle in degrees between each neuron's gradient and a SymPy formula's, (neurons,); 0 to 90.

        The angles to the last formula are kept.
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
            turned = degrees(share)
            for neuron in np.flatnonzero(alive.any(1)):
                result[neurons.start + neuron] = np.median(turned[neuron, alive[neuron]])
        return result

    @cached_property
    def _gradients(self):
        """Directions (n, m), numbers of the points, and derivatives of the neurons (neurons, points, m)."""
        basis, neurons = self._directions(), self.starts[-1]
        rows = _evenly(
            len(self.points), int(np.clip(_NUMBERS // (neurons * basis.shape[1]), 16, _GRADIENT_ROWS))
        )
        return basis, rows, self._survey.derivatives(basis, rows)

    def _directions(self):
        """Directions (n, m) in which the data extend, orthonormal in a field's measure; a choice of many."""
        count, n = self.points.shape
        spread, basis = measured(self.points)
        if basis is None or count <= n:  # fewer points span less than the data do
            basis = np.eye(n)
        if basis.shape[1] > _DIRECTIONS:
            random = np.random.default_rng(0).standard_normal((basis.shape[1], _DIRECTIONS))
            basis = basis @ np.linalg.qr(random)[0]
        return spread[:, None] * basis

    def _unit_gradients(self):
        """Slices of the neurons, their unit gradients (neurons, points, m), and where those exist."""
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
