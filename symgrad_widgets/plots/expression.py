"""A formula as a tree, as MathML, and as text to paste elsewhere."""

from dataclasses import dataclass
from html import escape

import sympy as sp

from ..words import ENGLISH, Words
from .picture import BLUE, GREEN, ORANGE

__all__ = ["ExpressionPicture"]

_SIGNS = {sp.Add: ("+", "plots.sum"), sp.Mul: ("×", "plots.product"), sp.Pow: ("^", "plots.power")}
_ACROSS, _DOWN, _MARGIN = 46, 52, 26


@dataclass(frozen=True)
class ExpressionPicture:
    """A SymPy formula, which IPython shows as a tree with words. Operators are round; leaves are boxes."""

    expression: sp.Expr
    names: tuple
    say: Words = ENGLISH

    @property
    def words(self):
        """In words: the formula, and what its outermost operator joins."""
        parts = [str(part) for part in self.expression.args]
        if not parts or self.expression.is_Rational:
            return self.say("plots.theFormula", formula=str(self.expression))
        key, applied = _SIGNS.get(self.expression.func, ("", ""))[1], self.expression.func.__name__
        kind, joined = self.say(key) if key else applied, self.say.listed(parts)
        return self.say("plots.formulaIs", formula=str(self.expression), kind=kind, parts=joined)

    @property
    def texts(self):
        """The formula as (kind, text): LaTeX, SymPy, Python with NumPy."""
        from sympy.printing.numpy import NumPyPrinter

        code = NumPyPrinter().doprint(self.expression)
        return (
            ("LaTeX", sp.latex(self.expression)),
            ("SymPy", sp.sstr(self.expression)),
            ("Python", f"lambda {', '.join(self.names)}: {code}"),
        )

    def mathml(self):
        """Return the formula as MathML, which browsers draw themselves."""
        from latex2mathml.converter import convert

        return convert(sp.latex(self.expression), display="block")

    def svg(self):
        """Return the tree as the text of an SVG file."""
        nodes, edges = [], []
        width = _place(self.expression, 0, 0, nodes, edges)[1]
        height = max(y for _, y, _ in nodes)
        wide, high = width * _ACROSS + _MARGIN, height * _DOWN + 2 * _MARGIN
        lines = "".join(f"M{_x(a)} {_y(b)}L{_x(c)} {_y(d)}" for a, b, c, d in edges)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" '
            f'height="{high:g}" font-family="sans-serif" font-size="13" text-anchor="middle" role="img" '
            f'style="color:#222;background:#fff;max-width:100%"><title>{escape(self.words)}</title>'
            f'<path d="{lines}" stroke="currentColor" stroke-opacity=".6" fill="none"/>'
            + "".join(_node(*node) for node in nodes)
            + "</svg>"
        )

    def _repr_mimebundle_(self, **_):
        return {"image/svg+xml": self.svg(), "text/plain": self.words}


def _place(expression, left, depth, nodes, edges):
    """Append the subtree's nodes (x, depth, expression) and edges; return its root's x and its right end."""
    if not expression.args or expression.is_Rational:
        wide = max(1, len(str(expression)) / 5)
        nodes.append((left + wide / 2, depth, expression))
        return left + wide / 2, left + wide
    places = []
    for part in expression.args:
        place, left = _place(part, left, depth + 1, nodes, edges)
        places.append(place)
    middle = (places[0] + places[-1]) / 2
    edges += [(middle, depth, place, depth + 1) for place in places]
    nodes.append((middle, depth, expression))
    return middle, left


def _node(x, y, expression):
    leaf = not expression.args or expression.is_Rational
    text = str(expression) if leaf else _SIGNS.get(expression.func, (expression.func.__name__,))[0]
    half = max(13, 4 * len(text) + 5)
    colour = BLUE if expression.is_Symbol else GREEN if leaf else ORANGE
    shape = (
        f'x="{_x(x) - half:g}" y="{_y(y) - 13:g}" width="{2 * half:g}" height="26" rx="{3 if leaf else 13}"'
    )
    return (
        f'<rect {shape} fill="#fff" stroke="{colour}" stroke-width="2"/>'
        f'<text x="{_x(x):g}" y="{_y(y) + 4.5:g}" fill="#222">{escape(text)}</text>'
    )


def _x(x):
    return round(_MARGIN / 2 + x * _ACROSS, 1)


def _y(y):
    return round(_MARGIN + y * _DOWN, 1)
