# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Modular addition: a network adds names by trigonometry
#
# A network adds two numbers modulo 59, like a clock with 59 hours. But it never sees numbers: each input is a *token*,
# a name with a row in a table. How can you add names?

# %%
import numpy as np

from symgrad_widgets import plots

hours = np.arange(59) * 2 * np.pi / 59
clock = {"x": np.sin(hours), "y": np.cos(hours)}
marks = (plots.Mark("points", clock, "#2B83C6"),)
plots.Picture("A clock with 59 hours", "sine", "cosine", marks, "59 points on a circle.", equal=True)

# %% [markdown]
# **30 minutes.** First read [a stranger's checkpoint](20_checkpoint.ipynb). All notebooks: [index](../reference/index.ipynb).
#
# **You will** meet the error that tokens cause, take the gradient with respect to the embedding, and choose coordinates
# in which you can read this gradient.
#
# **What people think first:** a network that adds must represent numbers inside.
#
# | word | meaning here |
# |---|---|
# | token | an input that is a name, not a quantity |
# | embedding | a table that gives each token a vector; the network learns this table, too |
# | logit | the network's vote for one answer |
# | frequency $k$ | the wave $\cos(2\pi k n/59)$ over the tokens $n$, and its sine |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # time limit for the search, in seconds
guess_first = True  # False: show every answer at once

# %%
import torch

import symgrad_widgets as sg

# %% [markdown]
# ## The task
#
# There are $59^2$ pairs. The network sees 70 % of the pairs, with their sums. All figures below are for the other
# pairs.

# %%
torch.manual_seed(seed)
p = 59
pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))
sums = pairs.sum(1) % p
seen, unseen = torch.randperm(p * p).split([2436, 1045])

# %% [markdown]
# The network has an embedding with 16 numbers for each token, 64 hidden neurons that square their input, and 59 logits. A. Gromov
# (arXiv 2301.02679) uses squares for this task, because then you can work out the answer on paper.


# %%
class Square(torch.nn.Module):
    def forward(self, x):
        return x**2


embedding = torch.nn.Embedding(p, 16)
hidden, output = torch.nn.Linear(32, 64, bias=False), torch.nn.Linear(64, p, bias=False)
model = torch.nn.Sequential(embedding, torch.nn.Flatten(), hidden, Square(), output)

# %% [markdown]
# Weight decay is strong: it pulls every weight to zero unless the weight lowers the loss.

# %%
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, betas=(0.9, 0.98), weight_decay=1.0)
for _ in range(2000):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(pairs[seen]), sums[seen]).backward()
    optimizer.step()
accuracy = (model(pairs[unseen]).argmax(1) == sums[unseen]).double().mean().item()
print(f"right on {100 * accuracy:.1f} % of the pairs it has never seen")

# %% [markdown]
# So the network has not learnt a table by heart: it can add. How?
#
# ## No gradient with respect to a name

# %%
try:
    sg.gradient_field(model, pairs)
except sg.SymgradError as error:
    print(error)

# %% [markdown]
# You cannot change token 17 *a little*. But you can change its row in the table a little. The argument `wrt` names a
# layer, whose output then counts as the input. This input has $2\times16$ numbers, and no single number has a
# meaning. We need better coordinates.
#
# ## The coordinates
#
# On a clock, the tokens lie on a circle. So use a Fourier transform over the tokens, to see how much of each wave is in
# the table.

# %%
table = embedding.weight.detach().double().numpy()
n, frequencies = np.arange(p), np.arange(1, 30)
waves = np.exp(2j * np.pi * np.outer(frequencies, n) / p)
power = (np.abs(waves @ table) ** 2).sum(axis=1)
power /= power.sum()
strongest = frequencies[np.argsort(-power)]
for k in strongest[:8]:
    print(f"frequency {k:2}: {100 * power[k - 1]:4.1f} %", "#" * round(100 * power[k - 1]))

# %% [markdown]
# A few frequencies carry nearly everything. For each of these frequencies, the table contains a circle: token $n$
# lies at $\cos(wn)\,\mathbf u+\sin(wn)\,\mathbf v$, with $w=2\pi k/59$. So we use the coordinates $c_a=\cos(wa)$,
# $s_a=\sin(wa)$, and the same for $b$. A step along $c_a$ moves the first token's row along $\mathbf u$.
#
# ## The neuron
#
# The 59 logits are votes. As a function of the answer, the votes should form a bump at the right answer, and a bump is
# a sum of waves. Our neuron measures how much of the cosine wave with frequency $k$ the votes contain. The chain rule
# gives the neuron's gradient in our four coordinates.

# %%
a, b = pairs[unseen].numpy().T


def field_of(k):
    cosine, sine = np.cos(2 * np.pi * k * n / p), np.sin(2 * np.pi * k * n / p)
    u, v, wave = 2 / p * cosine @ table, 2 / p * sine @ table, torch.tensor(cosine).float()
    raw = sg.gradient_field(model, pairs[unseen], neuron=lambda logits: logits @ wave, wrt="0", tangent=None)
    of_a, of_b = raw.gradients[:, :16], raw.gradients[:, 16:]
    gradients = np.column_stack([of_a @ u, of_a @ v, of_b @ u, of_b @ v])
    points = np.column_stack([cosine[a], sine[a], cosine[b], sine[b]])
    return sg.GradientField(points, gradients, ("ca", "sa", "cb", "sb"), raw.values, tangent=None)


# %%
field = field_of(strongest[0])
sg.FieldView(field)

# %% [markdown]
# All points lie on a circle. At each place, arrows point in every direction, because they also depend on $b$.
#
# ## Your guess
#
# Which formula in `ca sa cb sb` turns two names into a sum? The product $c_a c_b$ has a loss of about 1/2; by chance,
# it would be 3/4.

# %%
box = sg.ExpressionView(field, hidden=guess_first)
box

# %% [markdown]
# ## The search, step by step

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=[sg.score(field, "ca*cb")])
stepper.run(seconds=budget, generations=8)
stepper.goto(0 if guess_first else search.generation)
stepper

# %%
result = sg.interpret(search, concept="ca*cb - sa*sb", seconds=budget, generations=8)
sg.Answer(box, result)

# %% [markdown]
# <details><summary>What the formula means</summary>
#
# Replace the coefficients by 1 and $-1$, and you get the addition theorem:
# $\cos(wa)\cos(wb)-\sin(wa)\sin(wb)=\cos(w(a+b))$. The network turns names into angles, and adds the angles by school
# trigonometry. The network never computes $a+b$ itself. N. Nanda and others (arXiv 2301.05217) found the same
# identities when they analysed a transformer by hand.
#
# </details>

# %%
theorem = result.with_formula("ca*cb - sa*sb", field)
sg.Answer(box, sg.PhiView(field, theorem))

# %% [markdown]
# Each column of dots is one value of the cosine: different pairs with the same sum, or with the opposite sum. The line is
# nearly straight, so this neuron is hardly bent.
#
# ## How far it holds
#
# Here is the same formula at other frequencies, each in its own four coordinates:

# %%
losses, correlations, lines = [], [], []
for k in strongest[:6]:
    other = field_of(k)
    ca, sa, cb, sb = other.points.T
    losses.append(sg.score(other, "ca*cb - sa*sb").loss)
    correlations.append(np.corrcoef(other.values, ca * cb - sa * sb)[0, 1])
    lines.append(f"frequency {k:2}: loss {losses[-1]:.4f}, correlation {correlations[-1]:.4f}")
sg.Answer(box, "\n".join(lines))

# %% [markdown]
# For the strong frequencies, *values* are right: the correlations are above 0.98. *Gradients* are less exact.
# Training sees values at 59 places on each circle. A network can be right at these places, and wrong between them. At
# the other frequencies, the formula fails.
#
# ## Exercises
#
# 1. Use the sine for `wave`, not the cosine. Which formula in `ca sa cb sb` does the neuron compute then?

# %%
sine = ...  # exercise 1: a string
wave = np.sin(2 * np.pi * strongest[0] * (a + b) / p)
sg.check_answer(sine, lambda text: np.allclose(sg.to_numpy(text, field.names)(field.points), wave))

# %% [markdown]
# **You can now** read a network whose inputs are names. Go on with [features that share neurons](../beyond/31_features.ipynb), or find out
# [which inputs act together](../beyond/37_divide.ipynb).
#
# The next cell checks what this notebook claims.

# %%
terms = result.best.expression.as_coefficients_dict()
assert {str(term) for term in terms} == {"ca*cb", "sa*sb"}, result.best
one, other = map(float, terms.values())
assert abs(one / other + 1) < 0.05, result.best
assert theorem.best.loss < 0.02, theorem.best
assert accuracy > 0.99, accuracy
assert result.best.loss < 0.02, result.best
assert min(correlations[:3]) > 0.98, correlations
assert losses[5] > 0.5, losses

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Answers

# %%
### BEGIN SOLUTION
sine = "sa*cb + ca*sb"
assert sg.check_answer(sine, lambda text: np.allclose(sg.to_numpy(text, field.names)(field.points), wave))
### END SOLUTION

# %% [markdown]
# <!-- BEGIN SOLUTION -->
#
# 1. $s_a c_b + c_a s_b$, the addition theorem of the sine.
#
# <!-- END SOLUTION -->
