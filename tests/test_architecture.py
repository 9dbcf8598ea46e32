"""The arrows between modules, what each may load, and what is banned: read from the source.

`MAY_USE` says what a folder of the package, or a module of its root, may import from, at any depth of a
function. The two stems, network and symbolic, meet in the gradient field only: no search sees a concept.
"""

import ast
import graphlib
import importlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "symgrad_widgets"

MEETING = {"arrays", "checks", "errors", "field", "stored", "words"}
MAY_USE = {
    "errors": set(),
    "arrays": {"errors"},
    "checks": {"errors"},
    "stored": set(),
    "words": {"errors"},
    "locks": set(),
    "field": {"arrays", "checks", "errors"},
    "batch": {"errors", "stored"},
    "formula": MEETING,
    "network": MEETING | {"batch", "formula"},
    "search": MEETING | {"batch", "formula"},
    "verdict": MEETING | {"formula"},
    "reading": MEETING | {"batch", "formula", "network", "search", "verdict"},
    "plots": MEETING | {"formula", "reading", "search", "verdict"},
}
MAY_USE["widgets"] = MEETING | {"formula", "network", "plots", "reading", "search", "verdict"}
MAY_USE["notebook_support"] = MEETING | {"network", "plots", "widgets"}
MAY_USE["measuring"] = set(MAY_USE) - {"widgets", "measuring"}
MAY_USE["commands"] = set(MAY_USE) - {"commands"}
MAY_USE["__main__"] = {"commands"}
FACES = {  # what others import of these comes from the package itself, or from a package in it
    "search": {"search", "search.pysr"},
    "verdict": {"verdict"},
    "reading.atlas": {"reading.atlas"},
    "reading.symmetry": {"reading.symmetry"},
}
BELOW = {"search.tuning"}  # modules that the folders beside them rest on, as in the root on the meeting place
HOMES = {  # libraries that cost seconds or megabytes, and the only places that may load them
    "torch": {"network", "formula.export", "reading.splicing"},
    "numba": {"search.kernel"},
    "llvmlite": {"search.kernel"},
    "pyoperon": {"reading.baselines"},
    "sklearn": set(),
    "pysr": {"search.pysr"},
    "juliacall": set(),
    "bokeh": {"plots", "widgets"},
    "ipywidgets": {"widgets", "notebook_support.asking"},
    "anywidget": {"widgets"},
    "IPython": {"widgets", "notebook_support.report"},
    "papermill": {"notebook_support.runner"},
    "nbclient": {"notebook_support.runner"},
    "nbconvert": {"notebook_support.page"},
    "pickle": set(),
    "joblib": {"batch"},
    "safetensors": {"network"},
    "pdoc": {"commands"},
    "voila": {"commands"},
    "dask": {"batch"},
    "distributed": {"batch"},
    "matplotlib": set(),
    "pandas": {"reading.atlas"},
}
BANNED_CALLS = {"eval", "exec", "parse_expr", "interact", "interactive", "Output"}
OUTSIDE = ("http://", "https://", "//cdn", "unpkg", "jsdelivr")
XML_NAMES = ("http://www.w3.org/",)


def violations(package):
    """Every breach in the package folder, as lines `module: what`."""
    files = [path for path in sorted(package.rglob("*.py")) if path != package / "__init__.py"]
    modules = {_dotted(path, package) for path in files}
    found = [f"{path.relative_to(package)}: {w}" for path in files for w in _breaches(path, package, modules)]
    for path in [*package.rglob("*.js"), *package.rglob("*.css")]:
        found += [f"{path.relative_to(package)}: outside address" for _ in _addresses(path.read_text())]
    return found


def circles(package):
    """The first circle among modules, and among folders, as lists of names that import one another."""
    imports = {_dotted(path, package): set() for path in package.rglob("*.py")}
    for path in package.rglob("*.py"):
        for name in _imports(path, package):
            imports[_dotted(path, package)] |= {_module(name, imports)} & set(imports)
    folders = {}
    for name, targets in imports.items():
        own = _folder(name, package)
        folders.setdefault(own, set()).update(_folder(target, package) for target in targets)
    for graph in (imports, folders):
        try:
            graphlib.TopologicalSorter({name: graph[name] - {name} for name in graph}).prepare()
        except graphlib.CycleError as error:
            yield error.args[1]


def _dotted(path, package):
    """Name of a module in the package, "" for the package itself."""
    return ".".join(path.relative_to(package).with_suffix("").parts).removesuffix("__init__").rstrip(".")


def _module(name, modules):
    """The module of ours that `symgrad_widgets.a.b.name` comes from, or None."""
    import symgrad_widgets

    first, _, name = name.partition(".")
    if first != "symgrad_widgets":
        return None
    name = symgrad_widgets._PUBLIC.get(name, name)  # `from .. import experiments`
    while name not in modules:
        name = name.rpartition(".")[0]
    return name


def _folder(name, package):
    if name == "__main__" or name in BELOW:  # in the root by Python's rule, and above all else; and below
        return name
    return name if (package / name.replace(".", "/")).is_dir() else name.rpartition(".")[0]


def _breaches(path, package, modules):
    own = _dotted(path, package)
    if own.partition(".")[0] not in MAY_USE:
        yield "belongs nowhere: enter it in MAY_USE"
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in _imports(path, package):
        yield from _bad_import(own, name, modules)
    for node in ast.walk(tree):
        yield from _bad_node(node)


def _imports(path, package):
    """Absolute dotted names of everything imported, inside functions too."""
    return _names(path.read_text(encoding="utf-8"), (package.name, *path.relative_to(package).parts[:-1]))


@cache
def _names(text, parents):
    tree, found = ast.parse(text), []
    typing = {id(n) for part in ast.walk(tree) if _for_types(part) for n in ast.walk(part)}
    for node in filter(lambda node: id(node) not in typing, ast.walk(tree)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = parents[: len(parents) - node.level + 1] if node.level else ()
            dotted = ".".join([*base, *filter(None, [node.module])])
            found += [f"{dotted}.{alias.name}" for alias in node.names]
    return found


def _for_types(node):
    """Whether it is `if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING"


def _bad_import(own, name, modules):
    first, _, rest = name.partition(".")
    if first == "symgrad_widgets":
        yield from _bad_arrow(own, rest, _module(name, {*modules, ""}))
    elif first in HOMES and not any(_within(own, home) for home in HOMES[first]):
        yield f"loads {first}, which belongs in {', '.join(sorted(HOMES[first])) or 'no module'}"
    elif name.startswith("tqdm.auto"):
        yield "uses tqdm.auto, whose bars end as widgets in saved notebooks"


def _bad_arrow(own, name, target):
    group, of = own.partition(".")[0], target.partition(".")[0]
    if not target:
        if name != "__version__":
            yield f"imports {name}, which belongs nowhere"
    elif of != group and of not in MAY_USE[group]:
        yield f"imports {target}: {group} may use {', '.join(sorted(MAY_USE[group]))}"
    for face, doors in FACES.items():
        if _within(target, face) and not _within(own, face) and not _entered_by(target, name, doors):
            yield f"imports {target}: others take what they need from {' or '.join(sorted(doors))}"


def _entered_by(target, name, doors):
    """Whether the import is of a face, or of a module that a face offers as such."""
    return target in doors or (target.rpartition(".")[0] in doors and name == target)


def _within(name, place):
    return name == place or name.startswith(f"{place}.")


def _bad_node(node):
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        method = isinstance(node.func, ast.Attribute)
        if called in BANNED_CALLS and not (called == "eval" and method):  # model.eval() is torch's
            yield f"line {node.lineno} calls {called}"
        if called == "sympify" and not any(k.arg == "strict" for k in node.keywords):
            yield f"line {node.lineno} calls sympify without strict=True: it evaluates strings"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from (f"line {node.lineno} names an outside address" for _ in _addresses(node.value))


def _addresses(text):
    for name in XML_NAMES:
        text = text.replace(name, "")
    return [mark for mark in OUTSIDE if mark in text]


def test_modules_import_only_what_lies_before_them_and_use_nothing_banned():
    assert violations(PACKAGE) == []


def test_no_module_and_no_folder_imports_itself_on_a_round_trip():
    assert list(circles(PACKAGE)) == []


@pytest.mark.parametrize(
    ("module", "line", "circle"),
    [
        (
            "search/terms/postfix.py",
            "from . import grammar",
            {"search.terms.postfix", "search.terms.grammar"},
        ),
        (
            "network/training/task.py",
            "def f():\n    from .pretrained import load",
            "network.training.pretrained",
        ),
        (
            "search/terms/bare.py",
            "def f():\n    from ..choice import judge",
            "search.choice",
        ),  # of folders only
        ("errors.py", "def f():\n    from .checks import whole", {"errors", "checks"}),
        ("search/tuning.py", "def f():\n    from .fit import combine", {"search.tuning", "search.fit"}),
    ],
)
def test_a_planted_circle_is_found(tmp_path, module, line, circle):
    copy = tmp_path / "symgrad_widgets"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    before = (copy / module).read_text(encoding="utf-8") if (copy / module).exists() else ""
    (copy / module).write_text(f"{before}\n\n{line}\n", encoding="utf-8")
    found = list(circles(copy))
    assert any(({circle} if isinstance(circle, str) else circle) <= set(one) for one in found), found


def test_the_folders_have_no_cycle():
    graphlib.TopologicalSorter(MAY_USE).prepare()


def test_the_guide_draws_the_arrows_as_they_are():
    guide = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    diagram = re.search("```\n(.*?)```", guide, re.DOTALL)[1]
    groups, before = [set(re.findall(r"\w+", group)) for group in diagram.split("-->")], set()
    drawn = set.union(*groups)
    assert drawn == MAY_USE.keys() - MEETING - {"batch", "locks", "__main__"} | {"field"}
    for group in groups:
        assert all(MAY_USE[name] & drawn <= before for name in group)
        before |= group


def modules():
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not path.stem.startswith("__")]


def test_no_two_modules_have_one_name():
    assert [name for name, count in Counter(path.stem for path in modules()).items() if count > 1] == []


def test_no_module_hides_a_function_of_its_package():
    hidden = []
    for path in PACKAGE.rglob("*/__init__.py"):
        package = importlib.import_module(f"symgrad_widgets.{_dotted(path, PACKAGE)}")
        beside = {one.stem for one in path.parent.glob("*.py")} | {one.name for one in path.parent.iterdir()}
        hidden += [
            f"{_dotted(path, PACKAGE)}.{name}" for name in getattr(package, "__all__", ()) if name in beside
        ]
    assert hidden == []


def test_the_root_shows_the_house():
    assert {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")} == MEETING - {
        "field"
    }


@pytest.mark.parametrize(
    ("module", "line", "breach"),
    [
        ("search/session.py", "from ..network.concepts import TRACE", "imports network"),
        ("search/session.py", "def f():\n    from .. import experiments", "imports network"),
        ("search/session.py", "def f():\n    import torch.nn", "loads torch"),
        ("verdict/proof.py", "from ..network import gradients", "imports network"),
        ("network/training/task.py", "import symgrad_widgets.search", "imports search"),
        ("reading/phi.py", "from ..search.fit import combine", "others take what they need from search"),
        (
            "widgets/phiview.py",
            "from ..verdict.proof import screen",
            "others take what they need from verdict",
        ),
        ("plots/arrows.py", "import ipywidgets", "loads ipywidgets"),
        ("reading/interpretation.py", "import numba", "loads numba"),
        ("field/measure.py", "import pickle", "loads pickle"),
        ("field/measure.py", "x = eval('1')", "calls eval"),
        ("formula/parser.py", "import sympy\nx = sympy.sympify('1')", "calls sympify without strict=True"),
        ("network/training/task.py", "from tqdm.auto import tqdm", "tqdm.auto"),
        ("plots/svg.py", "URL = 'https://example.org/bokeh.js'", "outside address"),
        ("stranger.py", "x = 1", "belongs nowhere"),
    ],
)
def test_a_planted_breach_is_found(tmp_path, module, line, breach):
    original, copy = PACKAGE / module, tmp_path / "symgrad_widgets" / module
    text = original.read_text(encoding="utf-8") if original.exists() else ""
    copy.parent.mkdir(parents=True)
    copy.write_text(f"{text}\n\n{line}\n", encoding="utf-8")
    names = {_dotted(path, PACKAGE) for path in PACKAGE.rglob("*.py")}
    (found,) = _breaches(copy, tmp_path / "symgrad_widgets", names)
    assert breach in found


def loaded_by(code):
    heavy = "('torch', 'numba', 'bokeh', 'scipy.optimize', 'sympy', 'ipywidgets', 'anywidget', 'pandas')"
    code = f"{code}\nimport sys; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import symgrad_widgets as sg; dir(sg); sg.SymgradError; sg.GradientField") == []


def test_the_check_for_heavy_imports_sees_them():
    assert loaded_by("import scipy.optimize, sympy") == ["scipy.optimize", "sympy"]


WITHOUT_TORCH = """
import sys


class Absent:
    def find_spec(self, name, *_):
        if name == "torch":
            raise ModuleNotFoundError("there is no torch here")


sys.meta_path.insert(0, Absent())
import numpy as np
import symgrad_widgets as sg

points = np.random.default_rng(0).uniform(1, 2, (100, 2))
field = sg.GradientField(points, points[:, ::-1].copy(), ("a", "b"), values=points.prod(1))
search = sg.Search(field, operators=["mul"])
best = search.run(generations=2, progress=False).best.expression
assert sg.verify(best, "a*b", field=field).how == "proved"
assert sg.score(field, "a*b").loss < 1e-12
assert "symgrad_widgets.network" not in sys.modules, "the search has come to the data"
assert sg.interpret(search, concept="a*b").verdict.same
"""


def test_the_symbolic_half_works_where_there_is_no_torch_and_loads_no_data():
    loaded = loaded_by(WITHOUT_TORCH)
    assert "numba" in loaded
    assert "torch" not in loaded
