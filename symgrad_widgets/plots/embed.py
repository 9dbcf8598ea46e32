"""Pictures in an HTML page that needs no other file. The pictures are live if scripts run."""

from html import escape

__all__ = ["embedded"]

_SHOW = "document.body.classList.add('live')"


def embedded(pictures):
    """Return the HTML of some pictures, in order, and the HTML that they need in the page's head.

    A picture is an SVG with its words below. If the page's scripts run, a bokeh figure takes its place.
    """
    from bokeh.embed import components
    from bokeh.resources import Resources

    script, divisions = components(tuple(picture.figure() for picture in pictures))
    head = Resources(mode="inline", components=["bokeh"]).render()
    style = "<style>.live .still, body:not(.live) .moving { display: none }</style>"
    parts = [
        f'<figure><div class="still">{picture.svg()}</div><div class="moving">{division}</div>'
        f"<figcaption>{escape(picture.words)}</figcaption></figure>"
        for picture, division in zip(pictures, divisions, strict=True)
    ]
    return head + style, [*parts, f"<script>{_SHOW}</script>{script}"]
