"""The reference pages of steps, checks, publishers and stores: from docstrings, options and this project's spec.

A page with marks is written by hand: then only what stands between the marks is made here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from imagebuild import Configurable, Option
from imagebuild.digest import Json
from imagebuild.registry import Registry

__all__ = ["KINDS", "pages", "things"]

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images" / "steps"
NOTE = "<!-- made by docs/generate.py from the code; change its docstring or its options and run it -->\n\n"
MARKS = re.compile(r"<!-- options -->\n.*?<!-- /options -->", re.DOTALL)
STEPS = """\
What a target names under `steps`: local transformations, free, in order. A name alone takes every default; a bare value
stands for the option that says so."""
CHECKS = """\
What a target names under `checks`: rules that its finished pictures must obey. A picture that breaks one is delivered
and fails the build with exit code 5; what would be made from it is not, and nothing is published. `retry: 2` beside a
check has the picture made anew, at most twice a build and within the budget."""
PUBLISHERS = """\
What the spec names under `publish`: where finished pictures are delivered, in order. Those that are local run at the
end of every complete build, the others with `imagebuild publish`."""
STORES = """\
Kinds of places where a team keeps its pictures together, for `store: {remote: ADDRESS}` in the spec. The address
chooses the kind: a path is a folder, and any other begins with a scheme. Options stand beside `remote` and `mode`."""
KINDS: Mapping[str, tuple[str, str]] = {
    "steps": ("Steps", STEPS),
    "checks": ("Checks", CHECKS),
    "publishers": ("Publishers", PUBLISHERS),
    "stores": ("Remote stores", STORES),
}
UNTRUSTED = "\nAn [untrusted spec](../../explanation/untrusted-specs.md) may not use it.\n"
WORDS = {
    "size": "`WxH`",
    "ratio": "ratio",
    "bytes": "bytes, `300kB`",
    "length": "pixels or `5%`",
    "colour": "colour",
    "file": "`{file: PATH}` or `{target: NAME}`",
    "block": "block",
    "integer": "whole number",
    "boolean": "`true` or `false`",
}


def things(registry: Registry, kind: str) -> dict[str, Configurable]:
    """What this distribution's plugins add of a kind, by name."""
    ours = [info for info in registry.plugins() if info.distribution == "imagebuild-ai"]
    table: Mapping[str, Configurable] = getattr(registry, kind)
    return {name: table[name] for name in sorted(name for info in ours for name in info.adds(kind))}


def pages(reference: Path) -> dict[Path, str]:
    """Every page with the text it should have, and a table for each kind."""
    registry = Registry.load()
    registry.require_sound()
    found: dict[Path, str] = {}
    for kind, (title, head) in KINDS.items():
        known = things(registry, kind)
        found[reference / kind / "README.md"] = f"# {title}\n\n{NOTE}{head}\n\n{overview(kind, known)}"
        for name, thing in known.items():
            path = reference / kind / f"{name}.md"
            written = path.read_text("utf-8") if path.exists() else ""
            if marks := MARKS.search(written):
                start, end = marks.span()
                found[path] = f"{written[:start]}<!-- options -->\n{options(thing)}<!-- /options -->{written[end:]}"
            else:
                found[path] = page(kind, name, thing)
    return found


def overview(kind: str, known: Mapping[str, Configurable]) -> str:
    """One row for each."""
    rows = [f"| [`{name}`]({name}.md) | {first_sentence(thing)} | {names(thing)} |" for name, thing in known.items()]
    if kind != "steps":
        return "\n".join([f"| {kind[:-1]} | does | options |", "|---|---|---|", *rows, ""])
    pictures = [f"{before(spec_of(name), 60)} | {shown(name, 120)} |" for name in known]
    rows = [f"{row} {two}" for row, two in zip(rows, pictures, strict=True)]
    return "\n".join(["| step | does | options | before | after |", "|---|---|---|---|---|", *rows, ""])


def page(kind: str, name: str, thing: Configurable) -> str:
    """A page made of the docstring alone."""
    parts = [f"# {kind[:-1].capitalize()} `{name}`\n\n{NOTE}{doc(thing)}\n"]
    if kind == "steps":
        parts += picture(name)
    parts.append(f"\n## Options\n\n{options(thing)}")
    return "".join(parts)


def picture(name: str) -> Iterator[str]:
    """What this project's own spec does with the step, and what comes of it."""
    target = spec_of(name)
    if target is None:
        return
    used = yaml.safe_dump({"steps": target["steps"]}, sort_keys=False, default_flow_style=None, width=100).strip()
    yield f"\n```yaml\n{used}\n```\n"
    if any(PICTURES.glob(f"step-{name}[.-]*")):
        yield f"\n| before | after |\n|---|---|\n| {before(target)} | {shown(name, 360)} |\n"


def spec_of(name: str) -> Mapping[str, Json] | None:
    """The target of this project's spec that shows a step."""
    spec = yaml.safe_load((ROOT / "imagebuild.yaml").read_text("utf-8"))
    found: Mapping[str, Json] | None = spec["targets"].get(f"step-{name}")
    return found


def before(target: Mapping[str, Json] | None, width: int = 180) -> str:
    """The pictures that a target begins with."""
    given = target.get("from") if target else []
    sources = given if isinstance(given, list) else [given]
    found = []
    for source in sources:
        if isinstance(source, Mapping):
            stem = str(source.get("target"))
            files = sorted((ROOT / "docs" / "images").glob(f"{stem}[.-]*"))
            found += [f'<img src="../../images/{path.name}" alt="{stem}" width="{width}">' for path in files[:4]]
        elif isinstance(source, str):
            found.append(f'<img src="../../../{source}" alt="{Path(source).stem}" width="{width}">')
    return " ".join(found)


def shown(name: str, width: int) -> str:
    """The pictures that this project's build makes with a step, as files that browsers show."""
    files = sorted(path for path in PICTURES.glob(f"step-{name}[.-]*") if path.suffix not in (".css", ".json"))
    files = [path for path in files if path.suffix not in (".ico", ".webmanifest")]
    images = [f'<img src="../../images/steps/{path.name}" alt="after {name}" width="{width}">' for path in files[:4]]
    return " ".join(images)


def options(thing: Configurable) -> str:
    """The table of options."""
    if not thing.options:
        return "It takes no options.\n"
    rows = ["| option | value | default | what it does | example |", "|---|---|---|---|---|"]
    for option in thing.options:
        told = [
            f"`{option.name}`" + (" (bare value)" if option.main else ""),
            value(option),
            "required" if option.required else "" if option.default is None else f"`{plain(option.default)}`",
            option.doc,
            f"`{option.example}`" if option.example else "",
        ]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in told) + " |")
    return "\n".join(rows) + "\n" + (UNTRUSTED if thing.trusted_only else "")


def value(option: Option) -> str:
    """What an option takes, in words."""
    word = ", ".join(f"`{choice}`" for choice in option.choices) if option.choices else ""
    word = word or WORDS.get(option.kind, option.kind)
    counted = option.kind in ("number", "integer", "bytes", "length")
    low, high = (option.least, option.most) if counted else (None, None)
    if low is not None and high is not None:
        word += f", {low:g} to {high:g}"
    elif low is not None or high is not None:
        word += f", {low:g} or more" if low is not None else f", {high:g} or less"
    return f"{word}; or a list of these" if option.many else word


def plain(default: Json) -> str:
    """A default as a spec would have it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list | tuple):
        return f"[{', '.join(map(plain, default))}]"
    return str(default)


def doc(thing: Configurable) -> str:
    """The docstring as Markdown."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", inspect.getdoc(type(thing)) or "").replace("``", "`")


def first_sentence(thing: Configurable) -> str:
    """What it does, on one line."""
    return " ".join(doc(thing).partition("\n\n")[0].split()).replace("|", "\\|")


def names(thing: Configurable) -> str:
    """The names of its options."""
    return ", ".join(f"`{option.name}`" for option in thing.options)
