from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pixel_samples import apply, at, gradient, near, pixels, plain, png, problems, same, size, spot, with_pillow

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels import xmp
from imagebuild_pixels.network import AS_OF, NETWORKS
from imagebuild_pixels.step.social import Social


class TestSocial(StepContract):
    def step(self) -> Step:
        return Social()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"networks": ["open-graph", "x"], "quality": 70}

    def pictures(self) -> Sequence[Picture]:
        return (png(gradient(1300, 700)),)


def by_name(pictures: Sequence[Picture]) -> dict[str, Picture]:
    return {str(picture.labels["name"]): picture for picture in pictures}


def test_by_itself_it_makes_the_card_that_most_networks_read() -> None:
    (card,) = apply(Social(), {}, png(gradient(1536, 1024)))
    assert card.labels == {"name": "open-graph"}
    assert card.media_type == "image/jpeg"
    assert size(card) == (1200, 630)


def test_all_makes_every_card_in_its_size() -> None:
    cards = by_name(apply(Social(), {"": "all"}, png(gradient(2000, 2000))))
    assert list(cards) == list(NETWORKS)
    assert {name: size(card) for name, card in cards.items()} == {
        name: (card.width, card.height) for name, card in NETWORKS.items()
    }


def test_the_table_says_when_and_where_each_size_was_found() -> None:
    assert len(AS_OF.split("-")) == 2
    for name, card in NETWORKS.items():
        assert len(card.source) > 10, name
        assert 0 < card.least <= card.width, name


def test_cards_come_in_the_order_of_the_option_and_each_once() -> None:
    cards = apply(Social(), {"": ["pinterest", "x", "pinterest"]}, png(plain(1500, 1500)))
    assert [card.labels["name"] for card in cards] == ["pinterest", "x"]


def test_a_small_picture_gives_the_largest_card_of_the_same_shape() -> None:
    (card,) = apply(Social(), {}, png(gradient(1024, 1024)))
    assert size(card) == (1024, 538)
    (card,) = apply(Social(), {"": "instagram-story"}, png(gradient(1536, 1024)))
    assert size(card) == (576, 1024)


def test_a_picture_too_small_to_be_shown_large_is_refused_with_a_way_out() -> None:
    with pytest.raises(StepError) as caught:
        apply(Social(), {}, png(gradient(500, 500)))
    assert str(caught.value) == (
        "'hero' is 500x500, too small for 'open-graph': a card of 1200x630 must be at least 600 wide"
    )
    assert caught.value.hint == "use a larger picture, or 'enlarge: true'"


def test_enlarging_is_done_when_it_is_asked_for() -> None:
    (card,) = apply(Social(), {"enlarge": True}, png(gradient(500, 500)))
    assert size(card) == (1200, 630)


def test_gravity_says_what_stays() -> None:
    tall = png(spot(1200, 1200, (0, 0, 1200, 200)))
    (card,) = apply(Social(), {"gravity": "north", "format": "png"}, tall)
    assert at(card, 600, 100) == (200, 0, 0)
    (card,) = apply(Social(), {"gravity": "south", "format": "png"}, tall)
    assert at(card, 600, 100) == (255, 255, 255)


def test_attention_finds_the_subject_by_itself() -> None:
    picture = spot(1200, 1800, (500, 1500, 200, 200))
    (card,) = apply(Social(), {"format": "png"}, png(picture))
    middle = pixels(card).crop(480, 0, 240, 630)
    assert middle.extract_band(1).min() == 0


def test_what_is_transparent_shows_the_background_in_a_jpeg_and_stays_in_a_png() -> None:
    clear = png(spot(1300, 700, (600, 300, 100, 100), alpha=True))
    (card,) = apply(Social(), {"background": "#0b7285"}, clear)
    assert near(at(card, 5, 5), (11, 114, 133))
    (card,) = apply(Social(), {"format": "png"}, clear)
    assert at(card, 5, 5)[3] == 0


def test_labels_that_were_there_stay() -> None:
    picture = png(gradient(1300, 700))
    (card,) = apply(Social(), {}, Picture(picture.data, picture.media_type, {"index": 2}))
    assert card.labels == {"index": 2, "name": "open-graph"}


def test_a_card_carries_the_mark() -> None:
    (card,) = apply(Social(), {}, png(gradient(1300, 700)), source_type="trainedAlgorithmicMedia")
    assert xmp.parse(with_pillow(card).info["xmp"])[1] == "trainedAlgorithmicMedia"


def test_a_card_of_the_pictures_own_size_keeps_its_pixels() -> None:
    image = gradient(1200, 630)
    (card,) = apply(Social(), {"format": "png"}, png(image))
    assert same(pixels(card), image)


def test_what_is_no_picture_of_pixels_passes() -> None:
    style = Picture(b"a{}", "text/css")
    assert apply(Social(), {}, style) == [style]


def test_unknown_networks_and_senseless_options_are_named() -> None:
    assert (
        "did you mean 'x'" in problems(Social(), {"": "xx"})[0]
        or "expected one of" in problems(Social(), {"": "xx"})[0]
    )
    assert problems(Social(), {"format": "png", "quality": 80}) == ["'quality' means nothing for png"]
    assert problems(Social(), {"networks": []}) != []
