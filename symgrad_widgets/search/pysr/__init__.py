"""PySR as a second engine of the search: it runs in a process of its own, with Julia, and is never needed.

`recipe.py` says what PySR is asked to do, `julia_words.py` how formulas are written in Julia,
`objective.jl` what is minimised. `child.py` is the only file that imports pysr; `process.py` talks to it,
`julia_engine.py` makes of it what `Search` steps, and `installed.py` says beforehand what is missing.
"""

from .installed import look
from .recipe import PySR

__all__ = ["PySR", "look"]
