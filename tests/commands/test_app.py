"""`symgrad app`, up to where Voila takes over; test_browser_voila.py has the rest."""

import sys

import nbformat
import pytest

from symgrad_widgets.commands.cli import main

pytest.importorskip("voila")


@pytest.fixture
def launched(monkeypatch):
    """Words and settings that Voila is started with, instead of starting it."""
    from voila.app import Voila

    calls = []
    monkeypatch.setattr(Voila, "launch_instance", lambda words, config: calls.append((words, config)))
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    return calls


def test_it_serves_the_playground_with_a_page_of_its_own(launched, root):
    assert main(["app", "--port", "9001", "--no-browser"]) == 0
    ((words, config),) = launched
    assert words == [str(root / "notebooks" / "playground.ipynb"), "--port=9001", "--no-browser"]
    assert config.VoilaConfiguration.template == "symgrad"


def test_a_browser_is_opened_unless_one_says_no(launched):
    assert main(["app"]) == 0
    assert launched[0][0][1:] == ["--port=8866"]


def test_the_page_is_found_beside_what_the_reader_has_set(launched, root):
    from voila.paths import collect_template_paths

    assert main(["app"]) == 0
    assert launched
    paths = collect_template_paths(["voila", "nbconvert"], "symgrad", prune=True)
    assert paths[0] == str(root / "symgrad_widgets" / "jupyter" / "voila" / "templates" / "symgrad")


def test_only_the_cells_for_the_workbench_are_served(launched, root):
    main(["app"])
    notebook = nbformat.read(root / "notebooks" / "playground.ipynb", as_version=4)
    served = launched[0][1].VoilaConfiguration.prelaunch_hook(None, notebook=notebook, cwd="")
    code = "\n".join(cell.source for cell in served.cells if cell.cell_type == "code")
    assert "\nbench\n" in code
    assert "\nsystem\n" in code
    assert code.endswith("\ntable")
    assert "sg.Workbench(experiment" in code
    assert "torch" not in code
    assert "$" not in "".join(cell.source for cell in served.cells)  # Voila fetches what sets mathematics


def test_without_voila_one_line_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "voila.app", None)
    assert main(["app"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("symgrad: the application needs Voila: pip install")
    assert told.count("\n") == 1


def test_a_port_that_is_none_is_refused(capsys):
    assert main(["app", "--port", "70000"]) == 2
    assert "--port 70000: must be a number from 1 to 65535" in capsys.readouterr().err


def test_a_folder_without_the_playground_is_refused(tmp_path, capsys):
    assert main(["app", "--notebooks", str(tmp_path)]) == 2
    assert f"no playground at {tmp_path / 'playground.ipynb'}: say where" in capsys.readouterr().err
