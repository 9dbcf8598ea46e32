# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What it can and cannot do: open questions, measured
#
# Every method works on the examples of its authors. Where does this one end? The papers leave that open: their reviewers
# asked about bends that cannot be undone, growth, noise, settings, and other domains. An argument answers none of
# these. A grid does: one thing varies, all else stays, and seeds say how much is chance.
#
# **Goals.** You will read six such grids, predict each before you look, and measure some of their runs again.
#
# | word | meaning here |
# |---|---|
# | study | one question: settings, each run over seeds |
# | floor | the loss of the true concept: what noise leaves to the best formula |
# | control | a field without a law, where each formula is a false discovery |
# | 95 % | interval for the share found, in per cent; with few runs it is wide |
# | close | another formula, whose directions are the concept's to a mean $1-\cos^2$ of 1e-3 |
#
# The rows come with the package, twenty seeds of each setting, fewer where several networks are trained. `symgrad sweep --study folds --seeds 0-19 --jobs 2` makes those of a
# study again. Look at the column *95 %* before you believe a number. The study of several concepts is told in
# `33_several_neurons`.
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0

# %%
from symgrad_widgets import studies

rows = {name: studies.shipped(name) for name in studies.names()}
for name, some in rows.items():
    print(f"{name:9} {len(some):4} runs: {studies.find(name).title}")

# %% [markdown]
# ## A bend that cannot be undone
#
# The neuron is $\varphi(g)$. So far $\varphi$ was growing. Let it fold ($|u|$, $u^2$), saturate ($\tanh 30u$) or wave
# ($\sin 20u$), with $u$ the formula $g$ in units of its spread, half of the points on each side of 0.
# **Predict:** for which of these is $g$ still found? Does a fold or a flat do more harm?

# %%
studies.table(rows["folds"])

# %% [markdown]
# Begin with the exact gradients. By the chain rule $\nabla\varphi(g)=\varphi'(g)\,\nabla g$: a fold turns the arrow round, and
# $1-\cos^2$ does not see that. *same as phi(g)* is the other half of the answer. It is 0 where neuron and formula are
# no monotone functions of each other. So the verdict says "the same concept" of $g$, and "another" of $|g|$: the
# formula is right and the bend is lost. With a neuron of your own, *phi's R²* below 1 is the hint.
#
# Now the same with an error of the gradient that is equally large at all points.

# %%
studies.pictures(rows["folds"])[1]

# %% [markdown]
# Each mark is a run; its shape says what came out. Look at the height first. The fold in $|u|$ costs nothing. Where the
# bend is flat, gradients are short, and the error turns them: saturation, not folding, is what hurts. Above a tenth of
# chance the search gives no formula at all. The cure is to look only where the neuron answers, at the points
# of the largest gradients:

# %%
studies.pictures(rows["folds"])[2]

# %% [markdown]
# ## What a network makes of it
#
# Real errors are a network's. Here small networks are trained on values of $\varphi(u)$, and one thing at a time is made worse.
# **Predict:** which spoils the formula first: noisy labels, few rows, or ReLU?

# %%
studies.table(rows["networks"])

# %% [markdown]
# Compare the columns *network's R²* and *floor*. The first says how well the values are fitted, the second how badly
# the directions are learnt. A network can be excellent in the first and poor in the second: nobody trained it for
# directions. Look at $|u|$: exact gradients did not mind the fold, but a network rounds the corner, and its gradients turn
# there. And look at the smallest network, one layer of 4 neurons. If its *loss* is far below its *floor*, a formula was found
# for what this network has made of the task. It is a true formula of a network that has not learnt the concept.
#
# Saturation, in $\exp$ and $\tanh$, too few neurons, dropout and noise of the inputs cost much. ReLU does little harm: its
# corners lie elsewhere for each neuron, and average out.
#
# ## Noise and few points
#
# Without a network, noise can be dosed. **Predict:** does a formula survive if the mean $1-\cos^2$ of the noise is 0.01?
# Are 20 points enough?

# %%
studies.table(rows["noise"])

# %%
studies.pictures(rows["noise"])[0]

# %% [markdown]
# The loss follows the noise, as it should: no formula explains what is random. The end comes from a rule. Above a tenth
# of what chance gives, no formula is offered. A smooth error is another matter (second group of the table): it looks
# like a law itself, and no number of points averages it out. A part of it may end up in the formula.
#
# The last two groups of the table are controls: fields without a law. Each *another* there is an invented one. Other studies
# have such controls too, and some have networks that were trained on shuffled labels. Count both kinds:

# %%
kinds = {"fields": ("folds", "growth", "noise", "space"), "networks": ("domains", "networks")}
for kind, names in kinds.items():
    lines = [line for name in names for line in studies.lines(rows[name]) if line.law is False]
    false, runs = sum(line.another for line in lines), sum(line.runs for line in lines)
    print(f"{kind} without a law: {false} formulas in {runs} runs")

# %% [markdown]
# Where directions are random no formula is invented. A network that was trained on nonsense is another matter: it has
# learnt nothing and is still some smooth function, at times so simple that a formula describes it. **The
# formula belongs to the network, not to the world.** Directions cannot tell that; the network's fit of rows that it has not
# seen can, and it was that of a guess.
#
# ## Growth
#
# **Predict:** what is harder: a sum of 32 products, or one function inside another?

# %%
studies.table(rows["growth"])

# %%
studies.pictures(rows["growth"])[2]

# %% [markdown]
# Sums cost nothing but an eigenproblem, so many inputs and terms are within reach. Functions in functions are not: look
# at the losses of what is *another* formula there. Some agree with the neuron to eight digits and are wrong, and that
# verdict was possible only because we know the answer. On these data no one could tell.
#
# ## Search space and settings
#
# **Predict:** is it worse to allow too many operators or too few? Too long formulas or too short?

# %%
studies.table(rows["space"])

# %% [markdown]
# Read the group *operators* from top to bottom. What is not needed does little harm, except in seconds. What is needed
# and not allowed must be made of other operators, or is missed.
#
# ## Other domains
#
# Nobody knows a law for the fuel that cars use, or for the shape of an eight. So each table is asked three questions: the
# real one, a planted law on the same inputs, and shuffled labels.

# %%
studies.table(rows["domains"])

# %% [markdown]
# The planted laws say what such a table can give. For the real ones compare *formula's fit* with *network's fit*, both
# on rows that were not trained on: a formula that predicts as well as its network is a good summary of it. It is not a law.
# Here are the formulas of the cars, one for each network:

# %%
for row in rows["domains"]:
    if row["group"] == "cars" and row["setting"] == "real":
        print(f"seed {row['seed']}: {row['formula'] or 'no closed form'}")

# %% [markdown]
# ## Measured again
#
# Are the rows true? Some of them, with the seed of this notebook, made here and now:

# %%
again = studies.planned(
    "folds", [seed], ["the same errors, the tenth of the points with the largest gradients"]
)
again += studies.planned("noise", [seed], ["error of the points, in their spread"])
measured = [studies.measured(run) for run in again]
studies.table(measured[:2])

# %% [markdown]
# ## Exercises
#
# 1. *Predict first:* errors of 3 % were added to $\tanh 3u$. At which share of the points is the formula found again? The
#    grid is in `symgrad_widgets/measuring/studies/grids/folds.py`; add settings to it.
# 2. Write a study of your own: copy a file of that folder, change what varies, and run `symgrad sweep --study` with its name.
# 3. A setting was found in 3 of 3 runs, another in 14 of 20. Which would you trust, and what does *95 %* say?

# %% [markdown]
# The last cell checks what this notebook claims: a run made again gives the row that is stored, and exact gradients do
# not mind a fold.

# %%
stored = {studies.key(row): row for some in rows.values() for row in some}
for row in measured:
    known = stored.get(studies.key(row))
    assert known is None or row["outcome"] == known["outcome"], (row, known)
exact = [line for line in studies.lines(rows["folds"]) if line.group == "exact gradients"]
assert all(line.found == line.runs for line in exact if line.setting in {"u", "|u|", "u²"}), exact
