"""What every publisher must hold to, as a test class to inherit from."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from imagebuild.errors import PublishError
from imagebuild.manifest import Image, Manifest, Stage, Variant
from imagebuild.option import Configurable
from imagebuild.publisher import Publication, Publisher
from imagebuild.testing.desk import Desk
from imagebuild.testing.option_contract import ConfigurableContract
from imagebuild.testing.picture import png

__all__ = ["PublisherContract", "manifest_of"]


def manifest_of(pictures: Mapping[str, bytes]) -> Manifest:
    """A manifest of PNG files by target id, each 8 pixels wide and 6 high, with one generated stage."""
    images = {}
    for name, data in sorted(pictures.items()):
        digest = sha256(data).hexdigest()
        variant = Variant(f"images/{name}.png", "png", "image/png", 8, 6, len(data), digest)
        stage = Stage("generate", "sketch", digest, "image/png", prompt=f"the secret prompt of {name}", cost_usd=0.0)
        images[name] = Image(
            name,
            name,
            name,
            f"A picture of {name}",
            8,
            6,
            digest,
            "algorithmicMedia",
            variants=(variant,),
            stages=(stage,),
        )
    return Manifest("project", images)


class PublisherContract(ConfigurableContract):
    """Inherit, give a publisher and options, and all tests run; ``published`` says what can be found there."""

    shows_prompts = False
    """Whether it is there to show prompts, as a gallery is; anything else never does unless it is asked to."""

    @abstractmethod
    def publisher(self) -> Publisher:
        """The publisher under test."""

    def published(self, desk: Desk) -> Mapping[str, bytes]:
        """What is to be found where it publishes to, by name."""
        return desk.files()

    def subject(self) -> Configurable:
        """The publisher, for the tests of its options."""
        return self.publisher()

    def desk(self, root: Path, pictures: Mapping[str, bytes]) -> Desk:
        """Where it works."""
        return Desk(root, pictures)

    @pytest.fixture
    def pictures(self) -> dict[str, bytes]:
        """Two targets."""
        return {"hero": png(8, 6, (200, 10, 10)), "logo": png(8, 6, (10, 200, 10))}

    def run(self, desk: Desk, pictures: Mapping[str, bytes], *, dry_run: bool = False) -> Publication:
        """Publish these pictures, whose own files are not there for publishers to change."""
        manifest = manifest_of(pictures)
        desk.outputs = frozenset(variant.path for image in manifest.images.values() for variant in image.variants)
        return desk.publish(self.publisher(), manifest, self.resolved(), dry_run=dry_run)

    def test_a_second_run_changes_nothing(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Publishing is idempotent."""
        desk = self.desk(tmp_path, pictures)
        first = self.run(desk, pictures)
        there = self.published(desk)
        second = self.run(desk, pictures)
        assert (first.changed > 0, second.changed) == (True, 0)
        assert there == self.published(desk)
        assert there
        assert replace(second, changed=first.changed) == first

    def test_a_dry_run_changes_nothing_and_says_what_would(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Its count is that of the run that follows."""
        desk = self.desk(tmp_path, pictures)
        planned = self.run(desk, pictures, dry_run=True)
        assert self.published(desk) == {}
        assert planned.changed == self.run(desk, pictures).changed

    def test_what_is_gone_is_made_again(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Where it works in the project, a file that somebody deleted comes back."""
        if self.publisher().remote:
            return
        desk = self.desk(tmp_path, pictures)
        self.run(desk, pictures)
        there = self.published(desk)
        for path in there:
            (tmp_path / path).unlink()
        assert self.run(desk, pictures).changed > 0
        assert self.published(desk) == there

    def test_what_is_not_its_own_is_kept(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Where it works in the project, it replaces and removes no file that somebody else put at its paths."""
        if self.publisher().remote:
            return
        desk = self.desk(tmp_path, pictures)
        self.run(desk, pictures)
        theirs = dict.fromkeys(self.published(desk), b"somebody else's")
        desk.forget()
        for path, data in theirs.items():
            (tmp_path / path).write_bytes(data)
        with suppress(PublishError):
            self.run(desk, pictures)
        assert self.published(desk) == theirs

    def test_what_it_announces_is_what_it_then_says(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Publishers after it rest on that when it does not run."""
        announced = self.publisher().announce(manifest_of(pictures), self.resolved())
        done = self.run(self.desk(tmp_path, pictures), pictures)
        assert announced is None or announced == replace(done, changed=0)

    def test_prompts_stay_at_home(self, tmp_path: Path, pictures: dict[str, bytes]) -> None:
        """Unless they are what it is there for."""
        desk = self.desk(tmp_path, pictures)
        self.run(desk, pictures)
        shown = any(b"the secret prompt" in data for data in self.published(desk).values())
        assert shown == self.shows_prompts
