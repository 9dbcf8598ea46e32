"""The screen in another language: no word of it stands outside the table of words."""

import json
import re

import pytest

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets import words as tables
from symgrad_widgets.widgets.viewstate import PANELS

pytestmark = pytest.mark.browser

# Texts that a person sees or is read aloud, but for formulas and what bokeh says of its plots.
SEEN = """() => {
  const found = [], shown = (element) => element.getClientRects().length > 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
  for (let at = walker.currentNode; at; at = walker.nextNode()) {
    if (!shown(at) || at.closest("math, script, style, code, .sgi-plot, .sgi-corners, svg")) continue;
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"])
      if (at.getAttribute(name)) found.push(at.getAttribute(name));
    for (const one of at.childNodes) if (one.nodeType === 3 && one.data.trim()) found.push(one.data.trim());
  }
  return [...new Set(found)];
}"""
# Numbers on the axes of the field that have a point; there are some with a comma.
TICKS = """() => {
  const [model] = Bokeh.documents.at(-1).roots();
  const written = ({ formatter }) => formatter.doFormat([-0.5, 0, 1.5], { loc: 0 });
  const texts = [...model.below, ...model.left].flatMap(written);
  if (!texts.includes("1,5")) throw Error(texts.join());
  return texts.filter((text) => text.includes("."));
}"""
NAMES = {"silu", "LaTeX", "SymPy", "Python", "MathML", "exp", "sqrt", "sin", "foo", "symgrad"}
MARKED = re.compile("⟦[^⟦⟧]*⟧")


@pytest.fixture(scope="module")
def browser_page(chromium_path):
    with lab.chromium(chromium_path, size=(1366, 768), offline=True) as page:
        yield page
        assert page.errors == []


def marked(table):
    """The table with marks around what stands between the names in each text."""

    def mark(text):
        return "".join(
            part if part.startswith("{") or not part else f"⟦{part}⟧"
            for part in re.split(r"(\{[^}]+\})", text)
        )

    return {
        section: rows
        if isinstance(rows, str)
        else {key: [*map(mark, text)] if isinstance(text, list) else mark(text) for key, text in rows.items()}
        for section, rows in table.items()
    }


@pytest.fixture
def strange(tmp_path, monkeypatch):
    """A language in which all words that are in the table are marked."""
    folder = tmp_path / "languages"
    folder.mkdir()
    table = json.dumps(marked(tables.words().table))
    for name in ("en", "xx"):
        (folder / f"{name}.json").write_text(table, encoding="utf-8")
    monkeypatch.setattr(tables, "_TABLES", folder)
    yield "xx"
    tables.words.cache_clear()


def unmarked(texts, names):
    """Texts in which a word is left that comes from no table; the names of inputs and functions are data."""
    left = {text: re.findall(r"[^\W\d_]{3,}", MARKED.sub(" ", text)) for text in texts}
    return {
        text: [w for w in words if w not in names] for text, words in left.items() if set(words) - set(names)
    }


def opened(page, path):
    page.goto("about:blank")
    page.goto(path.as_uri())
    page.locator(".sgi-big:not(:empty)").wait_for()
    return page


def test_no_word_of_the_screen_stands_outside_the_table(browser_page, tmp_path, strange):
    path = sg.page("cubic_force", tmp_path / "page.html", generations=2, show=PANELS, language=strange)
    page = opened(browser_page, path)
    seen = set(page.evaluate(SEEN))
    page.locator(".sgi-tile").nth(5).click()
    page.locator(".sgi-glance:not([hidden])").wait_for()
    seen |= set(page.evaluate(SEEN))
    page.keyboard.press("Escape")
    for text in ("x +", "x + y", "foo(x)", "v² + 1/2x²", "x²/2 + v²/2 + x⁴/4"):
        page.locator("input.sgi-type").fill(text)
        page.wait_for_timeout(150)
        seen |= set(page.evaluate(SEEN))
    page.keyboard.press("Enter")
    page.locator(".sgi-actions button").first.click()
    page.locator(".sgi-told:not([hidden])").wait_for()
    page.locator(".sgi-bar").first.click()
    page.wait_for_timeout(200)
    seen |= set(page.evaluate(SEEN))
    assert len(seen) > 80
    assert unmarked(seen, NAMES) == {}


def test_german_is_spoken_by_python_and_by_the_page(browser_page, tmp_path):
    page = opened(browser_page, sg.page("oscillator", tmp_path / "page.html", generations=0, language="de"))
    page.get_by_text("Was hat dieses Neuron gelernt?").wait_for()
    page.get_by_text("Ein Netz sah Paare von Punkten (x, v)").wait_for()
    assert re.fullmatch(r"\d+,\d°|\d+°", page.locator(".sgi-big").inner_text())
    assert page.locator(".sgi-math mn").all_text_contents() == ["2", "3,0", "2"]
    page.get_by_role("button", name="Mehr als 3,0").wait_for()
    page.locator(".sgi-corners i").first.wait_for()  # the plot comes after the words
    assert page.evaluate(TICKS) == []
    page.locator("input.sgi-type").fill("x + y")
    page.get_by_text("y kenne ich nicht. Die Eingänge sind x und v.").wait_for()
    page.locator("input.sgi-type").fill("x² + v²")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Was ist das?").click()
    page.get_by_text("die Energie der Feder, bis auf einen Faktor: geprüft an").wait_for()
    page.get_by_role("button", name="Warum?").click()
    page.get_by_text("liegen die beiden Pfeile weniger als").wait_for()
    page.get_by_role("button", name="Tipp").click()
    page.get_by_text("Es fehlt nichts. Frag „Was ist das?“").wait_for()
    assert page.evaluate("() => document.documentElement.lang") == "de"
