"""The site's live pages: from a disk, under a sub-path, on a phone, and for those who do not see them."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

import symgrad_widgets as sg
from browser import lab
from symgrad_widgets.commands import sitepages, sitereference

pytestmark = pytest.mark.browser

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("main button, .sgp-foot button, nav a")]
  .filter((one) => one.getClientRects().length && !one.closest(".sgi-bars"))
  .filter((one) => one.getBoundingClientRect().height < 20).map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    top = tmp_path_factory.mktemp("top")
    out = top / "some" / "where"
    out.mkdir(parents=True)
    (out / "contents.html").write_text("<!DOCTYPE html><title>Contents</title>")
    lesson = Path("lessons/oscillator.ipynb")
    shown = [sg.experiments[name] for name in ("oscillator", "cubic_force")]
    sitepages.build(out, lesson.parent, shown, 0, {})
    return top


@pytest.fixture(scope="module", params=["light", pytest.param("dark", marks=pytest.mark.nightly)])
def page(request, chromium_path):
    with lab.chromium(chromium_path, dark=request.param == "dark", size=(916, 520)) as page:
        page.theme = request.param
        yield page
        assert page.errors == []


def alive(page):
    page.locator(".sgi-big:not(:empty)").wait_for()
    page.locator(".sgi-field .bk-Figure").wait_for()


def test_from_the_disk_the_start_page_is_alive_and_leads_to_all_networks(site, page, root):
    start = site / "some" / "where" / "index.html"
    assert start.stat().st_size < 3e6
    page.goto(start.as_uri())
    alive(page)
    page.screenshot(path=root / "tests" / "artefacts" / f"site_{page.theme}.png")
    expect(page.get_by_role("button", name="What is this?")).to_be_visible()
    page.get_by_role("link", name="All networks").click()
    page.get_by_role("link", name="P1-07").click()
    alive(page)
    page.get_by_text("Task 1 of 3").wait_for()
    page.locator(".sgp-controls button").first.click()
    page.locator(".sgp-said").get_by_text("the other formula's").wait_for()
    field = page.locator("input.sgi-type")
    field.fill("x² + v²")
    field.press("Enter")
    page.get_by_role("button", name="What is this?").click()
    page.get_by_role("button", name="Now a harder neuron").click()
    page.wait_for_url("**/p1-08.html")
    alive(page)
    assert [one for one in page.strangers if not one.startswith("file:")] == []
    page.strangers.clear()


def test_no_serious_barrier_and_nothing_too_wide_or_too_small_on_a_phone(site, page, root):
    where = site / "some" / "where"
    for path in (where / "index.html", where / "networks" / "p1-08.html", where / "networks" / "index.html"):
        for size in ((375, 700), (916, 520), (1740, 900)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.goto(path.as_uri())
            if path.name != "index.html" or path.parent == where:
                alive(page)
            assert page.evaluate(WIDER) <= 0, (path, size)
            assert page.evaluate(SMALL) == [], (path, size)
            name = f"{path.parent.name}_{path.stem}_{size[0]}_{page.theme}.png"
            page.screenshot(path=root / "tests" / "artefacts" / name, full_page=True)
        assert lab.barriers(page) == set(), path


def test_the_reference_has_no_serious_barrier(tmp_path, page):
    pytest.importorskip("pdoc", reason="pdoc is not installed: it comes with the extra `docs`")
    sitereference.write(tmp_path / "reference", ["symgrad_widgets.plots"])
    page.goto((tmp_path / "reference" / "symgrad_widgets" / "plots.html").as_uri())
    assert lab.barriers(page) == set()
    start = page.get_by_role("link", name="Start").evaluate("(link) => link.href")
    assert start == (tmp_path / "index.html").as_uri()


def test_under_a_sub_path_it_is_the_same(site, page):
    serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    serve.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/some/where"
        page.strangers.clear()
        page.goto(f"{address}/index.html")
        alive(page)
        page.get_by_role("link", name="All networks").click()
        page.get_by_role("link", name="P1-08").click()
        alive(page)
        assert page.strangers == []
    finally:
        server.shutdown()
        server.server_close()
