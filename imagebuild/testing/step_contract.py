"""What every step must hold to, as a test class to inherit from."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from imagebuild.artifact import Picture
from imagebuild.errors import StepError
from imagebuild.option import Configurable
from imagebuild.step import Step, StepContext
from imagebuild.testing.option_contract import ConfigurableContract
from imagebuild.testing.picture import png

__all__ = ["StepContract"]


class StepContract(ConfigurableContract):
    """Inherit, give a step, good options and a picture, and all tests run."""

    @abstractmethod
    def step(self) -> Step:
        """The step under test."""

    def subject(self) -> Configurable:
        """The step, for the tests of its options."""
        return self.step()

    def pictures(self) -> Sequence[Picture]:
        """What it is applied to."""
        return (Picture(png(32, 24), "image/png"),)

    def files(self) -> Mapping[str, Picture]:
        """What its options of kind ``file`` name."""
        return {}

    def context(self) -> StepContext:
        """What it is applied with."""
        marks = "algorithmicMedia" if self.step().marks else None
        originals = tuple(self.pictures()) if self.step().wants_originals else ()
        return StepContext("hero", self.resolved(), self.files(), marks, originals)

    def test_the_same_pictures_give_the_same_bytes_from_many_threads(self) -> None:
        """A derivative can be made again at any time."""
        step, pictures, context = self.step(), self.pictures(), self.context()
        with ThreadPoolExecutor(3) as threads:
            results = list(threads.map(lambda _: step.apply(pictures, context), range(3)))
        assert all(results)
        if step.deterministic:
            datas = [[(each.data, dict(each.labels), dict(each.facts)) for each in result] for result in results]
            assert datas[0] == datas[1] == datas[2]

    def test_what_is_no_picture_is_refused_in_words(self) -> None:
        """Never with an error of the library beneath."""
        broken = [Picture(b"not a picture", "image/png")]
        with suppress(StepError):
            assert self.step().apply(broken, self.context())
