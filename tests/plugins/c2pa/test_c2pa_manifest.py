"""What stands in a signed picture, read back with the library's own reader."""

from __future__ import annotations

import base64

import pytest
import pyvips
from certifying import IPTC, Papers, damaged, forged, picture, read, sign

from imagebuild import Picture
from imagebuild.media import probe
from imagebuild.testing import png

TRAINED = f"{IPTC}trainedAlgorithmicMedia"
TYPES = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "image/svg+xml")
SECRET = "a-prompt-that-nobody-may-read"


@pytest.mark.parametrize("media_type", TYPES)
def test_every_type_is_signed_and_still_a_picture(valid: Papers, media_type: str) -> None:
    made = picture(media_type)
    signed = sign(valid, made, picture(width=100))
    report = read(signed)
    assert (report.state, report.failures) == ("Valid", ("signingCredential.untrusted",))
    assert (found := probe(signed.data)) is not None
    assert found.media_type == media_type
    assert len(signed.data) - len(made.data) < 20_000
    if media_type != "image/svg+xml":
        image = pyvips.Image.new_from_buffer(signed.data, "")
        assert (image.width, image.height) == (64, 48)


def test_labels_and_facts_stay(valid: Papers) -> None:
    made = Picture(png(8, 8), "image/png", {"width": 8}, {"color": "#c85028"})
    signed = sign(valid, made, picture())
    assert (signed.labels, signed.facts) == (made.labels, made.facts)


def test_the_original_is_the_parent_and_was_opened_and_edited(valid: Papers) -> None:
    report = read(sign(valid, picture(), picture(width=100)))
    (parent,) = report.ingredients
    assert (parent["relationship"], parent["format"]) == ("parentOf", "image/png")
    assert parent["digital_source_type"] == TRAINED
    assert [action["action"] for action in report.actions] == ["c2pa.opened", "c2pa.edited"]
    assert report.actions[0]["digitalSourceType"] == TRAINED
    (opened,) = report.actions[0]["parameters"]["ingredients"]
    assert opened["url"].endswith(parent["label"])
    assert report.data["allActionsIncluded"] is False


def test_the_generator_is_imagebuild(valid: Papers) -> None:
    (generator,) = read(sign(valid, picture(), picture())).active["claim_generator_info"]
    assert generator["name"] == "imagebuild"


def test_an_original_that_nothing_changed_was_opened_only(valid: Papers) -> None:
    report = read(sign(valid, picture(), picture()))
    assert [action["action"] for action in report.actions] == ["c2pa.opened"]
    assert report.data["allActionsIncluded"] is True


@pytest.mark.parametrize("source_type", ["algorithmicMedia", "compositeWithTrainedAlgorithmicMedia"])
def test_the_source_type_is_that_of_the_target(valid: Papers, source_type: str) -> None:
    report = read(sign(valid, picture(), picture(width=100), source_type=source_type))
    assert report.actions[0]["digitalSourceType"] == IPTC + source_type
    assert report.ingredients[0]["digital_source_type"] == IPTC + source_type


def test_no_source_type_is_stated_where_none_is_wanted(valid: Papers) -> None:
    report = read(sign(valid, picture(), picture(width=100), source_type=None))
    assert report.state == "Valid"
    assert "digitalSourceType" not in report.actions[0]
    assert "digital_source_type" not in report.ingredients[0]


def test_the_credentials_of_the_original_stay_inside(valid: Papers) -> None:
    original = sign(valid, picture(width=100), picture(width=100), source_type="digitalCapture")
    before = read(original)
    report = read(sign(valid, picture(), original))
    (parent,) = report.ingredients
    assert report.state == "Valid"
    assert parent["active_manifest"] == before.active["label"]
    assert report.manifests[before.active["label"]]["assertions"] == before.active["assertions"]
    assert "digital_source_type" not in parent, "it has its own, and both are against the rules"


def test_a_signed_original_that_nothing_changed_keeps_its_credentials_too(valid: Papers) -> None:
    original = sign(valid, picture(), picture())
    report = read(sign(valid, original, original))
    assert (report.state, len(report.manifests)) == ("Valid", 2)


def test_the_chain_goes_back_over_several_signatures(valid: Papers) -> None:
    first = sign(valid, picture(), picture(width=100))
    second = sign(valid, picture(width=50), first)
    third = read(sign(valid, picture(width=25), second))
    assert (third.state, len(third.manifests)) == ("Valid", 3)


def test_an_original_with_a_manifest_that_cannot_be_read_is_a_parent_with_that_fault(valid: Papers) -> None:
    report = read(sign(valid, picture(), damaged(sign(valid, picture(width=100), picture(width=100)))))
    (parent,) = report.ingredients
    assert report.state == "Valid"
    assert parent["validation_results"]["activeManifest"]["failure"][0]["code"] == "general.error"
    assert parent["digital_source_type"] == TRAINED


def test_an_original_whose_manifest_was_forged_is_a_parent_with_that_fault(valid: Papers) -> None:
    original = forged(sign(valid, picture(width=100), picture(width=90)))
    report = read(sign(valid, picture(), original))
    (parent,) = report.ingredients
    codes = {failure["code"] for failure in parent["validation_results"]["activeManifest"]["failure"]}
    assert report.state == "Valid"
    assert "assertion.hashedURI.mismatch" in codes


def test_several_originals_are_placed_in_a_picture_that_was_created(valid: Papers) -> None:
    report = read(sign(valid, picture(), picture(width=100), picture(width=90), source_type="compositeSynthetic"))
    assert report.state == "Valid"
    assert [action["action"] for action in report.actions] == ["c2pa.created", "c2pa.placed", "c2pa.edited"]
    assert report.actions[0]["digitalSourceType"] == f"{IPTC}compositeSynthetic"
    assert len(report.actions[1]["parameters"]["ingredients"]) == 2
    assert {each["relationship"] for each in report.ingredients} == {"componentOf"}
    assert len({each["instance_id"] for each in report.ingredients}) == 2


def test_several_originals_without_a_source_type_are_a_composite(valid: Papers) -> None:
    report = read(sign(valid, picture(), picture(width=100), picture(width=90), source_type=None))
    assert (report.state, report.actions[0]["digitalSourceType"]) == ("Valid", f"{IPTC}composite")


def test_there_are_no_thumbnails(valid: Papers) -> None:
    signed = sign(valid, picture("image/jpeg"), picture("image/jpeg", width=100))
    assert "thumbnail" not in read(signed).active
    assert b"c2pa.thumbnail" not in signed.data


def test_the_prompt_of_an_original_stays_at_home(valid: Papers) -> None:
    original = telling_picture()
    assert original.data.count(SECRET.encode()) >= 3
    signed = sign(valid, picture("image/jpeg"), original)
    assert SECRET.encode() not in signed.data
    assert base64.b64encode(SECRET.encode())[:16] not in signed.data


def telling_picture() -> Picture:
    """A picture whose metadata hold the prompt, as those of some generators do."""
    image = pyvips.Image.new_from_buffer(png(64, 48), "").copy()
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmpMM:InstanceID="{SECRET}" xmpMM:DocumentID="{SECRET}">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{SECRET}</rdf:li></rdf:Alt></dc:title>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp.encode())
    return Picture(image.jpegsave_buffer(), "image/jpeg")
