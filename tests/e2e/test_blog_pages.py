"""The pages of the example ``blog`` in a browser: which files it takes, and what is seen before they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import pyvips
from blog import CARD, Blog, served
from browser import grave_findings, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

WIDTHS = (400, 800, 1200)
TYPES = ["image/avif", "image/webp", "image/jpeg"]
TALL = 5000
"""A window so high that no picture is too far below it to be loaded."""

LOADED = "[...document.images].every(image => image.complete && image.naturalWidth)"
NEXT_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WATCH = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value; }))
  .observe({type: "layout-shift", buffered: true});
"""
BOXES = """
() => [...document.images].map(image => {
  const {left, top, width, height} = image.getBoundingClientRect();
  return {left, top, width, height, ratio: image.getAttribute("width") / image.getAttribute("height"),
          there: image.naturalWidth > 0, file: image.currentSrc, slot: image.naturalWidth};
})
"""
PICTURES = """
() => [...document.querySelectorAll("picture")].map(picture => ({
  sources: [...picture.querySelectorAll("source")].map(each => [each.type, each.srcset, each.sizes]),
  attributes: Object.fromEntries([...picture.querySelector("img").attributes].map(each => [each.name, each.value])),
}))
"""


@pytest.fixture(scope="module")
def site(built_blog: Blog) -> Iterator[str]:
    with served(built_blog.root / "public") as address:
        yield address


def pages(built_blog: Blog) -> list[str]:
    return sorted(path.name for path in (built_blog.root / "public").glob("*.html"))


def test_every_picture_of_every_page_loads(built_blog: Blog, site: str, chromium: Browser) -> None:
    seen_files = set()
    assert len(pages(built_blog)) == 12
    with visit(chromium, "about:blank", height=TALL) as seen:
        for name in pages(built_blog):
            seen.page.goto(site + name)
            seen.page.wait_for_function(LOADED)
            seen_files |= {box["file"].rpartition("/")[2].rpartition("-")[0] for box in seen.page.evaluate(BOXES)}
        assert seen.complaints == []
        assert all(request.startswith((site, "about:", "data:")) for request in seen.requests)
    assert seen_files == set(built_blog.images()) - {CARD}


def test_the_pages_open_from_disk_too(built_blog: Blog, chromium: Browser) -> None:
    index = built_blog.root / "public" / "index.html"
    with visit(chromium, index.as_uri(), javascript=False, height=TALL) as seen:
        seen.page.wait_for_load_state("networkidle")
        assert all(box["there"] for box in seen.page.evaluate(BOXES))
        assert seen.complaints == []


@pytest.mark.parametrize("name", ["index.html", "balloon.html", "about.html"])
def test_a_picture_element_offers_avif_then_webp_then_jpeg(
    name: str, built_blog: Blog, site: str, chromium: Browser
) -> None:
    known = {image["alt"]: image for image in built_blog.images().values()}
    with visit(chromium, site + name) as seen:
        found = seen.page.evaluate(PICTURES)
    assert len(found) == (11 if name == "index.html" else 4)
    for index, picture in enumerate(found):
        attributes = picture["attributes"]
        image = known[attributes["alt"]]
        assert [media_type for media_type, _, _ in picture["sources"]] == TYPES
        for media_type, srcset, sizes in picture["sources"]:
            offered = [
                f"img/{each['file']} {each['width']}w" for each in image["variants"] if each["type"] == media_type
            ]
            assert srcset.split(", ") == offered
            assert sizes
        assert (attributes["width"], attributes["height"]) == (str(image["width"]), str(image["height"]))
        assert attributes["decoding"] == "async"
        assert attributes.get("loading") == (None if index == 0 else "lazy")
        assert image["lqip"] in attributes["style"]
    decorative = [each for each in found if each["attributes"]["alt"] == ""]
    assert len(decorative) == (1 if name == "index.html" else 0)


# Chromium takes a smaller file where it is nearly enough for a dense screen; these sizes are clear of that.
@pytest.mark.parametrize("name", ["index.html", "balloon.html"])
@pytest.mark.parametrize(
    ("width", "density"), [(390, 1), (390, 2), (390, 3), (768, 1), (768, 2), (1024, 1), (1280, 1), (1280, 2), (1920, 1)]
)
def test_the_smallest_file_that_is_enough_is_loaded(
    name: str, width: int, density: int, site: str, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": TALL}, device_scale_factor=density)
    try:
        page = context.new_page()
        page.goto(site + name)
        page.wait_for_function(LOADED)
        boxes = page.evaluate(BOXES)
    finally:
        context.close()
    for box in boxes:
        enough = next((each for each in WIDTHS if each >= box["width"] * density), WIDTHS[-1])
        assert f"-{enough}." in box["file"], box
        assert box["file"].endswith(".avif")


@pytest.mark.parametrize("name", ["index.html", "balloon.html"])
@pytest.mark.parametrize("width", [320, 575, 576, 700, 959, 960, 1127, 1128, 1700])
def test_sizes_say_how_wide_a_picture_is_shown(name: str, width: int, site: str, chromium: Browser) -> None:
    """By HTML's rules the natural width of an image with a ``srcset`` is what ``sizes`` says."""
    with visit(chromium, site + name, width=width, height=TALL) as seen:
        seen.page.wait_for_function(LOADED)
        for box in seen.page.evaluate(BOXES):
            assert abs(box["slot"] - box["width"]) <= 1, box


@contextmanager
def held(chromium: Browser, site: str, name: str, change: Callable[[str], str] | None = None) -> Iterator[Held]:
    """A page none of whose pictures has arrived yet; ``change`` writes the page's text anew."""
    with visit(chromium, "about:blank", width=900, height=TALL) as seen:
        waiting = Held(seen.page)
        seen.page.add_init_script(WATCH)
        seen.page.route("**/img/*", waiting.hold)
        if change:
            seen.page.route(
                f"**/{name}", lambda route: route.fulfill(response=(got := route.fetch()), body=change(got.text()))
            )
        seen.page.goto(site + name, wait_until="domcontentloaded")
        seen.page.wait_for_function("document.fonts.status === 'loaded'")
        seen.page.evaluate(NEXT_FRAMES)
        yield waiting
        assert seen.complaints == []


class Held:
    """Answers that are kept back until somebody lets them go."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._routes: list[Route] | None = []

    def hold(self, route: Route) -> None:
        if self._routes is None:
            route.continue_()
        else:
            self._routes.append(route)

    def let_go(self) -> float:
        """All pictures arrive; by how much the page shifted since it was opened."""
        routes, self._routes = self._routes or [], None
        assert routes
        for route in routes:
            route.continue_()
        self.page.wait_for_function(LOADED)
        self.page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
        self.page.evaluate(NEXT_FRAMES)
        return float(self.page.evaluate("window.shifted"))


@pytest.mark.parametrize("name", ["index.html", "balloon.html"])
def test_nothing_moves_while_pictures_arrive(name: str, site: str, chromium: Browser) -> None:
    with held(chromium, site, name) as waiting:
        before = waiting.page.evaluate(BOXES)
        assert not any(box["there"] for box in before)
        for box in before:
            assert box["width"] / box["height"] == pytest.approx(box["ratio"], rel=0.01)
        assert waiting.let_go() == 0
        after = waiting.page.evaluate(BOXES)
    # The heights of files are whole pixels, so that shapes differ by less than one where they are shown.
    for old, new in zip(before, after, strict=True):
        assert [new[side] for side in ("top", "width", "height")] == pytest.approx(
            [old[side] for side in ("top", "width", "height")], abs=0.9
        )


def test_a_page_without_sizes_would_move(site: str, chromium: Browser) -> None:
    """That the test above can fail."""

    def without(text: str) -> str:
        return text.replace('width="1200" height="800"', "").replace('width="1200" height="400"', "")

    with held(chromium, site, "index.html", without) as waiting:
        assert waiting.let_go() > 0.01


def test_a_preview_shows_until_the_picture_is_there(site: str, chromium: Browser) -> None:
    with held(chromium, site, "index.html") as waiting:
        boxes = waiting.page.evaluate(BOXES)
        previews = shown(waiting.page, boxes)
        waiting.page.add_style_tag(content="img { background: none !important }")
        nothing = shown(waiting.page, boxes)
        waiting.let_go()
        pictures = shown(waiting.page, boxes)
    assert len(boxes) == 11
    for preview, empty, picture in zip(previews, nothing, pictures, strict=True):
        assert difference(preview, picture) < 12
        assert difference(empty, picture) > 40


def shown(page: Page, boxes: list[dict[str, float]]) -> list[Any]:
    """What is to be seen in each box, as six by four pixels."""
    screen = pyvips.Image.new_from_buffer(page.screenshot(), "").extract_band(0, n=3)
    areas = [screen.crop(*(round(box[side]) for side in ("left", "top", "width", "height"))) for box in boxes]
    return [area.resize(6 / area.width, vscale=4 / area.height, kernel="linear") for area in areas]


def difference(one: Any, other: Any) -> float:
    """Mean difference of the channels, 0 to 255."""
    return float((one.cast("int") - other.cast("int")).abs().avg())


@pytest.mark.parametrize("name", ["index.html", "balloon.html"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nobody_is_shut_out(name: str, dark: bool, site: str, chromium: Browser) -> None:
    with visit(chromium, site + name, dark=dark, width=390, height=TALL) as seen:
        seen.page.wait_for_function(LOADED)
        assert grave_findings(seen.page) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
