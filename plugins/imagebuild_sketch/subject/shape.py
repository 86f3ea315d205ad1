"""Outlines and the drawing they make up: the small vocabulary every subject is drawn with.

All lengths are user units of a 100 x 100 box, y downwards, the ground at y = 100.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from imagebuild_sketch.colour import to_oklch
from imagebuild_sketch.subject.ink import Ink

MIRROR = "matrix(-1 0 0 1 100 0)"

_FRACTION = re.compile(r"-?\d*\.\d+(?:e[-+]?\d+)?")


def number(value: float) -> str:
    """The shortest decimal writing of a coordinate, two places at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def rounded(text: str) -> str:
    """Path data or a transform with each decimal fraction in it written by `number`."""
    return _FRACTION.sub(lambda match: number(float(match[0])), text)


def smooth(points: str, *, closed: bool = True) -> str:
    """Path data of a Catmull-Rom curve through ``"x,y x,y! ..."``; a point with ``!`` stays a corner."""
    spots: list[tuple[float, float, bool]] = []
    for word in points.split():
        x, y = word.rstrip("!").split(",")
        spots.append((float(x), float(y), word.endswith("!")))
    count = len(spots)

    def handle(at: int, sign: int) -> tuple[float, float]:
        x, y, corner = spots[at % count]
        if corner or (not closed and at in (0, count - 1)):
            return x, y
        before, after = spots[(at - 1) % count], spots[(at + 1) % count]
        return x + sign * (after[0] - before[0]) / 6, y + sign * (after[1] - before[1]) / 6

    parts = [f"M{number(spots[0][0])} {number(spots[0][1])}"]
    for at in range(count if closed else count - 1):
        end = spots[(at + 1) % count]
        (ax, ay), (bx, by) = handle(at, 1), handle((at + 1) % count if closed else at + 1, -1)
        parts.append("C" + " ".join(number(v) for v in (ax, ay, bx, by, end[0], end[1])))
    return "".join(parts) + ("Z" if closed else "")


def box(x: float, y: float, w: float, h: float, r: float = 0) -> str:
    """Path data of a rectangle with corners of radius ``r``."""
    r = min(r, w / 2, h / 2)
    if not r:
        return f"M{number(x)} {number(y)}h{number(w)}v{number(h)}h{number(-w)}Z"
    n, arc = number, f"a{number(r)} {number(r)} 0 0 1 "
    return (
        f"M{n(x + r)} {n(y)}h{n(w - 2 * r)}{arc}{n(r)} {n(r)}v{n(h - 2 * r)}{arc}{n(-r)} {n(r)}"
        f"h{n(2 * r - w)}{arc}{n(-r)} {n(-r)}v{n(2 * r - h)}{arc}{n(r)} {n(-r)}Z"
    )


def ring(cx: float, cy: float, rx: float, ry: float | None = None) -> str:
    """Path data of an ellipse."""
    n, ry = number, rx if ry is None else ry
    arc = f"a{n(rx)} {n(ry)} 0 1 1 "
    return f"M{n(cx - rx)} {n(cy)}{arc}{n(2 * rx)} 0{arc}{n(-2 * rx)} 0Z"


def heart_at(x: float, y: float, r: float) -> str:
    """Path data of a small heart, ``2 r`` wide, its middle at the given point."""
    left, right, top, low, dent = x - r, x + r, y - r * 0.8, y + r * 0.3, y - r * 0.3
    return (
        f"M{x} {y + r}C{left} {low} {left} {top} {x - r * 0.5} {top} {x - r * 0.15} {top} {x} {dent} {x} {dent}"
        f"S{x + r * 0.15} {top} {x + r * 0.5} {top}C{right} {top} {right} {low} {x} {y + r}Z"
    )


class Drawing:
    """What one draw function puts down: elements in painting order, and the gradients and clips they use."""

    def __init__(self, ink: Ink) -> None:
        self.ink = ink
        self._defs: dict[str, str] = {}
        self._marks: list[str] = []

    def __str__(self) -> str:
        defs = "".join(text.replace("@", name) for text, name in self._defs.items())
        return (f"<defs>{defs}</defs>" if defs else "") + "".join(self._marks)

    def _define(self, text: str) -> str:
        """The id of a definition, shared by all that are written alike; ``@`` in the text stands for it."""
        return self._defs.setdefault(text, f"{self.ink.id_prefix}-{len(self._defs) + 1}")

    def _paint(self, text: str) -> str:
        return f"url(#{self._define(text)})"

    def down(self, top: str, bottom: str) -> str:
        """A vertical gradient; flat ink takes the bottom colour."""
        return self._linear(top, bottom, 'x1="0" y1="0" x2="0" y2="1"')

    def across(self, left: str, right: str) -> str:
        """A horizontal gradient; flat ink takes the left colour."""
        if self.ink.flat:
            return left
        return self._linear(left, right, 'x1="0" y1="0" x2="1" y2="0"')

    def lit(self, colour: str, depth: float = 0.16) -> str:
        """A form's own colour, lighter to the upper left and darker to the lower right."""
        if self.ink.flat:
            return colour
        light, shadow = self.ink.tint(colour, depth), self.ink.shade(colour, depth)
        return self._linear(light, shadow, 'x1="0" y1="0" x2="0.8" y2="1"')

    def ball(self, colour: str, depth: float = 0.25) -> str:
        """A round form lit from the upper left."""
        if self.ink.flat:
            return colour
        light, shadow = self.ink.tint(colour, depth), self.ink.shade(colour, depth)
        stops = f'<stop offset="0" stop-color="{light}"/><stop offset="0.5" stop-color="{colour}"/>'
        stops += f'<stop offset="1" stop-color="{shadow}"/>'
        return self._paint(f'<radialGradient id="@" cx="0.36" cy="0.3" r="0.75">{stops}</radialGradient>')

    def _linear(self, first: str, last: str, axis: str) -> str:
        if self.ink.flat:
            return last
        stops = f'<stop offset="0" stop-color="{first}"/><stop offset="1" stop-color="{last}"/>'
        return self._paint(f'<linearGradient id="@" {axis}>{stops}</linearGradient>')

    def path(self, d: str, fill: str, opacity: float = 1) -> None:
        """A filled outline."""
        seen = "" if opacity == 1 else f' opacity="{number(opacity)}"'
        self._marks.append(f'<path d="{rounded(d)}" fill="{fill}"{seen}/>')

    def line(self, d: str, colour: str, width: float, opacity: float = 1) -> None:
        """A stroke with round ends."""
        seen = "" if opacity == 1 else f' opacity="{number(opacity)}"'
        look = f'fill="none" stroke="{colour}" stroke-width="{number(width)}"'
        self._marks.append(f'<path d="{rounded(d)}" {look} stroke-linecap="round" stroke-linejoin="round"{seen}/>')

    def blob(self, points: str, fill: str, opacity: float = 1) -> None:
        """A closed smooth form through points, see `smooth`."""
        self.path(smooth(points), fill, opacity)

    def poly(self, points: str, fill: str, opacity: float = 1) -> None:
        """A polygon ``"x,y x,y ..."``."""
        spots = (point.split(",") for point in points.split())
        self.path("M" + "L".join(f"{number(float(x))} {number(float(y))}" for x, y in spots) + "Z", fill, opacity)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1) -> None:
        """A rectangle with rounded corners."""
        self.path(box(x, y, w, h, r), fill, opacity)

    def oval(self, cx: float, cy: float, rx: float, fill: str, ry: float | None = None, opacity: float = 1) -> None:
        """An ellipse, a circle without ``ry``."""
        self.path(ring(cx, cy, rx, ry), fill, opacity)

    def gleam(self, d: str, opacity: float = 0.35) -> None:
        """A highlight, left out by flat ink."""
        if not self.ink.flat:
            self.path(d, "#ffffff", opacity)

    def halo(self, cx: float, cy: float, r: float, colour: str, opacity: float = 0.6) -> None:
        """Light around a lamp or flame; flat ink leaves it out."""
        if self.ink.flat:
            return
        stops = f'<stop offset="0" stop-color="{colour}" stop-opacity="{number(opacity)}"/>'
        stops += f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/>'
        self.oval(cx, cy, r, self._paint(f'<radialGradient id="@">{stops}</radialGradient>'))

    def beam(self, d: str, colour: str, *, start: float, end: float) -> None:
        """Light thrown sideways, gone at ``end``; both are shares of the outline's width."""
        if self.ink.flat:
            self.path(d, colour, 0.35)
            return
        stops = f'<stop offset="0" stop-color="{colour}" stop-opacity="0.6"/>'
        stops += f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/>'
        axis = f'x1="{number(start)}" y1="0" x2="{number(end)}" y2="0"'
        self.path(d, self._paint(f'<linearGradient id="@" {axis}>{stops}</linearGradient>'))

    @contextmanager
    def moved(self, transform: str) -> Iterator[None]:
        """Lay the marks of the block under an SVG transform."""
        self._marks.append(f'<g transform="{rounded(transform)}">')
        yield
        self._marks.append("</g>")

    @contextmanager
    def inside(self, d: str) -> Iterator[None]:
        """Keep the marks of the block within an outline."""
        name = self._define(f'<clipPath id="@"><path d="{rounded(d)}"/></clipPath>')
        self._marks.append(f'<g clip-path="url(#{name})">')
        yield
        self._marks.append("</g>")

    def both(self) -> Iterator[int]:
        """Run a loop body twice: as written (-1), and mirrored at the middle x = 50 (1)."""
        yield -1
        with self.moved(MIRROR):
            yield 1

    def form(self, d: str, colour: str, shadow: str = "", depth: float = 0.14) -> None:
        """A lit form with, inside its outline, a darker area: its shade side."""
        self.path(d, self.lit(colour))
        if shadow:
            with self.inside(d):
                self.path(shadow, self.ink.shade(colour, depth), 0.75)

    def eye(self, x: float, y: float, r: float) -> None:
        """A dark eye with a glint, rimmed where the body is as dark."""
        if to_oklch(self.ink.body)[0] < 0.4:
            self.oval(x, y, r * 1.3, self.ink.light)
        self.oval(x, y, r, self.ink.dark)
        self.oval(x - r * 0.3, y - r * 0.35, r * 0.34, "#ffffff")

    def pane(self, x: float, y: float, w: float, h: float, r: float = 0.6) -> None:
        """A window: sky in it by day, light at night."""
        self.path(box(x, y, w, h, r), self.glass())

    def glass(self) -> str:
        """The paint of window glass."""
        ink = self.ink
        if ink.night:
            return self.down(ink.tint(ink.glow, 0.35), ink.glow)
        return self.lit(ink.real("#a9d3e6"), 0.3)

    def sparkle(self, x: float, y: float, r: float, fill: str) -> None:
        """A four-pointed star."""
        k = r * 0.21
        rays = f"L{x + k} {y - k} {x + r} {y} {x + k} {y + k} {x} {y + r} {x - k} {y + k} {x - r} {y} {x - k} {y - k}"
        self.path(f"M{x} {y - r}{rays}Z", fill)

    def wheel(self, cx: float, cy: float, r: float) -> None:
        """A tyre with a hub."""
        ink = self.ink
        self.oval(cx, cy, r, self.lit("#2f3340"))
        self.oval(cx, cy, r * 0.58, self.lit(ink.real("#c9ced8"), 0.25))
        self.oval(cx, cy, r * 0.24, "#596070")
