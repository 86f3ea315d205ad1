from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from delivering import Work

from imagebuild.errors import PublishError
from imagebuild_publish.selection import select


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = Work(tmp_path)
    for season in ("spring", "autumn"):
        work.add(f"hero[season={season}]", "image/png", slug=f"hero-{season}", tags=("blog",))
    return work.add("icon-a", "image/png", tags=("icon", "blog")).add("icon-b", "image/png", tags=("icon",))


def chosen(work: Work, **options: Any) -> list[str]:
    return [image.id for image in select(work.manifest, options)]


def test_without_options_all_pictures_are_chosen_by_id(work: Work) -> None:
    assert chosen(work) == ["hero[season=autumn]", "hero[season=spring]", "icon-a", "icon-b"]


def test_a_name_an_id_and_a_pattern_choose(work: Work) -> None:
    assert chosen(work, targets=["hero"]) == ["hero[season=autumn]", "hero[season=spring]"]
    assert chosen(work, targets=["hero[season=spring]", "icon-*"]) == ["hero[season=spring]", "icon-a", "icon-b"]
    assert chosen(work, targets=["hero[season=s*"]) == ["hero[season=spring]"]


def test_tags_choose_and_narrow_what_names_chose(work: Work) -> None:
    assert chosen(work, tags=["icon"]) == ["icon-a", "icon-b"]
    assert chosen(work, targets=["icon-*"], tags=["blog"]) == ["icon-a"]


def test_what_matches_nothing_is_an_error_that_suggests(work: Work) -> None:
    with pytest.raises(PublishError, match="no picture is named 'heroo'") as caught:
        chosen(work, targets=["heroo"])
    assert caught.value.hint == "did you mean 'hero'?"
    with pytest.raises(PublishError, match="no picture has the tag 'photo'") as caught:
        chosen(work, tags=["photo"])
    assert caught.value.hint == "tags: blog, icon"
