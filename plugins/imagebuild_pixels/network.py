"""The sizes of cards and posts that networks ask for, each with where it is said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

__all__ = ["AS_OF", "NETWORKS", "Card"]

AS_OF = "2026-11"
"""When the table was last compared with what the networks say."""


class Card(Struct, frozen=True):
    """Width and height in pixels that are recommended, the least width that is shown large, and who says so."""

    width: int
    height: int
    least: int
    source: str


NETWORKS: Mapping[str, Card] = MappingProxyType(
    {
        "open-graph": Card(1200, 630, 600, "Meta for Developers, Images in Link Shares: 1.91:1"),
        "x": Card(1200, 628, 300, "X Developer Platform, Summary Card with Large Image; shown as 1.91:1"),
        "linkedin": Card(1200, 627, 401, "LinkedIn Help, Make your website shareable: 1.91:1"),
        "github": Card(1280, 640, 640, "GitHub Docs, Customizing your repository's social media preview"),
        "instagram-square": Card(1080, 1080, 320, "Instagram Help Center, Image resolution of photos: 1:1"),
        "instagram-portrait": Card(1080, 1350, 320, "Instagram Help Center, Image resolution of photos: 4:5"),
        "instagram-tall": Card(1080, 1440, 320, "Instagram Help Center, Image resolution of photos: 3:4"),
        "instagram-story": Card(1080, 1920, 500, "Meta Business Help Center, Stories: 9:16"),
        "pinterest": Card(1000, 1500, 600, "Pinterest Help Center, Review Pin specs: 2:3"),
        "tiktok": Card(1080, 1920, 540, "TikTok Business Help Center, Image specifications: 9:16"),
        "youtube": Card(1280, 720, 640, "YouTube Help, Add video thumbnails: 16:9, at least 640 wide"),
    }
)
"""By the name that a spec uses. Open Graph is what most networks and chats read beside their own."""
