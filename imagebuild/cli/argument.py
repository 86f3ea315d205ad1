"""Arguments of plugins' commands: ``argparse`` that neither prints nor exits, with our shared options and errors."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn

from imagebuild.cli.shell import Shell
from imagebuild.errors import UsageError

__all__ = ["Answered", "Parser", "parse", "take_shared"]

_SHARED = "imagebuild_shared_"


class Answered(Exception):
    """The arguments asked for a text and nothing else: the help, a version."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class _HelpAsked(Exception):
    def __init__(self, parser: Parser) -> None:
        super().__init__(parser.prog)
        self.parser = parser


class Parser(argparse.ArgumentParser):
    """A parser that raises what ``argparse`` would print, and takes our shared options unless the plugin takes them."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        attributes.setdefault("conflict_handler", "resolve")
        attributes.setdefault("allow_abbrev", False)
        super().__init__(*args, **attributes)
        self.color = False  # since Python 3.14 help is coloured by what the process's own stdout is
        hidden: dict[str, Any] = {"help": argparse.SUPPRESS, "default": argparse.SUPPRESS}
        self.add_argument("-C", "--project", dest=f"{_SHARED}folder", **hidden)
        self.add_argument("-q", "--quiet", dest=f"{_SHARED}quiet", action="store_true", **hidden)
        self.add_argument("-v", "--verbose", dest=f"{_SHARED}verbose", action="store_true", **hidden)
        self.add_argument("--untrusted", dest=f"{_SHARED}untrusted", action="store_true", **hidden)
        self.add_argument("--color", dest=f"{_SHARED}color", choices=["auto", "always", "never"], **hidden)

    def error(self, message: str) -> NoReturn:
        """Raise ``UsageError``."""
        raise UsageError(message[:1].lower() + message[1:], hint=f"'{self.prog} --help' shows what it takes")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Raise what was to be said, and the exit code."""
        raise Answered(message or "", status)

    def print_help(self, file: object = None) -> NoReturn:
        """Raise, so that the help is laid out for the terminal it is shown on."""
        raise _HelpAsked(self)

    def _print_message(self, message: str, file: object = None) -> NoReturn:
        raise Answered(message)


def parse(parser: Parser, args: Sequence[str], *, width: int) -> argparse.Namespace:
    """The arguments. Raises ``UsageError``, or ``Answered`` with a text for the user, ``width`` columns wide."""
    try:
        arguments, rest = parser.parse_known_args(list(args))
    except _HelpAsked as asked:
        formatter: Any = asked.parser.formatter_class
        asked.parser.formatter_class = partial(formatter, width=width)
        raise Answered(asked.parser.format_help()) from None
    if rest:
        _refuse(parser, rest[0])
    return arguments


def _refuse(parser: Parser, word: str) -> NoReturn:
    hint = f"'{parser.prog} --help' shows what it takes"
    if not word.startswith("-") or word == "-":
        raise UsageError(f"unexpected argument '{word}'", hint=hint)
    option = word.partition("=")[0]
    close = get_close_matches(option, parser._option_string_actions, 1)
    raise UsageError(f"unknown option '{option}'", hint=f"did you mean '{close[0]}'?" if close else hint)


def take_shared(arguments: argparse.Namespace, shell: Shell) -> None:
    """Move the shared options out of the arguments, which are the plugin's, into the shell."""
    given = vars(arguments)
    shell.folder = given.pop(f"{_SHARED}folder", shell.folder)
    shell.quiet = given.pop(f"{_SHARED}quiet", False) or shell.quiet
    shell.verbose = given.pop(f"{_SHARED}verbose", False) or shell.verbose
    if given.pop(f"{_SHARED}untrusted", False):
        shell.distrust()
    if colour := given.pop(f"{_SHARED}color", None):
        shell.use_colour(colour)
