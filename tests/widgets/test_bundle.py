"""Modules put together into one text. That browsers run it is in tests/browser/test_browser_formulas.py."""

import base64
import json
import re

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.search.tuning import ROUNDING, WRITING
from symgrad_widgets.widgets import bundle
from symgrad_widgets.widgets.bundle import bundled
from symgrad_widgets.widgets.fielddata import field_data

SCRIPTS = sorted(bundle._ASSETS.rglob("*.js"))


def test_a_module_without_imports_stays_as_it_is():
    assert bundled("controls.js") == (bundle._ASSETS / "controls.js").read_text(encoding="utf-8")


def test_one_text_holds_each_module_once_and_imports_nothing():
    text = bundled("formula/index.js")
    assert not re.search(r"^import ", text, re.MULTILINE)
    for path in (bundle._ASSETS / "formula").glob("*.js"):
        assert text.count(path.read_text(encoding="utf-8").splitlines()[0]) == 1
    for name in ("read", "evaluate", "loss", "placed", "mathml"):
        assert re.search(rf"^export \{{[^}}]*\b{name}\b", text, re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("k", [1, 2])
def test_a_field_is_plain_data(k):
    rng = np.random.default_rng(0)
    points, gradients = rng.uniform(-1, 1, (50, 3)), rng.normal(size=(50, k, 3))
    points[:, 2] = points[:, 0] if k == 1 else points[:, 2]
    field = sg.GradientField(points, gradients, ("x", "v", "m"))
    data = json.loads(json.dumps(field_data(field)))
    assert (data["count"], data["dimension"], data["rank"]) == (50, 2 if k == 1 else 3, k)
    arrays = {name: np.frombuffer(base64.b64decode(data[name])) for name in ("points", "spread", "span")}
    np.testing.assert_array_equal(arrays["points"].reshape(3, 50).T, field.points)
    np.testing.assert_array_equal(arrays["spread"], field.measure.spread)
    np.testing.assert_array_equal(arrays["span"].reshape(field.unit.shape), field.unit)
    assert (data["basis"] is None) == (k == 2)


def test_best_numbers_are_as_short_as_the_search_would_write_them():
    text = (bundle._ASSETS / "formula" / "place.js").read_text(encoding="utf-8")
    given = dict(re.findall(r"(\w+): ([\d.e-]+)", re.search(r"SIMPLER = \{(.*)\}", text)[1]))
    allowed = WRITING.nats, WRITING.slack, WRITING.untold_share, WRITING.untold, ROUNDING.loss
    assert {name: float(number) for name, number in given.items()} == dict(
        zip(("nats", "slack", "share", "least", "rounding"), allowed, strict=True)
    )
