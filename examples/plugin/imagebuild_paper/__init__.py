"""Pictures cut from paper and printed on it: what this plugin adds to imagebuild."""

from __future__ import annotations

import imagebuild

from imagebuild_paper.check import PaperInk
from imagebuild_paper.command import PaperSwatch
from imagebuild_paper.provider import PaperCut
from imagebuild_paper.publisher import PaperIndex
from imagebuild_paper.step import PaperPrint
from imagebuild_paper.store import PaperDrawer

imagebuild_api = 1
"""The version of the plugin API that this is written for; another one is refused by name."""


@imagebuild.hookimpl
def imagebuild_providers() -> list[imagebuild.Provider]:
    return [PaperCut()]


@imagebuild.hookimpl
def imagebuild_steps() -> list[imagebuild.Step]:
    return [PaperPrint()]


@imagebuild.hookimpl
def imagebuild_checks() -> list[imagebuild.Check]:
    return [PaperInk()]


@imagebuild.hookimpl
def imagebuild_publishers() -> list[imagebuild.Publisher]:
    return [PaperIndex()]


@imagebuild.hookimpl
def imagebuild_stores() -> list[imagebuild.RemoteStore]:
    return [PaperDrawer()]


@imagebuild.hookimpl
def imagebuild_commands() -> list[imagebuild.Command]:
    return [PaperSwatch()]
