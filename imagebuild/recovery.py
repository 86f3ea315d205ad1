"""Takes what the lock pins back into the store: pictures from the project's output files, texts from the lock."""

from __future__ import annotations

from collections.abc import Iterable

from imagebuild.artifact import Picture
from imagebuild.errors import ImageBuildError
from imagebuild.lockfile import LockLine
from imagebuild.media import extension
from imagebuild.spec import Spec
from imagebuild.spec.output import output_path
from imagebuild.store import Outputs, Store

__all__ = ["recover"]


def recover(lines: Iterable[LockLine], spec: Spec, outputs: Outputs, originals: Store) -> int:
    """Keep every pinned text that the store lacks, and every picture whose output file holds just its bytes; how many.

    That is how a clone with committed pictures and an empty store needs no call, and how a draft never replaces the
    last copy of what was bought. What cannot be read or kept stays lost, and the plan says so.
    """
    found = 0
    for line in lines:
        target = spec.targets.get(line.target)
        if target is None or (target.steps and line.text is None) or originals.objects.has(line.digest):
            continue
        try:
            if line.text is not None:
                originals.keep([Picture(line.text.encode(), line.media_type)])
                found += 1
                continue
            path = output_path(target, ext=extension(line.media_type))
            if outputs.digest(path) == line.digest:
                originals.keep([Picture((spec.root / path).read_bytes(), line.media_type)])
                found += 1
        except (ImageBuildError, KeyError, OSError):
            continue
    return found
