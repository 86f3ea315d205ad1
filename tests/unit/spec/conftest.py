"""Projects written inline, and what loading them says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from imagebuild.errors import Problem, SpecError
from imagebuild.spec import Spec, load_spec

Load = Callable[..., Spec]
Fail = Callable[..., tuple[Problem, ...]]


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def run(spec: str | bytes, files: Mapping[str, str | bytes] | None = None, **environ: str) -> Spec:
        write(tmp_path, {**(files or {}), "imagebuild.yaml": spec})
        return load_spec(tmp_path, environ=environ)

    return run


@pytest.fixture
def fail(load: Load) -> Fail:
    def run(spec: str | bytes, files: Mapping[str, str | bytes] | None = None, **environ: str) -> tuple[Problem, ...]:
        with pytest.raises(SpecError) as caught:
            load(spec, files, **environ)
        return caught.value.problems

    return run
