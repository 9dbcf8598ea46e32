"""The twelve published fronts of arXiv 2409.05305, as data with their source."""

import functools
import json
from importlib import resources

__all__ = ["published_fronts"]


@functools.cache
def published_fronts():
    """Fronts by experiment: `{"P1-01": {"chosen": index, "entries": [{...}, ...]}, ...}`.

    An entry has `expression`, text for `parse` with the three digits that constants were printed with, and
    the paper's own `complexity` and `mse` (`paper_mse` has its definition).
    """
    text = (
        resources.files("symgrad_widgets").joinpath("data/published_fronts.json").read_text(encoding="utf-8")
    )
    return json.loads(text)["fronts"]
