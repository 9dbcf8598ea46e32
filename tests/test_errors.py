"""An error of ours in a notebook is its sentence, the reader's own line, and how to see the rest."""

import linecache

import pytest

from symgrad_widgets.errors import DataError, SymgradError

CELL = "import symgrad_widgets as sg\n\n\ndef mine():\n    sg.score(3, 'x')\n\n\nmine()\n"


def shown(source, name):
    """Lines that IPython shows of the error that a cell raises."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    with pytest.raises(SymgradError) as raised:
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    return raised.value._render_traceback_()


def test_three_lines_with_the_innermost_line_of_the_reader():
    sentence, own, rest = shown(CELL, "<cell>")
    assert sentence.partition(": ")[0].endswith("Error")
    assert own == "----> 5 sg.score(3, 'x')"
    assert rest == "For the rest: import traceback; traceback.print_last()"


def test_a_sentence_of_several_lines_is_one_and_without_a_cell_there_is_no_line():
    error = DataError("first\n  second")
    assert error._render_traceback_()[0] == "DataError: first second"
    assert len(error._render_traceback_()) == 2
