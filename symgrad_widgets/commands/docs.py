"""`symgrad docs`: a static site with the documents, the reference, all executed notebooks, and live pages.

The site works offline. The documents and notebooks need no JavaScript: formulas are MathML, and live views
become pictures and words. The start page and the pages of networks have a live instrument that needs
JavaScript, but no Python.
"""

import re
import shutil
import tempfile
from pathlib import Path

from ..notebook_support import notebook_files
from . import sitepages, sitereference

__all__ = ["configure", "main"]

_MODULES = ("symgrad_widgets", "symgrad_widgets.plots")
_REFERENCE = "reference"
_DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "notebooks/teaching/*.md",
    "symgrad_widgets/search/README.md",
)
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("out", metavar="OUT", help="folder for the site")
    add("--notebooks", metavar="FOLDER", help="where the notebooks are (default: the repository's own)")
    add(
        "--networks", metavar="NAMES", help="experiments with a live page, separated by commas (default: all)"
    )
    add("--generations", type=int, metavar="N", help="length of each page's search (default: to its end)")
    add("--timeout", type=int, default=900, metavar="SECONDS", help="for each cell (default: 900)")


def main(arguments, _):
    """Build the site, and stop if a notebook fails."""
    shown = _experiments(arguments.networks)
    out = notebook_files.check_folder(arguments.out)
    folder = notebook_files.notebook_folder(arguments.notebooks).resolve()
    sitereference.write(out / _REFERENCE, _MODULES)
    alive = sitepages.live(shown, folder)
    told = {
        path: _executed(path, folder, out, arguments.timeout, alive.get(path, ()))
        for path in notebook_files.sources(folder)
    }
    documents = _documents(folder.parent)
    for address, document in documents.items():
        text, target = document.read_text(encoding="utf-8"), out / address
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, _relinked(text, document.parent, target.parent))
    by_number = [told[path] for path in sorted(told, key=lambda path: path.stem)]
    _write(out / "contents.html", _contents(documents, by_number))
    addresses = {path: address for path, (_, address) in told.items()}
    sitepages.build(out, folder, shown, arguments.generations, addresses)
    print(f"site       {out / 'index.html'}")
    return 0


def _experiments(names):
    from .. import experiments

    return list(experiments) if names is None else [experiments[name] for name in names.split(",")]


def _documents(root):
    """Return the path of each document, by the address of its page."""
    paths = [path for pattern in _DOCUMENTS for path in sorted(root.glob(pattern))]
    return {path.relative_to(root).with_suffix(".html"): path for path in paths}


def _executed(source, folder, out, timeout, alive):
    """Write a notebook's page; return its title and address. `alive` holds its networks' live pages."""
    import nbformat

    from ..notebook_support import page, runner

    address = Path(folder.name) / source.relative_to(folder).with_suffix(".html")
    target = out / address
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / source.name
        runner.execute(source, output, notebook_files.answered(source), timeout)
        notebook = nbformat.read(output, as_version=4)
    target.parent.mkdir(parents=True, exist_ok=True)
    for cell in notebook.cells:
        for holder, key in _texts(cell):
            holder[key] = _relinked(holder[key], source.parent, target.parent)
    title = _title("\n".join(cell.source for cell in notebook.cells), source.stem)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(_above(address, alive)))
    target.write_text(page.to_html(notebook, source.stem), encoding="utf-8")
    return title, address.as_posix()


def _texts(cell):
    """Yield (mapping, key) of each Markdown text in a cell: the cell's source, and texts in its outputs."""
    if cell.cell_type == "markdown":
        yield cell, "source"
    for output in cell.get("outputs", ()):
        if "text/markdown" in output.get("data", ()):
            yield output["data"], "text/markdown"


def _above(address, alive):
    """Return links from a notebook's page to the start, and to the live pages of its networks, or to all."""
    up = "../" * (len(address.parts) - 1)
    live = [(page, f"Try it without Python: {title}") for page, title in alive]
    links = [("index.html", "Start"), *(live or [("networks/index.html", "Try networks without Python")])]
    return " · ".join(f"[{words}]({up}{page})" for page, words in links)


def _title(text, otherwise):
    found = _TITLE.search(text)
    return found[1] if found else otherwise


def _relinked(text, home, place):
    """Return Markdown from `home` for a page in `place`: links to notebooks and Markdown lead to their pages.

    Any other file that is linked is copied into `place`. A hidden folder gets a name without its dot, because
    GitHub does not publish hidden folders.
    """

    def follow(link):
        target = Path(link[1])
        if target.suffix in {".md", ".ipynb"}:
            return f"]({target.with_suffix('.html').as_posix()})"
        shown = Path(*(part if part == ".." else part.lstrip(".") for part in target.parts))
        (place / shown).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(home / target, place / shown)
        return f"]({shown.as_posix()})"

    return _LINK.sub(follow, text)


def _contents(documents, told):
    """Return the text of the page that lists all others."""
    lines = ["# symgrad: lessons and reference", ""]
    lines += ["[Start](index.html), [all networks](networks/index.html)", ""]
    titles = {a: _title(d.read_text(encoding="utf-8"), d.stem) for a, d in documents.items()}
    lines += [f"* [{title}]({address.as_posix()})" for address, title in titles.items()]
    lines += [f"* [Reference: {name}]({_REFERENCE}/{name.replace('.', '/')}.html)" for name in _MODULES]
    return "\n".join([*lines, "", "## Notebooks, executed", "", *(f"* [{t}]({a})" for t, a in told)])


def _write(path, text):
    from nbformat import v4

    from ..notebook_support import page

    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(text)])
    path.write_text(page.to_html(notebook, path.stem), encoding="utf-8")
