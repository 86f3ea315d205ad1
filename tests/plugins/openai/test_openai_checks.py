from __future__ import annotations

from typing import Any

import pytest
import pyvips

from imagebuild import Reference, Request
from imagebuild.errors import RequestError
from imagebuild_openai import check
from imagebuild_openai.check import reference_problems


def picture(
    form: str = "png", width: int = 8, height: int = 8, alpha: int | None = None, depth: int = 8, **save: Any
) -> bytes:
    """A picture, with the left half of ``alpha`` where there is one."""
    image = pyvips.Image.black(width, height, bands=3) + 60
    if alpha is not None:
        left = pyvips.Image.black(width // 2, height) + alpha
        image = image.bandjoin(left.join(pyvips.Image.black(width - width // 2, height) + 255, "horizontal"))
    image = image.cast("uchar").copy(interpretation="srgb")
    if depth == 16:
        image = image.colourspace("rgb16")
    data: bytes = image.write_to_buffer(f".{form}", **save)
    return data


def gif(frames: int) -> bytes:
    image = pyvips.Image.black(8, 8 * frames, bands=3) + pyvips.Image.xyz(8, 8 * frames)[1] * 9
    image = image.cast("uchar").copy(interpretation="srgb").copy()
    image.set_type(pyvips.GValue.gint_type, "page-height", 8)
    data: bytes = image.gifsave_buffer()
    return data


def ref(data: bytes, name: str = "a.png") -> Reference:
    return Reference(name, load=lambda: data)


def faults(request: Request) -> list[RequestError]:
    found = list(reference_problems(request))
    assert all(isinstance(fault, RequestError) and not fault.billed for fault in found)
    return [fault for fault in found if isinstance(fault, RequestError)]


def fault(*inputs: bytes, api: str = "responses", mask: bytes | None = None, markup: bytes | None = None) -> str:
    request = Request(
        "x",
        {"api": api},
        inputs=tuple(ref(data) for data in inputs),
        mask=ref(mask, "mask.png") if mask is not None else None,
        markup=ref(markup, "marks.png") if markup is not None else None,
    )
    return " | ".join(found.message for found in faults(request))


@pytest.mark.parametrize("form", ["png", "jpg", "webp"])
@pytest.mark.parametrize("api", ["responses", "images"])
def test_usual_pictures_are_fine(form: str, api: str) -> None:
    assert fault(picture(form), api=api) == ""


def test_a_gif_that_stands_still_is_fine_for_one_of_the_apis() -> None:
    assert fault(gif(1)) == ""
    assert fault(gif(1), api="images") == "'a.png' is image/gif, expected one of png, jpeg, webp"


def test_an_animated_gif_is_not() -> None:
    assert fault(gif(3)) == "'a.png' is an animated gif"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\x00\x00\x00\x20ftypavif" + bytes(20), "image/avif"),
        (b"nothing", "no picture"),
        (b"", "no picture"),
    ],
)
def test_other_types_are_named(data: bytes, kind: str) -> None:
    assert fault(data) == f"'a.png' is {kind}, expected one of png, jpeg, webp, gif"


def test_a_mask_with_something_transparent_and_the_right_size_is_fine() -> None:
    assert fault(picture("jpg"), mask=picture(alpha=0)) == ""
    assert fault(picture("jpg"), mask=picture(alpha=0, depth=16)) == ""
    assert fault(picture("jpg"), mask=picture(alpha=0, palette=True)) == ""


@pytest.mark.parametrize("name", ["mask", "markup"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (picture(), "has no alpha channel"),
        (picture(alpha=255), "has no transparent pixel"),
        (picture(alpha=7), "has no transparent pixel"),
        (picture(width=16, alpha=0), "is 16x8, but the picture under it is 8x8"),
        (picture("webp", alpha=0), "is image/webp, but a NAME must be png"),
        (b"text", "is no picture, but a NAME must be png"),
        (picture(alpha=0)[:60], "is a damaged png"),
    ],
)
def test_what_is_wrong_with_a_mask_or_markup(name: str, data: bytes, message: str) -> None:
    found = fault(picture(), **{name: data})  # type: ignore[arg-type]  # one of the two names
    assert message.replace("NAME", name) in found


def test_the_mask_belongs_to_the_picture_that_is_edited() -> None:
    parent, other, mask = ref(picture(width=16)), ref(picture()), ref(picture(width=16, alpha=0))
    assert faults(Request("x", {}, parent, (other,), mask)) == []
    assert faults(Request("x", {}, other, (parent,), mask)) != []


def test_a_photo_that_is_turned_may_have_its_mask_either_way() -> None:
    turned = pyvips.Image.black(16, 8, bands=3).copy(interpretation="srgb").copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", 6)
    data = turned.jpegsave_buffer(keep="all")
    assert fault(data, mask=picture(width=8, height=16, alpha=0)) == ""
    assert fault(data, mask=picture(width=16, height=8, alpha=0)) == ""
    assert "is 8x8, but the picture under it is 8x16" in fault(data, mask=picture(alpha=0))


def test_too_many_bytes_are_told_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = picture(alpha=0)
    monkeypatch.setattr(check, "MOST_PICTURE", len(data))
    assert "expected less than" in fault(data)
    monkeypatch.setattr(check, "MOST_PICTURE", len(data) + 1)
    assert fault(data) == ""
    monkeypatch.setattr(check, "MOST_MASK", len(data))
    assert "but a mask must have less than" in fault(data, mask=data)
    monkeypatch.undo()
    monkeypatch.setattr(check, "MOST_PAYLOAD", len(data) * 4 // 3 * 2)
    assert fault(data) == ""
    assert "more than one request takes" in fault(data, data, data)


def test_a_mask_of_too_many_pixels_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MOST_PIXELS", 63)
    assert fault(picture(), mask=picture(alpha=0)) == "'mask.png' has 8x8 pixels, more than a picture may have"


def test_what_is_wrong_comes_with_what_to_do() -> None:
    (found,) = faults(Request("x", {}, ref(picture()), mask=ref(picture())))
    assert found.hint == "make it transparent where the picture may change"
