"""The one way to run a model: alone, in eval mode, with gradients; afterwards everything is put back."""

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

# One for all models: they may share layers, and the random state and the switches of cuDNN and of attention
# are the process's own.
_RUNNING = Lock()


@contextlib.contextmanager
def undisturbed(model, *, training=False, warn=True):
    """Run a model inside this context, and let nobody else run one; yields its `Snapshot`.

    Afterwards, everything in the model and the state of the random generators is as it was before, even after
    an error or Ctrl-C. Other threads that use this to run a model wait for their turn.

    Parameters
    ----------
    model : torch.nn.Module
    training : bool
        Modules see themselves in train mode, for a forward pass that asks about it. Dropout and normalisation
        over the batch stay in eval mode.
    warn : bool
        Warn if eval mode gives other numbers than the mode that the model is in.

    """
    _refuse_empty(model)
    with _RUNNING.held():
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
    """Switch off the shortcut of transformers that computes several layers at once and calls no hooks."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _share_again(model):
    """Leave a model that `fully_shard` splits among processes in the state between two steps."""
    for module in model.modules():
        if "FSDP" in type(module).__name__ and hasattr(module, "reshard"):
            module.reshard()


def _warn(model):
    changed = sorted({type(m).__name__ for m in model.modules() if _training(m) and _behaves_so(m)})
    if changed:
        warnings.warn(
            f"the model is in train mode and holds {', '.join(changed)}: it is read in eval mode; "
            "call model.eval() first to say so yourself",
            stacklevel=_calls_inside(),
        )


def _calls_inside():
    """Number of calls between here and the one from outside the package, for a warning."""
    frame, count = sys._getframe(1), 1  # noqa: SLF001 - warnings has it from Python 3.12 on
    while frame.f_back is not None and _ours(frame.f_code.co_filename):
        frame, count = frame.f_back, count + 1
    return count


def _ours(name):
    return name.startswith(_PACKAGE) or name == contextlib.__file__


def _switch(model, training):
    if any(_training(module) != training for module in model.modules()):
        try:
            model.train(training)
        except NotImplementedError:  # an exported module stays in the mode that it was exported in
            for module in model.modules():
                module.training = training
    for module in model.modules() if training else ():
        if _behaves_so(module):
            module.training = False


def _training(module):
    return getattr(module, "training", False)  # a frozen module has no mode


def _behaves_so(module):
    rates = getattr(module, "p", 0), getattr(module, "dropout", 0)  # of dropout layers; of recurrent ones
    return isinstance(module, _NORM) or any(isinstance(rate, float) and rate > 0 for rate in rates)


def _not_compiled():
    """Use Python's own forward pass, even if a module was compiled in place: others call no hooks."""
    stance = getattr(getattr(torch, "compiler", None), "set_stance", None)  # from torch 2.6 on
    if "torch._dynamo" not in sys.modules or stance is None:
        return contextlib.nullcontext()
    return stance("force_eager")
