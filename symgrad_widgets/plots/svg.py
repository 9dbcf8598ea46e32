"""A `Picture` as SVG text: for paper, web pages and notebooks without a kernel. No browser is needed."""

import math
from html import escape

import numpy as np

from .paths import STEPS, draw, symbol

__all__ = ["svg"]

_WIDTH, _HEIGHT = 520, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 26, 62
_ROW = 16  # pixels of a row of the legend
_SHORT, _DEPTH = 26, 4.5  # pixels that are always free below the axis, and depth of a letter


def svg(picture):
    """Draw the picture. In a page, lines and letters take the colour of the surrounding text."""
    keys, labels, more = _legend(picture)
    scale, height = _Scale(picture), _HEIGHT + _deeper(picture) + more
    marks = "".join([*(draw(mark, scale.place) for mark in picture.marks if mark.kind != "text"), *keys])
    texts = [text for mark in picture.marks if mark.kind == "text" for text in _written(mark, scale)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" font-family="sans-serif" font-size="11" role="img" fill="currentColor" '
        f'style="color:#222;background:#fff;max-width:100%"><title>{escape(picture.words)}</title>'
        f"{''.join([*_axes(picture, scale), *texts, *labels])}"
        f'<g transform="scale({1 / STEPS:g})" fill="none">{marks}</g></svg>'
    )


def _deeper(picture):
    """Return further pixels that the longest words below the axis need, compared with short words."""
    longest = max((len(text) for _, text in picture.ticks), default=0)
    return max(0, round(_DEPTH * longest) - _SHORT)


class _Scale:
    """Maps data to pixels; with `equal`, the shorter range is widened so that both axes have one scale."""

    def __init__(self, picture):
        self.log_y = picture.log_y
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        self.x = _range([m.coordinates(0) for m in picture.marks])
        self.y = _range([self._logged(m.coordinates(1)) for m in picture.marks])
        if picture.equal:
            pixel = max((self.x[1] - self.x[0]) / width, (self.y[1] - self.y[0]) / height)
            self.x, self.y = _widened(self.x, pixel * width), _widened(self.y, pixel * height)

    def _logged(self, y):
        return np.log10(np.maximum(y, 1e-300)) if self.log_y else y

    def place(self, x, y):
        """Return pixels (N, 2) of data."""
        x = _LEFT + (np.asarray(x, float) - self.x[0]) / (self.x[1] - self.x[0]) * (_WIDTH - _LEFT - _RIGHT)
        rise = (self._logged(np.asarray(y, float)) - self.y[0]) / (self.y[1] - self.y[0])
        y = _HEIGHT - _BOTTOM - rise * (_HEIGHT - _TOP - _BOTTOM)
        return np.stack([x, y], axis=1)


def _range(columns):
    values = np.concatenate([*columns, np.empty(0)])
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    pad = 0.05 * (high - low) or max(abs(high), 1.0) * 0.1
    return low - pad, high + pad


def _widened(span, length):
    middle = (span[0] + span[1]) / 2
    return middle - length / 2, middle + length / 2


def _ticks(say, low, high, log):
    if log and high - low >= 1:
        step = max(1, round((high - low) / 5))
        return [(t, f"1e{t}") for t in range(math.ceil(low), math.floor(high) + 1, step)]
    raw = (high - low) / 5
    step = min((m * 10.0 ** math.floor(math.log10(raw)) for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
    places = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [(t, say.number(10**t, ".2g") if log else say.number(t, ".4g")) for t in places]


def _axes(picture, scale):
    base, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    title = _text(_LEFT, 16, picture.title, ' font-weight="bold"')
    if picture.bare:
        yield title
        return
    yield f'<path d="M{_LEFT} {_TOP}V{base}H{right}" fill="none" stroke="currentColor"/>'
    across = [
        (_LEFT + (value - scale.x[0]) / (scale.x[1] - scale.x[0]) * (right - _LEFT), text)
        for value, text in picture.ticks or _ticks(picture.say, *scale.x, log=False)
    ]
    up = [
        (base - (value - scale.y[0]) / (scale.y[1] - scale.y[0]) * (base - _TOP), text)
        for value, text in _ticks(picture.say, *scale.y, picture.log_y)
    ]
    lines = "".join(f"M{_LEFT} {y:.1f}H{right}" for y, _ in up)
    yield f'<path d="{lines}" stroke="currentColor" stroke-opacity=".12"/><g text-anchor="end">'
    yield from (_text(_LEFT - 5, y + 4, text) for y, text in up)
    if picture.slanted:
        yield from (_text(x, base + 10, text, _turned(-45, x, base + 10)) for x, text in across)
    yield '</g><g text-anchor="middle">'
    if not picture.slanted:
        yield from (_text(x, base + 14, text) for x, text in across)
    below = 41 + _deeper(picture) if picture.slanted else 30
    yield _text((_LEFT + right) / 2, base + below, picture.x_label)
    middle = (_TOP + base) / 2
    yield _text(14, middle, picture.y_label, _turned(-90, 14, middle))
    yield "</g>" + title


def _written(mark, scale):
    below = mark.size + 2 if mark.shape == "below" else -5
    for (x, y), text in zip(scale.place(mark.data["x"], mark.data["y"]), mark.data["text"], strict=True):
        yield _text(x + 7, y + below, text, f' font-size="{mark.size:g}"')


def _text(x, y, text, more=""):
    return f'<text x="{round(x, 1):g}" y="{round(y, 1):g}"{more}>{escape(text)}</text>'


def _turned(degrees, x, y):
    return f' transform="rotate({degrees} {round(x, 1):g} {round(y, 1):g})"'


def _legend(picture):
    """Return symbols and labels of the labelled marks, and the pixels that rows after the first need."""
    named = [(mark, 36 + 6 * len(mark.label)) for mark in picture.marks if mark.label]
    first, top = max(4, min(_LEFT, _WIDTH - sum(width for _, width in named))), _HEIGHT + _deeper(picture) - 8
    x, y, keys, labels = first, top, [], []
    for mark, width in named:
        if x > first and x + width > _WIDTH:
            x, y = first, y + _ROW
        keys.append(symbol(mark, x, y - 4))
        labels.append(_text(x + 20, y, mark.label))
        x += width
    return keys, labels, y - top
