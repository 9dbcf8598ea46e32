"""Write docs/recovery.md from the stored rows: `.venv/bin/python .github/recovery.py`."""

import sys
from pathlib import Path

from symgrad_widgets.measuring.recovery import beside, over_seeds, reference_rows, total

ROOT = Path(__file__).resolve().parents[1]
ROWS = (
    ROOT / "notebooks" / "reference" / "results.jsonl",
    ROOT / "tests" / "reference" / "paper_preset.jsonl",
)
PAGE = ROOT / "docs" / "recovery.md"
SEEDS = [ROOT / "tests" / "reference" / name for name in ("seeds.jsonl", "free.jsonl")]
TEXT = """# Recovery

With seed 0, we trained and interpreted every experiment once, without looking at its concept: {ours}.

`symgrad sweep --compare notebooks/reference/results.jsonl` does this again, and says what has changed.
`.github/recovery.py` writes this page from the stored rows of sweeps.

## Over seeds

We ran `symgrad sweep --seeds 0-4 --budget 60` in one process while another one was busy. For P1-06, P1-09 and
P1-11 we also ran seeds 5 to 9, a little earlier, while many processes were running. So the seconds of these
three are too high: {seeds}.
*determinant2 free* is `--variant free`: 2x2 matrices whose trace is not fixed, so that pairs share both trace
and determinant. Floor and seconds are medians, *worst* is the highest floor; the seconds are wall time.

Kepler's seed 1 first missed because a constant was 2 % off. After that we changed the rule that replaces a
number with a simple one, and ran all seeds again. So seed 1 is not an independent test of that rule. The rows
of *determinant2 free* are older than that change. All rows on this page are older than another change: we now
take angles in units of each input's spread.

{over}

The runs that missed (P2-G's network mixes two concepts; there, fidelity to the network counts):

{missed}

## Against the paper's set-up

Here are the same data and the same search after two trainings. On the left is our own; on the right, from
*epochs* on, the published network, loss and schedule (`--preset paper`): {others}.
The rows on the right are from 21 November 2026, before the last changes to the search.

The published schedules would take hours. We cut them to the epochs shown (`--epochs 15`), and the patience of
the learning rate in proportion. With the search, a run on the right took 21 to 34 s of processor time, one on
the left 10 to 23 s. So the right side shows what the published set-up reaches in somewhat more time than
ours, not what it reaches in the end.

We choose the answer on each front in three ways. *ours* is our rule, which must find all concepts that the
neurons are known to hold. The other two are automatic rules, for comparison with arXiv 2409.05305:
the largest drop of the log loss from one entry to the next (*drop*), and the largest drop for each unit of
complexity (*slope*). For several neurons these look only at the first front. Loss and complexity are ours.
*yes*: `verify` says that it is a concept. *Floor*: mean 1 - cos² between the gradients of network and
concept.

{figures}

The choices that are not a concept (P2-G's network mixes two; there, fidelity to the network counts):

{formulas}
"""


def page():
    """Return the text of the page."""
    ours, others = map(reference_rows, ROWS)
    rows = [row for path in SEEDS for row in reference_rows(path)]
    tables = (table._repr_markdown_() for table in (*over_seeds(rows), *beside(ours, others)))
    over, missed, figures, formulas = tables
    return TEXT.format(
        ours=total(ours),
        others=total(others),
        seeds=total(rows),
        over=over,
        missed=missed,
        figures=figures,
        formulas=formulas,
    )


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
