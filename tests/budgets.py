"""Searches of a given length: a budget in seconds would let a busy machine decide what is found.

Without any, a search goes on until its answer has stood for five generations, which most tests need not see.
"""

from contextlib import contextmanager

import pytest

import symgrad_widgets as sg


@contextmanager
def generations(count):
    """Each search that is run in here ends after so many generations, whatever it is allowed."""
    run = sg.Search.run

    def counted(self, *_, **options):
        return run(self, **options | {"generations": count, "seconds": None})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sg.Search, "run", counted)
        yield


def briefly(*args, count=6, **options):
    """`sg.interpret` with searches of at most `count` generations."""
    return sg.interpret(*args, **{"seconds": None} | options | {"generations": count})
