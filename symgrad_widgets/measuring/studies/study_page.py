"""A study as one HTML page that needs no other file."""

from pathlib import Path

from .catalogue import find
from .study_pictures import pictures
from .study_table import table

__all__ = ["to_html"]

_TEMPLATE = Path(__file__).with_name("study_page.html")


def to_html(rows):
    """Return the page as text, for rows of one study: question, table and pictures."""
    from jinja2 import Environment

    from ...plots.embed import embedded

    head, figures = embedded(pictures(rows))
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(head=head, pictures=figures, study=find(rows[0]["study"]), table=table(rows))
