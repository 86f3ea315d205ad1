"""What the library knows of one subject."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from imagebuild_sketch.subject.ink import Ink

Kind = Literal["vehicle", "building", "plant", "animal", "object", "food", "person", "space", "nature", "symbol"]
Habitat = Literal["landscape", "forest", "city", "sea", "space", "interior", "product"]


class Subject(Struct, frozen=True):
    """A thing that can be drawn.

    ``words`` are the lower-case names it goes by in a prompt, singular. ``own_colour`` is the body colour it has by
    nature, None where any will do. ``draw`` gives SVG markup without a root, in a box of 100 x 100 units, standing on
    the ground line y = 100 and centred on x = 50, lit from the upper left.
    """

    name: str
    words: tuple[str, ...]
    kind: Kind
    habitat: tuple[Habitat, ...]
    own_colour: str | None
    draw: Callable[[Ink], str]
