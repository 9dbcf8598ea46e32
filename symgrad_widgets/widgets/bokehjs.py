"""BokehJS for a page: it comes once from the kernel, however many views there are."""

import functools
from pathlib import Path

import bokeh

__all__ = ["VERSION", "library", "script"]

VERSION = bokeh.__version__
_HERE = Path(__file__).parent / "assets"


def library():
    """BokehJS as it is shipped, a classic script."""
    return (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_bytes()


@functools.cache
def script():
    """One module: BokehJS, unless the page has this version of it, and what draws a `Panel` with it."""
    # BokehJS is a classic script that looks for `this`; a module has none. Each plot would listen to the
    # visual viewport for good and be kept with all it has; that its place changes size it hears anyway.
    before = f'if (!globalThis.Bokeh?.["{VERSION}"]) (function (visualViewport) {{'
    after = f'\n}}).call(globalThis, null);\nglobalThis.Bokeh["{VERSION}"].set_log_level("error");\n'
    return before.encode() + library() + after.encode() + (_HERE / "live.js").read_bytes()
