"""The page that says which models can be read: made of what the tests beside this one do."""

from pathlib import Path

from families import STRANGERS
from test_made_of_models import LAYERS, READ, REFUSED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "models.md"
MOST = 6  # refusals
OUTPUT = "read at its output; to read its layers, or to splice it, pass the original model"
NOTES = {"fully_shard": "read, one neuron at a time; cannot be spliced, because the model cannot be copied"}


def rows():
    """Rows of both tables."""
    for family, stranger in STRANGERS.items():
        answer = "; ".join(f"{call} refused: {why}" for call, why in stranger.refused.items()) or "read"
        yield f"| {family} | {stranger.how} | {answer} |"
    for kind, (_, layer) in READ.items():
        yield f"| {kind} | {NOTES.get(kind, 'read' if layer else OUTPUT)} |"
    for kind in LAYERS.keys() - READ.keys() - {"exported"}:
        yield f"| {kind} | read at its output; to read its layers, set `use_reentrant=False` |"
    for kind, (_, _, told) in REFUSED.items():
        yield f"| {kind} | refused: {told} |"


def test_the_page_has_what_the_tests_do():
    written = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    heads = "| model | how | answer |", "| --- | --- | --- |", "| model | answer |", "| --- | --- |"
    assert [line for line in written if line not in heads] == list(rows())


def test_few_are_refused():
    refused = [call for stranger in STRANGERS.values() for call in stranger.refused]
    assert len(refused) + len(REFUSED) <= MOST
