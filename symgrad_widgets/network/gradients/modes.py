"""Run a model alone, in eval mode, with gradients; put everything back afterwards."""

import contextlib
import sys
import warnings
from itertools import chain
from pathlib import Path

import torch
from torch import nn

from ...batch.locks import Lock
from ...errors import ModelError
from .snapshot import Snapshot

__all__ = ["undisturbed"]

_NORM = nn.modules.batchnorm._NormBase  # noqa: SLF001 - the common base has no public name
_PACKAGE = str(Path(__file__).parents[2])

# One lock for all models: models can share layers, and the process has only one random state and one set of
# switches for cuDNN and attention.
_RUNNING = Lock()


@contextlib.contextmanager
def undisturbed(model, *, training=False, warn=True):
    """Run a model alone inside this context, which yields the model's `Snapshot`.

    Afterwards, everything in the model and the state of the random generators is as it was before, even after
    an error or Ctrl-C. Other threads that run a model in such a context wait for their turn.

    Parameters
    ----------
    model : torch.nn.Module
    training : bool
        Put modules into train mode, except for dropout and normalisation over the batch, which stay in eval
        mode.
    warn : bool
        Warn if the model gives different numbers in eval mode and in its present mode.

    """
    with _RUNNING.held():
        _refuse_empty(model)
        before = Snapshot(model)
        try:
            if warn and not training:
                _warn(model)
            _switch(model, training)
            # cuDNN cannot differentiate a recurrent layer in eval mode
            with (
                torch.inference_mode(False),
                torch.enable_grad(),
                torch.backends.cudnn.flags(enabled=False),
                _every_layer_called(),
                _not_compiled(),
            ):
                yield before
        finally:
            _share_again(model)
            before.restore()


def _refuse_empty(model):
    for name, tensor in chain(model.named_parameters(), model.named_buffers()):
        if nn.parameter.is_lazy(tensor):
            raise ModelError(
                f"the model has never been run: {name!r} has no size yet; run it once, model(points)"
            )
        if tensor.is_meta:
            raise ModelError(
                f"the model is on the meta device, where {name!r} holds no numbers: load them first, "
                "model.load_state_dict(..., assign=True)"
            )


@contextlib.contextmanager
def _every_layer_called():
    """Switch off the fast path of transformers, which computes several layers at once and calls no hooks."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _share_again(model):
    """If `fully_shard` splits a model among processes, split it again, as between two training steps."""
    for module in model.modules():
        if "FSDP" in type(module).__name__ and hasattr(module, "reshard"):
            module.reshard()


def _warn(model):
    changed = sorted({type(m).__name__ for m in model.modules() if _training(m) and _behaves_so(m)})
    if changed:
        warnings.warn(
            f"the model is in train mode and holds {', '.join(changed)}: we read it in eval mode; "
            "if you mean that, call model.eval() first",
            stacklevel=_calls_inside(),
        )


def _calls_inside():
    """Return the `stacklevel` of a warning: the distance to the first caller outside the package."""
    frame, count = sys._getframe(1), 1  # noqa: SLF001 - `warnings` can do this from Python 3.12 on
    while frame.f_back is not None and _ours(frame.f_code.co_filename):
        frame, count = frame.f_back, count + 1
    return count


def _ours(name):
    return name.startswith(_PACKAGE) or name == contextlib.__file__


def _switch(model, training):
    if any(_training(module) != training for module in model.modules()):
        try:
            model.train(training)
        except NotImplementedError:  # an exported module cannot change its mode in this way
            for module in model.modules():
                module.training = training
    for module in model.modules() if training else ():
        if _behaves_so(module):
            module.training = False


def _training(module):
    return getattr(module, "training", False)  # a frozen module has no mode


def _behaves_so(module):
    rates = getattr(module, "p", 0), getattr(module, "dropout", 0)  # of dropout layers, of recurrent layers
    return isinstance(module, _NORM) or any(isinstance(rate, float) and rate > 0 for rate in rates)


def _not_compiled():
    """Run Python's own forward pass even for a compiled module, because compiled modules call no hooks."""
    stance = getattr(getattr(torch, "compiler", None), "set_stance", None)  # from torch 2.6 on
    if "torch._dynamo" not in sys.modules or stance is None:
        return contextlib.nullcontext()
    return stance("force_eager")
