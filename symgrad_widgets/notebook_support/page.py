"""A notebook as one static HTML page that you can read offline.

nbconvert's own page fetches MathJax, require.js, mermaid and the widget manager from other hosts, and without
these it shows no formulas and no widgets. Here, formulas become MathML, which browsers draw themselves. Each
widget is replaced with the picture or words that the notebook stores with it.
"""

import copy
import re

from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .typeset import mathml

__all__ = ["rendered", "to_html"]

_LIVE = (  # what shows only with code from elsewhere, or with a kernel
    "application/javascript",
    "application/vnd.bokehjs_exec.v0+json",
    "application/vnd.bokehjs_load.v0+json",
    "application/vnd.jupyter.widget-view+json",
)
_NUMBER = re.compile(r"[-+–]?[\d.]+(e[-+]?\d+)?( of \d+)?|\d+–\d+")
_STYLE = """
.jp-OutputArea-output img { max-width: 100%; height: auto }
math { font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math", "DejaVu Math TeX Gyre", math }
.jp-RenderedMarkdown { overflow-wrap: break-word }
.jp-RenderedHTMLCommon a:link, .jp-RenderedHTMLCommon a:visited { text-decoration: underline }
:root { --jp-cell-prompt-not-active-opacity: 1; --jp-mirror-editor-comment-color: #336b6b;
--jp-mirror-editor-number-color: #006000; --jp-mirror-editor-operator-color: #8411d0;
--jp-mirror-editor-keyword-color: #006000; --jp-mirror-editor-builtin-color: #006000 }
"""  # fonts without tables for mathematics do not lower indices; JupyterLab's colours are too pale


def to_html(notebook, title="notebook"):
    """Return a notebook (as nbformat gives it) as the text of a page without scripts or outside links."""
    html, _ = _Page().from_notebook_node(_still(notebook), {"metadata": {"name": title}})
    soup = BeautifulSoup(html, features="html.parser")
    for script in soup.select("script"):
        script.decompose()
    for region in soup.select(".jp-RenderedMarkdown:has(table), .jp-RenderedHTML:has(table), .highlight"):
        region["tabindex"] = "0"  # if it is too wide, the arrow keys scroll it
    for cell in soup.select("td"):
        if _NUMBER.fullmatch(cell.get_text(strip=True)):  # browsers break 1e-05 at the minus sign
            cell["style"] = f"{cell.get('style', '')} white-space: nowrap".strip()
    style = soup.new_tag("style")
    style.string = _STYLE
    soup.head.append(style)
    return str(soup)


def rendered(markdown, attachments=None):
    """Return HTML of Markdown, with formulas as MathML."""
    renderer = _MathRenderer(escape=False, attachments=attachments or {})
    return MarkdownWithMath(renderer=renderer).render(markdown)


class _Page(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        return rendered(source, context.get("cell", {}).get("attachments"))


class _MathRenderer(IPythonRenderer):
    def inline_math(self, body):
        return mathml(body, "inline")

    def block_math(self, body):
        return mathml(body, "block")

    def latex_environment(self, name, body):
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


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
        data["text/html"] = mathml(data.pop("text/latex").strip().strip("$"), "block")
    return output
