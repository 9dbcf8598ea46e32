"""Buttons for work that takes a while, beside the work's progress, status and error."""

import traitlets

from .frontend import Front

__all__ = ["Controls"]


class Controls(Front):
    """A row of buttons that each send `{"do": name}`; "stop" can be pressed only while work is `running`.

    Attributes
    ----------
    label : str, what the controls belong to, for a screen reader
    buttons : list of (name, label, title)
    running : bool
    progress : float from 0 to 1
    status, error : str

    """

    _script, _style = "controls.js", "controls.css"
    label = traitlets.Unicode().tag(sync=True)
    buttons: traitlets.List = traitlets.List().tag(sync=True)
    running = traitlets.Bool().tag(sync=True)
    progress = traitlets.Float().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
