from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild_pixels.xmp import FIELDS, LONGEST, build, parse

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def test_nothing_to_say_is_no_packet() -> None:
    assert build({}, None) == b""
    assert build({"title": ""}, None) == b""


def test_a_packet_is_well_formed_and_names_the_source_type_by_its_url() -> None:
    packet = build({"title": "A & B"}, "compositeWithTrainedAlgorithmicMedia")
    root = ET.fromstring(packet.decode().lstrip("\ufeff"))
    (term,) = root.iter("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert term.text == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    (title,) = root.iter("{http://purl.org/dc/elements/1.1/}title")
    (text,) = title.iter(f"{RDF}li")
    assert (text.text, text.attrib) == ("A & B", {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"})


def test_every_field_comes_back() -> None:
    fields = {name: f"<{name}> & 'more' \"text\" ü" for name in FIELDS}
    packet = build(fields, "algorithmicMedia")
    ET.fromstring(packet.decode())
    assert parse(packet) == (fields, "algorithmicMedia")


def test_a_packet_without_a_source_type_has_none() -> None:
    assert parse(build({"alt": "x"}, None)) == ({"alt": "x"}, None)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xff\xfe\x00",
        b"<x:xmpmeta><dc:title>prompt</dc:title></x:xmpmeta>",
        b"<xmp:CreatorTool>Other tool</xmp:CreatorTool><dc:title>prompt</dc:title>",
    ],
)
def test_a_strangers_packet_says_nothing(packet: bytes) -> None:
    assert parse(packet) == ({}, None)


def test_a_field_longer_than_any_we_write_is_not_ours() -> None:
    assert parse(build({"title": "x" * (LONGEST + 1), "alt": "y"}, None)) == ({"alt": "y"}, None)


def test_the_longest_fields_fit_into_one_segment_of_a_jpeg() -> None:
    assert len(build(dict.fromkeys(FIELDS, "&" * LONGEST), "algorithmicMedia")) < 65_000


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(min_size=1, max_size=50)))
def test_any_text_is_written_as_well_formed_xml(fields: dict[str, str]) -> None:
    packet = build(fields, "algorithmicMedia")
    ET.fromstring(packet.decode("utf-8"))
    assert build(fields, "algorithmicMedia") == packet
