"""A table of one's own: pasted or opened, one column learnt, and its network read, in one form."""

import datetime as dt

import numpy as np
import pytest

import symgrad_widgets as sg
from symgrad_widgets.network.experiment.tables import read_table
from symgrad_widgets.widgets import owntable
from symgrad_widgets.widgets.subject import Network

SHORT = {"epochs": 2}
ROWS = np.random.default_rng(0).uniform(1, 2, (200, 2)).round(3)
TEXT = "area;a;b\n" + "\n".join(f"{a * b:.6f};{a};{b}".replace(".", ",") for a, b in ROWS)


@pytest.fixture
def form():
    return sg.OwnTable(TEXT, **SHORT)


def test_a_column_is_learnt_from_the_others_and_the_network_is_shown(form):
    assert form.answer == "area"
    form._button.click()
    assert form.said == ""
    assert form.experiment.names == ("a", "b")
    form.monitor.train()
    assert form.bench.field.names == ("a", "b")
    assert form.children[-1] is form.bench
    assert "predict a number from (a, b)" in Network.of(form.monitor.run).story()


def test_without_a_table_of_one_s_own_there_are_cars():
    form = sg.OwnTable()
    assert form._choice.options[0] == form.answer == "mpg"
    form.read()
    assert form.said == ""
    assert form.experiment.size == 392
    bundle = form._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert (
        bundle["text/plain"]
        == form.words
        == ("A table of mpg, displacement, horsepower, weight, acceleration; the network learns mpg.")
    )


def test_a_file_is_opened_and_its_columns_are_offered(form):
    upload = form.children[0].children[0]
    file = {"name": "t.csv", "type": "text/csv", "size": 15, "content": b"p,q,area\n1,2,3\n"}
    upload.value = (file | {"last_modified": dt.datetime.now(dt.UTC)},)
    assert form.text.startswith("p,q")
    assert form._choice.options == ("p", "q", "area")
    assert form.answer == "area"
    form.read()
    assert "x has 1 rows, but at least 120 are needed" in form.said


def test_the_column_is_drawn_against_the_one_that_it_follows(form):
    rng = np.random.default_rng(0)
    alike, other = rng.normal(size=(2, 150))
    form.text = "kind,far,near\n" + "\n".join(
        f"{'ab'[int(a > 0)]},{o},{a}" for a, o in zip(alike, other, strict=True)
    )
    form.answer = "kind"
    (picture,) = form.pictures()
    assert (picture.x_label, picture.y_label) == ("near", "kind")
    np.testing.assert_array_equal(picture.marks[0].data["y"], alike > 0)
    form.text = "kind,far\n"
    assert form.pictures() == [picture]


def test_a_table_is_read_once_a_change(form, monkeypatch):
    read = []
    monkeypatch.setattr(owntable, "read_table", lambda text: read.append(text) or read_table(text))
    form.text = TEXT.replace("area", "size")
    assert read == [form.text]
    assert form.answer == "size"
    form.answer = "a"
    assert read == [form.text]
    assert form.pictures()[0].y_label == "a"


def test_another_column_may_be_learnt(form):
    form._choice.value = "b"
    form.read()
    assert form.experiment.names == ("area", "a")
    form.answer = "a"
    assert form._choice.value == "a"


def test_what_cannot_be_read_is_said_and_the_network_stays(form):
    form.read()
    form.monitor.train()
    bench = form.bench
    form.text = TEXT + "\n<b>;1;2"
    form.read()
    assert "row 201 of area holds '<b>', which is not a finite number" in form.said
    assert "<b>" not in form._error.value
    assert bench in form.children
    form.text = "nothing"
    form.read()
    assert "has names but no rows" in form.said
    assert form.words == form.said
