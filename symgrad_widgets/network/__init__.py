"""The first stem: data, a network that learns from them, and the gradients of its neurons (torch)."""

__all__ = ["ACTIVATIONS"]


def __getattr__(name):
    """Load torch only for an activation, not for an experiment's data."""
    if name != "ACTIVATIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .modules import ACTIVATIONS

    return ACTIVATIONS
