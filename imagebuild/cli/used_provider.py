"""The providers that a spec uses, with its settings, for commands that must work when a build would not begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError
from imagebuild.provider import Model, Provider
from imagebuild.registry import Registry
from imagebuild.request import OptionProblem
from imagebuild.resolver import ENGINE_SETTINGS
from imagebuild.spec import Spec

__all__ = ["UsedProvider", "models_of", "used_names", "used_provider"]


class UsedProvider(Struct, frozen=True):
    """A provider by the name the spec gives it.

    ``provider`` is None when none of that name is installed; it is without the spec's settings when it failed to take
    them. ``problems`` are what it objects to in them, ``fault`` how it failed.
    """

    name: str
    provider: Provider | None
    problems: tuple[OptionProblem, ...] = ()
    fault: str | None = None


def used_names(spec: Spec) -> tuple[str, ...]:
    """Names of the providers that the targets and edits of the spec use, then of others that have settings in it."""

    def wanted() -> Iterator[str]:
        for target in spec.targets.values():
            yield target.provider
            yield from (edit.provider for edit in target.edits)
        yield from spec.providers

    return tuple(dict.fromkeys(wanted()))


def used_provider(name: str, spec: Spec | None, registry: Registry, environ: Mapping[str, str]) -> UsedProvider:
    """The provider of that name with the spec's settings; never raises."""
    provider = registry.providers.get(name)
    if provider is None or spec is None:
        return UsedProvider(name, provider)
    settings: dict[str, Json] = {
        field: value for field, value in spec.providers.get(name, {}).items() if field not in ENGINE_SETTINGS
    }
    try:
        configured, problems = provider.configure(settings, environ)
        problems = tuple(problems)
    except Exception as error:  # noqa: BLE001 - a stranger may raise anything; what it was is told
        return UsedProvider(name, provider, fault=_told(error))
    return UsedProvider(name, configured, problems)


def models_of(used: UsedProvider) -> tuple[Sequence[Model], str | None]:
    """The models a provider knows of, and how it failed to tell them."""
    if used.provider is None:
        return (), "is not installed"
    try:
        models = tuple(used.provider.models())
        wrong = next((model for model in models if not isinstance(model, Model)), None)
    except Exception as error:  # noqa: BLE001 - as above
        return (), f"failed to list its models: {_told(error)}"
    return ((), f"lists {wrong!r} where a model is wanted") if wrong is not None else (models, None)


def _told(error: Exception) -> str:
    return error.message if isinstance(error, ImageBuildError) else repr(error)
