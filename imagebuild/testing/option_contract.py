"""What everything with a table of options must hold to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from imagebuild.digest import Json, canonical
from imagebuild.option import MAIN, Configurable

__all__ = ["ConfigurableContract"]


class ConfigurableContract(ABC):
    """The tests that the contracts of steps, checks, publishers and stores share."""

    @abstractmethod
    def subject(self) -> Configurable:
        """What is under test."""

    def options(self) -> Mapping[str, Json]:
        """Options as a spec would state them."""
        return {}

    def resolved(self) -> Mapping[str, Json]:
        """The options with every default explicit."""
        return self.subject().resolve(self.options()).options

    def test_it_has_a_name_and_a_version(self) -> None:
        """Both are in every key, or name it in messages."""
        subject = self.subject()
        assert subject.name == subject.name.strip() != ""
        assert isinstance(getattr(subject, "version", None), str)

    def test_it_says_what_it_is_for_and_each_option_too(self) -> None:
        """The reference is made of these texts."""
        subject = self.subject()
        assert type(subject).__doc__
        assert all(option.doc.endswith(".") for option in subject.options)
        assert sum(option.main for option in subject.options) <= 1
        assert all(option.name != MAIN for option in subject.options)

    def test_good_options_have_no_problems_and_resolve_to_themselves(self) -> None:
        """Defaults are explicit after the first time."""
        resolution = self.subject().resolve(self.options())
        assert resolution.problems == ()
        assert self.subject().resolve(resolution.options).options == resolution.options
        canonical(dict(resolution.options))

    def test_an_unknown_option_is_a_problem_that_names_it(self) -> None:
        """A misspelt option is never ignored."""
        resolution = self.subject().resolve({**self.options(), "no_such_option": 1})
        assert "no_such_option" in [problem.field for problem in resolution.problems]
