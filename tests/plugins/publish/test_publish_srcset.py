from __future__ import annotations

from pathlib import Path

import pytest
from delivering import Work

from imagebuild_publish.srcset import main_sources, offered, series_of


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def test_the_newest_type_is_offered_first_and_widths_ascend(work: Work) -> None:
    work.add(
        "hero",
        ("image/svg+xml",),
        ("image/png", 800),
        ("image/jpeg", 800),
        ("image/jpeg", 400),
        ("image/webp", 800),
        ("text/css",),
        ("image/avif", 1600),
        ("image/avif", 800),
    )
    order = [(variant.format, variant.width) for variant in offered(work.images["hero"].variants)]
    assert order == [
        ("avif", 800),
        ("avif", 1600),
        ("webp", 800),
        ("jpg", 400),
        ("jpg", 800),
        ("png", 800),
        ("svg", None),
        ("css", None),
    ]


def test_a_source_has_one_srcset_for_each_type(work: Work) -> None:
    work.add("hero", ("image/jpeg", 800), ("image/avif", 800), ("image/avif", 400), ("image/x-icon", 32))
    sources = main_sources(work.images["hero"].variants)
    assert [(source.type, source.srcset("/".__add__)) for source in sources] == [
        ("image/avif", "/images/hero-400.avif 400w, /images/hero-800.avif 800w"),
        ("image/jpeg", "/images/hero-800.jpg 800w"),
    ]


def test_a_picture_without_width_has_no_width_in_its_srcset(work: Work) -> None:
    work.add("logo", "image/svg+xml")
    (source,) = main_sources(work.images["logo"].variants)
    assert source.srcset(str) == "images/logo.svg"


def test_pictures_with_names_of_their_own_are_not_mixed(work: Work) -> None:
    work.add("hero", ("image/png", 800), ("image/png", 400, {"width": 400, "name": "square"}))
    assert set(series_of(work.images["hero"].variants)) == {(), ("square",)}
    assert [each.width for source in main_sources(work.images["hero"].variants) for each in source.variants] == [800]


def test_a_single_named_series_is_the_main_one_and_several_have_none(work: Work) -> None:
    work.add("card", ("image/png", 40, {"name": "og"}))
    assert len(main_sources(work.images["card"].variants)) == 1
    work.add("icon", ("image/png", 32, {"name": "a"}), ("image/png", 64, {"name": "b"}))
    assert main_sources(work.images["icon"].variants) == []


def test_what_is_no_picture_has_no_sources(work: Work) -> None:
    work.add("site", "image/x-icon", "application/manifest+json", "text/css")
    assert main_sources(work.images["site"].variants) == []
