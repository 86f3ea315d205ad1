"""The gallery: a static page of all pictures as a publisher, and a live one for ``imagebuild serve`` as a viewer."""

from __future__ import annotations

import imagebuild
from imagebuild_gallery.publisher import GalleryPublisher
from imagebuild_gallery.server.viewer import GalleryViewer

__all__ = ["GalleryPublisher", "GalleryViewer", "imagebuild_publishers", "imagebuild_viewers"]


@imagebuild.hookimpl
def imagebuild_publishers() -> list[imagebuild.Publisher]:
    """The one publisher of this plugin."""
    return [GalleryPublisher()]


@imagebuild.hookimpl
def imagebuild_viewers() -> list[imagebuild.Viewer]:
    """The one viewer of this plugin."""
    return [GalleryViewer()]
