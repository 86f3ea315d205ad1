from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from delivering import Work

from imagebuild import Publisher, Stage
from imagebuild.testing import PublisherContract
from imagebuild_publish import ManifestPublisher

NASTY = "\"quotes' \\ </script><!-- {{ x }} ${y} `z` \n\r\t\0\u2028\u202e\ud800 é 東京 */ as const"


class TestTypescript(PublisherContract):
    def publisher(self) -> Publisher:
        return ManifestPublisher()

    def options(self) -> Mapping[str, Any]:
        return {"path": "src/images.ts"}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path).add("hero", ("image/jpeg", 800), ("image/avif", 800), ("image/avif", 400))


def images(text: str) -> Any:
    """What the object literal holds; it is JSON but for the computed key."""
    (literal,) = re.findall(r"^export const images = (\{.*\}) as const;$", text, re.MULTILINE | re.DOTALL)
    return json.loads(literal.replace('["__proto__"]', '"__proto__"'))


def test_a_picture_has_the_fields_of_the_manifest_and_what_a_component_needs(work: Work) -> None:
    publication = work.folder(names="plain")
    hero = images(work.text("images.ts", publication))["hero"]
    contract = work.data(publication)["images"]["hero"]
    assert hero["src"] == "/img/hero-800.jpg"
    assert hero["sources"] == [
        {"type": "image/avif", "srcset": "/img/hero-400.avif 400w, /img/hero-800.avif 800w"},
        {"type": "image/jpeg", "srcset": "/img/hero-800.jpg 800w"},
    ]
    assert hero["variants"][0] == {**contract["variants"][0], "url": "/img/hero-400.avif"}
    assert {name: hero[name] for name in contract if name != "variants"} == {
        name: value for name, value in contract.items() if name != "variants"
    }


def test_the_module_has_types_and_one_type_for_all(work: Work) -> None:
    text = work.text("images.ts", work.folder())
    assert 'export const base = "/img/";' in text
    assert "export type PictureId = keyof typeof images;" in text
    assert "export const pictures: Readonly<Record<PictureId, Picture>> = images;" in text
    assert text.endswith(";\n")


def test_every_field_that_is_written_is_in_the_types(work: Work) -> None:
    edit = Stage("edit", "openai", "0" * 64, "image/png", "a", "b", {"size": "1x1"}, "m", 0.01)
    work.add(
        "all", ("image/png", 40, {"name": "x"}), facts={"blurhash": "x"}, stages=(*work.images["hero"].stages, edit)
    )
    text = work.text("images.ts", include=["prompt", "edits", "model", "options", "cost", "labels"])
    declared = set(re.findall(r"readonly (\w+)\??:", text))
    entry = images(text)["all"]
    assert {*entry, *entry["variants"][0], *entry["edits"][0], *entry["sources"][0]} <= declared


def test_a_picture_without_a_main_file_has_no_src(work: Work) -> None:
    work.add("site", "text/css", "image/x-icon")
    entry = images(work.text("images.ts"))["site"]
    assert (entry["src"], entry["sources"], len(entry["variants"])) == (None, [], 2)


def test_a_key_cannot_set_the_prototype(work: Work) -> None:
    text = work.text("images.ts", work.add("__proto__", "image/png", alt='\n"__proto__": x').folder())
    assert '\n  ["__proto__"]: {\n' in text
    assert len(re.findall(r'(?m)^\s*"__proto__":', text)) == 0
    assert images(text)["__proto__"]["alt"] == '\n"__proto__": x'


def test_texts_survive_and_cannot_leave_their_quotes(work: Work) -> None:
    work.add("hero", "image/png", alt=NASTY, stages=(Stage("generate", "x", "0" * 64, "image/png", NASTY),))
    text = work.text("images.ts", include="prompt")
    hero = images(text)["hero"]
    assert (hero["alt"], hero["prompt"]) == (NASTY, NASTY)
    assert "</script" not in text
    assert "<!--" not in text
    assert "\u2028" not in text


def test_no_pictures_give_a_module_without_any(tmp_path: Path) -> None:
    assert images(Work(tmp_path).text("images.ts")) == {}
