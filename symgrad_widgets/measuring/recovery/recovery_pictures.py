"""Pictures of a sweep: floors, success and times by experiment."""

from statistics import median

from ...plots import Mark, Picture
from ...plots.picture import BLUE, GREEN, ORANGE, RED
from .summary import figures, succeeded, summaries

__all__ = ["floors_picture", "success_picture", "times_picture"]

_SPREAD = 0.6  # spread of an experiment's runs, as a share of the distance between experiments
_LOWEST = 1e-12  # drawn instead of zero, which a logarithmic scale does not have


def floors_picture(rows):
    """Draw the floors of all runs, by experiment and, from left to right, by seed."""
    places, ticks = _places(rows)
    looks = (
        (BLUE, "circle", "concept found", succeeded),
        (RED, "diamond", "not found", lambda row: not succeeded(row)),
    )
    marks = tuple(_floors(rows, places, colour, shape, label, test) for colour, shape, label, test in looks)
    floors = figures(rows, "floor")
    spread = f" from {min(floors):.1e} to {max(floors):.1e}" if floors else ""
    return Picture(
        title="Floor of every run",
        x_label="experiment; within it, seeds from left to right",
        y_label="floor (mean 1 - cos²)",
        marks=marks,
        words=f"How far the networks' gradients are from their concepts': {len(floors)} runs{spread}.",
        log_y=True,
        ticks=ticks,
    )


def _floors(rows, places, colour, shape, label, test):
    chosen = [(place, row) for place, row in zip(places, rows, strict=True) if row.get("floor") and test(row)]
    data = {
        "x": [place for place, _ in chosen],
        "y": [max(row["floor"], _LOWEST) for _, row in chosen],
        "run": [f"{row['experiment']} seed {row['seed']}" for _, row in chosen],
        "formula": [", ".join(row["formulas"]) or "no closed form" for _, row in chosen],
    }
    return Mark("points", data, colour, label, shape, 6, ("run", "formula"))


def success_picture(rows):
    """Draw, for each experiment, the share of runs that found its concept."""
    found = summaries(rows)
    bars = {
        "left": [number - 0.35 for number in range(len(found))],
        "right": [number + 0.35 for number in range(len(found))],
        "bottom": [0.0 for _ in found],
        "top": [100 * s.found / s.runs for s in found],
        "experiment": [s.title for s in found],
        "runs": [f"{s.found} of {s.runs}" for s in found],
    }
    short = [f"{s.title} {s.found} of {s.runs}" for s in found if s.found < s.runs]
    return Picture(
        title="Concepts found",
        x_label="experiment",
        y_label="% of the runs",
        marks=(Mark("bars", bars, GREEN, hover=("experiment", "runs")),),
        words=f"Not in all runs: {', '.join(short)}." if short else "Every run found its concept.",
        ticks=_ticks(found),
    )


def times_picture(rows):
    """Draw the training and search times of every run, in seconds."""
    places, ticks = _places(rows)
    looks = (("training", BLUE, "circle"), ("search", ORANGE, "triangle"))
    marks, words = [], []
    for part, colour, shape in looks:
        times = [(x, (row.get("seconds") or {}).get(part)) for x, row in zip(places, rows, strict=True)]
        times = [(x, seconds) for x, seconds in times if seconds]
        data = {"x": [x for x, _ in times], "y": [seconds for _, seconds in times]}
        marks.append(Mark("points", data, colour, part, shape, 6))
        words += (
            [f"{part} {median(data['y']):.1f} s in the median, {max(data['y']):.1f} s at most"]
            if times
            else []
        )
    return Picture(
        title="Time of every run",
        x_label="experiment; within it, seeds from left to right",
        y_label="seconds",
        marks=tuple(marks),
        words=f"{'; '.join(words) or 'No times'}.",
        log_y=True,
        ticks=ticks,
    )


def _places(rows):
    """Return the x of each row, and a tick for each experiment."""
    found = summaries(rows)
    column = {(s.experiment, s.variant, s.preset): number for number, s in enumerate(found)}
    seeds = sorted({row["seed"] for row in rows})
    step = _SPREAD / max(len(seeds) - 1, 1)
    shift = {
        seed: number * step - (_SPREAD / 2 if len(seeds) > 1 else 0) for number, seed in enumerate(seeds)
    }
    places = [column[row["experiment"], row["variant"], row["preset"]] + shift[row["seed"]] for row in rows]
    return places, _ticks(found)


def _ticks(found):
    return tuple((number, s.id or s.experiment) for number, s in enumerate(found))
