"""A `Picture` as SVG text: for paper, web pages and notebooks without a kernel. No browser is needed."""

import math
from html import escape

import numpy as np

__all__ = ["svg"]

_WIDTH, _HEIGHT = 520, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 26, 62
_DASHES = {"dashed": "6 4", "dotted": "2 3"}
# Outlines in units of the marker's radius, pointing up.
_OUTLINES = {
    "triangle": [(0, -1), (0.87, 0.5), (-0.87, 0.5)],
    "diamond": [(0, -1.2), (0.8, 0), (0, 1.2), (-0.8, 0)],
    "star": [
        (math.sin(k * math.pi / 5) * r, -math.cos(k * math.pi / 5) * r)
        for k, r in enumerate([1.2, 0.5] * 5)
    ],
}  # fmt: skip


def svg(picture):
    """Draw the picture; lines and letters take the colour of the surrounding text where it is inlined."""
    scale = _Scale(picture)
    parts = [*_axes(picture, scale), *(_draw(mark, scale) for mark in picture.marks), *_legend(picture)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="11" role="img" '
        f'style="color:#222;background:#fff;max-width:100%"><title>{escape(picture.words)}</title>'
        + "".join(parts)
        + "</svg>"
    )


class _Scale:
    """Maps data to pixels; with `equal`, the shorter range is widened so that both axes have one scale."""

    def __init__(self, picture):
        self.log_y = picture.log_y
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        self.x = _range([m.coordinates(0) for m in picture.marks])
        self.y = _range([self._logged(m.coordinates(1)) for m in picture.marks])
        if picture.equal:
            unit = max((self.x[1] - self.x[0]) / width, (self.y[1] - self.y[0]) / height)
            self.x, self.y = _widened(self.x, unit * width), _widened(self.y, unit * height)

    def _logged(self, y):
        return np.log10(np.maximum(y, 1e-300)) if self.log_y else y

    def place(self, x, y):
        x = _LEFT + (np.asarray(x, float) - self.x[0]) / (self.x[1] - self.x[0]) * (_WIDTH - _LEFT - _RIGHT)
        rise = (self._logged(np.asarray(y, float)) - self.y[0]) / (self.y[1] - self.y[0])
        y = _HEIGHT - _BOTTOM - rise * (_HEIGHT - _TOP - _BOTTOM)
        return [(f"{a:.1f}", f"{b:.1f}") for a, b in zip(x, y, strict=True) if np.isfinite(a + b)]


def _range(columns):
    values = np.concatenate([*columns, np.empty(0)])
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    pad = 0.05 * (high - low) or max(abs(high), 1.0) * 0.1
    return low - pad, high + pad


def _widened(span, length):
    middle = (span[0] + span[1]) / 2
    return middle - length / 2, middle + length / 2


def _ticks(low, high, log):
    if log and high - low >= 1:
        step = max(1, round((high - low) / 5))
        return [(t, f"1e{t}") for t in range(math.ceil(low), math.floor(high) + 1, step)]
    raw = (high - low) / 5
    step = min((m * 10.0 ** math.floor(math.log10(raw)) for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
    places = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [(t, f"{10**t:.2g}" if log else f"{t:.4g}") for t in places]


def _axes(picture, scale):
    base, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    yield f'<path d="M{_LEFT} {_TOP}V{base}H{right}" fill="none" stroke="currentColor"/>'
    for value, text in picture.ticks or _ticks(*scale.x, log=False):
        x = _LEFT + (value - scale.x[0]) / (scale.x[1] - scale.x[0]) * (right - _LEFT)
        yield _slanted(x, base + 10, text) if picture.ticks else _text(x, base + 14, text, "middle")
    for value, text in _ticks(*scale.y, picture.log_y):
        y = base - (value - scale.y[0]) / (scale.y[1] - scale.y[0]) * (base - _TOP)
        yield _text(_LEFT - 5, y + 4, text, "end")
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="currentColor" stroke-opacity=".12"/>'
    yield _text(_LEFT, 16, picture.title, "start", "bold")
    yield _text((_LEFT + right) / 2, base + (41 if picture.ticks else 30), picture.x_label, "middle")
    middle = (_TOP + base) / 2
    yield f'<g transform="rotate(-90 14 {middle})">{_text(14, middle, picture.y_label, "middle")}</g>'


def _text(x, y, text, anchor, weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="currentColor">{escape(text)}</text>'
    )


def _slanted(x, y, text):
    return f'<g transform="rotate(-45 {x:.1f} {y})">{_text(x, y, text, "end")}</g>'


def _draw(mark, scale):
    data = {name: np.asarray(column) for name, column in mark.data.items()}
    if mark.kind == "points":
        return _markers(mark, scale.place(data["x"], data["y"]), data.get("angle"))
    if mark.kind == "line":
        path = "M" + "L".join(f"{x} {y}" for x, y in scale.place(data["x"], data["y"]))
        dash = _DASHES.get(mark.shape, "none")
        return _stroke(path, mark, f' stroke-dasharray="{dash}"') if len(path) > 1 else ""
    if mark.kind == "segments":
        ends = zip(scale.place(data["x0"], data["y0"]), scale.place(data["x1"], data["y1"]), strict=True)
        return _stroke("".join(f"M{a} {b}L{c} {d}" for (a, b), (c, d) in ends), mark)
    corners = zip(
        scale.place(data["left"], data["bottom"]), scale.place(data["right"], data["top"]), strict=True
    )
    path = "".join(f"M{a} {b}V{d}H{c}V{b}Z" for (a, b), (c, d) in corners)
    return f'<path d="{path}" fill="{mark.colour}" fill-opacity=".6" stroke="{mark.colour}"/>'


def _stroke(path, mark, more=""):
    return f'<path d="{path}" fill="none" stroke="{mark.colour}" stroke-width="{mark.size:g}"{more}/>'


def _markers(mark, places, angles=None):
    if mark.shape in _OUTLINES:
        angles = np.zeros(len(places)) if angles is None else angles
        outlines = {}  # most markers look alike: their turned outlines are written once
        for (x, y), angle in zip(places, angles, strict=True):
            outlines.setdefault(round(float(angle), 2), []).append(f"M{x} {y}")
        path = "".join(_turned(mark, starts, angle) for angle, starts in outlines.items())
        return f'<path d="{path}" fill="{mark.colour}" stroke="{mark.colour}"/>'
    if mark.shape == "ring":
        r, d = mark.size / 2, mark.size
        rings = (
            f"M{float(x) - r:.1f} {y}a{r:g} {r:g} 0 1 0 {d:g} 0a{r:g} {r:g} 0 1 0 {-d:g} 0" for x, y in places
        )
        return f'<path d="{"".join(rings)}" fill="none" stroke="{mark.colour}" stroke-width="1.5"/>'
    dots = "".join(f"M{x} {y}h0" for x, y in places)  # a line without length and with round ends is a dot
    return _stroke(dots, mark, ' stroke-linecap="round"')


def _turned(mark, starts, angle):
    cos, sin = math.cos(angle) * mark.size / 2, math.sin(angle) * mark.size / 2
    corners = [(cos * u + sin * v, -sin * u + cos * v) for u, v in _OUTLINES[mark.shape]]
    steps = zip(corners, [(0, 0), *corners[:-1]], strict=True)
    first, *rest = (f"{x - a:.1f} {y - b:.1f}" for (x, y), (a, b) in steps)
    outline = f"m{first}l{'l'.join(rest)}z"
    return "".join(start + outline for start in starts)


def _legend(picture):
    x, y = _LEFT, _HEIGHT - 8
    for mark in picture.marks:
        if not mark.label:
            continue
        if mark.kind == "points":
            yield _markers(mark, [(f"{x + 8}", f"{y - 4}")])
        else:
            dash = _DASHES.get(mark.shape, "none")
            yield _stroke(f"M{x} {y - 4}h16", mark, f' stroke-dasharray="{dash}"')
        yield _text(x + 20, y, mark.label, "start")
        x += 36 + 6 * len(mark.label)
