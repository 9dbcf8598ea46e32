"""A sweep as a single HTML page that can be read offline; only hovering needs scripts."""

from pathlib import Path

from .recovery_pictures import floors_picture, success_picture, times_picture
from .summary import succeeded, summaries, total

__all__ = ["to_html"]

_TEMPLATE = Path(__file__).with_name("report.html")
_COLUMNS = (
    "paper", "experiment", "found", "drop", "slope", "failed", "floor", "worst", "loss", "training", "search",
    "memory",
)  # fmt: skip


def to_html(rows):
    """Return the page as text: figures by experiment, pictures, formulas, and every run."""
    from jinja2 import Environment

    from ...plots.embed import embedded

    pages = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters["figure"] = lambda value, form: "–" if value is None else form % value
    head, pictures = embedded([floors_picture(rows), success_picture(rows), times_picture(rows)])
    return pages.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        head=head,
        pictures=pictures,
        total=total(rows),
        columns=_COLUMNS,
        summaries=summaries(rows),
        rows=rows,
        missed=[row for row in rows if not succeeded(row)],
        versions=_versions(rows),
    )


def _versions(rows):
    made = {f"{name} {version}" for row in rows for name, version in row["versions"].items()}
    return ", ".join(sorted(made)) or "nothing yet"
