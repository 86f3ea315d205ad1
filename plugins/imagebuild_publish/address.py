"""URLs of published files: what stands before a name on a page, and names as URLs hold them."""

from __future__ import annotations

import re
from urllib.parse import quote

from imagebuild import Option

__all__ = ["BASE", "base_fault", "base_of_folder", "tidy_base", "url_name"]

BASE = Option(
    "base",
    "text",
    "What pages put before a name: a path from the root of the site, or the URL of another host.",
    example="base: https://cdn.example.com/img/",
)
"""The option for :func:`tidy_base`; its owner judges it by :func:`base_fault`."""

_ROOTS = (
    "_site", "build", "content", "dist", "docs", "htdocs", "out", "output", "public", "site", "src", "static", "www",
)  # fmt: skip  # a row is read at a glance
_UNSAFE = re.compile(r"""[\s"'<>\\^`{|}()\x00-\x1f\x7f]""")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WORD = re.compile(r"[\w.~/-]")


def base_fault(base: str) -> str | None:
    """What is wrong with the option."""
    if found := _UNSAFE.search(base):
        return f"holds {found[0]!r}, which a URL cannot hold"
    if _SCHEME.match(base) and not base.startswith(("https://", "http://")):
        return f"is '{base[:60]}', expected a path like /img/ or a URL with https"
    return None


def tidy_base(base: str) -> str:
    """With a slash at the end, so that names can follow; an empty one stays empty."""
    return base if not base or base.endswith(("/", "=")) else base + "/"


def base_of_folder(path: str) -> str:
    """Where a folder of the project is on the site: ``/img/`` for ``public/img``.

    The first folder is left out where it is one that tools serve as, or copy to, the root of the site.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts and parts[0] in _ROOTS:
        parts = parts[1:]
    return "".join(["/", *(f"{url_name(part)}/" for part in parts)])


def url_name(name: str) -> str:
    """A name or relative path as a URL and a ``srcset`` hold it: letters of any script stay, all else is escaped."""
    return "".join(char if _WORD.match(char) else quote(char, safe="") for char in name)
