"""LaTeX as MathML, which browsers draw themselves."""

import re
from html import escape

from latex2mathml.converter import convert

__all__ = ["between_dollars", "mathml"]

_NAMED = re.compile("(?<!<msup>)(?<!<msub>)(<mi>[a-z]{2,}</mi>)(?=<m[in])")  # cos before its argument
_DOLLARS = re.compile(r"\$(.+?)\$")


def mathml(latex, display="inline"):
    """Return MathML of LaTeX, or the LaTeX source if the converter cannot read it."""
    try:
        return _NAMED.sub(r'\1<mspace width="0.167em" />', convert(latex.strip(), display=display))
    except Exception:  # noqa: BLE001 - the converter raises many kinds; the source is readable too
        return f"<code>{escape(latex)}</code>"


def between_dollars(text):
    """Return text with each `$formula$` as MathML."""
    return _DOLLARS.sub(lambda found: mathml(found[1]), text)
