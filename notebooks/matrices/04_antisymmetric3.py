# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Antisymmetric matrices: a formula can be true on the data only
#
# A spinning top has an axis and a speed. In mechanics, you can write both as one matrix with $A^T = -A$. From another
# viewpoint, the matrix becomes $QAQ^T$: the axis turns. A network saw pairs of these matrices, nine numbers each. What
# stays the same?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["antisymmetric3"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(1, 2), limit=60))

# %% [markdown]
# **20 minutes.** First read [data on a surface](02_determinant2.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** compare a formula with two others that look very different, and prove that all three are the same on the
# data, but nowhere else.
#
# **What people think first:** two formulas that look different are different.
#
# | word | meaning here |
# |---|---|
# | antisymmetric | $A^T=-A$; the entries, row by row, are $x_1 \dots x_9$, so $x_4 = -x_2$, $x_1 = 0$ and so on |
# | constraint | an equation that holds at every point of the data; here there are six |
# | on the data | true wherever the constraints hold, but not necessarily elsewhere |
# | floor | the loss of the true concept, which shows how imperfect the network is |
# | the paper | arXiv 2409.05305, whose experiment this notebook repeats |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# The three entries above the diagonal are drawn from a bell curve, and determine the other entries. $Q$ is any
# rotation or reflection. In the picture above, the data fill the plane. With $x_2$ and $x_4$, they lie on
# a line:

# %%
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(1, 3), limit=60))

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# By chance, the loss would be zero: partners would be as different as any two matrices. The loss is a natural
# logarithm of a variance, so a step down by 2.3 leaves a tenth of the variance within pairs. The solid curve is
# lower, because training fits the last layer anew to each batch.
#
# ## The gradient field

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
print(field)

# %% [markdown]
# There are nine inputs but only three dimensions, so six equations hold on the data. The library found these equations
# from the points alone.

# %%
sg.FieldView(field, inputs=("x2", "x3"))

# %% [markdown]
# ## Your guess
#
# All arrows point away from the middle, or all towards it. What stays the same if you move at right angles to the
# arrows? You can use any of the nine names. A random guess has a loss of 2/3.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# ## The search, step by step

# %%
example = sg.score(field, "x2 + x3 + x6")
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
result = sg.interpret(search, concept=exp.concepts, constraints=exp.constraints, seconds=budget)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# The formula is the square of the top's speed. From each pair of mirror images, such as $x_3$ and $x_7$, the search
# takes either input: on the data, both choices are equally good.
#
# </details>
#
# ## Three formulas that look different
#
# The paper published another formula. Textbooks have a third formula: the sum of the principal minors, an invariant of
# every 3x3 matrix:

# %%
paper = "x8*x6 + x4*x2 + x3*x7"
textbook = exp.concepts[0]
formulas = (search.best.expression, paper, textbook)
sg.Answer(box, "\n".join(f"{sg.score(field, formula).loss:.4e}  {formula}" for formula in formulas))

# %% [markdown]
# All three formulas have the same loss, to the last digit. This is no accident, but no proof either: a loss is measured
# only at some points. So ask for a proof. First, say nothing about the data:

# %%
print(sg.verify(paper, textbook))

# %% [markdown]
# The verdict is right: the two formulas differ for a matrix with nonzero entries on the diagonal. Now add the
# constraints:

# %%
for equation in exp.constraints:
    print(equation.lhs, "=", equation.rhs)
print(sg.verify(paper, textbook, constraints=exp.constraints))

# %% [markdown]
# Now the formulas are proved equal, and the verdict names the equations. If you do not know the equations of your own
# data, pass the field to `verify`, which finds the equations from the points:

# %%
print(sg.verify(paper, textbook, field=field))

# %% [markdown]
# ## True on the data?
#
# Here are three more formulas: $x_2^2 + x_3^2 + x_6^2 + 5x_1$, $\sqrt{x_2^2 + x_7^2 - x_6x_8}$, and
# $x_2^2 + x_3^2 + x_6^2 + x_2x_4$.

# %%
which = sg.Question("Which of the three formulas are the same concept on the data?", hidden=guess_first)
which

# %%
claims = ["x2**2 + x3**2 + x6**2 + 5*x1", "sqrt(x2**2 + x7**2 - x6*x8)", "x2**2 + x3**2 + x6**2 + x2*x4"]
verdicts = [sg.verify(claim, textbook, constraints=exp.constraints) for claim in claims]
rows = zip(claims, verdicts, strict=True)
sg.Answer(which, "\n".join(f"{verdict.how:<10} {claim}" for claim, verdict in rows))

# %% [markdown]
# <details><summary>Answer</summary>
#
# The first two are the same concept. $5x_1$ is five times zero, and the square root is only a bend. But $x_2x_4$ is
# $-x_2^2$ here, so the third formula has lost $x_2$.
#
# </details>
#
# Which of these formulas did the network learn? The question has no answer. The network saw only three of nine
# dimensions, and in these dimensions the formulas are one function.

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-04) reports $x_8x_6+(x_4x_2+x_3x_7)$ (complexity 11). The formula is true
# on the data; its unit gradients differ from the neuron's by 2.7e-3 (mean square). The paper compared all nine
# components, even those that the data do not determine.

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. What is the loss of `x2**2 + x3**2`? Think of a random direction in space, and of its part along one axis.
# 2. Write the concept in terms of $x_4$, $x_7$ and $x_8$ only.

# %%
two = ...  # exercise 1: a number
sg.check_answer(two, sg.score(field, "x2**2 + x3**2").loss, within=0.1)

# %%
mirror = ...  # exercise 2: a string
foreign = ("x1", "x2", "x3", "x5", "x6", "x9")
sg.check_answer(
    mirror,
    lambda text: (
        not any(name in text for name in foreign) and sg.verify(text, textbook, constraints=exp.constraints)
    ),
)

# %% [markdown]
# **You can now** prove formulas equal on the data. Go on with [more inputs than you can draw](03_trace3.ipynb), or with
# [two concepts in two neurons](../physics/06_fieldstrength.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 11, result.best
assert field.dimension == 3
assert [verdict.same for verdict in verdicts] == [True, True, False], verdicts
assert not sg.verify(paper, textbook)
assert sg.verify(paper, textbook, field=field).how == "proved"

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
two = 1 / 3
assert sg.check_answer(two, sg.score(field, "x2**2 + x3**2").loss, within=0.1)
mirror = "x4**2 + x7**2 + x8**2"
assert sg.check_answer(mirror, lambda text: sg.verify(text, textbook, constraints=exp.constraints))
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 1/3: on average, the part of a random direction along one axis has a third of the squared length.
# 2. $x_4^2 + x_7^2 + x_8^2$: you can take each square from below the diagonal.
#
# <!-- END SOLUTION -->
