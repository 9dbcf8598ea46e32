"""Make the picture of the README from a real run: `.venv/bin/python .github/picture.py`."""

import re
from pathlib import Path

import numpy as np
import sympy as sp

import symgrad_widgets as sg
from symgrad_widgets import plots

run = sg.experiments["oscillator"].train(seed=0)
field = sg.gradient_field(run.model, run.x, names=run.names)
result = sg.interpret(field)
formula = sp.lambdify(sp.symbols(run.names, real=True), result.best.expression)(*field.points.T)
pictures = (
    plots.field_picture(field, result.angles, limit=150),
    plots.front_picture(result.front, result.best),
    plots.phi_picture(formula, np.ravel(field.values), result.phi),
)

drawn = [picture.svg() for picture in pictures]
width, height = (int(re.search(rf'{side}="(\d+)"', drawn[0])[1]) for side in ("width", "height"))
panels = [svg.replace("<svg ", f'<svg x="{i * width}" ', 1) for i, svg in enumerate(drawn)]
whole = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(drawn) * width} {height}">'
    '<rect width="100%" height="100%" fill="#fff"/>' + "".join(panels) + "</svg>\n"
)
Path(__file__).with_suffix(".svg").write_text(whole, encoding="utf-8")
print(result)
