"""Draw a `Picture` as a bokeh figure."""

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure as bokeh_figure

__all__ = ["HEIGHT", "figure"]

HEIGHT = 320
_IN_A_ROW = 5  # legend labels that fit into a narrow plot
_MARKERS = {"ring": "circle", "": "circle"}


def figure(picture):
    """Draw the picture; the sources are named mark0, mark1, ... in the order of `picture.marks`."""
    plot = bokeh_figure(
        title=picture.title,
        x_axis_label=picture.x_label,
        y_axis_label=picture.y_label,
        y_axis_type="log" if picture.log_y else "linear",
        match_aspect=picture.equal,
        height=HEIGHT,
        min_width=240,
        sizing_mode="stretch_width",
        tools="pan,box_zoom,reset,save",
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
    )
    plot.tags = [picture.say.table["numbers"]["point"]]  # decimal point of the numbers on the axes
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    plot.grid.grid_line_alpha = 0.15
    plot.axis.axis_label_text_font_style = "normal"
    plot.axis.minor_tick_line_color = None
    if picture.bare:
        plot.axis.visible = plot.grid.visible = False
        plot.x_range.range_padding, plot.y_range.range_padding = 0.02, 0.2  # leaves room for words at marks
    if picture.ticks:
        plot.xaxis.ticker = [x for x, _ in picture.ticks]
        plot.xaxis.major_label_overrides = dict(picture.ticks)
        plot.xaxis.major_label_orientation = 0.8 if picture.slanted else 0.0  # radians
    for number, mark in enumerate(picture.marks):
        source = ColumnDataSource(mark.columns(), name=f"mark{number}")
        renderer = _draw(plot, mark, source)
        renderer.muted_glyph = renderer.nonselection_glyph = None  # unused, but half of the document
        if mark.hover:
            tips = [(name.replace("_", " "), "@{" + name + "}") for name in mark.hover]
            plot.add_tools(HoverTool(renderers=[renderer], tooltips=tips))
    if any(mark.hover for mark in picture.marks):
        plot.add_tools("tap")
    _tidy_legend(plot)
    return plot


def _draw(plot, mark, source):
    legend = {"legend_label": mark.label} if mark.label else {}
    common = {"source": source, "line_color": mark.colour} | legend
    if mark.kind == "line":
        return plot.line("x", "y", line_width=mark.size, line_dash=mark.shape or "solid", **common)
    if mark.kind == "segments":
        return plot.segment(
            "x0", "y0", "x1", "y1", line_width=mark.size, line_dash=mark.shape or "solid", **common
        )
    if mark.kind == "text":
        above = mark.shape == "above"
        return plot.text(
            "x", "y", "text", source=source, text_color=mark.colour, text_font_size=f"{mark.size:g}px",
            text_baseline="bottom" if above else "top", x_offset=7, y_offset=-4 if above else 4,
        )  # fmt: skip
    if mark.kind == "bars":
        return plot.quad(
            left="left", right="right", bottom="bottom", top="top",
            fill_color=mark.colour, fill_alpha=0.6, **common,
        )  # fmt: skip
    ring = mark.shape == "ring"
    return plot.scatter(
        "x", "y", size=mark.size, marker=_MARKERS.get(mark.shape, mark.shape),
        angle="angle" if "angle" in mark.data else 0,
        fill_color=None if ring else mark.colour, line_width=2 if ring else 1, **common,
    )  # fmt: skip


def _tidy_legend(plot):
    for legend in plot.legend:
        legend.background_fill_alpha = 0
        legend.border_line_color = None
        legend.label_text_font_size = "11px"
        legend.location = "left"
        legend.label_standoff = 3
        legend.spacing = 12
        legend.padding = legend.margin = 0
        plot.add_layout(legend, "below")
        legend.orientation = "horizontal"
        if len(legend.items) > _IN_A_ROW:
            legend.ncols = -(-len(legend.items) // 2)
