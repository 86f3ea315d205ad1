"""``imagebuild dev-server``: the server in the foreground, until Ctrl-C."""

from __future__ import annotations

import threading
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuild import Command, CommandContext
from imagebuild.errors import UsageError

if TYPE_CHECKING:
    from imagebuild_devserver.ledger import Entry

__all__ = ["DevServerCommand"]

_LONGEST_PROMPT = 60
_GLANCE = 0.5
"""Seconds between looks: some systems deliver Ctrl-C only to a wait that ends."""


class DevServerCommand(Command):
    """Runs a :class:`~imagebuild_devserver.server.DevServer` and tells what is paid for."""

    name = "dev-server"
    version = "1"
    help = "run a server on this machine that speaks OpenAI's image API and costs nothing"

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()

    def configure(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument(
            "--port", type=int, default=8080, help="port on 127.0.0.1; 0 takes a free one (default: 8080)"
        )
        parser.add_argument("--seconds", type=float, default=0.0, help="how long a picture takes (default: 0)")
        parser.add_argument("--batch-seconds", type=float, default=5.0, help="how long a batch takes (default: 5)")
        parser.add_argument("--rate", type=float, help="calls for pictures a minute; more are answered with 429")
        parser.add_argument("--burst", type=int, help="how many of them may come at once (default: the rate)")
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="KIND[,NAME=VALUE...]",
            help="something that is to go wrong, such as status,status=500,times=2 (repeatable)",
        )
        parser.add_argument("--ledger", metavar="FILE", help="write each billed call to FILE, a JSON line each")
        parser.add_argument(
            "--draw", choices=("sketch", "plain"), default="sketch", help="illustrations or flat colours"
        )
        parser.add_argument("--key", default="dev-key", help="the API key it accepts (default: dev-key)")
        parser.add_argument(
            "--profile", choices=("openai", "url"), default="openai", help="url: images come as links (default: openai)"
        )

    def run(self, arguments: Namespace, context: CommandContext) -> int:
        """Serve until Ctrl-C."""
        from imagebuild_devserver.fault import fault_from_text
        from imagebuild_devserver.server import DevServer

        faults = [fault_from_text(text) for text in arguments.fault]
        try:
            server = DevServer(
                seconds=arguments.seconds,
                batch_seconds=arguments.batch_seconds,
                key=arguments.key,
                draw=arguments.draw,
                rate=arguments.rate,
                burst=arguments.burst,
                port=arguments.port,
                ledger_file=_ledger(arguments.ledger, context.folder),
                profile=arguments.profile,
                listener=lambda entry: context.say(_line(entry)),
            )
        except (OSError, OverflowError) as error:
            hint = "choose another with --port, or --port 0 for a free one"
            raise UsageError(f"port {arguments.port} cannot be used: {error}", hint=hint) from error
        for fault in faults:
            server.faults.add(fault)
        with server:
            context.say(f"listening on {server.root}, on this machine only; Ctrl-C ends it")
            context.say("in another terminal:")
            settings = {
                "OPENAI_BASE_URL": server.url,
                "OPENAI_API_KEY": server.key,
                "IMAGEBUILD_OPENAI_PROFILE": "openai",
            }
            context.out("export " + " ".join(f"{name}={value}" for name, value in settings.items()))
            try:
                while not self._stop.wait(_GLANCE):
                    continue
            except KeyboardInterrupt:
                context.say("stopped")
            context.say(f"{server.paid} call{'' if server.paid == 1 else 's'} would have been billed")
        return 0


def _ledger(name: str | None, folder: Path) -> Path | None:
    if name is None:
        return None
    path = folder / name
    if not path.parent.is_dir():
        raise UsageError(f"'{name}' cannot be written: there is no folder '{path.parent.name}'")
    return path


def _line(entry: Entry) -> str:
    prompt = entry.prompt if len(entry.prompt) <= _LONGEST_PROMPT else f"{entry.prompt[: _LONGEST_PROMPT - 1]}…"
    many = f" × {entry.pictures}" if entry.pictures > 1 else ""
    return f"billed {entry.number}: {entry.endpoint} {entry.model}{many} “{prompt}”"
