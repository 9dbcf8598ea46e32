"""The state a model is read in: eval mode, gradients on; all of it put back afterwards."""

import contextlib
import warnings

import torch
from torch import nn

__all__ = ["undisturbed"]

_NORM = nn.modules.batchnorm._NormBase  # noqa: SLF001 - the common base has no public name


@contextlib.contextmanager
def undisturbed(model):
    """Eval mode, with a warning where that matters; each module's own flag is put back afterwards."""
    flags = {module: module.training for module in model.modules()}
    changed = sorted({type(m).__name__ for m, training in flags.items() if training and _behaves_so(m)})
    if changed:
        warnings.warn(
            f"the model is in train mode and holds {', '.join(changed)}: its gradients are taken in eval "
            "mode; call model.eval() first to say so yourself",
            stacklevel=4,  # the caller of gradient_field, behind contextlib
        )
    try:
        model.eval()
        # cuDNN cannot differentiate a recurrent layer in eval mode
        with torch.inference_mode(False), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            yield
    finally:
        for module, training in flags.items():
            module.training = training


def _behaves_so(module):
    rates = getattr(module, "p", 0), getattr(module, "dropout", 0)  # of dropout layers; of recurrent ones
    return isinstance(module, _NORM) or any(isinstance(rate, float) and rate > 0 for rate in rates)
