from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hostile_svg import within
from pixel_samples import apply, at, near, pixels, plain, png, problems, size, with_pillow

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels import xmp
from imagebuild_pixels.step.rasterize import Rasterize
from imagebuild_pixels.svg import renderer
from imagebuild_pixels.svg.drawing import safe

DISC = '<circle cx="5" cy="5" r="4" fill="#00f"/>'


class TestRasterize(StepContract):
    def step(self) -> Step:
        return Rasterize()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"width": 64, "format": "webp", "quality": 80, "background": "white"}

    def pictures(self) -> Sequence[Picture]:
        return (svg(DISC),)


def svg(inner: str, root: str = 'viewBox="0 0 10 10"') -> Picture:
    return Picture(within(inner).replace(b'viewBox="0 0 10 10"', root.encode()), "image/svg+xml")


def drawn(picture: Picture, **options: object) -> Picture:
    (made,) = apply(Rasterize(), options, picture)
    return made


@pytest.mark.parametrize(
    ("root", "options", "wanted"),
    [
        ('viewBox="0 0 30 20"', {}, (30, 20)),
        ('viewBox="0 0 30 20"', {"width": 300}, (300, 200)),
        ('viewBox="0 0 30 20"', {"height": 300}, (450, 300)),
        ('viewBox="0 0 30 20"', {"scale": 2.5}, (75, 50)),
        ('viewBox="0 0 30 20"', {"dpi": 192}, (60, 40)),
        ('viewBox="0 0 30 20"', {"width": 50, "height": 50}, (50, 50)),
        ('viewBox="0 0 30 20" width="60"', {}, (60, 40)),
        ('viewBox="0 0 30 20" height="60px"', {}, (90, 60)),
        ('viewBox="0 0 30 20" width="100%" height="100%"', {}, (30, 20)),
        ('width="25.4mm" height="2.54cm"', {}, (96, 96)),
        ('width="1in" height="72pt"', {"dpi": 300}, (300, 300)),
        ('width="6pc" height="96"', {}, (96, 96)),
        ('viewBox="0 0 3000 1"', {"width": 30}, (30, 1)),
    ],
)
def test_the_size_is_what_was_asked_for(root: str, options: Mapping[str, object], wanted: tuple[int, int]) -> None:
    assert size(drawn(svg("", root), **options)) == wanted


def test_a_drawing_is_drawn_at_its_size_not_scaled_up() -> None:
    image = pixels(drawn(svg('<rect width="5" height="10"/>'), width=200))
    assert at(image, 99, 50) == (0, 0, 0, 255)
    assert at(image, 100, 50)[3] == 0


def test_a_drawing_of_another_shape_is_fitted_in_and_centred() -> None:
    image = pixels(drawn(svg('<rect width="10" height="10" fill="#00f"/>'), width=100, height=50))
    assert at(image, 20, 25)[3] == 0
    assert at(image, 50, 25) == (0, 0, 255, 255)


def test_what_is_not_drawn_is_transparent_and_white_in_a_jpeg() -> None:
    assert at(drawn(svg(DISC), width=40), 0, 0)[3] == 0
    jpeg = drawn(svg(DISC), width=40, format="jpeg")
    assert jpeg.media_type == "image/jpeg"
    assert near(at(jpeg, 0, 0), (255, 255, 255), 16)


def test_a_background_lies_beneath() -> None:
    image = pixels(drawn(svg(DISC), width=40, background="#0b7285"))
    assert at(image, 0, 0) == (11, 114, 133)
    assert at(image, 20, 20) == (0, 0, 255)
    image = pixels(drawn(svg(DISC), width=40, background="#ff000080"))
    assert at(image, 0, 0) == (255, 0, 0, 128)
    assert at(image, 20, 20) == (0, 0, 255, 255)


@pytest.mark.parametrize("form", ["png", "webp", "avif", "jpeg"])
def test_every_format_shows_the_drawing(form: str) -> None:
    assert near(at(drawn(svg(DISC), width=64, format=form), 32, 32)[:3], (0, 0, 255), 12)


def test_labels_stay_and_the_mark_is_written() -> None:
    labelled = Picture(within(DISC), "image/svg+xml", {"name": "icon"})
    (made,) = apply(Rasterize(), {}, labelled, source_type="trainedAlgorithmicMedia")
    assert made.labels == {"name": "icon"}
    assert xmp.parse(with_pillow(made).info["xmp"])[1] == "trainedAlgorithmicMedia"


def test_a_picture_of_pixels_passes_unchanged() -> None:
    picture = png(plain(3, 3))
    assert apply(Rasterize(), {"": 100}, picture)[0] is picture


def test_text_is_refused_because_fonts_differ() -> None:
    with pytest.raises(StepError, match="'hero' has text") as caught:
        drawn(svg('<g><text x="1"><tspan>Hi</tspan></text></g>'))
    assert "outlines" in str(caught.value.hint)
    assert size(drawn(svg("<text> </text><title>Hi</title>"))) == (10, 10)


def test_a_file_of_this_machine_cannot_be_drawn(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(plain(10, 10)).data)
    inner = f'<image width="10" height="10" href="{secret.as_uri()}"/><image width="10" height="10" href="{secret}"/>'
    assert pixels(drawn(svg(inner))).extract_band(3).max() == 0


def test_an_embedded_picture_is_drawn() -> None:
    import base64

    data = base64.b64encode(png(plain(4, 4, (200, 80, 40))).data).decode()
    found = drawn(svg(f'<image width="10" height="10" href="data:image/png;base64,{data}"/>'), width=40)
    assert near(at(found, 20, 20)[:3], (200, 80, 40))


def test_the_language_of_the_machine_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    switch = '<switch><rect systemLanguage="de" width="10" height="10"/><circle r="1"/></switch>'
    before = drawn(svg(switch)).data
    for name in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    assert drawn(svg(switch)).data == before


def test_the_drawing_process_gets_no_secret_and_no_module_from_the_folder_of_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyvips.py").write_text("raise SystemExit(9)")
    (tmp_path / "struct.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOME_API_KEY", "sk-secret")
    environs: list[Mapping[str, str]] = []
    run = subprocess.run

    def recorded(*arguments: Any, **options: Any) -> Any:
        environs.append(options["env"])
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", recorded)
    assert size(drawn(svg(DISC))) == (10, 10)
    assert environs
    assert all("SOME_API_KEY" not in environ for environ in environs)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot bound the processor time of a process")
def test_a_drawing_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "_PROCESSOR_SECONDS", 1)
    noise = '<feTurbulence baseFrequency=".01" numOctaves="10"/>' * 500
    endless = svg(f'<filter id="f">{noise}</filter><rect width="10" height="10" filter="url(#f)"/>')
    with pytest.raises(StepError, match="takes more than 1 seconds or 4 GB to draw") as caught:
        drawn(endless, width=2000)
    assert caught.value.hint


def test_a_drawing_that_waits_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "_SECONDS", 0)
    with pytest.raises(StepError, match="'hero' was not drawn within 0 seconds"):
        drawn(svg(DISC))


def test_what_librsvg_cannot_draw_is_an_error_in_words() -> None:
    root = safe(within(DISC), "hero")
    root.name = "circle"
    with pytest.raises(StepError, match="'hero' cannot be drawn: "):
        renderer.render(root, [(10, 10)], "hero")


def test_several_sizes_are_drawn_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **o: calls.append(1) or run(*a, **o))  # type: ignore[func-returns-value]  # it counts
    images = renderer.render(safe(within(DISC), "hero"), [(16, 16), (64, 32)], "hero")
    assert [(image.width, image.height) for image in images] == [(16, 16), (64, 32)]
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("picture", "options", "message"),
    [
        (svg("", ""), {}, "'hero' is an svg without a size"),
        (svg("", 'width="100%"'), {}, "'hero' is an svg without a size"),
        (svg("", 'viewBox="0 0 0 10"'), {}, "'hero' is an svg without a size"),
        (svg("", 'viewBox="0 0 9000 9000"'), {}, "'hero' would be 9000x9000 pixels, expected at most"),
        (svg("", 'viewBox="0 0 1 20000"'), {}, "'hero' would be 1x20000 pixels"),
        (svg("<g>"), {}, "'hero' is no well-formed svg: mismatched tag"),
        (Picture(b"<svg", "image/svg+xml"), {}, "'hero' is no well-formed svg"),
    ],
)
def test_what_cannot_be_drawn_is_refused(picture: Picture, options: Mapping[str, object], message: str) -> None:
    with pytest.raises(StepError, match=message) as caught:
        drawn(picture, **options)
    assert caught.value.hint


def test_a_size_is_given_in_one_way() -> None:
    assert problems(Rasterize(), {"width": 10, "scale": 2}) == [
        "'rasterize' takes one of width and height, 'scale' and 'dpi', found 'scale' and another"
    ]
    assert problems(Rasterize(), {"scale": 2, "dpi": 90}) != []
    assert problems(Rasterize(), {"quality": 2}) == ["'quality' means nothing for png"]
    assert problems(Rasterize(), {"": 0}) != []


def test_drawings_are_handed_over_with_their_length() -> None:
    """What the process that draws answers is read as strictly."""
    with pytest.raises(StepError, match="drawn at 3x4, expected 5x6"):
        renderer._pictures(struct.pack(">II", 3, 4) + bytes(48), [(5, 6)], "hero")
