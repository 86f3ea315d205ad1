"""Comparisons in a real browser: two targets, two takes, and blind ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import grave_findings
from exhibit import Exhibit, at, exhibit, loaded, opened, until

from imagebuild import Task

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TRANSFORMS = "[...document.querySelectorAll('.compared .sheet')].map((node) => node.style.transform)"
NAMES = ("Candidate", "candidate", "hero", "$", "take", "picked")


def submitted(page: Page, studio: Exhibit) -> list[Task]:
    """What was asked for, once there is something."""
    until(page, lambda: studio.submitted, "the task")
    return studio.submitted


def test_two_targets_stand_side_by_side_with_what_differs(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/compare/boat/tall") as (page, _seen):
        assert page.locator(".compared .side figcaption").all_inner_texts() == ["boat", "tall"]
        assert page.locator(".prompt del").all_inner_texts() == ["boat in the hills"]
        assert page.locator(".prompt ins").all_inner_texts() == ["tower"]
        rows = dict(row.split("\t", 1) for row in page.locator("tbody tr").all_inner_texts())
        assert rows["provider"] == "painter\tsketch"
        assert rows["size"] == "–\t400x900"
        assert rows["dimensions"] == "1200 × 800\t400 × 900"
        assert "type" not in rows
        page.keyboard.press("2")
        assert "proportions differ" in page.locator(".compared").inner_text()
        assert page.locator(".compared .side").count() == 2


def test_both_ways_to_write_the_address_show_the_same(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/compare?a=hero&b=boat") as (page, _seen):
        title = page.locator("h1").inner_text()
        at(page, line, "#/compare/hero/boat")
        assert page.locator("h1").inner_text() == title == "hero and boat"


def test_two_takes_of_one_target_are_compared_from_its_history(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/target/hero") as (page, _seen):
        page.click("a[aria-label='Compare with now: picture 1']")
        page.wait_for_selector("#view[data-ready^=compare]")
        assert page.locator("h1").inner_text() == "Picture 1 and Picture 3 (live)"
        rows = dict(row.split("\t", 1) for row in page.locator("tbody tr").all_inner_texts())
        assert rows["cost"] == "–\t$0.04"
        page.keyboard.press("Escape")
        page.wait_for_selector("#view[data-ready='target hero']")


def test_zoom_and_pan_move_both_pictures(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/compare/hero/boat") as (page, _seen):
        loaded(page, ".compared .sheet")
        page.keyboard.press("z")
        first, second = page.evaluate(TRANSFORMS)
        assert first == second != ""
        box = page.locator(".compared .frame >> nth=1").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 200, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 140, box["y"] + 180)
        page.mouse.up()
        moved = page.evaluate(TRANSFORMS)
        assert moved[0] == moved[1] != first
        page.keyboard.press("3")
        assert page.evaluate(TRANSFORMS)[0] == page.evaluate(TRANSFORMS)[1] != ""
        page.keyboard.press("0")
        assert page.evaluate(TRANSFORMS) == ["", ""]


def test_slider_and_difference_have_keys(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/compare/hero/boat") as (page, _seen):
        page.keyboard.press("2")
        page.focus(".compared .slider input[type=range]")
        page.keyboard.press("ArrowRight")
        assert page.locator(".compared .slider input").input_value() == "51"
        page.keyboard.press("3")
        blended = "getComputedStyle(document.querySelectorAll('.blend img')[1]).mixBlendMode"
        assert page.evaluate(blended) == "difference"
        assert page.locator(".modes [aria-pressed=true]").inner_text().startswith("Difference")
        page.keyboard.press("1")
        assert page.locator(".compared .side").count() == 2


def test_a_picture_that_is_gone_is_told(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, f"#/compare/hero?a={'0' * 64}&b=1") as (page, _seen):
        assert "not here" in page.locator("main .warn").inner_text()
        page.click("main a")
        page.wait_for_selector(".card")


def test_a_blind_comparison_names_nothing_ranks_at_the_end_and_picks(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line):
        view = studio.views["hero"]
        best = view.stages[0].candidates[1].picture
        assert best is not None
        with opened(chromium, line, "#/blind/hero") as (page, _seen):
            text = page.locator(".blind").inner_text()
            assert not [name for name in NAMES if name in text]
            assert page.locator("progress").get_attribute("max") == "1"  # the rejected one takes no part
            sides = [image.get_attribute("src") or "" for image in page.query_selector_all(".choice img")]
            page.keyboard.press("ArrowRight" if best.digest in sides[1] else "ArrowLeft")
            page.wait_for_selector(".ranking")
            places = page.locator(".ranking li").all_inner_texts()
            assert [place.split("\n")[:2] for place in places] == [
                ["Candidate 2", "1 win of 1"],
                ["Candidate 1", "0 wins of 1"],
            ]
            page.click("button:has-text('Pick it')")
            assert submitted(page, studio) == [Task("pick", ("hero",), candidate=2)]
            page.wait_for_selector("#view[data-ready='target hero']")


def test_ties_and_second_thoughts_count(chromium: Browser, tmp_path: Path) -> None:
    where = "#/blind?id=hero&id=boat&ids=tall"
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, where) as (page, _seen):
        assert page.locator("[role=status]:has-text('Pair 1 of 3')").count() == 1
        page.keyboard.press("ArrowLeft")
        page.wait_for_selector("text=Pair 2 of 3")
        page.keyboard.press("Backspace")
        page.wait_for_selector("text=Pair 1 of 3")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.wait_for_selector(".ranking")
        assert [row.split("\n")[1] for row in page.locator(".ranking li").all_inner_texts()] == [
            "0 wins of 2, 2 ties"
        ] * 3
        assert page.locator(".ranking li").evaluate_all("all => all.map((each) => each.dataset.place)") == ["1"] * 3
        assert page.locator("button:has-text('Pick it')").count() == 0
        page.click("button:has-text('Once more')")
        page.wait_for_selector("text=Pair 1 of 3")
        assert studio.submitted == []


def test_takes_of_a_target_are_compared_blindly_and_the_best_brought_back(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, "#/target/hero") as (page, _seen):
        page.click("a:has-text('Compare takes blindly')")
        page.wait_for_selector(".choice")
        first = studio.views["hero"].history[0].digest
        sides = [image.get_attribute("src") or "" for image in page.query_selector_all(".choice img")]
        page.locator(".choice").nth(int(first in sides[1])).click()
        page.click(".ranking li >> nth=0 >> button:has-text('Pick it')")
        assert submitted(page, studio) == [Task("restore", ("hero",), picture=first)]


def test_sides_are_left_to_chance(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/blind/hero") as (page, _seen):
        lefts = set()
        for _ in range(40):  # that all are the same happens once in 2**39
            lefts.add(page.locator(".choice img >> nth=0").get_attribute("src"))
            page.keyboard.press("ArrowLeft")
            page.click("button:has-text('Once more')")
        assert len(lefts) == 2


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 390)])
def test_everybody_can_compare_on_any_screen(chromium: Browser, tmp_path: Path, *, dark: bool, width: int) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/", dark=dark, width=width) as (page, _seen):
        for where, key in (("compare/hero/boat", "1"), ("compare/hero/boat", "2"), ("compare/hero/boat", "3")):
            at(page, line, f"#/{where}")
            page.keyboard.press(key)
            assert grave_findings(page) == [], (where, key)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (where, key)
        at(page, line, "#/blind/hero")
        assert grave_findings(page) == []
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(".ranking")
        assert grave_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
