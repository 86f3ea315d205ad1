from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping, Sequence

import pytest
from PIL import Image as Pillow
from pixel_samples import apply, at, gradient, jpeg, near, pixels, plain, png, problems, size, spot, with_pillow

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels import ico, xmp
from imagebuild_pixels.step.favicon import Favicon

SVG = Picture(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#00f"/></svg>',
    "image/svg+xml",
)
NAMES = ["favicon", "apple-touch-icon", "icon-192", "icon-512", "icon-maskable-512", "site"]


class TestFavicon(StepContract):
    def step(self) -> Step:
        return Favicon()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"name": "My site", "background": "white", "padding": "15%"}

    def pictures(self) -> Sequence[Picture]:
        return (png(spot(600, 600, (100, 100, 400, 400), alpha=True)),)


def made(options: Mapping[str, object], picture: Picture, **others: str) -> dict[str, Picture]:
    return {str(each.labels["name"]): each for each in apply(Favicon(), options, picture, **others)}  # type: ignore[arg-type]  # a mark


def manifest(pictures: Mapping[str, Picture]) -> dict[str, object]:
    read: dict[str, object] = json.loads(pictures["site"].data)
    return read


def test_all_icons_have_their_names_types_and_sizes() -> None:
    found = made({}, png(gradient(1024, 1024)))
    assert list(found) == NAMES
    assert found["favicon"].media_type == "image/x-icon"
    assert found["site"].media_type == "application/manifest+json"
    assert [size(found[name]) for name in NAMES[1:-1]] == [(180, 180), (192, 192), (512, 512), (512, 512)]
    assert all(found[name].media_type == "image/png" for name in NAMES[1:-1])


def test_the_icon_file_holds_three_sizes_that_another_library_reads() -> None:
    data = made({}, png(spot(600, 600, (150, 150, 300, 300), alpha=True)))["favicon"].data
    assert Pillow.open(io.BytesIO(data)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    for edge in (16, 32, 48):
        icon = Pillow.open(io.BytesIO(data))
        icon.size = (edge, edge)
        icon.load()
        assert icon.mode == "RGBA"
        assert icon.getpixel((0, 0)) == (0, 0, 0, 0)
        assert near(icon.getpixel((edge // 2, edge // 2)), (200, 0, 0, 255))  # type: ignore[arg-type]  # four levels


def test_an_icon_file_is_laid_out_as_its_format_says() -> None:
    data = ico.pack({256: b"large", 16: b"small!"})
    assert struct.unpack_from("<HHH", data) == (0, 1, 2)
    assert struct.unpack_from("<BBBBHHII", data, 6) == (16, 16, 0, 0, 1, 32, 6, 38)
    assert struct.unpack_from("<BBBBHHII", data, 22) == (0, 0, 0, 0, 1, 32, 5, 44)
    assert data[38:] == b"small!large"


def test_entries_have_alpha_even_where_the_picture_is_opaque() -> None:
    data = made({}, png(plain(512, 512)))["favicon"].data
    (at,) = struct.unpack_from("<I", data, 6 + 12)
    colour_type = data[at + 25]
    assert colour_type == 6


def test_the_touch_icon_is_opaque_with_room_around_what_has_its_own_shape() -> None:
    touch = made({"background": "#0b7285"}, png(plain(600, 600, (200, 0, 0, 255)).copy()))["apple-touch-icon"]
    assert at(touch, 0, 0) == (200, 0, 0)
    touch = made({"background": "#0b7285"}, png(spot(600, 600, (10, 10, 580, 580), alpha=True)))["apple-touch-icon"]
    image = pixels(touch)
    assert not image.hasalpha()
    assert at(image, 5, 90) == (11, 114, 133)
    assert near(at(image, 90, 90), (200, 0, 0))


def test_the_maskable_icon_stands_on_its_ground() -> None:
    full = png(spot(600, 600, (1, 1, 598, 598), alpha=True))
    image = pixels(made({"background": "#0b7285"}, full)["icon-maskable-512"])
    assert at(image, 40, 256) == (11, 114, 133)
    assert near(at(image, 60, 256), (200, 0, 0))
    image = pixels(made({"background": "#0b7285", "padding": 128}, full)["icon-maskable-512"])
    assert at(image, 120, 256) == (11, 114, 133)
    assert near(at(image, 140, 256), (200, 0, 0))


def test_a_picture_that_fills_its_square_fills_the_maskable_icon_too() -> None:
    found = made({}, png(gradient(600, 600)))
    assert pixels(found["icon-maskable-512"]).write_to_memory() == pixels(found["icon-512"]).write_to_memory()


def test_an_opaque_picture_with_a_plain_edge_lends_its_colour_to_the_ground() -> None:
    picture = png(plain(600, 600, (11, 114, 133)).draw_rect([255, 255, 255], 200, 200, 200, 200, fill=True))
    found = made({}, picture)
    assert at(found["icon-maskable-512"], 3, 3) == (11, 114, 133)
    assert manifest(found)["background_color"] == manifest(found)["theme_color"] == "#0b7285"


def test_the_manifest_names_the_site_the_icons_and_the_colours() -> None:
    options = {"name": "Café Ü", "short_name": "Café", "theme": "#112233", "path": "/i/", "display": "browser"}
    says = manifest(made(options, png(spot(600, 600, (100, 100, 400, 400), alpha=True))))
    assert says == {
        "name": "Café Ü",
        "short_name": "Café",
        "icons": [
            {"src": "/i/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/i/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {"src": "/i/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "theme_color": "#112233",
        "background_color": "#ffffff",
        "display": "browser",
    }


def test_a_site_without_a_name_is_called_like_its_target() -> None:
    says = manifest(made({}, png(plain(512, 512))))
    assert says["name"] == says["short_name"] == "hero"


def test_a_drawing_gives_a_safe_drawing_too_and_stands_in_the_manifest() -> None:
    hostile = Picture(SVG.data.replace(b"</svg>", b"<script>alert(1)</script></svg>"), "image/svg+xml")
    found = made({}, hostile)
    assert list(found) == [*NAMES[:-1], "icon", "site"]
    assert found["icon"].media_type == "image/svg+xml"
    assert b"script" not in found["icon"].data
    icons = manifest(found)["icons"]
    assert isinstance(icons, list)
    assert icons[-1] == {"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}
    assert near(at(found["icon-192"], 96, 96), (0, 0, 255, 255))
    assert at(found["icon-192"], 0, 0)[3] == 0


def test_an_opaque_picture_that_is_nearly_square_is_cut_and_a_transparent_one_kept_whole() -> None:
    image = plain(600, 700, (0, 0, 200)).draw_rect([200, 0, 0], 0, 0, 600, 50, fill=True)
    assert at(made({}, png(image))["icon-192"], 96, 2) == (0, 0, 200)
    clear = png(spot(600, 700, (0, 0, 600, 700), alpha=True).draw_rect([0, 0, 0, 0], 0, 0, 1, 1, fill=True))
    icon = made({}, clear)["icon-192"]
    assert at(icon, 2, 96)[3] == 0
    assert near(at(icon, 96, 2), (200, 0, 0, 255))


def test_each_icon_carries_the_mark_and_the_icon_file_once() -> None:
    found = made({}, png(spot(600, 600, (100, 100, 400, 400), alpha=True)), source_type="algorithmicMedia")
    for name in NAMES[1:-1]:
        assert xmp.parse(with_pillow(found[name]).info["xmp"])[1] == "algorithmicMedia", name
    assert found["favicon"].data.count(b"digitalsourcetype/algorithmicMedia") == 1


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (png(plain(1536, 1024)), "'hero' is 1536x1024, expected a square for icons"),
        (png(plain(256, 256)), "'hero' is 256x256, expected at least 512x512 for icons"),
        (Picture(SVG.data.replace(b"0 0 10 10", b"0 0 20 10"), "image/svg+xml"), "'hero' is 20x10, expected a square"),
    ],
)
def test_what_makes_no_good_icon_is_refused_with_a_way_out(picture: Picture, message: str) -> None:
    with pytest.raises(StepError, match=message) as caught:
        apply(Favicon(), {}, picture)
    assert caught.value.hint


def test_several_pictures_are_refused() -> None:
    with pytest.raises(StepError, match="2 pictures, expected one"):
        apply(Favicon(), {}, jpeg(plain(512, 512)), jpeg(plain(512, 512)))


def test_a_transparent_ground_is_no_ground() -> None:
    assert problems(Favicon(), {"background": "#ffffff80"}) == ["expected an opaque colour, found '#ffffff80'"]
