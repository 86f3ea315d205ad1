"""Pytest fixtures; load them with ``pytest_plugins = ["imagebuild.testing.fixtures"]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from imagebuild.testing.world import World

__all__ = ["project"]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], World]:
    """A function that makes a project from its files: ``project({"imagebuild.yaml": "..."})``."""

    def make(files: Mapping[str, str | bytes]) -> World:
        root = tmp_path / "project"
        root.mkdir(exist_ok=True)
        return World(root, tmp_path / "home").write(files)

    return make
