"""The gallery is a publisher."""

from __future__ import annotations

import pytest

from imagebuild.registry import Registry
from imagebuild.testing import PublisherContract
from imagebuild_gallery import GalleryPublisher


class TestGalleryPublisher(PublisherContract):
    shows_prompts = True

    def publisher(self) -> GalleryPublisher:
        return GalleryPublisher()


def test_it_comes_with_imagebuild_under_its_name() -> None:
    assert Registry.load().publishers["gallery"].version == "1"


def test_a_bare_value_is_the_folder() -> None:
    assert GalleryPublisher().resolve({"": "docs/pictures"}).options["path"] == "docs/pictures"


@pytest.mark.parametrize(
    "path", ["", ".", "/srv/www", "../www", "a/../../b", "a//b", "C:/www", "a\\b", "~/www", "a\nb"]
)
def test_a_folder_outside_the_project_is_a_problem(path: str) -> None:
    problems = GalleryPublisher().resolve({"path": path}).problems
    assert [problem.field for problem in problems] == ["path"]
    assert problems[0].hint
