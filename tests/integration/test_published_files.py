"""Files that publishers keep in the project, as whole builds leave them."""

from __future__ import annotations

import builtins
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagebuild import memory
from imagebuild.errors import PublishError, StoreError
from imagebuild.manifest import Manifest
from imagebuild.option import Option
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.stamp import is_fresh
from imagebuild.testing import World

Make = Callable[..., World]

SPEC = """\
version: 1
defaults: {provider: sketch}
targets:
  hero: {prompt: a hill, steps: [{mark: {widths: [1, 2, 3]}}], alt: A hill}
  logo: {prompt: a logo, alt: A logo}
publish:
  - copying: site
"""


class Copying(Publisher):
    """Copies every file, and writes a list of them."""

    name, version = "copying", "1"
    options = (Option("path", "text", "Where to.", required=True, main=True),)
    fails_after = 10_000

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        folder, names = str(context.options["path"]), []
        changed = 0
        for image in manifest.images.values():
            for variant in image.variants:
                if len(names) == self.fails_after:
                    raise PublishError("the line went dead")
                names.append(variant.path.rpartition("/")[2])
                changed += context.place(f"{folder}/{names[-1]}", variant.sha256)
        changed += context.write(f"{folder}/list.txt", "\n".join(names).encode())
        return Publication(folder, changed + context.clear())


def world_of(project: Make, spec: str = SPEC) -> World:
    world = project({"imagebuild.yaml": spec})
    world.extra = (Copying(),)
    return world


def site(world: World, folder: str = "site") -> list[str]:
    return sorted(path.name for path in (world.root / folder).glob("*"))


def test_files_come_change_and_go_with_the_pictures(project: Make) -> None:
    world = world_of(project)
    assert world.build().exit_code == 0
    assert site(world) == ["hero-1.png", "hero-2.png", "hero-3.png", "list.txt", "logo.png"]
    assert world.read("site/logo.png") == world.read("images/logo.png")
    world.edit("imagebuild.yaml", "widths: [1, 2, 3]", "widths: [3]").edit("imagebuild.yaml", "a logo,", "a sign,")
    assert world.build().exit_code == 0
    assert site(world) == ["hero-3.png", "list.txt", "logo.png"]
    assert world.read("site/logo.png") == world.read("images/logo.png")
    world.edit("imagebuild.yaml", "copying: site", "copying: other").build()
    assert (site(world), site(world, "other")) == ([], ["hero-3.png", "list.txt", "logo.png"])
    assert world.notices == []


def test_a_placed_file_can_be_edited_without_harm_to_the_store(project: Make) -> None:
    world = world_of(project)
    world.build()
    assert (world.root / "site/logo.png").stat().st_mode & 0o200
    with (world.root / "site/logo.png").open("r+b") as file:
        file.write(b"edited")
    world.build()
    assert world.read("site/logo.png").startswith(b"edited")
    assert "'site/logo.png' was changed since it was published; it is kept" in "".join(world.notices)
    (world.root / "site/logo.png").unlink()
    world.build()
    assert world.read("site/logo.png") == world.read("images/logo.png")


def test_a_fresh_clone_takes_its_files_over_and_replaces_what_its_builds_made(project: Make) -> None:
    world = world_of(project)
    world.build()
    logo = world.read("site/logo.png")
    for path in sorted((world.root / ".imagebuild").iterdir()):
        if path.name.startswith("published"):
            path.unlink()
    world.write({"site/hero-1.png": logo, "site/theirs.png": b"theirs"})
    world.build()
    assert world.notices == []
    assert world.read("site/hero-1.png") == world.read("images/hero-1.png")
    world.edit("imagebuild.yaml", "widths: [1, 2, 3]", "widths: [3]").build()
    assert site(world) == ["hero-3.png", "list.txt", "logo.png", "theirs.png"]


def test_a_run_that_failed_is_cleaned_up_after(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(project)
    with monkeypatch.context() as patch:
        patch.setattr(Copying, "fails_after", 2)
        assert world.build().exit_code == 1
    assert site(world) == ["hero-1.png", "hero-2.png"]
    world.edit("imagebuild.yaml", "widths: [1, 2, 3]", "widths: [2, 3]").build()
    assert site(world) == ["hero-2.png", "hero-3.png", "list.txt", "logo.png"]
    assert world.notices == []
    assert not (world.root / ".imagebuild/published.log").exists()


def test_a_file_that_became_an_output_is_not_cleared(project: Make) -> None:
    world = world_of(project)
    world.build()
    world.edit("imagebuild.yaml", "alt: A logo", "alt: A logo, output: 'site/{{ id }}.{{ ext }}'")
    world.edit("imagebuild.yaml", "copying: site", "copying: other").build()
    assert site(world) == ["logo.png"]
    assert world.notices == []


def test_two_publishers_that_want_one_path_for_other_bytes_are_an_error(project: Make) -> None:
    class Empty(Publisher):
        """Writes a list of nothing."""

        name, version = "empty", "1"

        def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
            return Publication("site", int(context.write("site/list.txt", b"nothing")))

    world = world_of(project, SPEC + "  - empty\n")
    world.extra = (Copying(), Empty())
    report = world.build()
    assert str(report.failures[0].error).startswith(
        "imagebuild.yaml:8:5: 'site/list.txt' was written by 'copying' before, with other bytes"
    )


def test_a_picture_that_the_store_has_lost_is_a_clear_error(project: Make) -> None:
    class Wanting(Publisher):
        """Places what nobody has."""

        name, version = "wanting", "1"

        def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
            with pytest.raises(StoreError, match="object 000000000000 is not in the store"):
                context.place("site/a.png", "0" * 64)
            return Publication("site", 0)

    world = world_of(project, SPEC.replace("copying: site", "wanting"))
    world.extra = (Wanting(),)
    assert world.build().exit_code == 0


def test_a_complete_build_vouches_for_what_is_published(project: Make) -> None:
    world = world_of(project)
    world.build()
    assert is_fresh(str(world.root), world.environ) == 2
    for name in site(world):
        aside = world.root / "aside"
        (world.root / "site" / name).rename(aside)
        assert is_fresh(str(world.root), world.environ) is None
        aside.rename(world.root / "site" / name)
    world.build()
    assert is_fresh(str(world.root), world.environ) == 2
    world.write({"site/logo.png": b"edited"}).build()
    assert is_fresh(str(world.root), world.environ) is None


def test_two_thousand_files_that_are_there_are_not_read(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is ahead, so that what was written just now is old enough to be told from a later change."""
    monkeypatch.setattr("imagebuild.store.state.clock_of", lambda folder: time.time_ns() + 10**10)
    world = world_of(project, SPEC.replace("[1, 2, 3]", str(list(range(2000)))))
    assert world.build().exit_code == 0
    assert len(site(world)) == 2002
    real = builtins.open

    def guarded(path: Any, *arguments: Any, **options: Any) -> Any:
        assert not (isinstance(path, str | Path) and f"{os.sep}site{os.sep}" in str(path)), f"{path} was opened"
        return real(path, *arguments, **options)

    monkeypatch.setattr(builtins, "open", guarded)
    monkeypatch.delattr(memory, "write_file")
    (told,) = world.open().publish()
    assert told.changed == 0
