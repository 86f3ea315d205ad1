"""A server on this machine that speaks OpenAI's image wire, with faults on request, and costs nothing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import imagebuild

if TYPE_CHECKING:
    from imagebuild_devserver.fault import Fault as Fault
    from imagebuild_devserver.ledger import Entry as Entry
    from imagebuild_devserver.ledger import Seen as Seen
    from imagebuild_devserver.server import DevServer as DevServer

_HOME = {"DevServer": "server", "Entry": "ledger", "Fault": "fault", "Seen": "ledger"}

__all__ = ["DevServer", "Entry", "Fault", "Seen", "imagebuild_commands"]


def __getattr__(name: str) -> object:
    # The server loads with its first use: every run of imagebuild imports this package for the hook below.
    if name in _HOME:
        return getattr(importlib.import_module(f"imagebuild_devserver.{_HOME[name]}"), name)
    raise AttributeError(f"module 'imagebuild_devserver' has no attribute '{name}'")


@imagebuild.hookimpl
def imagebuild_commands() -> list[imagebuild.Command]:
    """The one command of this plugin."""
    from imagebuild_devserver.command import DevServerCommand

    return [DevServerCommand()]
