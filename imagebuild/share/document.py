"""A record as a document for other machines, and what has to hold before one that came from there is believed.

Its kind, and who made it, are not said but follow from the parts of its key, and the key from the parts: so a document
can answer no key but its own. What it says of its pictures is held against their bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from imagebuild.artifact import Artifact, Picture
from imagebuild.digest import canonical, digest_bytes, digest_value
from imagebuild.intake import LONGEST_TEXT
from imagebuild.media import EXTENSIONS, is_known, probe
from imagebuild.reply import picture_fault
from imagebuild.request import Result
from imagebuild.share.name import Layer
from imagebuild.store import Record

__all__ = ["NewerDocument", "document_of", "layer_of", "pictures_fault", "read_document"]

VERSION = 1
_LONGEST = 4_000_000  # bytes; a prompt has some thousands
_MOST = 1e15  # of anything that is counted
_LATEST = 253_402_300_799  # the last second of the year 9999
_MAKER: Mapping[str, str] = {"generate": "provider", "edit": "provider", "describe": "provider", "step": "step"}
"""The part of a key that names who made it, by the kind of action; sources and checks are each machine's own."""


class NewerDocument(ValueError):
    """It was written by a newer imagebuild: nothing is wrong with it."""


def layer_of(record: Record) -> Layer | None:
    """The tree that a record belongs to; None for one that is not shared."""
    if record.kind not in _MAKER:
        return None
    return "derivatives" if record.kind == "step" else "originals"


def document_of(record: Record) -> bytes:
    """The document: the same record gives the same bytes."""
    return (
        canonical(
            {
                "version": VERSION,
                "key": record.key,
                "parts": record.parts,
                "artifacts": [
                    {
                        "digest": each.digest,
                        "media_type": each.media_type,
                        "size": each.size,
                        "width": each.width,
                        "height": each.height,
                        "labels": dict(each.labels),
                        "facts": dict(each.facts),
                    }
                    for each in record.artifacts
                ],
                "paid": record.paid,
                "time": record.time,
                "seconds": record.seconds,
                "model": record.model,
                "revised_prompt": record.revised_prompt,
                "request_id": record.request_id,
                "response_id": record.response_id,
                "usage": record.usage,
                "cost_usd": record.cost_usd,
                "faults": list(record.faults),
                "effective": record.effective,
            }
        )
        + b"\n"
    )


def read_document(data: bytes, key: str) -> Record:
    """The record in a document that should answer ``key``. Raises ``ValueError`` that says why it is none."""
    if len(data) > _LONGEST:
        raise ValueError(f"it has {len(data)} bytes")
    try:
        given = json.loads(data, parse_constant=_refused)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError("it is no JSON, or cut off") from None
    if not isinstance(given, dict):
        raise ValueError("it is no object")
    version = given.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerDocument(f"it was written by a newer imagebuild (format {version}, this one knows {VERSION})")
    try:
        return _record(_Fields(given), key)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except TypeError as error:
        raise ValueError(str(error)) from None


def pictures_fault(record: Record, pictures: Sequence[bytes]) -> str | None:
    """How what a record says of its pictures differs from their bytes, in order; None when it does not."""
    for artifact, data in zip(record.artifacts, pictures, strict=True):
        if len(data) != artifact.size or digest_bytes(data) != artifact.digest:
            return "its bytes are others"
        found = probe(data)
        seen = (found.media_type, found.width, found.height) if found else (artifact.media_type, None, None)
        if seen != (artifact.media_type, artifact.width, artifact.height):
            said = f"{artifact.media_type} of {artifact.width}x{artifact.height}"
            return f"it says {said}, and the bytes are {seen[0]} of {seen[1]}x{seen[2]}"
        if found is None and artifact.media_type in EXTENSIONS:
            return f"it says {artifact.media_type}, and the bytes are no picture"
        if fault := _content_fault(record.kind, data, artifact.media_type, is_picture=found is not None):
            return fault
    return None


def _content_fault(kind: str, data: bytes, media_type: str, *, is_picture: bool) -> str | None:
    """What a machine that made it itself would not have kept."""
    if kind in ("generate", "edit"):
        return picture_fault(Result((Picture(data, media_type),)))
    if kind == "describe":
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = ""
        right = media_type == "text/plain" and 0 < len(text) <= LONGEST_TEXT
        return None if right else "it is no description"
    return None if data and (is_picture or is_known(media_type)) else f"no step makes {media_type}"


def _record(fields: _Fields, key: str) -> Record:
    parts = fields.mapping("parts")
    if fields.text("key") != key or digest_value(parts) != key:
        raise ValueError("it answers another key")
    kind = str(parts.get("kind"))
    if kind not in _MAKER:
        raise ValueError(f"it is of a {kind}, which is not shared")
    artifacts = fields.take("artifacts", list)
    if not artifacts:
        raise ValueError("it names no picture")
    record = Record(
        key=key,
        kind=kind,
        plugin=str(parts.get(_MAKER[kind])),
        version=str(parts.get("version")),
        parts=parts,
        artifacts=tuple(map(_artifact, artifacts)),
        time=fields.number("time", _LATEST),
        seconds=fields.number("seconds"),
    )
    if kind == "step":
        return record
    return replace(
        record,
        paid=fields.take("paid", bool),
        model=fields.text_or_none("model"),
        revised_prompt=fields.text_or_none("revised_prompt"),
        request_id=fields.text_or_none("request_id"),
        response_id=fields.text_or_none("response_id"),
        usage=fields.mapping("usage"),
        cost_usd=None if fields.take("cost_usd", object) is None else fields.number("cost_usd"),
        faults=tuple(_text(each) for each in fields.take("faults", list)),
        effective=fields.mapping("effective"),
    )


def _artifact(given: object) -> Artifact:
    if not isinstance(given, dict):
        raise ValueError("a picture of it is no object")
    fields = _Fields(given)
    digest = fields.text("digest")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("a digest in it is none")
    labels = fields.mapping("labels")
    if any(isinstance(value, bool) or not isinstance(value, str | int) for value in labels.values()):
        raise ValueError("a label in it is neither text nor a whole number")
    return Artifact(
        digest=digest,
        media_type=fields.text("media_type"),
        size=fields.whole("size"),
        width=None if fields.take("width", object) is None else fields.whole("width"),
        height=None if fields.take("height", object) is None else fields.whole("height"),
        labels=labels,
        facts=fields.mapping("facts"),
    )


class _Fields:
    """The fields of a document, each of the type that it must have. Every method raises ``ValueError``."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def take(self, name: str, kind: type) -> Any:
        if name not in self._given or not isinstance(self._given[name], kind):
            raise ValueError(f"its '{name}' is missing or of the wrong type")
        return self._given[name]

    def text(self, name: str) -> str:
        return _text(self.take(name, str))

    def text_or_none(self, name: str) -> str | None:
        value = self.take(name, object)
        return None if value is None else _text(value)

    def mapping(self, name: str) -> Mapping[str, Any]:
        value: dict[str, Any] = self.take(name, dict)
        canonical(value)
        return value

    def whole(self, name: str) -> int:
        value = self.take(name, int)
        if isinstance(value, bool) or value < 0:
            raise ValueError(f"its '{name}' is no whole number")
        return int(value)

    def number(self, name: str, most: float = _MOST) -> float:
        value = self.take(name, object)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ValueError(f"its '{name}' is no number that can be")
        return float(value)


def _text(value: object) -> str:
    """A text that can be kept and shown."""
    if not isinstance(value, str):
        raise ValueError(f"'{value!s:.40}' in it is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("a text in it is broken") from None
    return value


def _refused(name: str) -> Any:
    raise ValueError(f"{name} in it is no number")
