"""How fast the instrument answers, in JupyterLab and Chromium: milliseconds, as JSON.

python tests/benchmarks/bench_instrument.py
"""

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

LOOK = """async ([again]) => {
  const tiles = [...document.querySelectorAll("button.sgi-tile")].slice(0, 10);
  const head = document.querySelector(".sgi-field h3 b"), times = [];
  for (const tile of tiles) {
    const until = async (done) => {
      while (!done()) await new Promise((next) => requestAnimationFrame(next));
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)));
    };
    const before = head.textContent;
    let start = performance.now();
    tile.click();
    await until(() => head.textContent !== before);
    if (again) {
      start = performance.now();
      tile.click();
      await until(() => tile.getAttribute("aria-pressed") === "true");
    }
    times.push(performance.now() - start);
    await new Promise((next) => setTimeout(next, 300));
  }
  return times.sort((a, b) => a - b)[5];
}"""
CELL = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = 1;
  const start = performance.now();
  window.jupyterapp.commands.execute("notebook:run-cell");
  while (!document.querySelector(".sgi-big:not(:empty)") || !document.querySelector(".sgi-arrows")?.width
    || document.querySelector(".sgi-arrows").width === 300) await new Promise((done) => setTimeout(done, 10));
  return performance.now() - start;
}"""

ARROWS = "() => Number(document.querySelector('.sgi-stage').ariaLabel.match(/at (\\d+) points/)[1])"
BEGIN = (
    "import dataclasses, symgrad_widgets as sg, torch\n"
    "run = sg.experiments['cubic_force'].pretrained()\n"
    "run = dataclasses.replace(run, x=run.x[:2000])\nsg.Workbench\n"
    "torch.manual_seed(0)\n"
    "layers = torch.nn.Linear(2, 512), torch.nn.Tanh(), torch.nn.Linear(512, 1)\n"
    "wide = torch.nn.Sequential(*layers)"
)
NETWORKS = {"2-32-32-32-1": "run", "2-512-1": "wide, run.x, run.names"}
OPEN = "view.state = view.state.plain() | {'open': ['formulas', 'bend', 'time', 'network']}"


def middle_and_ninth(times):
    """Times in the middle and at the ninth of ten, of ascending ones."""
    return [times[len(times) // 2], times[len(times) * 9 // 10]]


def measured(lab, page, address, folder, source):
    """Figures of a Workbench of a network, in a notebook of its own with a kernel that is warm."""
    import nbformat

    cells = [nbformat.v4.new_code_cell(cell) for cell in (BEGIN, f"view = sg.Workbench({source})\nview")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, Path(folder) / "light.ipynb")
    page.set_viewport_size({"width": 1366, "height": 768})
    lab.open_notebook(page, address, "light.ipynb")
    lab.ask(page, BEGIN)
    found = {"first_picture": page.evaluate(CELL)}
    page.wait_for_timeout(2000)
    found["frame_pairs"] = middle_and_ninth(page.evaluate(lab.DRAG, 120))
    lab.ask(page, "view._subject.reach(5)\nview._tell(**view._given())")
    lab.ask(page, OPEN)
    page.set_viewport_size({"width": 1800, "height": 1100})
    page.wait_for_timeout(3000)
    found["arrows"] = page.evaluate(ARROWS)
    found["frame_all_open"] = middle_and_ninth(page.evaluate(lab.DRAG, 120))
    found["look"], found["choose"] = (page.evaluate(LOOK, [again]) for again in (False, True))
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    found["notebook_bytes"] = (Path(folder) / "light.ipynb").stat().st_size
    lab.close_sessions(page)
    return found


def main():
    """Print the figures."""
    from browser import lab

    from symgrad_widgets.commands.doctor import chromium

    with (
        tempfile.TemporaryDirectory() as folder,
        lab.server(folder, ROOT) as address,
        lab.chromium(chromium()) as page,
    ):
        found = {name: measured(lab, page, address, folder, source) for name, source in NETWORKS.items()}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
