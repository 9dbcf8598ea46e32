"""A notebook as one static HTML page that you can read offline.

nbconvert's own page fetches MathJax, require.js, mermaid and the widget manager from other hosts. Without
them it shows neither formulas nor widgets. Here formulas become MathML, which browsers draw themselves, and
each widget is replaced by the picture or words that the notebook stores with it.
"""

import copy
import re

from bs4 import BeautifulSoup
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

__all__ = ["rendered", "to_html"]

_LIVE = (  # what shows only with code from elsewhere, or with a kernel
    "application/javascript",
    "application/vnd.bokehjs_exec.v0+json",
    "application/vnd.bokehjs_load.v0+json",
    "application/vnd.jupyter.widget-view+json",
)
_NAMED = re.compile("(?<!<msup>)(?<!<msub>)(<mi>[a-z]{2,}</mi>)(?=<m[in])")  # cos before its argument
_NUMBER = re.compile(r"[-+–]?[\d.]+(e[-+]?\d+)?( of \d+)?|\d+–\d+")
_STYLE = """
.jp-OutputArea-output img { max-width: 100%; height: auto }
math { font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math", "DejaVu Math TeX Gyre", math }
"""  # a font without a table for mathematics puts indices on the line


def to_html(notebook, title="notebook"):
    """Return a notebook (as nbformat gives it) as the text of a page without scripts or outside links."""
    html, _ = _Page().from_notebook_node(_still(notebook), {"metadata": {"name": title}})
    soup = BeautifulSoup(html, features="html.parser")
    for script in soup.select("script"):
        script.decompose()
    for cell in soup.select("td"):
        if _NUMBER.fullmatch(cell.get_text(strip=True)):  # a browser breaks 1e-05 at its sign
            cell["style"] = f"{cell.get('style', '')} white-space: nowrap".strip()
    style = soup.new_tag("style")
    style.string = _STYLE
    soup.head.append(style)
    return str(soup)


def rendered(markdown, attachments=None):
    """HTML of Markdown, with formulas as MathML."""
    renderer = _MathRenderer(escape=False, attachments=attachments or {})
    return MarkdownWithMath(renderer=renderer).render(markdown)


class _Page(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        return rendered(source, context.get("cell", {}).get("attachments"))


class _MathRenderer(IPythonRenderer):
    def inline_math(self, body):
        return _mathml(body, "inline")

    def block_math(self, body):
        return _mathml(body, "block")

    def latex_environment(self, name, body):
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def _mathml(latex, display):
    try:
        return _NAMED.sub(r'\1<mspace width="0.167em" />', convert(latex.strip(), display=display))
    except Exception:  # noqa: BLE001 - the converter raises many kinds; the source is readable too
        return f"<code>{IPythonRenderer().escape_html(latex)}</code>"


def _still(notebook):
    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_still_output(output) for output in cell.outputs]
    return notebook


def _still_output(output):
    data = output.get("data", {})
    for mime in _LIVE:
        data.pop(mime, None)
    if "text/latex" in data and "text/html" not in data:
        data["text/html"] = _mathml(data.pop("text/latex").strip().strip("$"), "block")
    return output
