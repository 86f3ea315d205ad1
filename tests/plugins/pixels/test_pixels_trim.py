from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import (
    apply,
    at,
    from_pixels,
    gradient,
    jpeg,
    near,
    pixels,
    plain,
    png,
    same,
    size,
    spot,
    with_pillow,
)

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.step.trim import Trim


class TestTrim(StepContract):
    def step(self) -> Step:
        return Trim()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"padding": "10%"}

    def pictures(self) -> Sequence[Picture]:
        return (png(spot(60, 40, (10, 5, 20, 30))),)


@pytest.mark.parametrize("alpha", [True, False])
@pytest.mark.parametrize("box", [(10, 5, 20, 30), (0, 39, 60, 1), (59, 0, 1, 1), (1, 1, 59, 39)])
def test_exactly_the_border_goes(alpha: bool, box: tuple[int, int, int, int]) -> None:
    (kept,) = apply(Trim(), {}, png(spot(60, 40, box, alpha)))
    assert size(kept) == box[2:]
    assert at(kept, 0, 0)[:3] == (200, 0, 0)


def test_padding_leaves_border_even_where_there_was_none() -> None:
    picture = png(spot(60, 40, (10, 5, 20, 35)))
    (kept,) = apply(Trim(), {"padding": 7}, picture)
    assert size(kept) == (34, 49)
    assert at(kept, 6, 6) == at(kept, 27, 48) == (255, 255, 255)
    assert at(kept, 7, 7) == at(kept, 26, 41) == (200, 0, 0)
    (kept,) = apply(Trim(), {"padding": "10%"}, png(spot(60, 40, (10, 5, 20, 30), alpha=True)))
    assert size(kept) == (24, 34)
    assert at(kept, 0, 0)[3] == 0


def test_a_colour_near_that_of_the_border_is_border() -> None:
    rows = [[(250, 250, 250)] * 20 for _ in range(20)]
    rows[3][4] = (242, 250, 250)
    rows[10][10] = (0, 0, 0)
    assert size(apply(Trim(), {}, png(from_pixels(rows)))[0]) == (1, 1)
    assert size(apply(Trim(), {"": 5}, png(from_pixels(rows)))[0]) == (7, 8)


def test_the_noise_of_a_jpeg_is_border_by_itself() -> None:
    (kept,) = apply(Trim(), {}, jpeg(spot(64, 64, (16, 16, 32, 32)), Q=90))
    assert near(size(kept), (32, 32), 4)


def test_a_hole_of_the_borders_colour_is_no_border() -> None:
    image = plain(20, 20, (255, 255, 255)).bandjoin(255).copy(interpretation="srgb")
    image = image.draw_rect([255, 255, 255, 0], 5, 5, 10, 10, fill=True)
    assert size(apply(Trim(), {}, png(image))[0]) == (10, 10)


def test_a_picture_without_a_border_stays_whole() -> None:
    assert same(pixels(apply(Trim(), {}, png(gradient()))[0]), gradient())


@pytest.mark.parametrize("image", [plain(8, 8), plain(8, 8, (0, 0, 0, 0)), plain(1, 1)])
def test_a_picture_that_is_all_border_is_refused(image: object) -> None:
    with pytest.raises(StepError, match="'hero' is all border: nothing would remain") as caught:
        apply(Trim(), {}, png(image))  # type: ignore[arg-type]  # a picture of libvips
    assert caught.value.hint


def test_frames_of_an_animation_are_cut_to_what_any_of_them_shows() -> None:
    from PIL import Image

    frames = []
    for left in (4, 12):
        frame = Image.new("RGB", (30, 20), (255, 255, 255))
        frame.paste((200, 0, 0), (left, 5, left + 6, 11))
        frames.append(frame)
    import io

    file = io.BytesIO()
    frames[0].save(file, "webp", save_all=True, append_images=frames[1:], duration=[100, 200], lossless=True)
    (kept,) = apply(Trim(), {}, Picture(file.getvalue(), "image/webp"))
    assert with_pillow(kept).size == (14, 6)
    assert pixels(kept).get("delay") == [100, 200]
