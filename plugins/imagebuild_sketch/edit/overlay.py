"""Changes that draw something over the picture: weather, stripes, borders, subjects, and the last resort."""

from __future__ import annotations

from imagebuild_sketch import raster
from imagebuild_sketch.brief import Brief, Figure
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, from_oklch, lightness, mix, to_oklch
from imagebuild_sketch.edit.region import Salient, mean_colour
from imagebuild_sketch.palette import make_palette
from imagebuild_sketch.pen import Sheet, circle, curve, num, path, polygon, rect
from imagebuild_sketch.raster import Image
from imagebuild_sketch.scene.hero import AIRBORNE
from imagebuild_sketch.stage import Frame, Stage
from imagebuild_sketch.wordset import wordset

__all__ = ["add_figure", "border", "dusk", "falling", "ribbon", "sheet_over", "stars", "stripes", "veil", "vignette"]

_ALOFT = AIRBORNE | wordset("moon sun star cloud rainbow planet comet snowflake")


def sheet_over(image: Image, sheet: Sheet) -> Image:
    """Render a sheet drawn in the picture's frame."""
    frame = Frame.of(image.width, image.height)
    return raster.render(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}" '
        f'viewBox="0 0 {num(frame.width)} {num(frame.height)}" preserveAspectRatio="none">{sheet.markup()}</svg>'
    )


def _on_top(image: Image, sheet: Sheet) -> Image:
    """A drawing over the picture, within what is visible of it."""
    over = sheet_over(image, sheet)
    colours = raster.blend(raster.join_alpha(image.extract_band(0, n=3), raster.plain_alpha(image)), over).extract_band(
        0, n=3
    )
    return raster.join_alpha(colours, image.extract_band(3))


def falling(image: Image, kind: str, chance: Chance) -> Image:
    """Snow flakes, rain, leaves or petals."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("f")
    count = round(
        {"snow": 190, "rain": 230, "leaves": 46, "petals": 60}[kind] * min(4.0, frame.width * frame.height / 1e6)
    )
    marks: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for _ in range(count):
        x, y, size, which = (
            chance.between(0, frame.width),
            chance.between(-20, frame.height),
            chance.between(0.6, 1.4),
            chance.whole(0, 2),
        )
        if kind == "rain":
            marks[which].append(f"M{num(x)} {num(y)}l{num(-13 * size)} {num(52 * size)}")
        elif kind == "snow":
            r = (2.4, 4.2, 7.5)[which] * size
            marks[which].append(
                f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"
            )
        else:
            s, lean = (11 if kind == "leaves" else 7) * size, chance.between(-1, 1)
            marks[which].append(
                f"M{num(x)} {num(y - s)}q{num(s * (0.9 + lean * 0.3))} {num(s * 0.7)} 0 "
                f"{num(s * 2.1)}q{num(-s * (0.9 - lean * 0.3))} {num(-s * 1.2)} 0 {num(-s * 2.1)}z"
            )
    colours = {
        "snow": ("#ffffff",) * 3,
        "rain": ("#e3edf6",) * 3,
        "leaves": ("#d9772b", "#b8442c", "#e3b044"),
        "petals": ("#f6b6cc", "#fbd9e3", "#f08fb4"),
    }[kind]
    for which, lines in marks.items():
        if kind == "rain":
            sheet.add(path("".join(lines), "none", stroke=colours[which], stroke_width=1.8, stroke_opacity=0.5))
        else:
            sheet.add(path("".join(lines), colours[which], fill_opacity=(0.9, 0.85, 0.62)[which]))
    return _on_top(image, sheet)


def veil(image: Image, colour: str, top: float, bottom: float) -> Image:
    """A wash from one opacity above to another below."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("v")
    sheet.add(rect(0, 0, frame.width, frame.height, sheet.linear((0, colour, top), (1, colour, bottom))))
    return _on_top(image, sheet)


def dusk(image: Image) -> Image:
    """A sunset sky over the whole picture, with the light of what is below still in it."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("d")
    stops = ((0, "#5d4a8c", 0.9), (0.3, "#d8688a", 0.9), (0.55, "#ffa65c", 0.9), (0.75, "#ffd58a", 0.9))
    sheet.add(rect(0, 0, frame.width, frame.height, sheet.linear(*stops)))
    return _on_top(image, sheet)


def vignette(image: Image, strength: float = 0.72) -> Image:
    """Dark corners."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("v")
    fill = sheet.radial((0.45, "#0b0a14", 0), (0.8, "#0b0a14", strength * 0.55), (1, "#0b0a14", strength), radius=0.74)
    sheet.add(rect(0, 0, frame.width, frame.height, fill))
    return _on_top(image, sheet)


def stars(image: Image, sky: Image, chance: Chance) -> Image:
    """Stars and a moon, in what is sky and upper half only."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("n")
    dots = []
    for _ in range(round(90 * min(3.0, frame.width / 1000))):
        x, y, r = chance.between(0, frame.width), frame.height * 0.55 * chance.unit() ** 1.4, chance.between(1.0, 2.8)
        dots.append(
            f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"
        )
    sheet.add(path("".join(dots), "#fff8e4", fill_opacity=0.9))
    x, y, r = frame.width * chance.between(0.78, 0.86), frame.height * 0.16, 52.0
    sheet.add(circle(x, y, r * 4, sheet.glow("#f6efd4", 0.5)), circle(x, y, r, "#f6efd4"))
    over = sheet_over(image, sheet)
    seen = (over.extract_band(3).cast("float") * sky / 255).rint().cast("uchar")
    return raster.join_alpha(
        raster.blend(image, raster.join_alpha(over.extract_band(0, n=3), seen)).extract_band(0, n=3),
        image.extract_band(3),
    )


def stripes(image: Image, found: Salient, mask: Image, colour: str | None, chance: Chance) -> Image:
    """Two tapered bands across the region that matters most, and nowhere else."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("r")
    tone = colour or ("#fbfaf6" if found.luma < 170 else "#25262e")
    x, y = found.x * frame.width, found.y * frame.height
    wide = max(frame.width * found.spread * 0.34, min(frame.width, frame.height) * 0.03)
    lean, reach = wide * 1.4, frame.height
    for offset, thick in ((-0.78 + chance.between(-0.05, 0.05), 0.62), (0.52, 0.62)):
        at, half = x + offset * wide, wide * thick / 2
        sheet.add(
            polygon(
                (
                    (at - half * 0.75 + lean, y - reach),
                    (at + half * 0.75 + lean, y - reach),
                    (at + half * 1.25 - lean, y + reach),
                    (at - half * 1.25 - lean, y + reach),
                ),
                tone,
            )
        )
    over = sheet_over(image, sheet)
    seen = (over.extract_band(3).cast("float") * mask / 255).rint().cast("uchar")
    luma = image.extract_band(0) * 0.299 + image.extract_band(1) * 0.587 + image.extract_band(2) * 0.114
    shade = luma / max(30.0, found.luma)
    lit = over.extract_band(0, n=3) * ((shade > 1.15).ifthenelse(1.15, (shade < 0.55).ifthenelse(0.55, shade)))
    return raster.join_alpha(
        seen.ifthenelse(lit.rint().cast("uchar").copy(interpretation="srgb"), image.extract_band(0, n=3), blend=True),
        image.extract_band(3),
    )


def border(image: Image, colour: str | None) -> Image:
    """A frame with a fine inner line."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("b")
    tone = colour or ("#fbf8f1" if lightness(mean_colour(image)) < 0.72 else "#2c2f3a")
    line = mix(tone, "#000000" if lightness(tone) > 0.5 else "#ffffff", 0.35)
    sheet.add(rect(22, 22, frame.width - 44, frame.height - 44, "none", stroke=tone, stroke_width=46))
    sheet.add(rect(54, 54, frame.width - 108, frame.height - 108, "none", stroke=line, stroke_width=3.5))
    over = sheet_over(image, sheet)
    return raster.blend(image, over)


def add_figure(image: Image, figure: Figure, index: int, chance: Chance) -> Image:
    """A subject where there is room for it: things of the air above, others standing below."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("a")
    mean = mean_colour(image)
    dark = lightness(mean) < 0.38
    brief = Brief(prompt="", words=(), scene="landscape", time="night" if dark else "day")
    palette = make_palette(brief, chance.child("palette"), ())
    stage = Stage(brief, frame, palette, chance, sheet)
    aloft = figure.subject.name.replace(" ", "-") in _ALOFT or figure.subject.kind == "space"
    unit = min(frame.width, frame.height)
    size = unit * (0.24 if aloft else {"building": 0.46, "plant": 0.44, "vehicle": 0.4}.get(figure.subject.kind, 0.34))
    sides = (0.83, 0.16, 0.5) if _calmer_right(image, upper=aloft) else (0.17, 0.84, 0.5)
    for copy in range(min(figure.count, 3)):
        x = frame.width * sides[(index + copy) % 3] + chance.between(-0.02, 0.02) * frame.width
        x = min(max(x, size * 0.52), frame.width - size * 0.52)
        foot = frame.height * (0.08 + 0.05 * copy) + size if aloft else frame.height * (0.93 - 0.03 * copy)
        if not aloft:
            stage.shadow(x, foot, size * 0.9, 0.42)
        elif figure.subject.name in ("moon", "sun", "star"):
            sheet.add(circle(x, foot - size / 2, size, sheet.glow("#fff1c4", 0.5)))
        stage.put(figure, x, foot, size)
    return raster.blend(image, sheet_over(image, sheet))


def _calmer_right(image: Image, *, upper: bool) -> bool:
    """Whether the right side has less going on than the left, in the upper or lower half."""
    grey = image.flatten(background=[255, 255, 255]).thumbnail_image(32, height=32, size="force").extract_band(1)
    top = 0 if upper else 14
    left, right = grey.crop(0, top, 10, 18), grey.crop(22, top, 10, 18)
    return bool(round(right.deviate(), 3) <= round(left.deviate(), 3))


def ribbon(image: Image, chance: Chance) -> Image:
    """The change for a wish nobody understands: a wash of colour and a ribbon along the lower edge."""
    frame, sheet = Frame.of(image.width, image.height), Sheet("w")
    _, chroma, hue = to_oklch(mean_colour(image))
    tone = from_oklch(0.66, max(0.13, chroma), hue + chance.pick((70, 120, 180, 240, 300)) + chance.between(-20, 20))
    sheet.add(
        rect(
            0, 0, frame.width, frame.height, sheet.linear((0, tone, 0.3), (0.6, tone, 0.1), (1, tone, 0.28), slant=0.5)
        )
    )
    for index in range(3):
        base, swing = frame.height * (0.83 + 0.055 * index), frame.height * chance.between(0.02, 0.045)
        points = [
            (frame.width * step / 6, base + swing * (1 if (step + index) % 2 else -1) * chance.between(0.5, 1.0))
            for step in range(7)
        ]
        sheet.add(
            path(f"{curve(points)}V{num(frame.height)}H0Z", brighten(tone, 0.12 - 0.11 * index), fill_opacity=0.8)
        )
    return _on_top(image, sheet)
