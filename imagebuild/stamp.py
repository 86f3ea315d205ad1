"""Whether anything at all has changed since the last complete build: asked before anything else is imported.

The stamp lists all that a finished build rested on: the files it read, wrote and ran, the folders it listed, and the
environment. When each is as it was, a build has nothing to do, and that is known for the price of one stat a file. When
anything differs, the stamp says nothing and the full build decides.

The file is a line of text, a checksum, and columns in Python's own ``marshal`` format: a text of all names, and the
bytes of 64-bit numbers, of which no object is made before it is looked at. Digests stand apart, since they are wanted
only for files whose times say too little: those that changed within a tick of the clock, and those that were touched.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from binascii import crc32

from imagebuild.trust import is_untrusted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from typing import Any, Literal

    Row = tuple[int, int, int, int]

__all__ = ["STAMP_FILE", "Standing", "is_fresh", "still_standing", "write_stamp"]

STAMP_FILE = os.path.join(".imagebuild", "stamp")
_HEAD = b"imagebuild stamp 4\n"
_RACY_NS = 2_000_000_000  # a file changed within the coarsest clock tick of the stamp (FAT: 2 s) is read, not trusted
_UNREADABLE = (OSError, ValueError, EOFError, KeyError, TypeError)
_COLUMNS: tuple[Literal["Q", "q"], ...] = ("Q", "q", "q", "Q")  # size, mtime, ctime, inode
_NO_DIGEST = bytes(32)
_WHOLE = 2**64 - 1  # ReFS has longer inodes
_MARSHAL = 4  # its format is Python's since 3.4; the stamp is that of one Python anyway


def is_fresh(root: str, environ: Mapping[str, str]) -> int | None:
    """The number of targets, all of them up to date; None when a full build has to look.

    That is always so for an untrusted project, which may have brought the stamp along.
    """
    try:
        body = _usable(root, environ)
        if body is None:
            return None
        _, _, began_ns, targets, newest_ns, names, *columns, _, _ = body
        if newest_ns >= began_ns - _RACY_NS or not _are_same(_paths(root, names), *columns):
            standing = _compared(root, body, ())
            if standing is None:
                return None
            standing.renew()
        return int(targets)
    except _UNREADABLE:
        return None  # no stamp, or one that cannot be read: the full build looks and writes a new one


def _are_same(*columns: Sequence[Any]) -> bool:
    """Whether the files are, by their times, those that they were. Raises ``OSError``."""
    stat = os.stat
    for path, size, mtime, ctime, inode in zip(*columns, strict=True):
        state = stat(path)
        if state.st_mtime_ns != mtime or state.st_ctime_ns != ctime or state.st_size != size or state.st_ino != inode:
            return False
    return True


def _paths(root: str, names: list[str]) -> list[str]:
    return names if root == os.getcwd() else [os.path.join(root, name) for name in names]


def still_standing(root: str, environ: Mapping[str, str], among: Container[str]) -> Standing | None:
    """What is left of the last complete build; None when more has changed than files ``among`` those given."""
    try:
        body = _usable(root, environ)
        return None if body is None else _compared(root, body, among)
    except _UNREADABLE:
        return None


class Standing:
    """A build of which only files in ``changed`` are not as they were."""

    def __init__(self, root: str, body: tuple[Any, ...], clock_ns: int) -> None:
        self.changed: list[str] = []
        self.variables: dict[str, str | None] = body[1]
        self.clock_ns = clock_ns
        self._root = root
        self._body = body
        self._names: list[str] = body[5]
        self._digests: bytes = body[-1]
        self._places: dict[str, int] = {}
        self._touched: dict[str, Row] = {}

    def touched(self, name: str, row: Row) -> None:
        """The file was read, and has the bytes that it had."""
        self._touched[name] = row

    def digest(self, name: str) -> str | None:
        """The digest that a file had."""
        if not self._places:
            self._places = {known: at for at, known in enumerate(self._names)}
        at = self._places.get(name)
        digest = _NO_DIGEST if at is None else self._digests[32 * at : 32 * at + 32]
        return None if digest == _NO_DIGEST else digest.hex()

    def rows(self) -> dict[str, Row]:
        """What the files that are as they were look like now."""
        rows: dict[str, Row] = dict(zip(self._names, zip(*self._body[6:10], strict=True), strict=True))
        for name in self.changed:
            del rows[name]
        return rows | self._touched

    def digests(self) -> dict[str, bytes]:
        """The digests of those files, where they have one."""
        digests = self._digests
        parts = (digests[at : at + 32] for at in range(0, len(digests), 32))
        changed = set(self.changed)
        pairs = zip(self._names, parts, strict=True)
        return {name: digest for name, digest in pairs if digest != _NO_DIGEST and name not in changed}

    def renew(self) -> None:
        """Write a stamp that vouches for files which had to be read, once they are old enough for that."""
        columns = list(map(list, zip(*self.rows().values(), strict=True)))
        if max(*columns[1], *columns[2]) < self.clock_ns - _RACY_NS:
            setting, variables, _, targets, _, names, *_, absent, digests = self._body
            with _Writer(self._root) as writer:
                writer.write((setting, variables, self.clock_ns, targets, names, *columns, absent, digests))


def _usable(root: str, environ: Mapping[str, str]) -> tuple[Any, ...] | None:
    """What the stamp says, where all that it rests on beside files is as it was. Raises one of `_UNREADABLE`."""
    if is_untrusted(environ):
        return None
    body = _read(os.path.join(root, STAMP_FILE))
    setting, variables, *_, absent, _ = body
    if setting != _setting(root, environ):
        return None
    if any(_value(environ, name) != seen for name, seen in variables.items()):
        return None
    return None if any(os.path.lexists(os.path.join(root, name)) for name in absent) else body


def _compared(root: str, body: tuple[Any, ...], among: Container[str]) -> Standing | None:
    """Look at each file, and read those whose times say too little, or something else than before."""
    with _Writer(root) as writer:
        standing = Standing(root, body, writer.clock_ns)
    old_ns, names, stat = body[2] - _RACY_NS, body[5], os.stat
    for name, path, size, mtime, ctime, inode in zip(names, _paths(root, names), *body[6:10], strict=True):
        try:
            state = stat(path)
        except (FileNotFoundError, NotADirectoryError):
            state = None
        if state and mtime < old_ns and ctime < old_ns:
            now = state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino & _WHOLE
            if now == (size, mtime, ctime, inode):
                continue
        digest = standing.digest(name) if state else None
        if state and digest and _digest(path) == digest:
            standing.touched(name, _row(state))
        elif name in among:
            standing.changed.append(name)
        else:
            return None
    return standing


def write_stamp(
    root: str,
    *,
    targets: int,
    files: Mapping[str, str | None],
    absent: Iterable[str],
    packages: Iterable[str],
    environ: Mapping[str, str],
    variables: Iterable[str] = (),
    began_ns: int,
    standing: Standing | None = None,
) -> None:
    """Record a build after which nothing is left to do.

    ``files`` maps paths (relative to ``root``, or absolute) to the digest of the bytes that the build knows; None where
    it does not say, as for folders. A change to a loaded module of one of ``packages``, or to a folder that packages
    are installed in, ends the stamp too, and so does another value of one of ``variables`` in ``environ``. What changed
    after ``began_ns`` (nanoseconds since the epoch, from before the build read anything) may differ from what it saw:
    unless its digest proves otherwise, no stamp is written. Of a build that began with what was ``standing``, the rest
    goes on to stand. Raises ``OSError``.
    """
    tops = {"imagebuild", *packages}
    rests_on: dict[str, str | None] = {**files}
    for name, module in list(sys.modules.items()):
        source = getattr(module, "__file__", None)
        if name.partition(".")[0] in tops and source:
            rests_on[source] = None
    rests_on.update((folder, None) for folder in sys.path if os.path.isdir(folder))
    seen = dict(standing.variables) if standing else {}
    seen.update((name, _value(environ, name)) for name in sorted(variables))
    with _Writer(root) as writer:
        others = standing.rows() if standing else {}
        known = standing.digests() if standing else {}
        rows: dict[str, Row] = {}
        for name, digest in rests_on.items():
            path = os.path.join(root, name)
            row = rows[name] = _row(os.stat(path))
            if row == others.get(name) and (digest is None or bytes.fromhex(digest) == known.get(name)):
                continue
            if max(row[1:3]) >= began_ns - _RACY_NS and (digest is None or _digest(path) != digest):
                return
            known.pop(name, None)
            if digest is not None:
                known[name] = bytes.fromhex(digest)
        rows = {**rows, **{name: row for name, row in others.items() if name not in rows}}
        columns = map(list, zip(*rows.values(), strict=True))
        clock_ns = min(writer.clock_ns, standing.clock_ns) if standing else writer.clock_ns
        digests = b"".join([known.get(name, _NO_DIGEST) for name in rows])
        writer.write((_setting(root, environ), seen, clock_ns, targets, list(rows), *columns, list(absent), digests))


class _Writer:
    """A new stamp on its way. ``clock_ns`` is from before anything was looked at, by the slower of two clocks: ours and
    that of the file system, which dates the files.
    """

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, STAMP_FILE)
        self._temporary = f"{self._path}.{os.getpid()}"
        self.clock_ns = 0

    def __enter__(self) -> _Writer:
        try:
            with open(self._temporary, "wb") as file:
                self.clock_ns = min(time.time_ns(), os.fstat(file.fileno()).st_mtime_ns)
        except OSError:
            self.clock_ns = 0  # nothing can be written here: files that are read are read again the next time
        return self

    def write(self, body: tuple[Any, ...]) -> None:
        from array import array

        *first, names, sizes, modified, changed, inodes, absent, digests = body
        columns = zip(_COLUMNS, (sizes, modified, changed, inodes), strict=True)
        packed = [array(kind, column).tobytes() for kind, column in columns]
        newest_ns = max(*modified, *changed)
        data = marshal.dumps((*first, newest_ns, "\0".join(names), *packed, absent, digests), _MARSHAL)
        with open(self._temporary, "wb") as file:
            file.write(_HEAD + crc32(data).to_bytes(4, "big") + data)
        os.replace(self._temporary, self._path)

    def __exit__(self, *error: object) -> None:
        if os.path.exists(self._temporary):
            os.unlink(self._temporary)


def _read(path: str) -> tuple[Any, ...]:
    """What a stamp says. Raises ``ValueError`` for one that is damaged or of another version."""
    with open(path, "rb") as file:
        data = memoryview(file.read())
    start = len(_HEAD) + 4
    if data[: len(_HEAD)] != _HEAD or crc32(data[start:]) != int.from_bytes(data[len(_HEAD) : start], "big"):
        raise ValueError("no stamp of this version")
    *first, names, sizes, modified, changed, inodes, absent, digests = marshal.loads(data[start:])  # noqa: S302 - never a stranger's: see is_fresh
    columns = zip(_COLUMNS, (sizes, modified, changed, inodes), strict=True)
    return (*first, names.split("\0"), *(memoryview(column).cast(kind) for kind, column in columns), absent, digests)


def _row(state: os.stat_result) -> Row:
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino & _WHOLE


def _setting(root: str, environ: Mapping[str, str]) -> list[object]:
    ours = sorted((name, value) for name, value in environ.items() if name.startswith("IMAGEBUILD_"))
    return [os.path.realpath(root), sys.version, sys.prefix, [list(pair) for pair in ours]]


def _value(environ: Mapping[str, str], name: str) -> str | None:
    """What stands for a variable's value, which may be a secret."""
    import hashlib

    value = environ.get(name)
    return None if value is None else hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()


def _digest(path: str) -> str | None:
    import hashlib

    if os.path.isdir(path):
        return None
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
