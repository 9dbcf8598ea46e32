"""BokehJS as a page gets it: once, from the kernel, however many views."""

import functools
from pathlib import Path

import bokeh

__all__ = ["VERSION", "script"]

VERSION = bokeh.__version__
_HERE = Path(__file__).parent / "assets"


@functools.cache
def script():
    """One module: BokehJS, unless the page has this version of it, and what draws a `Panel` with it."""
    bokehjs = (Path(bokeh.__file__).parent / "server/static/js/bokeh.min.js").read_bytes()
    # BokehJS is a classic script that looks for `this`; a module has none.
    before = f'if (!globalThis.Bokeh?.["{VERSION}"]) (function () {{'
    after = f'\n}}).call(globalThis);\nglobalThis.Bokeh["{VERSION}"].set_log_level("error");\n'
    return before.encode() + bokehjs + after.encode() + (_HERE / "live.js").read_bytes()
