"""Pictures in the terminal: the right escape sequences where it can show them, and none anywhere else."""

from __future__ import annotations

import base64
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from imagebuild.cli.reporter import thumbnail as module
from imagebuild.cli.reporter.thumbnail import Thumbnails, protocol_of
from imagebuild.errors import UsageError
from imagebuild.testing import png

TERMINALS = [
    ({"TERM": "xterm-kitty"}, "kitty"),
    ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
    ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, "kitty"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "iterm"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "iterm"),
    ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "iterm"),
    ({"TERM": "foot"}, "sixel"),
    ({"TERM": "mlterm-256color"}, "sixel"),
    ({"TERM": "xterm-256color"}, "none"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "none"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "none"),
    ({"TERM": "linux"}, "none"),
    ({"TERM": "dumb", "KITTY_WINDOW_ID": "1"}, "none"),
    ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux", "KITTY_WINDOW_ID": "1"}, "none"),
    ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, "none"),
    ({}, "none"),
]


@pytest.mark.parametrize(("environ", "protocol"), TERMINALS)
def test_a_terminal_is_known_by_what_it_sets(environ: dict[str, str], protocol: str) -> None:
    assert protocol_of(environ, terminal=True) == protocol
    assert protocol_of(environ, terminal=False) == "none"
    assert protocol_of({**environ, "IMAGEBUILD_THUMBNAILS": "none"}, terminal=True) == "none"


@pytest.mark.parametrize("wish", ["kitty", "iterm", "sixel"])
def test_the_setting_outweighs_what_is_known(wish: str) -> None:
    environ = {"TERM": "tmux-256color", "TMUX": "x", "IMAGEBUILD_THUMBNAILS": wish.upper()}
    assert protocol_of(environ, terminal=True) == wish
    assert protocol_of({**environ, "TERM": "dumb"}, terminal=True) == "none"


def test_a_wrong_setting_is_told() -> None:
    with pytest.raises(UsageError, match="'on'") as caught:
        protocol_of({"IMAGEBUILD_THUMBNAILS": "on"}, terminal=True)
    assert caught.value.hint == "it can be auto, kitty, iterm, sixel, none"


def printed(root: Path, path: str, wish: str) -> str:
    found = Thumbnails({"IMAGEBUILD_THUMBNAILS": wish}, terminal=True, root=root).picture(path)
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, height=24, color_system="truecolor")
    if found is not None:
        console.print(found)
    return stream.getvalue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(png(900, 300, (200, 30, 30)))
    return tmp_path


def decoded(data: str) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_kitty_gets_a_small_png_in_pieces(root: Path) -> None:
    text = printed(root, "a.png", "kitty")
    pieces = re.findall(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", text)
    assert pieces[0][0].startswith("a=T,f=100,q=2,C=1,r=5,")
    assert [piece[0][-1] for piece in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    assert all(len(piece[1]) <= 4096 for piece in pieces)
    image = decoded("".join(piece[1] for piece in pieces))
    assert (image.format, image.size, image.getpixel((5, 5))) == ("PNG", (480, 160), (200, 30, 30, 255))
    assert text.startswith("\n" * 5)


def test_iterm_gets_one_inline_image(root: Path) -> None:
    found = re.search(r"\x1b\]1337;File=inline=1;height=5;[^:]*:([A-Za-z0-9+/=]+)\x07", printed(root, "a.png", "iterm"))
    assert found is not None
    assert decoded(found[1]).size == (480, 160)


def test_sixel_terminals_get_sixels(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())  # the library looks for the terminal there
    text = printed(root, "a.png", "sixel")
    assert "\x1bP" in text
    assert "\x1b\\" in text


@pytest.mark.parametrize("data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(4, 4)[:30]])
def test_what_cannot_be_shown_is_left_out(root: Path, data: bytes) -> None:
    (root / "b.png").write_bytes(data)
    assert printed(root, "b.png", "kitty") == ""
    assert printed(root, "missing.png", "kitty") == ""


def test_a_picture_with_too_many_pixels_is_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PIXELS", 1_000)
    assert printed(root, "a.png", "kitty") == ""


@pytest.mark.parametrize(
    ("environ", "told"), [({"TERM": "xterm-kitty"}, False), ({"IMAGEBUILD_THUMBNAILS": "kitty"}, True)]
)
def test_without_the_extra_there_are_none_and_who_asked_is_told(
    root: Path, environ: dict[str, str], *, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    thumbnails = Thumbnails(environ, terminal=True, root=root)
    assert (thumbnails.shown, thumbnails.problem is not None, thumbnails.picture("a.png")) == (False, told, None)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
@pytest.mark.parametrize(
    ("environ", "sign"),
    [({"TERM": "xterm-kitty"}, b"\x1b_G"), ({"TERM": "xterm-256color"}, None), ({"TERM": "dumb"}, None)],
)
def test_a_build_on_a_terminal_shows_them_just_where_it_can(
    tmp_path: Path, environ: dict[str, str], sign: bytes | None
) -> None:
    import pty
    import subprocess

    spec = "version: 1\ndefaults: {options: {size: 64x64}}\ntargets:\n  fox: {prompt: a fox}\n  owl: {prompt: an owl}\n"
    (tmp_path / "imagebuild.yaml").write_text(spec, "utf-8")
    cleared = ("CI", "GITHUB_ACTIONS", "TMUX", "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID")
    env = {name: value for name, value in os.environ.items() if name not in cleared}
    env |= {"IMAGEBUILD_HOME": str(tmp_path / "home"), "COLUMNS": "80", **environ}
    near, far = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "imagebuild", "build"], cwd=tmp_path, env=env, stderr=far, stdin=far
    ) as run:
        os.close(far)
        heard = b""
        while True:
            try:
                part = os.read(near, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            heard += part
    os.close(near)
    assert run.returncode == 0
    assert b"fox" in heard
    if sign is None:
        assert b"\x1b_G" not in heard
        assert b"\x1bP" not in heard
        assert b"1337" not in heard
    else:
        assert heard.count(b"a=T,f=100") == 2
