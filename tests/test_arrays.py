"""Whatever people keep numbers in: every public function takes the same and reads the same."""

from decimal import Decimal

import numpy as np
import pytest
import torch
from torch import nn

import symgrad_widgets as sg
from symgrad_widgets.arrays import floats, missing, names_of, numbers
from symgrad_widgets.errors import DataError
from symgrad_widgets.reading.activity import Activity

X = np.random.default_rng(0).uniform(0.5, 2, (150, 3)).astype(np.float32).astype(float)
G = np.stack([X[:, 1], X[:, 0], np.cos(X[:, 2])], 1)
GAP, NAMES = 7, ("a", "b", "c")


def table():
    return pytest.importorskip("pandas").DataFrame(X, columns=NAMES)


def named_records(array):
    return np.rec.fromarrays(list(np.asarray(array).T), names=list(NAMES))


def bfloat16():
    return X.astype(pytest.importorskip("ml_dtypes").bfloat16)


def xarray():
    return pytest.importorskip("xarray").DataArray(X, dims=("row", "input"), coords={"input": list(NAMES)})


WHOLE = {
    "big-endian": lambda: X.astype(">f8"),
    "reversed": lambda: X[::-1],
    "every other": lambda: np.repeat(X, 2, 0)[::2],
    "columns first": lambda: np.asfortranarray(X),
    "transposed": lambda: X.T.copy().T,
    "long double": lambda: X.astype(np.longdouble),
    "half": lambda: X.astype(np.float16),
    "bfloat16": bfloat16,
    "read-only": lambda: np.broadcast_to(X, X.shape),
    "whole numbers": lambda: np.round(X * 9).astype(np.uint8),
    "lists": X.tolist,
    "decimals": lambda: [[Decimal(str(v)) for v in row] for row in X],
    "objects": lambda: X.astype(object),
    "a matrix": lambda: np.ma.masked_array(X),
    "records": lambda: named_records(X),
    "tensor": lambda: torch.from_numpy(X).requires_grad_(),
    "tensor of bfloat16": lambda: torch.from_numpy(X).bfloat16(),
    "tensors": lambda: [row.clone().requires_grad_() for row in torch.from_numpy(X)],
    "tensors of one number": lambda: [[v.requires_grad_() for v in row] for row in torch.tensor(X).unbind()],
    "arrays": lambda: list(X),
    "table": table,
    "table of Arrow's kind": lambda: table().convert_dtypes(),
    "Polars": lambda: pytest.importorskip("polars").DataFrame(X, schema=NAMES),
    "xarray": xarray,
}


def with_gap(array):
    array = np.array(array)
    array[GAP, 1] = np.nan
    return array


def masked(fill=-999.0):
    array = np.ma.masked_array(X.copy(), mask=np.zeros(X.shape, bool))
    array[GAP, 1] = np.ma.masked
    array.data[GAP, 1] = fill
    return array


def with_na():
    frame = table().convert_dtypes()
    frame.loc[GAP, "b"] = pytest.importorskip("pandas").NA
    return frame


def records_with_gap():
    given = masked()
    columns = [given[:, i] for i in range(3)]
    return np.ma.mrecords.fromarrays(columns, names=list(NAMES)) if hasattr(np.ma, "mrecords") else given


def masked_tensor():
    mask = torch.ones(X.shape, dtype=torch.bool)
    mask[GAP, 1] = False
    data = torch.from_numpy(X.copy())
    data[GAP, 1] = 1e20
    return torch.masked.masked_tensor(data, mask)


class Sky:
    """As astropy keeps masks: values that are there, and what to think of them."""

    def __init__(self):
        self.mask = masked().mask

    def __array__(self, dtype=None, copy=None):
        return np.asarray(masked().data, dtype=dtype)


GAPS = {
    "NaN": lambda: with_gap(X),
    "infinity": lambda: np.where(np.isnan(with_gap(X)), np.inf, X),
    "beyond float64": lambda: np.where(
        np.isnan(with_gap(X)), np.longdouble("1e4000"), X.astype(np.longdouble)
    ),
    "None": lambda: [[None if np.isnan(v) else v for v in row] for row in with_gap(X)],
    "mask": masked,
    "mask over NaN": lambda: masked(np.nan),
    "mask of whole numbers": lambda: np.ma.masked_array(np.round(X * 9).astype(int), masked().mask),
    "rows with masks": lambda: list(masked()),
    "records with a mask": records_with_gap,
    "another library's mask": Sky,
    "masked tensor": masked_tensor,
    "NA": with_na,
    "NaN in a table": lambda: table().mask(masked().mask),
    "Polars' null": lambda: (
        pytest.importorskip("polars").DataFrame(with_gap(X).tolist(), orient="row").fill_nan(None)
    ),
}


def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).eval()


def same_field(field, other):
    np.testing.assert_array_equal(field.points, other.points)
    np.testing.assert_array_equal(field.gradients, other.gradients)
    assert field.dropped == other.dropped


@pytest.mark.filterwarnings("ignore:.*[Mm]asked")
@pytest.mark.parametrize("kind", [*WHOLE, *GAPS])
def test_every_public_function_takes_the_same(kind):
    given = (WHOLE | GAPS)[kind]
    plain = floats(given(), "points")
    gone = int(kind in GAPS)
    assert plain.shape == X.shape
    assert (~np.isfinite(plain)).sum() == gone
    if kind in GAPS:
        assert not np.isfinite(plain[GAP, 1])
    if kind not in {
        "reversed",
        "half",
        "bfloat16",
        "whole numbers",
        "mask of whole numbers",
        "tensor of bfloat16",
    }:
        np.testing.assert_array_equal(np.delete(plain, GAP, 0), np.delete(X, GAP, 0))
    names = names_of(given())

    field = sg.GradientField(given(), G)
    assert field.dropped == gone
    same_field(field, sg.GradientField(plain, G))
    assert sg.GradientField(X, given()).dropped == gone

    field = sg.gradient_field(model(), given())
    assert (field.dropped, len(field)) == (gone, 150 - gone)
    same_field(field, sg.gradient_field(model(), plain))
    assert field.names == (names or ("x1", "x2", "x3"))

    whole = np.delete(plain, GAP, 0) if gone else plain
    activity = Activity(model(), given())
    np.testing.assert_array_equal(activity.values, Activity(model(), whole).values)
    assert activity.names == field.names

    np.testing.assert_array_equal(
        sg.to_numpy("a*b + c", NAMES)(given()), plain[:, 0] * plain[:, 1] + plain[:, 2]
    )
    labels = np.arange(150) % 2
    if gone:
        with pytest.raises(DataError, match=r"1 of 150 rows of x hold values that are not finite, .* row 7"):
            sg.Experiment.from_labels(given(), labels, NAMES)
    else:
        drawn = sg.Experiment.from_labels(given(), labels, NAMES).sample(150)
        np.testing.assert_array_equal(np.sort(drawn.x, 0), np.sort(plain, 0))


def test_rows_of_further_arguments_go_with_the_points_that_are_dropped():
    class Scaled(nn.Module):
        def forward(self, x, scale):
            return (x**2).sum(1) * scale

    scale = np.linspace(1, 2, 150)
    for one in (scale, scale.astype(">f8"), scale.astype(np.longdouble), torch.from_numpy(scale)):
        field = sg.gradient_field(Scaled(), masked(), forward_args=(one,))
        np.testing.assert_allclose(field.gradients, 2 * np.delete(X * scale[:, None], GAP, 0))


def test_the_columns_of_a_table_name_the_inputs():
    for given in (table(), named_records(X)):
        assert sg.GradientField(given, G).names == NAMES
        assert sg.gradient_field(model(), given).names == NAMES
        assert sg.gradient_field(model(), given, names=("x", "y", "z")).names == ("x", "y", "z")
        assert sg.Experiment.from_labels(given, np.arange(150) % 2).names == NAMES
        with pytest.raises(DataError, match="a, b, c, but the names are in another order, c, b, a"):
            sg.gradient_field(model(), given, names=("c", "b", "a"))
    named = table().rename(columns={"a": "mass of it (kg)"})
    assert sg.gradient_field(model(), named).names == ("mass of it (kg)", *NAMES[1:])
    with pytest.raises(DataError, match="input name 'mass-of-it' must be one or more words"):
        sg.gradient_field(model(), table().rename(columns={"a": "mass-of-it"}))
    with pytest.raises(DataError, match="x has no column names: pass names"):
        sg.Experiment.from_labels(X, np.arange(150) % 2)
    assert sg.GradientField(table().rename(columns={"a": 0, "b": 1, "c": 2}), G).names == ("x1", "x2", "x3")


def test_an_atlas_takes_a_table():
    found = sg.atlas(nn.Sequential(nn.Linear(3, 1)).eval(), table(), generations=1, jobs=1, progress=False)
    assert set("abc") <= set(found.rows[0].formula)


@pytest.mark.parametrize(
    "labels",
    [
        np.ma.masked_array(np.arange(150) % 2, np.arange(150) == 4),
        ["yes", "no", "yes", "no", None] + ["yes", "no", "yes", "no", "no"] * 29,
        ["yes", "no", "yes", "no", float("nan")] + ["yes", "no", "yes", "no", "no"] * 29,
    ],
    ids=["masked", "None", "NaN among texts"],
)
def test_labels_that_are_missing_are_refused(labels):
    with pytest.raises(DataError, match="1 labels are masked or missing, the first in row 4"):
        sg.Experiment.from_labels(X, labels, NAMES)


def test_whole_numbers_stay_whole_where_none_is_missing():
    assert numbers(np.arange(6).reshape(2, 3).astype(">i2"), "points").dtype == np.int64
    assert numbers(masked(), "points").dtype == np.float64
    assert missing(["a", None], "labels").tolist() == [False, True]


def test_what_is_given_stays_as_it_was():
    given = masked()
    before = given.data.copy(), given.mask.copy()
    floats(given, "points")[:] = 0
    floats(X, "points")[:] = 0
    np.testing.assert_array_equal(given.data, before[0])
    np.testing.assert_array_equal(given.mask, before[1])
    assert X.any()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (torch.eye(5, 3).to_sparse(), r"sparse tensor \(torch.sparse_coo\): pass \w+.to_dense\(\)"),
        (torch.ones(5, 3, device="meta"), "tensor on the meta device, which holds no numbers"),
        (X * 1j, "must be real numbers, got ndarray of complex numbers"),
        (torch.ones(5, 3) * 1j, "must be real numbers, got Tensor of complex numbers"),
        (X > 1, "must be real numbers, got ndarray of truth values"),
        (X.astype("M8[s]"), "must be real numbers, got ndarray of dates"),
        ([["a", "b"]], "must be an array of numbers, got list: could not convert"),
        ([[1.0, 2.0], [3.0]], "must be an array of numbers, got list"),
        ([torch.ones(3), torch.ones(2)], "must be an array of numbers, got list"),
        ({"a": [1.0]}, "must be an array of numbers, got dict"),
        (np.zeros(3, "V8"), "must be an array of numbers, got ndarray"),
    ],
)
def test_what_holds_no_numbers_is_refused_by_one_sentence(given, message):
    for call in (
        lambda: sg.GradientField(given, G),
        lambda: sg.gradient_field(model(), given),
        lambda: Activity(model(), given),
        lambda: sg.to_numpy("a*b*c", NAMES)(given),
        lambda: sg.Experiment.from_labels(given, np.arange(150) % 2, NAMES),
    ):
        with pytest.raises(DataError, match=message):
            call()


def test_sparse_matrices_of_scipy_are_refused():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(DataError, match=r"points are sparse \(csr_array\): pass points.toarray\(\)"):
        sg.gradient_field(model(), sparse.csr_array(np.eye(5, 3)))
