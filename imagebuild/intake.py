"""Takes a provider's answer in: checked, its bytes durable, then its record. What cannot be used goes to quarantine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from imagebuild.artifact import Artifact, Picture
from imagebuild.describer import Description
from imagebuild.digest import Json
from imagebuild.disk import make_folder, write_file
from imagebuild.errors import DifferentError, NoImageError, ProviderError, StoreError
from imagebuild.media import EXTENSIONS, probe
from imagebuild.reply import believable_result, picture_fault, pictures_of, type_fault
from imagebuild.request import Request, Result
from imagebuild.store import Record, Store

__all__ = [
    "KEPT",
    "RESCUED",
    "Asked",
    "keep_answer",
    "keep_description",
    "keep_remains",
    "require_as_asked",
    "secure_references",
]


RESCUED = "rescued"
"""The folder of a project's state for paid bytes that the store could not keep."""

LONGEST_TEXT = 5000
"""Characters of an alt text; a longer one is no description of a picture."""

KEPT = "it is kept: 'accept: any' on the target takes it; another option, or another prompt, asks anew"
"""What to do about a picture other than asked for."""

_WORTH_A_FLUSH = 0.1  # seconds


class Asked(Struct, frozen=True):
    """What an answer belongs to: its action key and the key's parts.

    ``media_type`` is what was promised, None where nobody knows any more. ``started`` is in seconds since the epoch.
    """

    key: str
    parts: Mapping[str, Json]
    media_type: str | None
    started: float
    free: bool = False

    @property
    def plugin(self) -> str:
        """The provider's name."""
        return str(self.parts["provider"])


def keep_remains(store: Store, key: str, error: ProviderError) -> None:
    """Keep what came in place of a picture, and say in the error's hint where. Raises ``StoreError``."""
    if isinstance(error, NoImageError) and error.remains:
        kept = [store.quarantine(key, data, error.message).name for data in error.remains]
        where = f"what came is kept in the store's quarantine: {', '.join(kept)}"
        error.hint = f"{error.hint}; {where}" if error.hint else where
        error.remains = ()


def secure_references(store: Store, request: Request) -> None:
    """Before a paid call: have on the disk what it takes. A free picture that is drawn again might be another, and the
    call would be paid again. Its record goes there with the call's intent. Raises ``StoreError``.
    """
    for reference in request.references:
        if reference.digest is not None:
            store.objects.make_durable(reference.digest)


def keep_answer(
    store: Store, asked: Asked, reply: object, *, began: float | None = None, rescue: Path | None = None
) -> Record:
    """Keep what a provider returned. What was paid for is durable, the bytes before the record, the record when this
    returns; so is what took long. The rest is flushed when the system does: it is made again for nothing.

    ``began`` is when the call was made by ``time.perf_counter``, None when another process made it. A picture other
    than asked for is kept with its faults. Raises ``NoImageError`` for an answer without a usable picture, all bytes of
    which are then in the quarantine, and ``StoreError``: then what was paid for is put into the folder ``rescue``, or
    else into one for temporary files, and the error says where.
    """
    fault = picture_fault(reply)
    if fault is not None or not isinstance(reply, Result):
        kept = [store.quarantine(asked.key, each.data, str(fault)).name for each in pictures_of(reply)]
        cost = believable_result(reply).cost_usd if isinstance(reply, Result) else None
        raise NoImageError(
            f"provider '{asked.plugin}' returned the wrong thing: {fault}",
            hint=f"what came is kept in the store's quarantine: {', '.join(kept)}" if kept else None,
            request_id=believable_result(reply).request_id if isinstance(reply, Result) else None,
            billed=not asked.free,
            cost_usd=cost,
        )
    result = believable_result(reply)
    wrong_type = type_fault(result, asked.media_type) if asked.media_type else None
    try:
        artifacts = store.keep(result.pictures, durable=_is_dear(asked, began))
    except StoreError as error:
        if not asked.free:
            _rescue(error, asked.key, result, [rescue] if rescue else [])
        raise
    faults = tuple(dict.fromkeys([*([wrong_type] if wrong_type else []), *result.faults]))
    return _keep(store, asked, artifacts, result, began, faults)


def keep_description(store: Store, asked: Asked, reply: object, *, began: float) -> Record:
    """Keep a picture's description, as :func:`keep_answer`. Raises ``NoImageError`` for an answer without a text."""
    description = reply if isinstance(reply, Description) else Description("")
    told = believable_result(
        Result(
            (),
            cost_usd=description.cost_usd,
            model=description.model,
            request_id=description.request_id,
            response_id=description.response_id,
            usage=description.usage,
        )
    )
    text = " ".join(description.text.split()) if isinstance(description.text, str) else ""
    if not text or len(text) > LONGEST_TEXT:
        found = f"a text of {len(text)} characters" if text else "no text"
        raise NoImageError(
            f"provider '{asked.plugin}' returned {found}, wanted one of 1 to {LONGEST_TEXT} characters",
            request_id=told.request_id,
            billed=not asked.free,
            cost_usd=told.cost_usd,
        )
    return _keep(store, asked, store.keep([Picture(text.encode("utf-8", "replace"), "text/plain")]), told, began, ())


def _keep(
    store: Store,
    asked: Asked,
    artifacts: tuple[Artifact, ...],
    result: Result,
    began: float | None,
    faults: tuple[str, ...],
) -> Record:
    record = Record(
        key=asked.key,
        kind=str(asked.parts["kind"]),
        plugin=asked.plugin,
        version=str(asked.parts["version"]),
        parts=asked.parts,
        artifacts=artifacts,
        paid=not asked.free,
        time=asked.started,
        seconds=max(0.0, time.time() - asked.started if began is None else time.perf_counter() - began),
        model=result.model,
        revised_prompt=result.revised_prompt,
        request_id=result.request_id,
        response_id=result.response_id,
        usage=result.usage,
        cost_usd=0.0 if asked.free else result.cost_usd,
        faults=faults,
        effective=result.effective,
    )
    store.records.put(record, durable=_is_dear(asked, began))
    return record


def _is_dear(asked: Asked, began: float | None) -> bool:
    """Whether to wait for the disk: always for what was paid for, else where the work took far longer than that."""
    return not asked.free or began is None or time.perf_counter() - began > _WORTH_A_FLUSH


def _rescue(error: StoreError, key: str, result: Result, folders: list[Path]) -> None:
    """Put paid bytes that the store cannot keep anywhere else, and say where in the error's hint."""
    saved: list[str] = []
    for number, picture in enumerate(result.pictures, 1):
        for folder in (*folders, Path(tempfile.gettempdir()) / "imagebuild-rescued"):
            path = folder / f"{key[:16]}-{number}.{_ending(picture.data)}"
            try:
                make_folder(folder, durable=False)
                write_file(str(path), picture.data, durable=True)
            except OSError:
                continue  # the next folder may have room
            saved.append(str(path))
            break
    where = f"what was paid for is in {', '.join(saved)}" if saved else "what was paid for could be kept nowhere"
    error.hint = f"{error.hint}; {where}" if error.hint else where


def _ending(data: bytes) -> str:
    found = probe(data)
    return EXTENSIONS.get(found.media_type, "bin") if found else "bin"


def require_as_asked(record: Record, label: str, *, bought: bool) -> None:
    """Raise ``DifferentError`` when what came is not what was asked for; ``bought`` says that it was paid for now."""
    if record.faults:
        raise DifferentError(
            f"the picture of '{label}' differs from what was asked: {'; '.join(record.faults)}",
            hint=KEPT,
            request_id=record.request_id,
            billed=record.paid and bought,
            cost_usd=record.cost_usd if bought else None,
        )
