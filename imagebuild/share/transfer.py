"""Sends to a remote store what it lacks: pictures first, then the records that name them; and looks what is there."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Literal

from msgspec import Struct, field

from imagebuild.digest import digest_bytes
from imagebuild.errors import ImageBuildError
from imagebuild.share.document import NewerDocument, document_of, layer_of, pictures_fault, read_document
from imagebuild.share.mirror import Mirror
from imagebuild.share.name import MARKER, PREFIX, Layer, RemoteName, object_name, parse_name, record_name
from imagebuild.store import Record

__all__ = ["Cargo", "Inspection", "Transfer", "inspect", "push"]


class Cargo(Struct, frozen=True):
    """What a remote should have: records with their pictures, and originals that no record names, by digest."""

    records: Sequence[Record] = ()
    digests: Collection[str] = ()


class Transfer(Struct):
    """What was sent: pictures and their bytes together, records, and of these what took the place of damaged things.

    ``lost`` are digests that neither side has; ``error`` is why not all was sent.
    """

    location: str
    pictures: int = 0
    size: int = 0
    records: int = 0
    repaired: int = 0
    lost: list[str] = field(default_factory=list)
    error: ImageBuildError | None = None

    @property
    def complete(self) -> bool:
        """Whether the remote has all that this machine has of it."""
        return self.error is None


class Inspection(Struct):
    """What is at a remote: how many ``pictures`` and ``records`` are whole, and the names of what is damaged.

    ``repaired`` are those of the damaged that were replaced from here; ``foreign`` counts names that are none of ours.
    """

    location: str
    pictures: int = 0
    records: int = 0
    damaged: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    foreign: int = 0
    error: ImageBuildError | None = None


class _Sent(Struct, frozen=True):
    """One name that is at the remote now; ``size`` is None where it was there."""

    name: str
    size: int | None = None
    repaired: bool = False


def push(mirror: Mirror, cargo: Cargo, *, verify: bool = False) -> Transfer:
    """Send what the remote lacks, as far as this machine remembers; with ``verify`` look, and repair what is damaged.

    What is there already stays, also when it names another picture for a key: who was first is right. Nobody is asked
    when all of it was seen there before. Raises ``StoreError`` when this machine's own stores cannot be read.
    """
    parcel = _Parcel(mirror, cargo, verify=verify)
    transfer = Transfer(mirror.location if parcel.objects else "")
    if parcel.objects:
        usage = mirror.stores["originals"].usage
        known = usage.sent(transfer.location)
        if verify or not known.isdisjoint(mirror.absent | mirror.damaged):
            usage.forget_sent(transfer.location)  # of what was there once, something is not there now
            known = set()
        parcel.sent |= mirror.present - mirror.damaged
        parcel.there |= (known | mirror.present) - mirror.damaged
        try:
            parcel.send(transfer)
        finally:
            usage.note_sent(transfer.location, parcel.sent)
            mirror.damaged -= parcel.sent
            mirror.absent -= parcel.sent
    mirror.connection.flush()
    transfer.lost = sorted(parcel.lost)
    transfer.error = mirror.connection.error if parcel.left else None
    return transfer


class _Parcel:
    """A cargo on its way, by name; ``there`` are names that the remote has, ``sent`` those found or put there now."""

    def __init__(self, mirror: Mirror, cargo: Cargo, *, verify: bool) -> None:
        self._mirror = mirror
        self._verify = verify
        self.records = [(layer, record) for record in cargo.records if (layer := layer_of(record))]
        named = [(layer, artifact.digest) for layer, record in self.records for artifact in record.artifacts]
        pins: list[tuple[Layer, str]] = [("originals", digest) for digest in cargo.digests]
        self.objects = list(dict.fromkeys([*named, *pins]))
        self.there: set[str] = set()
        self.sent: set[str] = set()
        self.lost: set[str] = set()

    def send(self, transfer: Transfer) -> None:
        """Send all that is not there, and count it: the objects, then the records whose objects are all there."""
        connection = self._mirror.connection
        objects = [each for each in self.objects if object_name(*each) not in self.there]
        for done in connection.each(objects, lambda each: self._send_object(*each)):
            if done is not None:
                self._note(done)
                transfer.pictures += done.size is not None
                transfer.size += done.size or 0
                transfer.repaired += done.repaired
        records = [each for each in self.records if self._is_ready(*each)]
        for done in connection.each(records, lambda each: self._send_record(*each)):
            if done is not None:
                self._note(done)
                transfer.records += done.size is not None
                transfer.repaired += done.repaired

    @property
    def left(self) -> bool:
        """Whether there are objects that the remote may not have; their records come after them."""
        return any(object_name(*each) not in self.there and each[1] not in self.lost for each in self.objects) or any(
            self._is_ready(*each) for each in self.records
        )

    def _note(self, done: _Sent) -> None:
        self.there.add(done.name)
        self.sent.add(done.name)

    def _is_ready(self, layer: Layer, record: Record) -> bool:
        objects = {object_name(layer, artifact.digest) for artifact in record.artifacts}
        return record_name(layer, record.key) not in self.there and objects <= self.there

    def _send_object(self, layer: Layer, digest: str) -> _Sent | None:
        name, connection = object_name(layer, digest), self._mirror.connection
        data = self._mirror.stores[layer].objects.get(digest)
        if data is None:
            if connection.has(name):
                return _Sent(name)
            self.lost.add(digest)
            return None
        if self._verify:
            found = connection.get(name)
            if found is not None and digest_bytes(found) == digest:
                return _Sent(name)
            return self._put(name, data, replace=found is not None)
        if name in self._mirror.damaged:
            return self._put(name, data, replace=True)
        return _Sent(name) if connection.has(name) else self._put(name, data)

    def _send_record(self, layer: Layer, record: Record) -> _Sent | None:
        name, objects = record_name(layer, record.key), self._mirror.stores[layer].objects
        pictures = [objects.get(artifact.digest) for artifact in record.artifacts]
        whole = [data for data in pictures if data is not None]
        if len(whole) < len(pictures) or pictures_fault(record, whole):
            return None  # nobody would believe it
        replace = name in self._mirror.damaged
        if self._verify:
            found = self._mirror.connection.get(name)
            if found is not None and self._is_sound(layer, record.key, found):
                return _Sent(name)
            replace = found is not None
        return self._put(name, document_of(record), replace=replace)

    def _is_sound(self, layer: Layer, key: str, document: bytes) -> bool:
        """Whether a record at the remote can be used, be it ours or another's."""
        try:
            record = read_document(document, key)
        except NewerDocument:
            return True
        except ValueError:
            return False
        names = [(object_name(layer, artifact.digest), artifact.digest) for artifact in record.artifacts]
        return layer_of(record) == layer and all(
            name in self.there or digest_bytes(self._mirror.connection.get(name) or b"") == digest
            for name, digest in names
        )

    def _put(self, name: str, data: bytes, *, replace: bool = False) -> _Sent:
        wrote = self._mirror.connection.put(name, data, replace=replace)
        return _Sent(name, len(data) if wrote else None, repaired=replace)


def inspect(mirror: Mirror, *, repair: bool) -> Inspection:
    """Read all that is at a remote; with ``repair``, what is damaged is replaced from here if it can be.

    What this machine remembers of the remote is what was seen now.
    """
    connection, location = mirror.connection, mirror.location
    found = Inspection(location)
    whole: set[str] = set()
    names = {name for listed in connection.each([PREFIX], connection.names) for name in listed}
    known = [(name, parsed) for name in sorted(names) if (parsed := parse_name(name))]
    found.foreign = len(names) - len(known) - (MARKER in names)
    for name, parsed, state in connection.each(
        known, lambda each: (*each, _inspect(mirror, *each, names, repair=repair))
    ):
        found.pictures += parsed.kind == "objects" and state != "damaged"
        found.records += parsed.kind == "records" and state != "damaged"
        found.damaged += [name] if state != "whole" else []
        found.repaired += [name] if state == "repaired" else []
        whole.update([name] if state != "damaged" else [])
    if not connection.is_away:
        usage = mirror.stores["originals"].usage
        usage.forget_sent(location)
        usage.note_sent(location, whole)
    found.error = connection.error
    return found


def _inspect(
    mirror: Mirror, name: str, parsed: RemoteName, there: Set[str], *, repair: bool
) -> Literal["whole", "repaired", "damaged"]:
    """How one name stands."""
    layer, store, connection = parsed.layer, mirror.stores[parsed.layer], mirror.connection
    data = connection.get(name)
    if data is None:
        return "damaged"
    own: bytes | None
    if parsed.kind == "objects":
        if digest_bytes(data) == parsed.id:
            return "whole"
        own = store.objects.get(parsed.id)
    else:
        try:
            record = read_document(data, parsed.id)
            if {object_name(layer, artifact.digest) for artifact in record.artifacts} <= there:
                return "whole"
        except NewerDocument:
            return "whole"
        except ValueError:
            pass
        ours = store.lookup(parsed.id)
        own = document_of(ours) if ours and layer_of(ours) == layer else None
    if own is None or not repair:
        return "damaged"
    connection.put(name, own, replace=True)
    return "repaired"
