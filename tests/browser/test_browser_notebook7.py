"""Notebook 7, another editor than JupyterLab: a view is drawn and pressed, and raises no error."""

import nbformat
import pytest

from browser import lab

pytestmark = pytest.mark.browser
pytest.importorskip("notebook", minversion="7")

# Notebook 7 raises it as it starts, without symgrad too; only its console tells (jupyter/notebook#7862).
OWN = "Cannot read properties of undefined (reading 'schema')"
CELL = """
import numpy as np
import symgrad_widgets as sg

points = np.random.default_rng(0).uniform(-1, 1, (200, 2))
field = sg.GradientField(points, 2 * points, ("x", "v"))
display(sg.FieldView(field, "x*v"))
stepper = sg.SearchStepper(sg.Search(field, operators=["add", "square"]))
stepper
"""


def test_views_are_drawn_and_pressed(tmp_path, root, chromium_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "views.ipynb")
    with (
        lab.server(tmp_path, root, editor="notebook") as address,
        lab.chromium(chromium_path, size=(1280, 2000)) as page,
    ):
        lab.open_notebook(page, address, "views.ipynb", tree="notebooks")
        assert lab.run_all(page) == []
        page.locator(".jp-OutputArea-output canvas").first.wait_for()
        step = page.locator(".sgi:has(.sgi-time)").get_by_role("button", name="Step", exact=True)
        step.click()
        page.get_by_text("step 1 ·").wait_for()
        assert lab.ask(page, "print(stepper.state.generation)").strip() == "1"
        lab.close_sessions(page)
        assert [error for error in page.errors if OWN not in error] == []
        assert page.strangers == []
