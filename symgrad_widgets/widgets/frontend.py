"""The common base of all views, which keeps saved notebooks small.

A notebook holds the state of every widget in it. So one hidden widget holds the code of all views of a kind,
the style sheet holds their layout, and no widget sends a value that a page assumes anyway.
"""

import zlib
from pathlib import Path

import anywidget
import ipywidgets
import traitlets
from ipywidgets.widgets.trait_types import InstanceDict
from ipywidgets.widgets.widget import widget_serialization

from .bundle import bundled

__all__ = ["Front", "Row", "Small", "end", "shared"]

_HERE = Path(__file__).parent / "assets"
_LOADER = """export default { async render({ model, el }) {
const id = model.get("_code"), kept = (globalThis.__symgradCode ??= {});  // a page never forgets a module
const load = async () => {
const code = await model.widget_manager.get_model(id);
const text = new Blob([code.get("_packed")]).stream().pipeThrough(new DecompressionStream("deflate"));
const url = URL.createObjectURL(new Blob([await new Response(text).text()], { type: "text/javascript" }));
return import(url).finally(() => URL.revokeObjectURL(url));
};
kept[id] ??= load().catch((error) => { delete kept[id]; throw error; });
return (await kept[id]).default.render({ model, el });
} };"""
_shared: dict = {}  # class and arguments -> widget


def shared(kind, *arguments):
    """Return the widget that all views share; it is made on first use, and again after being closed."""
    widget = _shared.get((kind, *arguments))
    if widget is None or widget.comm is None:
        widget = _shared[kind, *arguments] = kind(*arguments)
    return widget


def end(widgets):
    """Close widgets, with their contents, layouts and styles; otherwise the kernel would keep them all."""
    for widget in widgets:
        if widget not in _shared.values():
            end(getattr(widget, "children", ()))
            end(getattr(widget, look) for look in ("layout", "style") if hasattr(widget, look))
            widget.close()


class _Brief:
    """Leaves the defaults of ipywidgets' own traits out of the opening message, because a page knows them."""

    def get_state(self, key=None, drop_defaults=False):
        state = super().get_state(key, drop_defaults)
        if key is not None or self.comm is not None:
            return state
        traits = self.traits()
        return {name: value for name, value in state.items() if not _assumed(traits[name], value)}


def _assumed(trait, value):
    """Return whether a page assumes this value of a trait. A page never assumes which model to make."""
    told = not trait.this_class.__module__.startswith("ipywidgets.") or trait.name.startswith("_model_")
    return not told and value == trait.default_value


class _Layout(_Brief, ipywidgets.Layout):
    pass


class Small(_Brief, ipywidgets.DOMWidget):
    """A widget with a short opening message. List this class before the widget's own."""

    layout = InstanceDict(_Layout).tag(sync=True, **widget_serialization)


class Row(Small, ipywidgets.HBox):
    """Widgets side by side, if there is room."""

    def __init__(self, children=(), *classes):
        super().__init__(children, layout=shared(_Layout), _dom_classes=("symgrad-row", *classes))


class Code(Small, anywidget.AnyWidget):
    """The module (with its imports) and style sheet of one kind of view; it shows nothing itself."""

    _esm = "export default {};"
    _css = traitlets.Unicode().tag(sync=True)
    _packed = traitlets.Bytes().tag(sync=True)

    def __init__(self, script, style, language):
        super().__init__(
            _packed=zlib.compress(bundled(script, language).encode(), 9),
            _css=(_HERE / style).read_text(encoding="utf-8"),
            _anywidget_id=f"symgrad_widgets.{script}",  # a page keeps one style sheet for each
            layout=shared(_Layout),
        )


class Front(Small, anywidget.AnyWidget):
    """A view whose module is the file `_script` and whose style sheet is the file `_style` of the assets."""

    _esm = _LOADER
    _script, _style = "", ""
    _code = traitlets.Unicode().tag(sync=True)

    def __init__(self, *classes, language="en", **traits):
        code = shared(Code, self._script, self._style, language)
        super().__init__(_code=code.model_id, _dom_classes=classes, **{"layout": shared(_Layout)} | traits)
