"""Write docs/limits.md from the rows of the studies: `.venv/bin/python .github/limits.py [FOLDER]`.

With the folder of `symgrad sweep --study`, its rows first become those that come with the package.
"""

import sys
from collections import Counter
from pathlib import Path

from symgrad_widgets import batch
from symgrad_widgets.measuring import studies

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "symgrad_widgets" / "data" / "studies"
PAGE = ROOT / "docs" / "limits.md"
HEAD = """# What it can and cannot do

Each line of the tables is one setting, with {runs} seeds. The seed chooses the points and, in turn, one
of the formulas, so that runs of a setting differ by more than noise. **Few runs say little**: the
column *95 %* is the interval (Wilson 1927), in per cent, for the share that was found.
`notebooks/beyond/36_open_questions.ipynb` tells the same with pictures, and measures a sample again. The rows
of all studies but *folds* and *flows* are from before angles were taken in units of each
input's spread, and before points had weights.

*found*: the verdict is that the formula is the concept. *another*: it is not; those called *close* have
directions that are the concept's to a mean 1 - cos² of 1e-3, as when a constant is off by more than 1 %.
*none*: no closed form was found, and the search says so. *loss*: weighted mean 1 - cos² between
formula and neuron, on points held out; without an answer, of the longest formula on the front. *floor*: the
same for the concept. *off*: between formula and concept. *s*: processor time. Losses and times are medians.

**False discoveries.** Where directions have no law, random ones or those of a random smooth function, a
formula was given in {fields} runs. Where a network was trained on labels that mean nothing, one was given
in {networks}. These describe the network, some of them roughly: it has learnt nothing and is still a smooth
function, at times a simple one. No direction tells that. The network's fit of held-out rows does, which is
that of a guess. Look at the fit before you look at the formula.

"""
FIELDS, NETWORKS = ("folds", "growth", "noise", "space"), ("domains", "networks")  # whose controls are such
TEXTS = {
    "folds": """
From exact gradients it does not matter whether phi folds or goes flat: the gradient keeps its direction
wherever it has one, and turning round is not a change. *same as phi(g)* is 0 where the verdict is that
formula and neuron are not monotone functions of each other: the formula is that of g, but the bend cannot
be undone. With a neuron of your own, whose g nobody knows, a low *phi's R²* says so.

What spoils a bent neuron is not the fold but the flat. Errors that are equally large everywhere turn a
short gradient more than a long one, and a saturated neuron has many short ones. They count less
(`field.weights`), as far as neighbouring gradients tell of an error. Those of a network are smooth: they do
not tell.
""",
    "networks": """
A network adds errors of its own, and its fit of the values says little about them: compare *network's R²*
with the *floor*. A fold that costs exact gradients nothing costs a network its directions nearby, as it
rounds the corner. Where the floor is high and the loss is not, a formula was found for what the network has
made of its task, which is not what the labels were made of. Constants
are the first to go: many of the formulas counted as *close* are the concept but for a number.

Saturation, too few neurons, dropout and noise of the inputs cost much; noise of the labels perhaps less. More
neurons than needed cost nothing, and corners of ReLU hardly anything, as they average out.
""",
    "noise": """
By its rule the search gives no formula whose loss is above a tenth of chance, however many points there
are: past that noise it says nothing, rightly or not. Noise that differs from point to point averages out
below that. A smooth error, as a network makes it, does not: it looks like a law, and a part of it may end
up in the formula.
""",
    "growth": """
Sums of products are placed by an eigenproblem, whose size is what grows. Functions inside functions are
where the search ends: where it misses them, it may answer with a formula that agrees with the neuron to
many digits on the data and is another one. Only a verdict, which knows the concept, can tell. From the
neuron nobody could.
""",
    "several": """
Where pairs share several things, one network learns the easiest. A second one learns the next when its
strangers are alike in the first (`Experiment.given`), and so on. Only the span of their gradients is
determined: which of the formulas that span it is read, its length decides. *found* means that all known
concepts were read and nothing else, *none* that fewer were; *loss* is that of the first formula. *counted*
and *read* are medians. The planet is missed: its second network is flat but for a few wide orbits, of
nearly no binding energy, which a ratio of variances rewards. Its experiment trains four latents at once for
another loss, and all three concepts are read (docs/recovery.md).
""",
    "flows": """
*found* means that as many formulas are called a match as there are independent integrals, and that the exact
velocities agree with each, to a mean cos² of 1e-5; *another* that one is called a match and they do not.
*none* means fewer: the rest is called close, not complete, or nothing is said. *off* is that cos², of the
worst.

From exact velocities, and from those with an error of 1 %, 20 of 21 integrals are read, and no formula is
wrong; the third one of the Toda chain is not found. Errors of 5 % turn a constant by 1 %, or hide the energy
of four and six inputs. No flow without an integral gives a match: in 23 of 48 runs a formula is offered as
not complete, as what it leaves is no noise. Of 100 states of four or more inputs neighbours are too far apart
to tell noise from what is missing. So no match comes after a formula that is not complete, nor one that
leaves something after one that leaves nothing.

The same on 19 systems of ODEBench (sdascoli/odeformer), 1,200 states each: of five with a known integral four
are a match, and the ratio (1 - 1.61y)/(1 - 1.61x), whose poles lie among the states, is missed; of 14 without
one none is, and six get a formula that is not complete. They took 0.6 to 8 s. Five draws of a planet's
states gave angular momentum, energy and a component of the Laplace-Runge-Lenz vector each time, in 6 s.
""",
    "space": """
An operator that is missing may be made of others, as products are of sums of logarithms. Where it cannot
be, look at what is said instead: no closed form, or another formula.
""",
    "domains": """
Nobody knows a law for the fuel of cars or for the digits: a formula given there is a summary of one
network. *formula's fit* against *network's fit* says what it is worth for rows that were not trained on.
The planted laws say what can be expected of such a table.
""",
}


def ship(folder):
    """Make the rows of a folder those of the package: of all seeds for which a study is complete."""
    for name in studies.names():
        path, size = ROWS / f"{name}.jsonl", sum(map(len, studies.find(name).groups.values()))
        rows = [row for row in studies.rows_in(folder, name) if row["error"] is None]
        count = Counter(row["seed"] for row in rows)
        path.unlink(missing_ok=True)
        for row in rows:
            if count[row["seed"]] == size:
                batch.append(path, {key: row[key] for key in row if key not in {"versions", "error"}})


def page():
    """Return the text of the page."""
    rows = {name: studies.shipped(name) for name in TEXTS}
    found = {name: studies.lines(rows[name]) for name in rows}
    runs = sorted({line.runs for lines in found.values() for line in lines})
    head = HEAD.format(
        runs=" to ".join(map(str, dict.fromkeys((runs[0], runs[-1])))),
        fields=_false(line for name in FIELDS for line in found[name]),
        networks=_false(line for name in NETWORKS for line in found[name]),
    )
    return head + "\n".join(_section(name, rows[name]) for name in TEXTS)


def _false(lines):
    controls = [line for line in lines if line.law is False]
    return f"{sum(line.another for line in controls)} of {sum(line.runs for line in controls)}"


def _section(name, rows):
    study = studies.find(name)
    table = studies.table(rows)._repr_markdown_()
    again = f"`symgrad sweep --study {name} --seeds 0-19` measures it."
    return f"## {study.title}\n\n{study.question} {again}\n{TEXTS[name]}\n{table}\n"


if __name__ == "__main__":
    if sys.argv[1:]:
        ship(sys.argv[1])
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
