"""How fast: values and gradients of many terms at many points, compiled by numba."""
