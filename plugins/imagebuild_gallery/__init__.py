"""The publisher ``gallery``: a static page of all pictures, with how each was made."""

from __future__ import annotations

import imagebuild
from imagebuild_gallery.publisher import GalleryPublisher

__all__ = ["GalleryPublisher", "imagebuild_publishers"]


@imagebuild.hookimpl
def imagebuild_publishers() -> list[imagebuild.Publisher]:
    """The one publisher of this plugin."""
    return [GalleryPublisher()]
