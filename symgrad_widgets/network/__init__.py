"""The first stem: data, a network that learns from them, and the gradients of its neurons (torch)."""
