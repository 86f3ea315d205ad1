"""Pictures of the live gallery: small ones, and SVG as nothing but pixels."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from live import Line, MadeUpStudio, a_png, served

from imagebuild.media import probe
from imagebuild.testing import png

ROOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30">{}</svg>'
)


@pytest.fixture
def studio(tmp_path: Path) -> MadeUpStudio:
    return MadeUpStudio(tmp_path / "state", [])


@pytest.fixture
def line(studio: MadeUpStudio) -> Iterator[Line]:
    with served(studio) as there:
        there.enter()
        yield there


def test_a_small_picture_is_made_once_and_may_be_kept_for_ever(
    line: Line, studio: MadeUpStudio, tmp_path: Path
) -> None:
    view = studio.add(png(900, 600, (10, 200, 30)), "image/png")
    status, headers, body = line.ask(f"/thumb/{view.digest}?w=320")
    found = probe(body)
    assert found is not None
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert (found.media_type, found.width, found.height) == ("image/webp", 320, 213)
    assert headers["cache-control"].endswith("immutable")
    kept = list((tmp_path / "state/thumbs").iterdir())
    assert [each.name for each in kept] == [f"{view.digest}-320.webp"]
    studio.pictures[view.digest].path.write_bytes(b"gone")
    assert line.ask(f"/thumb/{view.digest}?w=320")[2] == body


def test_a_small_picture_is_not_made_larger_and_keeps_what_is_clear(line: Line, studio: MadeUpStudio) -> None:
    view = studio.add(png(8, 6), "image/png")
    found = probe(line.ask(f"/thumb/{view.digest}?w=640")[2])
    assert found is not None
    assert (found.width, found.height) == (8, 6)


@pytest.mark.parametrize("width", ["", "0", "-1", "321", "1e9", "99999999999999999999", "x", "320x", "١٦٠"])
def test_other_widths_are_refused(width: str, line: Line, studio: MadeUpStudio) -> None:
    from urllib.parse import quote

    view = studio.add(a_png(), "image/png")
    assert line.ask(f"/thumb/{view.digest}?w={quote(width)}")[0] == 404


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        a_png()[:40],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"GIF89a" + b"\xff" * 7,
        b"RIFF____WEBPVP8X",
    ],
)
def test_what_is_no_picture_is_a_plain_error(data: bytes, line: Line, studio: MadeUpStudio) -> None:
    view = studio.add(data, "image/png")
    status, headers, _ = line.ask(f"/thumb/{view.digest}?w=320")
    assert (status, headers["content-type"]) == (404, "application/json")


def test_a_picture_that_would_fill_the_memory_is_not_decoded(line: Line, studio: MadeUpStudio) -> None:
    bomb = bytearray(a_png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    view = studio.add(bytes(bomb), "image/png")
    status, _, body = line.ask(f"/thumb/{view.digest}?w=320")
    assert (status, b"too many pixels" in body) == (404, True)


def test_bytes_that_are_gone_are_told(line: Line, studio: MadeUpStudio) -> None:
    view = studio.add(a_png(), "image/png")
    studio.pictures[view.digest].path.unlink()
    assert line.ask(f"/picture/{view.digest}")[0] == 410
    assert line.ask(f"/thumb/{view.digest}?w=320")[0] == 410


def test_a_plain_svg_is_shown_as_pixels(line: Line, studio: MadeUpStudio) -> None:
    view = studio.add(ROOT.format('<rect width="40" height="30" fill="red"/>').encode(), "image/svg+xml")
    status, headers, body = line.ask(f"/picture/{view.digest}")
    found = probe(body)
    assert found is not None
    assert (status, headers["content-type"], found.media_type) == (200, "image/png", "image/png")
    assert probe(line.ask(f"/thumb/{view.digest}?w=160")[2]) is not None


def hostile_svgs(port: int) -> dict[str, str]:
    there = f"http://127.0.0.1:{port}/x"
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(8)
    )
    return {
        "script": ROOT.format("<script>fetch('" + there + "')</script>"),
        "onload": ROOT.format("").replace("<svg", f"<svg onload=\"fetch('{there}')\""),
        "foreign object": ROOT.format(f'<foreignObject><iframe src="{there}"/></foreignObject>'),
        "image": ROOT.format(f'<image href="{there}.png" width="9" height="9"/>'),
        "old image": ROOT.format(f'<image xlink:href="{there}.png" width="9" height="9"/>'),
        "local file": ROOT.format('<image href="file:///etc/passwd" width="9" height="9"/>'),
        "use": ROOT.format(f'<use href="{there}.svg#a"/>'),
        "style import": ROOT.format(f'<style>@import url("{there}.css");</style>'),
        "style url": ROOT.format(f'<style>rect{{fill:url("{there}.svg#p")}}</style><rect width="9" height="9"/>'),
        "font": ROOT.format(f'<style>@font-face{{font-family:x;src:url("{there}.woff")}}</style><text>a</text>'),
        "stylesheet": f'<?xml-stylesheet href="{there}.css"?>' + ROOT.format(""),
        "entity from elsewhere": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{there}">]>' + ROOT.format("<text>&x;</text>"),
        "entity from a file": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ROOT.format("&x;"),
        "doctype from elsewhere": f'<!DOCTYPE svg SYSTEM "{there}.dtd">' + ROOT.format(""),
        "entities that grow": bomb + "]>" + ROOT.format("<text>&i;</text>"),
        "inclusion": ROOT.format(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{there}"/>'),
        "uses that grow": ROOT.format(
            '<g id="u0"><rect width="1" height="1"/></g>'
            + "".join(f'<g id="u{n + 1}">' + f'<use href="#u{n}"/>' * 10 + "</g>" for n in range(9))
            + '<use href="#u9"/>'
        ),
        "huge": ROOT.format("").replace('width="40" height="30"', 'width="9000000" height="9000000"'),
        "endless": ROOT.format("").replace('width="40"', 'width="1e300"'),
        "nothing": ROOT.format("").replace('width="40" height="30"', 'width="0" height="0"'),
        "deep": ROOT.format("<g>" * 5_000 + "</g>" * 5_000),
        "broken": ROOT.format("<g>"),
        "link": ROOT.format('<a href="javascript:alert(1)"><rect width="9" height="9"/></a>'),
        "animation": ROOT.format('<animate onbegin="alert(1)" attributeName="x" dur="1s"/>'),
        "data image": ROOT.format('<image href="data:image/svg+xml;base64,PHN2Zy8+" width="9" height="9"/>'),
    }


def test_a_hostile_svg_gives_pixels_or_an_error_and_asks_nobody(line: Line, studio: MadeUpStudio) -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    other = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        for name, text in hostile_svgs(other.server_address[1]).items():
            view = studio.add(text.encode(), "image/svg+xml")
            for path in (f"/picture/{view.digest}", f"/thumb/{view.digest}?w=160"):
                status, headers, body = line.ask(path)
                found = probe(body)
                assert status in (200, 404), name
                assert headers["content-type"] in ("image/png", "image/webp", "application/json"), name
                assert (found is not None and found.media_type != "image/svg+xml") == (status == 200), name
                assert b"root:" not in body, name
    finally:
        other.shutdown()
        other.server_close()
    assert asked == []
    assert line.said == []
