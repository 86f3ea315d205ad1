"""Objects, records and claims in one folder: the originals of the machine, and the derivatives of a project."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from imagebuild.artifact import Artifact, Picture
from imagebuild.digest import canonical, digest_bytes
from imagebuild.disk import make_folder, store_errors, write_file
from imagebuild.errors import StoreError, UsageError
from imagebuild.media import EXTENSIONS, probe
from imagebuild.store.claim import Claims
from imagebuild.store.intent import Intent
from imagebuild.store.objects import ObjectStore
from imagebuild.store.record import Record
from imagebuild.store.records import Records
from imagebuild.store.stock import Stock
from imagebuild.store.usage import Usage

__all__ = ["Store", "default_home"]

_ROOM = 64_000_000  # bytes: more than any one answer has


def default_home(environ: Mapping[str, str]) -> Path:
    """Where originals live: ``IMAGEBUILD_HOME``, else the user's data folder. Raises ``UsageError``."""
    if named := environ.get("IMAGEBUILD_HOME"):
        home = Path(os.path.expanduser(named))
        if not home.is_absolute():
            hint = "name a folder that stays the same wherever the command is run"
            raise UsageError(f"IMAGEBUILD_HOME is '{named}', expected an absolute path", hint=hint)
        return home
    import platformdirs

    return platformdirs.user_data_path("imagebuild", appauthor=False)


class Store:
    """Bytes and the records of who made them. For many threads and processes at once.

    What is kept is kept in the order bytes, record: there is no record whose bytes were not whole before it.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder = folder
        self.objects = ObjectStore(folder, durable=durable)
        self.records = Records(folder / "records.db", durable=durable)
        self.usage = Usage(self.records.database)
        self.stock = Stock(self.records)
        self._claims = Claims(folder / "locks")
        self._durable = durable

    @classmethod
    def originals(cls, home: Path) -> Store:
        """What providers returned: durable, shared by all projects of the machine."""
        return cls(home, durable=True)

    @classmethod
    def derivatives(cls, folder: Path) -> Store:
        """What can be made again for nothing: not flushed; what a power cut tears is found when it is read."""
        return cls(folder, durable=False)

    def keep(self, pictures: Sequence[Picture], *, durable: bool = True) -> tuple[Artifact, ...]:
        """Keep the bytes of pictures; the type is what the bytes say, where they do. Raises StoreError.

        Not ``durable`` is what can be made again for nothing: what a power cut tears is found when it is read.
        """
        artifacts = []
        for picture in pictures:
            digest, found = self.objects.put(picture.data, durable=durable), probe(picture.data)
            artifacts.append(
                Artifact(
                    digest=digest,
                    media_type=found.media_type if found else picture.media_type,
                    size=len(picture.data),
                    width=found.width if found else None,
                    height=found.height if found else None,
                    labels=dict(picture.labels),
                    facts=dict(picture.facts),
                )
            )
        return tuple(artifacts)

    def lookup(self, key: str) -> Record | None:
        """The record of a key whose bytes are all here. None when it was never made or is :meth:`lost`."""
        record = self.records.get(key)
        return record if record and self.holds(record) else None

    def holds(self, record: Record) -> bool:
        """Whether all bytes of a record are here."""
        return not self._missing(record)

    def lookup_many(self, keys: Sequence[str]) -> dict[str, Record]:
        """As :meth:`lookup`, for many keys in one go."""
        return {key: record for key, record in self.records.get_many(keys).items() if not self._missing(record)}

    def lost(self, key: str) -> Record | None:
        """The record of a key that was made but whose bytes are no longer all here."""
        record = self.records.get(key)
        return record if record and self._missing(record) else None

    def read(self, artifact: Artifact | str) -> bytes:
        """The bytes of an artifact or digest, verified. Raises StoreError when they are gone or damaged."""
        digest = artifact if isinstance(artifact, str) else artifact.digest
        data = self.objects.get(digest)
        if data is None:
            raise self._gone(digest)
        return data

    def find(self, digest: str) -> Path:
        """The file that holds the bytes of a digest, which are not looked at. Raises StoreError when they are gone."""
        path = self.objects.path(digest)
        if not path.is_file():
            raise self._gone(digest)
        return path

    def require_room(self) -> None:
        """Raise StoreError when the disk is so full that a picture might not fit: before it is paid for."""
        import shutil  # several milliseconds; only paid calls ask

        try:
            free = shutil.disk_usage(self.folder if self.folder.exists() else self.folder.parent).free
        except OSError:
            return  # who cannot be asked is found out about by writing
        if free < _ROOM:
            raise StoreError(
                f"the store's disk has {free // 1_000_000} MB left, a paid call wants {_ROOM // 1_000_000} MB",
                hint="free some space, or set IMAGEBUILD_HOME to a folder on another disk",
            )

    def quarantine(self, key: str, data: bytes, reason: str) -> Path:
        """Keep a paid answer that cannot be used, with a ``.json`` beside it that says why. Raises StoreError."""
        folder = self.folder / "quarantine"
        found = probe(data)
        ending = EXTENSIONS.get(found.media_type, "bin") if found else "bin"
        name = f"{digest_bytes(key.encode())[:12]}-{digest_bytes(data)[:12]}-{secrets.token_hex(3)}"
        note = canonical({"digest": digest_bytes(data), "key": key, "reason": reason, "size": len(data)})
        with store_errors("keep a reply in quarantine"):
            make_folder(folder, durable=self._durable)
            write_file(str(folder / f"{name}.{ending}"), data, durable=self._durable)
            write_file(str(folder / f"{name}.json"), note + b"\n", durable=self._durable)
        return folder / f"{name}.{ending}"

    def claim(self, key: str, *, timeout: float | None = None) -> AbstractContextManager[None]:
        """Hold ``key`` against every other thread and process while the block runs: who buys it, buys it alone.

        Look the key up again inside. Waits at most ``timeout`` seconds; then raises StoreError.
        """
        return self._claims.claim(key, timeout=timeout)

    def abandoned(self) -> list[Intent]:
        """Paid calls whose process died: those that began, did not end, and are claimed by nobody.

        Lines of a batch are none of them: no process waits for those.
        """
        return [
            intent
            for intent in self.records.open_intents()
            if intent.batch is None and self._claims.is_free(intent.key)
        ]

    def close(self) -> None:
        """Close the database. Used again, it opens again."""
        self.records.close()

    def _gone(self, digest: str) -> StoreError:
        damaged = any(damage.digest == digest for damage in self.objects.damages)
        return StoreError(
            f"object {digest[:12]} is {'damaged' if damaged else 'not in the store'}",
            hint="bring it back from a remote or a backup of the store with 'imagebuild store pull' or 'import'"
            if self._durable
            else "build again: it is made anew for nothing",
        )

    def _missing(self, record: Record) -> bool:
        return not all(self.objects.has(artifact.digest) for artifact in record.artifacts)
