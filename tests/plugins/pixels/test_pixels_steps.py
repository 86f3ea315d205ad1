from __future__ import annotations

import subprocess
import sys

import pytest
from pixel_samples import apply, png

from imagebuild_pixels import imagebuild_checks, imagebuild_steps
from imagebuild_pixels.raster import vips
from imagebuild_pixels.step import STEPS
from imagebuild_pixels.step.crop import Crop
from imagebuild_pixels.step.pad import Pad
from imagebuild_pixels.step.resize import Resize


def test_the_hooks_give_one_object_of_each_step_and_check() -> None:
    names = [step.name for step in imagebuild_steps()]
    assert len(set(names)) == len(names) == len(STEPS)
    checks = [check.name for check in imagebuild_checks()]
    assert len(set(checks)) == len(checks)


def test_loading_the_plugin_loads_no_heavy_library() -> None:
    code = "import sys, imagebuild_pixels as it; it.imagebuild_steps(); print({'pyvips', 'PIL'} & {*sys.modules})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_option_shows_how_it_is_written(step: type) -> None:
    for option in step.options:  # type: ignore[attr-defined]  # a step has them
        assert option.example.startswith(f"{option.name}: "), option.name


@pytest.mark.parametrize(
    ("step", "options"),
    [
        (Resize(), {"": 100}),
        (Resize(), {"width": 1, "height": 1}),
        (Crop(), {"": "16:9"}),
        (Crop(), {"size": "1x1"}),
        (Pad(), {"aspect": "16:9"}),
        (Pad(), {"": "5%"}),
    ],
)
def test_a_picture_of_one_pixel_is_taken_too(step: object, options: dict[str, object]) -> None:
    dot = png(vips().Image.black(1, 1, bands=3).copy(interpretation="srgb"))
    assert len(apply(step, options, dot)) == 1  # type: ignore[arg-type]  # a step
