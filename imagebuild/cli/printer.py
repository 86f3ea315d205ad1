"""The only way to a stream: every text is made harmless and encodable here, styled if wanted, and a closed pipe is no
reason to stop a build that is paid for, nor is a full disk.
"""

from __future__ import annotations

import json
import re
from typing import TextIO

import click

from imagebuild.cli.text import Line, Piece, clean, encodable

__all__ = ["Printer", "to_json"]

_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)  # GitHub reads such lines as commands to the runner


class Printer:
    """Writes lines to one stream. ``colour`` may be set until the first line is written."""

    def __init__(self, stream: TextIO, *, colour: bool, ascii_only: bool, github: bool = False) -> None:
        self.stream = stream
        self.colour = colour
        self.ascii_only = ascii_only
        self.github = github
        self.closed = False
        self.failure: str | None = None

    def line(self, *pieces: Piece) -> None:
        """Print one line."""
        self.write(self.render(pieces) + "\n")

    def lines(self, lines: list[Line]) -> None:
        """Print several lines."""
        if lines:
            self.write("".join(self.render(line) + "\n" for line in lines))

    def json(self, value: object, *, indent: int | None = None) -> None:
        """Print one JSON value, on one line unless an indent is given."""
        text = to_json(value, indent=indent)
        self.write((text.replace("##[", "#\\u0023[") if self.github else text) + "\n")

    def safe(self, text: str) -> str:
        """``text`` as this stream can show it without harm."""
        text = clean(text)
        if self.github:
            text = _COMMAND.sub(r"\1: ", text).replace("##[", "# #[")
        return encodable(text, self.stream.encoding or "utf-8", ascii_only=self.ascii_only)

    def render(self, line: Line) -> str:
        """A line with its styles, if this stream shows any."""
        return "".join(self._piece(piece) for piece in line)

    def _piece(self, piece: Piece) -> str:
        text, style = (piece, "") if isinstance(piece, str) else piece
        text = self.safe(text)
        if not (self.colour and style):
            return text
        words = style.split()
        colour = next((word for word in words if word not in ("bold", "dim")), None)
        return click.style(text, fg=colour, bold="bold" in words or None, dim="dim" in words or None)

    def write(self, text: str) -> None:
        """Hand finished text over; nothing happens once the reader has gone or the disk is full (``failure``)."""
        if self.closed:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except (BrokenPipeError, ValueError):  # ValueError: the stream was closed
            self.closed = True
        except OSError as error:
            if error.errno != 22:  # EINVAL is how Windows says that the reader has gone
                self.failure = error.strerror or str(error)
            self.closed = True


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON in ASCII, in which no character can steer a terminal."""
    return json.dumps(value, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")
