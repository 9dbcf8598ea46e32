"""The static page of a notebook, in a browser."""

import nbformat
import pytest

from browser import lab
from symgrad_widgets.notebook_support.page import to_html

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


@pytest.mark.browser
def test_a_number_in_a_table_is_not_broken_at_its_sign(tmp_path, chromium_path):
    numbers = ["2.7e-32", "5 of 5", "57–100", "–"]
    words = "a setting that is told in many words and has to be broken somewhere " * 4
    rows = f"| setting | {' | '.join('abcd')} |\n|---|{'---|' * 4}\n| {words} | {' | '.join(numbers)} |"
    path = tmp_path / "page.html"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(rows)])
    path.write_text(to_html(notebook), encoding="utf-8")
    with lab.chromium(chromium_path, size=(400, 600)) as page:
        page.goto(path.as_uri())
        lines = page.locator("td").evaluate_all(
            "cells => cells.map(c => { const r = document.createRange(); r.selectNodeContents(c);"
            " return new Set([...r.getClientRects()].map(b => b.top)).size })"
        )
    assert lines[0] > 1
    assert lines[1:] == [1, 1, 1, 1]


@pytest.mark.browser
@pytest.mark.parametrize("width", [375, 916])
def test_a_static_page_has_no_serious_barrier(tmp_path, chromium_path, width):
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson\n\nWords, and [a link](page.html) in the middle of them."),
        nbformat.v4.new_code_cell("x = 3 in [1, 2.5, None]  # a comment" + "  " * 60 + "# far out"),
        nbformat.v4.new_markdown_cell("| a | b |\n|---|---|\n| 1 | " + "x" * 200 + " |"),
    ]
    cells[1].execution_count = 1
    path = tmp_path / "page.html"
    path.write_text(to_html(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    with lab.chromium(chromium_path, size=(width, 600)) as page:
        page.goto(path.as_uri())
        assert lab.barriers(page) == set()
