# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # All notebooks: begin with these five
#
# | | | |
# |---|---|---|
# | [![arrows](covers/00.svg)](../00_start_here.ipynb) | [Start here](../00_start_here.ipynb) | **20 minutes.** What has this neuron learnt? |
# | [![pairs of snapshots](covers/07.svg)](../physics/07_oscillator.ipynb) | [The spring](../physics/07_oscillator.ipynb) | **25 minutes.** Can one neuron hold an energy? |
# | [![arrows, some of them red](covers/08.svg)](../physics/08_cubic_force.ipynb) | [The stiff spring](../physics/08_cubic_force.ipynb) | **25 minutes.** Would you notice a formula that is almost right? |
# | [![orbits](covers/21.svg)](../own/21_planets.ipynb) | [Real planets](../own/21_planets.ipynb) | **25 minutes.** What stays the same along every orbit? |
# | [![a network](covers/playground.svg)](../playground.ipynb) | [The playground](../playground.ipynb) | **As long as you like.** What does *your* network know? |
#
# **For researchers:** [a stranger's checkpoint](../own/20_checkpoint.ipynb) (what do weights leave out?), [an
# atlas](../beyond/30_atlas.ipynb) (is a formula a discovery?), [splicing](../beyond/34_splicing.ipynb) (does the network need
# what the formula says?).
#
# <details><summary>All others</summary>
#
# *Matrices:* [trace](../matrices/01_trace2.ipynb), [determinant](../matrices/02_determinant2.ipynb), [nine inputs](../matrices/03_trace3.ipynb),
# [antisymmetric](../matrices/04_antisymmetric3.ipynb), [sixteen inputs](../matrices/05_trace4.ipynb), [3x3 determinant](../matrices/13_determinant3.ipynb).
# *Physics:* [field strength](../physics/06_fieldstrength.ipynb), [pendulum](../physics/09_cosine_force.ipynb), [exponential force](../physics/10_exponential_force.ipynb),
# [Kepler](../physics/11_kepler.ipynb), [interval](../physics/12_interval.ipynb).
# *Classifiers:* [yes or no](../classifiers/14_classifier.ipynb), [two explanations](../classifiers/15_two_products.ipynb), [a formula of the network](../classifiers/16_two_mixed.ipynb).
# *Tokens:* [modular addition](../own/22_modular_addition.ipynb).
# *Further:* [features share neurons](../beyond/31_features.ipynb), [autoencoders](../beyond/32_autoencoders.ipynb), [several neurons](../beyond/33_several_neurons.ipynb),
# [physical dimensions](../beyond/35_units.ipynb), [doubts about a formula](../beyond/36_open_questions.ipynb), [which inputs act together](../beyond/37_divide.ipynb),
# [four engines](engines.ipynb), [gallery](gallery.ipynb).
#
# </details>
#
# | word | meaning here |
# |---|---|
# | found | the number of runs (one for each seed) that found every known concept and nothing else |
# | seconds | the time for training and search, as a median over the runs |
#
# *Did something fail? Run `%pip install FILE` (FILE is symgrad's wheel), or, in a clone of symgrad, `%pip install -e .`. Then `!symgrad doctor` says what is missing.*

# %% tags=["parameters"]
results = "results.jsonl"  # or the folder of a sweep of your own

# %%
from symgrad_widgets import contents

# %% [markdown]
# ## The experiments
#
# When you run this notebook, it makes these tables from the notebooks and from a file of results.

# %%
table = contents.index("..", results)
table

# %% [markdown]
# *Loss* is the mean of $1-\cos^2$ between the gradients of formula and neuron. *Floor* is the loss of the true concept,
# and says how imperfect the network is. Where loss and floor are about equal, no formula could have done better. Some
# notebooks cover several experiments: set their parameter `experiment`.
#
# ## All others

# %%
contents.others("..")

# %% [markdown]
# ## The answers
#
# **Guess first.** Every notebook asks for your own formula before it shows its answer.

# %%
contents.answers(results)

# %% [markdown]
# ## The words
#
# A word with two lines has two meanings: an *anchor* is a matrix in one notebook, and a snapshot of a motion in
# another.

# %%
words = contents.glossary("..")
words

# %% [markdown]
# ## Measure again
#
# `symgrad sweep --seeds 0-4 --out runs` trains and interprets all experiments with five seeds. Set `results` to that folder,
# and the table shows your results. For more, see `symgrad sweep --help`.

# %%
assert all(found != "-" for _, _, notebook, found, *_ in table.rows if notebook != "-"), table
assert {"neuron", "concept", "loss", "front", "floor"} <= {word for word, _, _ in words.rows}
