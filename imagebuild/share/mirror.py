"""What a store that several machines share has for this one: pictures by digest, records by key, each of them checked.

A remote is not trusted. Bytes count only when their digest is right, a record only when its key follows from its parts
and its pictures are as it says. Anything else is as if it were not there, and is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from types import MappingProxyType

from msgspec import Struct

from imagebuild.digest import digest_bytes
from imagebuild.errors import StoreError
from imagebuild.event import Event, Notice
from imagebuild.remote import Remote
from imagebuild.share.connection import Connection
from imagebuild.share.document import NewerDocument, layer_of, pictures_fault, read_document
from imagebuild.share.name import Layer, object_name, record_name
from imagebuild.store import Record, Store

__all__ = ["Fetched", "Mirror"]

_TOLD = 3  # faults that are told one by one


class Fetched(Struct, frozen=True):
    """Pictures that came from a remote, and their bytes together."""

    pictures: int = 0
    size: int = 0


class Mirror:
    """A remote store beside the two of this machine. What it finds is kept here, bytes before the record.

    ``write`` says that builds may send to it. ``offline`` leaves it out where it takes a network. ``pinned`` holds the
    digests that the lock pins, by key: a record that says otherwise is another's choice and is left alone. Each name is
    asked for once, but those that were found. For many threads.
    """

    def __init__(
        self,
        open_remote: Callable[[], Remote],
        originals: Store,
        derivatives: Store,
        *,
        write: bool = False,
        offline: bool = False,
        tell: Callable[[Event], None] | None = None,
    ) -> None:
        self.connection = Connection(open_remote, offline=offline)
        self.stores: Mapping[Layer, Store] = {"originals": originals, "derivatives": derivatives}
        self.write = write
        self.pinned: Mapping[str, Set[str]] = MappingProxyType({})
        self.damaged: set[str] = set()
        """Names whose bytes at the remote are of no use: whoever may write replaces them."""
        self.absent: set[str] = set()
        """Names that were asked for, and are not there."""
        self.present: set[str] = set()
        """Names that came from there whole: nothing of them has to be sent."""
        self._guard = threading.Lock()
        self._faults = 0
        self.fetched = Fetched()
        self._told = Fetched()
        self.connection.hear(tell)

    @property
    def location(self) -> str:
        """Where the remote is, for people."""
        return self.connection.location

    @property
    def shortage(self) -> str:
        """Why what this machine lacks did not come from here, for people: a clause that follows a comma."""
        if self.connection.is_left_out:
            return f"and '--offline' leaves out {self.location}"
        if error := self.connection.error:
            return f"and the remote store could not be asked: {error.message}"
        return f"and {self.location} has not got them either"

    def hear(self, tell: Callable[[Event], None] | None) -> None:
        """Who hears of faults from now on; without one they wait, see :meth:`notices`."""
        self.connection.hear(tell)

    @property
    def is_heard(self) -> bool:
        """Whether somebody hears of faults."""
        return self.connection.is_heard

    def notices(self) -> list[Notice]:
        """What nobody has heard yet."""
        return self.connection.notices()

    def fetch_objects(self, digests: Collection[str], *, layer: Layer = "originals") -> set[str]:
        """Bring objects here that are not; those of ``digests`` that are here now."""
        objects = self.stores[layer].objects
        wanted = set(digests)
        missing = sorted(digest for digest in wanted if not objects.has(digest) and self._may_have(layer, digest))
        try:
            for _ in self.connection.each(missing, lambda digest: self._fetch_object(layer, digest)):
                pass
        except StoreError as error:
            self._cannot_keep(error)
        self.connection.flush()
        return {digest for digest in wanted if objects.has(digest)}

    def fetch_records(self, layer: Layer, keys: Iterable[str]) -> dict[str, Record]:
        """Bring what answers keys here, and the pictures of records that were here without them; what is here now."""
        wanted = list(dict.fromkeys(keys))
        store = self.stores[layer]
        known = store.records.get_many(wanted)
        found = {key: record for key, record in known.items() if store.holds(record)}
        missing = [key for key in wanted if key not in found]
        try:
            for record in self.connection.each(missing, lambda key: self._fetch(layer, key, known.get(key))):
                if record is not None:
                    found[record.key] = record
        except StoreError as error:
            self._cannot_keep(error)
        self.connection.flush()
        return found

    def find(self, layer: Layer, key: str) -> Record | None:
        """What answers one key, where the remote was not asked for it yet; for a thread that is about to make it."""
        if record_name(layer, key) in self.absent or self.connection.is_away:
            return None
        return self.fetch_records(layer, [key]).get(key)

    def was_asked(self, layer: Layer, key: str) -> bool:
        """Whether the remote is known to have no record of a key."""
        return self.connection.is_away or record_name(layer, key) in self.absent

    def take_fetched(self) -> Fetched:
        """What came since this was asked last."""
        with self._guard:
            told, self._told = self._told, self.fetched
        return Fetched(self._told.pictures - told.pictures, self._told.size - told.size)

    def close(self) -> None:
        """Let go of the remote."""
        self.connection.close()

    def _may_have(self, layer: Layer, digest: str) -> bool:
        return object_name(layer, digest) not in self.absent

    def _fetch(self, layer: Layer, key: str, known: Record | None) -> Record | None:
        """One record with its pictures, whole, or nothing. The record that is here already stays."""
        if known is not None:
            here = [self._bytes(layer, artifact.digest) for artifact in known.artifacts]
            return known if None not in here else None
        name = record_name(layer, key)
        if name in self.absent:
            return None
        data = self.connection.get(name)
        record = self._read(layer, key, name, data)
        if record is None:
            self.absent.add(name)
            return None
        pictures = [self._bytes(layer, artifact.digest) for artifact in record.artifacts]
        whole = [picture for picture in pictures if picture is not None]
        fault = pictures_fault(record, whole) if len(whole) == len(pictures) else ""
        if fault is not None:
            self.absent.add(name)
            self.damaged.add(name)
            if fault:
                self._refuse(f"a record at {self.location} is not used: {fault}", name)
            return None
        self.stores[layer].records.add([record])
        self.present.add(name)
        return self.stores[layer].lookup(key)

    def _read(self, layer: Layer, key: str, name: str, data: bytes | None) -> Record | None:
        """The record in a document that can be believed, and that the lock does not say otherwise."""
        if data is None:
            return None
        try:
            record = read_document(data, key)
        except NewerDocument as error:
            self._refuse(f"a record at {self.location} is not used: {error}", name, "upgrade imagebuild")
            return None
        except ValueError as error:
            self.damaged.add(name)
            self._refuse(f"a record at {self.location} is not used: {error}", name)
            return None
        if layer_of(record) != layer:
            self.damaged.add(name)
            self._refuse(f"a record at {self.location} is not used: it stands among the {layer}", name)
            return None
        pins = self.pinned.get(key)
        return None if pins and record.artifacts[0].digest not in pins else record

    def _bytes(self, layer: Layer, digest: str) -> bytes | None:
        """The bytes of a digest, from here or from there; these are kept."""
        data = self.stores[layer].objects.get(digest)
        return data if data is not None else self._fetch_object(layer, digest)

    def _fetch_object(self, layer: Layer, digest: str) -> bytes | None:
        name = object_name(layer, digest)
        if name in self.absent:
            return None
        data = self.connection.get(name)
        if data is None or digest_bytes(data) != digest:
            self.absent.add(name)
            if data is not None:
                self.damaged.add(name)
                self._refuse(f"a picture at {self.location} is damaged and not used: its digest is another", name)
            return None
        self.stores[layer].objects.put(data)
        self.present.add(name)
        with self._guard:
            self.fetched = Fetched(self.fetched.pictures + 1, self.fetched.size + len(data))
        return data

    def _refuse(self, message: str, name: str, hint: str | None = None) -> None:
        with self._guard:
            self._faults += 1
            faults = self._faults
        if faults <= _TOLD:
            shown = f"{message} ({name})"
            self.connection.say(shown, hint or "'imagebuild store push --verify' repairs it from a machine that has it")
        elif faults == _TOLD + 1:
            self.connection.say(f"more of what is at {self.location} is damaged, and not used")

    def _cannot_keep(self, error: StoreError) -> None:
        self.connection.give_up(error, f"what the remote store has cannot be kept here: {error.message}")
