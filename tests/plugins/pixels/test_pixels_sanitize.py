from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

import pytest
from hostile_svg import SAMPLES, SVG, XLINK, within
from pixel_samples import apply, plain, png

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.step.sanitize import Sanitize
from imagebuild_pixels.svg import css
from imagebuild_pixels.svg.cleaner import clean
from imagebuild_pixels.svg.reader import MAX_BYTES, read

HARMFUL_NAMES = {
    "script",
    "foreignObject",
    "iframe",
    "object",
    "embed",
    "handler",
    "audio",
    "video",
    "base",
    "metadata",
}
PNG = base64.b64encode(png(plain(2, 2)).data).decode()


class TestSanitize(StepContract):
    def step(self) -> Step:
        return Sanitize()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"strict": True}

    def pictures(self) -> Sequence[Picture]:
        return (svg('<circle cx="5" cy="5" r="4" fill="red"/>'),)


def svg(inner: str) -> Picture:
    return Picture(within(inner), "image/svg+xml")


def sanitized(inner: str, **options: object) -> str:
    """What is left within the root element."""
    (made,) = apply(Sanitize(), options, svg(inner))
    text = made.data.decode()
    return text[text.index(">") + 1 :].removesuffix("</svg>\n") if "</svg>" in text else ""


def must_be_harmless(data: bytes) -> None:
    """By another parser than the one under test, and with rules written down apart."""
    assert b"<!" not in data
    assert b"<?" not in data
    for element in ElementTree.fromstring(data).iter():
        assert element.tag.startswith(f"{{{SVG}}}"), element.tag
        name = element.tag.partition("}")[2]
        assert name not in HARMFUL_NAMES
        if name == "style":
            must_be_harmless_style(element.text or "")
        for key, value in element.attrib.items():
            plain_key = key.replace(f"{{{XLINK}}}", "")
            assert not plain_key.lower().startswith("on"), key
            assert "{" not in plain_key or key.startswith("{http://www.w3.org/XML/1998/namespace}"), key
            assert not key.endswith("}base"), key
            if plain_key == "href":
                assert value.startswith("#") or re.match(r"data:image/(png|jpeg|webp);base64,[\w+/=]+$", value), value
            elif plain_key not in ("class", "id"):
                must_be_harmless_style(value)
            if plain_key == "attributeName":
                assert value not in ("href", "xlink:href", "style", "class", "id")
                assert not value.lower().startswith("on")


def must_be_harmless_style(text: str) -> None:
    low = text.lower()
    for word in ("expression", "behavior", "-moz-binding", "@import", "@font-face", "javascript:", "image-set", "src("):
        assert word not in low, text
    assert "\\" not in text
    assert re.findall(r"url\(\s*[\"']?([^#\"'\s])", low) == [], text


@pytest.mark.parametrize("name", SAMPLES)
def test_a_hostile_drawing_comes_out_harmless_or_is_refused(name: str) -> None:
    outcome = made_or_refused(SAMPLES[name])
    if isinstance(outcome, Picture):
        must_be_harmless(outcome.data)
    else:
        assert str(outcome).startswith("'hero' ")
        assert len(str(outcome)) < 300


def made_or_refused(data: bytes) -> Picture | StepError:
    try:
        return apply(Sanitize(), {}, Picture(data, "image/svg+xml"))[0]
    except StepError as error:
        return error


PASSED_QUIETLY = {
    "element that breaks out by its namespace",
    "attribute that breaks out by its namespace",
    "text that breaks out",
    "value that breaks out",
    "metadata with a page",
}
"""Samples with nothing to be taken out that could act: they are only to be written down well."""


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - PASSED_QUIETLY))
def test_strict_refuses_every_hostile_drawing(name: str) -> None:
    with pytest.raises(StepError):
        apply(Sanitize(), {"strict": True}, Picture(SAMPLES[name], "image/svg+xml"))


def test_strict_names_what_it_found() -> None:
    with pytest.raises(StepError) as caught:
        sanitized('<rect onclick="x()"/><script/><a href="https://a.example/"/><iframe/>', strict=True)
    assert str(caught.value) == (
        "'hero' is an svg with what may not be in it: attribute 'onclick', element 'script', "
        "link 'https://a.example/' and 1 more"
    )
    assert "strict" in str(caught.value.hint)


DRAWINGS = {
    "shapes": '<path d="M0 0C1 2,3 4,5 6z" fill="#f00" stroke-width=".5"/><rect x="1" rx="2" width="9" height="9"/>',
    "gradient": '<defs><linearGradient id="g" gradientUnits="userSpaceOnUse"><stop offset="0" stop-color="red"/>'
    '</linearGradient></defs><circle r="4" fill="url(#g)"/>',
    "gradient of a gradient": '<linearGradient id="a"><stop offset="0"/></linearGradient>'
    '<linearGradient id="b" xlink:href="#a"/>',
    "symbol": '<symbol id="s" viewBox="0 0 1 1"><path d="M0 0h1"/></symbol><use href="#s" x="3"/>',
    "clip and mask": '<clipPath id="c"><rect width="1" height="1"/></clipPath><g clip-path="url(#c)" mask="none"/>',
    "filter": '<filter id="f" x="-10%"><feGaussianBlur in="SourceAlpha" stdDeviation="2" result="b"/><feMerge>'
    '<feMergeNode in="b"/></feMerge></filter><g filter="url(#f)"/>',
    "text": '<text x="1" font-family="Arial, sans-serif" text-anchor="middle">a &lt;b&gt; &amp; <tspan dy="1">c</tspan>'
    "</text>",
    "style": "<style>.a{fill:red;stroke:url(#g)}@media (prefers-color-scheme: dark){.a{fill:#fff}}"
    "@keyframes k{from{opacity:0}to{opacity:1}}</style>",
    "inline style": '<rect style="fill:rgb(1,2,3);transform:rotate(3deg) scale(2)"/>',
    "picture": f'<image width="2" height="2" href="data:image/png;base64,{PNG}"/>',
    "animation": '<circle r="1"><animate attributeName="r" values="1;2;1" dur="1s" repeatCount="indefinite"/></circle>',
    "words for readers": '<title>A fox</title><desc>Red</desc><g role="img" aria-label="fox"/>',
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_only_draws_stays_as_it_is(name: str) -> None:
    assert sanitized(DRAWINGS[name], strict=True) == DRAWINGS[name]


def test_the_result_is_made_safe_again_without_a_change() -> None:
    everything = svg("".join(DRAWINGS.values()).replace('id="g"', 'id="g2"', 1))
    (once,) = apply(Sanitize(), {}, everything)
    (twice,) = apply(Sanitize(), {}, once)
    assert once.data == twice.data


def test_what_programs_leave_behind_goes_without_a_word() -> None:
    left = (
        "<!-- made with --><metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>"
        "<i:view xmlns:i='http://www.inkscape.org/namespaces/inkscape' i:label='x'/>"
        "<g xmlns:i='http://www.inkscape.org/namespaces/inkscape' i:groupmode='layer' data-name='a'>\n  <rect/>\n</g>"
    )
    assert sanitized(left, strict=True) == "<g><rect/></g>"


def test_the_document_type_of_svg_is_passed_over() -> None:
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n'
    (made,) = apply(Sanitize(), {"strict": True}, Picture(head + within("<rect/>"), "image/svg+xml"))
    assert made.data.endswith(b"<rect/></svg>\n")
    assert b"DOCTYPE" not in made.data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_file_in_another_encoding_comes_out_in_utf_8(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + within("<title>Füchse</title>").decode()
    (made,) = apply(Sanitize(), {}, Picture(text.encode(encoding), "image/svg+xml"))
    assert "<title>Füchse</title>".encode() in made.data


def test_a_shape_with_a_bad_paint_keeps_its_shape() -> None:
    assert (
        sanitized('<rect width="3" fill="url(https://a.example/)" stroke="red"/>') == '<rect width="3" stroke="red"/>'
    )
    assert sanitized('<a href="https://a.example/"><rect/></a>') == "<a><rect/></a>"


def test_a_fallback_of_a_foreign_object_is_shown() -> None:
    switch = '<switch><foreignObject requiredExtensions="x"/><text>plain</text></switch>'
    assert sanitized(switch) == "<switch><text>plain</text></switch>"


def test_an_embedded_picture_is_written_anew() -> None:
    spaced = PNG[:20] + "\n " + PNG[20:]
    assert sanitized(f'<image href="data:IMAGE/PNG;base64,{spaced}"/>') == (
        f'<image href="data:image/png;base64,{PNG}"/>'
    )


def test_a_file_that_is_no_svg_passes_unchanged() -> None:
    pictures = [png(plain(3, 3)), Picture(b"a{}", "text/css"), Picture(b"not a picture", "image/png")]
    for kept, picture in zip(apply(Sanitize(), {}, *pictures), pictures, strict=True):
        assert kept is picture


def test_an_svg_is_known_by_its_bytes_whatever_it_says_to_be() -> None:
    (made,) = apply(Sanitize(), {}, Picture(within("<script/>"), "image/png"))
    assert made.media_type == "image/svg+xml"
    assert b"script" not in made.data


def test_labels_stay_and_the_mark_is_written() -> None:
    labelled = Picture(within("<rect/>"), "image/svg+xml", {"name": "icon"})
    (made,) = apply(Sanitize(), {}, labelled, source_type="trainedAlgorithmicMedia")
    assert made.labels == {"name": "icon"}
    assert b"<metadata><x:xmpmeta" in made.data
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in made.data
    assert ElementTree.fromstring(made.data) is not None
    (again,) = apply(Sanitize(), {"strict": True}, made, source_type="trainedAlgorithmicMedia")
    assert again.data == made.data


def test_a_large_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(StepError, match=r"svg of 16\.0 MB, expected at most 16 MB"):
        read(b" " * (MAX_BYTES + 1), "hero")


def test_cleaning_leaves_what_it_was_given_alone() -> None:
    root, _ = read(within("<g><script/><rect onclick='x'/></g>"), "hero")
    clean(root)
    assert [element.name for element in root.all()] == ["svg", "g", "script", "rect"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("url(#a) red", "url(#a) red"),
        ("url( '#a' )", "url( '#a' )"),
        ("calc((1px + 2px) * 3)", "calc((1px + 2px) * 3)"),
        ("red /* or */ ", "red"),
        ("'a;b', \"c\"", "'a;b', \"c\""),
        ("url(#a", None),
        ("rgb(1,2,3", None),
        ("rgb(1,2,3))", None),
        ("'open", None),
        ("a\\62", None),
        ("url(#a)url(b)", None),
        ("element(#a)", None),
        ("red;", None),
        ("}", None),
        ("é", "é"),
    ],
)
def test_a_value_of_css_stays_only_where_it_reads_one_way(value: str, wanted: str | None) -> None:
    assert css.clean_value(value) == wanted


@pytest.mark.parametrize(
    ("sheet", "wanted"),
    [
        ("a{fill:red;;} b , c{ x:1 }", "a{fill:red}b , c{x:1}"),
        ("a{fill:red", "a{fill:red}"),
        ("/* { */a{fill:red/*;*/}", "a{fill:red}"),
        ('@charset "utf-8";a{x:1}', "a{x:1}"),
        ("a{fill:red}}b{x:1}", "a{fill:red}"),
        ("a{b{x:1}}", ""),
        ("a{unknown:1;FILL:Red}", "a{fill:Red}"),
        ("@media print{}", ""),
        ("/* open", ""),
    ],
)
def test_a_sheet_keeps_the_rules_that_read_one_way(sheet: str, wanted: str) -> None:
    assert css.clean_sheet(sheet).text == wanted
