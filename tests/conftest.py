"""Shared by all tests: where things are, and what is skipped where no browser is installed."""

import os
from pathlib import Path

import pytest

# Small networks are slower with several threads than with one, above all while other tests run beside them.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items):
    from symgrad_widgets.doctor import chromium

    if chromium() is None:
        skip = pytest.mark.skip(reason="no chromium found: `apt-get install chromium` runs the browser tests")
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def root():
    """Folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def chromium_path():
    """Path of the browser for tests marked `browser`; nothing is ever downloaded."""
    from symgrad_widgets.doctor import chromium

    return chromium()
