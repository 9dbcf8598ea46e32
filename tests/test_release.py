"""Wheel and source distribution: what is in them, and the main job from an environment that has only them."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import built_wheel
import nbformat
import pytest

import symgrad_widgets

ROOT = Path(__file__).resolve().parents[1]

MEGABYTES = 1.3  # of the wheel, with notebooks, weights and recorded data

pytestmark = pytest.mark.release


def tracked():
    return subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return built_wheel.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def elsewhere(built, tmp_path_factory):
    """Run a script of the environment that has the wheel, in a folder of its own; returns what it printed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    scripts, outside = built_wheel.install(built[1], folder)

    def run(script, *words):
        command = [scripts / script, *map(str, words)]
        done = subprocess.run(
            command, cwd=folder, env=outside, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    return run


def test_the_wheel_holds_the_package_the_notebooks_and_the_licence(built):
    names = set(zipfile.ZipFile(built[1]).namelist())
    package = {name for name in tracked() if name.startswith("symgrad_widgets/")}
    beside = (name for name in tracked() if name.startswith("notebooks/"))
    notebooks = {f"symgrad_widgets/{name}" for name in beside if Path(name).suffix not in {".py", ".toml"}}
    assert len(notebooks) > 5
    information = {name for name in names if ".dist-info/" in name}
    assert names - information == package | notebooks
    assert any(name.endswith("licenses/LICENSE") for name in information)
    suffixes = {Path(name).suffix for name in package}
    assert {".js", ".css", ".safetensors", ".typed", ".pyi"} <= suffixes
    assert "symgrad_widgets/juliapkg.json" in names  # in the folder of a package, where juliapkg looks
    assert f"-{symgrad_widgets.__version__}-" in built[1].name


def test_the_source_distribution_holds_all_that_is_committed(built):
    source, _ = built
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(tracked()) <= names


def test_a_larger_wheel_is_noticed(built):
    size = built[1].stat().st_size / 1e6
    assert size < 1.1 * MEGABYTES, (
        f"{size:.2f} MB: what came to it? If it is to be there, say so in MEGABYTES"
    )
    assert size > 0.7 * MEGABYTES, f"{size:.2f} MB: MEGABYTES can be less"


def test_the_package_is_that_of_the_wheel(elsewhere):
    home = elsewhere("python", "-c", "import symgrad_widgets as sg; print(sg.__file__)")
    assert Path(home).is_relative_to(elsewhere.folder)


def test_the_main_job_runs_from_the_wheel(elsewhere):
    printed = elsewhere("symgrad", "run", "oscillator")
    assert "formula    v**2 + x**2" in printed
    assert "Same concept, proved" in printed
    assert (elsewhere.folder / "runs" / "oscillator.html").is_file()


def test_nothing_is_missing_where_the_wheel_is(elsewhere):
    assert "FAULT" not in elsewhere("symgrad", "doctor")


def test_weights_and_recorded_data_come_with_it(elsewhere):
    code = """
import symgrad_widgets as sg
from symgrad_widgets import studies
from symgrad_widgets.plots.published import published_fronts
assert all(experiment.pretrained() for experiment in sg.experiments)
assert published_fronts()
print(len(sg.experiments))
"""
    assert int(elsewhere("python", "-c", code)) > 20


def test_the_start_notebook_runs_by_papermill_from_the_wheel(elsewhere):
    where = "from symgrad_widgets.notebook_support import notebook_files as n; print(n.notebook_folder(None))"
    source = Path(elsewhere("python", "-c", where).strip()) / "00_start_here.ipynb"
    assert source.is_relative_to(elsewhere.folder)
    elsewhere("python", "-m", "papermill", source, "out.ipynb", "-k", "python3", "--cwd", ".")
    assert (elsewhere.folder / "out.ipynb").is_file()


def test_the_site_is_built_from_the_wheel(elsewhere):
    cell = nbformat.v4.new_code_cell("import symgrad_widgets as sg\nsg.score")
    lesson = elsewhere.folder / "own" / "notebooks" / "lesson.ipynb"
    lesson.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), lesson)
    quick = ("--networks", "oscillator", "--generations", "1")
    elsewhere("symgrad", "docs", "site", "--notebooks", lesson.parent, *quick)
    assert "symgrad-data" in (elsewhere.folder / "site" / "index.html").read_text(encoding="utf-8")
    assert (elsewhere.folder / "site" / "reference" / "symgrad_widgets.html").is_file()
    assert "function" in (elsewhere.folder / "site" / "notebooks" / "lesson.html").read_text(encoding="utf-8")


def test_an_extra_is_added_to_what_is_installed_by_name_and_without_an_index(elsewhere):
    words = "-m pip install --no-index --no-deps symgrad-widgets[docs]"
    assert "already satisfied: symgrad-widgets[docs]" in elsewhere("python", *words.split())
