from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild.media import EXTENSIONS, Probe, extension, probe
from imagebuild.testing import png

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + b"\xff\xc0\x00\x11\x08\x00\x20\x00\x30\x03" + b"\0" * 20
WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 48, 32)
WEBP_LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", (31 << 14) | 47)
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + b"\x2f\0\0" + b"\x1f\0\0"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def ispe(width: int, height: int) -> bytes:
    return box(b"ispe", struct.pack(">III", 0, width, height))


AVIF_PARTS = box(b"ipco", box(b"pixi", b"\0" * 8) + ispe(24, 16) + ispe(48, 32))
AVIF = box(b"ftyp", b"avif\0\0\0\0") + box(b"meta", b"\0\0\0\0" + box(b"hdlr", b"x") + box(b"iprp", AVIF_PARTS))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(48, 32), Probe("image/png", 48, 32)),
        (JPEG, Probe("image/jpeg", 48, 32)),
        (b"\xff\xd8\xff\xe0", Probe("image/jpeg")),
        (b"GIF89a" + struct.pack("<HH", 48, 32), Probe("image/gif", 48, 32)),
        (WEBP_LOSSY, Probe("image/webp", 48, 32)),
        (WEBP_LOSSLESS, Probe("image/webp", 48, 32)),
        (WEBP_EXTENDED, Probe("image/webp", 48, 32)),
        (b"\0\0\0\x20ftypavif" + b"\0" * 20, Probe("image/avif")),
        (AVIF, Probe("image/avif", 48, 32)),
        (b"<svg xmlns='x'/>", Probe("image/svg+xml")),
        (b"<svg xmlns='x' width='48px' height=\"32\"/>", Probe("image/svg+xml", 48, 32)),
        (b"<svg stroke-width='9' viewBox='0, 0 47.6 32'>", Probe("image/svg+xml", 48, 32)),
        (b"<svg width='100%' height='100%' viewBox='-1 -1 48 32'>", Probe("image/svg+xml", 48, 32)),
        (b"<svg width='4em' height='2em'>", Probe("image/svg+xml")),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg>\n<svg>", Probe("image/svg+xml")),
        (b"<html><svg>", None),
        (b"<svgx>", None),
        (b"", None),
        (b"hello", None),
    ],
)
def test_a_picture_is_known_by_its_header(data: bytes, expected: Probe | None) -> None:
    assert probe(data) == expected


@given(
    st.sampled_from([AVIF, png(4, 4), JPEG, WEBP_LOSSY, WEBP_LOSSLESS, WEBP_EXTENDED]), st.integers(0, 40), st.binary()
)
def test_a_cut_or_damaged_header_never_raises(data: bytes, at: int, tail: bytes) -> None:
    found = probe(data[:at] + tail)
    assert found is None or found.media_type in EXTENSIONS


def test_many_comments_are_passed_over_in_one_go() -> None:
    began = time.process_time()
    assert probe(b"<!---->" * 580 + b"x") is None
    assert time.process_time() - began < 1


def test_a_real_avif_says_its_size() -> None:
    import pyvips

    data = pyvips.Image.black(50, 30, bands=4).copy(interpretation="srgb").heifsave_buffer(compression="av1")
    assert probe(data) == Probe("image/avif", 50, 30)


def test_what_is_made_beside_pictures_has_an_extension_too() -> None:
    assert [extension(kind) for kind in ("image/x-icon", "application/manifest+json", "text/css")] == [
        "ico",
        "webmanifest",
        "css",
    ]
    with pytest.raises(KeyError):
        extension("application/x-sh")


def test_every_type_has_an_extension() -> None:
    assert extension("image/jpeg") == "jpg"
    assert len(set(EXTENSIONS.values())) == len(EXTENSIONS)
