"""What a page without a kernel holds, as plain data: fields, network, formulas and words."""

import numpy as np

from ..errors import SymgradError
from ..field.trust import LONG, LOWER, TURNED, of_normal
from ..formula.language import language as of_formulas
from ..network.layered import layered
from ..reading.columns import columns
from ..words import words
from . import bokehjs
from .answers import meanings
from .canvases import document
from .fielddata import field_data, packed
from .found import plain_law
from .hints import HINTS, hint, needed
from .subject import Subject

__all__ = ["kept_back", "page_data"]

_BUDGET = 2**20  # bytes of the fields of other neurons, where a page cannot compute the network
_NUMBERS = 200_000  # most numbers of the exact field: with more, a page would be too large to hand round
_FINE = 2**15 - 1  # steps of a number of 16 bits, between 0 and 1


def page_data(view, subject, atlas=None, language="en"):
    """Return plain data of a page that begins with a `ViewState` of a `Subject` with a recorded search.

    The subject's field is exact; if the field has very many points, the page gets only some of these, at even
    steps. If the layers of the network follow one another, the page gets the weights, in 32 bits, and
    computes all other neurons itself. Otherwise the page gets records of other neurons, in 16 bits. `atlas`
    is the network's `Atlas`, or None.
    """
    activity, say = subject.network.activity, words(language)
    model = _model(subject)
    shown = [subject] if model else [subject, *_others(subject, atlas)]
    first, *others = shown
    rows = _rows(first.field)
    return {
        "bokeh": bokehjs.VERSION,
        "language": of_formulas(language),
        "state": view.plain(),
        "story": subject.network.story(say),
        "documents": {name: document(name) for name in ("field", "front", "bend")},
        "fields": [
            _told(first, say, _exact(_taken(first.field, rows)), None if view.hidden else first.found),
            *(_told(one, say, _coarse(_taken(one.field, rows)), []) for one in others),
        ],
        "points": len(first.field),
        "untried": first.untried(say),
        "model": model,
        "sections": [] if model else [_section(view, one) for one in shown],
        "network": None if model else subject.tiles(view.inputs),
        "laws": [] if atlas is None else [law for row in atlas.laws for law in _law(activity, row)],
    }


def kept_back(view, subject, language="en"):
    """Return what a page keeps back: concepts, hints and, if hidden, the formulas found; {} for nothing."""
    say = words(language)
    known = subject.network.experiment if subject.layer is None else None
    concepts = [{"formula": str(concept), "meaning": meaning} for concept, meaning in meanings(known, say)]
    best = [one["front"][one["best"]]["text"] for one in subject.found if one["best"] >= 0]
    formula = next((one["formula"] for one in concepts), best[-1] if best else None)
    names, hints, needs = subject.field.names, [], []
    if formula is not None:
        hints, needs = [hint(formula, names, i, say) for i in range(HINTS)], needed(formula, names)
    found = subject.found if view.hidden else []
    back = {"concepts": concepts, "hints": hints, "needs": needs, "found": found}
    return back if hints or found else {}


def _model(subject):
    """Return the steps and layers of a network if a page can compute it; otherwise None."""
    activity = subject.network.activity
    layers, output = activity.layers, activity.position(None)
    values = activity.values[:, activity.starts[output] : activity.starts[output + 1]]
    steps = layered(activity.model, activity.points[activity.rows], values)
    if steps is None or not {layer.name for layer in layers} <= {None, *(step.name for step in steps)}:
        return None
    drawn, tangent = set(columns(activity)), subject.field.tangent
    return {
        "steps": [
            {"kind": step.kind, "name": step.name} | {name: _plain(one) for name, one in step.given.items()}
            for step in steps
        ],
        "layers": [
            {
                "name": None if i == output else layer.name,
                "title": "output" if i == output else layer.title,
                "spread": packed(activity.spread[activity.starts[i] : activity.starts[i + 1]], "<f4"),
                "shown": i in drawn,
            }
            for i, layer in enumerate(layers)
        ],
        "tangent": packed(tangent) if tangent is not None and tangent.ndim == 2 else None,
    }


def _plain(given):
    return given if isinstance(given, float) else packed(given, "<f4")


def _others(subject, atlas):
    """Subjects of the other neurons that a page records: neurons with a formula, then the most active."""
    activity, field = subject.network.activity, subject.field
    most, output = _BUDGET // (len(_rows(field)) * (2 * field.dimension + 4)), activity.position(None)
    read = [] if atlas is None else [(row.layer, row.neuron) for row in atlas.laws]
    active = []
    for i in columns(activity):
        spread = activity.spread[activity.starts[i] : activity.starts[i + 1]]
        share = spread / (spread.max() or 1)
        name = None if i == output else activity.layers[i].name
        active += [(-share[neuron], name, neuron) for neuron in range(len(spread))]
    ranked = [(layer, neuron) for _, layer, neuron in sorted(active, key=lambda one: one[0])]
    for layer, neuron in list(dict.fromkeys([*read, *ranked]))[:most]:
        if (layer, (neuron,)) == (subject.layer, subject.neurons):
            continue
        try:
            one = Subject(subject.network, layer, (neuron,))
        except SymgradError:  # it does not change, or its gradient is zero
            continue
        if np.array_equal(one.field.points, field.points):
            yield one


def _told(subject, say, field, found):
    place = {"layer": subject.layer, "neurons": list(subject.neurons), "what": subject.what(say)}
    return place | {"field": field, "found": found, "ended": subject.ended}


def _rows(field):
    """Return the indices of the points of a field that a page holds."""
    n, pointwise = len(field.names), field.measure.basis is not None and field.measure.basis.ndim == 3
    each = n + 2 + field.dimension * (field.unit.shape[1] + n * pointwise)
    return np.unique(np.linspace(0, len(field) - 1, min(len(field), _NUMBERS // each)).astype(int))


def _taken(field, rows):
    return field if len(rows) == len(field) else field.take(rows)


def _exact(field):
    kinds = {"points": "<i4", "neighbours": "<i4", "shares": "<f8"}  # arrays from which an error is estimated
    around = {name: packed(getattr(field.surroundings, name), kind) for name, kind in kinds.items()}
    around |= {"normal": of_normal(field.dimension), "lower": LOWER, "turned": TURNED, "long": LONG}
    return field_data(field) | {
        "values": packed(field.values) if field.neurons == 1 else None,
        "around": around,
    }


def _coarse(field):
    """Return a field at the points of another field, in 16 bits."""
    return {
        "names": list(field.names), "count": len(field),
        "dimension": field.dimension, "rank": field.unit.shape[1],
        "span": packed(np.round(field.unit * _FINE), "<i2"),
        "weights": packed(field.weights, "<f4"),
        "values": packed(field.values, "<f4") if field.neurons == 1 else None,
    }  # fmt: skip


def _section(view, subject):
    place = {"layer": subject.layer, "neurons": list(subject.neurons), "inputs": list(view.inputs)}
    return place | {"section": subject.section(view.inputs, {})}


def _law(activity, row):
    """Yield an atlas row, written as a search's last generation; nothing if it is of another network."""
    position = activity.position(row.layer)
    if row.neuron < activity.layers[position].count:
        yield from (
            {"layer": row.layer, "neuron": row.neuron, "generation": known} for known in plain_law(row)
        )
