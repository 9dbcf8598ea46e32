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

Each row of a table is one setting, measured with {runs} seeds. Each seed draws new points, and the runs take
the test formulas in turn. So the runs of a row differ in their formula, too.

The method has changed since the first studies: angles are now measured in units of each input's spread, and
points have weights. All studies ran after that change, except *several* and *domains*.

`notebooks/beyond/36_open_questions.ipynb` shows some results as pictures, and repeats two runs.

The tables have these columns. If a column of a study has another meaning, the study says so.

* *found*: the number of runs in which the verdict says that the formula is the concept.
* *95 %*: a 95 % interval (Wilson 1927), in per cent, for the share of runs that found the concept. If there
  is no law, the interval is for the share of runs with a formula. **Few runs say little**.
* *another*: the number of runs in which the verdict says that the formula is not the concept. Some of these
  formulas are *close*: the mean 1 - cos² between their directions and the concept's is less than 1e-3. For
  example, one constant is off by more than 1 %.
* *none*: the number of runs in which the search says that it found no closed form.
* *loss*: the weighted mean of 1 - cos² between formula and neuron, on held-out points. If the search gives no
  answer, we take the loss of the longest formula on the front.
* *floor*: the same mean between concept and neuron.
* *off*: the same mean between formula and concept.
* *s*: processor time in seconds.

Losses and times are medians over the runs.

**False discoveries.** Random directions follow no law, and neither do the directions of a random smooth
function. The search gave a formula in {fields} such runs. We also trained networks on shuffled labels: each
label belongs to another point. For these networks, the search gave a formula in {networks} runs. When we
repeated these runs with the latest search, it called none of its formulas a match. Such a formula describes
its network, sometimes only roughly. The network has learnt nothing, but it is still a smooth function, and
sometimes a simple one. Directions cannot show that a network has learnt nothing. Its fit can show it: such a
network predicts held-out rows no better than a guess does. So look at the fit first, and at the formula
second.

"""
FIELDS, NETWORKS = ("folds", "growth", "noise", "space"), ("domains", "networks")  # whose controls are such
TEXTS = {
    "decided": """
* *found*: the formula that is left after asking is the law. If there is no law, *another* counts the runs in
  which a formula is left.
* *right before*: 1 if the answer was right before asking, else 0.
* *trials*: how many formulas we tested on the network.
* *open*: the number of these formulas that cannot be told apart from the answer at any input.
* *given the law*: if the first answer was wrong, we pass the law as a rival. The figure is 1 if asking rules
  out everything else, else 0.

The columns from *right before* to *given the law* show medians.

**Asking spoils nothing here, and corrects nothing.** 33 right answers stay right, and 17 wrong answers stay
wrong. Of the 20 networks that learnt laws of physics, 14 are read correctly, both before and after asking.

**The law as a rival.** For the six wrong answers on laws of physics, we passed the law as a rival. Two
answers then become right. For three networks, law and answer differ by at most 1.1 degrees wherever the box
allows us to ask. The sixth network follows neither the law nor the answer.

**Rules that we chose after seeing these runs.** A rival that fits the data better can now replace a bad
answer. Three other rules come from runs on other formulas: ask a network where its gradient is long, keep
both formulas where the network follows neither, and ignore inputs near the data. Before these three rules,
asking turned eight right answers into wrong ones.

If you have a rival of your own, pass it: `result.decide(model, box, rivals=[...])`.
""",
    "films": """
* *low*: the first epoch after which the loss has fallen by nine tenths.
* *aligned*: the first epoch after which the neuron is within 2 degrees of the concept.
* *found*, *later*, *never*: the numbers of runs in which *aligned* comes no later than *low*, comes later, or
  never comes.
* *loss*: the mean 1 - cos² between concept and neuron at *low*. *floor*: the same after the last epoch.
* *read at low*: 1 if a survey, which is a short search, finds the concept at *low*; else 0. *read last*: the
  same after the last epoch.

These figures are medians. For pairs, *low* uses a ratio as the loss: the variance within pairs, divided by
the variance among strangers (points of different pairs).

**Networks trained on labels learn the direction first.** In 30 of 40 runs, the neuron is within 1.2 degrees
of the concept when the loss is low. These networks need 2 to 12 epochs to learn the direction, and 4 to 33 to
lower the loss. The other ten runs are those of *two_products* and *two_mixed*. Their networks never get
within 2 degrees of the concepts. These networks are 14 to 29 degrees off when the loss is low.

**Networks trained on pairs learn the direction last**, after the loss is low, in all 65 runs. In a typical
run, the loss is low after 2 epochs, and the direction is right after 10. When the loss is low, the neuron is
3 to 84 degrees off, although its values may hardly differ within a pair. The ratio then keeps falling, often
by orders of magnitude, and the direction improves with it. So if you train on pairs, do not stop when the
loss is low.

**The form can be right before the numbers are.** In 9 of the 55 runs on pairs with one latent, a survey finds
the concept at *low*, although the neuron is still 3 to 13 degrees off. All five runs of the 3x3 determinant
are among them.

The networks in the last rows have no law to learn. None of them gets within 2 degrees of the concept.
""",
    "folds": """
*points* is the number of points used. *phi's R²* says how well a monotone function of the formula explains
the neuron's values. *same as phi(g)* is 1 if the verdict says that formula and neuron are monotone functions
of each other, else 0. The columns show medians.

**With exact gradients, folds and flat parts do no harm.** A gradient keeps its direction unless it is zero,
and a reversed arrow counts as the same direction. But nobody can undo a fold: the formula is g, and *same as
phi(g)* is 0. For your own neuron, nobody knows g, but a low *phi's R²* shows you the fold.

**With errors, folds do no harm, but flat parts do.** In this study the errors are equally large everywhere,
so they turn short gradients more than long ones. A saturated neuron has many short gradients. Short gradients
count less (`field.weights`) if neighbouring gradients reveal the error. A network's error is smooth, so
neighbouring gradients do not reveal it.
""",
    "networks": """
*network's R²* is the network's fit to the values, as a median.

* **A good fit does not mean good gradients.** A network adds errors of its own: compare *network's R²* with
  the *floor*.
* **A formula may describe only the network.** If the floor is high and the loss is low, the search found what
  the network made of its task, and not the law behind the labels.
* **A network rounds the corner of a fold.** Its directions near the corner are wrong.
* **Constants go wrong first.** Many *close* formulas are the concept with one number changed.
* **What does harm.** Too few neurons, dropout and noise in the inputs do a lot of harm. Strong noise in the
  labels and steep bends (exp(u), tanh 3u) do some harm.
* **What does no harm.** More neurons than needed do no harm. The corners of ReLU do hardly any, because they
  average out.
""",
    "noise": """
The search never gives a formula whose loss is above a tenth of the loss by chance. More points do not change
this limit. Above the limit, the search gives no formula, even if there is a law. Below the limit, noise that
differs from point to point averages out. A smooth error, like a network's, does not average out. Such an
error looks like a law, and a part of it may end up in the formula.
""",
    "growth": """
**Inputs and terms.** An eigenproblem finds sums of products. More products only make the eigenproblem larger.

**Nested functions.** The search tries every composition of two or three functions of one quantity. It does
not try compositions of four functions. If it misses such a composition, it may answer with another formula,
which agrees with the neuron to many digits on the data. A verdict can tell the two formulas apart, because it
knows the concept. The neuron alone does not show the difference.
""",
    "several": """
The first network learns the easiest of the things that the points of a pair share. The second network is
trained with strangers (points of different pairs) that also share this thing (`Experiment.given`), so it
learns another one. A third network goes on in the same way. The pairs determine only the span of the
networks' gradients, and not each single concept. The search finds the shortest formulas that span it.

* *found*: the number of runs in which the search found all known concepts and nothing else. *too few*: the
  number of runs in which it found fewer.
* *loss*: the loss of the first formula.
* *counted*: the number of concepts that we count. *read*: the number of formulas found. *false formulas*: the
  number of formulas that match no concept. These three are medians.

The search misses the planet's concepts. The planet's second network is flat except on a few wide orbits with
almost no binding energy. Its loss, the variance within pairs divided by the variance among strangers, rewards
such a network. The planet's own experiment trains four latents at once with another loss, and finds all three
concepts (docs/recovery.md).
""",
    "flows": """
* *off*: the mean cos² between the gradient of a match and the exact velocities; if there are several matches,
  the largest. For a true integral, *off* is 0.
* *found*: the search calls as many formulas a match as there are independent integrals, and *off* is less
  than 1e-5.
* *another*: the search calls a formula a match, but its *off* is larger.
* *too few*: there are fewer matches than integrals. The search calls other formulas close or not complete, or
  gives no answer.
* *known*: the number of independent integrals. *read*: the number of true matches. *close, not complete*: the
  number of other formulas. These three are medians.

**From velocities**, exact or with errors of 1 %, the search finds 20 of 21 integrals, and no wrong formula.
It misses the third integral of the Toda chain. Errors of 5 % change a constant by 1 %, or hide the energy in
systems of four and six inputs.

**Without an integral**, the search does not claim any match from velocities. In 23 of these 48 runs, it gives
a formula and marks it *not complete*: what the formula leaves unexplained is not noise.

**With only 100 states** and four or more inputs, neighbouring states are so far apart that the search cannot
tell noise from a missing part of the formula. This is why the search has two rules. After a formula that is
not complete, no later formula counts as a match. If one formula leaves nothing unexplained, a later formula
that leaves something is not a match.

**From motions** with errors of 1 %, the search finds 14 of 21 integrals. Over all 24 runs on motions with
integrals, it calls five wrong formulas a match. Three of these have a constant that is off by half a per
cent. The other two belong to systems of four and six inputs. A sixth wrong match belongs to two magnets,
which have no integral. The magnets soon stop moving, so few of their states tell us anything. Smaller errors,
of 0.1 %, do not help: the search calls more formulas close or not complete. We get the velocities from local
polynomials, which miss a little of each motion. The search notices that what they miss is not noise.

**Other systems.** We tried 19 systems of ODEBench (sdascoli/odeformer), with 1,200 states each. Five have a
known integral, and the search finds four of these. It misses the ratio (1 - 1.61y)/(1 - 1.61x), which has
poles among the states. None of the other 14 systems gives a match; six give a formula that is not complete.
We also drew a planet's states five times. Each time, the search found angular momentum, energy and a
component of the Laplace-Runge-Lenz vector.
""",
    "products": """
Such laws are typical of physics: each is a sum of a few products, or a function of such products. An answer
that counts as *another* mimics the law with other terms. One reason is that the search compares divisors such
as x + c y before it knows the exact c. If the divisor shares inputs with the products, some wrong divisors
seem as good as the right one. One of the wrong answers is the reciprocal of the law, and has a pole among the
points.
""",
    "symmetries": """
* *found*: dimension and algebra are right. *another*: one of them is wrong. *too few*: we count fewer motions
  than there are.
* *loss*: the largest residual of the motions that we count, divided by the residual by chance. If we count
  none, we take the residual of the best motion.
* *off*: the mean cos² between a motion and the formula's own gradients; the largest over the motions.
* *known*: the true dimension (median). *counted*: the dimension that we count (median). *unseen directions*:
  the number of directions of the inputs that do not change the output (median).

**With a symmetry.** Exact gradients, gradients with errors of 1 % and 3 %, and trained networks give the
right algebra each time. With errors of 10 %, three of ten runs find no motion, and the others are right.

**Without a symmetry.** We find no symmetry in 210 random fields. We find a symmetry in one of 60 networks
trained on shuffled labels. That network is a single layer of 8 neurons, and hardly changes along one
motion. Its residual is no larger than those of networks that have learnt a symmetry (up to 4e-4). After
seeing these runs, we lowered a limit from 5e-4 to 3e-4: it bounds the part of a residual that is not noise.
With the earlier limit, we found a symmetry in two of the 60 networks. Eight more such networks, trained
later, have no symmetry.

**The networks that come with the package**:

| network | its linear symmetries |
| --- | --- |
| interval, both field strengths | so(1,3) |
| 2x2 determinant (on matrices of fixed trace) | sl(2) |
| 3x3 determinant | sl(3) + sl(3) |
| antisymmetric matrices | so(3) |
| spring, ellipse, quadratic form, Gaussian | one motion each |
| the other three forces, planet, both mixed classifiers | none |

These symmetries hold on the data. A classifier is trained near its boundary, and learns the function only
there. So the classifier of gravity has the seven motions of a cone, but its formula has three. The
classifiers of the sine and the exponential have one motion each, but their formulas have none. If you pass
`formula=`, SymPy tries to prove each motion for the formula.
""",
    "space": """
The search may build a missing operator from others. For example, it builds products from sums of logarithms.
If it cannot build the operator, it gives another formula. In four generations, it tries only single terms,
pairs, small bases and one division.
""",
    "domains": """
A formula found for the real labels is a summary of one network. To see what the formula is worth, compare
*formula's fit* with *network's fit*. The rows *planted* show how well this works if there is a law.
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
    return head + "\n\n".join(_section(name, rows[name]) for name in TEXTS) + "\n"


def _false(lines):
    controls = [line for line in lines if line.law is False]
    return f"{sum(line.another for line in controls)} of {sum(line.runs for line in controls)}"


def _section(name, rows):
    study = studies.find(name)
    table = studies.table(rows)._repr_markdown_()
    again = f"`symgrad sweep --study {name} --seeds 0-19` runs this study."
    return f"## {study.title}\n\n{study.question}\n\n{again}\n{TEXTS[name]}\n{table}"


if __name__ == "__main__":
    if sys.argv[1:]:
        ship(sys.argv[1])
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
