"""Cache files that know whether they are whole: a checksum over all of it, replaced as one.

A cache that lies is worse than none: one flipped bit in a file's digest would change a key and buy a picture again. So
every damage must be noticed, which no database promises for the cells of its tables.
"""

from __future__ import annotations

import os
from pathlib import Path

from imagebuild.digest import digest_bytes
from imagebuild.disk import make_folder, replace, sweep, write_file

__all__ = ["opened", "read_file", "read_sealed", "set_aside", "write_sealed"]

_DIGITS = 64


def read_sealed(path: Path, kind: bytes) -> bytes | None:
    """What was written as ``kind``, or None when there is no file. Raises ValueError when it is not whole, OSError."""
    data = read_file(path)
    return None if data is None else opened(data, kind)


def read_file(path: Path) -> bytes | None:
    """The file with its seal, or None when there is none. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def opened(data: bytes, kind: bytes) -> bytes:
    """The body of a sealed file. Raises ValueError when it is not whole, or of another kind."""
    start = len(kind) + 1 + _DIGITS + 1
    body = data[start:]
    if data[:start] != kind + b" " + digest_bytes(body).encode() + b"\n":
        raise ValueError("not whole, or of another version")
    return body


def write_sealed(path: Path, kind: bytes, body: bytes) -> bytes:
    """Put ``body`` in the file's place; the file's bytes. The caller is the folder's one writer. Raises OSError."""
    make_folder(path.parent, durable=False)
    sweep(str(path.parent), lambda _: True)
    data = kind + b" " + digest_bytes(body).encode() + b"\n" + body
    write_file(str(path), data, durable=False)
    return data


def set_aside(path: Path) -> Path:
    """Rename a broken file, in place of an earlier broken one. Raises OSError."""
    aside = path.with_name(path.name + ".broken")
    replace(os.fspath(path), os.fspath(aside))
    return aside
