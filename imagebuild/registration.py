"""Tells the store which pictures a project rests on, so that no garbage collection takes them."""

from __future__ import annotations

from imagebuild.lockfile import Lock
from imagebuild.store import Store, Use

__all__ = ["register"]


def register(originals: Store, root: str, lock: Lock, *, now: float) -> None:
    """Note what the lock of the project in ``root`` pins. Raises StoreError.

    Nothing is written when the store knows it already.
    """
    known = originals.usage.project(root)
    if known is not None and known.pins == lock.digests:
        return
    every = [each for line in lock.lines.values() for each in (line, line.live) if each]
    uses = [Use(line.target, line.stage, line.candidate, line.key, line.digest, now) for line in every]
    originals.usage.note(root, lock.digests, uses, time=now)
