"""Use PySR as a second, optional engine of the search, in a separate process with Julia.

`recipe.py` says what we ask PySR to do, `julia_words.py` writes formulas in Julia, and `objective.jl` is the
function that PySR minimises. Only `child.py` imports pysr. `process.py` talks to `child.py`,
`julia_engine.py` turns the process into an engine that `Search` can step, and `installed.py` checks
beforehand what is missing.
"""

from .installed import look
from .recipe import PySR

__all__ = ["PySR", "look"]
