"""A course's own page, and what the class hands in: from files to files, by the command line."""

import base64
import csv
import json
import re
import zlib

import numpy as np
import pytest
import torch
from concept_cases import loss

import symgrad_widgets as sg
from symgrad_widgets.commands.cli import main
from symgrad_widgets.network.modules import mlp
from symgrad_widgets.widgets.pagefile import opened
from symgrad_widgets.widgets.subject import Network, Subject

TASK = "# Ours\n## Guess\nguess: 5\n## Which way?\n- [x] Up\n- [ ] Down\n"
OWN = """import torch
def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.LayerNorm(6), torch.nn.Linear(6, 1))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    points = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    lines = [",".join(map(str, point)) for point in points]
    (folder / "data.csv").write_text("\n".join(["a,b", *lines]) + "\n")
    (folder / "task.md").write_text(TASK)
    (folder / "own.py").write_text(OWN)
    torch.save(mlp((2, 8, 1), "tanh", torch.Generator().manual_seed(0)).state_dict(), folder / "mine.pt")
    return folder


def build(folder, network, *more, points="data.csv"):
    given = ["--points", str(folder / points)] if points else []
    out = folder / "page.html"
    return main(
        ["classroom", "page", str(network), *given, "--out", str(out), "--generations", "0", *more]
    ), out


@pytest.mark.parametrize(("network", "whole"), [("mine.pt", True), ("own.py:network", False)])
def test_a_page_of_one_s_own_network(folder, capsys, network, whole):
    code, out = build(folder, folder / network, "--task", str(folder / "task.md"), "--activation", "tanh")
    assert code == 0
    assert "opens without Python" in capsys.readouterr().out
    page = opened(out)
    assert (page.title, page.field.names, len(page.field)) == ("Ours", ("a", "b"), 200)
    assert ("The whole network is in this page" in out.read_text(encoding="utf-8")) is whole


def test_the_field_in_a_page_judges_as_the_network_s_own(folder):
    code, out = build(folder, "fieldstrength", points=None)
    network = Network.of("fieldstrength")
    field = Subject(network, None, network.neuron).field
    page = opened(out)
    assert code == 0
    for text in ("E1*B1 + E2*B2 + E3*B3", "E1^2 + 2*B1"):
        assert loss(text, page.field) == pytest.approx(loss(text, field), rel=1e-9)


def told(page):
    """All that a page holds in the open, as text."""
    packed = re.search(r'id="symgrad-data">([^<]+)<', page.read_text(encoding="utf-8"))[1]
    return zlib.decompress(base64.b64decode(packed)).decode()


def test_plan_b_of_the_lesson_has_its_tasks_and_does_not_tell_the_formula(root, tmp_path, monkeypatch):
    guide = (root / "notebooks" / "teaching" / "README.md").read_text(encoding="utf-8")
    line = re.search(
        r"^symgrad (classroom page oscillator --task \S+ --generations 0 --out) ", guide, re.MULTILINE
    )
    monkeypatch.chdir(root)
    pages = [tmp_path / "spring.html", tmp_path / "searched.html"]
    for generations, page in zip("03", pages, strict=True):
        assert main([*line[1].replace("generations 0", f"generations {generations}").split(), str(page)]) == 0
    assert [task["title"] for task in opened(pages[0]).tasks][-2:] == ["Read the neuron", "Look inside"]
    assert [bool(re.search(r"[xv]\*\*2 \+ [xv]\*\*2", told(page))) for page in pages] == [False, True]


def test_a_class_is_collected(folder, capsys):
    _, out = build(folder, "oscillator", "--task", str(folder / "task.md"), points=None)
    page = opened(out)
    line = {"symgrad": "class 1", "page": page.id, "solved": [1], "picked": {"2": 2}}
    people = [
        line | {"name": "Ada", "guesses": ["x v", "x² + v²"]},
        line | {"name": "=1+1", "guesses": ["nonsense("], "solved": []},
        line | {"name": "Eve", "page": "another", "guesses": []},
    ]
    lines = folder / "lines.txt"
    lines.write_text("\n".join([*map(json.dumps, people), "rubbish"]), encoding="utf-8")
    assert main(["classroom", "collect", str(out), str(lines), "--out", str(folder / "class")]) == 0
    told = capsys.readouterr().out
    assert "line 3: it comes from another page, another" in told
    assert "line 4: this is not a line of a page" in told
    with (folder / "class.csv").open(encoding="utf-8", newline="") as file:
        ada, other = csv.DictReader(file)
    assert (ada["1 Guess"], ada["2 Which way?"], ada["best guess"]) == ("yes", "option 2", "x² + v²")
    assert float(ada["loss"]) == pytest.approx(sg.score(page.field, "x² + v²").loss, rel=1e-2)
    assert (other["name"], other["best guess"]) == ("'=1+1", "")
    picture = (folder / "class.html").read_text(encoding="utf-8")
    assert picture.count("<svg") == 2
    assert "<td>Ada" in picture


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n1,x\n", "row 2 of b holds 'x', which is not a finite number"),
        ("a,b\n1\n", "line 2: 1 entries for 2 columns"),
        ("", "is empty: write a line of names, then one row"),
    ],
)
def test_bad_points_are_named(folder, capsys, text, message):
    (folder / "bad.csv").write_text(text)
    assert build(folder, folder / "mine.pt", points="bad.csv")[0] == 2
    assert message in capsys.readouterr().err


def test_other_bad_input_is_named(folder, capsys):
    assert build(folder, folder / "mine.pt", points=None)[0] == 2
    assert build(folder, folder / "own.py:nothing")[0] == 2
    assert build(folder, folder / "mine.pt", "--task", str(folder / "none.md"))[0] == 2
    assert main(["classroom", "collect", str(folder / "task.md"), str(folder / "task.md")]) == 2
    said = capsys.readouterr().err.splitlines()
    for line, message in zip(
        said,
        (
            "pass points to show it on",
            "has no 'nothing'",
            "cannot be read",
            "is not a page that symgrad wrote",
        ),
        strict=True,
    ):
        assert message in line
