"""PySR as a second engine of the search: it runs in a separate process with Julia, and is optional.

`recipe.py` says what we ask PySR to do, `julia_words.py` how to write formulas in Julia, `objective.jl` what
to minimise. Only `child.py` imports pysr. `process.py` talks to it, `julia_engine.py` turns it into an engine
that `Search` can step, and `installed.py` says beforehand what is missing.
"""

from .installed import look
from .recipe import PySR

__all__ = ["PySR", "look"]
