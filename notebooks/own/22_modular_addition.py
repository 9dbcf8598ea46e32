# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Modular addition: inputs that are no numbers
#
# A network adds two numbers modulo 59, as a clock with 59 hours does. To the network they are no numbers: each is a
# *token*, a name with a row in a table. How can a name be added? And in which coordinates could one read it?
#
# **Goals.** You will train such a network, meet the error that tokens cause, take the gradient with respect to
# the embedding, choose coordinates in which it can be read, and say exactly how far the answer holds.
#
# | word | meaning here |
# |---|---|
# | token | an input that is a name, not a quantity |
# | embedding | a table that gives each token a vector, learnt with the rest |
# | logit | the network's vote for one answer |
# | frequency $k$ | the wave $\cos(2\pi k n/59)$ over the tokens $n$, and its sine |
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
seed = 0
budget = 20  # seconds the search may take at most

# %%
import numpy as np
import torch

import symgrad_widgets as sg

# %% [markdown]
# ## A clock with 59 hours
#
# There are $59^2$ pairs. The network sees 70 % of them with their sums; the rest is held out, and every figure below
# about what it has learnt is about the pairs it has never seen.

# %%
torch.manual_seed(seed)
p = 59
pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))
sums = pairs.sum(1) % p
seen, unseen = torch.randperm(p * p).split([2436, 1045])

# %% [markdown]
# An embedding with 16 numbers for each token, 64 hidden neurons that square their input, and 59 logits. Squares are
# unusual; A. Gromov (arXiv 2301.02679) takes them for this task because then the answer can be worked out on paper.


# %%
class Square(torch.nn.Module):
    def forward(self, x):
        return x**2


embedding = torch.nn.Embedding(p, 16)
hidden, output = torch.nn.Linear(32, 64, bias=False), torch.nn.Linear(64, p, bias=False)
model = torch.nn.Sequential(embedding, torch.nn.Flatten(), hidden, Square(), output)

# %% [markdown]
# The training takes all seen pairs at once. Weight decay is strong: it pulls all weights to zero unless they earn their keep.

# %%
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, betas=(0.9, 0.98), weight_decay=1.0)
for _ in range(2000):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(pairs[seen]), sums[seen]).backward()
    optimizer.step()
accuracy = (model(pairs[unseen]).argmax(1) == sums[unseen]).double().mean().item()
print(f"right on {100 * accuracy:.1f} % of the pairs it has never seen")

# %% [markdown]
# It has not learnt a table by heart, it can add. How?
#
# ## No gradient with respect to a name

# %%
try:
    sg.gradient_field(model, pairs)
except sg.SymgradError as error:
    print(error)

# %% [markdown]
# What would it mean to change token 17 *a little*? Nothing. But its row in the table can be changed a little, and this
# is what `wrt` is for: the output of that layer counts as the input. It has $2\times16$ numbers, and none of them has
# a meaning of its own. We need better coordinates.
#
# ## The coordinates
#
# On a clock, tokens that follow one another lie on a circle. So let us ask how much of each wave
# there is in the table: its Fourier transform over the tokens.

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
# A few frequencies hold nearly everything (with seed 0 three of 29). For each of them the table holds a circle: token $n$ lies at
# $\cos(wn)\,\mathbf u+\sin(wn)\,\mathbf v$, with $w=2\pi k/59$ and two vectors $\mathbf u$ and $\mathbf v$ of the embedding.
# So we read the network in $c_a=\cos(wa)$, $s_a=\sin(wa)$ and the same for $b$: moving along $c_a$
# means moving the first row along $\mathbf u$.

# %% [markdown]
# ## The neuron
#
# The 59 logits are votes. As a function of the answer they should be a bump at the right one, which is a sum of waves.
# Our neuron is the share of the cosine wave of frequency $k$ in the votes. Its gradient with respect to the embedding, times
# $\mathbf u$ and $\mathbf v$, is the gradient in our four coordinates: the chain rule, nothing else.

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
# All points lie on a circle, in $c_a$ and $s_a$. At one and the same place the arrows point in every direction, because
# they depend on $b$ as well. **Predict:** the neuron is a formula of the four. Which one turns two names into a sum?
#
# ## A guess of your own

# %%
box = sg.ExpressionView(field, hidden=True)
box.guess = "ca*cb"
box

# %% [markdown]
# Nothing is added here yet, and the loss of this product lies near 1/2; 3/4 is what chance gives with four inputs.
#
# ## The search

# %%
search = sg.Search(field, random_state=seed)
stepper = sg.SearchStepper(search, guesses=box.guesses)
stepper.run(seconds=budget)
stepper

# %%
result = sg.interpret(search, concept="ca*cb - sa*sb", seconds=budget)
result

# %% [markdown]
# The network weighs the two products alike up to a few hundredths, and the interval of the number says how many. Take it
# for 1, and read aloud: $\cos(wa)\cos(wb)-\sin(wa)\sin(wb)=\cos(w(a+b))$, the addition theorem. The network turns two
# angles and adds them by school trigonometry, and never meets $a+b$ itself. N. Nanda and others (arXiv 2301.05217) found
# the same identities in a transformer, by taking it apart by hand.

# %%
theorem = result.with_formula("ca*cb - sa*sb", field)
sg.PhiView(field, theorem)

# %% [markdown]
# 30 small columns of dots, one for each value that the cosine takes over the 59 sums, on a line that is nearly
# straight: this neuron is hardly bent. The dots of a column are different pairs with the same sum.
#
# ## How far it holds
#
# That was the strongest frequency. Here are the others, each in its own four coordinates: the loss of the same formula, and how
# well its value alone goes with the neuron's.

# %%
losses, correlations = [], []
for k in strongest[:6]:
    other = field_of(k)
    ca, sa, cb, sb = other.points.T
    losses.append(sg.score(other, "ca*cb - sa*sb").loss)
    correlations.append(np.corrcoef(other.values, ca * cb - sa * sb)[0, 1])
    print(f"frequency {k:2}: loss {losses[-1]:.4f}, correlation {correlations[-1]:.4f}")

# %% [markdown]
# * For the frequencies that the table holds, the *values* are right: correlations above 0.99. The *gradients* are less so: losses from
#   2e-4 (with seed 0) to some hundredths. Training sees values only, at 59 places of each circle, and a network
#   may be right there and bent in between.
# * For the others there is nothing: chance.
# * The neuron was read in four coordinates with all others held fast; that it uses each circle by itself is
#   an assumption, and the losses say how good it is.
#
# ## Exercises
#
# 1. *Predict first:* take the sine for `wave` in `field_of`, not the cosine. Which formula is the neuron now?
# 2. Replace `Square` by `torch.nn.ReLU`. What happens to the accuracy, to the correlations, and to the losses?
#    Recall what the gradient of a ReLU network looks like.
# 3. Interpret neuron 5 of the layer `"2"` in the same coordinates. It is a linear map of the embedding: which formula has it to
#    be? Where, then, does the product come from?
#
# The last cell checks what this notebook claims.

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
