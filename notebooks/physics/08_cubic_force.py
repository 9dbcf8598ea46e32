# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The stiff spring: a formula that is almost right
#
# If you stretch a real spring far, it gets stiffer than Hooke's law says. Here the force is $-(x+x^3)$. A paper
# published a formula for the quantity that this motion conserves. It looks fine, fits well, and is wrong. Would you
# have noticed?

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

exp = sg.experiments["cubic_force"]
data = exp.sample(2000, seed=0)
sg.Panel(plots.pairs_picture(data.anchor, data.positive, exp.names))

# %% [markdown]
# **25 minutes.** First read [the spring](07_oscillator.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** see how close a wrong formula can come, measure where it fails, and learn to decide between two rivals.
#
# **What people think first:** the loss is low, so the formula is right.
#
# | word | meaning here |
# |---|---|
# | orbit | the snapshots $(x, v)$ that one motion passes through |
# | mimic | a wrong formula whose gradients are nearly those of the right one on the data |
# | gap | loss of the mimic on a perfect network |
# | floor | the loss of the true concept, which shows how imperfect the network is |
# | ReLU, SiLU | two functions inside a neuron: ReLU has a kink, SiLU is smooth |
# | front | the formulas for which no simpler formula has a lower loss |
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
import numpy as np

sg.check_parameters(seed=seed, retrain=retrain, variant=variant, budget=budget, guess_first=guess_first)

# %% [markdown]
# ## The data and the network
#
# Each line above joins two snapshots of one orbit. The orbits of Hooke's spring are circles. These orbits extend
# further in $v$ than in $x$, because the stiff spring stops the mass early.

# %%
round_ones = sg.Question(
    "Which orbits are still nearly circles: the small ones or the large ones?", hidden=guess_first
)
round_ones

# %% [markdown]
# <details><summary>Answer</summary>
#
# The small orbits. Where $x$ is small, $x^3$ is much smaller, and only Hooke's force remains.
#
# </details>

# %%
start = exp if retrain else exp.pretrained(seed=seed, variant=variant)
monitor = sg.TrainingMonitor(start, seed=seed, variant=variant, hidden=True)
monitor

# %%
run = monitor.run or monitor.train()
field = sg.gradient_field(run.model, run.x, names=run.names)
field

# %% [markdown]
# ## Your guess
#
# The loss is the mean of $1-\cos^2\theta$, with $\theta$ the angle between the gradients. Hooke's energy $x^2+v^2$ is
# drawn below. Type a better formula: what does the term $x^3$ in the force add to the energy?

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %%
example = sg.score(field, "x**2 + v**2")
sg.FieldView(field, example, worst=5)

# %% [markdown]
# Near the centre and the axes, the circle is nearly right. Far out, between the axes, it fails. A loss of 0.01 sounds
# small, but the worst points are over 15 degrees off, and lie together. Noise has no shape: something is missing.
#
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[example])
stepper.run(seconds=budget)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
published = plots.published_front(exp.id, field)
sg.Answer(box, sg.Panel(plots.front_picture(search.front, search.best, [example], published)))

# %% [markdown]
# The triangles are published formulas, measured on *our* neuron. Their losses stop at $5\cdot10^{-4}$. Our front falls
# by five more powers of ten. This cliff is the sign of an exact answer.
#
# ## Anatomy of a mimic
#
# The paper chose $v^2 + e^{x^2}$. Expand it: $e^{x^2} = 1 + x^2 + \frac{x^4}{2} + \frac{x^6}{6} + \dots$ Up to the
# fourth power, and apart from the 1, the mimic *is* twice the energy
# $E = \frac{v^2}{2} + \frac{x^2}{2} + \frac{x^4}{4}$. The higher powers are wrong, and matter only at large $x$. So
# look at a strip around the centre, then at a strip half as wide.

# %%
near = np.abs(field.points[:, 0])
for text in ("x**2 + v**2", "exp(x**2) + v**2"):
    wide, narrow = (sg.score(field.take(near < limit), text).loss for limit in (0.6, 0.3))
    print(f"{text:18} |x| < 0.6: {wide:.1e}   |x| < 0.3: {narrow:.1e}   ratio {wide / narrow:.0f}")

# %% [markdown]
# From the wide strip to the narrow one, the circle's loss falls less than 20-fold, the mimic's more than 200-fold. The
# more powers of $x$ agree, the faster the error vanishes towards the centre. Where does the mimic fail?

# %%
sg.FieldView(field, "exp(x**2) + v**2", worst=3)

# %% [markdown]
# Over all data, the gap is $5\cdot10^{-4}$.
#
# ## The floor decides between rivals
#
# The paper used ReLU neurons. A ReLU network is a patchwork of flat pieces, with one gradient on each. We train one.

# %%
rise = sg.Question("Will the floor of the ReLU network lie above or below this gap?", hidden=guess_first)
rise

# %%
relu = exp.train(seed=seed, variant=variant, activation="relu", epochs=20, progress=False)
rough = sg.gradient_field(relu.model, relu.x, names=relu.names)
sg.Answer(rise, f"floor, smooth {run.floor:.1e}, ReLU {relu.floor:.1e}")

# %%
sg.Answer(rise, sg.FieldView(rough, search.best))

# %% [markdown]
# Even the right formula is two or three degrees off. How many flat pieces are there?

# %%
pieces = [len(np.unique(on.gradients.round(6), axis=0)) for on in (field, rough)]
print(f"{len(field)} points, different gradients: smooth {pieces[0]}, ReLU {pieces[1]}")

# %% [markdown]
# Between pieces, the direction jumps. Here are all rivals on both networks, the search's answer last:

# %%
rivals = ["x**2 + v**2", "exp(x**2) + v**2", "v**2 + 4.2/sqrt(cos(x))", search.best.expression]
losses = {str(text): [sg.score(on, text).loss for on in (field, rough)] for text in rivals}
lines = [f"smooth {s:.1e}   ReLU {kinked:.1e}   {text}" for text, (s, kinked) in losses.items()]
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# On the smooth network, the true formula beats the closest mimic by a factor of more than ten thousand. On the ReLU
# network, these two losses differ by a few per cent: for any formula, the kinks cost about $2\cdot10^{-3}$, far more
# than the gap. A longer search does not help; a better network does.
#
# ## Formula and verdict

# %%
result = sg.interpret(search, concept=exp.concepts, seconds=budget)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# The answer contains a completed square: $(x^2+1)^2 = x^4+2x^2+1$. So $v^2 + \frac12(x^2+1)^2 = 2E + \frac12$: the
# energy, up to a factor and an offset, with one symbol fewer than the sum of three terms.
#
# </details>
#
# The verdict on the mimic:

# %%
mimic = sg.verify("exp(x**2) + v**2", exp.concepts[0], field)
print(mimic)

# %% [markdown]
# ## What the paper got
#
# The paper (arXiv 2409.05305, experiment P1-08) reports $x_2^2 + e^{x_1^2}$, complexity 6. Its unit gradients differ
# from the neuron's by 2.0e-3 (mean square), and from the energy's by only 2.6e-4, far below the noise in the paper's
# network.

# %%
sg.record(result, run, box)

# %% [markdown]
# ## Exercises
#
# 1. Does $v^2 + 2\cosh x$ mimic the energy better or worse than the circle? Expand it first.
# 2. Which $a$ and $b$ make $v^2+a\cosh(bx)$ agree with twice the energy up to the fourth power?

# %%
cosh = ...  # exercise 1: "better" or "worse"
circle, other = (sg.score(field, f"v**2 + {text}").loss for text in ("x**2", "2*cosh(x)"))
sg.check_answer(cosh, "better" if other < circle else "worse")

# %%
numbers = ...  # exercise 2: (a, b)
sg.check_answer(numbers, lambda ab: np.allclose([ab[0] * ab[1] ** 2 / 2, ab[0] * ab[1] ** 4 / 24], [1, 0.5]))

# %% [markdown]
# **You can now** test a formula that fits: compare its gap with the floor. Go on with [a formula that knows more than
# its data](09_cosine_force.ipynb), or with [real planets](../own/21_planets.ipynb).
#
# The next cell checks what this notebook claims.

# %%
assert result.verdict.same, result.verdict
assert run.floor < 1e-5, run.floor
assert result.best.loss < 1e-5, result.best
assert result.best.complexity <= 11, result.best
assert mimic.same is False, mimic
assert losses["exp(x**2) + v**2"][0] > 100 * run.floor, losses
assert relu.floor > losses["exp(x**2) + v**2"][0], relu.floor

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
cosh = "better"
assert sg.check_answer(cosh, "better" if other < circle else "worse")
numbers = (1 / 3, np.sqrt(6))
assert sg.check_answer(
    numbers, lambda ab: np.allclose([ab[0] * ab[1] ** 2 / 2, ab[0] * ab[1] ** 4 / 24], [1, 0.5])
)
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. Better: $2\cosh x = 2 + x^2 + x^4/12 + \dots$ contains some of the fourth power that the circle lacks.
# 2. $ab^2/2 = 1$ and $ab^4/24 = 1/2$, so $b=\sqrt6$ and $a=1/3$. This mimic beats $v^2+e^{x^2}$: its term $x^6/10$ is
#    smaller than $x^6/6$. The energy has no such term.
#
# <!-- END SOLUTION -->
