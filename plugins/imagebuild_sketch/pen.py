"""SVG text: numbers rounded so that no platform's arithmetic shows, smooth lines, shapes and gradients."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = [
    "Point",
    "Sheet",
    "Stop",
    "attributes",
    "blob",
    "circle",
    "curve",
    "ellipse",
    "group",
    "num",
    "path",
    "polygon",
    "rect",
]

Point = tuple[float, float]
Stop = tuple[float, str, float]
"""Offset, colour and opacity of one stop of a gradient."""


def num(value: float) -> str:
    """A coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def attributes(**values: str | float) -> str:
    """Attributes of an element; ``fill_opacity`` is written ``fill-opacity``."""
    return "".join(
        f' {name.replace("_", "-")}="{value if isinstance(value, str) else num(value)}"'
        for name, value in values.items()
    )


def path(line: str, fill: str, **more: str | float) -> str:
    """A filled path."""
    return f'<path d="{line}"{attributes(fill=fill, **more)}/>'


def rect(x: float, y: float, width: float, height: float, fill: str, **more: str | float) -> str:
    """A rectangle."""
    return f"<rect{attributes(x=x, y=y, width=width, height=height, fill=fill, **more)}/>"


def circle(x: float, y: float, radius: float, fill: str, **more: str | float) -> str:
    """A circle."""
    return f"<circle{attributes(cx=x, cy=y, r=radius, fill=fill, **more)}/>"


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **more: str | float) -> str:
    """An ellipse."""
    return f"<ellipse{attributes(cx=x, cy=y, rx=rx, ry=ry, fill=fill, **more)}/>"


def polygon(points: Iterable[Point], fill: str, **more: str | float) -> str:
    """A closed shape with straight sides."""
    return path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "Z", fill, **more)


def group(markup: str, **more: str | float) -> str:
    """Several elements under common attributes."""
    return f"<g{attributes(**more)}>{markup}</g>"


def curve(points: Sequence[Point], *, closed: bool = False, lift: bool = True) -> str:
    """A smooth line through ``points`` (Catmull-Rom as Bézier); without ``lift`` it goes on from the last point."""
    count = len(points)
    first = points[0]
    parts = [f"{'M' if lift else 'L'}{num(first[0])} {num(first[1])}"]
    for index in range(count if closed else count - 1):
        before = points[index - 1] if closed or index else points[0]
        here, there = points[index], points[(index + 1) % count]
        after = points[(index + 2) % count] if closed or index + 2 < count else points[-1]
        x1, y1 = here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6
        x2, y2 = there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6
        parts.append(f"C{num(x1)} {num(y1)} {num(x2)} {num(y2)} {num(there[0])} {num(there[1])}")
    return "".join(parts) + ("Z" if closed else "")


def blob(x: float, y: float, rx: float, ry: float, wobble: Sequence[float]) -> str:
    """A closed smooth line around a centre; ``wobble`` holds one factor near 1 for each corner."""
    step = 2 * math.pi / len(wobble)
    corners = [
        (x + rx * factor * math.cos(step * index), y + ry * factor * math.sin(step * index))
        for index, factor in enumerate(wobble)
    ]
    return curve(corners, closed=True)


class Sheet:
    """One drawing while it is made: elements from back to front, and the gradients they use."""

    def __init__(self, prefix: str = "s") -> None:
        self._prefix = prefix
        self._definitions: dict[str, str] = {}
        self._elements: list[str] = []
        self._handed_out = 0

    def define(self, template: str) -> str:
        """Keep a definition (``{id}`` stands for its id) and give the id; equal ones are kept once."""
        if template not in self._definitions:
            self._definitions[template] = f"{self._prefix}{len(self._definitions)}"
        return self._definitions[template]

    @property
    def drawn(self) -> int:
        """How many prefixes were handed out."""
        return self._handed_out

    def fresh(self) -> str:
        """A prefix for the ids of a drawing that keeps its own definitions."""
        self._handed_out += 1
        return f"{self._prefix}d{self._handed_out}"

    def linear(self, *stops: Stop, across: bool = False, slant: float = 0) -> str:
        """A fill that runs downward, or to the right with ``across``; ``slant`` leans it."""
        ends = attributes(x1=0, y1=0, x2=1, y2=slant) if across else attributes(x1=0, y1=0, x2=slant, y2=1)
        name = self.define(f'<linearGradient id="{{id}}"{ends}>{_stops(stops)}</linearGradient>')
        return f"url(#{name})"

    def radial(self, *stops: Stop, x: float = 0.5, y: float = 0.5, radius: float = 0.5) -> str:
        """A fill that runs outward from a place inside the shape's own box (0 to 1)."""
        place = attributes(cx=x, cy=y, r=radius)
        name = self.define(f'<radialGradient id="{{id}}"{place}>{_stops(stops)}</radialGradient>')
        return f"url(#{name})"

    def glow(self, colour: str, strength: float) -> str:
        """A round glow that fades to nothing."""
        return self.radial(
            (0, colour, strength), (0.25, colour, strength * 0.55), (0.6, colour, strength * 0.16), (1, colour, 0)
        )

    def clip(self, shape: str) -> str:
        """A clip path for ``clip_path=``."""
        name = self.define(f'<clipPath id="{{id}}">{shape}</clipPath>')
        return f"url(#{name})"

    def stamp(self, markup: str) -> str:
        """Keep a drawing that is used several times; the id is for :meth:`use`."""
        return self.define(f'<g id="{{id}}">{markup}</g>')

    def use(self, stamp: str, x: float, y: float, scale: float, *, mirrored: bool = False, lean: float = 0) -> str:
        """A stamped drawing with its origin at ``x``, ``y``."""
        across = f"{num(-scale)} {num(scale)}" if mirrored else num(scale)
        turned = f" rotate({num(lean)})" if lean else ""
        return f'<use href="#{stamp}" transform="translate({num(x)} {num(y)}) scale({across}){turned}"/>'

    def add(self, *markup: str) -> None:
        """Put elements in front of what is there."""
        self._elements.extend(markup)

    def markup(self) -> str:
        """Definitions and elements, without a root."""
        definitions = "".join(template.replace("{id}", name) for template, name in self._definitions.items())
        return (f"<defs>{definitions}</defs>" if definitions else "") + "".join(self._elements)


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        f"<stop{attributes(offset=offset, stop_color=colour)}"
        + (attributes(stop_opacity=opacity) if opacity < 1 else "")
        + "/>"
        for offset, colour, opacity in stops
    )
