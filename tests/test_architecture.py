"""The arrows between modules, what each may load, and what is banned: read from the source.

A new module goes into one group of `GROUPS`; `MAY_USE` says what a group may import from, at any depth of a
function. The two stems, network and symbolic, meet in the gradient field only: no search sees a concept.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "symgrad_widgets"

GROUPS = {
    "errors": {"errors"},
    "batch": {"batch"},
    "concepts": {"concepts", "published"},
    "data": {"experiment"},
    "network": {"checkpoints", "networks", "training", "weights"},
    "field": {"field"},
    "gradients": {"gradients"},
    "language": {"operators", "parser", "expressions"},
    "search": {"search", "pysr_backend"},
    "export": {"export"},
    "baselines": {"baselines"},
    "verdict": {"verdict", "comparison", "constants", "mixture", "proof", "surface"},
    "result": {"activity", "interpretation", "splicing", "unit_laws"},
    "plots": {"plots"},
    "widgets": {"widgets"},
    "shell": {
        "__main__",
        "cli",
        "contents",
        "doctor",
        "notebook_files",
        "page",
        "parameters",
        "report",
        "runner",
        "commands",
        "studies",
        "sweep",
        "tables",
    },
}
MAY_USE = {
    "errors": set(),
    "batch": {"errors"},
    "concepts": {"errors"},
    "data": {"errors", "concepts"},
    "network": {"errors", "concepts"},
    "field": {"errors"},
    "gradients": {"errors", "field", "network"},
    "language": {"errors"},
    "search": {"errors", "field", "language"},
    "verdict": {"errors", "field", "language", "concepts"},
    "export": {"errors", "language"},
    "baselines": {"errors", "field", "language", "search"},
    "result": {
        "errors",
        "batch",
        "field",
        "language",
        "concepts",
        "search",
        "verdict",
        "gradients",
        "export",
    },
    "plots": {"errors", "field", "language", "concepts", "search", "verdict", "result"},
}
MAY_USE["widgets"] = set(MAY_USE) | {"plots"}
MAY_USE["shell"] = set(MAY_USE) | {"shell"}
UPWARD = {  # only inside a function
    ("experiment", "weights"): "and so is exp.pretrained()",
    ("experiment", "training"): "exp.train(...) is the way in for a reader",
    ("experiment", "expressions"): "a reader's own concepts may be text",
    ("training", "gradients"): "the floor is measured after training has ended",
}
HOMES = {  # libraries that cost seconds or megabytes, and the only modules that may load them
    "torch": {"checkpoints", "networks", "training", "weights", "gradients", "export", "splicing"},
    "numba": {"search"},
    "llvmlite": {"search"},
    "pyoperon": {"baselines"},
    "sklearn": set(),
    "pysr": {"pysr_backend"},
    "juliacall": set(),
    "bokeh": {"plots", "widgets"},
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "IPython": {"widgets", "report"},
    "papermill": {"runner"},
    "nbclient": {"runner"},
    "nbconvert": {"page"},
    "pickle": set(),
    "joblib": {"batch"},
    "safetensors": {"checkpoints", "weights"},
    "pdoc": {"commands"},
    "voila": {"commands"},
    "dask": {"batch"},
    "distributed": {"batch"},
    "matplotlib": set(),
    "pandas": set(),
}
BANNED_CALLS = {"eval", "exec", "parse_expr", "interact", "interactive", "Output"}
OUTSIDE = ("http://", "https://", "//cdn", "unpkg", "jsdelivr")
XML_NAMES = ("http://www.w3.org/",)


def violations(package):
    """Every breach in the package folder, as lines `module: what`."""
    files = [path for path in sorted(package.rglob("*.py")) if path != package / "__init__.py"]
    found = [f"{path.relative_to(package)}: {what}" for path in files for what in _breaches(path, package)]
    for path in [*package.rglob("*.js"), *package.rglob("*.css")]:
        found += [f"{path.relative_to(package)}: outside address" for _ in _addresses(path.read_text())]
    return found


def _breaches(path, package):
    unit = path.relative_to(package).parts[0].removesuffix(".py")
    if unit not in _group_of():
        yield "belongs to no group: place it in GROUPS"
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, lazy in _imports(tree, path, package):
        yield from _bad_import(unit, name, lazy)
    for node in ast.walk(tree):
        yield from _bad_node(node)


def _group_of():
    return {unit: group for group, units in GROUPS.items() for unit in units}


def _imports(tree, path, package):
    """(absolute dotted name, whether inside a function) of everything imported."""
    lazy = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.Lambda) for n in ast.walk(f)}
    typing = {id(n) for part in ast.walk(tree) if _for_types(part) for n in ast.walk(part)}
    parents = (package.name, *path.relative_to(package).parts[:-1])
    for node in filter(lambda node: id(node) not in typing, ast.walk(tree)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = parents[: len(parents) - node.level + 1] if node.level else ()
            dotted = ".".join([*base, *filter(None, [node.module])])
            yield from ((f"{dotted}.{alias.name}", id(node) in lazy) for alias in node.names)


def _for_types(node):
    """Whether it is `if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING"


def _bad_import(unit, name, lazy):
    first, *rest = name.split(".")
    if first == "symgrad_widgets":
        group, target = _group_of(), _target(rest)
        allowed = MAY_USE[group[unit]] | {group[unit]}
        if target not in group:
            yield f"imports {name}, which belongs to no group"
        elif group[target] not in allowed and not (lazy and (unit, target) in UPWARD):
            yield f"imports {target}: {group[unit]} may use {', '.join(sorted(allowed))}"
    elif first in HOMES and unit not in HOMES[first]:
        yield f"loads {first}, which belongs in {', '.join(sorted(HOMES[first])) or 'no module'}"
    elif name.startswith("tqdm.auto"):
        yield "uses tqdm.auto, whose bars end as widgets in saved notebooks"


def _target(rest):
    if rest[0] in _group_of():
        return rest[0]
    import symgrad_widgets

    # `from . import experiments`: a public name stands for the module that defines it
    return "errors" if rest[0] == "__version__" else symgrad_widgets._PUBLIC.get(rest[0], rest[0])


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


def test_the_groups_have_no_cycle():
    left = {group: set(uses) - {group} for group, uses in MAY_USE.items()}
    while left:
        free = [group for group, uses in left.items() if not uses & set(left)]
        assert free, f"a cycle among {sorted(left)}"
        for group in free:
            del left[group]


@pytest.mark.parametrize(
    ("module", "line", "breach"),
    [
        ("search/session.py", "from ..concepts import TRACE", "imports concepts"),
        ("search/session.py", "def f():\n    from .. import experiments", "imports experiment"),
        ("search/session.py", "def f():\n    import torch.nn", "loads torch"),
        ("verdict.py", "from . import gradients", "imports gradients"),
        ("training.py", "from .gradients import gradient_field", "imports gradients"),
        ("training.py", "import symgrad_widgets.search", "imports search"),
        ("plots/field.py", "import ipywidgets", "loads ipywidgets"),
        ("interpretation.py", "import numba", "loads numba"),
        ("field.py", "import pickle", "loads pickle"),
        ("field.py", "x = eval('1')", "calls eval"),
        ("parser.py", "import sympy\nx = sympy.sympify('1')", "calls sympify without strict=True"),
        ("training.py", "from tqdm.auto import tqdm", "tqdm.auto"),
        ("plots/svg.py", "URL = 'https://example.org/bokeh.js'", "outside address"),
        ("stranger.py", "x = 1", "belongs to no group"),
    ],
)
def test_a_planted_breach_is_found(tmp_path, module, line, breach):
    original, copy = PACKAGE / module, tmp_path / "symgrad_widgets" / module
    text = original.read_text(encoding="utf-8") if original.exists() else ""
    copy.parent.mkdir(parents=True)
    copy.write_text(f"{text}\n\n{line}\n", encoding="utf-8")
    (found,) = violations(tmp_path / "symgrad_widgets")
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


def test_the_symbolic_stem_loads_no_torch_and_no_data():
    code = "import symgrad_widgets as sg; sg.Search, sg.verify; import sys\n"
    code += "assert 'symgrad_widgets.network.experiment' not in sys.modules, 'data'\n"
    assert "torch" not in loaded_by(code)
