"""A form for a table of one's own: a network learns one of its columns from the others, and is read."""

from contextlib import suppress
from importlib.resources import files

import ipywidgets
import traitlets

from .. import plots
from ..errors import SymgradError
from ..network.experiment.tables import column_experiment, numbers_in, read_table
from .ownform import WIDE, OwnForm
from .panel import Panel

__all__ = ["OwnTable"]


class OwnTable(OwnForm):
    """A table to paste or to upload, the column to learn, the training of a network, and its Workbench.

    >>> sg.OwnTable(Path("stars.csv").read_text(), "radius")

    The first line names the columns; commas, semicolons or tabs separate them. A column of two kinds of
    entries is learnt as labels, one of numbers by least squares. The table stays on this computer.

    Parameters
    ----------
    text : table, at least 120 rows; None for one of 392 cars
    answer : name of the column to learn, default the first
    seed : int
    **settings : of the training, as in `Experiment.train`

    Attributes
    ----------
    text, answer : may be assigned
    experiment : Experiment that was read last, or None
    monitor : TrainingMonitor of it, or None
    bench : Workbench of its network, or None as long as none has been trained
    said : what is wrong with the table, or empty

    """

    text = traitlets.Unicode()
    answer = traitlets.Unicode()

    def __init__(self, text=None, answer=None, seed=0, **settings):
        self._choice = ipywidgets.Dropdown(description="Learn", layout=WIDE)
        box = ipywidgets.Textarea(
            description="Table", rows=6, layout=WIDE, placeholder="a line of names, then a row a line"
        )
        file = ipywidgets.FileUpload(accept=".csv,.tsv,.txt", description="Open a file")
        self._picture = Panel()
        fields, tooltip = (file, box, self._choice), "Read the table, ready to train"
        super().__init__(fields, tooltip, seed, settings, (self._picture,))
        traitlets.link((self, "text"), (box, "value"))
        self.observe(lambda _: self._columns(), "text")
        file.observe(lambda change: self._opened(change.new), "value")
        self._choice.observe(lambda change: self.set_trait("answer", change.new or ""), "value")
        self.observe(lambda change: self._chosen(change.new), "answer")
        cars = files("symgrad_widgets") / "data" / "tables" / "cars.csv"
        self.text = cars.read_text(encoding="utf-8") if text is None else text
        if answer is not None:
            self.answer = answer
        self._draw()
        self.observe(lambda _: self._draw(), ["text", "answer"])

    def _made(self):
        return column_experiment(read_table(self.text), self.answer, "Your own table")

    def _opened(self, uploaded):
        if uploaded:
            self.text = bytes(uploaded[-1]["content"]).decode("utf-8", errors="replace")

    def _columns(self):
        """Offer the columns to choose from, as soon as the table can be read."""
        with suppress(SymgradError):
            names, before = list(read_table(self.text)), self.answer
            self._choice.options = names
            self._choice.value = before if before in names else names[0]

    def _chosen(self, answer):
        if answer in self._choice.options:
            self._choice.value = answer

    def _draw(self):
        """Draw the column to learn, as soon as the table can be read."""
        with suppress(SymgradError):
            self._picture.show(
                plots.closest_picture(numbers_in(read_table(self.text), self.answer), self.answer)
            )

    def pictures(self):
        """The column to learn, against the one it follows most closely."""
        return [] if self._picture.picture is None else [self._picture.picture]

    @property
    def words(self):
        """What is shown, in words."""
        return self.said or f"A table of {', '.join(self._choice.options)}; {self.answer} is to be learnt."
