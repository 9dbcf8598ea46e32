# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The 3x3 determinant: no part of the formula helps by itself
#
# The determinant is a polynomial in nine inputs. It correlates with no input, and with no product of two inputs. So a
# network has no starting point. How can it learn the determinant at all?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["determinant3"]
data = exp.sample(20_000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names, inputs=(0, 4), limit=60))

# %% [markdown]
# **25 minutes.** First read [nine inputs](03_trace3.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** see training that does not start, find out how to start it, and watch a long formula appear all at once.
#
# **What people think first:** half the formula brings you half the way.
#
# | word | meaning here |
# |---|---|
# | anchor, positive | two matrices with the same determinant, and nothing else in common |
# | chance | the loss of a network that knows nothing about what partners share |
# | variance within pairs | how much the neuron's value differs between partners; 1 means as much as between strangers |
# | floor | the loss of the true concept, which shows how imperfect the network is |
# | front | the formulas for which no simpler formula has a lower loss |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the network here; False: take the weights that come with the package
variant = "default"
budget = 20  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
import numpy as np

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data
#
# Entries lie between $-1$ and 1. The positive is a second random matrix, scaled to the anchor's determinant. If a
# pair has an entry beyond 2, we draw another pair. You see no pattern, whichever two inputs you plot. Is there a
# hidden pattern?

# %%
largest = sg.Question(
    "How large is the largest correlation of the determinant with one input, or with a product of two?",
    hidden=guess_first,
)
largest

# %%
x, volume = data.anchor, np.linalg.det(data.anchor.reshape(-1, 3, 3))
i, j = np.triu_indices(9)
single = [np.corrcoef(volume, x[:, k])[0, 1] for k in range(9)]
double = [np.corrcoef(volume, x[:, a] * x[:, b])[0, 1] for a, b in zip(i, j, strict=True)]
sg.Answer(largest, f"with one input {max(np.abs(single)):.3f}, with a product {max(np.abs(double)):.3f}")

# %% [markdown]
# Chance alone gives about 0.02. So there is no correlation, and nothing rewards a network for its first steps.
#
# ## Training that does not start
#
# Most experiments train with the loss `contrast`, which is low if partners are closer than strangers. Here are six
# epochs with `contrast`, and six with another loss, `ratio`, from the same weights:

# %%
for loss in ("contrast", "ratio"):
    trial = exp.train(seed=seed, variant=variant, loss=loss, epochs=6, refined=0.0, progress=False)
    print(f"{loss:>8}: {np.round(trial.history['validation'], 2)}, within pairs {trial.within[0]:.3f}")

# %% [markdown]
# Each row shows the validation loss after each epoch. The two losses have different scales. The first hardly changes.
# In the second row, the variance within pairs falls to about a hundredth.
#
# `ratio` minimises the variance within pairs, divided by the total variance. For the *last layer*, there is an exact
# solution, an eigenvector, which the training uses at each step. So the last layer uses even the faintest sign of the
# determinant in the hidden neurons, and the other layers get a gradient to follow.
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
# By chance, the loss is 0. It is a natural logarithm of a variance, so a step down by 2.3 leaves a tenth of the
# variance within pairs. The dashed curve, for new pairs, ends far above $-13$, the value for the trace of a 3x3
# matrix. The network is good, but not exact.
#
# ## Your guess
#
# You probably know the determinant. But do you know how good its *parts* are? With nine inputs, a random guess has a
# loss of 8/9.

# %%
field = sg.gradient_field(run.model, run.x, names=run.names)
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "x1*x5*x9")
print(f"loss of x1*x5*x9: {example.loss:.3f}, chance {8 / 9:.3f}")

# %% [markdown]
# The product of the diagonal is hardly better than chance. Its loss cannot tell you whether you are on the right track.
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example])))

# %% [markdown]
# The front falls slowly for a long time, and then drops off a cliff. With all products but one, the loss is still
# 0.17. The last product makes it more than five hundred times smaller.
#
# You cannot climb down this front step by step. The search starts from the other end, with all 219 products of up to
# three inputs. It solves for their coefficients, removes the product that matters least, and solves again.

# %%
sg.Answer(box, "\n".join(f"{found.loss:.4f}  {found.expression}" for found in search.front))

# %% [markdown]
# Are the coefficients really 1? Give one product more weight:

# %%
lines = []
for weight in (1, 1.02, 1.1):
    off = f"{weight}*x1*x5*x9 - x1*x6*x8 - x2*x4*x9 + x2*x6*x7 + x3*x4*x8 - x3*x5*x7"
    lines.append(f"{weight:<5} {sg.score(field, off).loss:.6f}")
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# You can see a change of two per cent. The network found by itself that the six products count equally.
#
# ## Formula, bend and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %%
sg.Answer(box, sg.PhiView(field, result))

# %% [markdown]
# The curve has a little width: this network is about one degree off the formula. The formula is true, but the network
# is imperfect.
#
# ## What the paper got
#
# An earlier version of the paper (arXiv 2409.05305) names this experiment, but shows no figure of it. So there is no
# published front.

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Among the matrices with $x_5x_9 > x_6x_8$, which input correlates with the determinant? Give its number, 1 to 9.
# 2. How many products does the determinant of a 4x4 matrix have?

# %%
loudest = ...  # exercise 1: a number from 1 to 9
some = x[:, 4] * x[:, 8] > x[:, 5] * x[:, 7]
sizes = [abs(np.corrcoef(volume[some], x[some, k])[0, 1]) for k in range(9)]
sg.check_answer(loudest, 1 + int(np.argmax(sizes)), within=0)

# %%
four = ...  # exercise 2: a whole number
sg.check_answer(four, np.prod(np.arange(1, 5)), within=0)

# %% [markdown]
# **You can now** explain why some formulas cannot be found in small steps. Go on with [two concepts in two
# neurons](../physics/06_fieldstrength.ipynb), or with [a classifier](../classifiers/14_classifier.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-3, run.floor
assert result.best.loss < 1e-3, result.best
assert result.best.complexity <= 35, result.best
assert max(np.abs([*single, *double])) < 0.05
assert trial.within < 0.05, trial.within

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
loudest = 1
assert sg.check_answer(loudest, 1 + int(np.argmax(sizes)), within=0)
four = 24
assert sg.check_answer(four, np.prod(np.arange(1, 5)), within=0)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. $x_1$, with a correlation of about 0.44: its factor in the determinant is $x_5x_9 - x_6x_8$, which is positive for
#    these matrices. Over all matrices, the factor is negative just as often, and the correlation vanishes.
# 2. 24, out of 4,844 monomials in sixteen inputs with at most four factors.
#
# <!-- END SOLUTION -->
