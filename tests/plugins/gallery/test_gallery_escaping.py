"""Whatever a text holds, on the page it is text."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import visit
from hostile import HOSTILE, PICTURE, hostile_image, publish_hostile
from parsed import Parsed, page_of

from imagebuild import Image, Manifest
from imagebuild.testing import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DIGEST = hashlib.sha256(PICTURE).hexdigest()


def parsed(root: Path, image: Image, title: str) -> Parsed:
    desk = Desk(root, {"picture": PICTURE})
    publish_hostile(desk, Manifest(title, {image.id: image}), title=title)
    return Parsed(page_of(root))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_a_tag_an_attribute_or_a_rule(text: str, tmp_path: Path) -> None:
    # A plain text of the same length leaves out and cuts what this one does.
    plain = parsed(tmp_path / "plain", hostile_image("a b" + "c" * len(text), DIGEST), "a b")
    found = parsed(tmp_path / "hostile", hostile_image(text, DIGEST), text)
    assert found.shapes <= plain.shapes
    assert found.style.count("{") == plain.style.count("{")
    assert "example.org" not in found.style
    links = [value for _, attributes in found.tags for name, value in attributes.items() if name in ("href", "src")]
    assert all(link.startswith(("#", "pictures/")) or link == "data:," for link in links)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable() and len(text) < 500])
def test_texts_are_shown_as_they_are(text: str, tmp_path: Path) -> None:
    page = parsed(tmp_path, hostile_image(text, DIGEST), text)
    prompts = [data for path, data in page.texts if path.endswith("blockquote")]
    assert prompts[:2] == [text, text + " revised"]
    assert [data for path, data in page.texts if path.endswith("h1")] == [text]
    assert text in [attributes["alt"] for attributes in page.having("img")]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_files_have_names_that_hold_everywhere(text: str, tmp_path: Path) -> None:
    parsed(tmp_path, hostile_image(text, DIGEST), text)
    for path in (tmp_path / "public" / "gallery" / "pictures").iterdir():
        assert set(path.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
        assert len(path.name) < 150


def test_a_browser_runs_shows_and_fetches_nothing_of_it(tmp_path: Path, chromium: Browser) -> None:
    images = [hostile_image(text, DIGEST, number=number) for number, text in enumerate(HOSTILE)]
    desk = Desk(tmp_path, {"picture": PICTURE})
    publish_hostile(desk, Manifest(HOSTILE[0], {image.id: image for image in images}), title=HOSTILE[0])
    url = (tmp_path / "public" / "gallery" / "index.html").as_uri()
    with visit(chromium, url, width=360) as seen:
        for summary in seen.page.locator("summary").all():
            summary.click()
        assert seen.page.title() == HOSTILE[0]
        assert seen.page.locator(".card").count() == len(HOSTILE)
        assert seen.page.locator("script, iframe, form, base").count() == 0
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert seen.page.url.split("#")[0] == url
    assert seen.complaints == []
    assert all(request.startswith(url.rpartition("/")[0]) for request in seen.requests)
