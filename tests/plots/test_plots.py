"""Pictures: what they show, that SVG and bokeh show the same, and what they say in words."""

import xml.etree.ElementTree as ET
from typing import NamedTuple

import numpy as np
import pytest

from symgrad_widgets import plots
from symgrad_widgets.errors import DataError, UnknownNameError
from symgrad_widgets.field import GradientField
from symgrad_widgets.search import score


class Found(NamedTuple):
    expression: str
    complexity: int
    loss: float


FRONT = (Found("x", 1, 0.5), Found("x*v", 3, 0.2), Found("v**2 + x**2", 5, 1e-5))


@pytest.fixture(scope="module")
def field():
    points = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    return GradientField(points, 2 * points, ("x", "v"), values=(points**2).sum(1))


def svg_paths(picture):
    root = ET.fromstring(picture.svg())  # raises when the text is no XML
    return [path.get("d") for path in root.iter("{http://www.w3.org/2000/svg}path")]


def pictures(field):
    points = field.points
    return {
        "field": plots.field_picture(field, np.linspace(0, 90, len(field))),
        "front": plots.front_picture(FRONT, FRONT[-1], [Found("x - v", 3, 0.7)], [Found("y", 5, 1e-2)]),
        "phi": plots.phi_picture(field.values, np.sqrt(field.values), np.sqrt),
        "history": plots.history_picture({"epoch": [1, 2], "loss": [1, 0.1], "validation": [2, 0.3]}),
        "angles": plots.angle_histogram(np.linspace(0, 30, 100)),
        "pairs": plots.pairs_picture(points, -points, field.names),
        "plane": plots.plane_picture(points, field.values, field.names, what="energy"),
    }


@pytest.mark.parametrize("kind", ["field", "front", "phi", "history", "angles", "pairs", "plane"])
def test_bokeh_and_svg_show_the_same_marks(field, kind):
    picture = pictures(field)[kind]
    sources = {r.data_source.name: r.data_source for r in picture.figure().renderers}
    assert len(sources) == len(picture.marks)
    for number, mark in enumerate(picture.marks):
        for name, column in mark.columns().items():
            assert list(sources[f"mark{number}"].data[name]) == column
    drawn = [path for path in svg_paths(picture) if path]
    assert len(drawn) >= sum(len(next(iter(mark.data.values()))) > 0 for mark in picture.marks)
    assert "nan" not in picture.svg()
    assert picture._repr_mimebundle_()["text/plain"] == picture.words


def test_arrows_lie_along_the_gradients_and_the_worst_are_marked_in_more_than_colour(field):
    degrees = np.zeros(len(field))
    degrees[0] = 45
    picture = plots.field_picture(field, degrees, limit=len(field))
    shafts = [mark for mark in picture.marks if mark.kind == "segments"]
    assert [len(mark.data["x0"]) for mark in shafts] == [len(field) - 1, 0, 0, 1]
    assert shafts[3].size > shafts[0].size
    assert len({mark.colour for mark in shafts}) == 4
    across, up = (shafts[0].data[b] - shafts[0].data[a] for a, b in (("x0", "x1"), ("y0", "y1")))
    x, v = shafts[0].data["x0"], shafts[0].data["y0"]
    np.testing.assert_allclose(across * v, up * x, atol=1e-12)  # here the gradient is twice the point
    lengths = np.hypot(across, up)
    assert lengths.max() < 1.0001 * lengths.min()


def test_arrows_stand_at_right_angles_to_level_lines_on_a_screen_with_two_units():
    points = np.random.default_rng(1).uniform(-1, 1, (200, 2)) * [1, 1000]
    gradients = np.tile([1.0, 0.001], (200, 1))  # level lines x + y/1000 = c: at 45 degrees on the screen
    shaft, head = plots.field_picture(GradientField(points, gradients)).marks
    x_span, y_span = np.ptp(points, axis=0)
    across = (shaft.data["x1"] - shaft.data["x0"]) / x_span
    np.testing.assert_allclose(across, (shaft.data["y1"] - shaft.data["y0"]) / y_span, rtol=0.02)
    np.testing.assert_allclose(head.data["angle"], -np.pi / 4, atol=0.02)


def test_arrows_of_a_projected_field_show_the_part_along_the_data():
    t = np.random.default_rng(2).uniform(-1, 1, (100, 2))
    points = np.column_stack([t[:, 0], 5 - t[:, 0], t[:, 1]])
    field = GradientField(points, np.tile([1.0, 0.0, 0.0], (100, 1)))
    shaft = plots.field_picture(field, inputs=("x1", "x2")).marks[0]
    across, up = (shaft.data[b] - shaft.data[a] for a, b in (("x0", "x1"), ("y0", "y1")))
    np.testing.assert_allclose(across, -up, rtol=1e-9)


def test_words_change_with_what_is_shown(field):
    near, far = (plots.field_picture(field, np.full(len(field), a), what="x*v").words for a in (0.5, 40))
    assert "0.5 degrees" in near
    assert "100% of the points within 5 degrees" in near
    assert "40 degrees" in far
    assert "0% of the points within 5 degrees" in far
    assert "x*v" in far
    empty, none = plots.front_picture(()).words, plots.front_picture(FRONT).words
    assert "empty" in empty
    assert "no closed form" in none
    assert "v**2 + x**2 (complexity 5, loss 1e-05)" in plots.front_picture(FRONT, FRONT[-1]).words
    rising, falling = (plots.phi_picture(field.values, s * field.values).words for s in (1, -1))
    assert "rises" in rising
    assert "falls" in falling


def test_a_loss_of_zero_has_a_place_on_the_logarithmic_front():
    picture = plots.front_picture([Found("x", 1, 0.5), Found("x + v", 3, 0.0)])
    assert min(picture.marks[1].data["y"]) > 0
    assert "inf" not in picture.svg()


def test_training_with_negative_losses_is_drawn_on_a_linear_scale():
    history = {"epoch": [1, 2], "loss": [-1, -8], "validation": [-2, -9]}
    assert not plots.history_picture(history).log_y
    assert "from -1 to -8" in plots.history_picture(history).words
    assert "has not begun" in plots.history_picture({"epoch": [], "loss": [], "validation": []}).words


def test_svg_places_points_where_they_belong():
    data = {"x": [0.0, 10.0, 5.0], "y": [1.0, 100.0, 10.0]}
    picture = plots.Picture("t", "x", "y", (plots.Mark("points", data),), "w", log_y=True)
    # each dot is a move from the one before, in quarters of a pixel; those further left may come first
    moves = [
        dot.replace("-", " -").removeprefix("m").split() for dot in svg_paths(picture)[-1].split("h0")[:3]
    ]
    places = np.cumsum(np.array(moves, dtype=float), axis=0) / 4
    (x0, y0), (x2, y2), (x1, y1) = sorted(places.tolist())
    assert 62 < x0 < x2 < x1 < 508  # the axes
    assert 268 > y0 > y2 > y1 > 26
    assert x2 == pytest.approx((x0 + x1) / 2, abs=0.25)
    assert y2 == pytest.approx((y0 + y1) / 2, abs=0.25)


def test_a_long_legend_has_several_rows_within_the_picture():
    line = {"x": [0, 1], "y": [0, 1]}
    labels = [f"formula number {k}" for k in range(6)]
    marks = tuple(plots.Mark("line", line, label=label) for label in labels)
    few, many = (ET.fromstring(plots.Picture("t", "x", "y", some, "w").svg()) for some in (marks[:1], marks))
    texts = {text.text: text for text in many.iter() if text.tag.endswith("text")}
    ends = [float(texts[label].get("x")) + 6 * len(label) for label in labels]
    rows = {texts[label].get("y") for label in labels}
    assert max(ends) <= 520
    assert int(many.get("height")) - int(few.get("height")) == 16 * (len(rows) - 1) > 0


def test_a_line_is_broken_where_it_has_no_value():
    y = [0.0, 1.0, np.nan, 3.0, 4.0, np.nan, 5.0]
    line = plots.Mark("line", {"x": np.arange(7.0), "y": y})
    path = svg_paths(plots.Picture("t", "x", "y", (line,), "w"))[-1]
    assert path.count("m") == 2
    assert line.columns()["y"] == [0, 1, None, 3, 4, None, 5]


def test_formulas_and_titles_are_escaped_in_svg():
    picture = plots.front_picture([Found("<script>alert(1)</script>", 1, 0.1)], Found("a<b & c", 1, 0.1))
    assert "<script" not in picture.svg()
    assert "a<b" in ET.fromstring(picture.svg())[0].text


def test_the_same_structure_has_the_same_signature_whatever_the_data(field):
    one, other = (plots.field_picture(field, np.full(len(field), a)) for a in (1, 50))
    assert one.signature == other.signature
    assert one.signature != plots.field_picture(field).signature


def test_published_formulas_are_scored_on_the_field_under_its_own_names(field):
    found = plots.published_front("P1-07", field)
    chosen = found[5]
    assert {s.name for s in chosen.expression.free_symbols} == {"x", "v"}
    assert chosen.loss < 1e-12
    assert found[0].loss > 0.1
    with pytest.raises(UnknownNameError, match="did you mean 'P1-07'"):
        plots.published_front("P1-7", field)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: plots.field_picture(f, np.zeros(3)), r"degrees must be 500 angles.*\(3,\)"),
        (lambda f: plots.field_picture(f, inputs=(0, 2)), "input 2 does not exist.*0 to 1"),
        (lambda f: plots.field_picture(f, inputs=("x", "w")), "no input 'w'"),
        (lambda f: plots.phi_picture(f.values, f.values[:9]), r"equally long.*\(500,\) and \(9,\)"),
        (lambda f: plots.pairs_picture(f.points, f.points[:9], f.names), "two tables of the same shape"),
        (lambda f: plots.plane_picture(f.points, f.values[:9], f.names), "got 9 values for 500 points"),
        (lambda _: plots.history_picture({"epoch": []}), "history has no 'loss', only epoch"),
        (lambda _: plots.Mark("arrows", {}), "'arrows' does not exist"),
        (lambda _: plots.Mark("line", {"x": [1], "y": []}), "equally long, got {'x': 1, 'y': 0}"),
    ],
)
def test_bad_input_is_named(field, call, message):
    with pytest.raises((DataError, UnknownNameError), match=message):
        call(field)


def test_fronts_of_other_methods_are_drawn_beside_ours(field):
    ours, theirs = score(field, "x*v"), score(field, "x")
    picture = plots.front_picture([ours], ours, others={"value": [theirs], "labels": [theirs, ours]})
    labels = {mark.label: len(mark.data["x"]) for mark in picture.marks}
    assert (labels["value"], labels["labels"]) == (1, 2)
    assert picture.words.endswith(f"other methods: value {theirs.loss:.2g}, labels {ours.loss:.2g}.")


def test_labels_are_told_apart_by_shape_and_colour():
    x, y = np.random.default_rng(0).uniform(size=(100, 3)), np.arange(100) % 4 == 0
    picture = plots.labels_picture(x, y.astype(float), ("a", "b", "c"), inputs=(0, 2))
    no, yes = picture.marks
    assert (len(no.data["x"]), len(yes.data["x"])) == (75, 25)
    assert (no.label, yes.label) == ("label 0", "label 1")
    assert no.shape != yes.shape
    assert "over a and c, 25% labelled 1" in picture.words
    with pytest.raises(DataError, match=r"of two kinds, got 100 labels of 1 kind"):
        plots.labels_picture(x, np.ones(100), ("a", "b", "c"))


def test_long_words_below_the_axis_have_room():
    mark = plots.Mark("points", {"x": [0, 1], "y": [0, 1]}, label="runs")
    heights, below = [], []
    for word in ("P1-01", "a setting of many words"):
        picture = plots.Picture("Title", "x", "y", (mark,), "words", ticks=((0, word), (1, word)))
        root = ET.fromstring(picture.svg())
        heights.append(float(root.get("height")))
        (tick, *_, label) = (e for e in root.iter() if e.tag.endswith("text") and e.text in {word, "x"})
        below.append(float(label.get("y")) - float(tick.get("y")))
    assert heights[0] == 330
    assert below[1] > 0.7 * 6 * len(word)  # a turned letter, of 6 pixels, goes down 0.7 of them
    assert heights[1] - heights[0] == below[1] - below[0]


@pytest.mark.parametrize(("words", "turned"), [("a", 0), ("bc", 0), ("energy", 6), ("def", 25)])
def test_words_below_the_axis_are_turned_where_they_would_touch(words, turned):
    count = turned or 6
    mark = plots.Mark("points", {"x": [0, 1], "y": [0, 1]})
    ticks = tuple((k / count, words) for k in range(count))
    svg = plots.Picture("Title", "x", "y", (mark,), "words", ticks=ticks).svg()
    assert svg.count(f">{words}</text>") == count
    assert svg.count("rotate(-45") == turned
