"""Searches of a given length: a budget in seconds would let a busy machine decide what is found."""

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
