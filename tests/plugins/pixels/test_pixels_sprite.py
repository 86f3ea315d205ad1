from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pixel_samples import apply, at, pixels, plain, png, problems, size

from imagebuild import Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.packing import pack
from imagebuild_pixels.step.sprite import Sprite

RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h2v2h-2z" fill="#f00"/></svg>'


def icon(name: str, colour: tuple[int, ...], width: int = 64, height: int = 64) -> Picture:
    return Picture(png(plain(width, height, colour)).data, "image/png", {"name": name})


def three() -> Sequence[Picture]:
    return icon("star", RED), icon("moon", GREEN, 64, 32), icon("sun", BLUE, 32, 64)


def index_of(made: Sequence[Picture]) -> Any:
    return json.loads(next(each.data for each in made if each.media_type == "application/json"))


def style_of(made: Sequence[Picture]) -> str:
    return next(each.data for each in made if each.media_type == "text/css").decode()


class TestSpriteContract(StepContract):
    def step(self) -> Step:
        return Sprite()

    def options(self) -> Mapping[str, object]:
        return {"size": 16}

    def pictures(self) -> Sequence[Picture]:
        return three()


def test_there_is_a_picture_for_each_scale_a_style_sheet_and_an_index() -> None:
    made = apply(Sprite(), {"size": 16, "scale": [1, 2, 3]}, *three())
    assert [(each.media_type, dict(each.labels)) for each in made] == [
        ("image/png", {}),
        ("image/png", {"name": "2x"}),
        ("image/png", {"name": "3x"}),
        ("text/css", {}),
        ("application/json", {}),
    ]
    width, height = size(made[0])
    assert size(made[1]) == (2 * width, 2 * height)
    assert size(made[2]) == (3 * width, 3 * height)


def test_each_icon_is_where_the_index_says_and_nothing_around_it() -> None:
    made = apply(Sprite(), {"size": 16, "padding": 3}, *three())
    icons = index_of(made)["icons"]
    assert {name: (each["width"], each["height"]) for name, each in icons.items()} == {
        "star": (16, 16),
        "moon": (16, 8),
        "sun": (8, 16),
    }
    for scale, picture in ((1, made[0]), (2, made[1])):
        for name, colour in (("star", RED), ("moon", GREEN), ("sun", BLUE)):
            place = {key: value * scale for key, value in icons[name].items()}
            part = pixels(picture).crop(place["x"], place["y"], place["width"], place["height"])
            assert [part.extract_band(band).min() for band in range(4)] == list(colour)
        covered = sum(each["width"] * each["height"] for each in icons.values()) * scale * scale
        alpha = pixels(picture).extract_band(3)
        assert round(alpha.avg() * alpha.width * alpha.height / 255) == covered


def test_the_style_sheet_shows_each_icon_by_its_class() -> None:
    made = apply(Sprite(), {"size": 16, "prefix": "flag", "url": "/img/flags{scale}.{ext}"}, *three())
    style, index = style_of(made), index_of(made)
    star = index["icons"]["star"]
    rule = re.search(r"\.flag-star \{(.*?)\}", style, re.DOTALL)
    assert rule is not None
    assert "width: 16px;" in rule[1]
    left, top = (f"-{star[axis]}px" if star[axis] else "0" for axis in ("x", "y"))
    assert f"background-position: {left} {top};" in rule[1]
    assert f"background-size: {index['width']}px {index['height']}px;" in style
    assert 'image-set(url("/img/flags.png") 1x, url("/img/flags-2x.png") 2x)' in style
    assert style.index("flag-moon") < style.index("flag-star") < style.index("flag-sun")


def test_names_become_classes_and_pictures_without_one_are_numbered() -> None:
    made = apply(Sprite(), {"size": 16}, icon("Big Star!", RED), png(plain(64, 64, GREEN)), icon("née", BLUE))
    assert list(index_of(made)["icons"]) == ["2", "big-star", "née"]


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(StepError, match="'a b' and 'a-b' would both be called 'a-b'"):
        apply(Sprite(), {"size": 16}, icon("a b", RED), icon("a-b", RED))


def test_without_a_size_icons_keep_their_pixels_at_the_largest_scale() -> None:
    made = apply(Sprite(), {}, *three())
    assert index_of(made)["icons"]["moon"]["width"] == 32
    (alone, *_) = apply(Sprite(), {"scale": 1}, three()[0])
    assert size(alone) == (64, 64)


def test_a_drawing_is_sharp_at_each_scale() -> None:
    made = apply(Sprite(), {"size": 40}, Picture(SVG, "image/svg+xml", {"name": "half"}))
    assert [size(made[0]), size(made[1])] == [(40, 20), (80, 40)]
    assert [at(made[1], 39, 20)[3], at(made[1], 40, 20)[3]] == [255, 0]


def test_a_picture_with_too_few_pixels_is_named() -> None:
    with pytest.raises(StepError, match="'star' is 64x64, expected 80 pixels for size 40 at scale 2"):
        apply(Sprite(), {"size": 40}, *three())


def test_the_address_can_hold_the_digest_of_the_picture() -> None:
    made = apply(Sprite(), {"size": 16, "scale": 1, "url": "/img/{hash}.{ext}"}, *three())
    digest = hashlib.sha256(made[0].data).hexdigest()[:8]
    assert f'url("/img/{digest}.png")' in style_of(made)
    assert index_of(made)["images"][0]["url"] == f"/img/{digest}.png"


def test_without_an_address_the_style_sheet_holds_the_sharpest_picture_itself() -> None:
    made = apply(Sprite(), {"size": 16}, *three())
    style, index = style_of(made), index_of(made)
    data = re.findall(r'url\("data:image/png;base64,([^"]+)"\)', style)
    assert [base64.b64decode(each) for each in data] == [made[1].data]
    assert f"background-size: {index['width']}px {index['height']}px;" in style
    assert all("url" not in image for image in index["images"])


def test_what_the_target_is_called_changes_no_byte() -> None:
    options = Sprite().resolve({"size": 16, "url": "/a{scale}.{ext}"}).options
    one, other = (Sprite().apply(three(), StepContext(name, options)) for name in ("icons", "flags"))
    assert [each.data for each in one] == [each.data for each in other]


@pytest.mark.parametrize("form", ["png", "webp"])
def test_colours_are_kept_to_the_bit_and_the_mark_is_written(form: str) -> None:
    odd = icon("odd", (13, 77, 201))
    made = apply(Sprite(), {"scale": 1, "format": form}, odd, source_type="algorithmicMedia")
    assert at(made[0], 5, 5) == (13, 77, 201)
    assert b"digitalsourcetype/algorithmicMedia" in made[0].data


def test_what_has_no_pixels_is_handed_on() -> None:
    style = Picture(b".a {}", "text/css")
    assert apply(Sprite(), {"size": 16}, *three(), style)[-1] is style


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prefix": "9 a"}, "'9 a' is no CSS class"),
        ({"url": 'x"); } body { display: none'}, "is no address"),
        ({"url": "{name}.png"}, "is no address"),
        ({"url": "x.png"}, "is the same for each of 2 scales"),
        ({"scale": []}, "'scale' is empty"),
        ({"scale": [5]}, "expected 1 to 4"),
    ],
)
def test_wrong_options_are_told_before_anything_runs(options: Mapping[str, object], words: str) -> None:
    assert any(words in message for message in problems(Sprite(), options))


def test_a_name_cannot_break_out_of_the_style_sheet() -> None:
    made = apply(Sprite(), {"size": 16}, icon("a} body{display:none", RED))
    assert "display:none" not in style_of(made)
    assert ".icon-a-body-display-none {" in style_of(made)


@settings(max_examples=60, deadline=None)
@given(
    some.lists(some.tuples(some.integers(1, 90), some.integers(1, 90)), min_size=1, max_size=30), some.integers(0, 8)
)
def test_packed_boxes_keep_their_distance(sizes: list[tuple[int, int]], padding: int) -> None:
    packed = pack(sizes, padding)
    boxes = [(*place, *each) for place, each in zip(packed.places, sizes, strict=True)]
    for index, (left, top, width, height) in enumerate(boxes):
        assert left >= 0
        assert top >= 0
        assert left + width <= packed.size[0]
        assert top + height <= packed.size[1]
        for other_left, other_top, other_width, other_height in boxes[:index]:
            apart_across = left >= other_left + other_width + padding or other_left >= left + width + padding
            apart_down = top >= other_top + other_height + padding or other_top >= top + height + padding
            assert apart_across or apart_down


def test_equal_boxes_make_a_block_without_waste() -> None:
    assert pack([(10, 10)] * 16, 0).size == (40, 40)
    assert pack([(10, 10)] * 4, 2).size == (22, 22)
