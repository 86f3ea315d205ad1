"""The entry point. ``--version`` is answered before anything else is imported, for editors and scripts ask it often;
so are ``--help``, most words that a shell completes, and a plain ``build`` with nothing to do, which is what most
builds are.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from imagebuild import __version__

__all__ = ["main"]

SPEC_FILE = "imagebuild.yaml"

INTERRUPTED = 130

# A plan is a million objects that all stay: do not look through them for garbage often.
_COLLECTING = (50_000, 20, 20)


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    _open_streams()
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"imagebuild {__version__}\n")
        return
    if "_IMAGEBUILD_COMPLETE" in os.environ:
        if _completed():
            return
    elif sys.argv[1:] in ([], ["--help"], ["-h"]) and _helped():
        return
    if _nothing_to_do(sys.argv[1:]):
        return
    gc.disable()
    application = import_module("imagebuild.cli.application")
    gc.freeze()  # modules stay
    gc.set_threshold(*_COLLECTING)
    gc.enable()
    code: int = application.run_process(sys.argv[1:])
    if code == INTERRUPTED:
        os._exit(code)  # calls that were given up still hold their threads, which an ordinary exit would wait for
    sys.exit(code)


def _open_streams() -> None:
    """Point streams that the caller closed at nothing, so that no file of ours is opened under their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open as long as the process


def _helped() -> bool:
    """Show the first page of the help; False where it could not be written, which the application then says."""
    front = import_module("imagebuild.cli.front")
    return _written(front.front_page(front.columns(sys.stdout, os.environ)))


def _completed() -> bool:
    """Tell the shell how the first word goes on; False where something else is asked."""
    asked = os.environ["_IMAGEBUILD_COMPLETE"]
    answer: str | None = import_module("imagebuild.cli.next_word").next_word(asked, os.environ)
    return answer is not None and _written(answer)


def _written(text: str) -> bool:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


def _nothing_to_do(args: list[str]) -> bool:
    """Whether this is a build of everything and the last one left nothing to do; says so."""
    if [arg for arg in args if arg not in ("-q", "--quiet", "-y", "--yes")] != [
        "build"
    ] or "GITHUB_ACTIONS" in os.environ:
        return False
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, SPEC_FILE)):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return False
    targets: int | None = import_module("imagebuild.stamp").is_fresh(folder, os.environ)
    if targets is None:
        return False
    if not {"-q", "--quiet"} & set(args):
        are = "picture is" if targets == 1 else "pictures are"
        sys.stderr.write(f"nothing to do ({targets} {are} up to date)\n")
    return True
