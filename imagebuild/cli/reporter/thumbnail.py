"""Small pictures in terminals that can show them, and nothing at all in those that cannot.

What a terminal can do is known from the variables that it sets, never by asking it: an answer that comes late would
stand among what the user types. The pictures are made with Pillow, and sixels with textual-image, both of the extra
``thumbnails``.
"""

from __future__ import annotations

import base64
import importlib.util
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from imagebuild.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

__all__ = ["SETTING", "Thumbnails", "protocol_of"]

Protocol: TypeAlias = Literal["kitty", "iterm", "sixel", "none"]

SETTING = "IMAGEBUILD_THUMBNAILS"
_CHOICES = ("auto", "kitty", "iterm", "sixel", "none")
_ASKED: Mapping[str, Protocol] = {"kitty": "kitty", "iterm": "iterm", "sixel": "sixel"}
_ROWS = 5
_BOX = (480, 160)  # pixels: five rows of text on a dense screen
_MOST_PIXELS = 60_000_000
_CHUNK = 4096  # characters of one escape sequence (kitty, graphics protocol, "remote client")
_ITERM = ("iTerm.app", "WezTerm", "mintty")
_KITTY = ("ghostty", "kitty")
_SIXEL = ("foot", "mlterm", "contour", "yaft")


def protocol_of(environ: Mapping[str, str], *, terminal: bool) -> Protocol:
    """How pictures can be shown on a stream; ``terminal`` says whether it is one. Raises ``UsageError``."""
    wish = environ.get(SETTING, "").strip().lower() or "auto"
    if wish not in _CHOICES:
        raise UsageError(f"{SETTING} is '{wish[:40]}'", hint=f"it can be {', '.join(_CHOICES)}")
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if not terminal or wish == "none" or term == "dumb":
        return "none"
    if wish in _ASKED:
        return _ASKED[wish]
    if environ.get("TMUX") or term.startswith(("screen", "tmux")):
        return "none"  # they would have to be told to let it through
    if environ.get("KITTY_WINDOW_ID") or term == "xterm-kitty" or program in _KITTY or term == "xterm-ghostty":
        return "kitty"
    if program in _ITERM or environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    return "sixel" if term.startswith(_SIXEL) or "sixel" in term else "none"


class Thumbnails:
    """Turns picture files of a project into what a terminal shows; ``problem`` says why it cannot."""

    def __init__(self, environ: Mapping[str, str], *, terminal: bool, root: Path | None) -> None:
        self._root = root
        self._protocol = protocol_of(environ, terminal=terminal)
        self.problem: str | None = None
        if self._protocol != "none" and not all(map(importlib.util.find_spec, ("PIL", "textual_image"))):
            asked = environ.get(SETTING, "").strip().lower() not in ("", "auto")
            self.problem = 'pictures in the terminal need: pip install "imagebuild-ai[thumbnails]"' if asked else None
            self._protocol = "none"

    @property
    def shown(self) -> bool:
        """Whether there will be any."""
        return self._protocol != "none"

    def picture(self, path: str) -> RenderableType | None:
        """A picture of the project, to be printed; None for what cannot be shown."""
        if self._root is None or not self.shown:
            return None
        try:
            image = _small(self._root / path)
        except (OSError, ValueError, SyntaxError):  # what Pillow raises for files that it cannot read
            return None
        if self._protocol == "sixel":
            from textual_image.renderable.sixel import Image

            return Image(image, height=_ROWS)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        return _Placed(_kitty(data) if self._protocol == "kitty" else _iterm(data))


def _small(path: Path) -> Any:
    from PIL import Image

    with Image.open(path) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", _BOX)
        image.thumbnail(_BOX)
        return image.convert("RGBA")


def _kitty(data: str) -> str:
    """Kitty's graphics protocol: a PNG, in pieces, that leaves the cursor where it is and is not answered."""
    pieces = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    text = ""
    for index, piece in enumerate(pieces):
        first = f"a=T,f=100,q=2,C=1,r={_ROWS}," if index == 0 else ""
        text += f"\x1b_G{first}m={int(index < len(pieces) - 1)};{piece}\x1b\\"
    return text


def _iterm(data: str) -> str:
    """iTerm2's inline images."""
    return f"\x1b]1337;File=inline=1;height={_ROWS};preserveAspectRatio=1;doNotMoveCursor=1:{data}\x07"


class _Placed:
    """Room for a picture, and the picture put into it."""

    def __init__(self, escape: str) -> None:
        self._escape = escape

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import ControlType, Segment

        for _ in range(_ROWS):
            yield Segment("\n")
        # A control that does nothing makes rich take the text for one: it has no width and is not styled.
        nothing = [(ControlType.CURSOR_FORWARD, 0)]
        yield Segment(f"\x1b7\x1b[{_ROWS}A{self._escape}\x1b8", None, nothing)
