"""Tells the store which pictures a project rests on, so that no garbage collection takes them."""

from __future__ import annotations

from imagebuild.lockfile import Lock
from imagebuild.store import Store, Use

__all__ = ["register"]


def register(originals: Store, root: str, lock: Lock, *, before: Lock, now: float) -> None:
    """Note what the lock of the project in ``root`` pins, which was ``before`` until now. Raises StoreError.

    Nothing is written when the store knows it already, and of lines only those that it does not know yet.
    """
    known = originals.usage.project(root)
    if known is not None and known.pins == lock.digests:
        return
    is_noted = known is not None and known.pins == before.digests
    lines = [line for slot, line in lock.lines.items() if not is_noted or before.lines.get(slot) != line]
    every = [each for line in lines for each in (line, line.live) if each]
    uses = [Use(line.target, line.stage, line.candidate, line.key, line.digest, now) for line in every]
    originals.usage.note(root, lock.digests, uses, time=now)
