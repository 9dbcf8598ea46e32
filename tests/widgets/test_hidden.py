"""What is kept back is in no message to a page and in no saved notebook, however it is written."""

import json
import re

import pytest
import sympy as sp
from clicks import send

import symgrad_widgets as sg
from symgrad_widgets.formula.typed import read_formula
from symgrad_widgets.widgets.chooser import ExperimentChooser

SECRET = ("cubic_force", "P1-08", "v**2/2 + x**4/4 + x**2/2")
TELLING = re.compile("cubic|stiffen|spring|duffing", re.IGNORECASE)


def spellings(formula, names):
    """Texts in which a formula may be read: SymPy's, LaTeX, MathML, Python, trees; no short ones."""
    expression = sp.sympify(formula, {name: sp.Symbol(name, real=True) for name in names})
    text = str(expression)
    reading = read_formula(text, names)
    presented, content = (sp.mathml(expression, printer=kind) for kind in ("presentation", "content"))
    both = {text, text.replace(" ", ""), text.replace("**", "^"), sp.latex(expression), sp.srepr(expression)}
    both |= {presented, content, sp.pycode(expression), sp.pretty(expression), reading.written}
    both |= {json.dumps(reading.tree), str(reading.tree)}
    return {one for one in both if len(one) > 4}


@pytest.fixture
def view():
    view = sg.Workbench("cubic_force", hidden=True, show="all")
    view.messages = []
    view.send = lambda message, **_: view.messages.append(json.dumps(message))
    yield view
    view.close()


def all_asked(view):
    """Ask for everything that a page may ask for before somebody has guessed."""
    for message in ({"want": "given"}, {"want": "plots"}, *[{"do": "hint"}] * 4, {"do": "play"}):
        send(view, **message)
        view._worker.wait(120)
    send(view, do="what", text="x² + 3.0 v²")
    view._aside.wait(60)
    send(view, do="look", layer="silu1", neuron=3)
    send(view, do="state", text=view.state_line)
    send(view, do="step")
    view._worker.wait(120)


def told(view):
    """All that left Python: messages, the widget's state, and what a saved notebook keeps beside it."""
    kept = [view.get_state(), view._repr_mimebundle_(), view.state_line, view.words]
    return "".join([*view.messages, *map(str, kept)])


@pytest.mark.sweep
def test_no_formula_of_the_machine_s_reaches_the_page_in_any_spelling(view):
    all_asked(view)
    everything = told(view)
    formulas = {str(view.search.best.expression), SECRET[2], *(one.expression for one in view.search.front)}
    written = set().union(*(spellings(one, ("x", "v")) for one in formulas))
    own = spellings("x**2 + 3.0*v**2", ("x", "v"))
    assert len(view.messages) > 8
    assert len(written) > 30
    assert [text for text in written - own if text in everything] == []
    assert not re.search(r"\d\.\d+e-\d\d", everything), "a loss of the machine's"
    assert "It is a sum of 3 parts." in everything


@pytest.mark.sweep
def test_no_name_gives_the_answer_away(view):
    all_asked(view)
    assert view.state.experiment == "P1-08"
    assert not TELLING.search(told(view)), TELLING.search(told(view))
    view.state = view.state.plain() | {"experiment": "cubic_force"}  # the same, by its name
    assert view.state.experiment == "P1-08"
    send(view, do="go", experiment="P1-07", seed=0)
    view._aside.wait(60)
    assert view.state.experiment == "P1-07"
    view.hidden = False
    assert view.state.experiment == "oscillator"
    view.hidden = True
    assert view.state.experiment == "P1-07"


def test_of_a_search_that_is_kept_back_only_its_length_is_told(view):
    for _ in range(2):
        send(view, do="step")
        view._worker.wait(120)
    steps = [json.loads(one).get("given", {}) for one in view.messages]
    assert [one["kept"] for one in steps if "kept" in one] == [1, 2]
    assert not any({"generation", "found", "ended"} & set(one) for one in steps)
    send(view, do="hint")
    send(view, do="set", parts={"selected": "x² + 2.9 v²"})  # numbers that are moved are no guess
    assert view._secret
    send(view, do="set", parts={"guesses": ["x v"], "selected": "x v"})
    (told,) = [one for one in map(json.loads, view.messages) if "found" in one.get("given", {})]
    assert len(told["given"]["found"]) == 2
    assert told["given"]["kept"] is None


def test_the_hint_that_tells_the_formula_asks_for_a_guess_first(view):
    for _ in range(4):
        send(view, do="hint")
        view._worker.wait(120)
    said = [json.loads(one)["given"]["told"]["said"] for one in view.messages if '"said"' in one]
    assert said[1] == "It is a sum of 3 parts."
    assert said[2] == said[3] == "Enter your own formula first: the next hint is the answer."


def test_a_guess_opens_what_was_kept_back(view):
    view._subject.reach(2)
    view.state = view.state.plain() | {"guesses": ["x v"]}
    best = str(view.search.best.expression)
    assert best in "".join(view.messages)
    for _ in range(3):
        send(view, do="hint")
        view._worker.wait(120)
    assert SECRET[2] in "".join(view.messages[-3:])


def test_a_page_of_a_hidden_network_has_a_neutral_name(tmp_path):
    path = sg.page("cubic_force", tmp_path / "page.html", generations=1, hidden=True)
    text = path.read_text(encoding="utf-8")
    assert "<title>Network P1-08</title>" in text
    assert not TELLING.search(re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))


def test_the_chooser_of_a_hidden_network_shows_numbers_and_no_concept():
    chooser = ExperimentChooser("cubic_force", hidden=True)
    labels = [label for label, _ in chooser._experiment.options]
    assert "P1-08 x, v" in labels
    assert not TELLING.search(" ".join([*labels, chooser.words]))
    assert [picture.title for picture in chooser.pictures()] == ["Training"]
    chooser.close()


def test_a_chooser_beside_it_names_no_experiment():
    hidden, open_ = (sg.Workbench("cubic_force", hidden=whether) for whether in (True, False))
    kept, told = ([label for label, _ in one.chooser._experiment.options] for one in (hidden, open_))
    assert "P1-08 Anharmonic oscillator, force -(x + x^3)" in told
    assert "P1-08 x, v" in kept
