"""A form for what is one's own: read it, train a network on it, and explore the network."""

from html import escape

import ipywidgets
import traitlets

from ..errors import SymgradError
from .guard import DescribedBox
from .monitor import TrainingMonitor
from .workbench import Workbench

__all__ = ["WIDE", "OwnForm"]

WIDE = {"width": "min(100%, 520px)"}


class OwnForm(DescribedBox):
    """Fields to fill in, *Read it*, the training and the Workbench; `_made` says what to train on."""

    said = traitlets.Unicode(read_only=True)

    def __init__(self, fields, tooltip, seed, settings, after=()):
        self._seed, self._settings = seed, settings
        self.experiment = self.monitor = self.bench = None
        self._button = ipywidgets.Button(description="Read it", tooltip=tooltip)
        self._error = ipywidgets.HTML()
        self._form = (*fields, self._button, self._error, *after)
        super().__init__(self._form)
        self._button.on_click(lambda _: self.read())

    def read(self):
        """Read what is filled in and show what is to be trained; what cannot be read is said."""
        try:
            experiment = self._made()
        except SymgradError as error:
            self._say(str(error))
            return
        self._say("")
        before, self.experiment, self.bench = self.monitor, experiment, None
        self.monitor = TrainingMonitor(experiment, self._seed, **self._settings)
        self.monitor.observe(lambda change: self._trained(change.new), "run")
        self.children = (*self._form, self.monitor)
        if before is not None:
            before.close()

    def _trained(self, run):
        if run is not None and run.experiment is self.experiment:
            self.bench = Workbench(run, seed=self._seed)
            self.children = (*self._form, self.monitor, self.bench)

    def _say(self, text):
        self.set_trait("said", text)
        self._error.value = escape(text)
