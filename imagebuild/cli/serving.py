"""Puts an open project on show: a studio, the viewer, its address, and the browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

import click

from imagebuild.budget import Budget
from imagebuild.cli.shell import Shell
from imagebuild.errors import PluginError, UsageError
from imagebuild.project import Project
from imagebuild.studio import ProjectStudio
from imagebuild.viewer import Served, Viewer

__all__ = ["DEFAULT_PORT", "budget_of", "on_show", "port_option"]

DEFAULT_PORT = 8160
_VIEWER = "gallery"
_TRIES = 20  # ports from the usual one on, where none was asked for


def budget_of(project: Project, max_cost: float | None) -> Budget | None:
    """What may be spent in this session; None: nothing. Raises ``UsageError`` for what is no amount."""
    if max_cost is None:
        return None
    if not max_cost < float("inf"):
        raise UsageError(f"'--max-cost' wants a number of dollars, found '{max_cost}'")
    project.require_trust("buy pictures")
    return Budget(max_cost)


port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help=f"Port of the gallery; 0 takes any. Without it: {DEFAULT_PORT}, or the next one that is free.",
)


@contextmanager
def on_show(
    shell: Shell, project: Project, *, port: int | None, browse: bool, budget: Budget | None, watching: bool
) -> Iterator[tuple[ProjectStudio, Served]]:
    """Serve the project until the block ends."""
    viewer = project.registry.viewers.get(_VIEWER)
    if viewer is None:
        project.registry.require_sound()
        raise PluginError(f"the viewer '{_VIEWER}' is not installed", hint='pip install "imagebuild-ai[gallery]"')
    studio = ProjectStudio(project, budget=budget, watching=watching)
    try:
        served = _serve(shell, viewer, studio, port)
        try:
            if browse and shell.interactive and not any(shell.environ.get(name) for name in ("SSH_TTY", "SSH_CLIENT")):
                webbrowser.open(served.address)
            yield studio, served
        finally:
            served.close()
    finally:
        studio.close()


def _serve(shell: Shell, viewer: Viewer, studio: ProjectStudio, port: int | None) -> Served:
    """At the port that was asked for, or at the first free one from the usual one on."""
    if port is not None:
        return viewer.serve(studio, port=port, say=shell.err.line)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + _TRIES):
        try:
            return viewer.serve(studio, port=candidate, say=shell.err.line)
        except UsageError:
            continue
    return viewer.serve(studio, port=0, say=shell.err.line)
