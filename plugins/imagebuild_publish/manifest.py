"""The publisher ``manifest``: a file that says what pictures there are, for site generators, code and style sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from posixpath import splitext

from imagebuild import Image, Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext
from imagebuild.errors import PublishError
from imagebuild_publish.address import BASE, base_fault
from imagebuild_publish.catalog import INCLUDABLE, catalog, typed_catalog
from imagebuild_publish.link import Links, links_of
from imagebuild_publish.notation import json_text
from imagebuild_publish.project_path import clean_path, path_fault
from imagebuild_publish.selection import SELECTION, select
from imagebuild_publish.stylesheet import stylesheet
from imagebuild_publish.typescript import typescript_module

__all__ = ["ManifestPublisher"]

_HEADER = "Made by imagebuild; changes here are overwritten."
_FORMATS = {".json": "json", ".ts": "typescript", ".mts": "typescript", ".css": "css"}
_JSON_MARKS = (b'"base"', b'"images"', b'"version"')


class ManifestPublisher(Publisher):
    """Writes a file that lists all pictures with sizes, texts, colours and file names, for what makes the pages.

    Names and base are those of the publisher before it that delivers the files, such as ``folder``.
    """

    name = "manifest"
    version = "1"
    options = (
        Option(
            "path",
            "text",
            "The file, relative to the project.",
            required=True,
            main=True,
            example="path: data/images.json",
        ),
        Option(
            "format",
            "choice",
            "What to write; by the ending of `path` unless it is said. `hugo` is JSON with the path of each file as a "
            "resource of Hugo.",
            choices=("json", "typescript", "hugo", "css"),
            example="format: hugo",
        ),
        BASE,
        Option(
            "include",
            "choice",
            "What is told besides. Prompts, models, options and costs are left out unless they are named here.",
            choices=INCLUDABLE,
            many=True,
            example="include: [prompt, cost]",
        ),
        *SELECTION,
    )

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """A path inside the project whose ending says what to write, and a base that a page can hold."""
        problems = []
        path = str(options["path"])
        if fault := path_fault(path):
            problems.append(OptionProblem("path", f"'path' {fault}", "for example: path: data/images.json"))
        elif _format(options) is None:
            hint = f"write one of {', '.join(_FORMATS)}, or say the format: json, typescript, hugo or css"
            problems.append(OptionProblem("path", f"the ending of '{path}' says no format", hint))
        if fault := base_fault(str(options.get("base", ""))):
            problems.append(OptionProblem("base", f"'base' {fault}", "for example: base: /img/"))
        if _format(options) == "css" and options.get("include"):
            message = "'include' has no meaning for css, which holds no texts"
            problems.append(OptionProblem("include", message, "leave it out, or write a second manifest"))
        return problems

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Write the file where it differs, and take away that of an earlier path."""
        path = clean_path(str(context.options["path"]))
        base = context.options.get("base")
        images = select(manifest, context.options)
        links = links_of(images, context.published, None if base is None else str(base))
        data = _text(images, links, context.options).encode("utf-8")

        def is_ours(found: bytes) -> bool:
            if _HEADER.encode() in found[:200] or all(mark in found for mark in _JSON_MARKS):
                return True
            hint = "move it away, or give 'manifest' another path"
            raise PublishError(f"'{path}' is there already and was not made by imagebuild", hint=hint)

        changed = context.write(path, data, is_ours)
        return Publication(location=path, changed=changed + context.clear())


def _format(options: Mapping[str, object]) -> str | None:
    named = options.get("format")
    return str(named) if named else _FORMATS.get(splitext(str(options["path"]))[1].lower())


def _text(images: Sequence[Image], links: Links, options: Mapping[str, object]) -> str:
    named = options.get("include")
    include = tuple(map(str, named)) if isinstance(named, list | tuple) else ()
    match _format(options):
        case "css":
            return stylesheet(_HEADER, images, links)
        case "typescript":
            return typescript_module(_HEADER, links.base, typed_catalog(images, links, include))
        case form:
            return json_text(catalog(images, links, include, hugo=form == "hugo")) + "\n"
