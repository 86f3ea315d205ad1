"""What every check must hold to, as a test class to inherit from."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.option import Configurable
from imagebuild.testing.option_contract import ConfigurableContract
from imagebuild.testing.picture import png

__all__ = ["CheckContract"]


class CheckContract(ConfigurableContract):
    """Inherit, give a check, options, pictures that pass and pictures that fail, and all tests run."""

    @abstractmethod
    def check(self) -> Check:
        """The check under test."""

    @abstractmethod
    def passing(self) -> Sequence[Picture]:
        """Pictures that obey."""

    @abstractmethod
    def failing(self) -> Sequence[Picture]:
        """Pictures that do not."""

    def subject(self) -> Configurable:
        """The check, for the tests of its options."""
        return self.check()

    def files(self) -> Mapping[str, Picture]:
        """What its options of kind ``file`` name."""
        return {}

    def context(self, pictures: Sequence[Picture]) -> CheckContext:
        """What the pictures are judged with."""
        return CheckContext(
            "hero",
            self.resolved(),
            self.files(),
            original=pictures[0],
            candidates=tuple(pictures),
            previous=Picture(png(16, 16), "image/png"),
        )

    def judged(self, pictures: Sequence[Picture]) -> CheckResult:
        """The verdict."""
        return self.check().check(pictures, self.context(pictures))

    def test_good_pictures_pass(self) -> None:
        """And say what was measured."""
        assert self.judged(self.passing()).passed

    def test_bad_pictures_fail_with_measured_and_wanted(self) -> None:
        """People have to know by how much."""
        result = self.judged(self.failing())
        assert not result.passed
        assert result.measured.strip()
        assert result.wanted.strip()

    def test_the_verdict_is_the_same_each_time(self) -> None:
        """It is kept by its key."""
        assert self.judged(self.failing()) == self.judged(self.failing())
