"""A page that needs no kernel: one file that opens from disk and computes what the instrument shows."""

import base64
import functools
import hashlib
import json
import re
import zlib
from html import escape
from pathlib import Path
from string import Template

from ..errors import OutputError
from ..words import words
from . import bokehjs
from .bundle import bundled
from .pagedata import kept_back, page_data
from .pageseal import sealed
from .subject import Network, Subject
from .tasks import read_tasks

__all__ = ["page", "recorded", "write_page"]

_ASSETS = Path(__file__).parent / "assets"
_CODE = re.compile("`(.+?)`")


def page(
    source, path, x=None, names=None, *, seed=0, generations=None, atlas=None, show=(), hidden=False,
    word=None, tasks=None, title=None, notebook=None, bokeh=None, language="en",
):  # fmt: skip
    """Write a page on which people can look at a network, guess its formula and play with it, without Python.

    The page is one HTML file that opens from disk and loads nothing from other hosts. First a search runs and
    is recorded, so that the page can play the search. Returns the `Path` that was written.

    >>> sg.page("oscillator", "oscillator.html")  # doctest: +SKIP
    >>> sg.page(my_network, "mine.html", x, names=("x", "v"), title="My network")  # doctest: +SKIP

    Parameters
    ----------
    source, x, names, seed, show, hidden
        As in `Workbench`.
    path : where to write the page, usually with the ending .html
    generations : int or None
        How many generations to search; 0 means no search. With None, the search runs until its answer has
        settled.
    atlas : Atlas of the same network, whose formulas are shown with their neurons, or None
    word : str or None
        Encrypts what the page keeps back, so that only people who know the word can read it. Without a word,
        this part is only packed.
    tasks : str or None
        Tasks with feedback, written in Markdown (see `widgets/tasks.py`). The right option of a choice is
        kept back.
    title : str; None: the title of the tasks or, without tasks, the experiment's number
    notebook : address of the notebook that the page links to, or None
    language : "en" or "de", the language of all words
    bokeh : address of a script with the same version of BokehJS, such as "bokeh.min.js" beside the page; None
        puts BokehJS into the page

    Raises
    ------
    DataError, ModelError, UnknownNameError
        in the cases in which `Workbench` raises them.
    OutputError
        if the file cannot be written.

    """
    subject = recorded(Network.of(source, x, names, seed), generations)
    return write_page(
        path, subject.view(show, hidden), subject,
        atlas=atlas, word=word, tasks=tasks, title=title, notebook=notebook, bokeh=bokeh, language=language,
    )  # fmt: skip


def recorded(network, generations=None):
    """Return the `Subject` of the neurons with which a `Network` begins, with its finished search."""
    subject = Subject(network, None, network.neuron)

    def keep(state):
        subject.keep(state)

    if len(subject.field.names) > 1 and generations != 0:
        subject.ended = subject.search.run(generations=generations, progress=False, callback=keep).ended
    return subject


def write_page(
    path, view, subject, *, atlas=None, word=None, tasks=None, title=None, notebook=None, bokeh=None,
    links=(), harder=None, language="en",
):  # fmt: skip
    """Write the page that begins with a `ViewState` of a `Subject`, and return its `Path`.

    `links` are further links, each (address, words). `harder` is the address of the next page, or None. The
    other parameters are those of `page`.
    """
    network, back, say = subject.network, kept_back(view, subject, language), words(language)
    heading, introduction, listed, right = None, "", [], {}
    if tasks is not None:
        layers = [layer.name for layer in network.activity.layers]
        heading, introduction, listed, right = read_tasks(tasks, subject.field.names, layers)
    data = page_data(view, subject, atlas, language) | {
        "tasks": listed,
        "harder": harder,
        "answered": bool(back),
    }
    told = json.dumps([data["fields"][0]["field"], listed])  # what the page's tasks ask about
    data["id"] = hashlib.sha256(told.encode()).hexdigest()[:12]
    back |= {"right": right} if right else {}
    own = network.experiment is None
    number = say("file.titleOwn") if own else say("file.title", id=network.experiment.id)
    parts = {
        "language": say.table["locale"],
        "title": escape(title or heading or number),
        "style": _asset("instrument/instrument.css") + _asset("page/page.css"),
        "links": _links([(notebook, say("file.notebook"))] * bool(notebook) + list(links)),
        "introduction": _paragraphs(introduction),
        "words": escape(data["story"]),
        "holds": _holds(data, say),
        "python": _python(network.name(hidden=True), notebook, say),
        "sealed": f"<p>{say('file.practiceWord' if word else 'file.practice')}</p>" if back else "",
        "data": _packed("paper", _script("paper/index.js", language).encode())
        + _block("data", data)
        + _block("sealed", sealed(back, word)),
        "bokeh": _bokeh(bokeh),
        "script": _script("page/index.js", language),
    }
    parts |= {f"says_{key}": escape(text) for key, text in say.table["file"].items()}
    return _written(Path(path), Template(_asset("page/page.html")).substitute(parts))


def _written(path, text):
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"the page cannot be written to {path}: {error.strerror or error}") from None
    return path


def _links(links):
    return " ".join(f'<a href="{escape(address)}">{escape(words)}</a>' for address, words in links)


def _paragraphs(text):
    marked = _CODE.sub(r"<code>\1</code>", escape(text))
    parts = [f"<p>{part}</p>" for part in marked.split("\n\n") if part.strip()]
    return f'<div class="sgp-intro">{"".join(parts)}</div>\n' if parts else ""


def _asset(name):
    return (_ASSETS / name).read_text(encoding="utf-8")


def _script(name, language):
    """Return the text of a module and all modules that it imports, without comment lines and indentation."""
    return re.sub(r"(?:\n *//.*)*\n *", "\n", bundled(name, language))


def _block(name, values):
    return _packed(name, json.dumps(values, allow_nan=False, separators=(",", ":")).encode())


def _packed(name, some):
    text = base64.b64encode(zlib.compress(some, 9)).decode()
    return f'<script type="text/plain" id="symgrad-{name}">{text}</script>\n'


@functools.cache
def _bokeh(address):
    if address is not None:
        return f'<script src="{escape(address)}"></script>'
    return _packed("bokeh", bokehjs.script())


def _holds(data, say):
    """Return which parts of the network the page holds, in words."""
    held = data["fields"][0]["field"]["count"]
    points = (
        say("file.holdsPoints", all=f"{data['points']:,}", held=f"{held:,}") if held < data["points"] else ""
    )
    if data["model"] is not None:
        return say("file.holdsAll") + points
    inputs = say.listed(data["state"]["inputs"])
    return say("file.holdsSome", count=len(data["fields"]), inputs=inputs) + points


def _python(name, notebook, say):
    """Return words that say how to do, in Python, what a page cannot do."""
    shown = "sg.Workbench(model, x)" if name is None else f'sg.Workbench("{name}")'
    code = {"lab": "<code>symgrad lab</code>", "code": f"<code>{escape(shown)}</code>"}
    return say("file.pythonOf" if notebook else "file.python", **code)
