"""Open a page that this package wrote: read its subject, and the field on which guesses are judged."""

import base64
import html
import re
import zlib
from dataclasses import dataclass

import numpy as np

from ..errors import DataError, OutputError
from ..field import GradientField, Measure
from ..stored import from_json

__all__ = ["PageFile", "opened"]

_DATA = re.compile(r'id="symgrad-data">([A-Za-z0-9+/=]+)</script>')
_TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
_LONGEST = 2**26  # characters of a page, and of the data in it


@dataclass(frozen=True)
class PageFile:
    """The facts that a page contains about itself.

    Attributes
    ----------
    id : str; every line that a reader hands in repeats it
    title : str
    inputs : names of the inputs along the axes at the beginning
    tasks : list of dict, as `read_tasks` gives them
    field : GradientField of the neurons that the page begins with

    """

    id: str
    title: str
    inputs: tuple
    tasks: list
    field: GradientField


def opened(path):
    """Read a page; raise OutputError if it cannot be read, and DataError if it is not a page."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(base64.b64decode(_DATA.search(text[:_LONGEST])[1]), _LONGEST)
        data = from_json(packed, _LONGEST)
        field = _field(data["fields"][0]["field"])
        title = html.unescape(_TITLE.search(text)[1])
        return PageFile(data["id"], title, tuple(data["state"]["inputs"]), data["tasks"], field)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, zlib.error):
        raise DataError(f"{path} is not a page that symgrad wrote, or it is damaged") from None


def _field(data):
    """Return the field whose points, directions and measure are in a page."""
    n, count, dimension = len(data["names"]), data["count"], data["dimension"]
    basis = None if data["basis"] is None else _numbers(data["basis"])
    if basis is not None:
        basis = basis.reshape((n, dimension) if basis.size == n * dimension else (count, n, dimension))
    measure = Measure(_numbers(data["spread"]), basis)
    span = _numbers(data["span"]).reshape(count, data["rank"], dimension)
    points, weights = _numbers(data["points"]).reshape(n, count).T, _numbers(data["weights"])
    return GradientField(points, measure.lift(span), data["names"], measure=measure, weights=weights)


def _numbers(text):
    return np.frombuffer(base64.b64decode(text), "<f8")
