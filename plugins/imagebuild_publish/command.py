"""The publisher ``command``: a program of the user's own, run with the published files in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from imagebuild import Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext, ResolvedOptions
from imagebuild_publish.address import BASE, base_fault, tidy_base
from imagebuild_publish.catalog import catalog
from imagebuild_publish.link import Links
from imagebuild_publish.naming import NAMES, name_files
from imagebuild_publish.notation import json_text
from imagebuild_publish.placeholder import PLACEHOLDER, PLACEHOLDERS
from imagebuild_publish.project_path import path_fault
from imagebuild_publish.secret import without_secrets
from imagebuild_publish.selection import SELECTION, select

__all__ = ["CommandPublisher"]

_EXAMPLE = 'run: [rsync, -a, "{folder}/", "host:/srv/img/"]'
_KEYS = "the command finds keys in its environment, which is that of imagebuild"


class CommandPublisher(Publisher):
    """Runs a program of your own on the finished pictures, such as rsync, and again only when they have changed.

    The program gets its words as they are listed; no shell reads them. It runs with your rights: publish only projects
    that you trust.
    """

    name = "command"
    version = "1"
    remote = True
    trusted_only = True
    options = (
        Option(
            "run",
            "text",
            "The program and its arguments, a list. `{folder}` is the path of a folder with all files under their "
            "published names, `{manifest}` that of a JSON file that describes the pictures.",
            many=True,
            required=True,
            main=True,
            least=1,
            example=_EXAMPLE,
            trusted_only=True,
        ),
        Option("dir", "text", "The folder of the project in which it runs.", default=".", example="dir: deploy"),
        Option(
            "seconds",
            "integer",
            "How long it may take; then it is ended, with all that it has started.",
            default=600,
            least=1,
            most=86400,
            example="seconds: 60",
        ),
        Option(
            "always",
            "boolean",
            "Whether it runs each time, also when nothing has changed since it last succeeded.",
            default=False,
            example="always: true",
        ),
        BASE,
        NAMES,
        *SELECTION,
    )

    def resolve(self, options: Mapping[str, Any]) -> ResolvedOptions:
        """By the table; a key among the options is said to be one."""
        return without_secrets(super().resolve(options), _KEYS)

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """A list of words with placeholders that exist, and a folder in the project."""
        problems = []
        words = _words(options)
        if not words[0].strip() or any("\0" in word for word in words):
            problems.append(OptionProblem("run", "'run' names no program", f"for example: {_EXAMPLE}"))
        elif len(words) == 1 and len(words[0].split()) > 1:
            hint = "write a list, a word an item: run: [{}]".format(", ".join(words[0].split()))
            problems.append(OptionProblem("run", "'run' is one word with spaces, and no shell takes it apart", hint))
        for name in (match[1] for word in words for match in PLACEHOLDER.finditer(word)):
            close = get_close_matches(name, PLACEHOLDERS, 1)
            if close and close[0] != name:
                hint = f"did you mean '{{{close[0]}}}'?"
                problems.append(OptionProblem("run", f"unknown placeholder '{{{name}}}' in 'run'", hint))
        if fault := path_fault(str(options["dir"])):
            problems.append(OptionProblem("dir", f"'dir' {fault}", "for example: dir: deploy"))
        if fault := base_fault(str(options.get("base", ""))):
            problems.append(OptionProblem("base", f"'base' {fault}", "for example: base: /img/"))
        return problems

    def announce(self, manifest: Manifest, options: Mapping[str, object]) -> Publication:
        """Names and base, which follow from the options."""
        named = name_files(select(manifest, options), str(options["names"]))
        return Publication(
            location=f"command:{os.path.basename(_words(options)[0])}",
            changed=0,
            files={file.variant.path: file.name for file in named},
            base=tidy_base(str(options["base"])) if "base" in options else None,
        )

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Run the program, unless it has succeeded with these pictures before."""
        from imagebuild_publish.command_run import run_command
        from imagebuild_publish.ledger import Ledger

        options, words = context.options, _words(context.options)
        images = select(manifest, options)
        named = name_files(images, str(options["names"]))
        publication = self.announce(manifest, options)
        text = json_text(catalog(images, Links(publication.base or "", publication.files), ())) + "\n"
        ledger = Ledger(context, "command", str(options["dir"]), *words)
        state = {"": {"digest": sha256(text.encode()).hexdigest()}}
        if ledger.entries == state and options["always"] is not True:
            return publication
        if not context.dry_run:
            run_command(words, named, text, context)
            ledger.keep(state)
        return replace(publication, changed=len(named))


def _words(options: Mapping[str, object]) -> list[str]:
    words = options["run"]
    return [str(word) for word in words] if isinstance(words, list | tuple) else [str(words)]
