"""Publishers and remote stores that ship with imagebuild: folder, manifest, s3, git, command; folders and buckets."""

from __future__ import annotations

import imagebuild
from imagebuild_publish.bucket_store import BucketStore
from imagebuild_publish.command import CommandPublisher
from imagebuild_publish.folder import FolderPublisher
from imagebuild_publish.folder_store import FolderStore
from imagebuild_publish.git import GitPublisher
from imagebuild_publish.manifest import ManifestPublisher
from imagebuild_publish.s3 import S3Publisher

__all__ = [
    "BucketStore",
    "CommandPublisher",
    "FolderPublisher",
    "FolderStore",
    "GitPublisher",
    "ManifestPublisher",
    "S3Publisher",
    "imagebuild_publishers",
    "imagebuild_stores",
]


@imagebuild.hookimpl
def imagebuild_publishers() -> list[imagebuild.Publisher]:
    """The publishers of this plugin."""
    return [FolderPublisher(), ManifestPublisher(), S3Publisher(), GitPublisher(), CommandPublisher()]


@imagebuild.hookimpl
def imagebuild_stores() -> list[imagebuild.RemoteStore]:
    """The kinds of remote stores of this plugin."""
    return [FolderStore(), BucketStore()]
