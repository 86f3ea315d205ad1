from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import imagebuild
import imagebuild.testing
from imagebuild import errors, event
from imagebuild.testing import World

DOCS = Path(__file__).parents[2] / "docs"


def test_every_public_name_is_there() -> None:
    assert all(getattr(imagebuild, name) is not None for name in imagebuild.__all__)
    assert all(getattr(imagebuild.testing, name) is not None for name in imagebuild.testing.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = imagebuild.nothing


def test_importing_the_package_imports_none_of_it() -> None:
    code = "import sys, imagebuild; print(sorted(name for name in sys.modules if name.startswith('imagebuild')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['imagebuild']\n"


def test_all_errors_and_events_are_public() -> None:
    for module in (errors, event):
        classes = {
            name for name, item in vars(module).items() if isinstance(item, type) and item.__module__ == module.__name__
        }
        assert classes <= set(module.__all__)


def test_the_documented_test_runs(project: Callable[..., World]) -> None:
    text = (DOCS / "reference" / "python.md").read_text("utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[-1]
    scope: dict[str, Callable[[Callable[..., World]], None]] = {}
    exec(code, scope)
    scope["test_a_new_prompt_buys_one_picture"](project)


def test_every_option_of_build_is_documented() -> None:
    import inspect

    text = (DOCS / "reference" / "python.md").read_text("utf-8")
    names = set(inspect.signature(imagebuild.Project.build).parameters) - {"self", "targets", "tags"}
    assert {name for name in names if f"| `{name}` |" in text} == names
