"""The experiments of the papers, which come with weights, a notebook and a measured result."""

from symgrad_widgets import experiments
from symgrad_widgets.network.concepts import CONCEPTS

OF_PAPERS = [experiment for experiment in experiments if experiment.id in CONCEPTS]
