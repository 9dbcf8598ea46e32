# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Splicing: does the network need what the formula says?
#
# If the gradients agree, neuron and formula contain the same information. But can the formula do the neuron's work?
# Like a surgeon, take the neuron out and put the formula in. What happens?

# %%
import symgrad_widgets as sg

ellipse = sg.experiments["ellipse"]
shipped = ellipse.pretrained()
sg.FieldView(sg.gradient_field(shipped.model, shipped.x, names=shipped.names))

# %% [markdown]
# **30 minutes.** First read [yes or no](../classifiers/14_classifier.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** replace neurons by right and wrong formulas, measure how much the task suffers, and meet a
# formula that has all the right directions and still ruins the network.
#
# **What people think first:** a formula with the right directions can replace the neuron.
#
# | word | meaning here |
# |---|---|
# | splice | to put $\varphi$(formula) in place of a neuron, in a copy of the network |
# | mean ablation | to fix the neuron at its mean; this shows how much the network's task depends on the neuron |
# | shuffled | each point gets the neuron's value at another point |
# | recovered | the fraction of the neuron's contribution to the task that the formula makes: 100 % means all of it |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
retrain = False  # True: train the networks here; False: take the weights that come with the package
budget = 10  # time limit for each search, in seconds
guess_first = True  # False: show every answer at once

# %% [markdown]
# ## A classifier
#
# Each point in a square has a label: inside or outside a region. The last neuron is the logit: above zero, the
# network says "outside". Read this neuron.

# %%
region = sg.Question("Which region's boundary do the arrows above cross?", hidden=guess_first)
region

# %%
run = ellipse.train(seed=seed, progress=False) if retrain else ellipse.pretrained()
logit = sg.gradient_field(run.model, run.x, names=run.names)
result = sg.interpret(
    run.model, run.x, names=run.names, concept=ellipse.concepts, seconds=budget, generations=6
)
sg.Answer(region, result)

# %% [markdown]
# Now put the formula in, with the $\varphi$ that was fitted to it. The loss is the cross-entropy on new points.

# %%
effects = {"true": result.splice(run.model).effect(run.loss)}
effects["true"]

# %% [markdown]
# Nothing is lost. With the neuron at its mean, the loss is as high as for tossing a coin, $\log 2 \approx 0.69$
# (natural logarithm), or higher if the mean of the logits is not zero. With shuffled values, the network is confident
# and wrong. The lower of these two losses counts as *recovered* 0 %.
#
# ## Wrong formulas
#
# Is this a good test? Wrong formulas must fail it. Each wrong formula gets the best possible monotone $\varphi$.

# %%
worth = sg.Question(
    "What percentage will a circle recover, and what percentage a single input?", hidden=guess_first
)
worth

# %%
planted = {"circle": "x1**2 + x2**2", "one input": "x1**2", "product": "x1*x2"}
lines = []
for name, formula in planted.items():
    wrong = result.with_formula(formula, logit)
    effects[name] = wrong.splice(run.model).effect(run.loss)
    lines.append(f"{name:10} loss of directions {wrong.best.loss:.2g}, {effects[name]}")
sg.Answer(worth, "\n".join(lines))

# %% [markdown]
# The circle recovers something, because points far out are outside both curves. With seed 0, it recovers two fifths,
# although its directions are off by only 14 degrees. The other formulas are hardly better than tossing a coin.
#
# ## Right directions everywhere, and yet useless
#
# Fold the formula: subtract the threshold, and square, $(x_1^2 + 2 x_2^2 - 1)^2$. The new gradient is the old
# gradient times a number: the same line at every point.

# %%
fold = sg.Question("What percentage will this formula recover?", hidden=guess_first)
fold

# %%
folded = result.with_formula("(x1**2 + 2*x2**2 - 1)**2", logit)
effects["folded"] = folded.splice(run.model).effect(run.loss)
compared = f"loss of directions {folded.best.loss:.2g}, of the formula itself {result.best.loss:.2g}"
sg.Answer(fold, f"{compared}\n{effects['folded']}")

# %% [markdown]
# The folded formula has equally good directions, but is worse than a neuron fixed at its mean. Plot the neuron
# against this formula to see why:

# %%
sg.Answer(fold, sg.PhiView(logit, folded))

# %% [markdown]
# There are two branches instead of one curve. A point just inside and a point just outside get the same value, and no
# $\varphi$ can separate the two. So look at three things together: directions, $\varphi$, and the task.
#
# ## A network of pairs
#
# The oscillator's neuron has learnt to have equal values on one orbit, and different values on different orbits. The
# loss is the natural logarithm of a ratio of squared distances: if the loss falls by 2.3, the ratio falls tenfold.

# %%
spring = sg.experiments["oscillator"]
run2 = spring.train(seed=seed, progress=False) if retrain else spring.pretrained()
field = sg.gradient_field(run2.model, run2.x, names=run2.names)
result2 = sg.interpret(run2.model, run2.x, names=run2.names, concept=spring.concepts, seconds=budget)
effects["energy"] = result2.splice(run2.model).effect(run2.loss)
result2.best, effects["energy"]

# %% [markdown]
# The energy recovers more than 100 %. The neuron is nearly constant along an orbit, but the energy is exactly constant.
#
# How well will the folded energy do here, $(x^2 + v^2 - 0.7)^2$? And a formula that is only similar, $x^4 + v^2$?

# %%
pairs = sg.Question("Which recovers more: the folded energy or the similar formula?", hidden=guess_first)
pairs

# %%
lines = []
for name, formula in {"folded energy": "(x**2 + v**2 - 0.7)**2", "similar": "x**4 + v**2"}.items():
    wrong = result2.with_formula(formula, field)
    effects[name] = wrong.splice(run2.model).effect(run2.loss)
    lines.append(f"{name:13} loss of directions {wrong.best.loss:.2g}, {effects[name]}")
sg.Answer(pairs, "\n".join(lines))

# %% [markdown]
# Here the fold does well. The square of an invariant is an invariant, and the task hardly requires more. Splicing tests
# a formula *for a task*, and tells you nothing beyond this task.
#
# ## A hidden neuron
#
# `sg.atlas` searches for a formula for each neuron in the classifier's last hidden layer.

# %%
atlas = sg.atlas(run.model, run.x, "silu3", names=run.names, jobs=1, progress=False)
print(atlas, *(f"{row.angle:.2f}°  {row.formula}" for row in atlas.laws[::6]), sep="\n")

# %% [markdown]
# Here is every sixth formula, from best to worst, with its angle to the neuron's gradient. Splice the best formula
# into the network.

# %%
neuron = atlas.laws[0].neuron
inner = sg.interpret(run.model, run.x, "silu3", neuron, names=run.names, seconds=budget, generations=8)
effects["hidden"] = inner.splice(run.model).effect(run.loss)
print("neuron", neuron, inner.best.expression, effects["hidden"], sep="\n")

# %%
hidden = sg.gradient_field(run.model, run.x, "silu3", neuron, names=run.names)
effects["hidden, product"] = inner.with_formula("x1*x2", hidden).splice(run.model).effect(run.loss)
effects["hidden, product"]

# %% [markdown]
# The formula does the neuron's work. But look at the losses, not at the percentage. With the neuron at its mean, the
# loss rises by only a tenth or so, because 31 other neurons do nearly the same work. One hidden neuron is a weak test.
#
# ## All results

# %%
for name, effect in effects.items():
    share = effect.recovered
    print(f"{name:16} {effect.original:8.3f} -> {effect.spliced:8.3f}  recovered {100 * share:6.1f} %")

# %% [markdown]
# ## Exercises
#
# 1. Splice $\sqrt{x_1^2 + 2x_2^2}$ into the classifier. What percentage does it recover?
# 2. Fold the ellipse elsewhere, `(x1**2 + 2*x2**2 - 0.2)**2`. Does it recover more or less than the fold at the
#    boundary?

# %%
root = ...  # exercise 1: per cent
rooted = result.with_formula("sqrt(x1**2 + 2*x2**2)", logit)
sg.check_answer(root, 100 * rooted.splice(run.model).effect(run.loss).recovered, within=0.05)

# %%
elsewhere = ...  # exercise 2: "more" or "less"
inside = result.with_formula("(x1**2 + 2*x2**2 - 0.2)**2", logit)
better = inside.splice(run.model).effect(run.loss).recovered > effects["folded"].recovered
sg.check_answer(elsewhere, "more" if better else "less")

# %% [markdown]
# **You can now** test a formula on the network's own task. Go on with [physical dimensions](35_units.ipynb), or with [doubts about a formula](36_open_questions.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert result2.verdict.same, result2.verdict
assert abs(effects["true"].recovered - 1) < 0.02, effects["true"]
assert min(effects[name].spliced for name in planted) > 3 * effects["true"].original, effects
assert folded.best.loss < 1.1 * result.best.loss + 1e-6, folded.best
assert effects["folded"].recovered < 0, effects["folded"]
assert effects["energy"].recovered > 1 > effects["folded energy"].recovered > effects["similar"].recovered
assert effects["hidden"].recovered > 0.95, effects["hidden"]
assert effects["hidden"].mean < 1.5 * effects["hidden"].original < effects["true"].mean, effects

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
root = 100
assert sg.check_answer(root, 100 * rooted.splice(run.model).effect(run.loss).recovered, within=0.05)
elsewhere = "more"
assert sg.check_answer(elsewhere, "more" if better else "less")
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. 100 %: the root rises with its argument, so $\varphi$ can undo it.
# 2. More, nearly all: this fold confuses only points far inside the boundary, which all have the same label.
#
# <!-- END SOLUTION -->
