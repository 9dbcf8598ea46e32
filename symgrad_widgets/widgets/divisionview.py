"""See which inputs of a neuron act together, and look at each step as a field of two quantities."""

import dataclasses

import ipywidgets
import traitlets

from .. import plots
from ..errors import DataError
from ..formula.expressions import angles
from ..search import Division, branches, divide
from ..words import words
from .fieldbox import checked_field
from .frontend import Row
from .guard import DescribedBox
from .panel import Panel

__all__ = ["DivisionView"]

_ARROWS = 150


class DivisionView(DescribedBox):
    """A division as a tree, and the field of the two quantities that the chosen branch joins.

    >>> sg.DivisionView(sg.gradient_field(model, x, names=("m", "c", "v")))

    Click a branch of the tree, or choose it in the list. Each arrow of the field is the neuron's gradient
    with respect to the two quantities. If the two act together, the gradients of the branch's formula have
    the directions of these arrows, which then have the colour of small angles. A branch that is an input has
    no field.

    Parameters
    ----------
    field : GradientField of one neuron
    division : Division of this field; None: `divide(field)` finds it
    hidden : bool, whether to show nothing
    language : "en" or "de", the language of all words

    Attributes
    ----------
    field, division, branches : what is on show; the branches are `search.Branch`
    hidden : as above; can be assigned
    branch : the Branch that is chosen; `choose` chooses another

    Raises
    ------
    DataError
        if the field cannot be divided, or if the division has other inputs than the field.

    """

    hidden = traitlets.Any(default_value=False)

    def __init__(self, field, division=None, hidden=False, *, language="en"):
        self.field, self._says = checked_field(field), words(language)
        self.division = divide(field) if division is None else _fitting(division, field)
        self.branches = branches(self.division)
        self._tree, self._field = Panel(say=self._says), Panel(say=self._says)
        self._told = ipywidgets.HTML(layout={"width": "100%"})
        self._list = ipywidgets.Dropdown(
            description=self._says("own.branch"), layout={"width": "min(100% - 4px, 420px)"}
        )
        self._shown = [self._list, self._told, Row([self._tree, self._field])]
        super().__init__(self._shown, self._says)
        self._guard = self.children[-1]
        self.hidden = hidden
        self._list.observe(self._draw, "value")
        self._tree.observe(self._picked, "picked")
        self.observe(self._uncover, "hidden")
        self._uncover()

    @traitlets.validate("hidden")
    def _yes_or_no(self, proposal):
        if not isinstance(proposal.value, bool):
            raise DataError(f"hidden must be True or False, got {proposal.value!r}")
        return proposal.value

    @property
    def branch(self):
        """The branch that is chosen, at first the last one; None if all is hidden."""
        return None if self.hidden else self.branches[self._list.value]

    def choose(self, name):
        """Choose a branch by its name, which is a letter or the name of an input."""
        if self.hidden:
            raise DataError("nothing can be chosen while the view is hidden: set hidden to False first")
        names = [branch.name for branch in self.branches]
        if name not in names:
            raise DataError(f"there is no branch {name!r}: choose one of {', '.join(names)}")
        self._list.value = names.index(name)

    def _uncover(self, _=None):
        """Show the division, or only say that it is hidden."""
        if self.hidden:
            self._told.value = f"<p>{self._says('own.divisionHidden')}</p>"
            self.children = [self._told, self._guard]
            return
        if not self._list.options:
            made = [i for i, branch in enumerate(self.branches) if branch.joined]
            self._list.options = [(self._named(b), i) for i, b in enumerate(self.branches)]
            self._list.value = (made or [0])[-1]
        self._draw()
        self.children = [*self._shown, self._guard]

    def _named(self, branch):
        return f"{branch} ({plots.left(branch.part.residual, self._says)})" if branch.joined else branch.name

    def _picked(self, change):
        """Follow a click on the tree, then clear it, so that the same place can be clicked again."""
        if not change.new or self.hidden:
            return
        mark, row = change.new
        number = self._tree.picture.marks[mark].data["branch"][row]
        self._tree.picked = ()
        if number >= 0:
            self._list.value = int(number)

    def _draw(self, _=None):
        if self.hidden:
            return
        tree, *field = self.pictures()
        self._tree.show(tree)
        for picture in field:
            self._field.show(picture)
        self._field.layout.display = "" if field else "none"
        self._told.value = f"<p>{self._said}</p>"

    def pictures(self):
        """Return the tree and, if the chosen branch joins two quantities, their field; nothing if hidden."""
        if self.hidden:
            return []
        tree = plots.division_picture(self.division, self._list.value, self._says)
        return [tree, self._of_two()] if self.branch.joined else [tree]

    def _of_two(self):
        """Return the field of the two quantities, in colours of the angle to the branch's formula."""
        branch, say = self.branch, self._says
        field, degrees, lines = branch.field(self.field), None, ()
        if branch.short:
            degrees = angles(branch.formula, field)
            lines = [plots.level_lines(branch.formula, field, say=say)]
        picture = plots.field_picture(
            field, degrees, limit=_ARROWS, what=str(branch.formula), below=lines, say=say
        )
        across, up = map(str, branch.joined)
        return dataclasses.replace(picture, title=str(branch), x_label=across, y_label=up)

    @property
    def _said(self):
        """What the chosen branch is, in words."""
        branch, say = self.branch, self._says
        if branch.joined:
            said = say("own.branchIs", branch=branch, left=plots.left(branch.part.residual, say))
            plain = branch.formula == branch.part.expression
            return said if plain else f"{said} {say('own.inInputs', part=branch.part)}"
        over = [one for one in self.branches if branch in one.joined]
        if over:
            return say("own.through", name=branch.name, branch=over[0])
        return say("own.byItself", name=branch.name)

    @property
    def words(self):
        """Description of the view, in words."""
        if self.hidden:
            return self._says("own.divisionHidden")
        return " ".join([*(picture.words for picture in self.pictures()), self._said])


def _fitting(division, field):
    if not isinstance(division, Division):
        raise DataError(
            f"division must be a Division, got {type(division).__name__}: make one with sg.divide"
        )
    inputs = {name for part in division.parts for name in part.inputs}
    if not inputs <= set(field.names) or field.neurons > 1:
        raise DataError(
            f"a division of {', '.join(sorted(inputs))} does not fit a neuron of {', '.join(field.names)}"
        )
    return division
