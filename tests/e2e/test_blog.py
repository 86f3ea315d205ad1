"""The example ``blog``, built by its two commands and changed as its owner would."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from blog import CARD, Blog

from imagebuild.media import probe

WIDTHS = (400, 800, 1200)
TYPES = ["image/avif", "image/webp", "image/jpeg"]


@pytest.fixture
def blog(built_blog: Blog, tmp_path: Path) -> Blog:
    """A built blog to change."""
    return built_blog.copy(tmp_path)


def started(events: list[dict[str, Any]]) -> Counter[str]:
    return Counter(event["name"] for event in events if event["event"] == "action_started")


def published(events: list[dict[str, Any]]) -> dict[str, int]:
    return {event["publisher"]: event["changed"] for event in events if event["event"] == "published"}


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_twelve_pictures_come_in_three_widths_and_three_formats(built_blog: Blog) -> None:
    images, folder = built_blog.images(), built_blog.root / "public" / "img"
    pictures = {name: image for name, image in images.items() if name != CARD}
    assert len(pictures) == 12
    for name, image in pictures.items():
        assert [(each["type"], each["width"]) for each in image["variants"]] == [
            (media_type, width) for media_type in TYPES for width in WIDTHS
        ], name
    files = {each["file"]: each for image in images.values() for each in image["variants"]}
    assert len(files) == 12 * 9 + 1
    assert {path.name for path in folder.iterdir()} == set(files)
    for file, said in files.items():
        data = (folder / file).read_bytes()
        found = probe(data)
        assert found
        assert (found.media_type, found.width, found.height) == (said["type"], said["width"], said["height"]), file
        assert len(data) == said["bytes"]
    # The card and its post ask for the same picture, which is drawn once.
    assert started(built_blog.first)["sketch"] == 12


def test_the_manifest_has_what_a_page_needs(built_blog: Blog) -> None:
    images = built_blog.images()
    assert [name for name, image in images.items() if image["decorative"]] == ["banner"]
    assert all(image["alt"] for name, image in images.items() if name != "banner")
    for name, image in images.items():
        if name != CARD:
            assert image["lqip"].startswith("data:image/webp;base64,")
            assert image["color"].startswith("#")
    (card,) = images[CARD]["variants"]
    assert (card["type"], card["width"], card["height"]) == ("image/jpeg", 1200, 630)
    address = f"https://slow-atlas.example/img/{card['file']}"
    page = (built_blog.root / "public" / "balloon.html").read_text("utf-8")
    assert f'<meta property="og:image" content="{address}">' in page


def test_a_second_build_does_nothing_and_writes_nothing(blog: Blog) -> None:
    before = blog.files()
    events = blog.build()
    assert {event["event"] for event in events} <= {"build_started", "published", "build_finished"}
    assert set(published(events).values()) <= {0}
    assert blog.files() == before


def test_another_quality_of_one_format_changes_only_its_files(blog: Blog) -> None:
    before, files = blog.files(), blog.images()
    blog.edit("webp: 78", "webp: 70")
    events = blog.build()
    assert started(events) == {"responsive": 12, "min_size": 12, "max_bytes": 12}
    touched = {Path(name).suffix for name in changed(before, blog.files()) if name.startswith(("images/", "public/"))}
    assert touched == {".webp"}
    written = [event["path"] for event in events if event["event"] == "output_written"]
    assert len(written) == 36
    assert published(events)["folder"] == 72  # as many are new as are gone
    assert published(events)["manifest"] == 1
    for name, image in blog.images().items():
        pairs = zip(files[name]["variants"], image["variants"], strict=True)
        assert {old["format"] for old, new in pairs if old != new} == (set() if name == CARD else {"webp"})


def test_another_alt_text_changes_the_manifest_and_no_picture(blog: Blog) -> None:
    before = blog.files()
    blog.edit("A fox on a forest path among autumn leaves", "A fox")
    events = blog.build()
    assert started(events) == {}
    assert changed(before, blog.files()) == {"imagebuild.yaml", "data/images.json", "gallery/index.html"}
    assert blog.images()["fox"]["alt"] == "A fox"


def test_what_is_published_comes_back_without_being_made_again(blog: Blog) -> None:
    public = blog.root / "public"
    before = {path.name: path.read_bytes() for path in public.rglob("*.*")}
    shutil.rmtree(public)
    events = blog.build()
    assert started(events) == {}
    assert published(events) == {"folder": 109}
    blog.make_pages()
    assert {path.name: path.read_bytes() for path in public.rglob("*.*")} == before


def test_a_picture_that_is_too_heavy_is_not_published(blog: Blog) -> None:
    before = blog.files()
    blog.edit("max_bytes: 120kB", "max_bytes: 70kB")
    failed = [event["target"] for event in blog.build(code=5) if event["event"] == "action_failed"]
    assert "fox" in failed
    assert not [name for name in changed(before, blog.files()) if name.startswith(("public/", "data/", "gallery/"))]


def test_a_picture_without_an_alt_text_stops_the_pages(blog: Blog) -> None:
    blog.edit('    alt: "A fox on a forest path among autumn leaves"\n', "")
    blog.build()
    with pytest.raises(AssertionError, match="picture 'fox' has no alt text"):
        blog.make_pages()
