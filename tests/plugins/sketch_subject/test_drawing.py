import re
from xml.etree import ElementTree

import pytest
import pyvips
from msgspec.structs import replace

from imagebuild_sketch.subject import SUBJECTS, Ink

MARGIN, SCALE = 20, 0.5  # units around the box, pixels a unit
PLAIN = Ink(body="#2f7fb8", accent="#f2a541", dark="#22283a", light="#fbf6ec", glow="#ffd36b", id_prefix="plain")
INKS = {
    "day": PLAIN,
    "night": replace(PLAIN, night=True, id_prefix="n1"),
    "flat": replace(PLAIN, flat=True, id_prefix="icon"),
}
ALLOWED = {"g", "path", "defs", "clipPath", "linearGradient", "radialGradient", "stop"}

every_subject = pytest.mark.parametrize("name", SUBJECTS)
every_ink = pytest.mark.parametrize("manner", INKS)


def parsed(name: str, ink: Ink) -> ElementTree.Element:
    return ElementTree.fromstring(f"<svg>{SUBJECTS[name].draw(ink)}</svg>")


def rendered(name: str, ink: Ink) -> pyvips.Image:
    side = 100 + 2 * MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-MARGIN} {side} {side}"'
    svg = f'{head} width="{side * SCALE}" height="{side * SCALE}">{SUBJECTS[name].draw(ink)}</svg>'
    pyvips.operation_block_set("VipsForeignLoadSvg", False)  # other tests of this process may have blocked it
    return pyvips.Image.svgload_buffer(svg.encode())


def test_there_are_at_least_forty_subjects():
    assert len(SUBJECTS) >= 40


@every_ink
@every_subject
def test_markup_is_made_of_shapes_and_paints_only(name, manner):
    tags = {element.tag for element in parsed(name, INKS[manner]).iter()} - {"svg"}
    assert tags <= ALLOWED


@every_subject
def test_flat_ink_leaves_out_gradients(name):
    assert "Gradient" not in SUBJECTS[name].draw(INKS["flat"])


@every_ink
@every_subject
def test_ids_carry_the_prefix_and_references_lead_to_them(name, manner):
    ink = INKS[manner]
    markup = SUBJECTS[name].draw(ink)
    ids = re.findall(r'id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"{ink.id_prefix}-") for one in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", markup)) == set(ids)


@every_ink
@every_subject
def test_numbers_have_two_decimals_at_most_and_text_is_ascii(name, manner):
    markup = SUBJECTS[name].draw(INKS[manner])
    assert markup.isascii()
    assert not re.search(r"\.\d{3}|\d[eE][-+]?\d", re.sub(r"#[0-9a-f]{6}", "", markup))


@every_ink
@every_subject
def test_picture_fills_its_box_and_stays_in_it(name, manner):
    left, top, width, height = rendered(name, INKS[manner])[3].find_trim(threshold=128, background=[0])
    left, top, width, height = left / SCALE - MARGIN, top / SCALE - MARGIN, width / SCALE, height / SCALE
    assert max(width, height) >= 40
    assert left >= -3
    assert top >= -3
    assert left + width <= 103
    assert top + height <= 103


@every_subject
def test_body_colour_shows(name):
    one, other = (rendered(name, replace(PLAIN, body=colour)) for colour in ("#2f7fb8", "#d8463c"))
    assert (one - other).abs().max() > 40


@every_subject
def test_the_same_ink_gives_the_same_markup(name):
    assert SUBJECTS[name].draw(PLAIN) == SUBJECTS[name].draw(replace(PLAIN))


@pytest.mark.parametrize("name", ["house", "lighthouse", "lamp", "robot", "skyscraper"])
def test_night_lights_the_lamps(name):
    assert PLAIN.glow in SUBJECTS[name].draw(INKS["night"])
    assert rendered(name, INKS["night"]).write_to_memory() != rendered(name, PLAIN).write_to_memory()
