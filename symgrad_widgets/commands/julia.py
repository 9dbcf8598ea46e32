"""`symgrad julia`: start PySR's process once, so that it installs what is missing, and find a formula."""

import time

__all__ = ["main"]


def main(_, __):
    """Run a small search with PySR; return 0 if it finds x^2 + v^2 from the gradients."""
    import numpy as np

    from ..field import GradientField
    from ..search import Search
    from ..search.pysr import PySR, installed

    found = installed.look()
    print(found, found.untried, sep="\n" if found.untried else "")
    points = np.random.default_rng(0).uniform(0.1, 1, (200, 2))
    field = GradientField(points, 2 * points, names=("x", "v"))
    small = PySR(iterations=2, parameters={"populations": 4})
    search = Search(field, operators=["add", "sub", "mul", "div", "square"], max_complexity=10, backend=small)
    print(f"log        {search.log}", flush=True)
    start = time.monotonic()
    for _ in range(2):
        search.step()
        print(f"generation {search.generation}, {time.monotonic() - start:.0f} s: {search.best}", flush=True)
    found = search.best is not None and str(search.best.expression) == "v**2 + x**2"
    print("PySR works" if found else "PySR runs, but has not found v**2 + x**2")
    return 0 if found else 1
