"""A formula, or none, for every neuron of a layer."""

from functools import partial
from itertools import groupby
from operator import itemgetter

import numpy as np
import sympy as sp

from ... import batch
from ...arrays import names_of
from ...checks import whole
from ...errors import NoGradientError, SymgradError
from ...field import GradientField
from ...search import Search
from ..activity import Activity
from .laws import Atlas, NeuronLaw
from .ledger import Table, digest

__all__ = ["atlas"]

_TOGETHER = 8  # neurons of one job
_EXACT = 1e-9  # a loss that no further generation betters


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
    **reading,
):
    """Search a formula for every neuron of a layer, in parallel.

    >>> found = sg.atlas(model, x, "net.2", names=("x", "v"), path="net2.jsonl")

    The function that bends a neuron does not turn its gradient: a linear layer and the activation behind it
    have the same formulas, and the activation is left out where no layer is named. A neuron takes 0.05 to 0.5
    seconds of a core, the shorter where an exact formula is found: a linear one in the first generation,
    since the sum of all inputs is the search's first guess.

    Parameters
    ----------
    model : torch.nn.Module
    x : array or tensor (N, ...)
    layer : name of a layer, or several
        None for all that compute something, without the activations of `torch.nn` (ReLU, SiLU, Tanh ...)
        that bend single numbers of another layer. Behind a convolution they stay: a neuron is a mean there.
    names : of the n inputs
    points : int
        So many rows of `x` are used, spread evenly; all of them where the forward takes further arguments.
    generations : int or None
        Of each search; one ends before when its formula is exact. None ends each when all has been surveyed:
        small terms and sums of them, inputs that act together, products, powers, functions of one input. 40
        look about as far as `interpret` does, and take three times as long.
    jobs : int, processes of this machine; None for one a core
    scheduler : address of a Dask scheduler, whose workers are used instead
    path : of a file of rows, one JSON object a line
        Neurons that have a row there already are not done again.
    random_state : int, of the searches
    callback : called with each NeuronLaw as it comes; when it returns True the atlas ends there
    **reading : `wrt`, `forward_args` and `training`, as in `gradient_field`

    Returns
    -------
    Atlas
        After Ctrl-C too, with the rows there are by then.

    Raises
    ------
    ModelError, UnknownNameError
        for a layer without neurons, and for one that is not there.
    NoGradientError
        when all neurons are dead.
    OutputError
        for a file of another atlas, and for one that cannot be written: rows in it are kept.

    """
    from tqdm import tqdm

    settings = {
        "generations": generations if generations is None else whole(generations, "generations"),
        "random_state": whole(random_state, "random_state"),
    }
    jobs = batch.cores() if jobs is None else whole(jobs, "jobs")
    names = names_of(x if reading.get("wrt") is None else None, names)
    if _is_nothing(reading.get("forward_args")):
        x = _spread(x, whole(points, "points"))
    activity = Activity(model, x, names, (layer,) if isinstance(layer, str) else layer, **reading)
    table = Table(path, digest(model, activity.points, (settings, activity.names), reading))
    layers = [one for one in activity.layers if layer is not None or not one.bent]
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
        raise NoGradientError(f"nothing can be said of any of {len(done)} neurons: {done[0].note}")
    return Atlas(done, ending)


def _is_nothing(arguments):
    return arguments is None or (isinstance(arguments, tuple | list | dict) and not arguments)


def _spread(x, count):
    from ...network.gradients.inputs import checked_points

    x = checked_points(x).x
    return x[np.unique(np.linspace(0, len(x) - 1, min(count, len(x))).astype(int))]


def _searched(activity, neurons, settings, jobs, scheduler):
    """Yield the NeuronLaw of each neuron `(layer, number)`, as they come."""
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
        partial(_fields, activity),
    )
    for (layer, some), laws in results:
        died = isinstance(laws, batch.WorkerDiedError)
        for neuron, law in zip(some, [{"note": str(laws)}] * len(some) if died else laws, strict=True):
            yield NeuronLaw(layer, neuron, **law)


def _fields(activity, task):
    """Gradient field of each neuron of a task, or why there is none."""
    layer, neurons = task
    try:
        together = activity.field(activity.position(layer), neurons)
    except SymgradError as error:
        return [str(error)] * len(neurons)
    gradients = together.gradients.reshape(len(together), len(neurons), -1)
    values = together.values.reshape(len(together), len(neurons))
    return [_alone(together, gradients[:, k], values[:, k]) for k in range(len(neurons))]


def _alone(field, gradients, values):
    try:
        return GradientField(field.points, gradients, field.names, values, measure=field.measure)
    except NoGradientError as error:
        return str(error)


def _laws(some, generations, random_state):
    """What `NeuronLaw` says beside its name, for each field; a job of another process."""
    return [{"note": one} if isinstance(one, str) else _law(one, generations, random_state) for one in some]


def _law(field, generations, random_state):
    try:
        linear = sp.Add(*(sp.Symbol(name, real=True) for name in field.names))
        search = Search(field, guesses=(linear,), random_state=random_state)
    except SymgradError as error:
        return {"note": str(error)}
    if generations is None:
        found = search.survey()
    else:
        found = search.run(generations=generations, progress=False, callback=_exact)
    best = found.best
    return {
        "formula": None if best is None else str(search.in_inputs(best)),
        "loss": float(found.loss),
        "complexity": None if best is None else int(best.complexity),
        "points": len(field),
        "kind": found.kind,
    }


def _exact(state):
    return state.best is not None and state.best.loss < _EXACT
