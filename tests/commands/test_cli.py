"""The command line as a user calls it: in a process of its own, on small throw-away notebooks."""

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from processes import gone
from traitlets.config import Config

import symgrad_widgets
from symgrad_widgets.commands import doctor
from symgrad_widgets.commands.cli import main
from symgrad_widgets.notebook_support import notebook_files
from symgrad_widgets.notebook_support.page import to_html

PARAMETERS = "seed = 0\nrate = 0.5\nverbose = False\nnote = 'none'"
SPEAK = (
    "# what is set\nprint((seed, rate, verbose, note))\nfor i in range(5):\n    print(end=f'\\repoch {i}')"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="3"></circle></svg>'
DRAW = f"""
view = {{"model_id": "f00", "version_major": 2, "version_minor": 0}}
kind = "application/vnd.jupyter.widget-view+json"
display({{kind: view, "image/svg+xml": {SVG!r}, "text/plain": "a circle"}}, raw=True)
display({{"text/latex": r"$\\displaystyle x^{{7}}$", "text/plain": "x**7"}}, raw=True)
"""
RECORD = """
from types import SimpleNamespace as Bag
import symgrad_widgets as sg
best = Bag(expression="v**2 + x**2", loss=2.5e-5, complexity=7)
verdict = Bag(message="Same concept, proved.", same={same}, how="proved")
result = Bag(best=best, concepts=[best], front=[best], verdict=verdict, seconds={{"search": 1.5}})
result.angles, result.kind = [a / 100 for a in range(101)], "match"
run = Bag(floor=2e-5, floor_median=1e-5, neuron=0, seconds=3.125, seed=seed)
run.experiment = sg.experiments["oscillator"]
sg.record(result, run)
"""


def symgrad(*arguments, **options):
    command = [sys.executable, "-m", "symgrad_widgets", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def write(folder, *code):
    """Write a notebook for the oscillator with the given code after its parameters; return its folder."""
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [new_markdown_cell(r"The concept is $\frac{1}{2} v^2$, **bent**.")]
    cells += [new_code_cell(source) for source in code]
    path = folder / "notebooks" / "physics" / "07_oscillator.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path.parents[1]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A run that goes well: the finished process and its output folder."""
    folder = tmp_path_factory.mktemp("good")
    notebooks = write(folder, SPEAK, DRAW, RECORD.format(same=True))
    settings = ["--set", "rate=2", "--set", "verbose=yes", "--set", "note=a=b"]
    done = symgrad(
        "run", "P1-07", "--notebooks", notebooks, "--out", folder / "out", "--seed", "3", *settings
    )
    return done, folder / "out"


@pytest.fixture
def run(tmp_path, capsys):
    """Run a notebook of the given code; return the exit code and what was printed."""

    def _run(*code, options=()):
        folder = write(tmp_path, *code)
        words = ["run", "oscillator", "--notebooks", str(folder), "--out", str(tmp_path / "out"), *options]
        return main(words), *capsys.readouterr()

    return _run


@pytest.mark.sweep
def test_a_run_prints_the_recorded_result_and_leaves_notebook_and_page(good):
    done, out = good
    assert done.returncode == 0, done.stderr
    assert "formula    v**2 + x**2" in done.stdout
    assert "loss 2.50e-05 (mean 1 - cos^2), angle 0.29 degrees, 95 % below 0.95" in done.stdout
    assert "Same concept, proved." in done.stdout
    assert "search 1.5, training 3.1" in done.stdout
    assert {path.name for path in out.iterdir()} == {"oscillator-seed3.ipynb", "oscillator-seed3.html"}
    assert all(str(path) in done.stdout for path in out.iterdir())


@pytest.mark.sweep
def test_the_settings_reach_the_notebook_with_the_types_of_its_own_values(good):
    assert "(3, 2.0, True, 'a=b')" in good[0].stdout


@pytest.mark.sweep
def test_each_code_cell_is_announced_before_it_runs(good):
    lines = good[0].stdout.splitlines()
    assert lines.index("[3/5] print((seed, rate, verbose, note))") + 1 == lines.index("(3, 2.0, True, 'a=b')")
    assert lines[-1].startswith("page")


@pytest.mark.sweep
def test_nothing_but_the_notebook_speaks_on_the_terminal(good):
    assert good[0].stderr == ""


@pytest.mark.sweep
def test_the_page_needs_nothing_from_outside(good):
    html = (good[1] / "oscillator-seed3.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "cdn" not in html.lower()
    assert "unpkg" not in html


@pytest.mark.sweep
def test_the_page_shows_formulas_and_the_pictures_beside_widgets(good):
    html = (good[1] / "oscillator-seed3.html").read_text(encoding="utf-8")
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>" in html  # from Markdown
    assert "<msup><mi>x</mi><mrow><mn>7</mn></mrow></msup>" in html  # from an output
    assert base64.b64encode(SVG.encode()).decode() in html
    assert "a circle</pre>" not in html


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [(r"\cos t\,x + \sin 60°", 3), (r"\sin(x) + \sin^2 x + \log_2 x", 0), (r"tx + \mathrm{tr} A", 0)],
)
def test_the_page_parts_a_function_from_its_argument_as_latex_does(latex, spaces):
    notebook = new_notebook(cells=[new_markdown_cell(f"${latex}$")])
    formula = BeautifulSoup(to_html(notebook), features="html.parser").math
    assert len(formula.select("mspace")) == spaces
    assert all(len(power.find_all(recursive=False)) == 2 for power in formula.select("msup, msub"))


@pytest.mark.sweep
def test_the_page_keeps_the_last_state_of_a_progress_bar(good):
    html = (good[1] / "oscillator-seed3.html").read_text(encoding="utf-8")
    assert "epoch 4" in html
    assert "epoch 3" not in html


@pytest.mark.notebook
def test_a_formula_that_is_not_the_concept_ends_with_exit_code_1_and_the_kernels_own_words_are_left_out(run):
    beside = "import os\nos.write(2, b'a warning')"
    code, printed, errors = run(RECORD.format(same=False), beside)
    assert code == 1
    assert "formula    v**2 + x**2" in printed
    assert "a warning" not in printed + errors


@pytest.mark.notebook
def test_a_notebook_that_records_nothing_does_not_pass(run):
    code, printed, _ = run("1 + 1")
    assert code == 1
    assert "the notebook has recorded no result" in printed


@pytest.mark.notebook
def test_a_failed_assertion_is_told_in_a_few_lines_and_the_notebook_is_kept(run, tmp_path):
    check = "def check(x):\n    assert x < 0, f'{x} is too large'\n\ncheck(seed)"
    code, printed, errors = run(RECORD.format(same=True), check)
    assert code == 1
    assert "failed at `check(seed)`\n  AssertionError: 0 is too large" in errors
    assert len(errors.splitlines()) <= 3
    assert "\x1b[" not in errors
    assert "formula    v**2 + x**2" in printed
    assert "0 is too large" in (tmp_path / "out" / "oscillator.html").read_text(encoding="utf-8")


@pytest.mark.notebook
def test_a_cell_that_never_ends_is_stopped(run):
    code, _, errors = run("import time; time.sleep(600)", options=["--timeout", "2"])
    assert code == 1
    assert errors == "symgrad: a cell ran longer than 2 s: allow more with --timeout\n"


@pytest.mark.notebook
def test_a_kernel_that_dies_is_told_with_its_last_words(run):
    beside = "import os\nos.write(2, b'out of luck')\nos._exit(9)"
    code, _, errors = run(beside)
    assert code == 1
    assert "the kernel died, perhaps because memory ran out: see `symgrad doctor`\n  out of luck" in errors


@pytest.mark.notebook
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_the_run_and_its_kernel(tmp_path):
    folder = write(
        tmp_path, "import os\nprint('kernel', os.getpid(), flush=True)", "import time; time.sleep(600)"
    )
    command = [sys.executable, "-m", "symgrad_widgets", "run", "oscillator"]
    command += ["--notebooks", str(folder), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        kernel = next(int(line.split()[1]) for line in process.stdout if line.startswith("kernel"))
        next(line for line in process.stdout if "sleep" in line)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "symgrad: interrupted"
    assert gone(kernel)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "oscilator"], "no experiment 'oscilator'; did you mean 'oscillator'"),
        (["run", "oscillator", "--set", "sed=1"], "the notebook has no parameter 'sed': did you mean 'seed'"),
        (["run", "oscillator", "--set", "seed"], "--set seed: write NAME=VALUE, for example --set seed=1"),
        (["run", "oscillator", "--seed", "one"], "seed='one': the value must be of type int, for example 0"),
        (["run", "oscillator", "--set", "rate=fast"], "rate='fast': the value must be of type float"),
        (["run", "oscillator", "--set", "verbose=2"], "verbose='2': the value must be true or false"),
        (["run", "oscillator", "--seed", "1", "--set", "seed=2"], "'seed' is given twice"),
        (["run", "trace2"], "no notebook for 'trace2'"),
        (["run", "oscillator", "--sed", "1"], "unrecognised: --sed 1"),
        (["run", "oscillator", "--timeout", "0"], "--timeout 0: must be at least 1 second"),
        (["lab"], "there is no start notebook"),
    ],
)
def test_bad_input_is_one_clear_error_before_anything_runs(words, message, tmp_path, capsys):
    out = tmp_path / "out"
    extra = ["--out", str(out)] if words[0] == "run" else []
    try:
        code = main([*words, "--notebooks", str(write(tmp_path, "1")), *extra])
    except SystemExit as error:  # argparse's own way
        code = error.code
    assert code == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_an_error_before_anything_runs(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    started = tmp_path / "started"
    folder = write(tmp_path, f"open({str(started)!r}, 'w')")
    out = tmp_path / "file" / "out"
    assert main(["run", "oscillator", "--notebooks", str(folder), "--out", str(out)]) == 2
    errors = capsys.readouterr().err
    assert "cannot write to" in errors
    assert "choose another folder" in errors
    assert not started.exists()


def test_missing_notebooks_are_told_with_the_way_out(tmp_path, capsys):
    assert main(["list", "--notebooks", str(tmp_path / "nowhere")]) == 2
    words = "install the package again, or say where they are with --notebooks"
    assert words in capsys.readouterr().err


def test_list_shows_every_experiment_and_its_notebook(tmp_path, capsys):
    assert main(["list", "--notebooks", str(write(tmp_path, "1"))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(symgrad_widgets.experiments)
    row = next(line for line in lines if line.startswith("P1-07"))
    assert "oscillator" in row
    assert "x v" in row
    assert row.endswith("07_oscillator.ipynb")
    assert next(line for line in lines if line.startswith("P1-01")).endswith("-")


def test_a_notebook_of_a_kind_stands_for_experiments_without_one_of_their_own(tmp_path):
    for name in ("classifier", "14_two_mixed"):
        parameters = new_code_cell('experiment = "ellipse"\nseed = 0', metadata={"tags": ["parameters"]})
        nbformat.write(new_notebook(cells=[parameters]), tmp_path / f"{name}.ipynb")
    sine, mixed = symgrad_widgets.experiments["sine"], symgrad_widgets.experiments["two_mixed"]
    assert notebook_files.find(sine, tmp_path).stem == "classifier"
    assert notebook_files.find(mixed, tmp_path).stem == "14_two_mixed"
    given = notebook_files.parameters(tmp_path / "classifier.ipynb", sine, [("seed", "3")])
    assert given == {"experiment": "sine", "seed": 3}
    with pytest.raises(symgrad_widgets.SymgradError, match="'experiment' is given twice, as 'sine'"):
        notebook_files.parameters(tmp_path / "classifier.ipynb", sine, [("experiment", "F")])
    with pytest.raises(symgrad_widgets.SymgradError, match="no notebook for 'oscillator' below"):
        notebook_files.find(symgrad_widgets.experiments["oscillator"], tmp_path)


LOADED = """
import sys
from symgrad_widgets.commands.cli import main
heavy = ("torch", "numba", "bokeh", "sympy", "papermill", "nbconvert")
try:
    main(["--help"])
except SystemExit:
    print([m for m in heavy if m in sys.modules])
main(["list"])
print([m for m in heavy if m in sys.modules])
"""


def test_help_and_list_load_what_they_need():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("[")] == ["[]", "['sympy']"]
    assert symgrad("--version").stdout.split() == ["symgrad", symgrad_widgets.__version__]


def test_lab_opens_the_start_notebook_and_passes_options_on(tmp_path):
    (tmp_path / "00_start_here.ipynb").write_text("{}")
    (tmp_path / "jupyterlab.py").write_text(
        "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['JUPYTER_CONFIG_PATH']]))"
    )  # stands in for the server, which would not end
    done = symgrad("lab", "--notebooks", tmp_path, "--allow-root", "--no-browser", "--port", "9000",
                   env=os.environ | {"PYTHONPATH": str(tmp_path)})  # fmt: skip
    arguments, config = json.loads(done.stdout)
    assert f"--ServerApp.root_dir={tmp_path}" in arguments
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in arguments
    assert arguments[-3:] == ["--no-browser", "--port", "9000"]
    page = json.loads(Path(config.split(os.pathsep)[0], "labconfig", "page_config.json").read_text())
    assert page["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}


@pytest.mark.release
@pytest.mark.parametrize("options", [["--ip=0.0.0.0"], ["--ip", "10.0.0.7"], ["--ServerApp.ip=*"]])
def test_lab_refuses_visitors_who_would_share_one_kernel(options, tmp_path, capsys):
    (tmp_path / "00_start_here.ipynb").write_text("{}")
    assert main(["lab", "--notebooks", str(tmp_path), "--allow-root", *options]) == 2
    said = capsys.readouterr().err
    assert options[0].partition("=")[0] in said
    assert "share one kernel" in said
    assert "The Littlest JupyterHub and nbgitpuller" in said
    assert len(said.splitlines()) == 1


@pytest.mark.sweep
def test_lab_shows_notebooks_and_hides_their_scripts(root):
    done = symgrad("lab", "--show-config-json", "--allow-root")
    manager = LargeFileManager(root_dir=str(root / "notebooks"), config=Config(json.loads(done.stdout)))
    inside = [path for path in (root / "notebooks").iterdir() if not path.name.startswith(".")]
    notebooks = {path.name for path in inside if path.suffix == ".ipynb" or path.is_dir()}
    assert {entry["name"] for entry in manager.get("")["content"]} == notebooks
    assert {Path(entry["name"]).suffix for entry in manager.get("physics")["content"]} == {".ipynb"}


@pytest.mark.sweep
def test_doctor_finds_the_default_path_in_order(capsys):
    code, printed = main(["doctor"]), capsys.readouterr().out
    assert code == 0, printed
    for name in ("torch", "anywidget", "memory", "cores", "chromium", "julia"):
        assert name in printed
    assert "FAULT" not in printed


def test_doctor_advises_on_a_fault_and_only_notes_what_is_optional(tmp_path, monkeypatch, capsys):
    (tmp_path / "labconfig").mkdir()
    disabled = {"disabledExtensions": {"@jupyter-widgets/jupyterlab-manager": True}}
    (tmp_path / "labconfig" / "page_config.json").write_text(json.dumps(disabled))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    for look in ("_imports", "_compiled_cache"):
        monkeypatch.setattr(doctor, look, lambda: doctor.Check("imports", "tried in the test before"))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "jupyter labextension enable @jupyter-widgets/jupyterlab-manager" in printed
    assert "apt-get install chromium" in printed
    assert 'only backend="pysr" needs it' in printed
    assert printed.rstrip().endswith("\n1 fault")
