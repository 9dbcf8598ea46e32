"""Views in German: no English text of the table is on them, and numbers have a comma."""

import functools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from clicks import go, heard

import symgrad_widgets as sg
from symgrad_widgets.words import words

NAMES = re.compile(r"\{[^}]+\}")
_LONG = 1000  # packed arrays are longer than what is said


def table(language):
    """{"section.key": text}; of a kind, both texts."""
    for section, rows in words(language).table.items():
        for key, text in rows.items() if isinstance(rows, dict) else ():
            for place, one in enumerate(text if isinstance(text, list) else [text]):
                yield f"{section}.{key}.{place}", one


@functools.cache
def english():
    """Patterns of the English texts that German has not; of long ones their words between the names."""
    known = "\n".join(text for _, text in table("de"))
    pieces = [(key, piece.strip()) for key, text in table("en") for piece in NAMES.split(text)]
    patterns = [(key, word(piece)) for key, piece in pieces if re.search(r"[A-Za-z]{3}", piece)]
    return [(key, pattern) for key, pattern in patterns if not pattern.search(known)]


def word(text):
    """Pattern of a text that is no part of a longer word."""
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def seen(view):
    """All texts that a person sees of a view, or is told."""
    yield view.words
    for picture in view.pictures():
        yield picture.words
        yield from (text for text in ET.fromstring(picture.svg()).itertext() if text.strip())
    if hasattr(view, "_given"):
        yield from told(heard(view))
    yield from (text for child in getattr(view, "children", ()) for text in of_widgets(child))


def told(value):
    """Texts with a space or a capital in what a page is told; single small words are for its scripts."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in ("language", "documents", "tree"):
                yield from told(one)
    elif isinstance(value, list):
        for one in value:
            yield from told(one)
    elif isinstance(value, str) and len(value) < _LONG and re.search(r"[ A-Z]", value):
        yield value


def of_widgets(widget):
    for name in ("description", "placeholder", "tooltip", "label", "status", "error", "words", "value"):
        text = getattr(widget, name, "")
        yield from [text] if isinstance(text, str) else []
    yield from (text for button in getattr(widget, "buttons", ()) for text in button[1:])
    yield from getattr(widget, "titles", ())
    for child in getattr(widget, "children", ()):
        yield from of_widgets(child)


@pytest.fixture(scope="module")
def run():
    return sg.experiments["oscillator"].pretrained()


@pytest.fixture(scope="module")
def field(run):
    return sg.gradient_field(run.model, run.x, names=run.names)


def stepped(field, **language):
    view = sg.SearchStepper(sg.Search(field, random_state=0), **language)
    view.step()
    return view


def guessed(field, **language):
    view = sg.ExpressionView(field, "x**2 + v**2", **language)
    view.guess = "x**2"
    return view


def asked(**language):
    """A question whose button was pressed with nothing written."""
    question = sg.Question("Wohin?", **language)
    question._button.click()
    return question


def squared(points, bend):
    return (points**2).sum(1) ** bend, 2 * points


TABLE = "\n".join(["a,b,c", *(f"{i},{i * i},{i % 3}" for i in range(120))])
VIEWS = {
    "workbench": lambda run, _, **de: sg.Workbench(run, show=["field"], **de),
    "stepper": lambda _, field, **de: stepped(field, **de),
    "monitor": lambda run, _, **de: sg.TrainingMonitor(run, **de),
    "untrained": lambda run, _, **de: sg.TrainingMonitor(run.experiment, **de),
    "chooser": lambda run, _, **de: sg.ExperimentChooser(run, **de),
    "field": lambda _, field, **de: sg.FieldView(field, "x**2 + v", overlay=True, levels=4, worst=3, **de),
    "arrows": lambda _, field, **de: sg.FieldView(field, **de),
    "expression": lambda _, field, **de: guessed(field, **de),
    "phi": lambda _, field, **de: sg.PhiView(field, "x**2 + v**2", **de),
    "value": lambda _, field, **de: sg.PhiView(field, **de),
    "picker": lambda run, _, **de: sg.NeuronPicker(run.model, run.x, run.names, "x**2 + v**2", **de),
    "bender": lambda _, field, **de: sg.PhiBender(squared, field.points[:60], field.names, **de),
    "table": lambda *_, **de: sg.OwnTable(TABLE, **de),
    "system": lambda *_, **de: sg.OwnSystem(**de),
    "question": lambda *_, **de: asked(**de),
    "answer": lambda *_, **de: sg.Answer(asked(**de), "42", **de),
}


@pytest.fixture(params=VIEWS)
def texts(request, run, field):
    """Texts of a view, by language."""
    found = {}
    for language in ("en", "de"):
        view = VIEWS[request.param](run, field, language=language)
        found[language] = "\n".join(seen(view))
        view.close()
    return found


def test_a_german_view_has_no_english_text_of_the_table(texts):
    patterns = english()
    assert [key for key, one in patterns if one.search(texts["de"])] == []
    assert [key for key, one in patterns if one.search(texts["en"])]  # so that it could be found
    assert not re.search(r"\d\.\d+ (Grad|s|%)|Fehler \d+\.", texts["de"])


def test_all_views_speak_the_language_of_their_workbench(run):
    bench = sg.Workbench(run, language="de")
    said = "\n".join(
        text
        for view in (
            bench.chooser,
            bench.picker,
            bench.fieldview,
            bench.stepper,
            bench.phiview,
            bench.expression,
        )
        for text in seen(view)
    )
    bench.close()
    assert [key for key, one in english() if one.search(said)] == []


def test_the_axes_of_a_still_picture_have_a_comma():
    points = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    picture = sg.plots.activation_picture(points, points[:, 0], ("x", "v"), (0, 1), say=words("de"))
    ticks = [text for text in ET.fromstring(picture.svg()).itertext() if re.fullmatch(r"-?\d[\d.,]*", text)]
    assert "0,5" in ticks
    assert not any("." in tick for tick in ticks)


def test_an_error_of_work_in_the_background_is_said_in_german(field):
    view = sg.SearchStepper(sg.Search(field), language="de")
    view._changed(False, "kaputt")
    assert view.error == "Die Suche ist stehen geblieben: kaputt"
    view.close()


def test_what_often_goes_wrong_with_neurons_is_said_in_german(run):
    import torch

    bench = sg.Workbench(run, show="all", language="de")
    go(bench, layer="silu3", neurons=[0, 1])
    assert (
        bench.error
        == "Über so viele Neuronen lässt sich nichts sagen: jede Formel passt. Wähle weniger Neuronen."
    )
    bench.close()
    dead = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    torch.nn.init.constant_(dead[0].bias[:1], -100)
    bench = sg.Workbench(dead, run.x, run.names, language="de")
    go(bench, layer="1", neurons=[0])
    assert "es ändert sich nicht, wo die Daten sind" in bench.error
    bench.close()
