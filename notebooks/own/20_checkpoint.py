# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A stranger's checkpoint: what its numbers tell, and what they do not
#
# A file of weights arrives by mail, [with a short message](stranger/message.txt). Nobody remembers what the network was
# for. Can you open the file without danger, rebuild the network, and read what it computes?
#
# **Goals.** You will find layers and neurons in a table of shapes, see what a checkpoint leaves out and how to
# test it, read a neuron as a formula, and use the formula where the network fails.
#
# | word | meaning here |
# |---|---|
# | checkpoint | the numbers of a trained network in a file |
# | state dict | a table from names to arrays of numbers, which is all that a checkpoint should hold |
# | pickle | Python's own format for objects; to load it is to run the program that it contains |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 30  # seconds the search may take at most

# %%
import tempfile
from pathlib import Path

import numpy as np
import sympy as sp
import torch
from safetensors.torch import load_file

import symgrad_widgets as sg
from symgrad_widgets.network import ACTIVATIONS

# %% [markdown]
# ## Only numbers
#
# Safetensors is a format that can hold arrays and short texts, and nothing that runs. This is all that there is:

# %%
path = "stranger/weights.safetensors"
for name, numbers in load_file(path).items():
    print(f"{name:14} {tuple(numbers.shape)}")

# %% [markdown]
# A weight of shape `(24, 3)` turns 3 numbers into 24: a layer with three inputs and 24 neurons. Another has 24 inputs and
# 24 neurons, a third 24 and one. **Predict:** in which order do they stand? The file lists them by the alphabet, so look at the
# shapes: only one order lets each layer take what the one before it gives.
#
# ## What is missing
#
# `sg.from_checkpoint` finds that order. But between two layers stands an activation, and it has no
# weights, so the file does not know it. The message gives three inputs with their outputs. Try all that we have:

# %%
told = torch.tensor([[1.2, 1.5, 1.1], [1.0, 1.0, 1.0], [1.7, 1.3, 1.6]])
answers = np.array([0.6523, 0.4313, 0.9825])
errors = {}
for name in ACTIVATIONS:
    outputs = sg.from_checkpoint(path, activation=name)(told)[:, 0].detach().numpy()
    errors[name] = np.abs(outputs - answers).max()
    print(f"{name:9}", outputs.round(4), f"off by up to {errors[name]:.4f}")

# %% [markdown]
# One of them gives back the message to its last digit, and none of the others comes within 0.1. Without these three lines
# we could only guess; ask for them when somebody sends you a checkpoint.

# %%
activation = min(errors, key=errors.get)
model = sg.from_checkpoint(path, activation)
model

# %% [markdown]
# ## Where to look
#
# The file does not say either on which inputs the network was trained. Elsewhere its output means nothing,
# though it looks like any other. The message says lengths from 1 to 1.8, so we draw points from there.

# %%
x = np.random.default_rng(seed).uniform(1, 1.8, (1000, 3))
picker = sg.NeuronPicker(model, x, names=("a", "b", "c"))
picker.choose("latent", 0)
picker

# %% [markdown]
# Five blocks of neurons, from the first layer to the output, which is chosen. The larger and bluer, the more a neuron
# varies over the points. Click some hidden neurons: many are busy, and no one does it all. We read the output.

# %%
field = picker.field
sg.FieldView(field)

# %% [markdown]
# Two of the three inputs at a time. Arrows point to where the output grows. **Which of the
# three lengths counts most?** Exchange the inputs in the view, and you find that none does: the field looks the same.
#
# ## A guess of your own
#
# It grows with each length. The volume of a box does, too. *Type a better one.*

# %%
box = sg.ExpressionView(field, hidden=True)
box.guess = "a*b*c"
box

# %% [markdown]
# A loss of 0.09, where chance gives 0.67: the directions are roughly those of a product, and clearly not the same.
#
# ## The search

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper.run(seconds=budget)
stepper

# %% [markdown]
# A staircase down to a long formula: each step to the left of it costs a factor of ten or more, and what lies to the
# right gains next to nothing.

# %%
result = sg.interpret(search, seconds=budget)
result

# %% [markdown]
# There is no verdict, because nobody has told us the answer. What we have is evidence: the loss is that of held-out points,
# and a search of random directions comes nowhere near it. Now let SymPy write the formula as a product.

# %%
formula = result.best.expression if result.best else sp.Integer(0)
sp.factor(formula)

# %% [markdown]
# Four factors: the sum of the lengths, and three sums with one sign changed. Each of these vanishes when one length is the
# sum of the two others. Three lengths, and something that vanishes when they lie flat on a line: **what are they?**
#
# The sides of a triangle. Heron of Alexandria, in the first century: the area $A$ obeys
# $16A^2 = (a+b+c)(-a+b+c)(a-b+c)(a+b-c)$. That is our hypothesis, and it can be tested:

# %%
heron = "(a + b + c)*(-a + b + c)*(a - b + c)*(a + b - c)"
verdict = sg.verify(formula, heron, field=field)
print(verdict.message)

# %%
sg.PhiView(field, result)

# %% [markdown]
# The neuron against the formula: a thin curve, and a bent one. The bend is a square root, as the output is the area
# and the formula a multiple of its square. (SymPy may give the formula a minus sign: then the curve falls.)
#
# ## Beyond the stranger's data
#
# A formula is worth more than the weights it came from. Every child knows a triangle of area 6: the sides are 3, 4
# and 5, far outside of the training range. One sixteenth of the formula, rooted, against the network:

# %%
large, small = result.to_numpy()(np.array([[3.0, 4.0, 5.0], [1.0, 1.0, 1.0]]))
by_formula = np.sqrt(large / small * 3) / 4
by_network = model(torch.tensor([[3.0, 4.0, 5.0]])).item()
print(f"triangle 3, 4, 5: the formula gives {by_formula:.3f}, the network {by_network:.3f}")

# %% [markdown]
# (The scale is set by one triangle of known area, with sides 1, 1, 1: a gradient's direction knows no scale.)
#
# ## What is refused
#
# Somebody else sends `torch.save(model)`, the whole object. That is a pickle, a little program, and
# loading it would run whatever its author put in. The library does not, and says what to ask for:

# %%
whole = Path(tempfile.mkdtemp()) / "whole.pt"
torch.save(model, whole)
try:
    sg.from_checkpoint(whole, activation)
except sg.SymgradError as error:
    refusal = str(error)
print(refusal)

# %% [markdown]
# Convolutions, embeddings and normalisation are refused too, as shapes alone do not say how they are wired. Build such a
# network by its author's code, `load_state_dict` the numbers into it, and go on from the picker.
#
# ## Exercises
#
# 1. *Predict first:* how good does the formula look when you draw the points of `x` from 1 to 3? Will the network or the
#    formula be to blame? Not all of these lengths form a triangle.
# 2. Read the file with `activation="silu"`. Does the search find a formula? How would you know that it is worthless?
# 3. Take a neuron of the first hidden layer in the picker. Which formula has it to be, whatever was learnt?
#
# The last cell checks what this notebook claims.

# %%
assert verdict.same, verdict
assert activation == "tanh", errors
assert result.best.loss < 2e-4, result.best
assert abs(by_formula - 6) < 0.05, by_formula
assert abs(by_network - 6) > 1, by_network
assert "pickled code" in refusal
