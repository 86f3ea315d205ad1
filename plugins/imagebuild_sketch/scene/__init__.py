"""The scenes, by the name a brief gives them. Each draws one whole picture from back to front."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imagebuild_sketch.scene.abstract import draw_abstract
from imagebuild_sketch.scene.city import draw_city
from imagebuild_sketch.scene.diagram import draw_diagram
from imagebuild_sketch.scene.emblem import draw_emblem
from imagebuild_sketch.scene.forest import draw_forest
from imagebuild_sketch.scene.interior import draw_interior
from imagebuild_sketch.scene.isometric import draw_isometric
from imagebuild_sketch.scene.landscape import draw_landscape
from imagebuild_sketch.scene.pattern import draw_pattern
from imagebuild_sketch.scene.portrait import draw_portrait
from imagebuild_sketch.scene.product import draw_product
from imagebuild_sketch.scene.sea import draw_sea
from imagebuild_sketch.scene.space import draw_space
from imagebuild_sketch.scene.spot import draw_spot
from imagebuild_sketch.scene.table import draw_table
from imagebuild_sketch.stage import Stage

__all__ = ["SCENES"]

SCENES: Mapping[str, Callable[[Stage], None]] = {
    "abstract": draw_abstract,
    "city": draw_city,
    "diagram": draw_diagram,
    "emblem": draw_emblem,
    "forest": draw_forest,
    "interior": draw_interior,
    "isometric": draw_isometric,
    "landscape": draw_landscape,
    "pattern": draw_pattern,
    "portrait": draw_portrait,
    "product": draw_product,
    "sea": draw_sea,
    "space": draw_space,
    "spot": draw_spot,
    "table": draw_table,
}
