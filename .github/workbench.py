"""Make the README's picture of the Workbench: `.venv/bin/python .github/workbench.py`; needs Chromium."""

import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import lab  # noqa: E402

from symgrad_widgets.commands.doctor import chromium  # noqa: E402

CELLS = (
    "import symgrad_widgets as sg",
    'bench = sg.Workbench("oscillator", show="all")\nbench.stepper.goto(3)\nbench',
)

with tempfile.TemporaryDirectory() as folder:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, Path(folder, "workbench.ipynb"))
    with lab.server(folder, ROOT) as address, lab.chromium(chromium(), size=(1400, 900)) as page:
        lab.open_notebook(page, address, "workbench.ipynb")
        if raised := lab.run_all(page):
            sys.exit(str(raised))
        view = page.locator(".sgi")
        page.locator(".sgi .bk-Figure").nth(2).wait_for()
        page.wait_for_timeout(2000)
        view.screenshot(path=Path(__file__).with_suffix(".png"))
        lab.close_sessions(page)
