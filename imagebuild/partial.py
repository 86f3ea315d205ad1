"""Pictures that are not final yet: files beside the project's state, for whoever looks on."""

from __future__ import annotations

from pathlib import Path

from imagebuild.action import Action
from imagebuild.artifact import Picture
from imagebuild.event import PartialImage
from imagebuild.media import extension
from imagebuild.session import STATE_FOLDER

__all__ = ["PARTIALS", "keep_partial"]

PARTIALS = f"{STATE_FOLDER}/partials"
"""The folder they lie in, relative to the project."""


def keep_partial(root: Path, action: Action, index: int, picture: Picture) -> PartialImage:
    """Write one, in place of that of its number from before. Raises ``OSError`` and, for its type, ``KeyError``."""
    node = action.node
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in node.target)
    candidate = f"-c{node.candidate}" if node.candidate > 1 else ""
    path = f"{PARTIALS}/{safe}-{node.stage}{candidate}-{index}.{extension(picture.media_type)}"
    (root / PARTIALS).mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(picture.data)
    return PartialImage(node.target, node.stage, index, path, node.candidate)
