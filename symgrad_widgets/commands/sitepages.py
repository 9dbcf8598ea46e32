"""The site's pages that need no Python: a page for each network, a gallery, and a start page."""

import base64
import math
import re
import struct
import zlib
from html import escape

import numpy as np

from ..errors import SymgradError
from ..notebook_support import notebook_files

__all__ = ["build", "live"]

_FIRST = "cubic_force"  # two inputs, a formula that takes some guessing
_TITLE = "symgrad: read what a neuron has learnt as a formula"
_FAR = 10  # degrees: do not ask for a best formula that is farther off
_SPARE = 8  # degrees more than the nearest neuron is off
_WHICH = """## Which of two?
Which of these formulas has arrows that are closer to the neuron's?
which: {a}² + 3 {b} | {a} + 3 {b}²"""
_GUESS = """## Read the neuron
Find a formula whose arrows lie on the neuron's: less than {degrees} degrees off on average.
guess: {degrees}"""
_FIND = """## Look inside
Show the network, and open its first layer: tap the number below it. Choose a neuron whose arrows are close to
those of `{name}`: less than {degrees} degrees off on average.
find: `{name}` below {degrees} in {layer}"""
_TITLED = re.compile(r"# +(.+)")
_STYLE = """
:root { color-scheme: light dark;
--page: #f6f7f9; --ink: #1b232b; --card: #fff; --line: #d6dbe1; --accent: #1f5fa8 }
@media (prefers-color-scheme: dark) {
:root { --page: #101317; --ink: #e6eaee; --card: #171b20; --line: #39424b; --accent: #6cb0f5 } }
body { margin: 0 auto; padding: 12px; max-width: 1400px; background: var(--page); color: var(--ink);
font: 16px/1.5 system-ui, sans-serif }
a { color: var(--accent) }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 14px;
grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)) }
li a { display: block; height: 100%; background: var(--card); border: 1px solid var(--line);
border-radius: 8px; padding: 10px 14px; text-decoration: none; color: var(--ink) }
li a:hover, li a:focus-visible { outline: 2px solid var(--accent) }
* { box-sizing: border-box }
img { display: block; width: 100%; height: 170px; margin-bottom: 8px; background: #f4f6f8;
border-radius: 6px }
b { display: block; color: var(--accent) }
@media (prefers-color-scheme: dark) { img { filter: invert(.87) hue-rotate(180deg) } }
@media (max-width: 600px) { ul { grid-template-columns: 1fr 1fr } img { height: 120px } }
"""


def live(experiments, folder):
    """Return (address, title) of the experiments' pages, by the paths of their notebooks in `folder`."""
    found = {}
    for experiment in experiments:
        one = f"networks/{_address(experiment)}", experiment.title
        found.setdefault(_notebook(experiment, folder), []).append(one)
    return found


def _address(experiment):
    return f"{experiment.id.lower()}.html"


def build(out, folder, experiments, generations, told):
    """Write the start page and the pages of some experiments into `out`.

    `folder` holds the notebooks, and `told` the addresses of the notebooks' pages, by path. A page has the
    tasks of its experiment, from `teaching/tasks`; otherwise, it has tasks that fit any network.
    """
    from ..widgets import bokehjs
    from ..widgets.pages import recorded, write_page
    from ..widgets.subject import Network

    (out / "networks").mkdir(exist_ok=True)
    (out / "bokeh.min.js").write_bytes(bokehjs.library())
    addresses = [_address(experiment) for experiment in experiments]
    cards = []
    for experiment, address, harder in zip(experiments, addresses, [*addresses[1:], None], strict=True):
        subject = recorded(Network.of(experiment.slug), generations)
        view, own = subject.view(), told.get(_notebook(experiment, folder))
        above = [("../index.html", "Start"), ("index.html", "All networks")]
        notebook = own and f"../{own}"
        own_tasks = folder / "teaching" / "tasks" / f"{experiment.slug}.md"
        tasks = own_tasks.read_text(encoding="utf-8") if own_tasks.is_file() else _tasks(subject, view)
        write_page(
            out / "networks" / address, view, subject,
            notebook=notebook, bokeh="../bokeh.min.js", links=above, harder=harder, tasks=tasks,
        )  # fmt: skip
        cards.append(_card(experiment, address, subject, view, tasks or ""))
        if experiment is _first(experiments):
            write_page(
                out / "index.html", view, subject, title=_TITLE, notebook=own, bokeh="bokeh.min.js",
                links=[("networks/index.html", "All networks"), ("contents.html", "Lessons and reference")],
                harder=f"networks/{harder}" if harder else None,
            )  # fmt: skip
    _gallery(out / "networks" / "index.html", cards)


def _first(experiments):
    """Return the experiment of the start page."""
    return next((one for one in experiments if one.slug == _FIRST), experiments[0])


def _tasks(subject, view):
    """Return tasks that fit any network, as Markdown; each task has a solution."""
    import sympy as sp

    from ..widgets.subject import Subject

    a, *others = view.inputs
    tasks = [_WHICH.format(a=a, b=others[0])] if others else []
    best = [one["front"][one["best"]]["text"] for one in subject.found if one["best"] >= 0]
    angle = subject.scored(best[-1]).angle if best else 0
    if angle < _FAR:
        tasks.append(_GUESS.format(degrees=max(2, math.ceil(1.2 * angle))))
    activity = subject.network.activity
    layer = next((i for i, one in enumerate(activity.layers) if one.bent), None)
    if layer is not None and others:
        part = slice(activity.starts[layer], activity.starts[layer + 1])
        off = {name: activity.angles(sp.Symbol(name, real=True))[part] for name in view.inputs}
        name = min(off, key=lambda one: np.nanmin(off[one]))
        nearest = Subject(subject.network, activity.layers[layer].name, (int(np.nanargmin(off[name])),))
        degrees = math.ceil(nearest.scored(name).angle) + _SPARE
        tasks.append(_FIND.format(name=name, degrees=degrees, layer=activity.layers[layer].title))
    return "\n".join(tasks) or None


def _notebook(experiment, folder):
    try:
        return notebook_files.find(experiment, folder)
    except SymgradError:
        return None


def _card(experiment, address, subject, view, tasks):
    """Return a network's entry in the gallery: its data and its field, but not the concept learnt."""
    titled = _TITLED.match(tasks)
    title = f"{experiment.id}: {titled[1]}" if titled else experiment.id
    section, picture = subject.section(view.inputs, {}), ""
    if section is not None:
        packed = base64.b64encode(_png(section)).decode()
        what = f"What the neuron computes over {' and '.join(view.inputs)}"
        picture = f'<img alt="{escape(what)}" src="data:image/png;base64,{packed}">'
    story = escape(subject.network.story())
    return f'<li><a href="{address}">{picture}<b>{escape(title)}</b> {story}</a></li>'


def _png(section):
    """Return the bytes of a PNG picture: a section in greys, which fade where there are no data."""
    side = section["side"]
    shades, near = (base64.b64decode(section[name]) for name in ("shades", "near"))
    rows = [
        b"\0"
        + bytes(v for i in range(row * side, (row + 1) * side) for v in (255 - 2 * shades[i] // 3, near[i]))
        for row in range(side)[::-1]
    ]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 4, 0, 0, 0)),  # grey and opacity, 8 bits each
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    packed = (struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _gallery(path, cards):
    """Write the page of all networks."""
    path.write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>All networks</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>All networks</h1>"
        '<p><a href="../index.html">Start</a> · Each has learnt something that a formula can say. Choose '
        f"one, and find out what.</p><ul>{''.join(cards)}</ul></main></body></html>",
        encoding="utf-8",
    )
