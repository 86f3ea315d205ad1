from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from delivering import Work, delivered

from imagebuild import Publisher
from imagebuild.errors import PublishError
from imagebuild.testing import PublisherContract
from imagebuild_publish import ManifestPublisher


class TestStylesheet(PublisherContract):
    def publisher(self) -> Publisher:
        return ManifestPublisher()

    def options(self) -> Mapping[str, Any]:
        return {"path": "styles/images.css"}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def properties(text: str) -> dict[str, str]:
    return dict(re.findall(r"^  (--.+?): (.*);$", text, re.MULTILINE))


def test_a_picture_becomes_custom_properties(work: Work) -> None:
    facts = {"color": "#aabbcc", "lqip": "data:image/webp;base64,AA=="}
    work.add("hero", ("image/jpeg", 800), ("image/avif", 800), ("image/avif", 400), facts=facts)
    assert work.text("images.css", work.folder(names="plain")) == (
        "/* Made by imagebuild; changes here are overwritten. */\n"
        ":root {\n"
        '  --img-hero: url("/img/hero-800.jpg");\n'
        '  --img-hero-set: image-set(url("/img/hero-800.avif") type("image/avif"), '
        'url("/img/hero-800.jpg") type("image/jpeg"));\n'
        '  --img-hero-400: image-set(url("/img/hero-400.avif") type("image/avif"));\n'
        '  --img-hero-800: image-set(url("/img/hero-800.avif") type("image/avif"), '
        'url("/img/hero-800.jpg") type("image/jpeg"));\n'
        "  --img-hero-ratio: 800 / 533;\n"
        "  --img-hero-color: #aabbcc;\n"
        '  --img-hero-lqip: url("data:image/webp;base64,AA==");\n'
        "}\n"
    )


def test_a_picture_without_size_has_no_ratio_and_what_is_no_picture_has_nothing(work: Work) -> None:
    work.add("logo", "image/svg+xml").add("site", "image/x-icon", "text/css")
    assert list(properties(work.text("images.css"))) == ["--img-logo", "--img-logo-set"]


def test_pictures_with_names_of_their_own_have_properties_of_their_own(work: Work) -> None:
    work.add("card", ("image/png", 80), ("image/png", 40, {"name": "square"}))
    found = properties(work.text("images.css"))
    assert found["--img-card"] == 'url("images/card-80.png")'
    assert found["--img-card-square"] == 'url("images/card-square.png")'


def test_names_are_escaped(work: Work) -> None:
    work.add("v1.2", "image/svg+xml").add("hero[city=東京]", "image/svg+xml", slug="hero-東京")
    work.add("odd", ("image/png", None, {"name": "a b;}\n\0"}))
    text = work.text("images.css")
    assert "  --img-v1\\.2: url(" in text
    assert "  --img-hero-東京: url(" in text
    assert "  --img-odd-a\\ b\\;\\}\\a \\0 : url(" in text


def test_strings_are_escaped(work: Work) -> None:
    lqip = 'data:image/svg+xml,"</style>\\\n\ud800'
    work.add("hero", "image/png", facts={"lqip": lqip, "color": "red;}"})
    text = work.text("images.css", delivered({"images/hero.png": 'a"b\n.png'}, '/"\\x/'))
    assert '--img-hero: url("/\\22 \\5c x/a%22b%0A.png")' in text
    assert '--img-hero-lqip: url("data:image/svg+xml,\\22 \\3c /style>\\5c \\a \\d800 ")' in text
    assert "color" not in text
    assert text.count("\n") == text.count(";\n") + 3


def test_two_properties_of_one_name_are_an_error_that_names_both(work: Work) -> None:
    work.add("hero", ("image/png", 800)).add("hero-800", "image/png")
    with pytest.raises(PublishError, match="'hero' and 'hero-800' would have the property '--img-hero-800'"):
        work.text("images.css")
    assert work.text("images.css", targets=["hero-800"])


def test_texts_stand_in_no_stylesheet(work: Work) -> None:
    work.add("hero", "image/png", alt="secret words")
    assert "secret" not in work.text("images.css")
