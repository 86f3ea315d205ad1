"""A comparison as one page that needs nothing else: pictures are inside it, scripts are not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from imagebuild.cli.change.compared import Compared
from imagebuild.cli.change.words import KIND_WORDS, headline, money_line, notes_of, price
from imagebuild.cli.markup import html_text
from imagebuild.comparison.change import Change, Shown
from imagebuild.media import EXTENSIONS, probe

__all__ = ["change_page"]

_STYLE = Path(__file__).with_name("page.css")
_MOST_OF_ONE, _MOST_OF_ALL = 5_000_000, 40_000_000  # bytes of pictures in the page: beyond it, they are only named
_NOTE, _NOTES, _FILES = 2000, 40, 200


def change_page(compared: Compared) -> str:
    """The whole page. Pictures that no side has any more, or that are too large, are named."""
    style = _STYLE.read_text("utf-8")
    seal = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{seal}'; base-uri 'none'; form-action 'none'"
    comparison = compared.comparison
    title = headline(comparison)
    told = [f"Compared with {html_text(compared.name)}", money_line(comparison.cost)]
    told += [f"in {html_text(compared.folder.rstrip('/'))}"] if compared.folder else []
    note = f"<p>Files are not compared: {html_text(compared.note.message)}.</p>" if compared.note else ""
    frames = _Frames(compared)
    cards = "\n".join(card for change in comparison.changes for card in _card(change, frames))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{html_text(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header>
<h1>{html_text(title[:1].upper() + title[1:])}</h1>
<p>{"; ".join(part for part in told if part)}.</p>
{note}
</header>
<main>
{cards}
</main>
<footer><p>Made by imagebuild.</p></footer>
</body>
</html>
"""


class _Frames:
    """Pictures as parts of the page, as long as there is room."""

    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._room = _MOST_OF_ALL

    def figure(self, change: Change, side: str) -> str:
        """One side of a change, empty where there is nothing to show."""
        shown: Shown | None = getattr(change, side)
        if shown is None:
            return ""
        caption = {"waiting": "waits for review"}.get(side, side)
        file = f" {html_text(shown.path)}" if shown.path else ""
        revision = self._compared.revision
        inner = self._picture(shown, revision.before if side == "before" else revision.after, change, caption)
        told = f"<b>{caption}</b>{file} {shown.digest[:8]}"
        return f"<figure>{inner}<figcaption>{told}</figcaption></figure>"

    def _picture(self, shown: Shown, read: Callable[[Shown], bytes | None], change: Change, caption: str) -> str:
        data = read(shown)
        if data is None:
            return '<p class="absent">not on this machine</p>'
        found = probe(data)
        if found is None or found.media_type not in EXTENSIONS:
            return f'<p class="absent">{html_text(shown.media_type)} is shown by its name alone</p>'
        if len(data) > min(self._room, _MOST_OF_ONE):
            return f'<p class="absent">too large for this page: {len(data) / 1_000_000:.1f} MB</p>'
        self._room -= len(data)
        size = f' width="{found.width}" height="{found.height}"' if found.width and found.height else ""
        source = f"data:{found.media_type};base64,{base64.b64encode(data).decode()}"
        return f'<img src="{source}"{size} alt="{html_text(change.target)} {caption}">'


def _card(change: Change, frames: _Frames) -> Iterator[str]:
    kind = change.kinds[0]
    cost = f'<span class="price">{html_text(price(change.cost))}</span>' if price(change.cost) else ""
    yield f'<article><div><h2>{html_text(change.target)}</h2><span class="kind {kind}">{KIND_WORDS[kind]}</span>'
    yield f"{cost}</div>"
    yield f'<div class="sides">{"".join(frames.figure(change, side) for side in ("before", "after", "waiting"))}</div>'
    notes = notes_of(change)
    shown = [f"<li>{html_text(note, _NOTE)}</li>" for note in notes[:_NOTES]]
    shown += [f"<li>and {len(notes) - _NOTES} more</li>"] if len(notes) > _NOTES else []
    if shown:
        yield f'<ul class="what">{"".join(shown)}</ul>'
    if len(change.files) > 1:
        names = [f"<li>{html_text(each.path)}</li>" for each in change.files[:_FILES]]
        yield f"<details><summary>{len(change.files)} files</summary><ul>{''.join(names)}</ul></details>"
    yield "</article>"
