"""A form for a table of your own: a network learns one column from the others, and you read the network."""

from contextlib import suppress
from importlib.resources import files

import ipywidgets
import traitlets

from .. import plots
from ..errors import SymgradError
from ..network.experiment.tables import column_experiment, numbers_in, read_table
from ..words import words
from .ownform import WIDE, OwnForm
from .panel import Panel

__all__ = ["OwnTable"]


class OwnTable(OwnForm):
    """A table to paste or upload, the column to learn, the training of a network, and the Workbench.

    >>> sg.OwnTable(Path("stars.csv").read_text(), "radius")

    The first line names the columns; commas, semicolons or tabs separate them. If the column to learn has two
    kinds of entries, these are learnt as labels. If the column has numbers, these are learnt by least
    squares. The table stays on the computer that runs Python: on a hub or Binder, this is the server.

    Parameters
    ----------
    text : table of at least 120 rows; None for a table of 392 cars
    answer : name of the column to learn; by default the first column
    seed : int
    language : "en" or "de", the language of all words
    **settings : of the training, as in `Experiment.train`

    Attributes
    ----------
    text, answer : can be assigned
    experiment : the Experiment that was read last, or None
    monitor : TrainingMonitor of the experiment, or None
    bench : Workbench of the network, or None until a network has been trained
    said : what is wrong with the table; empty if nothing is wrong

    """

    text = traitlets.Unicode()
    answer = traitlets.Unicode()

    def __init__(self, text=None, answer=None, seed=0, *, language="en", **settings):
        say, self._table = words(language), None
        self._choice = ipywidgets.Dropdown(description=say("own.learn"), layout=WIDE)
        box = ipywidgets.Textarea(
            description=say("own.table"), rows=6, layout=WIDE, placeholder=say("own.rows")
        )
        file = ipywidgets.FileUpload(accept=".csv,.tsv,.txt", description=say("own.open"))
        self._picture = Panel(say=say)
        fields, tooltip = (file, box, self._choice), say("own.readTable")
        super().__init__(fields, tooltip, seed, settings, (self._picture,), language)
        traitlets.link((self, "text"), (box, "value"))
        self.observe(lambda _: self._columns(), "text")
        file.observe(lambda change: self._opened(change.new), "value")
        self._choice.observe(lambda change: self.set_trait("answer", change.new or ""), "value")
        self.observe(lambda change: self._chosen(change.new), "answer")
        cars = files("symgrad_widgets") / "data" / "tables" / "cars.csv"
        self.text = cars.read_text(encoding="utf-8") if text is None else text
        if answer is not None:
            self.answer = answer

    def _made(self):
        return column_experiment(read_table(self.text), self.answer, self._says("own.yourTable"))

    def _opened(self, uploaded):
        if uploaded:
            self.text = bytes(uploaded[-1]["content"]).decode("utf-8", errors="replace")

    def _columns(self):
        """Offer the table's columns to choose from, as soon as the table can be read, and draw."""
        self._table, before = None, self.answer  # nothing is drawn meanwhile
        with suppress(SymgradError):
            table = read_table(self.text)
            self._choice.options = names = list(table)
            self._choice.value = before if before in names else names[0]
            self._table = table
            self._draw()

    def _chosen(self, answer):
        if answer in self._choice.options:
            self._choice.value = answer
        if self._table is not None:
            self._draw()

    def _draw(self):
        """Draw the column to learn, if all columns hold numbers."""
        with suppress(SymgradError):
            numbers = numbers_in(self._table, self.answer)
            self._picture.show(plots.closest_picture(numbers, self.answer, self._says))

    def pictures(self):
        """Return the column to learn, plotted against the column that it follows most closely."""
        return [] if self._picture.picture is None else [self._picture.picture]

    @property
    def words(self):
        """Description of the view, in words."""
        names = ", ".join(self._choice.options)
        return self.said or self._says("own.tableOf", names=names, answer=self.answer)
