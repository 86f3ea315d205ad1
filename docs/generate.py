"""Write the reference pages that come from the code. ``python docs/generate.py`` writes what has changed."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from imagebuild import errors, event, hookspecs
from imagebuild.cli import completion
from imagebuild.cli import reference as command_line
from imagebuild.spec import schema

sys.path.insert(0, str(Path(__file__).parent))
import things

REFERENCE = Path(__file__).parent / "reference"
OPTIONS = REFERENCE.parents[1] / "imagebuild" / "cli" / "options.txt"
NOTE = "<!-- made by docs/generate.py; change the code and run it -->\n\n"


def pages() -> dict[Path, str]:
    """Every generated page with the text it should have."""
    return {
        REFERENCE / "cli.md": command_line.reference(),
        OPTIONS: completion.words(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "hooks.md": hooks_page(),
        REFERENCE / "spec.md": schema.reference(),
        REFERENCE / "schemas" / "imagebuild.schema.json": json.dumps(schema.json_schema(), indent=2) + "\n",
        **things.pages(REFERENCE),
    }


def errors_page() -> str:
    """All errors: the tree as it is drawn in the code, then each one with its exit code and meaning."""
    tree = inspect.cleandoc(errors.__doc__ or "").partition("\n\n")[2]
    rows = [
        f"| `{error.__name__}` | `{error.__bases__[0].__name__}` | {error.exit_code} | {summary(error)} |"
        for error in all_errors()
    ]
    return (
        f"# Errors\n\n{NOTE}"
        "Every error that imagebuild raises on purpose, in `imagebuild.errors`. The number is the exit code of the "
        "command.\n\n"
        f"```text\n{plain(tree)}\n```\n\n"
        "An error has a `message`, a `place` (file, line, column; may be None), a `hint` (what to do; may be None), an "
        "`exit_code` and `problems`, which holds everything that is wrong at once.\n\n"
        "| error | kind of | exit code | meaning |\n|---|---|--:|---|\n" + "\n".join(rows) + "\n\n"
        "The command line also ends with 0 when all is done and with 130 when it is interrupted.\n"
    )


def all_errors() -> Iterator[type[errors.ImageBuildError]]:
    """The error classes in the order of the module."""
    for thing in vars(errors).values():
        if isinstance(thing, type) and issubclass(thing, errors.ImageBuildError):
            yield thing


def hooks_page() -> str:
    """All hooks with their exact signatures, and the events that observers hear."""
    head = (
        f"# Hooks\n\n{NOTE}"
        "A plugin is a module or object, named by an entry point in the group `imagebuild`, with functions marked "
        "`@imagebuild.hookimpl`. A marked function whose name is no hook is an error that suggests the right one."
    )
    parts = [head]
    for name, hook in all_hooks():
        parts.append(f"## `{name}`\n\n```python\n{signature(hook)}: ...\n```\n\n{plain(inspect.getdoc(hook) or '')}")
    rows = []
    for thing in (getattr(event, name) for name in event.__all__):
        if isinstance(thing, type) and issubclass(thing, Struct):
            names = ", ".join(f"`{name}`" for name in thing.__struct_fields__)
            rows.append(f"| `{thing.__name__}` | `{vars(thing)['name']}` | {summary(thing)} | {names} |")
    table = "| class | name | says | fields |\n|---|---|---|---|\n" + "\n".join(rows)
    parts.append(f"## Events\n\nThe classes of `imagebuild.event`:\n\n{table}")
    return "\n\n".join(parts) + "\n"


def all_hooks() -> Iterator[tuple[str, object]]:
    """Name and specification of every hook, in the order of the module."""
    for name, thing in vars(hookspecs).items():
        if name.startswith("imagebuild_") and inspect.isfunction(thing):
            yield name, thing


def signature(hook: object) -> str:
    """``def name(parameters) -> type`` as the code has it."""
    source = inspect.getsource(hook)  # type: ignore[arg-type]  # all_hooks gives functions
    match = re.search(r"^def .*?(?=:  #|:\n)", source, re.DOTALL | re.MULTILINE)
    assert match, source
    return match[0]


def summary(thing: type) -> str:
    """The first paragraph of a docstring on one line."""
    return plain(" ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()))


def plain(text: str) -> str:
    """A docstring as Markdown: roles and doubled backticks become single ones."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`")


def main() -> None:
    """Write every page whose text differs."""
    for path, text in pages().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.relative_to(REFERENCE.parents[1]).as_posix()}\n")


if __name__ == "__main__":
    main()
