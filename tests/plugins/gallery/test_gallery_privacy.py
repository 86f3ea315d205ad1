"""Without prompts, nothing of a prompt leaves the project."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import pyvips
from msgspec.structs import replace
from parsed import Parsed, page_of
from showcase import Showcase, one, publish, published, stored

from imagebuild import Image, Manifest, Stage
from imagebuild.testing import png
from imagebuild_gallery.fact import facts_of

SECRET = b"a fox in the moonlight"


def with_chunk(data: bytes, kind: bytes = b"tEXt", body: bytes = b"parameters\0" + SECRET) -> bytes:
    """A PNG with one more chunk before its end."""
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:-12] + chunk + data[-12:]


def encoded(ending: str, **metadata: bytes) -> bytes:
    image = pyvips.Image.new_from_buffer(png(32, 24), "").copy()
    for name, value in metadata.items():
        image.set_type(pyvips.GValue.blob_type, name.replace("_", "-"), value)
    return bytes(image.write_to_buffer(ending))


def everything(root: Path) -> bytes:
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return b"\n".join([*(path.name.encode() for path in files), *(path.read_bytes() for path in files)])


def test_prompts_are_there_unless_they_are_not_wanted(tmp_path: Path, show: Showcase) -> None:
    published(tmp_path / "open", show)
    published(tmp_path / "closed", show, {"prompts": False})
    said = {
        text
        for image in show.images.values()
        for stage in image.stages
        for text in (stage.prompt, stage.revised_prompt)
        if text
    }
    assert all(text.encode() in everything(tmp_path / "open") for text in said)
    assert not any(text.encode() in everything(tmp_path / "closed") for text in said)


@pytest.mark.parametrize(
    "options",
    [
        {"negative_prompt": "moonlight"},
        {"extra": {"negative_prompt": "moonlight"}},
        {"style": "in the moonlight"},
        {"list": ["sharp", "a fox"]},
        {"text": "moonlight"},
        {"instructions": "moonlight"},
    ],
)
def test_options_made_of_words_are_left_out_too(options: dict[str, Any], tmp_path: Path, show: Showcase) -> None:
    stages = (replace(show.images["fox"].stages[0], options={**options, "quality": "high", "n": 3}),)
    publish(stored(tmp_path, show.pictures)[0], one(show.images["fox"], stages=stages), {"prompts": False})
    text = Parsed(page_of(tmp_path)).text
    assert "moonlight" not in text
    assert "a fox" not in text
    assert "high" in text


def test_an_original_that_carries_texts_is_left_out(tmp_path: Path, show: Showcase) -> None:
    talking = with_chunk(png(15, 10))
    image = show.images["car-winter"]
    stages = (replace(image.stages[0], sha256=show.keep(talking)), *image.stages[1:])
    manifest = one(image, stages=stages)
    for prompts in (True, False):
        publish(stored(tmp_path / str(prompts), show.pictures)[0], manifest, {"prompts": prompts})
    assert SECRET in everything(tmp_path / "True")
    assert SECRET not in everything(tmp_path / "False")


def test_a_finished_picture_that_is_such_an_original_is_left_out_and_named(tmp_path: Path, show: Showcase) -> None:
    talking = with_chunk(png(15, 10))
    variant = show.variant("images/owl.png", talking, "png", (15, 10))
    stage = Stage("generate", "local", variant.sha256, "image/png", prompt=SECRET.decode())
    image = Image("owl", "owl", "owl", "An owl", 15, 10, variant.sha256, variants=(variant,), stages=(stage,))
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, Manifest("harbour", {"owl": image}), {"prompts": False})
    assert SECRET not in everything(tmp_path)
    assert "Left out: it may carry its prompt" in page_of(tmp_path)
    assert len(desk.notices) == 1
    assert "owl" in desk.notices[0]


def test_turning_prompts_off_takes_away_what_was_published_with_them(tmp_path: Path, show: Showcase) -> None:
    talking = with_chunk(png(15, 10))
    stage = Stage("generate", "local", show.keep(talking), "image/png", prompt=SECRET.decode())
    manifest = one(show.images["fox"], stages=(stage,))
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, manifest)
    assert SECRET in everything(tmp_path)
    publish(desk, manifest, {"prompts": False})
    assert SECRET not in everything(tmp_path)


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (png(4, 4), False),
        (with_chunk(png(4, 4)), True),
        (with_chunk(png(4, 4), b"zTXt"), True),
        (with_chunk(png(4, 4), b"iTXt"), True),
        (with_chunk(png(4, 4), b"eXIf"), True),
        (with_chunk(png(4, 4), b"caBX", b"credentials"), False),
        (png(4, 4) + SECRET, True),
        (png(4, 4)[:-12], True),
        (encoded(".jpg[keep=none]"), False),
        (encoded(".jpg", xmp_data=SECRET), True),
        (encoded(".jpg[keep=none]")[:-2] + b"\xff\xfe\x00\x04hi\xff\xd9", False),
        (b"\xff\xd8\xff\xfe\x00\x18" + SECRET + encoded(".jpg[keep=none]")[2:], True),
        (encoded(".jpg[keep=none]") + SECRET, True),
        (encoded(".webp[keep=none]"), False),
        (encoded(".webp", xmp_data=SECRET), True),
        (encoded(".webp[keep=none]") + SECRET, True),
        (encoded(".avif[keep=none]"), False),
        (encoded(".avif", xmp_data=SECRET), True),
        (encoded(".gif"), True),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>', False),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><Title>a fox</Title></svg>', True),
        (b"no picture at all", True),
        (b"", True),
    ],
    ids=range(23),
)
def test_what_a_file_may_carry_is_seen_from_its_structure(data: bytes, texts: bool) -> None:
    assert facts_of(data).texts == texts


@pytest.mark.parametrize("ending", [".png", ".webp", ".avif", ".webp[lossless]", ".gif"])
def test_transparency_is_seen_from_the_header(ending: str) -> None:
    clear = pyvips.Image.new_from_buffer(png(32, 24, (9, 9, 9, 90)), "")
    solid = pyvips.Image.new_from_buffer(png(32, 24), "")
    assert facts_of(bytes(clear.write_to_buffer(ending))).clear
    assert facts_of(bytes(solid.write_to_buffer(ending))).clear == (ending == ".gif")
