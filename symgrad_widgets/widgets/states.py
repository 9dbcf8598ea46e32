"""Open the states of views with care, because these texts or plain values can come from anywhere."""

from ..errors import DataError
from ..stored import from_json

__all__ = ["opened"]


def opened(given, view, version, before=(None, {}), **limit):
    """Return the state of a view ("a Workbench") as a dict of this version, from a dict or its text.

    `before` is the previous version, with the values that are missing in states of the previous version.
    `limit` is as in `from_json`. The view itself checks the contents of the dict.
    """
    try:
        found = from_json(given, **limit) if isinstance(given, str) else dict(given)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise DataError(f"this is not a state of {view}: {str(given)[:60]!r}; copy the whole line")
    if before[0] is not None and found.get("symgrad") == before[0]:
        found = before[1] | found | {"symgrad": version}
    if found.get("symgrad") != version:
        raise DataError(
            f"this state has version {found.get('symgrad', 'none')!r}, but this release reads version "
            f"{version}: copy a new one from {view} of this release"
        )
    return found
