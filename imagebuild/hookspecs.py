"""The hooks: each signature and docstring here is the contract. Implement one with ``@imagebuild.hookimpl``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from imagebuild.check import Check
    from imagebuild.command import Command
    from imagebuild.event import Event
    from imagebuild.provider import Provider
    from imagebuild.publisher import Publisher
    from imagebuild.remote import RemoteStore
    from imagebuild.step import Step
    from imagebuild.viewer import Viewer

__all__ = ["API_VERSION", "PROJECT_NAME", "hookimpl", "hookspec"]

PROJECT_NAME = "imagebuild"

API_VERSION = 1
"""Raised when a plugin that follows these contracts would no longer work. A plugin may say which it was written for:
``imagebuild_api = 1`` beside its hooks; one for another version is refused by name."""

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def imagebuild_providers() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification has no body
    """Return the providers this plugin adds, one object each.

    Two providers of one name are an error that names both distributions.
    """


@hookspec
def imagebuild_steps() -> Iterable[Step]:  # type: ignore[empty-body]  # a specification has no body
    """Return the steps this plugin adds, one object each.

    Two steps of one name are an error that names both distributions.
    """


@hookspec
def imagebuild_checks() -> Iterable[Check]:  # type: ignore[empty-body]  # a specification has no body
    """Return the checks this plugin adds, one object each.

    Two checks of one name are an error that names both distributions.
    """


@hookspec
def imagebuild_publishers() -> Iterable[Publisher]:  # type: ignore[empty-body]  # a specification has no body
    """Return the publishers this plugin adds, one object each.

    Two publishers of one name are an error that names both distributions.
    """


@hookspec
def imagebuild_commands() -> Iterable[Command]:  # type: ignore[empty-body]  # a specification has no body
    """Return the commands this plugin adds, one object each.

    Two commands of one name, or one with the name of a built-in command, are an error that names the distributions.
    """


@hookspec
def imagebuild_stores() -> Iterable[RemoteStore]:  # type: ignore[empty-body]  # a specification has no body
    """Return the kinds of remote stores this plugin adds, one object each.

    Two of one name are an error that names both distributions, and so are two for one scheme of addresses.
    """


@hookspec
def imagebuild_viewers() -> Iterable[Viewer]:  # type: ignore[empty-body]  # a specification has no body
    """Return the viewers this plugin adds, one object each: what ``serve`` and ``watch --serve`` can show a project in.

    Two viewers of one name are an error that names both distributions.
    """


@hookspec
def imagebuild_event(event: Event) -> None:
    """Hear what happens during a build: one of the classes of ``imagebuild.event``.

    Called in the thread that runs the build, in the order of events; be quick. An observer cannot change what is built,
    and one that raises fails the build with an error that names its plugin.
    """
