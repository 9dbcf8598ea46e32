"""A page without a kernel, opened from the disk with no network: what it computes is what Python computes."""

import base64

import drawn_formulas as drawn
import numpy as np
import pytest
import torch

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.formula.expressions import angles, loss
from symgrad_widgets.formula.plain import written
from symgrad_widgets.formula.typed import read_formula
from symgrad_widgets.widgets.subject import Network, Subject

pytestmark = pytest.mark.browser

FEW = ("determinant2", "fieldstrength", "sine")  # a surface, two neurons, points of a classifier
LOSSES = "(texts) => texts.map((text) => symgrad.answerer.loss(text))"
LOOKED = """async ([layer, neuron]) => {
  const { subjects } = symgrad.answerer, found = await subjects.of(layer, [neuron]), { field } = found;
  return [Array.from(field.span), Array.from(field.values), subjects.whole(found).count];
}"""
SECTION = """async ([layer, neuron, inputs, slice]) => {
  const { subjects } = symgrad.answerer, { low, high, shades, near, at, across, tilt } =
    subjects.section(await subjects.of(layer, [neuron]), inputs, slice);
  return { low, high, at, across, tilt, shades: Array.from(shades), near: Array.from(near) };
}"""
TILES = """(inputs) => symgrad.answerer.subjects.tiles(inputs, symgrad.answerer.state).columns.map(
  ({ title, count, neurons, strength, tiles }) => ({ title, count, neurons, strength, tiles: Array.from(tiles) }))"""


@pytest.fixture(scope="module")
def browser_page(chromium_path):
    with lab.chromium(chromium_path, size=(916, 520)) as page:
        page.context.set_offline(True)
        yield page
        assert page.errors == []


@pytest.fixture
def opened(browser_page, tmp_path):
    """Function that writes a page, opens it from the disk, and waits until it is alive."""

    def opens(source, *given, after="", **options):
        path = sg.page(source, tmp_path / "page.html", *given, **{"generations": 0} | options)
        browser_page.strangers.clear()
        browser_page.goto("about:blank")
        browser_page.goto(path.as_uri() + after)
        browser_page.locator(".sgi-big:not(:empty)").wait_for(timeout=20_000)
        assert [one for one in browser_page.strangers if not one.startswith("file:")] == []
        return browser_page

    return opens


def formulas(names, count):
    """Drawn formulas of other names."""
    named = dict(zip(drawn.NAMES, [*names, *names, *names, *names, *names, *names], strict=False))

    def renamed(tree):
        if tree[0] == "@":
            return ["@", named[tree[1]]]
        return [renamed(part) if isinstance(part, list) else part for part in tree]

    return [written(renamed(read_formula(text, drawn.NAMES).tree)) for text in drawn.good(count, seed=7)]


def same_losses(page, field, count):
    texts = formulas(field.names, count)
    told = page.evaluate(LOSSES, texts)
    for text, value in zip(texts, told, strict=True):
        expected = loss(text, field)
        assert abs(value - expected) <= 1e-9 * expected + 1e-15, text
    assert len({round(value, 6) for value in told}) > count / 4


def field_of(slug):
    network = Network.of(slug)
    return Subject(network, None, network.neuron).field


@pytest.mark.parametrize("slug", FEW)
def test_a_guess_has_python_s_loss(opened, slug):
    same_losses(opened(slug), field_of(slug), 12)


@pytest.mark.nightly
@pytest.mark.parametrize("slug", [one.slug for one in sg.experiments])
def test_many_guesses_have_python_s_loss_for_every_network(opened, slug):
    same_losses(opened(slug), field_of(slug), 300)


def test_any_neuron_is_computed_over_any_inputs(opened):
    page, network = opened("determinant2"), Network.of("determinant2")
    layer, neuron = "silu2", 7
    subject = Subject(network, layer, (neuron,))
    span, values, count = page.evaluate(LOOKED, [layer, neuron])
    assert count == len(subject.field)
    np.testing.assert_allclose(np.reshape(span, subject.field.unit.shape), subject.field.unit, atol=2e-3)
    np.testing.assert_allclose(values, subject.field.values, atol=1e-5)
    for inputs, slice_ in ((("x1", "x2"), {}), (("x3", "x4"), {"x1": 1.0})):
        told = page.evaluate(SECTION, [layer, neuron, inputs, slice_])
        assert told.keys() <= (expected := subject.section(inputs, slice_)).keys()
        for name in ("low", "high", "tilt"):
            np.testing.assert_allclose(told[name], expected[name], atol=1e-9)
        assert (told["at"], told["across"]) == (expected["at"], expected["across"])
        for name in ("shades", "near"):
            assert np.abs(shades(expected[name]) - told[name]).max() <= 1, name


def shades(text):
    return np.frombuffer(base64.b64decode(text), "u1").astype(int)


def test_the_tiles_are_python_s(opened):
    page, network = opened("sine"), Network.of("sine")
    subject = Subject(network, None, network.neuron)
    told, expected = page.evaluate(TILES, ["x1", "x2"]), subject.tiles(("x1", "x2"))["columns"]
    for one, other in zip(told, expected, strict=True):
        assert one["title"] == other["title"]
        assert (one["neurons"], one["count"]) == (other["neurons"], other["count"])
        np.testing.assert_allclose(one["strength"], other["strength"], atol=2e-3)
        if one["title"] != "inputs":  # one of them does not change here
            assert np.abs(shades(other["tiles"]) - one["tiles"]).max() <= 1
