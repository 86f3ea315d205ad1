"""What this project's last builds saw: slots, output files, digests of other files. Losing it costs time only."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from msgspec.json import Decoder, encode
from msgspec.structs import replace

from imagebuild.digest import Json
from imagebuild.store.files import FileDigests
from imagebuild.store.sealed import opened, read_file, read_sealed, set_aside, write_sealed
from imagebuild.store.signature import Signature, clock_of, is_settled
from imagebuild.store.slots import Slots
from imagebuild.target import Slot

__all__ = ["OutputState", "Recall", "State"]

_FILES = b"imagebuild state 1"
_SLOTS = b"imagebuild slots 1"


class OutputState(Struct, frozen=True):
    """A file that a build wrote. A ``signature`` of None vouches for nothing: read the file to know."""

    target: str
    digest: str
    signature: Signature | None
    draft: bool


class _Columns(Struct, frozen=True):
    """The first file: columns, since 10,000 rows of objects take longer to read."""

    output: list[str]
    target: list[str]
    digest: list[str]
    signature: list[Signature | None]
    draft: list[bool]
    file: list[str]
    file_signature: list[Signature]
    file_digest: list[str]


_COLUMNS = Decoder(_Columns)

Rows: TypeAlias = "tuple[dict[str, OutputState], dict[str, tuple[Signature, str]]]"
"""Output files, and digests of other files with the signatures they had."""


class Recall:
    """What the two files of a state said when this process last read or wrote them, to be read from memory next time.

    For many threads: each of the two is replaced as one.
    """

    def __init__(self) -> None:
        self.rows: tuple[bytes, Rows] | None = None
        self.slots: tuple[bytes, Slots] | None = None


class State:
    """``.imagebuild/state.db`` and ``slots.db`` beside it; both read when first asked for, written by :meth:`commit`.

    A broken file is set aside as ``*.broken``, begun anew and told in ``notices``; nothing here raises because of one.
    For many threads; of several processes that commit, the last one stays.
    """

    def __init__(self, path: Path, *, root: Path | None = None, recall: Recall | None = None) -> None:
        """``root`` is the project, by default the folder above that of ``path``; ``recall`` saves reading again."""
        self._recall = recall or Recall()
        self._path = path
        self._slots_path = path.with_name("slots.db")
        self._root = (root or path.parent.parent).absolute()
        self._guard = threading.RLock()
        self._outputs_changed: set[str] = set()
        self._removed = False
        self._slots_changed = False
        self.notices: list[str] = []

    def slot(self, slot: Slot) -> tuple[str, Mapping[str, Json]] | None:
        """The key and parts that the action at ``slot`` had when it was last done."""
        return self.slots().get(slot)

    @staticmethod
    def peek(folder: Path) -> tuple[Slots, dict[str, OutputState]]:
        """Slots and outputs of the project with this state folder, read beside its builds; none that cannot be read."""
        slots, outputs = Slots(), dict[str, OutputState]()
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError):
            slots = Slots(read_sealed(folder / "slots.db", _SLOTS))
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError):
            if (body := read_sealed(folder / "state.db", _FILES)) is not None:
                outputs = _decoded(body)[0]
        return slots, outputs

    def slots(self) -> Slots:
        """All slots, in one read."""
        with self._guard:
            return self._slots

    def set_slots(self, rows: Mapping[Slot, tuple[str, Mapping[str, Json]]]) -> None:
        """Note keys and parts of actions that are done."""
        self._change_slots(self.slots().changed(rows))

    def forget_slots(self, slots: Iterable[Slot]) -> None:
        """Drop slots that the spec no longer has."""
        self._change_slots(self.slots().without(slots))

    def outputs(self) -> dict[str, OutputState]:
        """Every output file that builds have written, by path."""
        with self._guard:
            return dict(self._rows[0])

    def set_outputs(self, rows: Mapping[str, OutputState]) -> None:
        """Note output files; take each signature before its file is read, or from what wrote it."""
        with self._guard:
            known = self._rows[0]
            new = {path: row for path, row in rows.items() if known.get(path) != row}
            known.update(new)
            self._outputs_changed.update(new)

    def forget_outputs(self, paths: Iterable[str]) -> None:
        """Drop output files that are no more."""
        with self._guard:
            for path in paths:
                self._removed |= self._rows[0].pop(path, None) is not None
                self._outputs_changed.discard(path)

    @cached_property
    def files(self) -> FileDigests:
        """Digests of source files and of what was published into the project."""
        with self._guard:
            return FileDigests(self._root, self._rows[1], lambda: clock_of(self._path.parent))

    def commit(self) -> None:
        """Write what changed, each file as one. A failure is told in ``notices``: the next build reads more files."""
        with self._guard:
            files = self.__dict__.get("files")
            try:
                if self._outputs_changed or self._removed or (files and files.changed):
                    self._smudge()
                    data = write_sealed(self._path, _FILES, self._encoded())
                    self._recall.rows = data, (dict(self._rows[0]), dict(self.files.entries()))
                    self._outputs_changed.clear()
                    self._removed = False
                    if files:
                        files.changed = False
                if self._slots_changed:
                    data = write_sealed(self._slots_path, _SLOTS, self._slots.encoded())
                    self._recall.slots = data, self._slots
                    self._slots_changed = False
            except OSError as error:
                self.notices.append(f"the state of this build could not be saved: {error}")

    def close(self) -> None:
        """Drop what was not committed."""
        with self._guard:
            for name in ("_rows", "_slots", "files"):
                self.__dict__.pop(name, None)
            self._outputs_changed.clear()
            self._removed = self._slots_changed = False

    @cached_property
    def _slots(self) -> Slots:
        with self._broken_is_new(self._slots_path):
            data, known = read_file(self._slots_path), self._recall.slots
            if data is not None and (known is None or known[0] != data):
                known = self._recall.slots = data, Slots(opened(data, _SLOTS))
            return known[1] if data is not None and known else Slots()
        return Slots()

    @cached_property
    def _rows(self) -> Rows:
        with self._broken_is_new(self._path):
            data, known = read_file(self._path), self._recall.rows
            if data is not None and (known is None or known[0] != data):
                known = self._recall.rows = data, _decoded(opened(data, _FILES))
            if data is not None and known:
                outputs, files = known[1]
                return dict(outputs), dict(files)
        return {}, {}

    def _change_slots(self, slots: Slots | None) -> None:
        if slots is not None:
            with self._guard:
                self._slots = slots
                self._slots_changed = True

    def _smudge(self) -> None:
        """Take the signature from files written within the last tick: an edit within that tick would not show."""
        outputs, now = self._rows[0], clock_of(self._path.parent)
        for path in self._outputs_changed:
            row = outputs[path]
            if row.signature is not None and not is_settled(row.signature, now):
                outputs[path] = replace(row, signature=None)

    def _encoded(self) -> bytes:
        outputs, _ = self._rows
        files = self.files.entries()
        columns = _Columns(
            output=list(outputs),
            target=[row.target for row in outputs.values()],
            digest=[row.digest for row in outputs.values()],
            signature=[row.signature for row in outputs.values()],
            draft=[row.draft for row in outputs.values()],
            file=list(files),
            file_signature=[signature for signature, _ in files.values()],
            file_digest=[digest for _, digest in files.values()],
        )
        return encode(columns)

    @contextmanager
    def _broken_is_new(self, path: Path) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError) as error:
            try:
                aside = f"set aside as {set_aside(path).name} and begun anew"
            except OSError:
                aside = "left unused"
            self.notices.append(f"{path.name} could not be read ({error}); {aside}, which costs time only")


def _decoded(body: bytes) -> Rows:
    columns = _COLUMNS.decode(body)
    rows = map(OutputState, columns.target, columns.digest, columns.signature, columns.draft)
    known = zip(columns.file_signature, columns.file_digest, strict=True)
    return dict(zip(columns.output, rows, strict=True)), dict(zip(columns.file, known, strict=True))
