"""Opens the stores that a command of 'imagebuild store' looks at, in a project or without one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from imagebuild.cli.opening import open_project
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.shell import Shell
from imagebuild.errors import UsageError
from imagebuild.housekeeping.holding import Holdings, find_holdings
from imagebuild.project import Project
from imagebuild.session import BUILD_LOCK, STATE_FOLDER
from imagebuild.spec import find_root
from imagebuild.store import Store, default_home

__all__ = ["Place", "alone_everywhere", "open_place"]


class Place(Struct, frozen=True):
    """The store of originals and, in a project, the project with its derivatives."""

    originals: Store
    project: Project | None
    derivatives: Store | None

    @property
    def roots(self) -> list[Path]:
        """The folder of the project, if there is one."""
        return [self.project.root] if self.project else []

    @property
    def state_folder(self) -> Path | None:
        """Where the project's derivatives lie."""
        return self.project.root / STATE_FOLDER if self.project else None

    def holdings(self) -> Holdings:
        """What the locks of all known projects hold, and that of this one."""
        return find_holdings(self.originals.usage, self.roots)

    def require_project(self, what: str) -> tuple[Project, Store]:
        """The project and its derivatives. Raises ``UsageError`` that says what they are needed for."""
        if self.project is None or self.derivatives is None:
            hint = "go to a project, or name it with '-C DIR'"
            raise UsageError(f"{what} are those of a project, and there is none here", hint=hint)
        return self.project, self.derivatives


@contextmanager
def open_place(shell: Shell) -> Iterator[Place]:
    """The stores of this call; outside of a project that of the machine alone. Raises ``UsageError``."""
    project = None
    if not os.path.isdir(shell.folder):
        raise UsageError(f"there is no folder '{shell.folder}'")
    if _is_in_project(shell.folder):
        project = open_project(shell)
        project.require_own_state()
    originals = Store.originals(project.home if project else default_home(shell.environ))
    derivatives = Store.derivatives(project.root / STATE_FOLDER) if project else None
    try:
        yield Place(originals, project, derivatives)
    finally:
        originals.close()
        if derivatives:
            derivatives.close()


@contextmanager
def alone_everywhere(shell: Shell, home: Path, roots: Iterable[str]) -> Iterator[None]:
    """Hold the build locks of all these projects that have ever built here: none is about to pin a picture.

    A project that this user cannot write to is left out.
    """
    hear = PlainReporter(shell.err).hear
    with ExitStack() as stack:
        for root in sorted(set(roots)):
            folder = Path(root) / STATE_FOLDER
            if os.access(folder / BUILD_LOCK, os.W_OK) and not folder.is_symlink():
                stack.enter_context(Project(Path(root), home=home, environ=shell.environ).alone(hear))
        yield


def _is_in_project(folder: str) -> bool:
    try:
        find_root(Path(folder))
    except UsageError:
        return False
    return True
