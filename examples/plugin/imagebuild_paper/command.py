"""The command ``paper-swatch``: what papers there are."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

import imagebuild

from imagebuild_paper.paper import PAPERS, code


class PaperSwatch(imagebuild.Command):
    """Lists the papers with their colours."""

    name = "paper-swatch"
    version = "1"
    help = "List the papers with their colours."

    def configure(self, parser: ArgumentParser) -> None:
        """Add the option."""
        parser.add_argument("--json", action="store_true", help="print them as JSON")

    def run(self, arguments: Namespace, context: imagebuild.CommandContext) -> int:
        """Print them."""
        colours = {name: code(colour) for name, colour in PAPERS.items()}
        if arguments.json:
            context.out(json.dumps({"papers": colours}))
        else:
            for name, colour in colours.items():
                context.out(f"{name:<10} {colour}")
            context.say("'paper-cut' and 'paper-print' take them by name")
        return 0
