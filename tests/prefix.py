"""Terms as text, for what tests compare and say."""

from symgrad_widgets.search.terms.postfix import fold

__all__ = ["to_string"]


def to_string(term):
    """Readable prefix form, `mul(x1, sin(x2))`."""
    return fold(
        term,
        lambda i: f"x{i + 1}",
        lambda value: f"{value:.6g}",
        lambda row, arguments: f"{row.name}({', '.join(arguments)})",
    )
