"""A form for a system or a table of your own: read it, train a network on it, and explore the network."""

from html import escape

import ipywidgets
import traitlets

from ..errors import SymgradError
from ..words import words
from .frontend import Row
from .guard import DescribedBox
from .monitor import TrainingMonitor
from .workbench import Workbench

__all__ = ["WIDE", "OwnForm"]

WIDE = {"width": "min(100%, 520px)"}


class OwnForm(DescribedBox):
    """Fields to fill in, a button *Read it*, the training, and the Workbench; `_made` says what to train."""

    said = traitlets.Unicode(read_only=True)

    def __init__(self, fields, tooltip, seed, settings, after=(), language="en"):
        self._seed, self._settings = seed, settings
        self._language, self._says = language, words(language)
        self.experiment = self.monitor = self.bench = None
        self._button = ipywidgets.Button(description=self._says("own.read"), tooltip=tooltip)
        self._error = ipywidgets.HTML()
        self._form = (Row([*fields, self._button, self._error], "symgrad-wide"), *after)
        super().__init__(self._form)
        self._button.on_click(lambda _: self.read())

    def read(self):
        """Read the form and show what will be trained, or say what cannot be read."""
        try:
            experiment = self._made()
        except SymgradError as error:
            self._say(str(error))
            return
        self._say("")
        before, self.experiment, self.bench = self.monitor, experiment, None
        self.monitor = TrainingMonitor(experiment, self._seed, language=self._language, **self._settings)
        self.monitor.observe(lambda change: self._trained(change.new), "run")
        self.children = (*self._form, self.monitor)
        if before is not None:
            before.close()

    def _trained(self, run):
        if run is not None and run.experiment is self.experiment:
            self.bench = Workbench(run, seed=self._seed, language=self._language)
            self.children = (*self._form, self.monitor, self.bench)

    def _say(self, text):
        self.set_trait("said", text)
        self._error.value = escape(text)
