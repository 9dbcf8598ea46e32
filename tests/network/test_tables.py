"""Tables as people keep them: commas, semicolons, tabs, quotes; what does not fit is named with its line."""

import numpy as np
import pytest

from symgrad_widgets.errors import DataError, UnknownNameError
from symgrad_widgets.network.experiment.tables import column_experiment, numbers_of, read_table

ROWS = np.random.default_rng(0).uniform(1, 2, (200, 2)).round(3)


@pytest.mark.parametrize(
    "text",
    ["a,b\n1.5,2\n\n3,4\n", "\ufeffa;b\r\n1,5;2\r\n3;4", "a\tb\n1.5\t2\n3\t4\n", '"a", b\n "1.5",2\n3,4'],
    ids=["commas", "semicolons and decimal commas", "tabs", "quotes"],
)
def test_a_table_is_read_as_it_is_kept(text):
    columns = read_table(text)
    assert list(columns) == ["a", "b"]
    np.testing.assert_array_equal(numbers_of("a", columns["a"]), [1.5, 3])
    np.testing.assert_array_equal(numbers_of("b", columns["b"]), [2, 4])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" \n", "the table is empty: write a line of names, then one row"),
        ("a,b\n", "has names but no rows"),
        ("a,b\n1,2\n\n1\n", "line 4: 1 entries for 2 columns"),
        ("a,a\n1,2\n", "the column 'a' twice"),
        ("a,\n1,2\n", "a column without a name"),
        ("a,b\n" + "1" * 200_000 + ",2\n", "cannot be read as rows: field larger than field limit"),
    ],
)
def test_a_table_that_does_not_fit_is_named(text, message):
    with pytest.raises(DataError, match=message):
        read_table(text)


@pytest.mark.parametrize("entry", ["x", "", "nan", "inf"])
def test_what_is_no_number_is_named_with_its_row(entry):
    with pytest.raises(
        DataError, match=f"row 2 of a holds '{entry}', which is not a finite number: leave it out"
    ):
        numbers_of("a", ["1", entry])


def table(answers):
    return {"a": [f"{a}" for a, _ in ROWS], "b": [f"{b}" for _, b in ROWS], "c": list(answers)}


def test_a_column_of_two_kinds_is_labels_and_one_of_numbers_is_values():
    some = column_experiment(table(f"{a * b}" for a, b in ROWS), "c", "Mine")
    assert (some.kind, some.names, some.title) == ("regression", ("a", "b"), "Mine")
    x, y = some.sample(200)
    assert np.corrcoef(x.prod(1), y)[0, 1] == pytest.approx(1)
    kinds = column_experiment(table("yes" if a > b else "no" for a, b in ROWS), "c", "Mine")
    x, y = kinds.sample(200)
    np.testing.assert_array_equal(y == 1, x[:, 0] > x[:, 1])


def test_a_column_that_cannot_be_learnt_is_named():
    with pytest.raises(UnknownNameError, match="no column 'd'"):
        column_experiment(table(["1"] * 200), "d", "Mine")
    with pytest.raises(DataError, match="row 1 of c holds 'red'"):
        column_experiment(table(["red", "green", "blue", "red"] * 50), "c", "Mine")
    with pytest.raises(DataError, match="only the column 'c'"):
        column_experiment({"c": ["1"] * 200}, "c", "Mine")
