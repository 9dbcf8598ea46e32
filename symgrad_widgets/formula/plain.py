"""Write trees of formulas as text that can be read in only one way."""

__all__ = ["short", "written"]


def short(text):
    """Return the text, cut to at most 40 characters, for use in a sentence."""
    return text if len(text) <= 40 else f"{text[:37]}..."


def written(tree):
    """Write a tree as text, with every `*` shown and with brackets wherever they help a reader."""
    return _written(tree)[0]


def _written(tree):
    """Return text, and how tightly it binds: a sum 1, a product 2, a quotient 3, a power 4, all else 5."""
    head, *parts = tree
    if head in ("#", "@"):
        return parts[0], 3 if head == "#" and "/" in parts[0] else 5
    if head in _ARITHMETIC:
        return _ARITHMETIC[head](*parts)
    return f"{head}({', '.join(map(written, parts))})" if parts else head, 5


def _sum(first, *others):
    signed = [_bound(p[1], 2, " - ") if p[0] == "neg" else _bound(p, 2, " + ") for p in others]
    return "".join([_bound(first, 2) if first[0] != "neg" else written(first), *signed]), 1


_ARITHMETIC = {
    "add": _sum,
    "neg": lambda u: (_bound(u, 2, "-"), 1),
    "mul": lambda *parts: ("*".join(_bound(part, 4) for part in parts), 2),
    "div": lambda a, b: (f"{_bound(a, 2)}/{_bound(b, 4)}", 3),
    "pow": lambda a, b: (f"{_bound(a, 5)}^{_bound(b, 5)}", 4),
}


def _bound(tree, least, sign=""):
    text, binds = _written(tree)
    return f"{sign}{text}" if binds >= least else f"{sign}({text})"
