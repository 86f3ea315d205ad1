"""A made-up project with all that a target's page can show, behind the real server, open in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from browser import Visit, visit
from live import Line, MadeUpStudio, served
from msgspec.structs import replace

from imagebuild import (
    CandidateView,
    CheckView,
    HistoryView,
    OutputView,
    Overview,
    PictureView,
    PriceView,
    StageView,
    StoredPicture,
    TargetCard,
    TargetView,
    Task,
    TaskState,
)
from imagebuild.cost import Cost
from imagebuild.digest import Json
from imagebuild.testing import png

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["Exhibit", "at", "exhibit", "loaded", "opened", "until"]

OPTIONS: dict[str, Json] = {"size": "1200x800", "quality": "high"}


class Exhibit(MadeUpStudio):
    """``hero`` with candidates and an edit, ``boat`` with a newer picture, ``tall``, and ``gap`` without a picture."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ())
        self.affordable = True
        self.refusal: str | None = None
        for view in (self._hero(), self._boat(), self._tall()):
            self.views[view.card.id] = view
        self.cards = {view.card.id: view.card for view in self.views.values()}
        self.cards["gap"] = TargetCard("gap", "gap", "missing", None, ("not made yet",), waits="$0.04")

    def paint(self, shade: int, width: int = 1200, height: int = 800) -> PictureView:
        """A picture of one colour that may be asked for."""
        known = self.add(png(width, height, (shade, 90, 160)), "image/png")
        return replace(known, width=width, height=height)

    def overview(self) -> Overview:
        """All cards, and a cap that is not used up."""
        return replace(super().overview(), cap_usd=1.0 if self.affordable else None)

    def partial(self, file: str) -> StoredPicture:
        """Any partial picture: there is one."""
        return self.pictures[self.paint(30).digest]

    def price(self, task: Task) -> PriceView:
        """Four cents, whether there is room for them or not."""
        return PriceView(Cost.exactly(0.04), "$0.04", self.affordable, 1)

    def submit(self, task: Task) -> TaskState:
        """Remember the task; it is done at once, or fails with ``refusal``."""
        done = super().submit(task)
        if self.refusal:
            return replace(done, state="failed", message=self.refusal, hint="try it again")
        if task.kind == "pick" and task.candidate:
            self.pick(task.targets[0], task.candidate)
        return done

    def pick(self, name: str, number: int) -> None:
        """Another candidate is the picked one; the page hears of it."""
        view = self.views[name]
        first = view.stages[0]
        candidates = tuple(replace(each, picked=each.number == number) for each in first.candidates)
        self.views[name] = replace(view, stages=(replace(first, candidates=candidates), *view.stages[1:]))
        self.emit("targets", ids=[name])

    def _hero(self) -> TargetView:
        first, second, third, edited, small = (self.paint(shade) for shade in (200, 170, 140, 110, 80))
        stages = (
            StageView(
                0,
                "generate",
                "painter",
                "buy",
                ("prompt: 'a hill' -> 'a hero'",),
                written="a hero in {{ place }}",
                prompt="a hero in the hills",
                revised="a tall hero in the green hills",
                options=OPTIONS,
                inputs=("style.png",),
                model="painter-2",
                cost_usd=0.12,
                price="$0.12",
                pictures=(first,),
                candidates=tuple(
                    CandidateView(number, picture, number == 1, "rejected" if number == 3 else None, 0.04)
                    for number, picture in enumerate((first, second, third), 1)
                ),
            ),
            StageView(1, "edit", "painter", "cached", prompt="add snow", cost_usd=0.04, pictures=(edited,)),
            StageView(2, "step", "resize", "cached", options={"width": 600}, pictures=(small,)),
        )
        card = TargetCard(
            "hero",
            "hero",
            "stale",
            "unreviewed",
            ("the prompt is another: 'a hill' -> 'a hero'",),
            small,
            ("blog",),
            "A hero in the hills",
            "painter",
            "a hero in the hills",
            3,
        )
        outputs = tuple(
            OutputView(
                f"images/hero-{width}.webp",
                "old" if width == 480 else "written",
                replace(small, media_type="image/webp", width=width, height=width * 2 // 3, bytes=width * 40),
                {"width": width, "format": "webp"},
            )
            for width in (480, 960, 1920)
        )
        history = (
            HistoryView(1, second.digest, "2026-03-01T10:00:00Z", 0, 1, 1, "", "", "painter", picture=second),
            HistoryView(2, first.digest, "2026-03-02T10:00:00Z", 0, 1, 2, "base", "", "painter", picture=first),
            HistoryView(
                3, small.digest, "2026-03-03T10:00:00Z", 1, 1, 1, "live", "", "painter", cost_usd=0.04, picture=small
            ),
        )
        checks = (CheckView("min_size", "failed", "measured 600x400, wanted 800x600"), CheckView("text", "passed"))
        return TargetView(
            card, stages, checks, outputs, history, None, "unreviewed", True, False, "imagebuild.yaml:4:3"
        )

    def _boat(self) -> TargetView:
        live, waiting = self.paint(60), self.paint(40)
        card = TargetCard("boat", "boat", "stale", "approved", (), live, ("blog",), newer=True, frozen=True)
        stage = StageView(0, "generate", "painter", "cached", prompt="a boat in the hills", pictures=(live,))
        return TargetView(card, (stage,), waiting=waiting, decorative=True)

    def _tall(self) -> TargetView:
        picture = self.paint(20, 400, 900)
        card = TargetCard("tall", "tall", "fresh", None, (), picture)
        stage = StageView(0, "generate", "sketch", "cached", prompt="a tower", options={"size": "400x900"})
        return TargetView(card, (replace(stage, pictures=(picture,)),))


@contextmanager
def exhibit(folder: Path) -> Iterator[tuple[Exhibit, Line]]:
    """The exhibit behind the real server."""
    studio = Exhibit(folder / "state")
    with served(studio) as line:
        yield studio, line


@contextmanager
def opened(
    chromium: Browser, line: Line, where: str, *, dark: bool = False, width: int = 1280
) -> Iterator[tuple[Page, Visit]]:
    """The page at ``where``, such as ``#/target/hero``; nothing may be complained of until the end."""
    with visit(chromium, line.address, dark=dark, width=width) as seen:
        seen.page.wait_for_selector(".card .shot")
        at(seen.page, line, where)
        yield seen.page, seen
        assert seen.complaints == []


def at(page: Page, line: Line, where: str) -> None:
    """Go to an address within the page, and wait for it."""
    kind = where.removeprefix("#/").partition("/")[0].partition("?")[0] or "grid"
    page.goto(f"{line.origin}/{where}")
    page.wait_for_selector(f"#view[data-ready^={kind}]")


def until(page: Page, holds: Callable[[], object], what: str = "it") -> None:
    """Wait for something that no selector tells."""
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{what} did not come")


def loaded(page: Page, images: str) -> None:
    """Wait until all pictures of a selector are there."""
    ready = "all => all.length > 0 && all.every((each) => each.complete && each.naturalWidth > 0)"
    until(page, lambda: page.locator(images).evaluate_all(ready), images)
