"""The static page of a notebook, in a browser."""

import nbformat
import pytest
from browser import lab

from symgrad_widgets.page import to_html

WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 200" width="2000" height="200"></svg>'


@pytest.mark.browser
def test_a_picture_wider_than_the_page_is_made_to_fit(tmp_path, chromium_path):
    output = nbformat.v4.new_output("display_data", {"image/svg+xml": WIDE})
    cell = nbformat.v4.new_code_cell("view", outputs=[output])
    path = tmp_path / "page.html"
    path.write_text(to_html(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")
    with lab.chromium(chromium_path, size=(900, 600)) as page:
        page.goto(path.as_uri())
        box = page.locator("img").bounding_box()
    assert 500 < box["width"] < 900
    assert box["height"] == pytest.approx(box["width"] / 10, rel=0.01)
