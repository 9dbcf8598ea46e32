"""The states of views, as text or as plain values from anywhere, opened with care."""

from ..errors import DataError
from ..stored import from_json

__all__ = ["opened"]


def opened(given, view, version, before=(None, {}), **limit):
    """Return the dict that a state of a view ("a Workbench") of this version is, from a dict or its text.

    `before` is the version before and what a state of it has not. `limit` is that of `from_json`. What stands
    in the dict is for the view to check.
    """
    try:
        found = from_json(given, **limit) if isinstance(given, str) else dict(given)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise DataError(f"this is no state of {view}: {str(given)[:60]!r}; copy the whole line")
    if before[0] is not None and found.get("symgrad") == before[0]:
        found = before[1] | found | {"symgrad": version}
    if found.get("symgrad") != version:
        raise DataError(
            f"this state is of version {found.get('symgrad', 'none')!r}, and version {version} is read here: "
            f"take it anew from {view} of this release"
        )
    return found
