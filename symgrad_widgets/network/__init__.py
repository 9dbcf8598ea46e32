"""Data, networks that learn from them, and the gradients of their neurons (torch)."""

__all__ = ["ACTIVATIONS"]


def __getattr__(name):
    """Import `ACTIVATIONS` at its first use, because it needs torch; the data of experiments do not."""
    if name != "ACTIVATIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .modules import ACTIVATIONS

    return ACTIVATIONS
