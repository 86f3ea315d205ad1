from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from pixel_samples import PROMPT, animation, apply, at, gradient, jpeg, near, plain, png, problems, size, with_metadata

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels import raster
from imagebuild_pixels.step.responsive import Responsive


class TestResponsive(StepContract):
    def step(self) -> Step:
        return Responsive()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"widths": [16, 32]}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient()),)


def labels(pictures: Sequence[Picture]) -> list[tuple[object, object]]:
    return [(picture.labels["width"], picture.labels["format"]) for picture in pictures]


def test_every_width_comes_in_every_format_the_smallest_first() -> None:
    made = apply(Responsive(), {"widths": [32, 16], "formats": ["webp", "png"]}, png(gradient()))
    assert labels(made) == [(16, "webp"), (16, "png"), (32, "webp"), (32, "png")]
    assert [size(picture) for picture in made] == [(16, 12), (16, 12), (32, 24), (32, 24)]
    assert [picture.media_type for picture in made] == ["image/webp", "image/png"] * 2


def test_defaults_are_three_widths_and_three_formats() -> None:
    made = apply(Responsive(), {}, png(plain(1000, 10)))
    assert labels(made) == [(width, form) for width in (400, 800, 1000) for form in ("avif", "webp", "jpeg")]


def test_widths_beyond_the_picture_give_its_own_once() -> None:
    made = apply(Responsive(), {"widths": [32, 64, 100, 200], "formats": "png"}, png(gradient()))
    assert labels(made) == [(32, "png"), (64, "png")]
    (only,) = apply(Responsive(), {"": 100, "formats": "png"}, png(gradient()))
    assert size(only) == (64, 48)


def test_a_width_looks_the_same_whatever_others_there_are() -> None:
    picture = jpeg(gradient(640, 480))
    alone = apply(Responsive(), {"widths": [40]}, picture)
    among = apply(Responsive(), {"widths": [320, 40, 600]}, picture)
    assert [each.data for each in alone] == [each.data for each in among if each.labels["width"] == 40]


def test_a_picture_is_decoded_once_and_scaled_once_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, scaled = [], []
    load, resized = raster.load, raster.resized
    module = "imagebuild_pixels.step.responsive"
    monkeypatch.setattr(f"{module}.load", lambda *given: decoded.append(1) or load(*given))
    monkeypatch.setattr(f"{module}.resized", lambda *given: scaled.append(given[1]) or resized(*given))
    apply(Responsive(), {"widths": [16, 32]}, png(gradient()))
    assert (len(decoded), scaled) == (1, [16, 32])


def test_quality_and_effort_are_told_by_format() -> None:
    def lengths(**options: object) -> dict[object, int]:
        made = apply(Responsive(), {"widths": [64], **options}, png(gradient()))
        return {picture.labels["format"]: len(picture.data) for picture in made}

    usual = lengths()
    better = lengths(quality={"avif": 90, "jpeg": 95})
    assert better["avif"] > usual["avif"]
    assert better["jpeg"] > usual["jpeg"]
    assert better["webp"] == usual["webp"]
    assert lengths(effort=3) == usual


def test_a_jpeg_of_a_transparent_picture_stands_on_a_ground() -> None:
    clear = png(plain(20, 20, (0, 0, 0, 0)))
    options = {"widths": [20], "formats": ["jpeg", "png"], "background": "#1e90ff"}
    flat, open_ = apply(Responsive(), options, clear)
    assert near(at(flat, 5, 5), (30, 144, 255))
    assert at(open_, 5, 5)[3] == 0


def test_marks_are_written_and_prompts_are_not() -> None:
    made = apply(Responsive(), {"widths": [16, 64]}, with_metadata("png"), source_type="trainedAlgorithmicMedia")
    assert len(made) == 6
    assert all(b"digitalsourcetype/trainedAlgorithmicMedia" in picture.data for picture in made)
    assert not any(PROMPT.encode() in picture.data for picture in made)


def test_labels_that_came_stay_and_other_files_pass() -> None:
    sheet = Picture(b"a {}", "text/css")
    named = Picture(png(gradient()).data, "image/png", {"name": "icon"})
    first, last = apply(Responsive(), {"widths": [16], "formats": ["png"]}, named, sheet)
    assert first.labels == {"name": "icon", "width": 16, "format": "png"}
    assert last is sheet


def test_the_same_bytes_come_whoever_else_works() -> None:
    picture = png(gradient(300, 200))
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda _: apply(Responsive(), {"widths": [100, 200]}, picture), range(4)))
    assert len({tuple(each.data for each in run) for run in runs}) == 1


def test_an_animation_is_refused() -> None:
    with pytest.raises(StepError, match="3 frames"):
        apply(Responsive(), {}, animation())


def test_options_that_make_no_sense_are_problems() -> None:
    assert problems(Responsive(), {"widths": []}) == ["'widths' is empty"]
    assert problems(Responsive(), {"formats": ["gif"]})[0].startswith("'formats' of 'responsive': expected one of avif")
    assert problems(Responsive(), {"quality": {"png": 5}}) == ["'png' has no quality, expected jpeg, webp, avif"]
    for wrong in (0, 101, "x", True, 1.5):
        (message,) = problems(Responsive(), {"quality": {"avif": wrong}})
        assert message == f"quality of 'avif': expected 1 to 100, found '{wrong}'"
