"""The commands there are, with their one-line help, so that ``--help`` loads none of them."""

from __future__ import annotations

__all__ = ["COMMANDS", "LATER"]

COMMANDS = {
    "init": "Start a project: a commented imagebuild.yaml and a first prompt.",
    "plan": "Show what a build would do, why, and what it would cost.",
    "build": "Make the pictures that are missing or stale.",
    "batch": "Look at batches that were sent, wait for them, or give one up.",
    "check": "Say whether lock, outputs and rules agree, for CI.",
    "publish": "Deliver a finished build.",
    "status": "Say which pictures are fresh, stale, missing, drafts or frozen.",
    "why": "Explain one picture: its chain, its inputs and every reason.",
    "clean": "Remove what imagebuild made in this project.",
    "graph": "Print the graph of targets and actions.",
    "schema": "Print the JSON Schema of imagebuild.yaml.",
    "plugins": "List installed plugins with their providers, steps and commands.",
    "models": "List the models of the providers, when they retire and what they cost.",
    "outdated": "Say which models in use are retired, retire soon or have a successor.",
    "doctor": "Check that imagebuild can work here.",
    "completion": "Print a shell completion script.",
}

LATER = (
    "watch",
    "serve",
    "reroll",
    "pick",
    "approve",
    "reject",
    "adopt",
    "store",
    "lint",
)
"""Commands of the design that do not exist yet."""
