"""Values of settings: what stands under ``providers``, ``publish`` and ``store``, with the environment filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map

from imagebuild.digest import Json
from imagebuild.spec.node import Mapping, Node, Sequence
from imagebuild.spec.problem import Problems
from imagebuild.trust import READ_FIRST, is_untrusted

__all__ = ["read_setting", "variables"]

_VARIABLE = re.compile(r"\$\{([^{}]{0,100})\}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def variables(node: Node) -> Iterator[str]:
    """The variables of the environment that values below ``node`` name."""
    if isinstance(node, Sequence | Mapping):
        below = node.items if isinstance(node, Sequence) else (inner for _, inner in node.entries.values())
        for inner in below:
            yield from variables(inner)
    elif isinstance(node.value, str):
        yield from _VARIABLE.findall(node.value)


def read_setting(node: Node, environ: Map[str, str], problems: Problems) -> Json:
    """The value of ``node`` with variables of the environment filled in; an untrusted spec may name none."""
    if isinstance(node, Sequence):
        return [read_setting(item, environ, problems) for item in node.items]
    if isinstance(node, Mapping):
        return {key: read_setting(item, environ, problems) for key, (_, item) in node.entries.items()}
    if not isinstance(node.value, str) or "${" not in node.value:
        return node.value

    searched = node.start

    def fill(match: re.Match[str]) -> str:
        nonlocal searched
        name = match[1]
        is_name = _VARIABLE_NAME.match(name) is not None
        if is_name and name in environ and not is_untrusted(environ):
            return environ[name]
        at = max(node.source.text.find(match[0], searched, node.end), node.start)
        searched = at + 1
        place = node.source.place(at, at + len(match[0]))
        if not is_name:
            problems.add(f"'{match[0][:60]}' names no variable of the environment", place, "write ${NAME}")
        elif is_untrusted(environ):
            hint = f"it could show a secret or send it away; write the value, or {READ_FIRST}"
            problems.add(f"an untrusted spec may not read the environment, found '{match[0]}'", place, hint)
        else:
            problems.add(
                f"the environment has no variable '{name}'", place, f"set it before the build: export {name}=..."
            )
        return ""

    return _VARIABLE.sub(fill, node.value)
