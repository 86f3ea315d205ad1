"""The page of one target in a real browser: what it tells, and what keys and clicks have done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import grave_findings
from exhibit import Exhibit, at, exhibit, loaded, opened, until

from imagebuild import Task

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERO = "#/target/hero"


def done(page: Page, studio: Exhibit, count: int = 1) -> Task:
    """The last task, once so many were submitted and the page has said so."""
    until(page, lambda: len(studio.submitted) >= count, "the task")
    assert len(studio.submitted) == count
    return studio.submitted[-1]


def test_it_tells_the_reasons_prompts_options_and_costs(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        assert page.locator(".head .reasons").inner_text() == "the prompt is another: 'a hill' -> 'a hero'"
        first = page.locator(".stages .fact >> nth=0")
        text = first.inner_text()
        for part in ("a hero in {{ place }}", "a hero in the hills", "painter-2", "cost $0.12", "would pay $0.12"):
            assert part in text
        assert first.locator("ins").all_inner_texts() == ["tall", "green"]
        rows = first.locator(".options tr").all_inner_texts()
        assert [row.split() for row in rows] == [["size", "1200x800"], ["quality", "high"], ["inputs", "style.png"]]
        facts = page.locator(".facts").inner_text()
        for part in ("generated", "unreviewed", "measured 600x400, wanted 800x600", "imagebuild.yaml:4:3"):
            assert part in facts


def test_words_that_are_gone_are_struck_before_those_that_came(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        shown = page.evaluate(
            """async () => {
              const { difference } = await import("/site/words.js");
              const told = (a, b) => {
                const tag = (node) => (typeof node === "string" ? node : `<${node.tagName} ${node.textContent}>`);
                return difference(a, b).map(tag).join("");
              };
              const many = Array.from({ length: 900 }, (_, at) => `a${at}`).join(" ");
              const others = many.replaceAll("a", "b");
              return [told("a red car", "a blue car"), told("same", "same"), told("", "new"), told("one two", "two"),
                told(`x ${many} y`, `x ${others} y`).match(/<INS/g).length];
            }"""
        )
        assert shown == ["a <DEL red> <INS blue> car", "same", "<INS new>", "<DEL one> two", 1]


def test_candidate_two_is_picked_by_its_key(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        page.keyboard.press("2")
        assert done(page, studio) == Task("pick", ("hero",), candidate=2)
        page.wait_for_selector(".candidates li:nth-child(2).picked")
        page.keyboard.press("2")
        page.keyboard.press("9")
        page.keyboard.press("3")
        assert done(page, studio, 2) == Task("pick", ("hero",), candidate=3)


def test_a_click_enlarges_a_candidate_and_picks_nothing(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        second = studio.views["hero"].stages[0].candidates[1].picture
        assert second is not None
        page.click("button[aria-label='Enlarge candidate 2']")
        page.wait_for_selector(f'.stage img[src^="/thumb/{second.digest}"]')
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Enlarge candidate 2"
        assert float(page.locator(".candidates .rejected img").evaluate("node => getComputedStyle(node).opacity")) < 1
        page.keyboard.press("Escape")
        page.wait_for_selector(f'.stage img:not([src^="/thumb/{second.digest}"])')
        assert studio.submitted == []
        page.click("button[aria-label='Reject candidate 2']")
        assert done(page, studio) == Task("reject", ("hero",), candidate=2)


@pytest.mark.parametrize(
    ("name", "key", "task"),
    [
        ("hero", "a", Task("approve", ("hero",))),
        ("hero", "d", Task("reject", ("hero",))),
        ("hero", "f", Task("freeze", ("hero",), frozen=True)),
        ("boat", "f", Task("freeze", ("boat",), frozen=False)),
        ("boat", "n", Task("pick", ("boat",))),
    ],
)
def test_each_key_has_its_task_done(chromium: Browser, tmp_path: Path, name: str, key: str, task: Task) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, f"#/target/{name}") as (page, _seen):
        assert page.locator(f".actions kbd:text-is('{key}')").count() == 1
        page.keyboard.press(key)
        assert done(page, studio) == task


def test_a_reroll_is_submitted_only_after_its_price_was_agreed_to(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .amount:text-is('$0.04')")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        assert studio.submitted == []
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .amount")
        page.keyboard.press("r")
        assert done(page, studio) == Task("reroll", ("hero",), max_cost=0.04)
        page.click("button:has-text('Reroll from here')")
        page.wait_for_selector("dialog[open] .amount")
        page.keyboard.press("Enter")
        assert done(page, studio, 2) == Task("reroll", ("hero",), edit=1, max_cost=0.04)


def test_what_cannot_be_paid_is_not_submitted_and_says_why(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line):
        studio.affordable = False
        with opened(chromium, line, HERO) as (page, _seen):
            page.keyboard.press("r")
            assert "--max-cost" in page.locator("dialog[open] .warn").inner_text()
            page.keyboard.press("r")
            page.keyboard.press("Enter")
            page.wait_for_selector("dialog", state="detached")
        assert studio.submitted == []


def test_what_went_wrong_is_told_where_it_was_asked_for(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        studio.refusal = "the lock is held by another build"
        page.keyboard.press("a")
        page.wait_for_selector("#view > [role=alert]:has-text('the lock is held by another build')")
        assert page.locator(".toast.bad").count() == 0
        page.click("button[aria-label='Bring back picture 1']")
        wrong = page.wait_for_selector("section[aria-label=History] [role=alert]:has-text('held by another')")
        assert wrong is not None
        assert "try it again" in wrong.inner_text()
        studio.refusal = None
        page.click("button[aria-label='Bring back picture 1']")
        page.wait_for_selector("section[aria-label=History] [role=alert]:empty", state="attached")


def test_an_earlier_picture_is_restored_from_the_history(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        assert page.locator(".history li").count() == 3
        assert "live" in page.locator(".history li >> nth=0").inner_text()
        page.click("button[aria-label='Bring back picture 1']")
        first = studio.views["hero"].history[0].digest
        assert done(page, studio) == Task("restore", ("hero",), picture=first)


def test_the_line_between_two_stages_moves_by_keys_and_by_pointer(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        page.keyboard.press("c")
        line_at = "document.querySelector('.slider').style.getPropertyValue('--at')"
        page.focus(".slider input[type=range]")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(line_at) == "48%"
        assert page.locator(".slider input").get_attribute("aria-valuetext") == "48 % Generate, 52 % Edit 1"
        page.keyboard.press("Home")
        assert page.evaluate(line_at) == "0%"
        box = page.locator(".slider").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 90)
        page.mouse.up()
        assert 74 <= float(page.evaluate(line_at).rstrip("%")) <= 76
        assert page.locator(".stage .near").count() == 0


def test_any_two_stages_are_before_and_after(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        page.keyboard.press("c")
        assert page.locator(".slider figcaption").all_inner_texts() == ["Generate", "Edit 1"]
        page.select_option("select[aria-label=Before]", label="Edit 1")
        page.select_option("select[aria-label=After]", label="resize")
        assert page.locator(".slider figcaption").all_inner_texts() == ["Edit 1", "resize"]
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "After"
        marks = page.locator(".chain > li").all_inner_texts()
        assert [("before" in mark, "after" in mark) for mark in marks] == [
            (False, False),
            (True, False),
            (False, True),
        ]


def test_the_alt_text_is_reviewed_by_itself(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        page.click("button:has-text('Approve text')")
        assert done(page, studio) == Task("approve", ("hero",), alt=True)
        page.click("button:has-text('Reject text')")
        assert done(page, studio, 2) == Task("reject", ("hero",), alt=True)
        at(page, line, "#/target/boat")
        assert "decorative" in page.locator(".alt").inner_text()
        at(page, line, "#/target/gap")
        assert "missing" in page.locator(".alt").inner_text()


def test_a_picture_is_looked_at_from_nearer_with_all_its_pixels(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, seen):
        card = studio.cards["hero"]
        assert card.picture is not None
        full = f"{line.origin}/picture/{card.picture.digest}"
        assert full not in seen.requests
        loaded(page, ".stage .sheet")
        page.keyboard.press("z")
        page.wait_for_selector(f'.stage .near img[src$="{full}"]')
        assert page.locator(".percent").inner_text() == "100 %"
        with page.expect_response("**/api/target?*"):
            studio.emit("targets", ids=["hero"])
        assert page.locator(".percent").inner_text() == "100 %"
        page.keyboard.press("0")
        page.wait_for_selector(".stage .frame:not(.near)")
        page.hover(".stage .frame")
        page.keyboard.down("Control")
        page.mouse.wheel(0, -300)
        page.keyboard.up("Control")
        page.wait_for_selector(".stage .frame.near")
        page.click(".stage .frame")
        page.wait_for_selector(".stage .frame:not(.near)")
        page.focus(".stage .frame")
        page.keyboard.press("+")
        page.keyboard.press("ArrowRight")
        moved = page.locator(".stage .sheet").evaluate("node => node.style.transform")
        assert "translate(-60px" in moved
        assert page.locator("h1").inner_text() == "hero"


def test_two_fingers_bring_a_picture_nearer(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        loaded(page, ".stage .sheet")
        box = page.locator(".stage .frame").bounding_box()
        assert box is not None
        middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch = page.context.new_cdp_session(page)
        for kind, apart in (("touchStart", 60), ("touchMove", 90), ("touchMove", 150), ("touchEnd", None)):
            sides = () if apart is None else (-apart, apart)
            points = [{"x": middle + side, "y": height, "id": at} for at, side in enumerate(sides)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_selector(".stage .frame.near")
        grown = page.locator(".stage .sheet").evaluate("node => node.style.transform")
        assert 2.0 < float(grown.partition("scale(")[2].rstrip(")")) < 3.0


def test_the_wheel_scrolls_the_page_until_a_picture_is_near(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        page.hover(".stage .frame")
        page.mouse.wheel(0, 200)
        until(page, lambda: page.evaluate("scrollY") > 100, "the scrolling")
        assert page.locator(".stage .near").count() == 0


def test_a_picture_in_the_making_streams_in_with_its_stage_and_time(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (studio, line), opened(chromium, line, HERO) as (page, _seen):
        about = {"target": "hero", "kind": "edit", "plugin": "painter", "stage": 1, "candidate": 1}
        studio.emit("started", **about)
        page.wait_for_selector(".stage .making:has-text('Edit 1 with painter')")
        assert page.locator(".stage [data-since]").inner_text().endswith(" s")
        studio.emit("partial", target="hero", stage=1, candidate=1, index=0, file="a.png")
        page.wait_for_selector('.stage img[src^="/partial/a.png"]')
        loaded(page, ".stage .partial")
        studio.emit("partial", target="hero", stage=1, candidate=1, index=1, file="b.png")
        page.wait_for_selector('.stage img[src^="/partial/b.png"]')
        loaded(page, ".stage .partial")
        studio.emit("finished", verdict="buy", cost_usd=0.04, seconds=1.0, **about)
        page.wait_for_selector('.stage img[src^="/thumb/"]')
        assert page.locator(".stage .making").count() == 0


def test_previews_name_the_file_that_a_visitor_gets(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO) as (page, _seen):
        taken = page.locator(".screens code")
        assert taken.all_inner_texts() == ["hero-960.webp", "hero-1920.webp", "hero-1920.webp"]
        assert "stretched 1.5×" in page.locator(".screens li >> nth=2").inner_text()
        page.check(".chooser input[value='1']")
        assert taken.all_inner_texts() == ["hero-480.webp", "hero-960.webp", "hero-1920.webp"]
        page.select_option(".chooser select", label="a third of it")
        assert taken.all_inner_texts() == ["hero-480.webp", "hero-480.webp", "hero-480.webp"]
        assert "not up to date" in page.locator(".files li >> nth=0").inner_text()


def test_next_and_previous_follow_what_the_grid_shows(chromium: Browser, tmp_path: Path) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, "#/?tag=blog&sort=name") as (page, _seen):
        page.wait_for_selector(".count-line:has-text('2 of 4')")
        page.click('.card[data-id="boat"] .shot')
        page.wait_for_selector("#view[data-ready='target boat']")
        page.keyboard.press("k")
        page.keyboard.press("j")
        page.wait_for_selector("#view[data-ready='target hero']")
        assert page.locator("a[aria-label='Next picture']").get_attribute("aria-disabled") == "true"
        page.click("a[aria-label='Previous picture']")
        page.wait_for_selector("#view[data-ready='target boat']")


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 390), (True, 390)])
def test_everybody_can_use_it_on_any_screen(chromium: Browser, tmp_path: Path, *, dark: bool, width: int) -> None:
    with exhibit(tmp_path) as (_, line), opened(chromium, line, HERO, dark=dark, width=width) as (page, _seen):
        for name in ("hero", "boat", "tall", "gap"):
            at(page, line, f"#/target/{name}")
            page.keyboard.press("c")
            assert grave_findings(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
