"""Made-up projects of eight and of ten thousand targets, and their grid in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Visit, visit
from live import Line, MadeUpStudio, a_png, served
from msgspec.structs import replace

from imagebuild import Overview, PictureView, PriceView, ProblemView, StoredPicture, TargetCard, Task
from imagebuild.cost import Cost
from imagebuild.errors import UsageError
from imagebuild.testing import png

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["House", "focused", "house", "ids", "many", "opened", "until"]

PRICE = 0.04  # dollars for another attempt at one target


class House(MadeUpStudio):
    """A project whose spec may be wrong, whose attempts cost the same each, and which has partial pictures."""

    def __init__(self, folder: Path, cards: Sequence[TargetCard] = ()) -> None:
        super().__init__(folder, cards)
        self.problems: tuple[ProblemView, ...] = ()
        self.prices: list[Task] = []

    def overview(self) -> Overview:
        cards = tuple(self.cards.values())
        return Overview("made up", 1, cards, self.problems, cap_usd=1.0, spent_usd=0.25, watching=True)

    @property
    def hearers(self) -> int:
        """How many pages listen."""
        return len(self._hearers)

    def price(self, task: Task) -> PriceView:
        self.prices.append(task)
        cost = Cost.exactly(round(PRICE * len(task.targets), 6))
        return PriceView(cost, str(cost), cost.high <= 0.75, len(task.targets))

    def partial(self, file: str) -> StoredPicture:
        if file != "half.png":
            raise UsageError("there is no such partial picture")
        return next(iter(self.pictures.values()))


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Eight targets, one of each kind."""
    studio = House(tmp_path / "state")
    picture = studio.add(png(80, 60, (200, 40, 40)), "image/png")
    cards = [
        TargetCard("hero", "hero", "fresh", "approved", alt="A hero", tags=("blog",)),
        TargetCard("fox", "fox", "fresh", "unreviewed", prompt="a red fox", candidates=3, tags=("blog",)),
        TargetCard("car", "car", "stale", "approved", reasons=("the prompt is another",), waits="$0.08"),
        TargetCard("moon", "moon", "missing", None, waits="$0.04"),
        TargetCard("boat", "boat", "fresh", "rejected"),
        TargetCard("tree", "tree", "fresh", "unreviewed", failing=("min_size",)),
        TargetCard("star", "star", "frozen", "approved", frozen=True),
        TargetCard("city", "city", "draft", None, prompt="a city, with a fox"),
    ]
    studio.cards = {card.id: replace(card, picture=None if card.state == "missing" else picture) for card in cards}
    return studio


def many(folder: Path, count: int = 10_000) -> House:
    """So many targets, each with a picture of its own."""
    cards = [
        TargetCard(
            f"group/picture-{number:05}",
            f"picture-{number:05}",
            "fresh",
            "unreviewed",
            picture=PictureView(f"{number:064x}", "image/png", 8, 6, 100),
        )
        for number in range(count)
    ]
    studio = House(folder, cards)
    studio.add(a_png(), "image/png")
    stored = next(iter(studio.pictures.values()))
    studio.pictures = {card.picture.digest: stored for card in cards if card.picture}
    return studio


@contextmanager
def opened(chromium: Browser, studio: House, **options: Any) -> Iterator[tuple[Visit, Line]]:
    """The page, once the first cards are there. What was scrolled past, and what a reload cut off, is no complaint."""
    with served(studio) as line, visit(chromium, line.address, **options) as seen:
        seen.page.wait_for_selector(".card .shot")
        yield seen, line
        given_up = (f"failed: {line.origin}/thumb/", f"failed: {line.origin}/api/news")
        assert [each for each in seen.complaints if not each.startswith(given_up)] == []
        assert all(url.startswith(line.origin) for url in seen.requests)


def ids(page: Page) -> list[str]:
    """What the grid shows, in the order of the page."""
    found: list[str] = page.eval_on_selector_all(".card", "cards => cards.map(card => card.dataset.id)")
    return found


def focused(page: Page) -> str | None:
    name: str | None = page.evaluate("document.activeElement.closest('.card')?.dataset.id")
    return name


def until(page: Page, holds: Callable[[], object], what: str) -> None:
    """Wait for something that happens outside of the page."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{what} did not come")
