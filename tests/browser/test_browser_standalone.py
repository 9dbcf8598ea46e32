"""A page without a kernel, opened from the disk with no network: what it computes is what Python computes."""

import base64
import json
import re

import drawn_formulas as drawn
import numpy as np
import pytest
import torch
from concept_cases import judged
from playwright.sync_api import expect

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.commands.cli import main
from symgrad_widgets.formula.plain import written
from symgrad_widgets.formula.typed import read_formula
from symgrad_widgets.widgets import pageseal
from symgrad_widgets.widgets.subject import Network, Subject

pytestmark = pytest.mark.browser

FEW = ("determinant2", "fieldstrength")  # a surface, two neurons
LOSSES = "(texts) => texts.map((text) => symgrad.answerer.loss(text))"
LOOKED = """async ([layer, neuron]) => {
  const { subjects } = symgrad.answerer, found = await subjects.of(layer, [neuron]), { field } = found;
  return [field.span, field.values, field.weights].map((one) => one && Array.from(one));
}"""
SECTION = """async ([layer, neuron, inputs, slice]) => {
  const { subjects } = symgrad.answerer, { low, high, shades, near, at, across, tilt } =
    subjects.section(await subjects.of(layer, [neuron]), inputs, slice);
  return { low, high, at, across, tilt, shades: Array.from(shades), near: Array.from(near) };
}"""
TILES = """(inputs) => symgrad.answerer.subjects.tiles(inputs, symgrad.answerer.state).columns.map(
  ({ title, count, neurons, strength, tiles }) =>
    ({ title, count, neurons, strength, tiles: Array.from(tiles) }))"""

TOLD = """async (texts) => {
  const { answerer } = symgrad, told = [];
  const keep = ({ given }) => given?.told && told.push(given.told);
  answerer.on("msg:custom", keep);
  for (const text of texts) answerer.what(text);
  await new Promise((done) => setTimeout(done));
  return told;
}"""
ASKED = (
    "x^4 + 2x² + 2 v²",  # the same, up to a factor
    "1 + v²/2 + x²/2 + x⁴/4",  # up to a bend
    "exp(v²/2 + x²/2 + x⁴/4)",
    "1.003 v²/2 + x²/2 + x⁴/4",  # the same form
    "1.05 v²/2 + x²/2 + x⁴/4",
    "v² + exp(x²)",  # a mimic
    "v² + x²",
    "sin(20 v² + 20 x² + 10 x⁴)",  # the same level lines, and others with them
)


@pytest.fixture(scope="module")
def browser_page(chromium_path):
    with lab.chromium(chromium_path, size=(916, 520), offline=True) as page:
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
        browser_page.locator(".sgi-big:not(:empty)").wait_for()
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
        expected = judged(text, field)
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
    span, values, weights = page.evaluate(LOOKED, [layer, neuron])
    np.testing.assert_allclose(np.reshape(span, subject.field.unit.shape), subject.field.unit, atol=2e-3)
    np.testing.assert_allclose(values, subject.field.values, atol=1e-5)
    np.testing.assert_allclose(weights, subject.field.weights, atol=2e-3)
    for inputs, slice_ in ((("x1", "x2"), {}), (("x3", "x4"), {"x1": 1.0})):
        told = page.evaluate(SECTION, [layer, neuron, inputs, slice_])
        expected = subject.section(inputs, slice_)
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


def test_a_page_says_what_python_says_of_a_formula(opened):
    told = opened("cubic_force").evaluate(TOLD, ASKED)
    network = Network.of("cubic_force")
    subject = Subject(network, None, network.neuron)
    for text, one in zip(ASKED, told, strict=True):
        expected = subject.told(text)
        assert (one["same"], one["name"]) == (expected["same"], expected["name"]), text
        if one["same"]:
            how = re.compile(": .*[.] ")  # Python proves it, a page computes it at the points
            assert how.sub(": ", one["said"]) == how.sub(": ", expected["said"]), text
            assert f": checked at {len(subject.field)} points." in one["said"]
    assert [one["same"] for one in told].count(True) == 4


def test_a_page_judges_a_formula_as_the_search_does_that_it_plays(opened):
    network = Network.of("gravity")
    subject = Subject(network, None, network.neuron)
    subject.reach(8)
    best = str(subject.search.in_inputs(subject.search.best))
    assert subject.search.kind == "approximation"
    page = opened("gravity", generations=8)
    page.evaluate("() => symgrad.answerer.reach(8)")
    asked = best, f"({best})^3"
    for text, one in zip(asked, page.evaluate(TOLD, asked), strict=True):
        assert one["same"]
        assert one["said"].endswith("A longer formula would explain a little more of the neuron.")
        assert one["said"].split(". ")[1:] == subject.told(text)["said"].split(". ")[1:]


def test_a_page_s_hint_says_what_the_formula_lacks(opened):
    page = opened("gravity")
    for text, said in (("x1 x2", "Your formula needs"), ("x1 x2/((x3-x4)²+(x5-x6)²)", "Nothing is missing.")):
        page.locator("input.sgi-type").fill(text)
        page.get_by_role("button", name="Hint").click()
        page.locator(".sgi-told").get_by_text(said).wait_for()
    page = opened("cubic_force")
    page.get_by_role("button", name="Hint").click()  # the inputs are there already
    page.get_by_text("It is a sum of 3 parts.").wait_for()


def test_no_best_numbers_while_what_is_typed_cannot_be_read(opened):
    page = opened("oscillator")
    field, best = page.locator("input.sgi-type"), page.get_by_role("button", name="Best numbers")
    field.fill("x² + 2 w²")
    page.get_by_text("I don't know w.").wait_for()
    expect(best).to_be_disabled()
    best.click(force=True)
    page.get_by_text("I don't know w.").wait_for()
    field.fill("x² + 2 v²")
    expect(best).to_be_enabled()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x² + v²", "The arrows agree. Press “What is this?”"),
        ("x² + 1.05 v²", "The arrows nearly agree. Try “Best numbers”, then “What is this?”"),
        ("x² + v² + tanh(x v)/exp(exp(exp(sin(x))))", "The arrows nearly agree. Press “What is this?”"),
        ("x² + 1.5 v²", "mean angle between the arrows"),
    ],
)
def test_what_to_do_next_follows_from_the_angle(opened, text, said):
    page = opened("oscillator")
    page.locator("input.sgi-type").fill(text)
    page.locator(".sgi-small").get_by_text(said).wait_for()


@pytest.mark.nightly
@pytest.mark.parametrize("slug", [one.slug for one in sg.experiments])
def test_it_says_so_for_every_network(opened, slug):
    network = Network.of(slug)
    subject = Subject(network, None, network.neuron)
    concepts = [str(one) for one in network.experiment.concepts]
    asked = [*concepts, *(f"exp(({one})/50)" for one in concepts), subject.beginning]
    told = opened(slug).evaluate(TOLD, asked)
    for text, one in zip(asked, told, strict=True):
        expected = subject.told(text)
        assert (one["same"], one["name"]) == (expected["same"], expected["name"]), text


def big(page):
    page.wait_for_timeout(200)
    return page.locator(".sgi-big").inner_text()


def test_a_link_is_a_state_and_a_broken_one_opens_the_defaults(opened):
    page = opened("sine")
    field, note = page.locator("input.sgi-type"), page.locator("#symgrad-note")
    first = big(page)
    field.fill("x1 x2")
    field.press("Enter")
    page.get_by_role("button", name="Show the network").click()
    angle, address = big(page), page.url
    assert angle != first
    page.goto("about:blank")
    page.goto(address)
    page.locator(".sgi-tile").first.wait_for()
    assert (big(page), field.input_value()) == (angle, "x1 x2")
    line = page.locator("#symgrad-line").input_value()
    for after in (
        "#symgrad=1&selected=%22x1%22",
        '#symgrad=2&selected="x9"',
        "#%7B",
        "#symgrad=2&neurons=[7]",
    ):
        page.goto("about:blank")
        page.goto(address.partition("#")[0] + after)
        note.get_by_text("The link did not work").wait_for()
        assert big(page) == first, after
    page.locator("#symgrad-line").fill(line)
    page.get_by_role("button", name="Go there").click()
    assert big(page) == angle
    page.locator("#symgrad-line").fill("nothing")
    page.get_by_role("button", name="Go there").click()
    page.get_by_text("Nothing has changed").wait_for()
    assert big(page) == angle


def test_a_recorded_search_is_played_and_a_neuron_is_chosen(opened):
    page = opened("oscillator", generations=None)
    before = page.url
    page.get_by_role("button", name="Let the machine try").click()
    page.locator(".sgi-tag").get_by_text("Match", exact=True).wait_for()
    page.get_by_role("button", name="Play").click()
    page.get_by_text("To go on, you need Python").wait_for()
    last = int(page.get_by_label("Step of the search").input_value())
    page.get_by_text("formula found").wait_for()
    expect(page.get_by_role("button", name="Go on searching")).to_be_disabled()
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_text("a recorded search, replayed").wait_for()
    expect(page.get_by_text("formula found")).to_have_count(0)
    page.goto("about:blank")
    page.goto(f"{before}#symgrad=2&generation={last}&open=%5B%22time%22%5D")
    page.get_by_text(f"step {last} ·").wait_for()
    page.evaluate(f"location.hash = '#symgrad=2&generation={last + 1}'")
    page.get_by_text("its search ran longer").wait_for()
    page.evaluate("location.hash = '#symgrad=2&open=%5B%22network%22%5D'")
    page.locator("button.sgi-tile").nth(12).click()
    glance = page.locator(".sgi-glance")
    glance.get_by_text("No formula yet").wait_for()
    page.get_by_role("button", name="Formulas").click()
    expect(glance.get_by_text("No formula yet")).to_have_count(0)  # some are listed
    page.get_by_role("button", name="Choose it").click()
    page.wait_for_url("**layer=**")


def test_from_a_neuron_without_a_search_a_button_leads_back(opened):
    page = opened("oscillator", generations=1, show=("time",))
    play = page.get_by_role("button", name="Play")
    play.wait_for()
    page.evaluate("symgrad.answerer.go({ ...symgrad.answerer.state, layer: 'silu1', neurons: [0] })")
    back = page.get_by_role("button", name="← Output neuron")
    back.wait_for()
    for name in ("Play", "Step", "Let the machine try", "Hint"):
        expect(page.get_by_role("button", name=name, exact=True)).not_to_be_visible()
    back.click()
    play.wait_for()
    page.get_by_role("button", name="Hint").wait_for()
    expect(back).not_to_be_visible()
    assert "layer" not in page.url


def test_what_is_kept_back_opens_with_the_word(opened, monkeypatch):
    monkeypatch.setattr(pageseal, "_ROUNDS", 1000)
    page = opened("oscillator", generations=2, hidden=True, word="galileo")
    text = page.content()
    assert "for practice, not for marks" in text
    ask = page.get_by_role("button", name="What is this?")
    field = page.locator("input.sgi-type")
    field.fill("x² + v²")
    field.press("Enter")
    locked = page.get_by_text("The answer is locked")
    for name in ("Let the machine try", "Step", "What is this?"):
        page.get_by_role("button", name=name, exact=True).click()
        locked.wait_for()
        page.get_by_role("button", name="Close").click()
    for word, said in (("kepler", "This is not the right word."), ("galileo", "Opened.")):
        page.locator("#symgrad-key").fill(word)
        page.locator("#symgrad-word button").click()
        page.get_by_text(said).wait_for()
    ask.click()
    page.get_by_text("the energy of the spring, up to a factor").wait_for()
    page.evaluate("symgrad.answerer.go({ ...symgrad.answerer.state, layer: 'silu1', neurons: [0] })")
    page.locator(".sgi-told").wait_for(state="hidden")  # it was about other neurons


def test_of_another_kind_of_network_what_was_recorded_is_shown(opened):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Unflatten(1, (1, 3)), torch.nn.Conv1d(1, 4, 2), torch.nn.Tanh(),
                                torch.nn.Flatten(), torch.nn.Linear(8, 1))  # fmt: skip
    x = np.random.default_rng(0).uniform(-1, 1, (300, 3))
    page = opened(model, x, ("a", "b", "c"))
    same_losses(page, sg.gradient_field(model, x, names=("a", "b", "c")), 12)
    page.get_by_text("This page cannot compute the network").wait_for()
    page.get_by_role("button", name="Show the network").click()
    page.locator("button.sgi-tile").nth(2).click()
    page.get_by_text("Looking at").wait_for()
    span = page.evaluate("async () => Array.from((await symgrad.answerer.subjects.of('1', [2])).field.span)")
    unit = sg.gradient_field(model, x, "1", lambda y: y.mean(2)[:, 2], names=("a", "b", "c")).unit
    np.testing.assert_allclose(np.reshape(span, unit.shape), unit, atol=1e-4)


TASKS = """# Springs

## What will happen?
- [x] They turn.
- [ ] They stay.
## Which of two?
which: x² + v² | x² - v²
## Guess
guess: 2
## Look around
find: `v + x` below 70 in silu1
"""


def test_tasks_are_solved_and_kept_and_handed_in(opened):
    page = opened("oscillator", tasks=TASKS)
    said, following = page.locator(".sgp-said"), page.get_by_role("button", name="Next")
    page.get_by_role("button", name="They stay.").click()
    said.get_by_text("No.").wait_for()
    page.get_by_role("button", name="They turn.").click()
    said.get_by_text("Solved").wait_for()
    following.click()
    page.locator(".sgp-controls button").nth(1).click()
    said.get_by_text("Look again").wait_for()
    following.click()
    field = page.locator("input.sgi-type")
    field.fill("x² + 2 v²")
    field.press("Enter")
    said.get_by_text("go on until").wait_for()
    field.fill("x² + v²")
    field.press("Enter")
    said.get_by_text("Solved").wait_for()
    following.click()
    page.evaluate("symgrad.answerer.go({ ...symgrad.answerer.state, layer: 'silu1', neurons: [0] })")
    said.get_by_text("silu1 0").wait_for()
    address = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(address)
    page.get_by_text("Task 4 of 4").wait_for()
    page.locator("#symgrad-name").fill("Ada")
    page.get_by_role("button", name="Make the line").click()
    line = json.loads(page.locator(".sgp-hand input").nth(1).input_value())
    assert (line["name"], line["picked"], line["guesses"][-1]) == ("Ada", {"1": 1, "2": 2}, "x² + v²")
    assert {1, 3} <= set(line["solved"])
    assert 2 not in line["solved"]


OWN = """import torch
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.LayerNorm(6), torch.nn.Linear(6, 1))
"""


@pytest.mark.parametrize("own", [False, True], ids=["package", "file"])
def test_the_guide_s_page_of_a_course_opens(browser_page, tmp_path, root, own):
    guide = (root / "notebooks" / "teaching" / "README.md").read_text(encoding="utf-8")
    task = guide.split("```markdown\n")[1].split("```")[0].replace(" in silu1", "" if own else " in silu1")
    (tmp_path / "task.md").write_text(task, encoding="utf-8")
    (tmp_path / "own.py").write_text(OWN)
    points = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    (tmp_path / "data.csv").write_text("x,v\n" + "\n".join(f"{x},{v}" for x, v in points))
    network = (
        [f"{tmp_path / 'own.py'}:network", "--points", str(tmp_path / "data.csv")] if own else ["oscillator"]
    )
    out = ["--task", str(tmp_path / "task.md"), "--out", str(tmp_path / "page.html"), "--generations", "0"]
    assert main(["classroom", "page", *network, *out]) == 0
    browser_page.goto((tmp_path / "page.html").as_uri())
    browser_page.get_by_text("Task 1 of 4").wait_for()
    browser_page.get_by_role("button", name="They turn up and down.").click()
    browser_page.locator(".sgp-said").get_by_text("Solved").wait_for()
    expect(browser_page.locator("h1")).to_have_text("A spring that stiffens", use_inner_text=True)
