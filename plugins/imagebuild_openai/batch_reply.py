"""What comes back for a file or a batch, before it is believed: a page in front of the service is no object of its."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

__all__ = ["entries", "id_of"]


def id_of(thing: object) -> str:
    """The id of what the service says it has made or found. Raises ``ValueError`` where there is none."""
    found = getattr(thing, "id", None)
    if not isinstance(found, str) or not found:
        raise ValueError("an answer without an id")
    return found


def entries(ask: Callable[[], Any], most_pages: int) -> Iterator[Sequence[Any]]:
    """The entries of a list that ``ask`` asks for, page by page. Raises ``ValueError`` for what is no page."""
    for _ in range(most_pages):
        page = _asked(ask)
        yield page.data or ()
        if not page.has_next_page():
            return
        ask = page.get_next_page


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        page = ask()
    except AttributeError as error:  # what the SDK runs into when a page is a text
        raise ValueError("an answer that is no list") from error
    if not hasattr(page, "data"):
        raise ValueError("an answer that is no list")
    return page
