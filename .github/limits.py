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
of the formulas, so that runs of a setting differ by more than noise. **Few runs say little**: the column
*95 %* is the interval (Wilson 1927), in per cent, for the share found.
`notebooks/beyond/36_open_questions.ipynb` shows some of it with pictures, and measures two runs again. Only
*decided*, *folds*, *flows* and *symmetries* were measured after two changes: angles are now in units of each
input's spread, and points have weights. All other rows are older.

*found*: the verdict says that the formula is the concept. *another*: it is not; those called *close* agree
with the directions of the concept to a mean 1 - cos² of 1e-3, for example when a constant is off by more
than 1 %. *none*: the search found no closed form, and says so. *loss*: weighted mean 1 - cos² between
formula and neuron, on held-out points; if there is no answer, for the longest formula on the front. *floor*:
the same for the concept. *off*: the same between formula and concept. *s*: processor time. Losses and times
are medians.

**False discoveries.** For directions without a law (random ones, or those of a random smooth function), the
search gave a formula in {fields} runs. For networks trained on labels that mean nothing, it gave one in
{networks}. These formulas describe the network, some of them roughly: it has learnt nothing, but it is still
a smooth function, and sometimes a simple one. Directions cannot show that. The fit of held-out rows can: it
is no better than a guess. Look at the fit before you look at the formula.

"""
FIELDS, NETWORKS = ("folds", "growth", "noise", "space"), ("domains", "networks")  # whose controls are such
TEXTS = {
    "decided": """
*found* judges the formula that is left after asking; *right before* is the share that was right before.
*trials* and *open* are medians: how many formulas we tested on the network, and how many no input can tell
from the answer. Without a law, *found* counts formulas that are left.

Asking spoils nothing here, and corrects nothing: 19 right answers stay right, and 11 wrong ones stay wrong.
We made three rules after seeing these runs: ask a network where its gradient is long, drop no formula where
the network follows neither, and do not count inputs near the data. Before these rules, asking turned eight of
the right answers into wrong ones. If you have a rival of your own, give it: `result.decide(model, box,
rivals=[...])`.
""",
    "folds": """
With exact gradients it does not matter whether phi folds or goes flat: the gradient keeps its direction
wherever it has one, and a reversed arrow counts as the same direction. *same as phi(g)* is 0 if the verdict
says that formula and neuron are not monotone functions of each other: the formula is g, but you cannot undo
the bend. For your own neuron, whose g nobody knows, a low *phi's R²* tells you so.

Folds do no harm to a bent neuron. Flat parts do. Errors that are equally large everywhere turn a short
gradient more than a long one, and a saturated neuron has many short ones. These count less
(`field.weights`), if neighbouring gradients reveal the error. The error of a network is smooth, and
neighbours do not reveal it.
""",
    "networks": """
A network adds its own errors, and its fit of the values says little about them: compare *network's R²* with
the *floor*. A fold costs exact gradients nothing. But a network rounds the corner, and gets the directions
nearby wrong. If the floor is high and the loss is not, the search found a formula for what the network made
of its task, and that is not the formula of the labels. Constants are the first to go wrong: many of the
formulas counted as *close* are the concept with one number changed.

Saturation, too few neurons, dropout and noise in the inputs cost a lot; noise in the labels perhaps less.
More neurons than needed cost nothing, and the corners of ReLU hardly anything, because they average out.
""",
    "noise": """
The search never gives a formula whose loss is above a tenth of chance, however many points there are. So with
more noise than that it says nothing, rightly or not. Below that, noise that differs from point to point
averages out. A smooth error, like that of a network, does not: it looks like a law, and a part of it may end
up in the formula.
""",
    "growth": """
An eigenproblem finds sums of products; only its size grows. Functions inside functions are the limit of the
search. If it misses one, it may answer with another formula that agrees with the neuron to many digits on
the data. Only a verdict, which knows the concept, can tell the two apart. From the neuron alone, nobody
could.
""",
    "several": """
If pairs share several things, one network learns the easiest. A second one learns the next if its strangers
agree in the first (`Experiment.given`), and so on. Only the span of their gradients is determined. Of the
formulas that span it, the search finds the shortest. *found* means that it found all known concepts and
nothing else, *none* that it found fewer; *loss* is that of the first formula. *counted* and *read* are
medians. The search misses the planet: its second network is flat except on a few wide orbits with almost no
binding energy, and the ratio of variances rewards that. The planet's own experiment trains four latents at
once with another loss, and finds all three concepts (docs/recovery.md).
""",
    "flows": """
*found* means that the search calls as many formulas a match as there are independent integrals, and that the
exact velocities agree with each, to a mean cos² of 1e-5. *another* means that it calls one a match and they
do not agree. *none* means fewer matches: the rest is called close, not complete, or there is no answer.
*off* is this cos² for the worst formula.

With exact velocities, and with errors of 1 %, the search finds 20 of 21 integrals, and no wrong formula; it
misses the third integral of the Toda chain. Errors of 5 % change a constant by 1 %, or hide the energy of
four and six inputs. If velocities are given, no flow without an integral gives a match. In 23 of 48 runs the
search offers a formula as not complete, because what it leaves is not noise. With 100 states of four or more
inputs, neighbours are too far apart to tell noise from a missing part. So after a formula that is not
complete there is no match, and after one that leaves nothing there is no match that leaves something.

From *motions*, measured with errors of 1 %, it finds 14 of 21 integrals. It states five wrong matches in 24
runs with integrals: three have a constant that is off by half a per cent, and two, of four and six inputs,
are wrong. A sixth, for two magnets without an integral, is wrong too: their motions soon stand still, and
few states are left that tell anything. With errors of 0.1 % more is called close, not complete: local
polynomials leave a little of each motion, which is no noise, and the search sees it.

We tried the same on 19 systems of ODEBench (sdascoli/odeformer), with 1,200 states each. Four of the five
with a known integral give a match; the search misses the ratio (1 - 1.61y)/(1 - 1.61x), whose poles lie among
the states. None of the 14 without one gives a match; six get a formula that is not complete. They took 0.6
to 8 s. Five draws of a planet's states gave angular momentum, energy and a component of the
Laplace-Runge-Lenz vector each time, in 6 s.
""",
    "symmetries": """
*found* means that dimension and algebra are right, *another* that they are not, *none* that fewer motions
are counted. *loss* is the largest residual of the motions, divided by that by chance; if there are none, it
is that of the best motion. *off* is the largest mean cos² between a motion and the formula's own gradients.

Exact gradients, errors of 1 % and 3 %, and trained networks give the algebra each time. With errors of 10 %,
three of ten runs say nothing, and none says anything wrong. None of 210 random fields has a symmetry. One of
60 networks trained on labels of other points does: a single layer of 8 neurons, which hardly changes along
one motion. Its residual is no larger than those of networks that have learnt a symmetry (up to 4e-4). The
limit for what is not noise is 3e-4. Before this study it was 5e-4, and two of the 60 networks had a symmetry;
eight further networks of that kind have none.

These are the symmetries of the networks that come with the package. The interval and the two field strengths
have so(1,3); the determinants have sl(2) (on matrices of one trace) and sl(3) + sl(3); the antisymmetric
matrices have so(3). Spring, ellipse, quadratic form and Gaussian have one motion. The other three forces, the
planet and the two mixed classifiers have none.

These statements are about the data. Classifiers are trained near their boundary, and see a function only
there. So the classifier of gravity has the seven motions of a cone, but its formula has three. The
classifiers of the sine and the exponential have one motion each, but their formulas have none. With
`formula=`, SymPy says which motions it can prove.
""",
    "space": """
The search may build a missing operator from others, as it builds products from sums of logarithms. If it
cannot, it says one of two things: no closed form, or another formula.
""",
    "domains": """
Nobody knows a law for the fuel of cars or for the digits: a formula found there is a summary of one
network. To see what it is worth, compare *formula's fit* with *network's fit*, on rows that were not used for
training. The planted laws show what you can expect from such a table.
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
