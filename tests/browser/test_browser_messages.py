"""Messages between the instrument's page and Python, late and in any order: both end up with one state."""

import json
import random

import pytest
from clicks import send

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.widgets import bundle

pytestmark = pytest.mark.browser

# A page whose messages wait in `out` until somebody takes them, and that hears what `deliver` is given.
RENDER = """async ([code, style, traits]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const heard = new Map(), { render } = await import(url);
  window.out = [];
  window.deliver = (message) => { for (const hear of heard.get("msg:custom")) hear(message, []); };
  document.body.innerHTML = "<div></div>";
  document.body.append(Object.assign(document.createElement("style"), { textContent: style }));
  render({ el: document.body.firstChild, model: {
    get: (name) => traits[name],
    send: (message) => out.push(message),
    on: (event, hear) => heard.set(event, [...(heard.get(event) ?? []), hear]),
    off: () => {},
  } });
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TAP = """(at) => {
  const tiles = document.querySelectorAll("button.sgi-tile"), tile = tiles[Math.floor(at * tiles.length)];
  tile.click();
  return tile.title;
}"""
PRESS = """([label, at]) => {
  const seen = (one) => one.textContent === label && one.getClientRects().length;
  const all = [...document.querySelectorAll(".sgi button")].filter(seen);
  all[Math.floor(at * all.length)]?.click();
  return all.length;
}"""
TYPE = """(text) => {
  const field = document.querySelector("input.sgi-type");
  field.value = text;
  field.dispatchEvent(new Event("input"));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
}"""


class Line:
    """A page and a view, with all that is on its way between them."""

    def __init__(self, page, view):
        self.page, self.view, self.told = page, view, []  # what Python has said and the page not heard
        view.send = lambda message, **_: self.told.append(json.loads(json.dumps(message)))
        traits = {"_state": view.state.plain(), "_panels": [], "_choices": {}, "_version": "none"}
        style = (bundle._ASSETS / view._style).read_text()
        page.evaluate(RENDER, [bundle.bundled(view._script), style, traits])

    def ask(self):
        """Python hears the page's next message."""
        message = self.page.evaluate("() => out.shift() ?? null")
        if message and message.get("want") != "live":
            send(self.view, **message)
            self.view._worker.wait(60)
        return message is not None

    def answer(self):
        """The page hears what Python has said next."""
        if self.told:
            self.page.evaluate("(message) => deliver(message)", self.told.pop(0))
            return True
        return False

    def drain(self):
        while self.ask() or self.answer():
            self.page.evaluate(DRAWN)

    def choose(self):
        """Press *Choose it*; what is asked of Python then."""
        there = self.page.evaluate(PRESS, ["Choose it", 0])
        return self.page.evaluate("() => out.at(-1)") if there else None

    def state(self):
        """What the page takes for the state."""
        self.page.evaluate(DRAWN)
        return json.loads(self.page.evaluate("() => document.querySelector('input.sgi-state').value"))


@pytest.fixture(scope="module")
def page(chromium_path):
    with lab.chromium(chromium_path, size=(1200, 800)) as page:
        yield page
        assert page.errors == []


@pytest.fixture
def line(page):
    view = sg.Instrument("cubic_force")
    view._subject.reach(3)
    view.state = view.state.plain() | {"open": ["network", "formulas", "time"], "generation": 3}
    line = Line(page, view)
    line.drain()
    page.evaluate(PRESS, ["State", 0])
    yield line
    view.close()


def test_what_was_tapped_is_chosen_though_python_has_not_answered_yet(line):
    line.page.locator("button.sgi-tile[title='silu3 3']").click()
    line.drain()
    line.page.locator("button.sgi-tile[title='silu2 5']").click()
    line.page.evaluate(DRAWN)
    assert line.choose()["parts"] == {"layer": "silu2", "neurons": [5]}
    line.drain()
    assert (line.view.state.layer, line.view.state.neurons, line.state()["layer"]) == ("silu2", (5,), "silu2")


def test_the_search_of_the_neuron_before_is_there_again(line):
    before = line.view.state
    for title in ("silu3 3", "output 0"):
        line.page.locator(f"button.sgi-tile[title='{title}']").click()
        line.page.evaluate(DRAWN)
        line.choose()
    line.drain()
    assert line.view.state.generation == before.generation
    assert line.state() == line.view.state.plain()


def test_a_state_from_python_is_shown_as_it_is(line):
    line.page.locator("button.sgi-tile[title='silu3 3']").click()
    line.choose()
    line.drain()
    beginning = line.view._subjects[line.view._subject.network, None, (0,)].view(("time",))
    line.view.state = beginning
    line.drain()
    assert line.view.state == beginning
    assert line.state() == beginning.plain()


@pytest.mark.parametrize("seed", range(6))
def test_page_and_python_agree_in_the_end_in_whatever_order_they_hear(line, seed):
    rng = random.Random(seed)
    beginning = line.view.state
    for _ in range(40):
        act = rng.choice(("tap", "choose", "type", "step", "open", "python", *["ask"] * 5, *["answer"] * 5))
        if act == "tap":
            tapped = line.page.evaluate(TAP, rng.random())
            line.page.evaluate(DRAWN)
        elif act == "choose":
            asked = line.choose()
            if asked and "neurons" in asked.get("parts", {}):
                layer, neuron = asked["parts"]["layer"] or "output", asked["parts"]["neurons"][0]
                assert tapped == f"{layer} {neuron}"
        elif act == "type":
            line.page.evaluate(TYPE, rng.choice(("x v", "x² + v²", "2x")))
        elif act in ("step", "open"):
            line.page.evaluate(PRESS, [{"step": "Step", "open": "Bend"}[act], rng.random()])
        elif act == "python":
            line.view.state = beginning
        else:
            getattr(line, act)()
    line.drain()
    assert line.state() == line.view.state.plain()
    line.page.evaluate(PRESS, ["Leave", 0])
    line.page.evaluate(DRAWN)
    title = line.page.locator(".sgi-field h3 > b").inner_text()
    assert title == f"{line.view._subject.what()} and ◆"
