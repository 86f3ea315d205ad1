"""CSS reduced to what draws: known properties, known functions, and ``url()`` for parts of the drawing itself alone.

Grammar: CSS Syntax Level 3. What could be read in two ways, such as an escape, is not kept.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from imagebuild_pixels.svg.rule import CSS_FUNCTIONS, CSS_PROPERTIES

__all__ = ["Sheet", "clean_declarations", "clean_sheet", "clean_value", "fragments"]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"[^"\n]*"|' + r"'[^'\n]*'")
_LOCAL_URL = re.compile(r"""url\(\s*(["']?)(#[^\s"'()<>\\]+)\1\s*\)""", re.IGNORECASE)
_CALL = re.compile(r"([\w-]*)\s*\(")
_VALUE = re.compile(r"""[\w\s#%.,+*/()!"'-]*""")
_NAME = re.compile(r"--[\w-]+|[a-z][a-z-]*")
_SELECTOR = re.compile(r"""[\w\s.#*>+~:,()\[\]="'^$|-]+""")
_MEDIA = re.compile(r"[\w\s():,.<>=/-]+")
_NESTED = frozenset({"media", "supports", "keyframes", "-webkit-keyframes"})
_SILENT = frozenset({"charset", "namespace"})
_MAX_SHEET = 500_000
"""Characters of a sheet; drawing programs write some hundred."""


class Sheet(Struct):
    """A style sheet as it may stay, what was taken out of it, and which parts it makes use of for whom."""

    text: str = ""
    dangers: list[str] = field(default_factory=list)
    uses: list[tuple[str, str]] = field(default_factory=list)
    """Selector and fragment, for each ``url(#fragment)``."""


def clean_value(value: str) -> str | None:
    """A property's value when it is harmless, without comments; None when it is not."""
    value = _COMMENT.sub(" ", value).strip()
    plain = _STRING.sub('""', _LOCAL_URL.sub("none", value))
    if not _VALUE.fullmatch(plain) or plain.replace('""', "").count('"') or "'" in plain:
        return None
    depth = 0
    for sign in plain:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return None
    calls = {name.lower() for name in _CALL.findall(plain)}
    strings_are_safe = all("\\" not in text for text in _STRING.findall(value))
    return value if depth == 0 and calls <= CSS_FUNCTIONS | {""} and strings_are_safe else None


def fragments(value: str) -> list[str]:
    """The ids that a harmless value refers to."""
    return [match[2][1:] for match in _LOCAL_URL.finditer(value)]


def clean_declarations(text: str, dangers: list[str]) -> dict[str, str]:
    """Properties and values that may stay; what had to go for what it could do is added to ``dangers``."""
    kept: dict[str, str] = {}
    for declaration in _split(_COMMENT.sub(" ", text), ";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or not name:
            continue
        known = _NAME.fullmatch(name) and (name.startswith("--") or name in CSS_PROPERTIES)
        clean = clean_value(value)
        if clean is None or name in ("behavior", "-moz-binding"):
            dangers.append(f"style '{name[:40]}'")
        elif known:
            kept.pop(name, None)
            kept[name] = clean
    return kept


def clean_sheet(text: str) -> Sheet:
    """The rules that may stay. A sheet that is cut off or cannot be read one way only is left out altogether."""
    sheet = Sheet()
    if len(text) > _MAX_SHEET or "\\" in text or "<" in text or "/*" in _COMMENT.sub(" ", text):
        sheet.dangers.append("a style sheet that cannot be read")
        return sheet
    rules = _rules(_COMMENT.sub(" ", text), sheet, 0)
    sheet.text = "".join(rules)
    return sheet


def _rules(text: str, sheet: Sheet, depth: int) -> list[str]:
    kept: list[str] = []
    at, length = 0, len(text)
    while at < length:
        stop = _find(text, at, "{;")
        prelude = " ".join(text[at:stop].split())
        if stop == length or text[stop] == ";":
            if prelude:
                _drop(prelude, sheet)
            at = stop + 1
            continue
        end = _closing(text, stop)
        body = text[stop + 1 : end]
        at = end + 1
        if prelude.startswith("@"):
            kept += _block(prelude, body, sheet, depth)
        elif _SELECTOR.fullmatch(prelude):
            declarations = clean_declarations(body, sheet.dangers)
            sheet.uses += [(prelude, name) for value in declarations.values() for name in fragments(value)]
            if declarations:
                kept.append(f"{prelude}{{{';'.join(f'{name}:{value}' for name, value in declarations.items())}}}")
        else:
            sheet.dangers.append(f"style rule '{prelude[:40]}'")
    return kept


def _block(prelude: str, body: str, sheet: Sheet, depth: int) -> list[str]:
    """A rule for some screens, or the stages of an animation."""
    name = prelude[1:].partition(" ")[0].partition("(")[0].lower()
    if name not in _NESTED or not _MEDIA.fullmatch(prelude[1:]) or depth > 3:
        _drop(prelude, sheet)
        return []
    inner = _rules(body, sheet, depth + 1)
    return [f"{prelude}{{{''.join(inner)}}}"] if inner else []


def _drop(prelude: str, sheet: Sheet) -> None:
    name = prelude[1:].partition(" ")[0].lower() if prelude.startswith("@") else prelude[:40]
    if name not in _SILENT:
        sheet.dangers.append(f"style rule '{prelude[:40]}'")


def _split(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand in no string or brackets."""
    if not any(special in text for special in "\"'("):
        return text.split(sign)
    parts, at = [], 0
    while at <= len(text):
        stop = _find(text, at, sign)
        parts.append(text[at:stop])
        at = stop + 1
    return parts


def _find(text: str, at: int, signs: str) -> int:
    """Where one of ``signs`` comes next, outside strings and round brackets; the text's length where none does."""
    quote, depth = "", 0
    for place in range(at, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote or sign == "\n" else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif depth == 0 and sign in signs:
            return place
    return len(text)


def _closing(text: str, start: int) -> int:
    """Where the block that opens at ``start`` is closed; the text's length where it is cut off."""
    depth, at = 0, start
    while at < len(text):
        at = _find(text, at, "{}")
        depth += {"{": 1, "}": -1}.get(text[at : at + 1], 0)
        if depth == 0:
            return at
        at += 1
    return len(text)
