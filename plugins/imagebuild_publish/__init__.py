"""Publishers that ship with imagebuild: folder, manifest, s3, git and command."""

from __future__ import annotations

import imagebuild
from imagebuild_publish.command import CommandPublisher
from imagebuild_publish.folder import FolderPublisher
from imagebuild_publish.git import GitPublisher
from imagebuild_publish.manifest import ManifestPublisher
from imagebuild_publish.s3 import S3Publisher

__all__ = [
    "CommandPublisher",
    "FolderPublisher",
    "GitPublisher",
    "ManifestPublisher",
    "S3Publisher",
    "imagebuild_publishers",
]


@imagebuild.hookimpl
def imagebuild_publishers() -> list[imagebuild.Publisher]:
    """The publishers of this plugin."""
    return [FolderPublisher(), ManifestPublisher(), S3Publisher(), GitPublisher(), CommandPublisher()]
