"""What a newcomer meets first: the README's commands and code, the pins, and the files that tools read."""

import ast
import importlib.metadata
import importlib.util
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from budgets import generations
from packaging.requirements import Requirement
from papers import OF_PAPERS

import symgrad_widgets
from symgrad_widgets.notebook_support.notebook_files import find

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DISTRIBUTION = {"IPython": "ipython", "bs4": "beautifulsoup4"}  # where it is not the import's own name
# parts of nbclient, jupyterlab, numba, sympy, ipywidgets and pysr
WITH_ANOTHER = {
    "jupyter_client",
    "jupyter_core",
    "jupyterlab_server",
    "juliapkg",
    "llvmlite",
    "mpmath",
    "pandas",
    "traitlets",
}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", read("README.md"), re.DOTALL)


def pins(text):
    return dict(re.findall(r"^[\s-]*([\w.-]+)==(\S+)$", text, re.MULTILINE))


def declared(*extras):
    """Requirements of pyproject.toml by name: the default ones, and those of the extras."""
    lines = [*PROJECT["project"]["dependencies"]]
    lines += [line for extra in extras for line in PROJECT["project"]["optional-dependencies"][extra]]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def test_the_first_command_does_the_main_job_and_the_second_tests():
    main, test, *_ = blocks("sh")
    install = "python3 -m venv .venv && .venv/bin/pip install -c binder/constraints.txt -e "
    assert main == install + ". && .venv/bin/symgrad run oscillator\n"
    assert test == install + '".[test]" && .venv/bin/pytest\n'


def test_ci_calls_the_very_test_command_of_the_readme():
    assert blocks("sh")[1] in read(".ci/run")


@pytest.mark.sweep
def test_the_ten_lines_of_the_readme_find_the_formula_they_promise(tmp_path, capsys):
    (code,) = blocks("python")
    (tmp_path / "readme.py").write_text(code, encoding="utf-8")
    with generations(6):
        runpy.run_path(str(tmp_path / "readme.py"))
    formula = capsys.readouterr().out.splitlines()[0]
    assert formula.startswith("formula    a*b + c ")
    assert "`a*b + c`" in read("README.md")


def test_what_the_readme_points_to_exists():
    links = re.findall(r"\]\((?!http)(.*?)\)", read("README.md"))
    assert links
    assert all((ROOT / link).is_file() for link in links)
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()


def test_no_host_is_named_but_the_index_of_cpu_builds_julias_and_what_the_owner_has():
    names = ("README.md", "CONTRIBUTING.md", "environment.yml", ".ci/run", "binder/postBuild", "binder/start")
    hosts = {host for name in names for host in re.findall(r"https?://([^/\s]+)", read(name))}
    assert hosts - {"mybinder.org"} == {"download.pytorch.org", "install.julialang.org"}


@pytest.fixture(scope="module")
def documents():
    """The script that writes what follows from elsewhere."""
    name = importlib.util.spec_from_file_location("documents", ROOT / ".github" / "documents.py")
    module = importlib.util.module_from_spec(name)
    name.loader.exec_module(module)
    return module


def test_what_follows_from_elsewhere_is_written(documents):
    for path, text in documents.written().items():
        told = "make it again: .venv/bin/python .github/documents.py"
        assert path.read_text(encoding="utf-8") == text, told


def test_the_links_of_an_owner_open_what_a_session_on_binder_serves(documents):
    whole = documents.binder("somebody/symgrad-widgets") + documents.found("somebody/symgrad-widgets")
    address = r"https://mybinder.org/v2/gh/somebody/symgrad-widgets/HEAD\?urlpath=(?:lab/tree|voila/render)/"
    pages = re.findall(address + r"([^\s)]+)", whole)
    assert len(pages) == whole.count("https://")
    assert pages[:3] == ["00_start_here.ipynb", "playground.ipynb", "playground.ipynb"]
    of_experiments = {find(experiment, ROOT / "notebooks") for experiment in OF_PAPERS}
    assert {ROOT / "notebooks" / page for page in pages[3:]} == of_experiments
    assert all((ROOT / "notebooks" / page).is_file() for page in pages)


def test_without_an_owner_nothing_links_to_one(documents):
    assert documents.binder(None) == ""
    assert "://" not in documents.found(None)


def test_the_owner_is_named_in_one_place(documents):
    account = (documents.owned() or "OWNER/").partition("/")[0]
    made = {path.relative_to(ROOT).as_posix() for path in documents.written()}
    search = ["git", "grep", "-lwI", "-e", account, "--", ":!*.svg", ":!tests/test_project.py"]
    found = subprocess.run(search, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    assert set(found) - made <= {"pyproject.toml"}


def test_no_reader_is_told_to_get_from_an_index_what_is_not_there(documents):
    by_name, otherwise = documents.help_line(by_name=True), documents.help_line(by_name=False)
    assert "`%pip install symgrad-widgets`" in by_name
    assert re.search("wheel.*clone", otherwise)
    if documents.released():
        return
    named = re.compile(r"pip install (?:-\S+ )*symgrad")  # with an extra it is there, and pip adds the rest
    folders = (ROOT / name for name in ("docs", "notebooks", "symgrad_widgets"))
    told = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".md", ".ipynb", ".py")
    ]
    told += [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    assert len(told) > 100
    assert not [path for path in told if named.search(path.read_text(encoding="utf-8"))]


def test_what_the_readme_says_of_the_results_is_in_their_page():
    section = re.search(r"## What has been found\n(.*?)\n## ", read("README.md"), re.DOTALL)[1]
    figures = re.findall(r"\d+\sof \d+", section)
    assert len(figures) == 2
    assert all(" ".join(figure.split()) in read("docs/recovery.md") for figure in figures)


def test_what_each_dependency_costs_is_told():
    told = re.findall(r"^\| ([\w-]+) \| [\d.+\w]+ \| [\d.]+ \|", read("docs/costs.md"), re.MULTILINE)
    assert {*told} == {*declared()}, "make it again: .venv/bin/python .github/costs.py"


def test_the_oldest_versions_are_the_lower_bounds():
    lines = subprocess.check_output([sys.executable, ROOT / ".github" / "oldest.py"], text=True).split()
    wanted = declared(*(PROJECT["project"]["optional-dependencies"].keys() - {"test", "dev"}))
    oldest = dict(line.split("==") for line in lines)
    assert oldest.keys() == wanted.keys()
    assert all(wanted[name].specifier.contains(version) for name, version in oldest.items())


def test_the_readme_is_short_with_the_links_of_an_owner_too(documents):
    links = documents.binder("somebody/symgrad-widgets")
    assert len(documents.SECTION.sub(links, read("README.md")).splitlines()) <= 150


def test_every_dependency_is_pinned_to_a_version_that_it_allows():
    frozen, wanted = (
        pins(read("binder/constraints.txt")),
        declared(*PROJECT["project"]["optional-dependencies"]),
    )
    assert set(wanted) <= set(frozen)
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(frozen[name]), f"{requirement}, but pinned {frozen[name]}"


def test_the_environment_has_the_same_pins_with_those_of_its_extras():
    frozen, environment = pins(read("binder/constraints.txt")), pins(read("environment.yml"))
    assert set(environment) == set(declared("app", "binder", "compare", "pysr"))
    assert {name: frozen[name] for name in environment} == environment


def test_conda_brings_python_and_pip_only():
    before_pip = read("environment.yml").split("- pip:")[0]
    assert re.findall(r"^  - (\w+)", before_pip.split("dependencies:")[1], re.MULTILINE) == ["python", "pip"]


def test_binder_reads_the_same_environment():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_everything_the_package_imports_is_declared():
    trees = [ast.parse(path.read_text()) for path in (ROOT / "symgrad_widgets").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    outside = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - WITH_ANOTHER
    named = {DISTRIBUTION.get(name, name) for name in outside - {"symgrad_widgets"}}
    assert named <= set(declared("app", "classroom", "compare", "dask", "docs", "pysr"))


def test_type_checkers_see_the_public_names():
    tree = ast.parse(read("symgrad_widgets/__init__.pyi"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.asname: node.module for node in imports for alias in node.names}
    assert typed == symgrad_widgets._PUBLIC


@pytest.mark.parametrize("name", [".ci/run", "binder/postBuild", "binder/start"])
def test_scripts_can_be_run_and_stop_at_the_first_error(name):
    assert (ROOT / name).stat().st_mode & 0o100
    subprocess.run(["bash", "-n", ROOT / name], check=True)
    assert "set -euo pipefail" in read(name) or 'exec "$@"' in read(name)


def test_the_installed_package_is_this_one():
    assert importlib.metadata.version("symgrad-widgets") == symgrad_widgets.__version__
