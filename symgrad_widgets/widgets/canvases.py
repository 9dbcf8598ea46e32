"""The instrument's plots as empty bokeh documents, whose columns the page fills in again and again."""

import functools

from bokeh.embed import json_item
from bokeh.models import BasicTicker, ColumnDataSource, LassoSelectTool, TapTool
from bokeh.plotting import figure

__all__ = ["document"]

_TOOLS = "pan,box_zoom,wheel_zoom,lasso_select,reset,save"


@functools.cache
def document(name):
    """Return the bokeh document of a plot, "field", "front", "bend" or "rest", whose sources have names."""
    return json_item({"field": _field, "front": _front, "bend": _bend, "rest": _bend}[name]())


def _field():
    """Draw the starts of arrows, so that people can tap them; the page draws arrows and grey levels."""
    plot = _plot(_TOOLS)
    points = {"x": [], "y": [], "size": [], "row": [], "colour": [], "alpha": []}
    chosen = _dots(plot, "points", points, marker="circle")
    plot.add_tools(TapTool(renderers=[chosen]))
    plot.select_one(LassoSelectTool).renderers = [chosen]
    for axis in plot.axis:
        axis.ticker = BasicTicker(desired_num_ticks=4)
    return plot


def _front():
    """Draw the error, a power of ten, against a formula's length: stepped lines, and a formula's mark."""
    plot = _plot("save")
    null = _source("null", x=[], y=[])
    plot.step("x", "y", source=null, mode="after", line_color="#6b7785", line_width=1.6, line_dash="dotted")
    steps = _source("steps", x=[], y=[])
    plot.step("x", "y", source=steps, mode="after", line_color="#6b7785", line_width=1.6)
    look = {"x": [], "y": [], "size": [], "colour": [], "alpha": [], "marker": []}
    dots = _dots(plot, "formulas", look, marker="marker")
    plot.add_tools(TapTool(renderers=[dots]))
    plot.xaxis.ticker = BasicTicker(desired_num_ticks=4, min_interval=1)
    plot.yaxis.ticker = BasicTicker(desired_num_ticks=3, min_interval=1, mantissas=[1, 2, 5])
    plot.yaxis.major_label_overrides = {0: "1"} | {-k: f"10{_raised(-k)}" for k in range(1, 17)}
    return plot


def _raised(power):
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _bend():
    """Draw the neuron's value against a formula's, with a curve."""
    plot = _plot("save")
    curve = _source("curve", xs=[], ys=[], colour=[])
    plot.multi_line("xs", "ys", source=curve, line_color="colour", line_width=1.8)
    _dots(plot, "values", {"x": [], "y": [], "size": [], "colour": [], "alpha": []}, marker="circle")
    for axis in plot.axis:
        axis.ticker = BasicTicker(desired_num_ticks=3)
    return plot


def _plot(tools, **settings):
    plot = figure(
        tools=tools,
        active_drag=None,
        active_scroll=None,
        active_tap="auto",
        sizing_mode="stretch_both",
        min_height=60,
        min_width=60,
        background_fill_color=None,
        border_fill_color=None,
        x_range=(0, 1),
        y_range=(0, 1),
        min_border=6,
        min_border_left=50,  # room for the axes: a frame that moves leaves marks
        min_border_bottom=26,
        **settings,
    )
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    plot.toolbar_inner = True
    plot.outline_line_alpha = 0
    plot.grid.visible = False
    plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_font_size = "12px"
    plot.axis.axis_line_alpha = 0
    plot.axis.visible = False  # until there are ranges
    plot.axis.major_tick_out = 3
    plot.axis.major_tick_in = 0
    return plot


def _dots(plot, name, columns, marker, **settings):
    """Return marks with columns for colour, alpha and size, which look the same whether selected or not."""
    renderer = plot.scatter(
        "x", "y", source=_source(name, **columns), marker=marker, size="size",
        fill_color="colour", fill_alpha="alpha", line_color=None, **settings,
    )  # fmt: skip
    renderer.nonselection_glyph = renderer.selection_glyph = renderer.muted_glyph = None
    return renderer


def _source(name, **columns):
    return ColumnDataSource(columns, name=name)
