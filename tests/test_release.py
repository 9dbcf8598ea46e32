"""Wheel and source distribution: what is in them, and the main job from an environment that has only them."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import symgrad_widgets

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.release


def tracked():
    return subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Paths of the source distribution and of the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Make an environment with this one's libraries and without this package; returns its scripts' folder."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sysconfig.get_path("data"), "share", "jupyter")))
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    site = subprocess.check_output(
        [scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    # A plain line makes the libraries importable; .pth files among them, of editable installs, are not read.
    Path(site.strip(), "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return scripts


def test_the_wheel_holds_the_package_the_notebooks_and_the_licence(built):
    _, wheel = built
    names = set(zipfile.ZipFile(wheel).namelist())
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB, {len(names)} files")
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
    assert f"-{symgrad_widgets.__version__}-" in wheel.name


def test_the_source_distribution_holds_all_that_is_committed(built):
    source, _ = built
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(tracked()) <= names


def test_the_main_job_runs_from_the_wheel(built, environment, tmp_path):
    _, wheel = built
    install = [environment / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    run = [environment / "symgrad", "run", "oscillator"]
    done = subprocess.run(run, check=True, cwd=tmp_path, capture_output=True, text=True)
    assert "formula    v**2 + x**2" in done.stdout
    assert "Same concept, proved" in done.stdout
    assert (tmp_path / "runs" / "oscillator.html").is_file()
    where = [environment / "python", "-c", "import symgrad_widgets as sg; print(sg.__file__)"]
    home = subprocess.check_output(where, cwd=tmp_path, text=True)
    assert Path(home).is_relative_to(environment.parent)
