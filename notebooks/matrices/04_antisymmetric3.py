# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Antisymmetric matrices: true on the data
#
# A spinning top has an axis and a speed. Three numbers hold both, and in mechanics they are often written as a
# matrix with $A^T = -A$: zeros on the diagonal, each entry below it minus its mirror image. Look at the same top
# from another side, and the matrix becomes $QAQ^T$ with a rotation (or reflection) $Q$. The axis turns; the speed
# does not. A network sees pairs of such matrices as rows of nine numbers.
#
# **Goals.** You will find a formula, hold it against two others that look nothing like it, and prove that all
# three are one - on the data, and nowhere else. You will learn to say what a verdict rests on.
#
# | word | meaning here |
# |---|---|
# | antisymmetric | $A^T=-A$; rows of $x_1 \dots x_9$, so $x_4 = -x_2$, $x_1 = 0$ and so on |
# | constraint | an equation that holds at every point of the data: here there are six |
# | on the data | true wherever the constraints are; elsewhere anything may happen |
# | floor | loss of the true concept: how imperfect the network is |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # seconds the search may take at most

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget)

# %% [markdown]
# ## The rule and the data
#
# The three entries above the diagonal are drawn from a bell curve, the rest follows. The positive is $QAQ^T$,
# with $Q$ any rotation or reflection, all equally likely.

# %%
exp = sg.experiments["antisymmetric3"]
data = exp.sample(2000, seed=seed, variant=variant)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(1, 3), limit=60))

# %% [markdown]
# A line again, as for the matrices of trace 5 (notebook 02): $x_4 = -x_2$ for each and every matrix. Over $x_2$ and
# $x_3$ the data are free:

# %%
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(1, 2), limit=60))

# %% [markdown]
# Partners lie in all directions from each other, near or far from the middle. The third number is not on show:
# its share may grow when the other two shrink.
#
# ## Training

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
run

# %% [markdown]
# Zero would be chance: partners as different as strangers. Each step down by 2.3 means ten times less of the
# neuron's variance within pairs. Why do the curves lie so far apart? In training the last layer is solved for anew
# on each batch, so the full curve is low at once. The dashed one tries the latest such solution on other pairs,
# and comes down when the steps become small.
#
# ## The gradient field

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
print(field)

# %% [markdown]
# Nine inputs, three dimensions: six equations hold on the data, and the library saw it in the points alone. Only
# the part of the gradient along those three dimensions is kept.

# %%
sg.FieldView(field, inputs=("x2", "x3"))

# %% [markdown]
# All arrows run away from the middle, or all towards it; those with a large part in the third number look short.
# **Predict:** what stays the same when you go across the arrows?
#
# ## A guess of your own
#
# **Type a formula into the box before you read on.** You may use any of the nine names, but three would do.
# Its loss is the mean of $1-\cos^2\theta$ between the two gradients; chance gives 2/3.

# %%
box = sg.ExpressionView(field, hidden=True)
box.guess = "x2 + x3 + x6"  # the same as typing it
box

# %% [markdown]
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper

# %%
stepper.run(seconds=budget).best

# %% [markdown]
# The square of the speed of the top. Of each pair of mirror images, such as $x_3$ and $x_7$, the search takes one
# or the other: on the data the choice is free.
#
# ## Three formulas that look different
#
# The paper published another one, $x_8x_6+x_4x_2+x_3x_7$. And the textbook knows the concept as the sum of the
# principal minors, which is an invariant of every 3x3 matrix and has six products:

# %%
paper = "x8*x6 + x4*x2 + x3*x7"
textbook = exp.concepts[0]
textbook

# %%
for formula in (search.best.expression, paper, textbook):
    print(f"{sg.score(field, formula).loss:.4e}  {formula}")

# %% [markdown]
# The same loss to the last digit shown. That is no accident, and no proof either: a loss is a number at some points.
# So ask for a proof. First without telling what the data are:

# %%
print(sg.verify(paper, textbook))

# %% [markdown]
# Quite right: for a matrix with entries on the diagonal the two are different functions. Now say what holds:

# %%
for equation in exp.constraints:
    print(equation.lhs, "=", equation.rhs)
print(sg.verify(paper, textbook, constraints=exp.constraints))

# %% [markdown]
# Proved, and the verdict names the equations that it rests on. For data of your own you may not know them. Then
# `verify` takes the field, finds the directions in which its points extend, and reads the equations off:

# %%
print(sg.verify(paper, textbook, field=field))

# %% [markdown]
# ## True on the data
#
# **Predict** which of these are the same concept, on the data, before you run the cell:

# %%
claims = ["x2**2 + x3**2 + x6**2 + 5*x1", "sqrt(x2**2 + x7**2 - x6*x8)", "x2**2 + x3**2 + x6**2 + x2*x4"]
verdicts = [sg.verify(claim, textbook, constraints=exp.constraints) for claim in claims]
for claim, verdict in zip(claims, verdicts, strict=True):
    print(f"{verdict.how:<10} {claim}")

# %% [markdown]
# $5x_1$ is five times zero, and the square root is a bend. But $x_2x_4$ is $-x_2^2$ here: the third formula has lost
# $x_2$, and with it the concept.
#
# Which of all these did the network learn? The question has no answer. It was shown three dimensions of nine, and
# on those they are one function. Off them it was never told anything.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, constraints=exp.constraints, seconds=budget)
result

# %%
box.candidate = result
box

# %%
sg.PhiView(field, result)

# %% [markdown]
# One thin curve over the whole range: the neuron is a copy of the squared speed, hardly bent.
#
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-04) reports $x_8x_6+(x_4x_2+x_3x_7)$, complexity 11, true on the data,
# with a mean squared difference of unit gradients of 2.7e-3. It compared all nine components, so the arbitrary
# ones counted as well. All of its front, measured on *our* neuron along the data:

# %%
published = plots.published_front(exp.id, field)
sg.Panel(plots.front_picture(search.front, search.best, guesses=box.guesses, published=published))

# %%
report = sg.record(result, run)

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* what is the loss of `x2**2 + x3**2`? Think of a random direction in space and the part of it
#    that points along one axis.
# 2. Tell `sg.verify(paper, textbook, field=field, constraints=["x1 = 1"])` something that is not so. What happens?
# 3. Which constraints does the proof of the paper's formula need? And that of the search's? Leave some out.
# 4. Write the concept in $x_4$, $x_7$ and $x_8$ alone, as the text `mirror`. Is there one in $x_1$, $x_5$ and $x_9$?

# %% [markdown]
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
#
# Exercise 4 in code, with its check; then all in words.

# %%
# Exercise 4: `mirror`, the concept as a text in x4, x7 and x8 alone
### BEGIN SOLUTION
mirror = "x4**2 + x7**2 + x8**2"
### END SOLUTION

# %%
same = sg.verify(mirror, textbook, constraints=exp.constraints)
assert same, f"{mirror}: {same}"
assert not any(name in mirror for name in ("x1", "x2", "x3", "x5", "x6", "x9")), f"other inputs in {mirror}"

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 1/3: of a random direction in space the part along one axis has a third of the squared length.
# 2. An error that says by how much the two sides differ at the field's points. A false equation proves anything.
# 3. The paper's needs $x_1=0$ and $x_5=0$: with these the sum of the principal minors is minus the paper's formula (the
#    products with $x_9$ go as well). That of the search needs the mirror images too.
# 4. Each square may be taken from below the diagonal. In the diagonal there is nothing but zeros.
#
# <!-- END SOLUTION -->
