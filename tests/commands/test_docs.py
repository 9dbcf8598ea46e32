"""The static site: complete, whole without a network, and readable without JavaScript."""

import re
import shutil
import sys
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup, SoupStrainer

from symgrad_widgets.commands import docs
from symgrad_widgets.commands.cli import main
from symgrad_widgets.widgets.pagefile import opened

LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}


@pytest.fixture(scope="module")
def site(tmp_path_factory, root):
    """A site with one notebook of one cell, and the documents beside it."""
    pytest.importorskip("pdoc", reason="pdoc is not installed: it comes with the extra `docs`")
    folder = tmp_path_factory.mktemp("repository")
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson\n\n$x^2$, and [the documents](../README.md)"),
        nbformat.v4.new_code_cell("6 * 7"),
        nbformat.v4.new_code_cell(
            "from IPython.display import Markdown\nMarkdown('[go](physics/07_oscillator.ipynb)')"
        ),
    ]
    (folder / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / "lesson.ipynb")
    spring = "physics/07_oscillator.ipynb"
    (folder / "notebooks" / "physics").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells[1:2]), folder / "notebooks" / spring)
    shutil.copytree(root / "notebooks" / "teaching" / "tasks", folder / "notebooks" / "teaching" / "tasks")
    (folder / "README.md").write_text(
        "# The project\n\n[how](CONTRIBUTING.md), [licence](LICENSE), ![it](.github/it.svg)"
    )
    (folder / ".github").mkdir()
    (folder / ".github" / "it.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    search = "symgrad_widgets/search/"
    (folder / search).mkdir(parents=True)
    for name in ("CONTRIBUTING.md", "LICENSE", f"{search}README.md", f"{search}search.svg"):
        (folder / name).write_bytes((root / name).read_bytes())
    out = folder / "site"
    quick = ["--networks", "oscillator,sine", "--generations", "1"]
    assert main(["docs", str(out), "--notebooks", str(folder / "notebooks"), *quick]) == 0
    return out


@pytest.fixture(scope="module")
def pages(site):
    files = site.rglob("*.html")
    few = SoupStrainer(["a", *LOADS])
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser", parse_only=few) for path in files
    }


@pytest.mark.notebook
def test_it_has_documents_reference_and_executed_notebooks(site):
    first = BeautifulSoup((site / "contents.html").read_text(), "html.parser")
    titles = [link.text for link in first.select("li a")]
    assert titles[0] == "The project"
    assert titles[-2:] == ["07_oscillator", "A lesson"]
    reference = (site / "reference" / "symgrad_widgets.html").read_text()
    assert "A formula, and how well it agrees with the neuron." in reference
    assert "42" in (site / "notebooks" / "lesson.html").read_text()
    assert [*site.rglob(".*")] == []
    assert (site / "github" / "it.svg").is_file()


@pytest.mark.notebook
def test_the_site_is_as_small_as_a_stick_and_a_phone_want_it(site):
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    assert max(size for path, size in sizes.items() if path.suffix == ".html") < 3e6
    assert sum(sizes.values()) < 60e6
    live = [site / "index.html", *sorted((site / "networks").glob("p*.html"))]
    assert [path.name for path in live] == ["index.html", "p1-07.html", "p2-b.html"]
    for path, library in zip(live, ("bokeh.min.js", "../bokeh.min.js", "../bokeh.min.js"), strict=True):
        assert f'src="{library}"' in path.read_text(encoding="utf-8")
        assert (path.parent / library).is_file()


@pytest.mark.notebook
def test_a_notebook_and_the_page_of_its_network_lead_to_each_other_and_share_tasks(site, pages):
    page, notebook = site / "networks" / "p1-07.html", site / "notebooks" / "physics" / "07_oscillator.html"
    lesson, gallery = site / "notebooks" / "lesson.html", site / "networks" / "index.html"
    for here, there in ((page, notebook), (notebook, page), (lesson, gallery)):
        assert there in {(here.parent / link["href"]).resolve() for link in pages[here].select("a[href]")}
    tasks = [task["title"] for task in opened(page).tasks]
    assert tasks == ["Bend it", "Closer to 0 or to chance?", "Read the neuron", "Look inside"]


@pytest.mark.notebook
def test_nothing_is_loaded_from_elsewhere(pages):
    tags = [tag for page in pages.values() for tag in page(list(LOADS))]
    loaded = [tag.get(LOADS[tag.name], "") for tag in tags]
    assert tags
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []


@pytest.mark.notebook
def test_every_link_leads_somewhere(pages):
    places = {path: {*re.findall('id="([^"]+)"', path.read_text(encoding="utf-8"))} for path in pages}
    for path, page in pages.items():
        for link in page.select("a[href]"):
            address, _, place = link["href"].partition("#")
            target = (path.parent / address).resolve() if address else path
            if not re.match(r"https?:", address):
                assert target.exists(), f"{path.name}: {address}"
                assert not place or unquote(place) in places[target], f"{path.name}: {link['href']}"


def test_the_documents_that_the_documents_point_to_are_pages_too(root):
    documents = set(docs._documents(root).values())
    assert root / "README.md" in documents
    for path in documents:
        links = re.findall(r"\]\((?!http)([^)]+\.md)\)", path.read_text(encoding="utf-8"))
        assert {(path.parent / link).resolve() for link in links} <= documents


def test_without_pdoc_the_extra_is_named(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "pdoc", None)
    assert main(["docs", str(tmp_path)]) == 2
    assert 'the reference needs pdoc: pip install "symgrad-widgets[docs]"' in capsys.readouterr().err
