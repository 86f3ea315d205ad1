"""Which sizes a model draws."""

from __future__ import annotations

import re

from imagebuild_devserver.model import Facts
from imagebuild_devserver.refusal import user_error

__all__ = ["settle_size"]

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
_FIXED = ("1024x1024", "1536x1024", "1024x1536")
_LEAST, _MOST, _LONGEST = 655_360, 8_294_400, 3840
_DEFAULT = (1024, 1024)
_DEFAULT_FRAME = (720, 720)


def settle_size(
    asked: object, facts: Facts, frames: int | None, parent: tuple[int, int] | None, *, lenient: bool = False
) -> tuple[int, int]:
    """The size in pixels that will be drawn; one that the model does not draw is refused.

    ``frames`` is how many pictures an animation has: they are drawn on one sheet, which must keep to the limits.
    """
    if asked in (None, "auto"):
        if frames:
            return _DEFAULT_FRAME
        return parent if parent and facts.free_size and _fault(parent, None) is None else _DEFAULT
    found = _SIZE.fullmatch(str(asked))
    if not found:
        raise user_error("size", f"Invalid size '{asked}'. Expected WIDTHxHEIGHT or auto.")
    size = int(found[1]), int(found[2])
    if lenient:
        return size
    if not facts.free_size and asked not in _FIXED:
        listed = ", ".join(f"'{name}'" for name in (*_FIXED, "auto"))
        raise user_error("size", f"Invalid size '{asked}'. Supported sizes are {listed}.")
    fault = _fault(size, frames)
    if fault:
        raise user_error("size", f"Invalid size '{asked}'. {fault}")
    return size


def _fault(size: tuple[int, int], frames: int | None) -> str | None:
    if size[0] % 16 or size[1] % 16 or not all(size):
        return "Width and height must both be divisible by 16."
    if max(size) > 3 * min(size):
        return "The ratio must be between 1:3 and 3:1."
    columns = 1 if not frames else 3 if frames <= 9 else 4
    rows = 1 if not frames else 3 if frames <= 12 else 4
    width, height = size[0] * columns, size[1] * rows
    if max(width, height) > _LONGEST:
        return f"The longest edge must be at most {_LONGEST} pixels{' for all frames together' if frames else ''}."
    if not _LEAST <= width * height <= _MOST:
        return f"The number of pixels must be between {_LEAST} and {_MOST}{' for all frames' if frames else ''}."
    return None
