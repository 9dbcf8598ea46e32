# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Glossary
#
# Every notebook begins with a few words and what they mean *there*. Here they are all together, collected from the
# notebooks when you run this. A word with two lines means two things: an *anchor* is a matrix in one notebook and a
# snapshot of a motion in another.
#
# *Something fails here? `%pip install` the wheel's file, or `-e .` in a clone; then `!symgrad doctor` says what is missing.*

# %%
from symgrad_widgets import contents

words = contents.glossary("..")
words

# %% [markdown]
# The words that all notebooks share are those of [Start here](../00_start_here.ipynb): neuron, concept, $\varphi$, gradient
# field, loss, front. Is a word missing? Add it to the table at the beginning of the notebook that uses it first.

# %%
assert {"neuron", "concept", "loss", "front", "floor"} <= {word for word, _, _ in words.rows}
