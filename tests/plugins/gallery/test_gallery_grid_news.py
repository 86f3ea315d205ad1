"""The grid of the live gallery while things happen to it, and with ten thousand targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from browser import grave_findings, visit
from crowd import House, focused, house, ids, many, opened, until
from msgspec.structs import replace

from imagebuild import ProblemView
from imagebuild_gallery import GalleryViewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["house"]

WRONG = ProblemView("unknown option 'sizee'", "imagebuild.yaml:14:9", "did you mean 'size'?", "14 |   sizee: 3")


def test_pictures_that_are_being_made_show_themselves_as_they_come(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        call = {"target": "moon", "kind": "generate", "plugin": "maker", "stage": 0}
        house.emit("started", **call, candidate=1)
        house.emit("started", **call, candidate=2)
        page.wait_for_selector('[data-id="moon"] .making .spinner')
        assert page.locator("#top .busy").inner_text() == "moon"
        assert page.get_attribute('[data-id="moon"] .shot', "aria-label") == "moon, missing, costs $0.04, being made"
        house.emit("partial", target="moon", stage=0, candidate=2, index=0, file="half.png")
        page.wait_for_selector('[data-id="moon"] img.there[src^="/partial/half.png"]')
        house.emit("finished", **call, candidate=2, verdict="buy", cost_usd=None, seconds=1.0)
        page.wait_for_selector('[data-id="moon"] img', state="detached")
        assert page.locator('[data-id="moon"] .making').count() == 1
        house.emit("failed", **call, candidate=1, message="no")
        page.wait_for_selector('[data-id="moon"] .making', state="detached")
        page.wait_for_selector(".toast.bad:has-text('moon: no')")
        assert page.locator("#top .busy").is_hidden()


def test_news_of_one_picture_leave_the_others_alone(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.wait_for_selector('[data-id="hero"] img.there')
        page.focus('[data-id="hero"] .shot')
        page.evaluate("document.querySelectorAll('.card, .card img').forEach(each => (each.old = true))")
        house.cards["car"] = replace(house.cards["car"], state="fresh", waits=None)
        house.emit("targets", ids=["car"])
        page.wait_for_selector('[data-id="car"] .badges:not(:has-text("stale"))')
        house.cards["fox"] = replace(house.cards["fox"], review="approved")
        house.emit("targets", ids=None)
        page.wait_for_selector('[data-id="fox"] .badge:has-text("approved")')
        assert page.evaluate("[...document.querySelectorAll('.card, .card img')].every(each => each.old)")
        assert focused(page) == "hero"
        assert page.locator('.chip[data-state="stale"]').is_hidden()


def test_a_spec_that_is_wrong_is_shown_with_its_place(chromium: Browser, house: House) -> None:
    house.problems = (WRONG,)
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.wait_for_selector("#banner .trouble")
        text = page.locator("#banner").inner_text()
        for part in (WRONG.message, WRONG.place, WRONG.hint, WRONG.excerpt):
            assert str(part) in text
        assert len(ids(page)) == 8
        assert grave_findings(page) == []
        house.problems = ()
        house.emit("problems", problems=[])
        page.wait_for_selector("#banner .trouble", state="detached")


def test_ten_thousand_are_reached_to_the_last_and_never_all_in_the_page(chromium: Browser, tmp_path: Path) -> None:
    studio = many(tmp_path / "state")
    with opened(chromium, studio) as (seen, _):
        page = seen.page
        most = 0
        for _ in range(30):
            page.mouse.wheel(0, 40_000)
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            most = max(most, page.locator(".card").count())
        assert most < 100
        page.keyboard.press("End")
        page.wait_for_selector('[data-id="group/picture-09999"] img.there')
        assert focused(page) == "group/picture-09999"
        assert page.locator("main *").count() < 1_000
        assert ids(page) == sorted(ids(page))
        asked = {url for url in seen.requests if "/thumb/" in url}
        assert len(asked) < 400  # of what was scrolled past faster than anybody looks
        box = page.locator('[data-id="group/picture-09999"]').bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_ten_thousand_are_approved_in_requests_that_the_server_takes(chromium: Browser, tmp_path: Path) -> None:
    studio = many(tmp_path / "state")
    with opened(chromium, studio) as (seen, _):
        page = seen.page
        page.click("button:has-text('Select all')")
        assert page.locator(".bulk strong").inner_text() == "10000 selected"
        page.keyboard.press("a")
        page.wait_for_selector(".toast:has-text('10000 pictures: approved')")
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .amount:text('$400')")
        page.wait_for_selector("dialog[open] .warn")
        assert page.locator("dialog[open] .button.main").count() == 0
    assert [name for task in studio.submitted for name in task.targets] == list(studio.cards)
    assert {task.kind for task in studio.submitted} == {"approve"}
    assert len(studio.prices) == len(studio.submitted) > 1


def test_a_server_that_went_away_is_said_and_one_that_returns_is_taken_up(chromium: Browser, house: House) -> None:
    gallery = GalleryViewer().serve(house, port=0, say=print)
    try:
        with visit(chromium, gallery.address) as seen:
            page = seen.page
            page.wait_for_selector(".card .shot")
            page.evaluate("window.same = true")
            gallery.close()
            page.wait_for_selector("#banner:has-text('does not answer')")
            house.cards["car"] = replace(house.cards["car"], state="fresh", waits=None)
            gallery = GalleryViewer().serve(house, port=urlsplit(gallery.address).port or 0, say=print)
            page.wait_for_selector("#banner .trouble", state="detached")
            page.wait_for_selector('[data-id="car"] .badges:not(:has-text("stale"))')
            assert page.evaluate("window.same")
            gallery.close()
            house.token = "the-token-of-another-session"
            gallery = GalleryViewer().serve(house, port=urlsplit(gallery.address).port or 0, say=print)
            page.wait_for_selector("#banner:has-text('started anew')")
    finally:
        gallery.close()


def test_a_page_out_of_sight_gives_its_line_away_until_it_is_seen_again(chromium: Browser, house: House) -> None:
    sight = "(is) => { Object.defineProperty(document, 'hidden', {value: !is, configurable: true});"
    sight += "document.dispatchEvent(new Event('visibilitychange')); }"
    with opened(chromium, house) as (seen, _):
        page = seen.page
        until(page, lambda: house.hearers == 1, "the line")
        page.clock.install()
        page.evaluate(sight, False)
        page.clock.fast_forward(61_000)
        until(page, lambda: house.hearers == 0, "its end")
        house.cards["car"] = replace(house.cards["car"], state="fresh", waits=None)
        page.evaluate(sight, True)
        page.wait_for_selector('[data-id="car"] .badges:not(:has-text("stale"))')
        until(page, lambda: house.hearers == 1, "the new line")
        assert page.locator("#banner .trouble").count() == 0
