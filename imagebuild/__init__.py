"""make for AI pictures: builds exactly the pictures that are missing or stale and pays for each once.

The public API. Names load on first use, so that a build with nothing to do imports almost nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagebuild.artifact import Artifact as Artifact
    from imagebuild.artifact import Picture as Picture
    from imagebuild.cost import Cost as Cost
    from imagebuild.hookspecs import hookimpl as hookimpl
    from imagebuild.plan import Plan as Plan
    from imagebuild.plan import PlannedAction as PlannedAction
    from imagebuild.plan import PlannedOutput as PlannedOutput
    from imagebuild.project import Project as Project
    from imagebuild.provider import OptionProblem as OptionProblem
    from imagebuild.provider import Provider as Provider
    from imagebuild.provider import ProviderContext as ProviderContext
    from imagebuild.provider import Reference as Reference
    from imagebuild.provider import Request as Request
    from imagebuild.provider import Resolution as Resolution
    from imagebuild.provider import Result as Result
    from imagebuild.reason import Reason as Reason
    from imagebuild.report import Report as Report
    from imagebuild.status import TargetStatus as TargetStatus
    from imagebuild.step import Step as Step
    from imagebuild.step import StepContext as StepContext
    from imagebuild.step import StepResolution as StepResolution

__version__ = "0.1.0"

_HOME = {
    "Artifact": "artifact",
    "Cost": "cost",
    "OptionProblem": "provider",
    "Picture": "artifact",
    "Plan": "plan",
    "PlannedAction": "plan",
    "PlannedOutput": "plan",
    "Project": "project",
    "Provider": "provider",
    "ProviderContext": "provider",
    "Reason": "reason",
    "Reference": "provider",
    "Report": "report",
    "Request": "provider",
    "Resolution": "provider",
    "Result": "provider",
    "Step": "step",
    "StepContext": "step",
    "StepResolution": "step",
    "TargetStatus": "status",
    "hookimpl": "hookspecs",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"imagebuild.{_HOME[name]}"), name)
    raise AttributeError(f"module 'imagebuild' has no attribute '{name}'")
