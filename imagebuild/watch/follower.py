"""Follows a project without building anything: says which targets may stand otherwise now."""

from __future__ import annotations

from collections.abc import Callable

from imagebuild.errors import ImageBuildError
from imagebuild.event import Event, SpecBroken, SpecMended
from imagebuild.project import Project
from imagebuild.watch.change import Change, Look, look_at
from imagebuild.watch.interest import Interest
from imagebuild.watch.observation import Observation

__all__ = ["Follower"]


class Follower:
    """``changed`` hears ids, or None for all; ``listen`` that the spec is broken or mended. Close it when done."""

    def __init__(
        self,
        project: Project,
        *,
        listen: Callable[[Event], None],
        changed: Callable[[tuple[str, ...] | None], None],
    ) -> None:
        self._project = project
        self._listen = listen
        self._changed = changed
        self._observation = Observation(project.root)
        self._look: Look | None = None
        self._broken = ""
        self._see(frozenset())

    def wait(self, timeout: float) -> None:
        """Wait for a change, and tell of it."""
        paths = self._observation.wait(timeout)
        if paths:
            self._see(paths)

    def close(self) -> None:
        """End it."""
        self._observation.close()

    def _see(self, paths: frozenset[str]) -> None:
        before = self._look
        try:
            look = look_at(self._project)
        except ImageBuildError as error:
            self._observation.follow(None)
            if str(error) != self._broken:
                self._broken = str(error)
                self._listen(SpecBroken(error))
            return
        self._look = look
        self._observation.follow(Interest.of(look.spec, home=self._project.home))
        if self._broken:
            self._broken = ""
            self._listen(SpecMended())
        change = Change.between(before, look, paths)
        if change.is_whole or change.gone:
            self._changed(None)
        elif change:
            self._changed(change.targets)
