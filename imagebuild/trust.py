"""Whether the project at hand is a stranger's, such as a pull request that nobody has read yet.

It is said in the environment, so that whoever knows the environment knows it too, and no part can be forgotten.
"""

from __future__ import annotations

TYPE_CHECKING = False  # the module is loaded where nothing is to be done, too
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["READ_FIRST", "UNTRUSTED", "distrusting", "is_untrusted"]

UNTRUSTED = "IMAGEBUILD_UNTRUSTED"

READ_FIRST = "run it without '--untrusted' once somebody has read it"
"""How the hint ends where an untrusted project asks for more than it may."""

_NO = ("", "0", "false", "no", "off")


def is_untrusted(environ: Mapping[str, str]) -> bool:
    """Whether the environment says that the project is a stranger's; any word that is no clear no says so."""
    return environ.get(UNTRUSTED, "").strip().lower() not in _NO


def distrusting(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, in which every project is a stranger's."""
    return {**environ, UNTRUSTED: "1"}
