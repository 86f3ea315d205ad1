"""Names that hold on every system: ids of targets, styles and axes, and the paths of outputs."""

from __future__ import annotations

import posixpath
import re
import unicodedata

__all__ = ["RESERVED", "folded", "is_device", "name_fault", "path_fault", "portable_fault"]

RESERVED = frozenset(
    {"id", "target", "prompt", "ext", "loop", "range", "true", "false", "none", "True", "False", "None"}
)
"""Names in templates that the spec cannot give to its own values."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])\s*(?:\.|\Z)", re.IGNORECASE
)
_FORBIDDEN = re.compile(r'[<>:"|?*\\]')
# Paths of which nothing needs to be asked, as nearly all are: what this lets pass, `_path_fault` does too.
_PLAIN = re.compile(
    r"(?:(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|\Z)|imagebuild\.)[a-z0-9_][a-z0-9_.-]{0,98}(?<!\.)(?:/(?!\Z)|\Z)){1,5}\Z",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_NAME = 100
_LONGEST_PART = 200
_LONGEST_PATH = 500
_OURS = frozenset({".git", ".imagebuild"})
_LOCK = "imagebuild.lock"


def folded(text: str) -> str:
    """What two names have in common that some file system takes for one."""
    if text.isascii():
        return text.lower()  # the same, and what nearly all names are
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def is_device(name: str) -> bool:
    """Whether Windows takes ``name`` for a device, with or without an ending."""
    return _DEVICE.match(name) is not None


def name_fault(name: str) -> str | None:
    """What is wrong with the name of a target, style or provider."""
    if not name:
        return "is empty"
    if len(name) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} characters"
    if not _NAME.match(name):
        return "may hold only letters a to z, digits, '_', '-' and '.', and starts with a letter, digit or '_'"
    if name.endswith("."):
        return "may not end with a dot"
    return "is the name of a device on Windows" if is_device(name) else None


def portable_fault(path: str) -> str | None:
    """What some system would object to in a relative path."""
    if len(path) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH} characters"
    if "\\" in path:
        return "holds a backslash; write '/' between folders"
    if path.startswith(("/", "~")):
        return "is not relative to the project"
    if re.match(r"[A-Za-z]:", path):
        return "names a drive"
    is_plain = path.isascii() and path.isprintable()
    if not is_plain and any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in path):
        return "holds a control character"
    if found := _FORBIDDEN.search(path):
        return f"holds '{found[0]}', which some systems refuse"
    for part in path.split("/"):
        if fault := _part_fault(part):
            return fault
    return None


def _part_fault(part: str) -> str | None:
    if part in ("", "."):
        return "has an empty part between its slashes"
    if part == "..":
        return "holds '..'"
    if len(part.encode("utf-8")) > _LONGEST_PART:
        return f"has a part longer than {_LONGEST_PART} bytes"
    if part != part.strip(" ") or part.endswith("."):
        return "has a part that starts or ends with a space, or ends with a dot"
    if is_device(part):
        return f"holds '{part}', the name of a device on Windows"
    return None


def path_fault(path: str) -> str | None:
    """What is wrong with an output path, files of the spec aside."""
    return None if _PLAIN.match(path) else _path_fault(path)


def _path_fault(path: str) -> str | None:
    if not path:
        return "is empty"
    if fault := portable_fault(path):
        return fault
    first = folded(path.split("/")[0])
    # HFS+ ignores some characters and NTFS knows short names: what looks like .git is refused as git does.
    if (
        first in _OURS
        or first.startswith(("git~", "imageb~"))
        or any(folded(part) == ".git" for part in path.split("/"))
    ):
        return f"lies in '{path.split('/')[0]}', which is not for pictures"
    if folded(posixpath.basename(path)) == _LOCK or folded(path) == "imagebuild.yaml":
        return "is a file of imagebuild itself"
    return None
