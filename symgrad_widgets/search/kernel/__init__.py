"""Compute values and gradients of many terms at many points, with loops that numba compiles."""
