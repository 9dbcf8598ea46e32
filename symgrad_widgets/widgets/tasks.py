"""Read a page's tasks from Markdown, check them against the network, and turn them into plain data.

    # Springs                               the title of the page
    Two or three sentences.
    ## Which energy?                        a task
    Find a formula whose arrows lie on the neuron's.
    guess: 2                                under 2 degrees off on average
    ## Look around
    find: `x v` below 10 in silu1           a neuron of that layer (without "in": of any)
    ## Which of two?
    which: x² + v² | x² - v²                the one nearer to the neuron
    ## What will happen?
    - [ ] They turn.                        one is right
    - [x] They stay.

A line `start: #symgrad=2&...` gives the view with which a task begins; a page can write such a line for the
view that you see. Formulas between backticks are set as code. Angles between a
formula and the field show whether a task is solved, so the page need not contain the answer. The right option
of a choice is kept back.
"""

import re

from ..errors import DataError, SymgradError
from ..formula.typed import read_formula

__all__ = ["read_tasks"]

_MOST = 40
_OPTION = re.compile(r"[-*] \[([ xX])\] (.+)")
_LINE = re.compile(r"(guess|find|which|start): *(.+)")
_FIND = re.compile(r"`?([^`]+?)`? +below +([\d.]+)°?(?: +in +(\S+))?")


def read_tasks(text, names, layers):
    """Read the Markdown of a page's tasks.

    The result is the title or None, the introduction, the tasks as plain data, and {number of task: right
    option}. `names` are the names of the network's inputs, and `layers` the names of its layers. If a line is
    wrong, a DataError names the line.
    """
    head, *sections = re.split(r"^## +", text.strip(), flags=re.MULTILINE)
    found = re.match(r"# +(.+)", head)
    introduction = head[found.end() :] if found else head
    if not sections or len(sections) > _MOST:
        raise DataError(
            f"found {len(sections)} tasks, but a page has 1 to {_MOST}: begin each with a line such as "
            "'## Which energy?'"
        )
    both = [_task(section, names, layers) for section in sections]
    right = {i: option for i, (_, option) in enumerate(both) if option is not None}
    title = found[1].strip() if found else None
    return title, introduction.strip(), [task for task, _ in both], right


def _task(section, names, layers):
    """Return a task as plain data, and the number of the right option, or None."""
    title, *lines = section.strip().splitlines()
    task = {"title": title.strip(), "text": "", "options": []}
    marked, words = [], []
    for line in map(str.strip, lines):
        if option := _OPTION.fullmatch(line):
            marked.append(option[1] != " ")
            task["options"].append(option[2])
        elif setting := _LINE.fullmatch(line):
            task |= _setting(setting[1], setting[2].strip(), title, names, layers)
        else:
            words.append(line)
    task["text"] = "\n".join(words).strip()
    kinds = [kind for kind in ("guess", "find", "which") if kind in task] + ["options"] * bool(marked)
    if len(kinds) != 1:
        told = " and ".join(kinds) or "no line such as 'guess: 2'"
        raise DataError(f"the task {title!r} has {told}: write one of guess, find, which, or options")
    if marked and (sum(marked) != 1 or len(marked) == 1):
        raise DataError(
            f"the task {title!r} has {sum(marked)} right options of {len(marked)}: mark one with [x]"
        )
    return task, marked.index(True) if marked else None


def _setting(kind, text, title, names, layers):
    """Return what a line says, with formulas rewritten so that each can be read in only one way."""
    try:
        if kind == "guess":
            return {"guess": _degrees(text)}
        if kind == "which":
            formulas = [read_formula(one.strip(" `"), names).written for one in text.split("|")]
            if len(set(formulas)) != 2:
                raise DataError("write two different formulas, with | between them")
            return {"which": formulas}
        if kind == "find":
            return {"find": _find(text, names, layers)}
    except SymgradError as error:
        raise DataError(f"the task {title!r}, {kind}: {text!r}: {error}") from None
    if not text.startswith("#symgrad="):
        raise DataError(f"the task {title!r}, start: {text!r} is not a line copied from a page")
    return {"start": text}


def _find(text, names, layers):
    found = _FIND.fullmatch(text)
    if found is None:
        raise DataError("write a formula, 'below', and degrees, such as: x v below 10 in silu1")
    formula, degrees, layer = found.groups()
    if layer is not None and layer not in layers:
        raise DataError(f"there is no layer {layer!r}: choose one of {', '.join(filter(None, layers))}")
    return {"formula": read_formula(formula, names).written, "below": _degrees(degrees), "layer": layer}


def _degrees(text):
    try:
        value = float(text.removesuffix("°"))
    except ValueError:
        value = 0.0
    if not 0 < value < 90:
        raise DataError("write an angle between 0 and 90 degrees")
    return value
