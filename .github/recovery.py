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

Seed 0: every experiment once, trained and interpreted without a look at its concept: {ours}.

`symgrad sweep --compare notebooks/reference/results.jsonl` does it again and says what has changed.
This page is written by `.github/recovery.py` from the stored rows of sweeps.

## Over seeds

`symgrad sweep --seeds 0-4 --budget 60`, one process beside a busy one; of P1-06, P1-09 and P1-11 seeds 5 to 9
as well, a little earlier beside many, so that the seconds of these three are too many: {seeds}.
*determinant2 free* is `--variant free`: 2x2 matrices whose trace is not fixed, so that pairs share it and the
determinant. Floor and seconds are medians, *worst* is the highest floor; the seconds are wall time.

After Kepler's seed 1 had missed by a constant 2 % off, the rule by which a number is taken for a simple one
was changed, and all seeds were run again: seed 1 is no independent test of that rule. The rows of
*determinant2 free* are from before that change. All rows over seeds, and those of the paper's set-up below,
are from before angles were taken in units of each input's spread; so are those of seed 0.

{over}

What was missed (of P2-G, whose network mixes two concepts, fidelity to it is what counts):

{missed}

## Against the paper's set-up

The same data and the same search after two trainings. On the left our own; on the right, from *epochs* on,
the published network, loss and schedule (`--preset paper`): {others}.
The rows on the right are of 21 November 2026, before the last changes of the search.

The published schedules were cut to the epochs shown (`--epochs 15`), as whole they would take hours, and the
patience of the learning rate in proportion. A run on the right, search included, took 21 to 34 s of processor
time, one on the left 10 to 23 s: the right side says what the published set-up reaches in somewhat more time
than ours, not what it reaches in the end.

On each front the answer is chosen in three ways: by our rule (*ours*, which has to find all concepts that
the neurons are known to hold), and by the two automatic rules that the choices of arXiv 2409.05305 can be
held against: at the largest drop of the log loss from one entry to the next (*drop*), and at the largest
drop for each unit of complexity (*slope*); of several neurons these look at the first front only. Loss
and complexity are ours. *yes*: `verify` says that it is a concept. *Floor*: mean 1 - cos² between the
gradients of network and concept.

{figures}

What was chosen and is no concept (of P2-G, whose network mixes two, fidelity to it is what counts):

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
