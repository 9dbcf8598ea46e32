"""The numbers of the search stand in one file: none elsewhere, each explained, each in use."""

import ast
import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from symgrad_widgets.field import TRAINING_ERROR
from symgrad_widgets.formula.operators import OPERATORS
from symgrad_widgets.search import tuning
from symgrad_widgets.verdict import several_concepts

SEARCH = Path(tuning.__file__).parent
GROUPS = {name: getattr(tuning, name) for name in tuning.__all__}
FIELDS = [(name, field.name) for name, group in GROUPS.items() for field in dataclasses.fields(group)]
EXPLAINED = re.compile(r"([A-Z].{9,}[.;:]) (Not measured|See docs/limits.md.*|See search/README.md.*)\.")

PLAIN = {0, 1, 2}
APART = {
    "kernel": "arithmetic: coefficients of polynomials, bits and words of a machine",
    "pysr": "the settings of another engine, and the protocol of its process",
}
ARITHMETIC = {  # (module, function or name): a number that nobody could choose otherwise
    ("engine.py", "_two_by_two"): "the 4 of a quadratic equation's discriminant",
    ("fit/combine.py", "_after_deletion"): "the same",
    ("terms/grammar.py", "_nudged"): "the 10 of a decade",
    ("terms/decades.py", "_TEN"): "the same",
    ("storage.py", "_FORMAT"): "the number of a version",
    ("storage.py", "write"): "bytes of a megabyte",
    ("storage.py", "_opened"): "bytes of a character",
    ("terms/postfix.py", "CONSTANT"): "how constants are told from operators among the tokens",
}


def modules():
    paths = (path for path in sorted(SEARCH.rglob("*.py")) if path.name != "tuning.py")
    return [path for path in paths if path.relative_to(SEARCH).parts[0] not in APART]


def numbers(text):
    """(function or name of the module's top level, number) for each tuned number in a module's text."""
    for statement in ast.parse(text).body:
        allowed = {id(part) for node in ast.walk(statement) for part in _not_tuned(node)}
        for node in ast.walk(statement):
            if _is_number(node) and node.value not in PLAIN and id(node) not in allowed:
                yield _name(statement), node.value


def _is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)


def _name(statement):
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement
    return getattr(target, "name", getattr(target, "id", None))


def _not_tuned(node):
    """Digits of a rounding, axes, and what stands beside the name of an operator: its power."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "round":
        yield from node.args[1:]
    if isinstance(node, ast.keyword) and node.arg == "axis":
        yield node.value
    if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "shape":
        yield from ast.walk(node.slice)
    if isinstance(node, ast.Tuple) and any(map(_is_operator, node.elts)):
        yield from node.elts
    if isinstance(node, ast.Dict) and all(map(_is_operator, node.keys)):
        yield from node.values


def _is_operator(node):
    return isinstance(node, ast.Constant) and node.value in OPERATORS


def elsewhere(path):
    module = str(path.relative_to(SEARCH))
    return [(where, value) for where, value in numbers(path.read_text()) if (module, where) not in ARITHMETIC]


def test_no_number_of_the_search_stands_elsewhere():
    found = {str(path.relative_to(SEARCH)): elsewhere(path) for path in modules()}
    assert {module: some for module, some in found.items() if some} == {}
    assert len(found) > 20


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("_CLOSE = 0.05", 0.05),
        ("_WIDE = -3", 3),
        ("def f(x, most=40):\n    return x", 40),
        ("def f(rows):\n    return rows[:1200]", 1200),
        ("def f(x):\n    return x if x > 1e-9 else round(x, 3)", 1e-9),
        ("class A:\n    def f(self, a):\n        return a.shape[3] * 5 + a.sum(axis=4)", 5),
        ("LEVELS = (3, 'pow4'), (7, 'mine')", 7),
    ],
)
def test_a_planted_number_is_found(line, number):
    text = (SEARCH / "engine.py").read_text()
    new = [value for where, value in numbers(f"{text}\n\n{line}\n") if where != "_two_by_two"]
    assert new == [number]


def test_what_is_exempt_still_has_its_reason():
    for module, where in ARITHMETIC:
        assert where in {name for name, _ in numbers((SEARCH / module).read_text())}, (module, where)
    assert all((SEARCH / folder).is_dir() for folder in APART)


def explanations():
    """The text below each field of each group, (class, field) -> text."""
    found = {}
    body = ast.parse(Path(tuning.__file__).read_text()).body
    for group in (node for node in body if isinstance(node, ast.ClassDef)):
        for field, text in zip(group.body, [*group.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign):
                found[group.name, field.target.id] = text.value.value if isinstance(text, ast.Expr) else ""
    return found


@pytest.mark.parametrize(("group", "field"), FIELDS, ids=".".join)
def test_each_number_says_what_it_decides_and_what_measured_it(group, field):
    text = explanations()[type(GROUPS[group]).__name__, field]
    what, measured = re.fullmatch(
        r"([A-Z].{9,}[.;:]) (Not measured|See docs/limits.md.*|See search/README.md.*)\.", text
    ).groups()
    assert "easured" not in what
    if measured.startswith("See docs"):
        (section,) = re.findall(r'"(.+)"', measured)
        assert f"## {section}\n" in (SEARCH.parents[1] / "docs" / "limits.md").read_text()


def test_every_number_is_used():
    used = {
        (node.value.id, node.attr)
        for path in SEARCH.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert set(FIELDS) - used == set()


def test_numbers_cannot_be_changed_in_passing():
    for group, field in FIELDS:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(GROUPS[group], field, 1)


def test_what_training_leaves_is_written_once_for_search_and_verdict():
    package = SEARCH.parent
    folders = package / "field", SEARCH, package / "verdict"
    paths = [*package.glob("*.py"), *(path for folder in folders for path in folder.rglob("*.py"))]
    nodes = ((path, node) for path in paths for node in ast.walk(ast.parse(path.read_text())))
    found = [path.parent.stem for path, node in nodes if _is_number(node) and node.value == TRAINING_ERROR]
    assert found == ["field"]
    assert np.degrees(np.arcsin(np.sqrt(TRAINING_ERROR))) == pytest.approx(0.3, abs=0.02)
    assert tuning.CHOICE.training is several_concepts.TRAINING_ERROR
