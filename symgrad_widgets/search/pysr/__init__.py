"""PySR as a second engine of the search: it runs in a process of its own, with Julia, and is never needed.

`settings.py` says what PySR is asked to do, `operators.py` how formulas are written in Julia,
`objective.jl` what is minimised. `child.py` is the only file that imports pysr; `process.py` talks to it,
`engine.py` makes of it what `Search` steps, and `installed.py` says beforehand what is missing.
"""
