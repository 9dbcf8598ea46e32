# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Index of the notebooks
#
# A table of all experiments: what the paper calls them, the notebook that tells them, and what was found when they
# were last measured. It is made from the notebooks and from a file of results when you run it: nothing is typed.
#
# **New here?** Begin with [Start here](../00_start_here.ipynb). All words are explained at the end.
#
# | word | meaning here |
# |---|---|
# | found | runs (one for each seed) that ended with every known concept and nothing else |
# | seconds | for training and search, in the median over the runs |
#
# *Something fails here? `%pip install symgrad-widgets` in a cell; then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
results = "results.jsonl"  # or the folder of a sweep of your own

# %%
from symgrad_widgets import contents

# %% [markdown]
# ## The experiments

# %%
table = contents.index("..", results)
table

# %% [markdown]
# *Loss* is the mean of $1-\cos^2$ between the formula's gradients and the neuron's, *floor* the same for the true
# concept: how imperfect the network is. Where the two are of one size, no formula could have done better. A notebook
# that stands in several lines has a parameter `experiment`; `symgrad run NAME` sets it for you.
#
# ## All others

# %%
contents.others("..")

# %% [markdown]
# ## The answers
#
# **Guess first.** Every notebook asks for a formula of your own before it shows its answer.

# %%
contents.answers(results)

# %% [markdown]
# ## The words
#
# Every notebook begins with a few words and what they mean *there*. A word with two lines means two things: an *anchor* is
# a matrix in one notebook and a snapshot of a motion in another.

# %%
words = contents.glossary("..")
words

# %% [markdown]
# ## Measure again
#
# `symgrad sweep --seeds 0-4 --out runs` trains and interprets all experiments with five seeds. Set `results` to
# that folder, and the table shows yours. `symgrad sweep --help` knows more.

# %%
assert all(found != "-" for _, _, notebook, found, *_ in table.rows if notebook != "-"), table
assert {"neuron", "concept", "loss", "front", "floor"} <= {word for word, _, _ in words.rows}
