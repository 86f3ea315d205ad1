"""A page taken apart: its tags with their attributes, and its texts."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

__all__ = ["Parsed", "page_of"]

VOID = {"meta", "link", "img", "source", "input", "br"}


class Parsed(HTMLParser):
    """``tags`` in order with their attributes; ``texts`` by the path of tags they stand in."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(("/".join(self._open), data))

    @property
    def shapes(self) -> set[tuple[str, tuple[str, ...]]]:
        """Which tags there are, with the names of their attributes."""
        return {(tag, tuple(sorted(attributes))) for tag, attributes in self.tags}

    @property
    def text(self) -> str:
        """What people read, on one line."""
        return " ".join(" ".join(data for path, data in self.texts if not path.endswith("style")).split())

    @property
    def style(self) -> str:
        return "".join(data for path, data in self.texts if path.endswith("style"))

    def having(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(root: Path, folder: str = "public/gallery") -> str:
    return (root / folder / "index.html").read_text("utf-8")
