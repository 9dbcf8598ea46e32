"""`symgrad docs`: one static site with the documents, the reference, all executed notebooks, and live pages.

It needs no network. Documents and notebooks need no JavaScript either: formulas are MathML, and live views
become pictures and words. The start page, and a page for each network, have a live instrument without Python.
"""

import re
import shutil
import tempfile
from pathlib import Path

from ..errors import SymgradError
from ..notebook_support import notebook_files
from . import sitepages

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
    add("--generations", type=int, metavar="N", help="of each of their searches (default: all)")
    add("--timeout", type=int, default=900, metavar="SECONDS", help="for each cell (default: 900)")


def main(arguments, _):
    """Build the site; stop if a notebook fails."""
    try:
        import pdoc
    except ImportError:
        raise SymgradError('the reference needs pdoc: pip install "symgrad-widgets[docs]"') from None
    shown = _experiments(arguments.networks)
    out = notebook_files.check_folder(arguments.out)
    folder = notebook_files.notebook_folder(arguments.notebooks).resolve()
    pdoc.render.configure(docformat="numpy", footer_text="symgrad")
    pdoc.pdoc(*_MODULES, output_directory=out / _REFERENCE)
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
    _write(out / "contents.html", _contents(documents, told.values()))
    addresses = {path: address for path, (_, address) in told.items()}
    sitepages.build(out, folder, shown, arguments.generations, addresses)
    print(f"site       {out / 'index.html'}")
    return 0


def _experiments(names):
    from .. import experiments

    return list(experiments) if names is None else [experiments[name] for name in names.split(",")]


def _documents(root):
    """Paths of the documents, by the addresses of their pages."""
    paths = [path for pattern in _DOCUMENTS for path in sorted(root.glob(pattern))]
    return {path.relative_to(root).with_suffix(".html"): path for path in paths}


def _executed(source, folder, out, timeout, alive):
    """Write a notebook's page; returns its title and address. `alive` holds the pages of its networks."""
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
        if cell.cell_type == "markdown":
            cell.source = _relinked(cell.source, source.parent, target.parent)
    title = _title("\n".join(cell.source for cell in notebook.cells), source.stem)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(_above(address, alive)))
    target.write_text(page.to_html(notebook, source.stem), encoding="utf-8")
    return title, address.as_posix()


def _above(address, alive):
    """Links from a notebook's page to the start, and to the live pages of its networks."""
    up = "../" * (len(address.parts) - 1)
    links = [("index.html", "Start"), *((page, f"Try it without Python: {title}") for page, title in alive)]
    return " · ".join(f"[{words}]({up}{page})" for page, words in links)


def _title(text, otherwise):
    found = _TITLE.search(text)
    return found[1] if found else otherwise


def _relinked(text, home, place):
    """Markdown from `home` for a page in `place`: links lead to pages, and other files are copied."""

    def follow(link):
        target = Path(link[1])
        if target.suffix in {".md", ".ipynb"}:
            return f"]({target.with_suffix('.html').as_posix()})"
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(home / target, place / target)
        return link[0]

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
