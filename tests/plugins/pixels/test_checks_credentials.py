from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Mapping, Sequence

import pytest
from check_samples import STYLE, judged, labelled
from pixel_samples import jpeg, pixels, png, webp
from signed_samples import FORMS, signed, unsigned

from imagebuild import Check, CheckContext, Picture
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.credentials import Credentials
from imagebuild_pixels.credential import has_credentials

STORE = b"\0\0\0\x28jumb\0\0\0\x20jumd" + bytes.fromhex("63327061 0011 0010 8000 00aa00389b71") + b"\3c2pa\0\0\0"
"""The head of a manifest store."""


class TestCredentials(CheckContract):
    def check(self) -> Check:
        return Credentials()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": True}

    def passing(self) -> Sequence[Picture]:
        return [signed("png"), signed("webp")]

    def failing(self) -> Sequence[Picture]:
        return [signed("png"), unsigned("webp")]

    def context(self, pictures: Sequence[Picture]) -> CheckContext:
        return CheckContext("hero", self.resolved(), original=signed("png"))


@pytest.mark.parametrize("form", FORMS)
def test_credentials_are_found_in_each_type(form: str) -> None:
    assert has_credentials(signed(form).data)
    assert not has_credentials(unsigned(form).data)


def test_a_picture_that_is_encoded_again_has_lost_them_and_is_named() -> None:
    again = labelled(webp(pixels(signed("png"))), width=800)
    verdict = judged(Credentials(), {}, signed("png"), again, STYLE, original=signed("png"))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (
        False,
        "lost in hero-800.webp",
        "content credentials in every picture",
    )


def test_nothing_can_be_lost_where_the_original_had_none() -> None:
    verdict = judged(Credentials(), {}, unsigned("png"), original=unsigned("png"))
    assert (verdict.passed, verdict.measured) == (True, "none in the original")


def test_false_asks_for_pictures_without_any() -> None:
    assert judged(Credentials(), {"": False}, unsigned("png"), original=signed("png")).passed
    verdict = judged(Credentials(), {"": False}, signed("png"), original=unsigned("png"))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "in hero.png", "no content credentials")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(added: bytes) -> bytes:
    plain = unsigned("png").data
    return plain[:33] + added + plain[33:]


def jpeg_with(segment: bytes) -> bytes:
    plain = unsigned("jpeg").data
    return plain[:2] + segment + plain[2:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def webp_with(*chunks: tuple[bytes, bytes]) -> bytes:
    inner = unsigned("webp").data[12:]
    for kind, body in chunks:
        inner += kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(inner) + 4) + b"WEBP" + inner


def avif_with(purpose: bytes, store: bytes = STORE) -> bytes:
    kind = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
    body = kind + b"\0\0\0\0" + purpose + b"\0" + b"\0" * 8 + store
    return unsigned("avif").data + struct.pack(">I", len(body) + 8) + b"uuid" + body


def gif_with(application: bytes, store: bytes = STORE) -> bytes:
    plain = unsigned("gif").data
    blocks = bytes((len(store),)) + store + b"\0"
    return plain[:-1] + b"\x21\xff" + bytes((len(application),)) + application + blocks + b"\x3b"


def svg_with(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:c="http://c2pa.org/manifest">{inside}</svg>'.encode()


CARRYING = {
    "png": png_with(chunk(b"caBX", STORE)),
    "png after its pixels": unsigned("png").data[:-12] + chunk(b"caBX", STORE) + unsigned("png").data[-12:],
    "jpeg": jpeg_with(segment(0xEB, b"JP\0\1\0\0\0\1" + STORE)),
    "jpeg with filling bytes": jpeg_with(b"\xff\xff" + segment(0xEB, b"JP\0\1\0\0\0\1" + STORE)),
    "webp": webp_with((b"C2PA", STORE)),
    "webp after an odd chunk": webp_with((b"EXIF", b"odd"), (b"C2PA", STORE)),
    "avif": avif_with(b"manifest"),
    "gif": gif_with(b"C2PA_GIF\1\0\0"),
    "svg": svg_with("<metadata><c:manifest>AAAA</c:manifest></metadata>"),
}

INNOCENT = {
    "a png that has the bytes in a text": png_with(chunk(b"tEXt", b"Comment\0caBX" + STORE)),
    "a png with an empty chunk": png_with(chunk(b"caBX", b"")),
    "a png with another box": png_with(chunk(b"caBX", STORE.replace(b"jumd", b"free"))),
    "a png with bytes behind its end": unsigned("png").data + chunk(b"caBX", STORE),
    "a jpeg that has the bytes in a comment": jpeg_with(segment(0xFE, b"JP\0\1\0\0\0\1" + STORE)),
    "a jpeg with a box of another kind": jpeg_with(
        segment(0xEB, b"JP\0\1\0\0\0\1" + STORE.replace(b"c2pa", b"json", 1))
    ),
    "a jpeg with the middle of a box": jpeg_with(segment(0xEB, b"JP\0\1\0\0\0\2" + STORE)),
    "a jpeg with bytes behind its end": unsigned("jpeg").data + segment(0xEB, b"JP\0\1\0\0\0\1" + STORE),
    "a webp that has the bytes elsewhere": webp_with((b"XMP ", b"C2PA" + STORE)),
    "a webp with bytes behind its end": unsigned("webp").data + webp_with((b"C2PA", STORE))[-len(STORE) - 8 :],
    "an avif with a tree of hashes": avif_with(b"merkle"),
    "an avif with an empty store": avif_with(b"manifest", b""),
    "a gif with another application": gif_with(b"NETSCAPE2.0"),
    "a gif that has the bytes elsewhere": gif_with(b"XMP DataXMP", b"C2PA_GIF" + STORE),
    "an svg with an element of another namespace": svg_with("<manifest>AAAA</manifest>"),
    "an svg with an empty element": svg_with("<c:manifest> </c:manifest>"),
    "an svg with the element in a comment": svg_with("<!-- <c:manifest>AAAA</c:manifest> -->"),
    "an svg with the element as text": svg_with("<text><![CDATA[<c:manifest>AAAA</c:manifest>]]></text>"),
    "an svg that declares entities": b'<!DOCTYPE svg [<!ENTITY a "AAAA">]>' + svg_with("<c:manifest>&a;</c:manifest>"),
    "an svg that breaks off": svg_with("<c:manifest>AAAA</c:manifest>")[:-6],
    "no picture at all": b"caBX" + STORE,
}


@pytest.mark.parametrize("data", CARRYING.values(), ids=CARRYING)
def test_a_manifest_store_is_found_where_the_specification_puts_it(data: bytes) -> None:
    assert has_credentials(data)


@pytest.mark.parametrize("data", INNOCENT.values(), ids=INNOCENT)
def test_the_same_bytes_elsewhere_are_no_credentials(data: bytes) -> None:
    assert not has_credentials(data)


@pytest.mark.parametrize("form", FORMS)
def test_damaged_and_cut_off_pictures_are_only_judged(form: str) -> None:
    chance, data = random.Random(form), signed(form).data[:6000]
    for length in {*range(64), *(chance.randrange(len(data)) for _ in range(100))}:
        has_credentials(data[:length])
    for _ in range(100):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        has_credentials(bytes(damaged))


def test_a_store_so_large_that_it_fills_several_segments_is_found_by_the_first() -> None:
    first = segment(0xEB, b"JP\0\1\0\0\0\1" + struct.pack(">I", 70_000) + STORE[4:])
    rest = segment(0xEB, b"JP\0\1\0\0\0\2" + struct.pack(">I", 70_000) + b"jumb" + b"." * 5000)
    assert has_credentials(jpeg_with(first + rest))
    assert not has_credentials(jpeg(pixels(png(pixels(unsigned("png"))))).data)
