"""A table of texts, shown as Markdown and as plain text."""

from dataclasses import dataclass

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of texts below a header, as Markdown if that can be shown, and as plain text."""

    head: tuple
    rows: tuple

    def __repr__(self):
        lines = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = ((c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines)
        return "\n".join("  ".join(line).rstrip() for line in padded)

    def _repr_markdown_(self):
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        escaped = ((" ".join(cell.split()).replace("|", r"\|") for cell in line) for line in lines)
        return "\n".join(f"| {' | '.join(line)} |" for line in escaped)
