"""The colours of the instrument: their contrast, and whether they are told apart without seeing them."""

import itertools
import re

import numpy as np
import pytest

from symgrad_widgets.widgets import frontend

CSS = (frontend._HERE / "instrument" / "instrument.css").read_text(encoding="utf-8")
FIELD = (frontend._HERE / "instrument" / "field.js").read_text(encoding="utf-8")
CLASSES = ("c0", "c1", "c2", "c3")
WIDTHS = [float(one) for one in re.search(r"WIDTHS = \[([^\]]+)\]", FIELD)[1].split(",")]
# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, IEEE TVCG 15 (2009) 1291, severity 1, on linear RGB
BLIND = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def palette(rule):
    """{name: (r, g, b) between 0 and 1} of a rule of the style sheet."""
    block = re.search(re.escape(rule) + r" \{(.*?)\}", CSS, re.DOTALL)[1]
    found = {}
    for name, text in re.findall(r"--sgi-([\w-]+): #([0-9a-f]{3,6})\b", block):
        full = text if len(text) == 6 else "".join(2 * one for one in text)
        found[name] = np.array([int(full[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return found


def colours_of(*rules):
    """Colours of some rules, the last one first, with those that are others' under another name."""
    found = {name: colour for rule in rules for name, colour in palette(rule).items()}
    return found | {name: found[other] for name, other in re.findall(r"--sgi-(\w+): var\(--sgi-(\w+)\)", CSS)}


THEMES = {"light": colours_of(".sgi"), "dark": colours_of(".sgi", ".sgi.sgi-dark")}


def linear(colour):
    colour = np.asarray(colour)
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(XYZ[1] @ linear(colour))


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def lab(seen):
    """CIELAB of linear RGB, for daylight."""
    share = XYZ @ np.clip(seen, 0, 1) / XYZ.sum(1)
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def mixed(one, other, share):
    return share * one + (1 - share) * other


@pytest.mark.parametrize("theme", THEMES)
def test_text_has_a_contrast_of_4_5(theme):
    colours = THEMES[theme]
    colours["own"] = mixed(colours["yours"], colours["ink"], 0.85)  # as the style sheet mixes what is yours
    said = ("ink", "soft", "accent", "good", "c3", "own", "neuron")
    low = {
        (text, on): contrast(colours[text], colours[on])
        for text, on in itertools.product(said, ("page", "shade", "on"))
    }
    low["on-accent", "accent"] = contrast(colours["on-accent"], colours["accent"])
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_pictures_have_a_contrast_of_3_on_what_is_around_them(theme):
    assert float(re.search(r"HALO = ([\d.]+)", FIELD)[1]) >= 1  # the page is around each arrow, on any grey
    colours = THEMES[theme]
    shown = {
        name: contrast(colours[name], colours["page"]) for name in (*CLASSES, "yours", "neuron", "accent")
    }
    assert {name: round(ratio, 2) for name, ratio in shown.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", BLIND)
def test_classes_of_angle_are_told_apart_by_the_colour_blind(theme, kind):
    seen = {name: lab(np.array(BLIND[kind]) @ linear(THEMES[theme][name])) for name in CLASSES}
    apart = {(a, b): np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(CLASSES, 2)}
    assert {pair: round(float(far), 1) for pair, far in apart.items() if far < 10} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_classes_of_angle_are_told_apart_in_grey_and_by_their_width(theme):
    light = [116 * np.cbrt(luminance(THEMES[theme][name])) - 16 for name in CLASSES]
    near = {
        (a, b): abs(x - y) for (a, x), (b, y) in itertools.combinations(zip(CLASSES, light, strict=True), 2)
    }
    assert {pair: round(float(far), 1) for pair, far in near.items() if far < 4} == {}
    assert all(wide / thin > 1.3 for thin, wide in itertools.pairwise(WIDTHS))


def test_a_pale_colour_would_be_found():
    assert contrast(np.array([0.7, 0.7, 0.7]), THEMES["light"]["page"]) < 3
    assert contrast(np.zeros(3), np.ones(3)) == pytest.approx(21)


def test_no_text_is_smaller_than_12_pixels():
    steps = re.findall(r"--t\d: calc\((\d+)px", CSS)
    others = re.findall(r"font(?:-size)?:[^;{}]*?(\d+(?:\.\d+)?)px", CSS)
    assert len(steps) == 6
    assert len(others) >= 3
    assert min(map(float, [*steps, *others])) >= 12
