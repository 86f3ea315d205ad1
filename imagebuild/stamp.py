"""Whether anything at all has changed since the last complete build: asked before anything else is imported.

The stamp lists all that a finished build rested on: the files it read, wrote and ran, the folders it listed, and the
environment. When each is as it was, a build has nothing to do, and that is known for the price of one stat a file. When
anything differs, the stamp says nothing and the full build decides.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping

from imagebuild.trust import is_untrusted

__all__ = ["STAMP_FILE", "is_fresh", "write_stamp"]

STAMP_FILE = os.path.join(".imagebuild", "stamp.json")
FORMAT = 2
_RACY_NS = 2_000_000_000  # a file changed within the coarsest clock tick of the stamp (FAT: 2 s) is read, not trusted


def is_fresh(root: str, environ: Mapping[str, str]) -> int | None:
    """The number of targets, all of them up to date; None when a full build has to look.

    That is always so for an untrusted project, which may have brought the stamp along.
    """
    if is_untrusted(environ):
        return None
    path = os.path.join(root, STAMP_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            stamp = json.load(file)
        if stamp["setting"] != _setting(root, environ):
            return None
        if any(_value(environ, name) != seen for name, seen in stamp["variables"].items()):
            return None
        fresh = _unchanged(root, stamp)
        return int(stamp["targets"]) if fresh else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no stamp, or one that cannot be read: the full build looks and writes a new one


def _unchanged(root: str, stamp: Mapping[str, object]) -> bool:
    racy_after = int(str(stamp["time"])) - _RACY_NS
    files = stamp["files"]
    assert isinstance(files, dict)
    for name, row in files.items():
        path = os.path.join(root, name)
        if row is None:
            if os.path.lexists(path):
                return False
            continue
        size, modified, changed, inode, digest = row
        state = os.stat(path)
        if [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino] != [size, modified, changed, inode]:
            return False
        if max(modified, changed) >= racy_after and (digest is None or _digest(path) != digest):
            return False
    return True


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
) -> None:
    """Record a build after which nothing is left to do.

    ``files`` maps paths (relative to ``root``, or absolute) to the digest of the bytes that the build knows; None where
    it does not say, as for folders. A change to a loaded module of one of ``packages``, or to a folder that packages
    are installed in, ends the stamp too, and so does another value of one of ``variables`` in ``environ``. What changed
    after ``began_ns`` (nanoseconds since the epoch, from before the build read anything) may differ from what it saw:
    unless its digest proves otherwise, no stamp is written. Raises ``OSError``.
    """
    tops = {"imagebuild", *packages}
    rests_on: dict[str, str | None] = {**files}
    for name, module in list(sys.modules.items()):
        source = getattr(module, "__file__", None)
        if name.partition(".")[0] in tops and source:
            rests_on[source] = None
    rests_on.update((folder, None) for folder in sys.path if os.path.isdir(folder))
    rows: dict[str, list[object] | None] = dict.fromkeys(absent)
    for name, digest in rests_on.items():
        path = os.path.join(root, name)
        state = os.stat(path)
        recent = max(state.st_mtime_ns, state.st_ctime_ns) >= began_ns - _RACY_NS
        if recent and (digest is None or _digest(path) != digest):
            return
        rows[name] = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, digest]
    seen = {name: _value(environ, name) for name in sorted(variables)}
    stamp = {
        "setting": _setting(root, environ),
        "variables": seen,
        "time": time.time_ns(),
        "targets": targets,
        "files": rows,
    }
    path = os.path.join(root, STAMP_FILE)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(stamp, file, separators=(",", ":"))
    os.replace(temporary, path)


def _setting(root: str, environ: Mapping[str, str]) -> list[object]:
    ours = sorted((name, value) for name, value in environ.items() if name.startswith("IMAGEBUILD_"))
    return [FORMAT, os.path.realpath(root), sys.version, sys.prefix, [list(pair) for pair in ours]]


def _value(environ: Mapping[str, str], name: str) -> str | None:
    """What stands for a variable's value, which may be a secret."""
    import hashlib

    value = environ.get(name)
    return None if value is None else hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()


def _digest(path: str) -> str | None:
    import hashlib

    if os.path.isdir(path):
        return None
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
