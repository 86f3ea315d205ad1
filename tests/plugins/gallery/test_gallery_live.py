"""The live gallery in a real browser before real projects: what is clicked stands in the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Visit, grave_findings, visit
from live import Line, MadeUpStudio, on_show, served

from imagebuild import Project, TargetCard
from imagebuild.budget import Budget
from imagebuild.lockfile import Lock
from imagebuild.request import ProviderContext, Request
from imagebuild.studio import ProjectStudio
from imagebuild.testing import World
from imagebuild_devserver.server import DevServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Make = Callable[[Mapping[str, str | bytes]], World]
SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero: {prompt: "a hero in the hills", candidates: 3, tags: [blog], alt: "A hero"}
  car: {prompt: "a red car", edits: ["make it blue"], steps: [mark: {mark: x}], tags: [shop]}
  moon: {prompt: "the moon", provider: sketch}
  star: {prompt: "a star", provider: sketch, tags: [blog]}
"""


@pytest.fixture
def world(project: Make) -> World:
    built = project({"imagebuild.yaml": SPEC})
    built.build()
    return built


def lock(world: World) -> Lock:
    return Lock.read(world.root / "imagebuild.lock")


@contextmanager
def opened(chromium: Browser, line: Line, **options: object) -> Iterator[Visit]:
    """The page, once the first cards are there; nothing may be complained of."""
    with visit(chromium, line.address, **options) as seen:  # type: ignore[arg-type]  # options of visit
        seen.page.wait_for_selector(".card .shot")
        yield seen
        left = tuple(f"failed: {line.origin}/{path}" for path in ("api/news", "site/mark.svg", "thumb/"))
        assert [each for each in seen.complaints if not each.startswith(left)] == []  # those a reload cut off
        assert all(url.startswith((line.origin, "data:", "blob:")) for url in seen.requests)


def ids(page: Page) -> list[str]:
    """What the grid shows, in its order."""
    cards = page.query_selector_all(".card")
    placed = sorted(
        (int(card.get_attribute("aria-posinset") or 0), card.get_attribute("data-id") or "") for card in cards
    )
    return [name for _, name in placed]


def until(page: Page, holds: Callable[[], object], what: str = "it") -> None:
    """Wait for something that happens outside of the page."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{what} did not come")


def test_it_shows_every_target_and_its_state(chromium: Browser, world: World) -> None:
    world.edit("imagebuild.yaml", "the moon", "the new moon").edit("imagebuild.yaml", "a red car", "a green car")
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        assert ids(page) == ["hero", "car", "moon", "star"]
        assert page.locator('[data-id="moon"] .badges').inner_text().strip() == "stale"
        assert "$0.08" in page.locator('[data-id="car"] .badges').inner_text()
        assert "3 candidates" in page.locator('[data-id="hero"] .badges').inner_text()


def test_the_token_leaves_the_address(chromium: Browser, world: World) -> None:
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        assert line.token not in seen.page.url
        assert seen.page.evaluate("document.cookie") == ""


def test_filters_and_search_narrow_the_grid(chromium: Browser, world: World) -> None:
    world.edit("imagebuild.yaml", "the moon", "the new moon")
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.click('.chip[data-state="stale"]')
        assert ids(page) == ["moon"]
        page.click('.chip[data-state="all"]')
        page.select_option('select[aria-label="Tag"]', "blog")
        assert ids(page) == ["hero", "star"]
        page.select_option('select[aria-label="Tag"]', "")
        page.keyboard.press("/")
        page.keyboard.type("red CAR")
        assert ids(page) == ["car"]
        page.reload()
        page.wait_for_selector(".card")
        assert ids(page) == ["car"]
        page.fill("input[type=search]", "nothing like it")
        page.wait_for_selector(".empty")


def test_a_target_is_opened_by_keyboard_and_tells_how_it_came_to_be(chromium: Browser, world: World) -> None:
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.focus(".card .shot")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:text('car')")
        assert page.locator(".chain > li").count() == 3
        text = page.locator("main").inner_text()
        for part in ("a red car", "make it blue", "Edit 1", "mark", "recorder-1", "images/car.png"):
            assert part in text
        page.keyboard.press("c")
        slider = page.wait_for_selector(".slider input, .pair")
        assert slider is not None
        page.keyboard.press("j")
        page.wait_for_selector("h1:text('moon')")
        page.keyboard.press("k")
        page.wait_for_selector("h1:text('car')")
        page.keyboard.press("Escape")
        page.wait_for_selector(".card")
        assert page.evaluate("document.activeElement.closest('.card')?.dataset.id") == "car"


def test_candidate_two_is_picked_by_its_key(chromium: Browser, world: World) -> None:
    before = world.read("images/hero.png")
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/target/hero")
        page.wait_for_selector("#view[data-ready^=target]")
        page.keyboard.press("2")
        until(page, lambda: lock(world).lines["hero", 0, 2].picked, "the pick")
        page.wait_for_selector(".candidates li:nth-child(2).picked")
        until(page, lambda: world.read("images/hero.png") != before, "the file")
        page.click(".toast button:has-text('Undo')")
        until(page, lambda: lock(world).lines["hero", 0, 1].picked, "the undo")
        until(page, lambda: world.read("images/hero.png") == before, "the file of before")


def test_pictures_are_approved_in_bulk(chromium: Browser, world: World) -> None:
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.click('[data-id="hero"] .tick')
        page.click('[data-id="moon"] .tick', modifiers=["Shift"])
        assert page.locator(".bulk strong").inner_text() == "3 selected"
        page.click(".bulk button:has-text('Approve')")
        page.wait_for_selector('[data-id="car"] .badge:has-text("approved")')
    assert [lock(world).lines[slot].review for slot in (("hero", 0, 1), ("car", 1, 1), ("moon", 0, 1))] == [
        "approved"
    ] * 3


def test_a_reroll_shows_its_price_first_and_keeps_to_the_cap(chromium: Browser, world: World) -> None:
    world.forget()
    with on_show(world, cap=0.10) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/target/car")
        page.wait_for_selector("#view[data-ready^=target]")
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .amount")
        assert page.locator(".amount").inner_text() == "$0.08"
        assert world.provider.calls == []
        page.keyboard.press("Escape")
        assert world.provider.calls == []
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .amount")
        page.keyboard.press("r")
        until(page, lambda: lock(world).lines["car", 0, 1].take == 2, "the new attempt")
        page.wait_for_selector(".toast:has-text('made anew')")
        assert len(world.provider.calls) == 2
        page.wait_for_selector(".money:has-text('$0.08 of $0.10')")
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .warn")
        assert page.locator("dialog[open] .button.main").count() == 0
        page.keyboard.press("r")
        page.keyboard.press("Enter")
    assert len(world.provider.calls) == 2


def test_an_edit_alone_is_made_anew_and_that_is_taken_back(chromium: Browser, world: World) -> None:
    before = world.read("images/car.png")
    world.forget()
    with on_show(world, cap=1.0) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/target/car")
        page.click("button:has-text('Reroll from here')")
        page.wait_for_selector("dialog[open] .amount")
        assert page.locator(".amount").inner_text() == "$0.04"
        page.click("dialog[open] .button.main")
        page.wait_for_selector(".toast:has-text('made anew')")
        assert world.provider.prompts == ["make it blue"]
        assert world.read("images/car.png") != before
        page.click(".toast button:has-text('Undo')")
        until(page, lambda: world.read("images/car.png") == before, "the picture of before")


def test_nothing_is_bought_without_a_cap(chromium: Browser, world: World) -> None:
    world.forget()
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        seen.page.goto(f"{line.origin}/#/target/hero")
        seen.page.wait_for_selector("#view[data-ready^=target]")
        seen.page.keyboard.press("r")
        seen.page.wait_for_selector("dialog[open] .warn:has-text('--max-cost')")
        status, _ = line_of(line).post({"kind": "reroll", "targets": ["hero"], "max_cost": 99})
        assert status == 202
        until(seen.page, lambda: any(each["state"] == "failed" for each in line_of(line).json("/api/tasks")))
    assert world.provider.calls == []


def line_of(line: Line) -> Line:
    """Another way to the same server, with a cookie of its own."""
    other = Line(line.address, line.token)
    other.enter()
    return other


def test_people_choose_while_a_picture_is_being_bought(chromium: Browser, world: World) -> None:
    begun, go = threading.Event(), threading.Event()

    def answer(request: Request, context: ProviderContext) -> None:
        begun.set()
        assert go.wait(20)

    world.provider.answer = answer
    with on_show(world, cap=1.0) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/target/car")
        page.wait_for_selector("#view[data-ready^=target]")
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open] .button.main")
        page.keyboard.press("r")
        until(page, begun.is_set, "the call")
        page.wait_for_selector(".stage .making")
        page.goto(f"{line.origin}/#/target/hero")
        page.wait_for_selector('#view[data-ready="target hero"]')
        page.keyboard.press("a")
        until(page, lambda: lock(world).lines["hero", 0, 1].review == "approved", "the approval")
        assert lock(world).lines["car", 0, 1].take == 1
        go.set()
        until(page, lambda: lock(world).lines["car", 0, 1].take == 2, "the new attempt")


def test_an_earlier_picture_is_brought_back(chromium: Browser, world: World) -> None:
    first = world.read("images/car.png")
    world.build("car", reroll=True)
    assert world.read("images/car.png") != first
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        seen.page.goto(f"{line.origin}/#/target/car")
        seen.page.click(".history li:has-text('Picture 2') button:has-text('Bring back')")
        until(seen.page, lambda: world.read("images/car.png") == first, "the picture of before")


def test_freezing_and_the_newer_picture_beside_an_approved_one(chromium: Browser, world: World) -> None:
    world.open().approve(["car"])
    approved = world.read("images/car.png")
    world.edit("imagebuild.yaml", "make it blue", "make it green")
    world.build()
    assert world.read("images/car.png") == approved
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/target/car")
        page.click("button:has-text('Newer beside approved')")
        page.wait_for_selector(".stage .slider, .stage .pair")
        page.keyboard.press("n")
        until(page, lambda: world.read("images/car.png") != approved, "the newer picture")
        page.keyboard.press("f")
        until(page, lambda: lock(world).lines["car", 1, 1].frozen, "the freeze")
        page.wait_for_selector("button:has-text('Unfreeze')")


def test_partial_pictures_stream_in_from_the_service(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "imagebuild.yaml").write_text(
        "version: 1\ndefaults: {provider: openai, options: {size: 1024x1024, quality: low}}\n"
        "providers: {openai: {partial_images: 2}}\ntargets:\n  fox: {prompt: a fox}\n",
        "utf-8",
    )
    with DevServer(draw="plain", seconds=1.5) as service:
        environ = {
            "OPENAI_BASE_URL": service.url,
            "OPENAI_API_KEY": service.key,
            "IMAGEBUILD_OPENAI_PROFILE": "openai",
        }
        project = Project.open(tmp_path, home=tmp_path / "home", environ=environ)
        studio = ProjectStudio(project, budget=Budget(5.0))
        try:
            with served(studio) as line, opened(chromium, line) as seen:
                page = seen.page
                page.goto(f"{line.origin}/#/target/fox")
                page.click(".actions button:has-text('Build')")
                page.wait_for_selector("dialog[open] .amount")
                page.keyboard.press("r")
                page.wait_for_selector('.stage img[src^="/partial/"]', timeout=30_000)
                page.wait_for_selector('.stage img[src^="/thumb/"]', timeout=30_000)
                until(page, lambda: (tmp_path / "images/fox.png").exists(), "the picture")
        finally:
            studio.close()
    assert ("fox", 0, 1) in Lock.read(tmp_path / "imagebuild.lock").lines


def test_a_broken_spec_is_told_and_the_pictures_stay(chromium: Browser, world: World) -> None:
    from imagebuild.watch.follower import Follower

    with on_show(world) as (studio, line), opened(chromium, line) as seen:
        follower = Follower(world.open(), listen=studio.hear, changed=studio.refresh)
        try:
            world.edit("imagebuild.yaml", "tags: [shop]", "tagz: [shop]")
            until(
                seen.page, lambda: (follower.wait(0.1), seen.page.locator("#banner .trouble").count())[1], "the banner"
            )
            assert "tagz" in seen.page.locator("#banner").inner_text()
            assert len(ids(seen.page)) == 4
            world.edit("imagebuild.yaml", "tagz: [shop]", "tags: [store]")
            until(
                seen.page, lambda: (follower.wait(0.1), not seen.page.locator("#banner .trouble").count())[1], "the end"
            )
            seen.page.wait_for_selector('select[aria-label="Tag"] option[value="store"]', state="attached")
        finally:
            follower.close()


def test_two_targets_and_two_takes_are_compared(chromium: Browser, world: World) -> None:
    world.build("car", reroll=True)
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.click('[data-id="hero"] .tick')
        page.click('[data-id="car"] .tick')
        page.keyboard.press("c")
        page.wait_for_selector(".compared img")
        assert page.locator(".compared img").count() == 2
        assert "a red car" not in page.locator(".prompt ins").all_inner_texts()
        assert "red" in "".join(page.locator(".prompt ins").all_inner_texts())
        for key in ("2", "3", "1", "z"):
            page.keyboard.press(key)
        assert grave_findings(page) == []
        page.goto(f"{line.origin}/#/target/car")
        page.click(".history a:has-text('Compare with now') >> nth=0")
        page.wait_for_selector(".compared img")


def test_a_blind_comparison_names_nothing_until_its_end_and_picks_the_winner(chromium: Browser, world: World) -> None:
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        page = seen.page
        page.goto(f"{line.origin}/#/blind/hero")
        page.wait_for_selector(".choice")
        assert grave_findings(page) == []
        digests = {number: lock(world).lines["hero", 0, number].digest for number in (1, 2, 3)}
        for _ in range(3):
            assert "andidate" not in page.locator(".blind").inner_text()
            sides = [image.get_attribute("src") or "" for image in page.query_selector_all(".choice img")]
            best = next((index for index, side in enumerate(sides) if digests[3] in side), 0)
            page.keyboard.press("ArrowRight" if best else "ArrowLeft")
        page.wait_for_selector(".ranking")
        assert page.locator(".ranking li >> nth=0").inner_text().startswith("Candidate 3")
        page.click(".ranking li >> nth=0 >> button:has-text('Pick it')")
        until(page, lambda: lock(world).lines["hero", 0, 3].picked, "the pick")


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 360), (True, 320)])
def test_every_page_is_open_to_everybody_and_fits(chromium: Browser, world: World, *, dark: bool, width: int) -> None:
    world.edit("imagebuild.yaml", "the moon", "the new moon")
    with on_show(world, cap=1.0) as (_, line), opened(chromium, line, dark=dark, width=width) as seen:
        page = seen.page
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, ground.strip("rgb()").split(","))) < 380) == dark
        for where, there in (
            ("#/", ".card"),
            ("#/target/hero", ".candidates"),
            ("#/target/car", ".chain"),
            ("#/compare?a=hero&b=car", ".compared"),
            ("#/blind/hero", ".choice"),
        ):
            page.goto(f"{line.origin}/{where}")
            page.wait_for_selector(there)
            assert grave_findings(page) == [], where
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        page.goto(f"{line.origin}/#/target/car")
        page.wait_for_selector("#view[data-ready^=target]")
        page.keyboard.press("r")
        page.wait_for_selector("dialog[open]")
        assert grave_findings(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.wait_for_selector("dialog[open] .keys")
        assert grave_findings(page) == []


def test_light_and_dark_can_be_chosen_and_stay(chromium: Browser, world: World) -> None:
    with on_show(world) as (_, line), opened(chromium, line) as seen:
        seen.page.keyboard.press("t")
        assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
        seen.page.reload()
        seen.page.wait_for_selector(".card")
        assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_ten_thousand_targets_are_never_all_in_the_page(chromium: Browser, tmp_path: Path) -> None:
    cards = [
        TargetCard(id=f"t{number}", name=f"t{number}", state="fresh", review=None, prompt=f"picture {number}")
        for number in range(10_000)
    ]
    studio = MadeUpStudio(tmp_path / "state", cards)
    with served(studio) as line, opened(chromium, line) as seen:
        page = seen.page
        most = 0
        for _ in range(20):
            page.mouse.wheel(0, 9_000)
            page.wait_for_timeout(30)
            most = max(most, page.locator(".card").count())
        assert most < 150
        page.focus(".card .shot")
        page.keyboard.press("End")
        page.wait_for_selector('[data-id="t9999"]')
        assert page.evaluate("document.activeElement.closest('.card')?.dataset.id") == "t9999"
        assert page.locator(".card").count() < 150
        page.keyboard.press("/")
        page.keyboard.type("picture 77")
        assert page.locator(".count-line").inner_text() == "280 of 10000 pictures"


def test_the_page_goes_on_when_the_server_is_there_again(chromium: Browser, tmp_path: Path) -> None:
    studio = MadeUpStudio(tmp_path / "state", [TargetCard(id="a", name="a", state="fresh", review=None)])
    with served(studio) as line, visit(chromium, line.address) as seen:
        seen.page.wait_for_selector(".card")
        studio.emit("notice", message="a word from the project", hint="and a hint")
        seen.page.wait_for_selector(".toast:has-text('a word from the project')")
    # outside of the block the server is gone; nothing is left to see but that closing it ended every stream
