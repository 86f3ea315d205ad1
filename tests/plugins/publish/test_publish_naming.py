from __future__ import annotations

from pathlib import Path

import pytest
from delivering import Work

from imagebuild.errors import PublishError
from imagebuild_publish.naming import content_type, name_files


def names(work: Work, how: str) -> list[str]:
    return [file.name for file in name_files(work.images.values(), how)]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def test_a_hashed_name_has_slug_width_and_eight_digits_of_the_digest(work: Work) -> None:
    work.add("hero", ("image/avif", 800), ("image/png",))
    assert names(work, "hashed") == [
        f"hero-800.{work.digest('hero')[:8]}.avif",
        f"hero.{work.digest('hero', 1)[:8]}.png",
    ]


def test_a_plain_name_has_no_digest_and_an_output_name_is_that_of_the_output(work: Work) -> None:
    work.add("hero[season=spring]", ("image/avif", 800), slug="hero-spring")
    assert names(work, "plain") == ["hero-spring-800.avif"]
    assert names(work, "output") == ["hero-spring-800.avif"]
    assert work.images["hero[season=spring]"].variants[0].path == "images/hero-spring-800.avif"


def test_a_label_name_stands_before_the_width(work: Work) -> None:
    work.add("icon", ("image/png", 180, {"width": 180, "name": "apple-touch-icon"}))
    assert names(work, "plain") == ["icon-apple-touch-icon-180.png"]


def test_other_labels_are_in_a_name_only_where_they_tell_files_apart(work: Work) -> None:
    work.add(
        "card",
        ("image/png", 40, {"width": 40, "kind": "dark", "index": 1, "format": "png"}),
        ("image/png", 40, {"width": 40, "kind": "light", "index": 1, "format": "png"}),
        ("image/webp", 40, {"width": 40, "kind": "light", "index": 1, "format": "webp"}),
    )
    assert names(work, "plain") == ["card-40-dark.png", "card-40-light.png", "card-40.webp"]


def test_labels_become_parts_of_names_that_every_system_takes(work: Work) -> None:
    work.add("icon", ("image/png", 40, {"name": "../a b/u\u0308?"}), ("image/png", 40, {"name": "..."}))
    assert names(work, "plain") == ["icon-a-b-\u00fc.png", "icon--.png"]


def test_letters_of_other_scripts_stay(work: Work) -> None:
    work.add("hero[city=東京]", ("image/png",), slug="hero-東京")
    assert names(work, "plain") == ["hero-東京.png"]


def test_two_targets_of_one_slug_are_an_error_that_names_both(work: Work) -> None:
    work.add("hero[season=spring]", "image/png", slug="hero-spring", seed="a")
    work.add("hero-spring", "image/png", seed="b")
    with pytest.raises(PublishError, match=r"'hero\[season=spring\]' and .*'hero-spring' would both be") as caught:
        names(work, "plain")
    assert caught.value.hint == "write names: hashed, or rename one of the targets"
    assert len(set(names(work, "hashed"))) == 2


def test_equal_plain_names_are_an_error_though_the_bytes_are_equal(work: Work) -> None:
    work.add("hero[season=spring]", "image/png", slug="hero-spring")
    work.add("hero-spring", "image/png")
    assert len(set(names(work, "hashed"))) == 1
    with pytest.raises(PublishError):
        names(work, "plain")


def test_names_that_differ_in_case_alone_are_an_error(work: Work) -> None:
    work.add("hero[of=A]", "image/png", slug="hero-A").add("hero-a", "image/png")
    with pytest.raises(PublishError, match=r"would both be named 'hero-a\.png'"):
        names(work, "plain")


def test_output_names_of_two_folders_may_clash(work: Work) -> None:
    work.add("a", "image/png").add("b", "image/png", slug="a", seed="other")
    with pytest.raises(PublishError, match=r"'a' and .*'b' would both be named 'a\.png'"):
        names(work, "output")


def test_a_name_that_a_file_system_cannot_hold_is_an_error(work: Work) -> None:
    work.add("hero", "image/png", slug="ü" * 120)
    with pytest.raises(PublishError, match="longer than 200 bytes"):
        names(work, "hashed")


def test_content_types_say_the_encoding_of_texts(work: Work) -> None:
    work.add("site", "text/css", "image/svg+xml", "application/manifest+json")
    types = [content_type(variant) for variant in work.images["site"].variants]
    assert types == ["text/css; charset=utf-8", "image/svg+xml", "application/manifest+json"]
