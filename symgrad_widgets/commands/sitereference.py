"""The site's reference: pdoc's pages, with names for their links, darker colours, and a link to the start."""

import re

from ..errors import SymgradError

__all__ = ["write"]

_NAMELESS = re.compile(r'<a class="headerlink" href="#([^"]+)"></a>')
_TITLE = "<h2>API Documentation</h2>"
_STYLE = """
.pdoc { --muted: #555d65; --def: #005f00; --annotation: #00521a; --name: #00509a; --link: #2c5392 }
.pdoc-code :is(.k, .kc, .kd, .kn, .kp, .kr, .nb, .bp) { color: #006000 }
.pdoc-code .ow { color: #8411d0 }
.pdoc-code .se { color: #874a18 }
.pdoc-code :is(.o, .mi, .mf, .go, .c1) { color: #555 }
.pdoc :is(.docstring, .attr) a { text-decoration: underline }
.pdoc :is(pre, .signature, .signature *, .default_value) { white-space: pre-wrap }
.pdoc :is(pre, pre *, .attr, .attr *) { overflow-wrap: anywhere }
"""


def write(folder, modules):
    """Write the reference of some modules, by name, into a folder that lies in the site's."""
    try:
        import pdoc
    except ImportError:
        raise SymgradError('the reference needs pdoc: pip install "symgrad-widgets[docs]"') from None
    pdoc.render.configure(docformat="numpy", footer_text="symgrad")
    pdoc.pdoc(*modules, output_directory=folder)
    for path in folder.rglob("*.html"):
        start = "../" * len(path.relative_to(folder).parts) + "index.html"
        text = path.read_text(encoding="utf-8")
        text = _NAMELESS.sub(r'<a class="headerlink" href="#\1" aria-label="Link to \1"></a>', text)
        text = text.replace(_TITLE, f'<a href="{start}">Start</a>{_TITLE}')
        path.write_text(text.replace("</head>", f"<style>{_STYLE}</style></head>", 1), encoding="utf-8")
