"""Open questions answered by measurement: grids of settings over seeds, as rows, a table and pictures.

>>> from symgrad_widgets import studies
>>> for row in studies.measure("runs", studies.planned("noise", seeds=range(3)), jobs=2):  # doctest: +SKIP
...     print(row["setting"], row["outcome"])
>>> studies.table(studies.rows_in("runs", "noise"))  # doctest: +SKIP

Each module in `grids` is a study, whose `STUDY` says what it asks and measures. A new study needs no other
file. `shipped(name)` returns the rows that come with the package.
"""

from ..cases.study import Study
from .catalogue import find, names
from .study_pictures import picture, pictures
from .study_runs import Run, key, measure, measured, missing, planned, rows_in, shipped
from .study_table import Line, lines, table

__all__ = [
    "Line",
    "Run",
    "Study",
    "find",
    "key",
    "lines",
    "measure",
    "measured",
    "missing",
    "names",
    "picture",
    "pictures",
    "planned",
    "rows_in",
    "shipped",
    "table",
]
