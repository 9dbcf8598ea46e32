"""Two sweeps side by side, as tables: the same runs with two training presets."""

from ...network.experiment import experiments
from ...notebook_support.table import Table
from .rules import RULES
from .summary import succeeded, summaries

__all__ = ["beside"]

_WRONG = ("paper", "experiment", "training", "chosen by", "formula")
_ANSWERS = {True: "yes", False: "no", None: "–"}


def beside(ours, others):
    """Return two `Table`s, by experiment, that compare two lists of rows of one seed each.

    For each experiment, the first table says whether our rule and each of `RULES` chose a concept. The
    second shows the chosen formulas that are not concepts.
    """
    pairs = list(_pairs(ours, others))
    head = ("floor", "ours", *RULES)
    columns = ("paper", "experiment", *head, "epochs", *head)
    lines = [(*_name(one), *_figures(one), _epochs(other), *_figures(other)) for one, other in pairs]
    counts = [_counts([pair[number] for pair in pairs]) for number in (0, 1)]
    lines.append(("", "**all**", "", *counts[0], "", "", *counts[1]))
    wrong = (line for pair in pairs for row in pair for line in _wrong(row))
    return Table(columns, tuple(lines)), Table(_WRONG, tuple(wrong))


def _pairs(ours, others):
    known = {(row["experiment"], row["seed"]): row for row in others}
    order = {summary.experiment: number for number, summary in enumerate(summaries(ours))}
    for row in sorted(ours, key=lambda row: (order[row["experiment"]], row["seed"])):
        if (row["experiment"], row["seed"]) in known:
            yield row, known[row["experiment"], row["seed"]]


def _name(row):
    return experiments[row["experiment"]].id, row["experiment"]


def _answers(row):
    """Return whether our choice is a concept, and whether the choice of each rule is a concept."""
    return [succeeded(row), *(_rule(row, rule)["same"] for rule in RULES)]


def _figures(row):
    floor = "–" if row["floor"] is None else f"{row['floor']:.1e}"
    return [floor, *(_ANSWERS[answer] for answer in _answers(row))]


def _counts(rows):
    return [f"**{sum(map(bool, column))}**" for column in zip(*map(_answers, rows), strict=True)]


def _epochs(row):
    from ...network.training import chosen_settings

    whole = chosen_settings(experiments[row["experiment"]], row["preset"], {}).epochs
    return f"{row['settings']['epochs']} of {whole}"


def _rule(row, rule):
    return (row.get("rules") or {}).get(rule, {"formula": None, "same": None})


def _wrong(row):
    """Yield a line for each chosen formula that is not a concept."""
    ours = ", ".join(f"`{formula}`" for formula in row["formulas"]) or "no closed form"
    formulas = [ours, *(f"`{_rule(row, rule)['formula']}`" for rule in RULES)]
    chosen = {}
    for name, answer, formula in zip(("ours", *RULES), _answers(row), formulas, strict=True):
        if answer is False:
            chosen.setdefault(formula, []).append(name)
    for formula, names in chosen.items():
        yield *_name(row), row["preset"], ", ".join(names), formula
