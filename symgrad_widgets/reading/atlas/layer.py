"""Find a formula, or none, for every neuron of a layer."""

from contextlib import contextmanager
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import sympy as sp

from ... import batch
from ...arrays import names_of
from ...checks import whole
from ...errors import DataError, ModelError, NoGradientError, SymgradError
from ...field import GradientField
from ...search import Search
from ..activity import Activity
from .laws import Atlas, NeuronLaw
from .ledger import Table, digest

__all__ = ["atlas", "law_of"]

_TOGETHER = 8  # neurons in one job
_EXACT = 1e-9  # no network reaches this loss, and no generation needs to lower it


def atlas(
    model,
    x,
    layer=None,
    *,
    names=None,
    points=300,
    generations=None,
    jobs=None,
    scheduler=None,
    path=None,
    random_state=0,
    progress=True,
    callback=None,
    control=None,
    directions=None,
    **reading,
):
    """Search for a formula for every neuron of a layer, in parallel.

    >>> found = sg.atlas(model, x, "net.2", names=("x", "v"), path="net2.jsonl")
    >>> found = sg.atlas(model, x, "net.2", names=("x", "v"), control=untrained)  # how many may be false
    >>> found = sg.atlas(model, x, "net.2", directions=features, control=random_directions)  # (k, width)
    >>> found.to_frame().groupby("kind").size()

    An activation function bends a neuron, but does not turn its gradient. So a linear layer and the
    activation after it have the same formulas, and if you name no layer, the activation is left out. A neuron
    takes 0.02 to 0.4 seconds on one core. Linear sums of the inputs are found first, so they take the least
    time.

    Some layers, such as the first, can compute only linear sums. In such a layer, a linear formula says
    nothing about what was learnt. So we check some neurons of each layer. If their gradients have the same
    direction everywhere, the layer's linear formulas are marked *by construction* and counted separately.

    Parameters
    ----------
    model : torch.nn.Module
    x : array or tensor (N, ...)
    layer : name of a layer, or several
        None: all layers that compute something, except activations of `torch.nn` (ReLU, SiLU, Tanh ...) that
        act on each number of another layer's output separately. Activations after a convolution are kept,
        because a neuron there is the mean of many outputs of the activation.
    names : names of the n inputs
    points : int
        Number of rows of `x` to use, evenly spaced. All rows are used if `forward` takes further arguments.
    generations : int or None
        Largest number of generations in each search; a search ends earlier if its formula is exact. None
        replaces the search with a survey. The survey tries small terms, sums of two small terms, and sums
        of monomials, of functions of one input, and of logarithms. It chooses once, at the end. With 40
        generations a search is about as thorough as in `interpret`, and takes ten times as long as a survey.
    jobs : int, number of processes on this machine; None: one for each core
    scheduler : address of a Dask scheduler, whose workers are used instead
    path : file for the rows, one JSON object on each line
        A neuron that already has a row in this file is not searched again. Rows of a control go to a second
        file in the same folder, such as "atlas.control.jsonl" for "atlas.jsonl".
    random_state : int, seed of the searches
    callback : called with each NeuronLaw of the model when it is ready; if `callback` returns True, the
        atlas ends
    control : torch.nn.Module with the same layers, or None
        A network in which there is nothing to find, because it is untrained or was trained on shuffled
        labels. The control is searched in the same way. From the control's matches, the atlas estimates how
        many of the model's matches are probably false. With `directions`, the control can be an array of
        other directions.
    directions : array or tensor (k, ...), or None
        Directions in the layer's output, each with the shape of one point's output, such as probes or
        features of a sparse autoencoder. The directions replace the neurons, and their layer is called
        "features".
    **reading : `wrt`, `forward_args` and `training`, as in `gradient_field`

    Returns
    -------
    Atlas
        After Ctrl-C, the Atlas contains the rows that are ready by then.

    Raises
    ------
    ModelError, UnknownNameError
        if a layer has no neurons or does not exist, in the model or in the control.
    NoGradientError
        if no neuron has a gradient.
    OutputError
        if the file belongs to another atlas, or if it cannot be written; rows in the file are kept.

    """
    settings = {
        "generations": generations if generations is None else whole(generations, "generations"),
        "random_state": whole(random_state, "random_state"),
    }
    jobs = batch.cores() if jobs is None else whole(jobs, "jobs")
    names = names_of(x if reading.get("wrt") is None else None, names)
    if directions is not None:
        model, layer, control, reading = _featured(model, layer, control, directions, reading)
    if _is_nothing(reading.get("forward_args")):
        x = _spread(x, whole(points, "points"))
    layers = (layer,) if isinstance(layer, str) else layer
    activity = Activity(model, x, names, layers, **reading)
    with _of_control():
        others = None if control is None else _like(activity, control, layers, reading)
    made = partial(_made, layers is None, settings, reading, jobs, scheduler, progress)
    found = made(activity, path, callback)
    if control is None or found.ending != "finished":
        return found
    beside = path and Path(path).with_stem(f"{Path(path).stem}.control")
    with _of_control():
        counted = made(others, beside, None)
    return Atlas(found.rows, counted.ending, counted)


def _featured(model, layer, control, directions, reading):
    """Return a model, layer, control and reading options that make each direction in the layer a neuron."""
    from ...network.gradients.features import LAYER, Features, inside

    if layer is not None and not isinstance(layer, str):
        raise DataError(f"directions belong to one layer, got {layer!r}: name one layer; None is the output")
    if control is not None:
        with _of_control():
            others = (control, directions) if hasattr(control, "named_modules") else (model, control)
            control = Features(others[0], layer, others[1])
    return Features(model, layer, directions), LAYER, control, reading | {"wrt": inside(reading.get("wrt"))}


def law_of(activity, layer, neuron, points=300, random_state=0):
    """Return the `NeuronLaw` of one neuron of an `Activity`, as `atlas` finds it, but in this process.

    Raises a SymgradError if the neuron has no gradient.
    """
    position = activity.position(layer)
    field = activity.field(position, (neuron,))
    field = field.take(np.unique(np.linspace(0, len(field) - 1, min(points, len(field))).astype(int)))
    return NeuronLaw(layer, neuron, **_law(field, _is_straight(activity, position), None, random_state))


@contextmanager
def _of_control():
    """Make errors say that they come from the control."""
    try:
        yield
    except SymgradError as error:
        raise type(error)(f"control: {error}") from error


def _like(activity, control, layers, reading):
    """Return the Activity of the control, for the same layers and points."""
    others = Activity(control, activity.x, activity.names, layers, **reading)
    titles, given = ([layer.title for layer in one.layers] for one in (activity, others))
    if titles != given:
        raise ModelError(
            f"it has the layers {', '.join(given)}, but the model has {', '.join(titles)}: pass the same "
            "network, untrained or trained on shuffled labels"
        )
    return others


def _made(all_layers, settings, reading, jobs, scheduler, progress, activity, path, callback):
    """Make the Atlas of one model."""
    from tqdm import tqdm

    table = Table(path, digest(activity.model, activity.points, (settings, activity.names), reading))
    layers = [one for one in activity.layers if not (all_layers and one.bent)]
    neurons = [(one.name, neuron) for one in layers for neuron in range(one.count)]
    missing = [neuron for neuron in neurons if neuron not in table.rows]
    rows = _searched(activity, missing, settings, jobs, scheduler)
    ending = "finished"
    try:
        for row in tqdm(
            rows, total=len(missing), desc="atlas", unit="neuron", disable=not progress, leave=False
        ):
            table.add(row)
            if callback is not None and callback(row):
                ending = "stopped"
                break
    except KeyboardInterrupt:
        ending = "interrupted"
    finally:
        rows.close()
    done = [table.rows[neuron] for neuron in neurons if neuron in table.rows]
    if ending == "finished" and all(row.note for row in done):
        raise NoGradientError(f"nothing can be said about any of {len(done)} neurons: {done[0].note}")
    return Atlas(done, ending)


def _is_nothing(arguments):
    return arguments is None or (isinstance(arguments, tuple | list | dict) and not arguments)


def _spread(x, count):
    from ...network.gradients.inputs import checked_points

    x = checked_points(x).x
    return x[np.unique(np.linspace(0, len(x) - 1, min(count, len(x))).astype(int))]


def _searched(activity, neurons, settings, jobs, scheduler):
    """Yield the NeuronLaw of each neuron `(layer, number)`, as soon as it is ready."""
    layers = {name: [neuron for _, neuron in group] for name, group in groupby(neurons, key=itemgetter(0))}
    tasks = [
        (name, some[first : first + _TOGETHER])
        for name, some in layers.items()
        for first in range(0, len(some), _TOGETHER)
    ]
    results = batch.stream(
        partial(_laws, **settings),
        tasks,
        jobs,
        scheduler,
        partial(_fields, activity, cache(partial(_is_straight, activity))),
    )
    for (layer, some), laws in results:
        died = isinstance(laws, batch.WorkerDiedError)
        for neuron, law in zip(some, [{"note": str(laws)}] * len(some) if died else laws, strict=True):
            yield NeuronLaw(layer, neuron, **law)


def _fields(activity, is_straight, task):
    """Return a task's list of gradient fields, and whether the layer is straight (`_is_straight`).

    In the list, a neuron without a gradient field has the reason instead.
    """
    layer, neurons = task
    position = activity.position(layer)
    try:
        together = activity.field(position, neurons)
    except SymgradError as error:
        return [str(error)] * len(neurons), False
    gradients = together.gradients.reshape(len(together), len(neurons), -1)
    values = together.values.reshape(len(together), len(neurons))
    fields = [_alone(together, gradients[:, k], values[:, k]) for k in range(len(neurons))]
    return fields, is_straight(position)


def _alone(field, gradients, values):
    try:
        alone = GradientField(field.points, gradients, field.names, values, measure=field.measure)
    except NoGradientError as error:
        return str(error)
    if len(alone) == len(field):  # all neurons share the same points and neighbours
        alone.__dict__["surroundings"] = field.surroundings
    return alone


def _is_straight(activity, position):
    """Return whether each neuron's gradient has one direction everywhere; only some neurons are checked."""
    some = np.unique(np.linspace(0, activity.layers[position].count - 1, _TOGETHER).astype(int))
    try:
        projected = activity.field(position, some.tolist()).projected
    except SymgradError:
        return False
    power = np.linalg.svd(projected.swapaxes(0, 1), compute_uv=False) ** 2  # (neurons, directions)
    return bool((power[:, 1:].sum(1) <= _EXACT * power[:, 0]).all())


def _laws(some, generations, random_state):
    """Return, for each gradient field, the entries of its `NeuronLaw` except layer and neuron.

    This function runs in another process.
    """
    fields, straight = some
    settings = straight, generations, random_state
    return [{"note": one} if isinstance(one, str) else _law(one, *settings) for one in fields]


def _law(field, straight, generations, random_state):
    try:
        linear = sp.Add(*(sp.Symbol(name, real=True) for name in field.names))
        search = Search(field, guesses=(linear,), random_state=random_state)
    except SymgradError as error:
        return {"note": str(error)}
    if generations is None:
        found = search.survey()
        best, loss = found.best, found.loss
    else:
        found = search.run(generations=generations, progress=False, callback=_exact)
        best, loss = found.best, found.front[-1].loss
    if best is None:
        return {"loss": float(loss), "points": len(field), "kind": found.kind}
    return {
        "formula": str(search.in_inputs(best)),
        "loss": float(best.loss),
        "complexity": int(best.complexity),
        "points": len(field),
        "kind": found.kind,
        "explained": best.explained,
        "by_construction": straight and _is_linear(best.expression),
    }


def _exact(found):
    return found.best is not None and found.best.loss < _EXACT


def _is_linear(expression):
    return all(expression.diff(x).is_number for x in expression.free_symbols)
