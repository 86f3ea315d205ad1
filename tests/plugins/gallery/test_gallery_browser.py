"""The page in a real browser: from disk, without JavaScript, for hands on a keyboard, on a phone, in the dark."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import grave_findings, visit
from msgspec.structs import replace
from showcase import Showcase, publish, published, stored

from imagebuild import Manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, show: Showcase) -> Path:
    """The page of the whole project."""
    root = tmp_path_factory.mktemp("site")
    published(root, show)
    return root / "public" / "gallery" / "index.html"


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true })")


def test_it_opens_from_disk_without_javascript_and_shows_every_picture(site: Path, chromium: Browser) -> None:
    from playwright.sync_api import expect

    with visit(chromium, site.as_uri(), javascript=False) as seen:
        unfold(seen.page)
        images = seen.page.locator("img").all()
        assert len(images) > 40
        for image in images:
            expect(image).to_have_js_property("complete", True)
            assert image.evaluate("image => image.naturalWidth") > 0
        # The script of a picture did not run: it would have renamed the page.
        assert seen.page.title() == "Pictures of harbour"
    assert seen.complaints == []
    assert all(request.startswith(site.parent.as_uri()) for request in seen.requests)
    assert any(request.endswith(".avif") for request in seen.requests)


def test_it_works_on_a_server_too(site: Path, chromium: Browser) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site.parent)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}/"
        with visit(chromium, base) as seen:
            unfold(seen.page)
            seen.page.wait_for_load_state("networkidle")
        server.shutdown()
        thread.join()
    assert seen.complaints == []
    assert {request.removeprefix(base).split("/")[0] for request in seen.requests} == {"", "pictures"}


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)], ids=["light", "dark"])
def test_nobody_is_shut_out(dark: bool, width: int, site: Path, chromium: Browser) -> None:
    with visit(chromium, site.as_uri(), dark=dark, width=width) as seen:
        unfold(seen.page)
        assert grave_findings(seen.page) == []
        seen.page.goto(f"{site.as_uri()}#alt-missing")
        assert grave_findings(seen.page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 2400])
def test_nothing_is_wider_than_the_window(width: int, site: Path, chromium: Browser) -> None:
    with visit(chromium, site.as_uri(), width=width) as seen:
        unfold(seen.page)
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_keyboard_reaches_everything_and_shows_where_it_is(tmp_path: Path, show: Showcase, chromium: Browser) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, Manifest("harbour", {name: show.images[name] for name in ("car-winter", "spot", "whale")}))
    with visit(chromium, (tmp_path / "public/gallery/index.html").as_uri()) as seen:
        unfold(seen.page)
        reached = list(_walked(seen.page))
        stops = "[...document.querySelectorAll('a, summary, fieldset')].filter(found => found.checkVisibility())"
        wanted = seen.page.evaluate(f"{stops}.length")
    assert reached[0] == "#pictures skip"
    assert len(reached) == wanted
    assert len(set(reached)) == len(reached)


def _walked(page: Page) -> Iterator[str]:
    """What the tab key comes to, once around; each must be seen to have the focus."""
    first = None
    while True:
        page.keyboard.press("Tab")
        name, outlined = page.evaluate(
            """() => {
              const found = document.activeElement;
              const ring = found.matches("input") ? found.closest(".wipe") : found;
              window.places ??= new Map();
              if (!places.has(found)) places.set(found, places.size);
              const said = found.getAttribute("href") ?? found.name ?? places.get(found);
              const twin = found.className || places.get(found);
              return [`${said} ${twin}`, getComputedStyle(ring).outlineStyle !== "none"];
            }"""
        )
        if name == first or page.evaluate("document.activeElement === document.body"):
            return
        first = first or name
        assert outlined, name
        yield name


def test_the_skip_link_leads_past_the_filters(site: Path, chromium: Browser) -> None:
    with visit(chromium, site.as_uri(), javascript=False) as seen:
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.closest('article').id") == "picture-car"


def test_a_tag_is_a_filter_that_can_be_linked_to(site: Path, chromium: Browser) -> None:
    from playwright.sync_api import expect

    with visit(chromium, site.as_uri(), javascript=False) as seen:
        cards = seen.page.locator(".card:visible")
        expect(cards).to_have_count(14)
        seen.page.locator("nav a", has_text="shop").click()
        expect(cards).to_have_count(2)
        expect(seen.page.locator(".showing:visible")).to_have_text("2 of 14, tagged “shop”. Show all")
        seen.page.locator("a:visible", has_text="Show all").click()
        expect(cards).to_have_count(14)
        seen.page.goto(f"{site.as_uri()}#alt-missing")
        assert cards.locator("h2").all_inner_texts() == ["lighthouse", "whale"]


def test_before_and_after_are_moved_by_keys_and_by_the_mouse(site: Path, chromium: Browser) -> None:
    from playwright.sync_api import expect

    with visit(chromium, f"{site.as_uri()}#picture-car-winter", javascript=False) as seen:
        card = seen.page.locator("#picture-car-winter")
        card.locator("summary").click()
        wipe = card.locator(".wipe").first
        later = wipe.locator("img").nth(1)
        expect(later).to_have_css("clip-path", "inset(0px 0px 0px 50%)")
        wipe.locator("input").nth(5).focus()
        seen.page.keyboard.press("ArrowRight")
        expect(later).to_have_css("clip-path", "inset(0px 0px 0px 60%)")
        wipe.locator("input").nth(0).click()
        expect(later).to_have_css("clip-path", "inset(0px 0px 0px 0%)")
        wipe.locator("input").nth(9).hover()
        expect(later).to_have_css("clip-path", "inset(0px 0px 0px 90%)")


def test_an_opened_card_takes_the_whole_row(site: Path, chromium: Browser) -> None:
    with visit(chromium, site.as_uri()) as seen:
        card = seen.page.locator("#picture-fox")
        closed = card.bounding_box()
        card.locator("summary").click()
        opened = card.bounding_box()
    assert closed
    assert opened
    assert opened["width"] > 2.5 * closed["width"]


def test_pictures_keep_their_proportions_and_their_place(site: Path, chromium: Browser) -> None:
    with visit(chromium, site.as_uri()) as seen:
        for image in seen.page.locator(".frame img").all():
            image.scroll_into_view_if_needed()
            box, frame = image.bounding_box(), image.locator("xpath=ancestor::div[1]").bounding_box()
            assert box
            assert frame
            assert box["x"] >= frame["x"] - 1
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
            assert box["y"] >= frame["y"] - 1
            assert box["y"] + box["height"] <= frame["y"] + frame["height"] + 1
            width, height = image.get_attribute("width"), image.get_attribute("height")
            if width and height:
                assert box["width"] / box["height"] == pytest.approx(int(width) / int(height), rel=0.02)


def test_a_thousand_targets_open_and_load_only_what_is_seen(tmp_path: Path, show: Showcase, chromium: Browser) -> None:
    image = show.images["hero[season=autumn]"]
    names = [f"hero-{number:04}" for number in range(1000)]
    # The same bytes under many names would be one file; each gets bytes of its own by a box that AVIF readers skip.
    pictures = dict(show.pictures)
    images = {}
    for number, name in enumerate(names):
        variants = []
        for variant in image.variants:
            data = show.pictures[variant.sha256] + b"\0\0\0\x0cfree" + number.to_bytes(4, "big")
            digest = sha256(data).hexdigest()
            pictures[digest] = data
            variants.append(replace(variant, sha256=digest, path=f"{name}-{variant.width}.{variant.format}"))
        images[name] = replace(image, id=name, name=name, slug=name, variants=tuple(variants), tags=(f"t{number % 9}",))
    desk, _ = stored(tmp_path, pictures)
    publish(desk, Manifest("harbour", images))
    page = tmp_path / "public" / "gallery" / "index.html"
    assert page.stat().st_size < 10_000 * len(names)
    # Without JavaScript browsers load every picture at once (WHATWG HTML, 2.5.7), and the page can do nothing about it.
    with visit(chromium, page.as_uri()) as seen:
        assert seen.page.locator(".card").count() == 1000
        assert 0 < len(seen.requests) < 200
        seen.page.goto(f"{page.as_uri()}#picture-hero-0999")
        assert seen.page.locator("#picture-hero-0999").bounding_box()
    assert seen.complaints == []
