"""Paid answers that were no picture: kept in the store with the reason beside them, used by nothing."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct

from imagebuild.disk import store_errors
from imagebuild.store import Store

__all__ = ["Quarantined", "find_quarantined"]


class Quarantined(Struct, frozen=True):
    """One answer. ``kept`` is in seconds since the epoch; ``key`` and ``reason`` are empty where the note is gone."""

    path: Path
    size: int
    kept: float
    key: str = ""
    reason: str = ""


def find_quarantined(store: Store) -> list[Quarantined]:
    """Every answer in quarantine, oldest first. Raises ``StoreError``."""
    folder = store.folder / "quarantine"
    found = []
    with store_errors("look at the quarantine"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix == ".json" or path.name.startswith(".") or not path.is_file():
                continue
            seen, note = path.stat(), _note(path.with_suffix(".json"))
            found.append(Quarantined(path, seen.st_size, seen.st_mtime, note.get("key", ""), note.get("reason", "")))
    return sorted(found, key=lambda each: (each.kept, each.path.name))


def _note(path: Path) -> dict[str, str]:
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: str(value) for name, value in note.items()} if isinstance(note, dict) else {}
