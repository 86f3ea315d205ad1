"""Texts that try to be more than text do nothing in the live page, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import visit
from hostile import HOSTILE
from live import Line, MadeUpStudio, a_png, served

from imagebuild import (
    CandidateView,
    CheckView,
    HistoryView,
    OutputView,
    PictureView,
    ProblemView,
    StageView,
    TargetCard,
    TargetView,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIVE = (
    *HOSTILE,
    "__proto__",
    "constructor",
    "toString",
    "#/target/other",
    "?id=other&id=more",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "';alert(1);//",
    "${alert(1)}",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    '<iframe srcdoc="<script>alert(1)</script>">',
    "x srcset=https://example.org/a.png 1x",
    "[data-id]{background:url(https://example.org)}",
    "<link rel=preload href=https://example.org/x as=script>",
    "\nevent: task\ndata: {}\n\n",
    "<object data=javascript:alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
)


def written(text: str) -> str:
    """A name may hold no half of a character: YAML refuses it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def card_of(text: str, picture: PictureView) -> TargetCard:
    return TargetCard(
        id=written(text),
        name=text,
        state="stale",
        review="unreviewed",
        reasons=(text, text * 2),
        picture=picture,
        tags=(text,),
        alt=text,
        provider=text,
        prompt=text,
        candidates=2,
        waits=text[:30],
        failing=(text,),
        axes={text: text},
    )


def view_of(card: TargetCard, text: str) -> TargetView:
    assert card.picture is not None
    picture, options = card.picture, {text: text, "list": [text], "nested": {text: {text: text}}}
    stage = StageView(
        0,
        "generate",
        text,
        "cached",
        (text,),
        text,
        f"{text} as it is sent",
        f"{text} as it was revised",
        options,
        (text,),
        text,
        0.04,
        text[:20],
        (picture,),
        (CandidateView(1, picture, picked=True, review=text), CandidateView(2, picture, picked=False)),
    )
    past = [
        HistoryView(number, picture.digest, text, 0, 1, 1, standing, text, text, text, text, picture=picture)
        for number, standing in ((1, text), (2, "live"))
    ]
    return TargetView(
        card,
        (stage, StageView(1, text, text, text, (text,), prompt=text, pictures=(picture,))),
        (CheckView(text, "failed", text, options),),
        (OutputView(text, "edited", picture, {"name": text}),),
        tuple(past),
        picture,
        text,
        spec_place=text,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MadeUpStudio, Line]]:
    studio = MadeUpStudio(Path(tmp_path_factory.mktemp("hostile")), [])
    picture = studio.add(a_png(), "image/png")
    for text in LIVE:
        card = card_of(text, picture)
        studio.cards[card.id] = card
        studio.views[card.id] = view_of(card, text)
    with served(studio) as line:
        yield studio, line


def test_there_are_more_than_fifty_of_them() -> None:
    assert len(set(LIVE)) >= 50


def test_they_are_shown_as_they_are_written_and_do_nothing(chromium: Browser, house: tuple[MadeUpStudio, Line]) -> None:
    studio, line = house
    with visit(chromium, line.address) as seen:
        page = seen.page
        page.wait_for_selector(".card .shot")
        page.evaluate("window.before = Object.keys(window).length")
        for card in studio.cards.values():
            page.evaluate("(id) => { location.hash = `#/target/${encodeURIComponent(id)}` }", card.id)
            shown = "(id) => document.querySelector('h1')?.textContent === id"
            try:
                page.wait_for_function(shown, arg=card.id, timeout=5_000)
            except Exception as error:
                raise AssertionError(f"{card.id!r} is not shown: {page.locator('main').inner_text()[:300]}") from error
            page.wait_for_selector(".chain > li")
            assert page.locator(".prompt").first.text_content() is not None
        page.evaluate("location.hash = '#/'")
        page.wait_for_selector(".card .shot")
        assert page.evaluate("document.querySelectorAll('script, iframe, object, embed, form, base').length") == 1
        assert page.evaluate("Object.keys(window).length - window.before") == 1
        assert seen.complaints == []
        assert all(url.startswith(line.origin) for url in seen.requests)
    assert studio.submitted == []


def test_news_and_problems_are_texts_too(chromium: Browser, house: tuple[MadeUpStudio, Line]) -> None:
    studio, line = house
    with visit(chromium, line.address) as seen:
        page = seen.page
        page.wait_for_selector(".card .shot")
        for text in LIVE:
            studio.emit("notice", message=text, hint=text)
            studio.emit("started", target=text, kind=text, plugin=text, stage=0, candidate=1)
            studio.emit("partial", target=text, stage=0, candidate=1, index=0, file="../../etc/passwd")
            problem = ProblemView(text, text, text, text)
            told = {"message": problem.message, "place": problem.place, "hint": problem.hint, "excerpt": text}
            studio.emit("problems", problems=[told])
            studio.emit("failed", target=text, kind=text, plugin=text, stage=0, candidate=1, message=text)
        page.wait_for_selector("#banner .trouble pre")
        page.wait_for_timeout(200)
        assert [each for each in seen.complaints if "partial" not in each and "404" not in each] == []
        assert all(url.startswith(line.origin) for url in seen.requests)
        assert page.evaluate("document.querySelectorAll('script, iframe, object, embed, form, base').length") == 1
