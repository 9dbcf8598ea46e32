"""Keep compiled code on disk, in numba's own cache. A damaged or read-only cache costs only time."""

import warnings
from pathlib import Path

from numba import njit

__all__ = ["compiled_and_kept", "folder"]


def compiled_and_kept(function):
    """Compile a function, and keep the result on disk if there is a folder that we can write to."""
    options = {"nogil": True, "error_model": "numpy"}
    try:
        made = njit(cache=True, **options)(function)
    except RuntimeError:
        _tell("compiled code cannot be written anywhere, so each start compiles it anew: set NUMBA_CACHE_DIR")
        return njit(**options)(function)
    made._cache = _Mended(made._cache)  # noqa: SLF001 - the place that numba asks
    return made


def folder(made):
    """Return the folder in which a compiled function is kept, or None."""
    path = made._cache.cache_path  # noqa: SLF001 - the same
    return None if path is None else Path(path)


class _Mended:
    """numba's cache, except that errors count as an empty cache."""

    def __init__(self, cache):
        self._cache = cache

    def __getattr__(self, name):
        return getattr(self._cache, name)

    def load_overload(self, *given):
        try:
            return self._cache.load_overload(*given)
        except Exception as error:  # noqa: BLE001 - it reads any damaged file
            damage = type(error).__name__
            _tell(f"the compiled code in {self.cache_path} is damaged ({damage}), so it is made again")
            self._remove()
            return None

    def save_overload(self, *given):
        try:
            self._cache.save_overload(*given)
        except Exception as error:  # noqa: BLE001 - the same, and a disk that is full
            reason = getattr(error, "strerror", None) or type(error).__name__
            _tell(f"compiled code cannot be kept in {self.cache_path} ({reason}): set NUMBA_CACHE_DIR")
            self._remove()

    def _remove(self):
        for index in Path(self.cache_path).glob(f"*{self._cache._py_func.__qualname__}*.nbi"):  # noqa: SLF001
            try:
                index.unlink()
            except OSError:
                _tell(f"{index} cannot be removed: remove it yourself")


def _tell(what):
    warnings.warn(what, stacklevel=2)
