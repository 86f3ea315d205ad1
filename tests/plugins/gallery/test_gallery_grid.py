"""The grid of the live gallery in a real browser: found, sorted, selected and moved through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import grave_findings
from crowd import House, focused, house, ids, opened, until

from imagebuild import TargetCard, Task
from imagebuild.testing import png

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["house"]

COLUMNS = "new Set([...document.querySelectorAll('.card')].map(each => each.getBoundingClientRect().x)).size"
SMALL = """
    [...document.querySelectorAll("#top button, .filters :is(button, select), .bulk button, .tick, .toast button")]
        .filter((each) => each.checkVisibility() && (each.offsetHeight < 44 || each.offsetWidth < 44))
        .map((each) => each.outerHTML)
"""  # what a finger would miss


def test_each_picture_says_its_name_state_and_review(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        assert ids(page) == list(house.cards)
        said = page.eval_on_selector_all(".shot", "shots => shots.map(shot => shot.getAttribute('aria-label'))")
        assert said[:4] == [
            "hero, fresh, approved",
            "fox, fresh, to review",
            "car, stale, approved, costs $0.08",
            "moon, missing, costs $0.04",
        ]
        assert page.locator(".space[role=list] > [role=listitem]").count() == 8
        assert page.locator('[data-id="car"]').get_attribute("aria-posinset") == "3"
        assert page.locator('[data-id="car"]').get_attribute("aria-setsize") == "8"


def test_chips_count_and_narrow(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        for name, found in (
            ("stale", ["car"]),
            ("missing", ["moon"]),
            ("waits", ["car", "moon"]),
            ("unreviewed", ["fox", "tree"]),
            ("rejected", ["boat"]),
            ("failing", ["tree"]),
            ("frozen", ["star"]),
            ("draft", ["city"]),
        ):
            chip = page.locator(f'.chip[data-state="{name}"]')
            assert chip.locator(".count").inner_text() == str(len(found))
            chip.click()
            assert chip.get_attribute("aria-pressed") == "true"
            assert ids(page) == found
        page.click('.chip[data-state="all"]')
        page.select_option('select[aria-label="Order"]', "name")
        assert ids(page) == sorted(house.cards)
        page.select_option('select[aria-label="Order"]', "state")
        assert ids(page)[:3] == ["moon", "car", "city"]


def test_keys_of_the_page_are_letters_while_somebody_types(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.keyboard.press("/")
        page.keyboard.type("FOX red")
        assert ids(page) == ["fox"]
        assert page.input_value("input[type=search]") == "FOX red"
        page.fill("input[type=search]", "xardfj?")
        page.wait_for_selector(".empty:has-text('Nothing matches.')")
        assert page.locator("dialog").count() == 0
        page.click(".empty button:has-text('Show all')")
        assert len(ids(page)) == 8
    assert house.submitted == []


def test_arrows_move_through_the_grid_and_back_from_a_picture_to_its_place(chromium: Browser, house: House) -> None:
    with opened(chromium, house, width=1000) as (seen, _):
        page = seen.page
        assert page.evaluate(COLUMNS) == 3
        for key, there in (
            ("ArrowRight", "hero"),
            ("ArrowRight", "fox"),
            ("ArrowDown", "boat"),
            ("ArrowLeft", "moon"),
            ("ArrowUp", "hero"),
            ("End", "city"),
            ("Home", "hero"),
            ("j", "fox"),
        ):
            page.keyboard.press(key)
            assert focused(page) == there, key
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.click('.chip[data-state="unreviewed"]')
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:text('fox')")
        page.keyboard.press("j")
        page.wait_for_selector("h1:text('tree')")
        page.wait_for_selector('#view[data-ready="target tree"]')
        page.keyboard.press("Escape")
        page.wait_for_selector(".card")
        assert ids(page) == ["fox", "tree"]
        assert focused(page) == "tree"
        assert page.url.endswith("#/?state=unreviewed")


def test_a_range_is_selected_and_approved_at_once(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.click('[data-id="fox"] .tick')
        page.click('[data-id="boat"] .tick', modifiers=["Shift"])
        assert page.locator(".bulk strong").inner_text() == "4 selected"
        page.click('[data-id="car"] .tick')
        assert page.locator(".bulk strong").inner_text() == "3 selected"
        page.click(".bulk button:has-text('Approve')")
        page.wait_for_selector(".toast:has-text('1 without a picture')")
        until(page, lambda: house.submitted, "the approval")
        page.keyboard.press("Escape")
        assert page.locator(".bulk").is_hidden()
    assert house.submitted == [Task("approve", ("fox", "boat"))]


def test_the_selection_stays_while_one_of_it_is_looked_at(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.click('.chip[data-state="unreviewed"]')
        page.keyboard.press("Shift+X")
        page.click('[data-id="tree"] .shot')
        page.wait_for_selector("h1:text('tree')")
        page.keyboard.press("Escape")
        page.wait_for_selector(".bulk strong:has-text('2 selected')")
        page.keyboard.press("d")
        until(page, lambda: house.submitted, "the rejection")
    assert house.submitted == [Task("reject", ("fox", "tree"))]


def test_another_attempt_at_several_shows_what_all_cost_before_anything_is_bought(
    chromium: Browser, house: House
) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        for name in ("hero", "fox", "tree"):
            page.click(f'[data-id="{name}"] .tick')
        page.keyboard.down("r")
        page.wait_for_selector("dialog[open] .amount:text('$0.12')")
        for _ in range(3):
            page.keyboard.down("r")  # held down
        page.keyboard.up("r")
        assert page.locator("dialog[open]").count() == 1
        assert house.submitted == []
        page.keyboard.press("Escape")
        assert page.locator("dialog").count() == 0
        assert house.submitted == []
        page.click(".bulk button:has-text('Reroll')")
        page.click("dialog[open] button:has-text('for $0.12')")
        until(page, lambda: house.submitted, "the purchase")
    assert house.submitted == [Task("reroll", ("hero", "fox", "tree"), max_cost=0.12)]


def test_a_rejection_of_what_was_approved_is_taken_back(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as (seen, _):
        page = seen.page
        page.focus('[data-id="hero"] .shot')
        page.keyboard.press("d")
        page.click(".toast button:has-text('Undo')")
        until(page, lambda: len(house.submitted) == 2, "the undo")
    assert house.submitted == [Task("reject", ("hero",)), Task("approve", ("hero",))]


def test_the_ground_of_a_picture_is_of_its_colour_or_a_checkerboard(chromium: Browser, tmp_path: Path) -> None:
    import pyvips

    studio = House(tmp_path / "state")
    solid = studio.add(png(80, 60, (200, 40, 40)), "image/png")
    hole = pyvips.Image.black(80, 60, bands=4).copy(interpretation="srgb")
    clear = studio.add(hole.pngsave_buffer(), "image/png")
    studio.cards = {
        name: TargetCard(name, name, "fresh", None, picture=picture) for name, picture in (("a", solid), ("b", clear))
    }
    with opened(chromium, studio) as (seen, _):
        page = seen.page
        page.wait_for_selector('[data-id="a"] img.there')
        page.wait_for_selector('[data-id="b"] .shot.clear img.there')
        assert page.locator('[data-id="a"] .shot.clear').count() == 0
        tone = page.evaluate("document.querySelector('[data-id=a] .shot').style.getPropertyValue('--tone')")
        red, green, blue = (int(each) for each in tone.removeprefix("rgb(").removesuffix(")").split())
        assert (red > 180, green < 70, blue < 70) == (True, True, True)


def test_pictures_become_larger_and_stay_so(chromium: Browser, house: House) -> None:
    wide = "document.querySelector('.card').offsetWidth"
    with opened(chromium, house) as (seen, _):
        page = seen.page
        before = page.evaluate(wide)
        page.keyboard.press("+")
        assert page.evaluate(wide) > before
        page.reload()
        page.wait_for_selector(".card img.there")
        assert page.evaluate(wide) > before
        page.click("button[aria-label='Smaller pictures']")
        assert page.evaluate(wide) == before


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, 390), (True, 320)])
def test_the_grid_is_open_to_everybody_and_fits(chromium: Browser, house: House, *, dark: bool, width: int) -> None:
    with opened(chromium, house, dark=dark, width=width) as (seen, _):
        page = seen.page
        page.wait_for_selector("#view[data-ready=grid]")
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert page.evaluate(fits)
        assert grave_findings(page) == []
        for name in ("hero", "fox"):
            page.click(f'[data-id="{name}"] .tick')
        house.emit("started", target="car", kind="generate", plugin="maker", stage=0, candidate=1)
        house.emit("notice", message="a word", hint="and a hint")
        page.wait_for_selector(".toast")
        page.wait_for_selector(".making")
        assert page.evaluate(fits)
        assert grave_findings(page) == []
        for key, there in (("r", ".amount"), ("?", ".keys")):
            page.keyboard.press(key)
            page.wait_for_selector(f"dialog[open] {there}")
            assert grave_findings(page) == [], key
            page.keyboard.press("Escape")
        if width < 700:
            assert page.evaluate(COLUMNS) == 2
            assert page.evaluate(SMALL) == []
