"""Tables of what the notebooks contain, made from the notebooks and from the rows of a sweep."""

import re

from ..errors import SymgradError
from ..notebook_support.notebook_files import find, sources
from ..notebook_support.table import Table

__all__ = ["answers", "glossary", "index", "others", "typed"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
_GLOSSARY = re.compile(r"^\| word \| meaning here \|\n\|[-| ]+\|\n((?:\|.*\|\n?)+)", re.MULTILINE)


def index(folder, results):
    """Return the table of all experiments: their notebooks, and their results in a sweep.

    Parameters
    ----------
    folder : path of the notebooks, relative to the folder that shows the table; links begin with this path
    results : path of a sweep's folder, or of a file of its rows, as `symgrad sweep` writes them

    Raises
    ------
    OutputError, DataError
        if there are no rows of a sweep.

    """
    from ..network.experiment import experiments

    found = _summaries(results)
    rows = ((e.id, e.title, _notebook(e, folder), *_figures(found.get(e.slug))) for e in experiments)
    return Table(("paper", "experiment", "notebook", "found", "loss", "floor", "seconds"), tuple(rows))


def answers(results):
    """Return the table of the formulas that a sweep found most often, for readers who have guessed first."""
    rows = ((s.id, s.experiment, typed(s.formulas[0][0])) for s in _summaries(results).values() if s.formulas)
    return Table(("paper", "name", "formula"), tuple(rows))


def others(folder):
    """Return the table of the notebooks that belong to no experiment."""
    from ..network.experiment import experiments

    taken = {_notebook(e, folder) for e in experiments}
    links = (_link(path) for path in sources(folder))
    return Table(("notebook",), tuple((link,) for link in links if link not in taken))


def glossary(folder):
    """Return the table of all words that notebooks explain at their start, in alphabetical order."""
    meanings = {}
    for path in sources(folder):
        for word, meaning in _words(path):
            meanings.setdefault((word.lower(), word, meaning), []).append(_link(path))
    rows = ((word, meaning, ", ".join(links)) for (_, word, meaning), links in sorted(meanings.items()))
    return Table(("word", "meaning", "notebooks"), tuple(rows))


def typed(formulas):
    """Return comma-separated formulas as LaTeX, without the bar that would end a table cell."""
    import sympy as sp

    from ..formula.expressions import as_expression

    written = (f"${sp.latex(as_expression(formula))}$" for formula in formulas.split(", "))
    return ", ".join(written).replace("|", r"\vert ")


def _notebook(experiment, folder):
    try:
        return _link(find(experiment, folder))
    except SymgradError:
        return "-"


def _link(path):
    found = _HEADING.search(_markdown(path))
    return f"[{found[1] if found else path.stem}]({path.as_posix()})"


def _summaries(results):
    from .recovery import reference_rows, summaries

    return {summary.experiment: summary for summary in summaries(reference_rows(results))}


def _figures(summary):
    if summary is None:
        return ("-",) * 4
    losses = ("-" if loss is None else _power(loss) for loss in (summary.loss, summary.floor))
    seconds = (summary.training or 0) + (summary.search or 0)
    return f"{summary.found} of {summary.runs}", *losses, f"{seconds:.0f}"


def _power(number):
    """Return a number in the form 2.9·10⁻⁸, which no browser breaks at the minus sign."""
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits}·10{str(int(exponent)).translate(_RAISED)}"


def _words(path):
    table = _GLOSSARY.search(_markdown(path))
    for line in table[1].splitlines() if table else ():
        word, _, meaning = line.strip("| ").partition(" | ")
        yield word, meaning


def _markdown(path):
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
