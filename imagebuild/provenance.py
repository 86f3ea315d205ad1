"""How a target's picture came to be, in the words of IPTC's digital source types.

Source: IPTC Digital Source Type NewsCodes, http://cv.iptc.org/newscodes/digitalsourcetype/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imagebuild.provider import Provider
from imagebuild.target import InputFile, InputTarget, Target

__all__ = ["source_types"]

TRAINED = "trainedAlgorithmicMedia"
TRAINED_COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
COMPOSITE = "compositeSynthetic"


def source_types(targets: Mapping[str, Target], providers: Mapping[str, Provider]) -> dict[str, str | None]:
    """The digital source type of each target; None where no machine made it, as far as is known.

    A picture that goes back to a file of the project is a composite with what was made: nobody knows how the file came
    to be. Targets may stand in any order.
    """
    known: dict[str, str | None] = {}
    for start in targets:
        pending = [start]
        while pending:
            name = pending[-1]
            waits = [each for each in _targets(targets[name]) if each not in known and each not in pending]
            if waits:
                pending += waits
            else:
                known[pending.pop()] = _type(targets[name], providers, known)
    return known


def _targets(target: Target) -> list[str]:
    given = [*target.sources, *target.inputs, *(each for edit in target.edits for each in edit.inputs)]
    return [each.target for each in given if isinstance(each, InputTarget)]


def _type(target: Target, providers: Mapping[str, Provider], known: Mapping[str, str | None]) -> str | None:
    called = [] if target.sources else [target.provider]
    called += [edit.provider for edit in target.edits]
    types: set[str | None] = {providers[name].source_type for name in called if name in providers}
    given = [*target.sources, *target.inputs, *(each for edit in target.edits for each in edit.inputs)]
    types |= {None for each in given if isinstance(each, InputFile)}
    types |= {known.get(each.target) for each in given if isinstance(each, InputTarget)}
    return _together(types)


def _together(types: Iterable[str | None]) -> str | None:
    distinct = set(types)
    if len(distinct) <= 1:
        return next(iter(distinct), None)
    return TRAINED_COMPOSITE if distinct & {TRAINED, TRAINED_COMPOSITE} else COMPOSITE
