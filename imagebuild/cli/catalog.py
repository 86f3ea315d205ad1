"""What the program says of itself: its commands and options with their one-line help, so that ``--help`` loads none."""

from __future__ import annotations

__all__ = ["ABOUT", "COMMANDS", "EPILOG", "OPTIONS"]

ABOUT = "make for AI pictures: builds exactly the pictures that are missing or stale and pays for each once."

OPTIONS = {
    "-V, --version": "Show the version.",
    "-C, --project DIR": "Work in this folder, or the project above it.",
    "-q, --quiet": "Say only what failed.",
    "-v, --verbose": "Say more.",
    "--untrusted": "Take the project for a stranger's: run none of its code, call nobody, spend nothing.",
    "--color [auto|always|never]": "Use colours; NO_COLOR and FORCE_COLOR are honoured.",
    "-h, --help": "Show this help.",
}

COMMANDS = {
    "init": "Start a project: a commented imagebuild.yaml and a first prompt.",
    "plan": "Show what a build would do, why, and what it would cost.",
    "build": "Make the pictures that are missing or stale.",
    "watch": "Rebuild pictures as files are saved.",
    "serve": "Look at the pictures and choose among them, in a browser.",
    "batch": "Look at batches that were sent, wait for them, or give one up.",
    "reroll": "Buy another attempt at a picture.",
    "pick": "Choose one of a picture's candidates, or let a new picture go live.",
    "approve": "Say that pictures are good.",
    "reject": "Say that pictures are no good.",
    "adopt": "Take a file as a picture, without a call.",
    "freeze": "Keep pictures as they are, whatever changes.",
    "history": "List every picture that a target ever had, with time and cost.",
    "restore": "Bring back a picture that a target had before, for nothing.",
    "lint": "Say what is wrong in the spec, and what is surely not meant.",
    "check": "Say whether lock, outputs and rules agree, for CI.",
    "publish": "Deliver a finished build.",
    "status": "Say which pictures are fresh, stale, missing, drafts or frozen.",
    "why": "Explain one picture: its chain, its inputs and every reason.",
    "diff": "Show the pictures that differ from another version in git.",
    "resolve": "Settle a merge of imagebuild.lock that git could not finish.",
    "store": "Look after the store: list, free, verify, share and move pictures.",
    "clean": "Remove what imagebuild made in this project.",
    "graph": "Print the graph of targets and actions.",
    "schema": "Print the JSON Schema of imagebuild.yaml.",
    "plugins": "List installed plugins with their providers, steps and commands.",
    "models": "List the models of the providers, when they retire and what they cost.",
    "outdated": "Say which models in use are retired, retire soon or have a successor.",
    "doctor": "Check that imagebuild can work here.",
    "completion": "Print a shell completion script.",
}

EPILOG = (
    "'imagebuild COMMAND --help' says more; 'imagebuild plugins' lists the commands of plugins. "
    "Exit codes: 0 done, 1 some targets failed, 2 usage or spec, "
    "3 lock stale, or something missing or not there yet, 4 spending refused, 5 checks failed, 70 our bug, "
    "130 interrupted."
)
