"""Turn any container of numbers (array, masked array, table, tensor, list of these) into a NumPy array."""

import numpy as np

from .errors import DataError

__all__ = ["floats", "missing", "names_of", "numbers"]

_REFUSED = {"c": "complex numbers", "b": "truth values", "M": "dates", "m": "times"}
_LACKING = {"None", "nan", "NaN", "NaT", "<NA>", "--"}  # how missing entries are written


def floats(given, what, *, copy=True):
    """Return a float64 array, with NaN in place of masked or missing entries.

    Numbers may have any type, byte order and stride, and may be in masked arrays, tables whose columns are
    numbers, tensors on any device, and lists of any of these. Anything else raises a DataError whose message
    begins with `what`. Without `copy`, a float64 array is returned as it is.
    """
    if type(given) is np.ndarray and given.dtype == np.float64 and given.dtype.isnative:
        return given.copy() if copy else given
    return numbers(given, what).astype(np.float64, copy=False)


def numbers(given, what):
    """Return an array as from `floats`, but int64 if all entries are whole numbers and none is missing."""
    try:
        array, gaps = _opened(given, what)
        if array.dtype.kind in _REFUSED:
            kind = f"{type(given).__name__} of {_REFUSED[array.dtype.kind]} ({array.dtype})"
            raise DataError(f"{what} must be real numbers, got {kind}")
        if array.dtype.kind == "O":
            gaps = _lacking(array) if gaps is None else gaps | _lacking(array)
            array = np.where(gaps, np.nan, array)
        whole = array.dtype.kind in "iu" and array.dtype != np.uint64 and (gaps is None or not gaps.any())
        with np.errstate(over="ignore"):  # beyond float64 is infinite
            array = array.astype(np.int64 if whole else np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{what} must be an array of numbers, got {type(given).__name__}: {error}") from None
    if gaps is not None and gaps.any():
        array[gaps] = np.nan
    return array


def missing(given, what):
    """Return a boolean array: which entries of a container, even of labels, are masked or missing."""
    array, gaps = _opened(given, what)
    if isinstance(given, list | tuple) and array.dtype.kind in "US":  # NumPy writes NaN among texts as a text
        array = np.array(given, dtype=object)
    lacking = _lacking(array) if array.dtype.kind in "OfT" else np.zeros(array.shape, bool)
    return lacking if gaps is None else gaps | lacking


def names_of(given, names=None):
    """Return `names` or, if they are None, the names of a table's columns; None if it has no names.

    Raises DataError if `names` and the columns are the same names in different orders.
    """
    columns = next((tuple(some) for some in _columns(given) if _all_texts(some)), None)
    if names is None or isinstance(names, str) or columns is None:
        return columns if names is None else names
    names = tuple(names)
    if names != columns and sorted(map(str, names)) == sorted(columns):
        raise DataError(
            f"the columns are {', '.join(columns)}, but the names are in another order, "
            f"{', '.join(names)}: leave out the names, or pass the columns in that order"
        )
    return names


def _columns(given):
    yield getattr(given, "columns", None)  # pandas, Polars
    yield getattr(given, "column_names", None)  # Arrow
    yield getattr(getattr(given, "dtype", None), "names", None)  # NumPy's records
    dims = getattr(given, "dims", None)
    if isinstance(dims, tuple) and dims and dims[-1] in getattr(given, "coords", ()):  # xarray
        yield given.coords[dims[-1]].values.tolist()


def _all_texts(some):
    return some is not None and len(some) > 0 and all(isinstance(one, str) for one in some)


def _opened(given, what):
    """Return an array of any type, and a boolean array that says which entries are masked, or None."""
    if isinstance(given, list | tuple) and _holds_arrays(given):
        parts, gaps = zip(*(_opened(part, what) for part in given), strict=True)
        if all(gap is None for gap in gaps):
            return np.stack(parts), None
        pairs = zip(parts, gaps, strict=True)
        return np.stack(parts), np.stack([np.zeros(p.shape, bool) if g is None else g for p, g in pairs])
    if hasattr(given, "get_mask") and hasattr(given, "get_data"):  # torch's masked tensors
        return _opened(given.get_data(), what)[0], ~_opened(given.get_mask(), what)[0]
    if hasattr(given, "detach"):
        return _of_tensor(given, what), None
    if hasattr(given, "toarray"):
        raise DataError(f"{what} are sparse ({type(given).__name__}): pass {what}.toarray()")
    mask = getattr(given, "mask", None)
    array = np.ma.getdata(given) if isinstance(given, np.ma.MaskedArray) else np.asarray(given)
    if array.dtype.names is not None:
        array = np.stack([array[name] for name in array.dtype.names], -1)
        mask = None if mask is None else np.stack([mask[name] for name in mask.dtype.names], -1)
    if mask is None or callable(mask):  # a table of pandas has a method of that name
        return array, None
    return array, np.broadcast_to(np.asarray(mask, dtype=bool), array.shape)


def _of_tensor(tensor, what):
    if str(tensor.layout) != "torch.strided":
        raise DataError(f"{what} are a sparse tensor ({tensor.layout}): pass {what}.to_dense()")
    if tensor.is_meta:
        raise DataError(f"{what} are a tensor on the meta device, which holds no numbers")
    tensor = tensor.detach().cpu()
    tensor = tensor.dequantize() if tensor.is_quantized else tensor
    return (tensor.double() if tensor.is_floating_point() else tensor).numpy()


def _holds_arrays(parts):
    return any(_holds_arrays(part) if isinstance(part, list | tuple) else _is_array(part) for part in parts)


def _is_array(part):
    known = isinstance(part, np.generic) and part is not np.ma.masked
    return not known and (hasattr(part, "__array__") or hasattr(part, "detach"))


def _lacking(array):
    if array.dtype.kind == "f":
        return np.isnan(array)
    written = [str(value) in _LACKING for value in array.ravel().tolist()]
    return np.array(written, dtype=bool).reshape(array.shape)
