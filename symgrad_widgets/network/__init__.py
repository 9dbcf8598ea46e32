"""The first stem: data, a network that learns from them, and the gradients of its neurons (torch)."""

from .modules import ACTIVATIONS

__all__ = ["ACTIVATIONS"]
