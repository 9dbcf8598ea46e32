"""What runs side by side: never two browsers, and the tests of a file in one process."""

from pathlib import Path

from conftest import EACH_FOR_ITSELF, Scheduling

HERE = Path(__file__).resolve().parent


def group(nodeid):
    return Scheduling._split_scope(None, nodeid)


def test_all_that_open_a_browser_share_a_process():
    marked = {path for path in HERE.rglob("test_*.py") if "pytest.mark.browser" in path.read_text()}
    only_named = {path for path in marked if "pytest.mark.ipykernels" in path.read_text()}
    names = [path.relative_to(HERE.parent).as_posix() for path in marked - only_named - {Path(__file__)}]
    assert len(names) > 5
    assert {group(f"{name}::test_it[dark]") for name in names} == {"browser"}


def test_tests_of_a_file_share_a_process_but_each_notebook_is_for_itself():
    assert group("tests/a/test_b.py::test_c") == group("tests/a/test_b.py::test_d[::]")
    assert (HERE.parent / EACH_FOR_ITSELF).is_file()
    assert group(f"{EACH_FOR_ITSELF}::test_c[x]") != group(f"{EACH_FOR_ITSELF}::test_c[y]")
