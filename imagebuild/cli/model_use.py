"""Which models a project names, and where: in its spec, in what its requests resolve to, in its lock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.errors import Place
from imagebuild.lockfile import Lock
from imagebuild.provider import Model, Provider
from imagebuild.request import Reference, Request, Resolution
from imagebuild.spec import Spec
from imagebuild.target import AltUse, Edit, Target

__all__ = ["ModelUse", "uses_of"]

_SNAPSHOT = re.compile(r"-\d{4}-\d\d-\d\d\Z")


class ModelUse(Struct):
    """One model of a provider and what rests on it, in the order of the spec.

    ``targets`` would be made with it, ``locked`` were; ``options`` are those that name it and ``written`` the places in
    the spec where it stands, each with its option.
    """

    provider: str
    model: Model
    targets: dict[str, None] = field(default_factory=dict)
    locked: dict[str, None] = field(default_factory=dict)
    options: dict[str, None] = field(default_factory=dict)
    written: dict[tuple[str, Place], None] = field(default_factory=dict)


def uses_of(name: str, provider: Provider, models: Iterable[Model], spec: Spec, lock: Lock) -> list[ModelUse]:
    """Each of the provider's models that the project names. Never raises for what the provider does.

    Requests are resolved one by one, so that one which is refused, as for its retired model, hides no other. A dated
    snapshot (``NAME-2026-11-04``) that is not listed itself counts as the model it was taken of.
    """
    known = {model.name: ModelUse(name, model) for model in models}
    options = dict.fromkeys(option for use in known.values() for option in use.model.options)
    settings = spec.providers.get(name, {})
    for option in options:
        place = spec.provider_place(name, option)
        if place and (use := _use(known, settings.get(option))):
            use.options[option] = None
            use.written[option, place] = None
    for target, wanted, path in _calls(spec, name):
        resolved = _resolved(provider, wanted)
        for option in options:
            for value in (wanted.options.get(option), resolved.get(option, settings.get(option))):
                use = _use(known, value)
                if use is None:
                    continue
                use.targets[target.id] = None
                use.options[option] = None
                if wanted.options.get(option) == value and (place := spec.place(target.id, *path, "options", option)):
                    use.written[option, place] = None
    for line in lock.lines.values():
        if line.provider == name and line.target in spec.targets:
            for value in (line.model, *(line.options.get(option) for option in options)):
                if use := _use(known, value):
                    use.locked[line.target] = None
    return [use for use in known.values() if use.targets or use.locked or use.written]


def _use(known: Mapping[str, ModelUse], name: Json) -> ModelUse | None:
    if not isinstance(name, str):
        return None
    return known.get(name) or known.get(_SNAPSHOT.sub("", name))


def _calls(spec: Spec, provider: str) -> Iterator[tuple[Target, Target | Edit | AltUse, tuple[str | int, ...]]]:
    """Every call to the provider that the spec asks for, with the path of its fields in the target."""
    for target in spec.targets.values():
        if target.provider == provider and not target.sources:
            yield target, target, ()
        for index, edit in enumerate(target.edits):
            if edit.provider == provider:
                yield target, edit, ("edits", index)
        if target.describe and target.describe.provider == provider:
            yield target, target.describe, ("alt",)


def _resolved(provider: Provider, wanted: Target | Edit | AltUse) -> Mapping[str, Json]:
    """The options with every default explicit; none where the provider fails to say."""
    try:
        if isinstance(wanted, AltUse):
            describer = provider.describer()
            words = Request(wanted.prompt, wanted.options, inputs=(Reference("the picture"),))
            resolution = describer.resolve(words) if describer else None
        else:
            resolution = provider.resolve(_request(wanted))
    except Exception:  # noqa: BLE001 - a plan reports it; here the spec and the lock still tell their names
        return {}
    return resolution.request.options if isinstance(resolution, Resolution) else {}


def _request(wanted: Target | Edit) -> Request:
    return Request(
        prompt=wanted.prompt,
        options=wanted.options,
        parent=Reference("the picture before it") if isinstance(wanted, Edit) else None,
        inputs=tuple(Reference(str(given)) for given in wanted.inputs),
        mask=Reference(str(wanted.mask)) if wanted.mask else None,
    )
