# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A gallery of the widgets
#
# Click, drag and type in each view, or control the view from a cell. This notebook shows each view separately, with the
# most useful code.
#
# **20 minutes.** First read [Start here](../00_start_here.ipynb). All notebooks: [index](index.ipynb). [The
# playground](../playground.ipynb) has all views on one page, linked to each other.
#
# | word | meaning here |
# |---|---|
# | neuron | one number that a layer computes from the inputs |
# | gradient field | at each point, the direction in which the neuron grows fastest |
# | candidate | a formula that the neuron might have learnt |
# | front | the candidates for which no simpler candidate has a lower loss |
# | $\varphi$ (phi) | the function that bends the formula into the neuron |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # time limit for a search, in seconds

# %%
import symgrad_widgets as sg
from symgrad_widgets import plots

# %% [markdown]
# The weights of each experiment come with the package.

# %%
run = sg.experiments["oscillator"].pretrained()
run

# %% [markdown]
# ## NeuronPicker: the neurons of a network
#
# You see a block for each layer and a dot for each neuron. Click a neuron, or move with the arrow keys; hold Shift to
# choose several. Next to the network, you see the chosen neuron over the data. The picker takes any `torch.nn.Module`,
# and some input points.

# %%
picker = sg.NeuronPicker(run.model, run.x, names=run.names)
picker

# %% [markdown]
# In Python, choose a neuron of a layer, or of the output (`None`), and get its gradient field. With the colour
# `"alignment"`, a strong dot is a neuron whose gradients are close to your formula's gradients.

# %%
picker.formula = "x**2 + v**2"
picker.colour_by = "alignment"  # or "activation", "gradient"
picker.choose(None, 0)  # neuron 0 of the output
picker.observe(lambda change: print("chosen:", picker.layer, change.new), "neurons")
field = picker.field

# %% [markdown]
# ## FieldView: the directions of the gradient
#
# You see arrows over two of the inputs. If you add a candidate, the colour of each arrow shows the angle to the
# candidate's direction. This network has learnt from 2×2 matrices: there are four inputs, and you choose two.

# %%
matrices = sg.experiments["determinant2"].pretrained()
matrix_field = sg.gradient_field(matrices.model, matrices.x, names=matrices.names)
view = sg.FieldView(matrix_field, "x1*x4 - x2*x3", inputs=("x1", "x4"))
view

# %% [markdown]
# The other inputs are projected away. A **slice** keeps only points near chosen values of these inputs, and shows level
# lines of the candidate. `worst` lists the points where the candidate is most wrong.

# %%
view.slice, view.band = {"x2": 0.5, "x3": 0.5}, 0.7
view.overlay, view.levels, view.worst = True, 8, 3
view.candidate = "x1*x4"  # half of the answer: look at the colours
print(view.words)

# %% [markdown]
# ## SearchStepper: the search, one generation at a time
#
# Press **Step**, **Play**, **Pause**, **Stop** or **Back**, or **Go to** a generation. Each point is a formula of the
# front. Click a point, or its row, to select it.

# %%
stepper = sg.SearchStepper(sg.Search(field, random_state=seed), guesses=[sg.score(field, "x*v")])
stepper

# %%
stepper.step()  # the same as the button
stepper.goto(3)  # forward or back, with the same result whenever you do it
state = stepper.run(generations=6, seconds=budget)
stepper.selected = state.front[0]  # the simplest formula, whatever its loss
stepper.selected = state.best
state

# %% [markdown]
# ## PhiView: how the formula is bent into the neuron
#
# Each dot is a point of the data. The horizontal axis is the formula's value; the vertical axis is the neuron's. If the
# formula is the concept, the dots lie on one curve, $\varphi$, that only rises or only falls. The second picture shows
# what the curve does not explain.

# %%
phiview = sg.PhiView(field, state.best)
phiview

# %%
phi = phiview.phi
print(
    f"phi explains {phi.r2:.2%} of the variance; monotonicity {phi.monotonicity:.3f}, -1 for a falling curve"
)
phiview.candidate = "x**2"  # a cloud: no function of x**2 gives the neuron
phiview.candidate = state.best

# %% [markdown]
# ## ExpressionView: a formula, and a box for yours
#
# You see the formula, its tree, and buttons that copy the formula. In class, set `hidden` first: then the view hides
# the machine's answer until somebody has typed a guess.

# %%
expression = sg.ExpressionView(field, state.best)
expression

# %%
expression.hidden = True  # until somebody types a guess
expression.guess = "x**2 + 2*v**2"  # a guess assigned in a cell shows only its own angle
print(f"loss of the guess {expression.guess.loss:.3f}, of the answer {state.best.loss:.2g}")

# %% [markdown]
# ## TrainingMonitor: watch a network learn
#
# Press **Train**; **Stop** keeps the best weights so far. Afterwards, you see a plot of the neuron against the true
# concept, and the floor, which says how far the network is from this concept. The training itself does not use the
# concept.

# %%
monitor = sg.TrainingMonitor(sg.experiments["oscillator"], seed=seed, epochs=8, count=10_000)
monitor

# %%
short = monitor.train()  # waits for the end; monitor.start() and monitor.stop() do not
print(f"floor {short.floor:.1e} after 8 epochs, {run.floor:.1e} after full training")

# %% [markdown]
# ## ExperimentChooser: which experiment, which seed
#
# This view is a monitor with a list of experiments above it. It starts with the weights of the package if there are
# any. Other views can observe its `run`.

# %%
chooser = sg.ExperimentChooser("oscillator")
chooser

# %%
chooser.observe(lambda change: print("now:", change.new), "run")
chooser.experiment = "kepler"
chooser.run.experiment.names

# %% [markdown]
# ## Panel: any picture of the library
#
# The functions of `symgrad_widgets.plots` return pictures. A panel shows a picture on the page, and can replace it with
# another picture.

# %%
panel = sg.Panel(plots.history_picture(run.history))
panel

# %%
panel.show(plots.plane_picture(field.points, field.values, field.names, what="neuron"))
panel.words

# %% [markdown]
# ## Recap
#
# - Every view takes plain objects: a network with its points, a field, a search, a formula.
# - What you can click, you can also set, observe and read in code. A wrong value raises an error, and changes nothing.
# - `view.words` describes a view, for readers who cannot see it, or for a page without a kernel.
#
# Go on with [the playground](../playground.ipynb).
#
# ## Try it
#
# 1. *Predict first:* which neurons of the picker will be strongest by `"alignment"`, those of the first layer or of the
#    last? Then look.
# 2. Give the `FieldView` the slice `{"x2": 0, "x3": 0}`. Why is `x1*x4` suddenly right?
# 3. Guess `exp(x**2 + v**2)` in the `ExpressionView`. Why does this guess have the same loss as `x**2 + v**2`?
#
# The last cell checks what this notebook claims.

# %%
assert sg.verify(state.best.expression, "x**2 + v**2", field=field).same
assert stepper.goto(3).front == sg.Search(field, random_state=seed).goto(3).front
assert "near the slice x2 = 0.5" in view.words
assert abs(phiview.phi.monotonicity) > 0.99
assert expression.guesses[0].loss > 100 * state.best.loss
assert short.floor < 0.1
assert chooser.run.experiment.slug == "kepler"
