"""One table: an edit of the project, the actions that then run, and the reasons the plan gives for them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from growing_pictures import Copies, Curious, Join, Signed, Wide
from msgspec import Struct, field

from imagebuild.digest import digest_bytes
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import RecordingProvider, RecordingStep, World, png

SPEC = """\
version: 1
vars: {brand: flat vector, unused: nothing}
styles:
  blog: {prompt: "{{ prompt }}, {{ brand }}", options: {quality: medium}}
defaults: {provider: recorder}
plugins: [plugins/grain.py]
publish: [{copies: {path: site, key: a}}]
targets:
  hero:
    style: [blog]
    prompt: a sunset in {{ season }}
    matrix: {season: [spring, autumn]}
  logo:
    prompt: a logo
    inputs: [refs/a.png]
    edits:
      - make it blue
      - add stripes
      - {prompt: add a frame, options: {quality: high}, mask: masks/m.png}
  card:
    prompt: a card
    inputs: [{target: logo}]
    steps: [{mark: {mark: A}}, {mark: {mark: B}}]
    alt: A card
    tags: [blog]
  plain:
    prompt: {file: prompts/plain.md}
    output: out/{{ id }}.{{ ext }}
  twin_a: {prompt: the same}
  twin_b: {prompt: the same}
  free: {provider: sketch, prompt: a free one}
  three: {prompt: three, candidates: 3}
  ice: {prompt: ice, frozen: true}
  badge:
    from: refs/badge.png
    steps: [{join: {with: {file: refs/frame.bin}}}, signed]
    checks: [{wide: {width: 1, like: {file: refs/b.png}}}]
    tags: [sheet]
  panel:
    prompt: a panel, {{ size }}
    matrix: {size: [s, l]}
    steps: [{join: {with: {target: badge}}}, signed]
    tags: [sheet]
  sheet:
    from: [refs/extra.png, {tag: sheet}]
    steps: [join]
    checks: [{wide: 1}, {curious: 1, retry: 2}]
  told:
    prompt: told
    steps: [grain]
    alt: {generate: true, prompt: in short}
"""

GRAIN = '''\
import imagebuild


class Grain(imagebuild.Step):
    """Adds grain."""

    name = "grain"

    def apply(self, pictures, context):
        return [imagebuild.Picture(each.data + b"g", each.media_type, each.labels) for each in pictures]


@imagebuild.hookimpl
def imagebuild_steps():
    return [Grain()]
'''

FILES: dict[str, str | bytes] = {
    "imagebuild.yaml": SPEC,
    "refs/a.png": png(2, 2, (1, 2, 3)),
    "refs/b.png": png(2, 2, (4, 5, 6)),
    "masks/m.png": png(4, 4, (0, 0, 0, 0)),
    "prompts/plain.md": "a plain picture\n",
    "refs/badge.png": png(3, 3, (7, 7, 7)),
    "refs/extra.png": png(5, 5, (8, 8, 8)),
    "refs/frame.bin": b"frame",
    "plugins/grain.py": GRAIN,
}

EVERY_CALL = [
    "card generate",
    "free generate",
    "hero[season=autumn] generate",
    "hero[season=spring] generate",
    "ice generate",
    "logo edit 1",
    "logo edit 2",
    "logo edit 3",
    "logo generate",
    "panel[size=l] generate",
    "panel[size=s] generate",
    "plain generate",
    "three generate",
    "three generate",
    "three generate",
    "told generate",
    "twin_a generate",
]
BADGE = ("badge check 3", "badge step 1", "badge step 2")
PANELS = tuple(f"panel[size={size}] step {stage}" for size in "ls" for stage in (1, 2))
JUDGED = ("sheet check 2", "sheet check 3")
SHEET = ("sheet source", "sheet step 1", *JUDGED)
TOLD = ("told describe -1", "told step 1")
EVERYTHING_ELSE = ("card step 1", "card step 2", "badge source", *BADGE, *PANELS, *SHEET, *TOLD)


class Row(Struct, frozen=True):
    """After ``change`` a build starts exactly ``runs``; ``reasons`` are the plan's, by label."""

    name: str
    change: Callable[[World], object]
    runs: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    written: tuple[str, ...] | None = None


def short(data: bytes) -> str:
    """How reasons show bytes."""
    return digest_bytes(data)[:8]


def change(old: str, new: str) -> Callable[[World], object]:
    return lambda world: world.edit("imagebuild.yaml", old, new)


def changes(*pairs: tuple[str, str]) -> Callable[[World], object]:
    def apply(world: World) -> None:
        for old, new in pairs:
            world.edit("imagebuild.yaml", old, new)

    return apply


def touch(path: str) -> Callable[[World], object]:
    return lambda world: os.utime(world.root / path, ns=(1, 1))


def write(path: str, content: str | bytes) -> Callable[[World], object]:
    return lambda world: world.write({path: content})


def remove(path: str) -> Callable[[World], object]:
    return lambda world: (world.root / path).unlink()


def new_provider(**fields: object) -> Callable[[World], object]:
    def apply(world: World) -> None:
        for name, value in fields.items():
            setattr(world.provider, name, value)

    return apply


def reordered(world: World) -> None:
    """Targets in reverse order, keys of one target swapped, comments and blank lines added."""
    head, body = SPEC.split("targets:\n")
    blocks: list[str] = []
    for line in body.splitlines(keepends=True):
        if line.startswith("  ") and not line.startswith("   "):
            blocks.append(line)
        else:
            blocks[-1] += line
    text = head + "# a remark\n\ntargets:\n" + "".join(reversed(blocks))
    old = "    style: [blog]\n    prompt: a sunset in {{ season }}\n"
    assert old in text
    world.spec(text.replace(old, "    prompt: a sunset in {{ season }}  # nice\n\n    style: [blog]\n"))


def new_plugin(name: str, **fields: object) -> Callable[[World], object]:
    """Other attributes of a step, check or publisher, as another release of its plugin has them."""

    def apply(world: World) -> None:
        for field_name, value in fields.items():
            setattr(next(each for each in world.extra if each.name == name), field_name, value)

    return apply


def only_blue(request: Request, context: ProviderContext) -> bytes | None:
    """Logos look the same whatever the words are; their inputs show."""
    if "logo" not in request.prompt:
        return None
    return png(3, 3, (len(request.inputs), int(str(request.inputs[0].digest)[:2], 16), 255))


MARK_B = "{mark: {mark: B}}"
CARD = ("card generate", "card step 1", "card step 2")

ROWS = [
    Row("nothing", lambda world: None, written=()),
    Row("build again with the state deleted", lambda world: (world.root / ".imagebuild/state.db").unlink(), written=()),
    Row("rename a target", changes(("  plain:\n", "  simple:\n")), written=("out/simple.png",)),
    Row("rename a target that others take as input", changes(("  logo:\n", "  brand_logo:\n"), ("target: logo", "target: brand_logo")), written=("images/brand_logo.png",)),
    Row("reorder keys and add comments", reordered, SHEET, {"sheet": "inputs[1]: "}, written=("images/sheet.png",)),
    Row("write a flow mapping as a block", change("  twin_a: {prompt: the same}", "  twin_a:\n    prompt: the same"), written=()),
    Row("quote a plain string", change("prompt: ice,", 'prompt: "ice",'), written=()),
    Row("change an output path", change("out/{{ id }}.{{ ext }}", "elsewhere/{{ id }}.{{ ext }}"), written=("elsewhere/plain.png",)),
    Row("change tags", change("tags: [blog]", "tags: [blog, shop]"), written=()),
    Row("change alt text", change("alt: A card", "alt: Another card"), written=()),
    Row("say a default aloud", change("{prompt: the same}\n  twin_b", "{prompt: the same, options: {quality: medium}}\n  twin_b"), written=()),
    Row("move an option from a style to the target", changes((", options: {quality: medium}}\ndefaults", "}\ndefaults"), ("    style: [blog]\n", "    style: [blog]\n    options: {quality: medium}\n")), written=()),
    Row("change a variable nobody uses", change("unused: nothing", "unused: something"), written=()),
    Row(
        "change a variable",
        change("brand: flat vector", "brand: watercolour"),
        ("hero[season=autumn] generate", "hero[season=spring] generate"),
        {"hero[season=spring]": "prompt: 'a sunset in spring, flat vector' -> 'a sunset in spring, watercolour'"},
        written=("images/hero-autumn.png", "images/hero-spring.png"),
    ),
    Row(
        "change a style's option",
        change("options: {quality: medium}}\ndefaults", "options: {quality: low}}\ndefaults"),
        ("hero[season=autumn] generate", "hero[season=spring] generate"),
        {"hero[season=autumn]": "quality: medium -> low"},
    ),
    Row("add a value to an axis", change("[spring, autumn]", "[spring, autumn, winter]"), ("hero[season=winter] generate",), {"hero[season=winter]": "never made"}),
    Row("remove a value from an axis", change("[spring, autumn]", "[spring]"), written=()),
    Row("exclude a variant", change("{season: [spring, autumn]}", "{season: [spring, autumn], exclude: [{season: autumn}]}"), written=()),
    Row("reorder the values of an axis", change("[spring, autumn]", "[autumn, spring]"), written=()),
    Row("remove a target", change("  twin_b: {prompt: the same}\n", ""), written=()),
    Row("add a target", change("  twin_b:", "  fresh: {prompt: something new}\n  twin_b:"), ("fresh generate",), {"fresh": "never made"}, written=("images/fresh.png",)),
    Row("add a target with a request that was bought before", change("  twin_b:", "  triplet: {prompt: the same}\n  twin_b:"), written=("images/triplet.png",)),
    Row("add two targets with one new request", change("  twin_b:", "  one: {prompt: a pair}\n  two: {prompt: a pair}\n  twin_b:"), ("one generate",), {"two": "same request as one"}, written=("images/one.png", "images/two.png")),
    Row("touch an input file", touch("refs/a.png"), written=()),
    Row("write the same bytes into an input file", write("refs/a.png", png(2, 2, (1, 2, 3))), written=()),
    Row(
        "change an input file's bytes",
        write("refs/a.png", png(2, 2, (9, 9, 9))),
        ("logo edit 1", "logo edit 2", "logo edit 3", "logo generate", *CARD),
        {"logo": f"inputs[0]: {short(png(2, 2, (1, 2, 3)))} -> {short(png(2, 2, (9, 9, 9)))} (refs/a.png has other bytes)", "logo (edit 1)": "waits for logo", "card": "waits for logo (edit 3)"},
    ),
    Row("copy an input file to another name", lambda world: world.write({"refs/c.png": world.read("refs/a.png")}).edit("imagebuild.yaml", "refs/a.png", "refs/c.png"), written=()),
    Row("add an input file", change("inputs: [refs/a.png]", "inputs: [refs/a.png, refs/b.png]"), ("logo edit 1", "logo edit 2", "logo edit 3", "logo generate", *CARD), {"logo": "inputs: 1 -> 2"}),
    Row("change a mask's bytes", write("masks/m.png", png(4, 4, (9, 9, 9, 0))), ("logo edit 3", *CARD), {"logo (edit 3)": f"mask: {short(png(4, 4, (0, 0, 0, 0)))} -> {short(png(4, 4, (9, 9, 9, 0)))} (masks/m.png has other bytes)"}),
    Row("touch a mask", touch("masks/m.png"), written=()),
    Row("add a markup to an edit", change(", mask: masks/m.png", ", mask: masks/m.png, markup: refs/b.png"), ("logo edit 3", *CARD), {"logo (edit 3)": f"markup: (none) -> {short(png(2, 2, (4, 5, 6)))}"}),
    Row("accept any picture", change("  plain:\n", "  plain:\n    accept: any\n"), written=()),
    Row("remove a mask from an edit", change(", mask: masks/m.png", ""), ("logo edit 3", *CARD), {}),
    Row("change edit 1 of 3", change("make it blue", "make it green"), ("logo edit 1", "logo edit 2", "logo edit 3", *CARD), {"logo (edit 1)": "prompt: 'make it blue' -> 'make it green'"}),
    Row("change edit 2 of 3", change("add stripes", "add dots"), ("logo edit 2", "logo edit 3", *CARD), {"logo (edit 2)": "prompt: 'add stripes' -> 'add dots'", "logo (edit 3)": "waits for logo (edit 2)"}),
    Row("change edit 3's option", change("options: {quality: high}, mask", "options: {quality: low}, mask"), ("logo edit 3", *CARD), {"logo (edit 3)": "quality: high -> low"}),
    Row("take edit 3 away", change("      - {prompt: add a frame, options: {quality: high}, mask: masks/m.png}\n", ""), CARD, {"card": "(logo has other bytes)"}, written=("images/card.png", "images/logo.png")),
    Row("swap edits 1 and 2", changes(("      - make it blue\n      - add stripes\n", "      - add stripes\n      - make it blue\n")), ("logo edit 1", "logo edit 2", "logo edit 3", *CARD)),
    Row("change a prompt file", write("prompts/plain.md", "a plainer picture\n"), ("plain generate",), {"plain": "prompt: 'a plain picture' -> 'a plainer picture'"}, written=("out/plain.png",)),
    Row("touch a prompt file", touch("prompts/plain.md"), written=()),
    Row("end a prompt file without a new line", write("prompts/plain.md", "a plain picture"), written=()),
    Row("inline a prompt file", change("{file: prompts/plain.md}", "a plain picture"), written=()),
    Row("change a target's option", change("{prompt: the same}\n  twin_b", "{prompt: the same, options: {size: 8x8}}\n  twin_b"), ("twin_a generate",), {"twin_a": "size: 4x4 -> 8x8"}, written=("images/twin_a.png",)),
    Row("change the first step", change("{mark: {mark: A}}", "{mark: {mark: C}}"), ("card step 1", "card step 2"), {"card (step 1)": "mark: A -> C", "card (step 2)": "waits for card (step 1)"}, written=("images/card.png",)),
    Row("change the second step", change("{mark: {mark: B}}", "{mark: {mark: C}}"), ("card step 2",), {"card (step 2)": "mark: B -> C"}, written=("images/card.png",)),
    Row("remove the second step", change(f", {MARK_B}", ""), written=("images/card.png",)),
    Row("add a step", change("[{mark: {mark: A}}", "[{mark: {mark: 0}}, {mark: {mark: A}}"), ("card step 1", "card step 2", "card step 3")),
    Row("add a step to a target that others take as input", change("  logo:\n", "  logo:\n    steps: [{mark: {mark: L}}]\n"), ("logo step 4",), {"logo (step 4)": "never made"}, written=("images/logo.png",)),
    Row("equal bytes from a changed prompt", changes(("prompt: a logo", "prompt: some logo")), ("logo generate",), {"logo": "prompt: 'a logo' -> 'some logo'", "logo (edit 1)": "waits for logo"}, written=()),
    Row("ask for more candidates", change("candidates: 3", "candidates: 4"), ("three generate",), {"three (candidate 4)": "never made"}, written=()),
    Row("ask for fewer candidates", change("candidates: 3", "candidates: 1"), written=()),
    Row("change a frozen target's prompt", change("prompt: ice", "prompt: fire"), written=()),
    Row("thaw a target whose prompt changed", change("{prompt: ice, frozen: true}", "{prompt: fire}"), ("ice generate",), {"ice": "prompt: 'ice' -> 'fire'"}),
    Row("thaw a target", change("{prompt: ice, frozen: true}", "{prompt: ice}"), written=()),
    Row("use another provider", change("twin_b: {prompt: the same}", "twin_b: {prompt: the same, provider: sketch}"), ("twin_b generate",), {"twin_b": "provider: recorder -> sketch"}),
    Row("a provider's author raises its version", new_provider(version="2"), tuple(call for call in EVERY_CALL if call not in ("free generate", "ice generate")), {"plain": "version: 1 -> 2"}),
    Row("a step's author raises its version", lambda world: setattr(world.step, "version", "2"), ("card step 1", "card step 2"), {"card (step 1)": "version: 1 -> 2"}),
    Row("a provider's price and concurrency change", lambda world: (setattr(world.provider, "price", 1.0), setattr(world.provider, "concurrency", 1)), written=()),
    Row("set concurrency and a budget in the spec", change("defaults:", "providers: {recorder: {concurrency: 2, images_per_minute: 6000}}\nbudget: {max_cost: 9}\ndefaults:"), written=()),
    Row("delete an output", remove("images/card.png"), written=("images/card.png",)),
    Row("touch an output", touch("images/card.png"), written=()),
    Row("edit an output by hand", write("images/card.png", b"mine"), written=()),
    Row("empty an output", write("images/card.png", b""), written=("images/card.png",)),
    Row("move targets to an included file", lambda world: world.edit("imagebuild.yaml", "  ice: {prompt: ice, frozen: true}\n", "").edit("imagebuild.yaml", "targets:\n", "include: [more.yaml]\ntargets:\n").write({"more.yaml": "version: 1\ntargets:\n  ice: {prompt: ice, frozen: true}\n"}), written=()),
    Row("touch a file that a step names", touch("refs/frame.bin"), written=()),
    Row("write the same bytes into a file that a step names", write("refs/frame.bin", b"frame"), written=()),
    Row(
        "change a file that a step names",
        write("refs/frame.bin", b"other"),
        (*BADGE, *PANELS, *SHEET),
        {"badge (step 1)": f"with: {short(b'frame')} -> {short(b'other')} (refs/frame.bin has other bytes)", "panel[size=l] (step 1)": "waits for badge (step 2)", "badge (check wide)": "waits for badge (step 2)"},
        written=("images/badge.png", "images/panel-l.png", "images/panel-s.png", "images/sheet.png"),
    ),
    Row("copy a file that a step names to another name", lambda world: world.write({"refs/copy.bin": b"frame"}).edit("imagebuild.yaml", "refs/frame.bin", "refs/copy.bin"), written=()),
    Row("name no file in a step any more", change("{join: {with: {file: refs/frame.bin}}}", "join"), (*BADGE, *PANELS, *SHEET), {"badge (step 1)": f"with: {short(b'frame')} -> (none)"}),
    Row("name a file in a step that named none", change("steps: [join]\n    checks", "steps: [{join: {with: {file: refs/frame.bin}}}]\n    checks"), ("sheet step 1", *JUDGED), {"sheet (step 1)": f"with: (none) -> {short(b'frame')}"}, written=("images/sheet.png",)),
    Row("let a step name another target", change("{target: badge}", "{target: plain}"), (*PANELS, *SHEET), {"panel[size=s] (step 1)": "(it has other bytes)"}),
    Row("change the target that a step names", change("from: refs/badge.png", "from: refs/b.png"), ("badge source", *BADGE, *PANELS, *SHEET), {"badge": f"inputs[0]: {short(png(3, 3, (7, 7, 7)))} -> {short(png(2, 2, (4, 5, 6)))} (refs/b.png has other bytes)", "panel[size=s] (step 1)": "waits for badge (step 2)"}),
    Row("rename the target that a step names", lambda world: world.spec(SPEC.replace("badge", "emblem").replace("refs/emblem.png", "refs/badge.png")), ("sheet source", "sheet step 1"), {"sheet": "inputs[1]: name=badge -> name=emblem (other labels)"}, written=("images/emblem.png",)),
    Row("touch a file that is taken in", touch("refs/extra.png"), written=()),
    Row("change a file that is taken in", write("refs/extra.png", png(6, 6)), SHEET, {"sheet": f"inputs[0]: {short(png(5, 5, (8, 8, 8)))} -> {short(png(6, 6))} (refs/extra.png has other bytes)"}, written=("images/sheet.png",)),
    Row("copy the only file that is taken in to another name", lambda world: world.write({"refs/c.png": world.read("refs/badge.png")}).edit("imagebuild.yaml", "refs/badge.png", "refs/c.png"), written=()),
    Row("copy one of several files that are taken in to another name", lambda world: world.write({"refs/c.png": world.read("refs/extra.png")}).edit("imagebuild.yaml", "refs/extra.png", "refs/c.png"), ("sheet source", "sheet step 1"), {"sheet": "inputs[0]: name=extra -> name=c (other labels)"}, written=()),
    Row("take pictures in in another order", change("[refs/extra.png, {tag: sheet}]", "[{tag: sheet}, refs/extra.png]"), SHEET, {"sheet": "inputs[0]: "}, written=("images/sheet.png",)),
    Row("take one picture more in", change("[refs/extra.png, {tag: sheet}]", "[refs/extra.png, {tag: sheet}, refs/b.png]"), SHEET, {"sheet": "inputs: 4 -> 5"}, written=("images/sheet.png",)),
    Row("give a target a tag by which it is taken in", change("  twin_a: {prompt: the same}", "  twin_a: {prompt: the same, tags: [sheet]}"), SHEET, {"sheet": "inputs: 4 -> 5"}, written=("images/sheet.png",)),
    Row("take the tag by which a target is taken in", change("    tags: [sheet]\n  sheet", "    tags: [other]\n  sheet"), SHEET, {"sheet": "inputs: 4 -> 2"}, written=("images/sheet.png",)),
    Row(
        "add a variant to a target that is taken in",
        change("{size: [s, l]}", "{size: [s, l, m]}"),
        ("panel[size=m] generate", "panel[size=m] step 1", "panel[size=m] step 2", *SHEET),
        {"panel[size=m]": "never made", "sheet": "waits for panel[size=m] (step 2)"},
        written=("images/panel-m.png", "images/sheet.png"),
    ),
    Row("rename a target that is taken in", change("  panel:\n", "  board:\n"), ("sheet source", "sheet step 1"), {"sheet": "inputs[2]: name=panel-s -> name=board-s (other labels)"}, written=("images/board-l.png", "images/board-s.png")),
    Row("name by its name what was taken in by its tag", change("{tag: sheet}]", "{target: badge}, {target: panel}]"), written=()),
    Row("edit what was taken in", change("    from: refs/badge.png\n", "    from: refs/badge.png\n    edits: [polish it]\n"), ("badge check 4", "badge edit 1", "badge step 2", "badge step 3", *PANELS, *SHEET), {"badge (edit 1)": "never made"}),
    Row("change a check's option", change("checks: [{wide: 1}, ", "checks: [{wide: 2}, "), ("sheet check 2",), {"sheet (check wide)": "width: 1 -> 2"}, written=()),
    Row("say a check's option in full", change("checks: [{wide: 1}, ", "checks: [{wide: {width: 1}}, "), written=()),
    Row("ask for another retry", change("retry: 2", "retry: 5"), written=()),
    Row("ask for no retry", change(", retry: 2", ""), written=()),
    Row("swap two checks", change("[{wide: 1}, {curious: 1, retry: 2}]", "[{curious: 1, retry: 2}, {wide: 1}]"), written=()),
    Row("remove a check", change("{wide: 1}, {curious", "{curious"), written=()),
    Row("add a check", change("{wide: 1}, {curious", "{wide: 1}, {wide: 3}, {curious"), ("sheet check 3",), {"sheet (check wide)": "width: 1 -> 3"}, written=()),
    Row("a check's author raises its version", new_plugin("wide", version="2"), ("badge check 3", "sheet check 2"), {"badge (check wide)": "version: 1 -> 2"}, written=()),
    Row("touch a file that a check names", touch("refs/b.png"), written=()),
    Row("change a file that a check names", write("refs/b.png", png(9, 9)), ("badge check 3",), {"badge (check wide)": f"like: {short(png(2, 2, (4, 5, 6)))} -> {short(png(9, 9))} (refs/b.png has other bytes)"}, written=()),
    Row("copy a file that a check names to another name", lambda world: world.write({"refs/d.png": world.read("refs/b.png")}).edit("imagebuild.yaml", "refs/b.png", "refs/d.png"), written=()),
    Row("let a check name a target", change("{file: refs/b.png}", "{target: plain}"), ("badge check 3",), {"badge (check wide)": "like: "}, written=()),
    Row("write no provenance", change("    matrix: {size: [s, l]}\n", "    matrix: {size: [s, l]}\n    provenance: none\n"), ("panel[size=l] step 2", "panel[size=s] step 2", *SHEET), {"panel[size=l] (step 2)": "source_type: trainedAlgorithmicMedia -> (none)"}, written=("images/panel-l.png", "images/panel-s.png", "images/sheet.png")),
    Row("say aloud that provenance is written", change("version: 1\n", "version: 1\nprovenance: iptc\n"), written=()),
    Row("change the request for an alt text", change("prompt: in short", "prompt: in full"), ("told describe -1",), {"told (alt text)": "prompt: 'in short' -> 'in full'"}, written=()),
    Row("write an alt text by hand", change("{generate: true, prompt: in short}", "a story"), written=()),
    Row("change the picture of an alt text", change("prompt: told\n", "prompt: retold\n"), ("told describe -1", "told generate", "told step 1"), {"told (alt text)": "waits for told"}, written=("images/told.png",)),
    Row("a describer's author raises its version", lambda world: setattr(world.provider.words, "version", "2"), ("told describe -1",), {"told (alt text)": "version: 1 -> 2"}, written=()),
    Row("change a publisher's options", change("{path: site, key: a}", "{path: site, key: b}"), written=()),
    Row("publish to another folder", change("{path: site, key: a}", "{path: public}"), written=()),
    Row("publish twice", change("publish: [", "publish: [{copies: other}, "), written=()),
    Row("publish no more", change("publish: [{copies: {path: site, key: a}}]\n", ""), written=()),
    Row("a publisher's author raises its version", new_plugin("copies", version="2"), written=()),
    Row("touch a published file", touch("site/card.png"), written=()),
    Row("delete a published file", remove("site/card.png"), written=()),
    Row("change a plugin file of the project", write("plugins/grain.py", GRAIN.replace('b"g"', 'b"h"')), ("told step 1",), {"told (step 1)": "version: source "}, written=("images/told.png",)),
    Row("touch a plugin file of the project", touch("plugins/grain.py"), written=()),
    Row("move a plugin file of the project", lambda world: world.write({"own/grain.py": GRAIN}).edit("imagebuild.yaml", "plugins/grain.py", "own/grain.py"), written=()),
]  # fmt: skip


def built(project: Callable[..., World]) -> World:
    world = project(FILES)
    world.extra = tuple(kind() for kind in (Wide, Curious, Join, Signed, Copies))
    world.provider.answer = only_blue
    world.provider.describes = True
    report = world.build()
    assert report.exit_code == 0
    assert world.started == sorted([*EVERY_CALL, *EVERYTHING_ELSE])
    world.forget()
    return world


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_change_reruns_what_depends_on_it_and_says_why(project: Callable[..., World], row: Row) -> None:
    world = built(project)
    row.change(world)
    reasons = {action.node.label: action.reasons for action in world.plan().actions if action.will_run}

    report = world.build()

    assert world.started == sorted(row.runs)
    assert report.exit_code == 0
    for label, text in row.reasons.items():
        assert any(text in str(reason) for reason in reasons[label])
    if row.written is not None:
        assert world.written == sorted(row.written)
    calls = [run for run in row.runs if run.split()[1] in ("generate", "edit", "describe")]
    assert len(world.provider.calls) + len(world.provider.words.calls) + len(world.painter.calls) == len(calls)
    world.build()
    assert world.started == []


def test_the_table_has_at_least_forty_rows_with_names_of_their_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40


def test_a_different_provider_object_of_the_same_name_and_version_changes_nothing(
    project: Callable[..., World],
) -> None:
    world = built(project)
    world.provider, world.step = RecordingProvider(answer=only_blue, describes=True), RecordingStep()
    world.build()
    assert world.started == []
