"""make for AI pictures: builds exactly the pictures that are missing or stale and pays for each once.

The public API. Names load on first use, so that a build with nothing to do imports almost nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing.TYPE_CHECKING to those who read types, without the import: it takes a tenth of a start
if TYPE_CHECKING:
    from imagebuild.artifact import Artifact as Artifact
    from imagebuild.artifact import Picture as Picture
    from imagebuild.batching import Batching as Batching
    from imagebuild.batching import BatchLine as BatchLine
    from imagebuild.batching import BatchStatus as BatchStatus
    from imagebuild.check import Check as Check
    from imagebuild.check import CheckContext as CheckContext
    from imagebuild.check import CheckResult as CheckResult
    from imagebuild.command import Command as Command
    from imagebuild.command import CommandContext as CommandContext
    from imagebuild.cost import Cost as Cost
    from imagebuild.describer import Describer as Describer
    from imagebuild.describer import Description as Description
    from imagebuild.hookspecs import API_VERSION as API_VERSION
    from imagebuild.hookspecs import hookimpl as hookimpl
    from imagebuild.manifest import Image as Image
    from imagebuild.manifest import Manifest as Manifest
    from imagebuild.manifest import Stage as Stage
    from imagebuild.manifest import Variant as Variant
    from imagebuild.option import Configurable as Configurable
    from imagebuild.option import Option as Option
    from imagebuild.option import ResolvedOptions as ResolvedOptions
    from imagebuild.option import read_ratio as read_ratio
    from imagebuild.option import read_size as read_size
    from imagebuild.plan import Plan as Plan
    from imagebuild.plan import PlannedAction as PlannedAction
    from imagebuild.plan import PlannedOutput as PlannedOutput
    from imagebuild.project import Project as Project
    from imagebuild.provider import Finding as Finding
    from imagebuild.provider import Model as Model
    from imagebuild.provider import Provider as Provider
    from imagebuild.publisher import Publication as Publication
    from imagebuild.publisher import Publisher as Publisher
    from imagebuild.publisher import PublisherContext as PublisherContext
    from imagebuild.reason import Reason as Reason
    from imagebuild.remote import Remote as Remote
    from imagebuild.remote import RemoteStore as RemoteStore
    from imagebuild.report import Report as Report
    from imagebuild.request import OptionProblem as OptionProblem
    from imagebuild.request import ProviderContext as ProviderContext
    from imagebuild.request import RateLimits as RateLimits
    from imagebuild.request import Reference as Reference
    from imagebuild.request import Request as Request
    from imagebuild.request import Resolution as Resolution
    from imagebuild.request import Result as Result
    from imagebuild.retry import RetryPolicy as RetryPolicy
    from imagebuild.status import TargetStatus as TargetStatus
    from imagebuild.step import Step as Step
    from imagebuild.step import StepContext as StepContext
    from imagebuild.view import CandidateView as CandidateView
    from imagebuild.view import CheckView as CheckView
    from imagebuild.view import HistoryView as HistoryView
    from imagebuild.view import OutputView as OutputView
    from imagebuild.view import Overview as Overview
    from imagebuild.view import PictureView as PictureView
    from imagebuild.view import PriceView as PriceView
    from imagebuild.view import ProblemView as ProblemView
    from imagebuild.view import StageView as StageView
    from imagebuild.view import TargetCard as TargetCard
    from imagebuild.view import TargetView as TargetView
    from imagebuild.viewer import News as News
    from imagebuild.viewer import Served as Served
    from imagebuild.viewer import StoredPicture as StoredPicture
    from imagebuild.viewer import Studio as Studio
    from imagebuild.viewer import Task as Task
    from imagebuild.viewer import TaskState as TaskState
    from imagebuild.viewer import Viewer as Viewer

__version__ = "0.1.0"

_HOME = {
    "API_VERSION": "hookspecs",
    "Artifact": "artifact",
    "BatchLine": "batching",
    "BatchStatus": "batching",
    "Batching": "batching",
    "CandidateView": "view",
    "Check": "check",
    "CheckContext": "check",
    "CheckResult": "check",
    "CheckView": "view",
    "Command": "command",
    "CommandContext": "command",
    "Configurable": "option",
    "Cost": "cost",
    "Describer": "describer",
    "Description": "describer",
    "Finding": "provider",
    "HistoryView": "view",
    "Image": "manifest",
    "Manifest": "manifest",
    "Model": "provider",
    "News": "viewer",
    "Option": "option",
    "OptionProblem": "request",
    "OutputView": "view",
    "Overview": "view",
    "Picture": "artifact",
    "PictureView": "view",
    "Plan": "plan",
    "PlannedAction": "plan",
    "PlannedOutput": "plan",
    "PriceView": "view",
    "ProblemView": "view",
    "Project": "project",
    "Provider": "provider",
    "ProviderContext": "request",
    "Publication": "publisher",
    "Publisher": "publisher",
    "PublisherContext": "publisher",
    "RateLimits": "request",
    "Reason": "reason",
    "Reference": "request",
    "Remote": "remote",
    "RemoteStore": "remote",
    "Report": "report",
    "Request": "request",
    "Resolution": "request",
    "ResolvedOptions": "option",
    "Result": "request",
    "RetryPolicy": "retry",
    "Served": "viewer",
    "Stage": "manifest",
    "StageView": "view",
    "Step": "step",
    "StepContext": "step",
    "StoredPicture": "viewer",
    "Studio": "viewer",
    "TargetCard": "view",
    "TargetStatus": "status",
    "TargetView": "view",
    "Task": "viewer",
    "TaskState": "viewer",
    "Variant": "manifest",
    "Viewer": "viewer",
    "hookimpl": "hookspecs",
    "read_ratio": "option",
    "read_size": "option",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> object:
    if name in _HOME:
        import importlib

        return getattr(importlib.import_module(f"imagebuild.{_HOME[name]}"), name)
    raise AttributeError(f"module 'imagebuild' has no attribute '{name}'")
