"""The files of a new plugin package, made from its name: for ``imagebuild plugins new``. Writes nothing itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib.resources import files
from string import Template

from imagebuild.errors import UsageError

__all__ = ["PLUGIN_KINDS", "distribution_of", "package_of", "scaffold"]

PLUGIN_KINDS = ("step", "provider", "check", "publisher", "store", "command")
"""What a new plugin can add, one of each kind that is asked for."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_LONGEST = 40
_OURS = "imagebuild-ai"


def distribution_of(name: str) -> str:
    """What ``pip install`` takes."""
    return f"imagebuild-{name}"


def package_of(name: str) -> str:
    """What Python imports."""
    return f"imagebuild_{name.replace('-', '_')}"


def scaffold(name: str, kinds: Collection[str]) -> dict[str, str]:
    """The text of each file by its path in the package's folder, with forward slashes.

    ``kinds`` are some of :data:`PLUGIN_KINDS`. Raises ``UsageError`` for a name that cannot be one.
    """
    _check(name)
    wanted = [kind for kind in PLUGIN_KINDS if kind in kinds]
    package = package_of(name)
    words = {"name": name, "package": package, "things": _things(wanted), "spec": _spec(name, wanted)}
    made = {
        "pyproject.toml": _filled("pyproject.toml", words),
        "README.md": _filled("README.md", words),
        ".gitignore": _filled("gitignore", words),
        f"{package}/__init__.py": _front(name, wanted),
        f"{package}/py.typed": "",
        "tests/conftest.py": _filled("conftest.py", words),
    }
    for kind in wanted:
        of_kind = {**words, "class": _class(name, kind)}
        made[f"{package}/{kind}.py"] = _filled(f"{kind}.py", of_kind)
        made[f"tests/test_{kind}.py"] = _filled(f"test_{kind}.py", of_kind)
    return made


def _check(name: str) -> None:
    plain = name.lower().replace("_", "-").removeprefix("imagebuild-")
    if not _NAME.match(name) or len(name) > _LONGEST:
        near = f"did you mean '{plain}'? " if _NAME.match(plain) and len(plain) <= _LONGEST else ""
        raise UsageError(
            f"'{name}' cannot be the name of a plugin",
            hint=f"{near}it is of small letters, digits and single hyphens, begins with a letter and has "
            f"{_LONGEST} characters at most",
        )
    if distribution_of(name) == _OURS:
        raise UsageError(f"'{_OURS}' is imagebuild itself", hint="choose another name")
    if name != plain:
        raise UsageError(f"'{name}' begins with what is put before it", hint=f"the name alone is enough: '{plain}'")


def _class(name: str, kind: str) -> str:
    return "".join(part.capitalize() for part in (*name.split("-"), kind))


def _base(kind: str) -> str:
    """The class that it inherits from."""
    return "RemoteStore" if kind == "store" else kind.capitalize()


def _things(kinds: list[str]) -> str:
    """``adds a step, a check and a command``."""
    nouns = [f"a {kind}" for kind in kinds]
    return "adds " + " and ".join([", ".join(nouns[:-1]), nouns[-1]] if len(nouns) > 1 else nouns)


def _front(name: str, kinds: list[str]) -> str:
    """The package's first file: its hooks."""
    package = package_of(name)
    imports = [f"from {package}.{kind} import {_class(name, kind)}" for kind in sorted(kinds)]
    hooks = [
        f"\n\n@imagebuild.hookimpl\ndef imagebuild_{kind}s() -> list[imagebuild.{_base(kind)}]:\n"
        f'    """The {kind} of this plugin."""\n    return [{_class(name, kind)}()]\n'
        for kind in kinds
    ]
    head = f'"""A plugin of imagebuild: {_things(kinds)}."""\n\nimport imagebuild\n\n'
    return head + "\n".join(imports) + "\n" + "".join(hooks)


def _spec(name: str, kinds: list[str]) -> str:
    """A spec that uses what the plugin adds; its command is called beside it."""
    lines = ["version: 1", "targets:", "  hero:"]
    lines.append(f"    provider: {name if 'provider' in kinds else 'sketch'}")
    lines.append('    prompt: "A lighthouse at dusk"')
    lines += [f"    {kind}s: [{name}]" for kind in ("step", "check") if kind in kinds]
    lines += [f"publish: [{name}]"] if "publisher" in kinds else []
    lines += [f"store: {{remote: {name}:///srv/pictures.sqlite, mode: write}}"] if "store" in kinds else []
    lines += [f"# imagebuild {name}"] if "command" in kinds else []
    return "\n".join(lines)


def _filled(file: str, words: dict[str, str]) -> str:
    text = (files("imagebuild.cli") / "plugin_template" / f"{file}.txt").read_text("utf-8")
    return Template(text).substitute(words)
