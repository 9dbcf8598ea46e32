"""BokehJS for a page: the kernel sends it once, however many views there are."""

import functools
from pathlib import Path

import bokeh

__all__ = ["VERSION", "library", "script"]

VERSION = bokeh.__version__
_HERE = Path(__file__).parent / "assets"


def library():
    """Return BokehJS as bokeh ships it: a classic script, not a module."""
    return (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_bytes()


@functools.cache
def script():
    """Return one module: BokehJS (skipped if a page has this version) and the code that draws a `Panel`."""
    # BokehJS is a classic script that looks for `this`; a module has none. We hide the visual viewport: if a
    # plot listened to it, the browser could never free the plot. A plot notices new sizes without the
    # viewport.
    before = f'if (!globalThis.Bokeh?.["{VERSION}"]) (function (visualViewport) {{'
    after = f'\n}}).call(globalThis, null);\nglobalThis.Bokeh["{VERSION}"].set_log_level("error");\n'
    return before.encode() + library() + after.encode() + (_HERE / "live.js").read_bytes()
