"""Buttons for work that takes a while, with its progress, status and error."""

from pathlib import Path

import anywidget
import traitlets

__all__ = ["Controls"]

_HERE = Path(__file__).parent


class Controls(anywidget.AnyWidget):
    """A row of buttons that send `{"do": name}`; "stop" can be pressed only while work is `running`.

    Attributes
    ----------
    label : str, what the controls are of, for a screen reader
    buttons : list of (name, label, title)
    running : bool
    progress : float from 0 to 1
    status, error : str

    """

    _esm = _HERE / "controls.js"
    _css = _HERE / "controls.css"
    label = traitlets.Unicode().tag(sync=True)
    buttons = traitlets.List().tag(sync=True)
    running = traitlets.Bool().tag(sync=True)
    progress = traitlets.Float().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
