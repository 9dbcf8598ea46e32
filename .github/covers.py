"""Make the pictures beside which the index lists five notebooks: `.venv/bin/python .github/covers.py`."""

from pathlib import Path

import numpy as np

import symgrad_widgets as sg
from symgrad_widgets import plots

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def covers():
    """Pictures by the number or name of their notebook."""
    spring, stiff = sg.experiments["oscillator"], sg.experiments["cubic_force"]
    run, bent = spring.pretrained(), stiff.pretrained()
    field = sg.gradient_field(run.model, run.x, names=run.names)
    harder = sg.gradient_field(bent.model, bent.x, names=bent.names)
    pairs = spring.sample(2000, seed=0)
    yield "00", sg.FieldView(field, "x**2 + 3*v**2").pictures()[0]
    yield "07", plots.pairs_picture(pairs.anchor, pairs.positive, spring.names, limit=60)
    yield "08", sg.FieldView(harder, "x**2 + v**2").pictures()[0]
    yield "21", planets()
    yield "playground", sg.NeuronPicker(run.model, run.x, names=run.names).pictures()[0]


def planets():
    """Distance and speed of nine planets at some dates, joined to the date after."""
    path = NOTEBOOKS / "own" / "planets" / "orbits.csv"
    table = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")
    here = np.log(np.column_stack([table["distance_from_sun"], table["speed_from_sun"]]))
    alike = table["planet"] == np.roll(table["planet"], -1)
    after = np.roll(here, -1, axis=0)
    return plots.pairs_picture(here[alike], after[alike], ("log distance", "log speed"), limit=100)


if __name__ == "__main__":
    folder = NOTEBOOKS / "reference" / "covers"
    folder.mkdir(exist_ok=True)
    for name, picture in covers():
        (folder / f"{name}.svg").write_text(picture.svg(), encoding="utf-8")
