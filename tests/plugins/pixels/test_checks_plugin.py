from __future__ import annotations

import subprocess
import sys

import imagebuild_pixels
from imagebuild_pixels.check import CHECKS


def test_the_plugin_gives_one_of_each_check_in_the_order_of_their_names() -> None:
    names = [check.name for check in imagebuild_pixels.imagebuild_checks()]
    assert names == sorted(set(names)) == [check.name for check in CHECKS]


def test_importing_the_checks_loads_no_heavy_library() -> None:
    code = "import sys, imagebuild_pixels.check; print({'pyvips', 'c2pa', 'PIL', 'openai'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
