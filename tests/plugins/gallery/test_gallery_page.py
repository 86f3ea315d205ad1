"""What the page says of each picture."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from parsed import Parsed, page_of
from showcase import Showcase, one, publish, published, stored

from imagebuild import Manifest, Stage
from imagebuild.errors import PublishError


def shown(root: Path, show: Showcase, **options: Any) -> Parsed:
    published(root, show, options)
    return Parsed(page_of(root))


def alone(root: Path, show: Showcase, name: str, options: dict[str, Any] | None = None, **changes: Any) -> Parsed:
    """The page of one target, changed."""
    publish(stored(root, show.pictures)[0], one(show.images[name], **changes), options)
    return Parsed(page_of(root))


def test_every_target_is_there_once_in_the_order_of_ids(tmp_path: Path, show: Showcase) -> None:
    page = shown(tmp_path, show)
    ids = [data for path, data in page.texts if path.endswith("h2/a/bdi")]
    assert ids == sorted(show.images)
    places = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(places) == len(set(places))
    links = {attributes["href"][1:] for attributes in page.having("a") if attributes["href"].startswith("#")}
    assert links <= set(places)


def test_the_same_manifest_gives_the_same_page_in_whatever_order(tmp_path: Path, show: Showcase) -> None:
    first, _ = published(tmp_path / "first", show)
    desk, _ = stored(tmp_path / "second", show.pictures)
    publish(desk, Manifest("harbour", dict(reversed(list(show.manifest.images.items())))))
    assert desk.files() == first.files()


def test_each_file_is_linked_beside_the_page(tmp_path: Path, show: Showcase) -> None:
    page = shown(tmp_path, show)
    linked = {attributes["href"] for attributes in page.having("a") if attributes["href"].startswith("pictures/")}
    names = {variant.path for image in show.images.values() for variant in image.variants}
    assert all((tmp_path / "public/gallery" / link).is_file() for link in linked)
    assert len(linked) == len(names) - 1
    assert all(name in page.text for name in names)


def test_no_link_leads_to_an_svg(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "spot")
    assert [attributes["src"].endswith(".svg") for attributes in page.having("img")] == [True, True]
    assert [attributes["href"] for attributes in page.having("a") if "svg" in attributes["href"]] == []
    assert "<svg" not in page_of(tmp_path)
    assert "images/spot.svg as pictures/spot." in page.text


def test_responsive_files_stand_in_picture_by_format_and_width(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "hero[season=autumn]", {"originals": False})
    sources = page.having("source")
    assert [source["type"] for source in sources] == ["image/avif", "image/webp"]
    assert [re.findall(r" (\d+)w", source["srcset"]) for source in sources] == [["80", "160", "240"]] * 2
    image = page.having("img")[0]
    assert re.fullmatch(r"pictures/hero-autumn-240\.[0-9a-f]{8}\.jpg", image["src"])
    assert (image["width"], image["height"], image["loading"]) == ("240", "160", "lazy")
    assert image["sizes"].startswith("auto,")


def test_a_cutting_for_another_use_is_no_size_of_the_picture(tmp_path: Path, show: Showcase) -> None:
    square = show.images["car-icon"].variants[0]
    banner = replace(show.images["car"].variants[0], width=4800, height=3200, labels={"name": "banner"})
    variants = (*show.images["fox"].variants, square, banner)
    page = alone(tmp_path, show, "fox", {"originals": False}, variants=variants)
    shown = " ".join(value for _, attributes in page.tags for name, value in attributes.items() if "src" in name)
    assert "fox-240" in shown
    assert "touch-icon" not in shown
    assert "banner" not in shown
    assert "name touch-icon" in page.text


def test_a_picture_is_foretold_by_its_colour_and_placeholder(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "hero[season=autumn]")
    facts = show.images["hero[season=autumn]"].facts
    assert f"--c:{facts['color']};--l:url({facts['lqip']})" in page.style


@pytest.mark.parametrize("name", ["logo", "spot"])
def test_what_may_be_transparent_has_nothing_behind_it(name: str, tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, name, facts=show.images["fox"].facts)
    assert "--c:" not in page.style
    assert "--l:" not in page.style


@pytest.mark.parametrize("alt", [None, "", "A fox"])
def test_alt_texts_are_those_of_the_target_and_missing_ones_are_marked(
    alt: str | None, tmp_path: Path, show: Showcase
) -> None:
    page = alone(tmp_path, show, "fox", alt=alt)
    expected = {None: "fox, without alt text", "": "", "A fox": "A fox"}[alt]
    assert page.having("img")[0]["alt"] == expected
    marks = {None: "No alt text", "": "Decorative empty alt text on purpose", "A fox": "Alt A fox"}
    assert {text for text in marks.values() if text in page.text} >= {marks[alt]}
    links = {attributes["href"] for attributes in page.having("a")}
    assert ("#alt-missing" in links, "#alt-decorative" in links) == (alt is None, alt == "")


def test_prompts_are_shown_as_written_and_as_revised(tmp_path: Path, show: Showcase) -> None:
    stages = (replace(show.images["fox"].stages[0], prompt="One\n  two", revised_prompt="Two foxes"),)
    page = alone(tmp_path, show, "fox", stages=stages)
    assert [data for path, data in page.texts if path.endswith("blockquote")] == ["One\n  two", "Two foxes"]
    assert "As the service revised it" in page.text


def test_a_very_long_prompt_is_cut_and_says_so(tmp_path: Path, show: Showcase) -> None:
    stages = (replace(show.images["fox"].stages[0], prompt="x" * 30_000),)
    page = alone(tmp_path, show, "fox", stages=stages)
    assert "26000 more characters" in page.text
    assert len(page_of(tmp_path)) < 40_000


def test_provider_model_and_options_are_named(tmp_path: Path, show: Showcase) -> None:
    text = alone(tmp_path, show, "car-winter").text
    assert "openai · gpt-image-2 · $0.041" in text
    assert "output_format png" in text
    assert "size 1536x1024" in text
    assert [title for title in ("Generated", "Edit 1", "Edit 2") if title in text] == ["Generated", "Edit 1", "Edit 2"]


def test_steps_are_shown_with_what_they_were_told(tmp_path: Path, show: Showcase) -> None:
    text = alone(tmp_path, show, "car-icon").text
    assert "Step crop" in text
    assert 'aspect 1:1 focus {"x": 0.5, "y": 0.5}' in text


def test_all_candidates_are_shown_and_one_is_marked(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "fox")
    drawn = [image for image in page.having("img") if "candidate" in image["alt"]]
    assert [image["alt"] for image in drawn] == [f"fox, candidate {number}" for number in (1, 2, 3)]
    assert len({image["src"] for image in drawn}) == 3
    assert [attributes for attributes in page.having("li") if attributes.get("class") == "chosen"] == [
        {"class": "chosen"}
    ]
    assert "2 chosen" in page.text


def test_one_candidate_is_the_chosen_one_even_where_two_are_alike(tmp_path: Path, show: Showcase) -> None:
    stage = show.images["fox"].stages[0]
    alike = replace(stage, candidates=(stage.candidates[0], stage.sha256, stage.sha256))
    page = alone(tmp_path, show, "fox", stages=(alike,))
    assert page.text.count("chosen") == 1
    assert "2 chosen" in page.text


def test_each_edit_can_be_compared_with_what_it_changed(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "car-winter")
    titles = [data for path, data in page.texts if path.endswith("h3/bdi")]
    assert titles == ["Edit 1, before and after", "Edit 2, before and after", "From first to finished"]
    assert len(page.having("fieldset")) == 3
    names = [attributes["name"] for attributes in page.having("input")]
    assert (len(names), len(set(names))) == (33, 3)


def test_pictures_of_other_proportions_stand_side_by_side(tmp_path: Path, show: Showcase) -> None:
    image = show.images["car-icon"]
    page = alone(tmp_path, show, "car-icon", stages=(image.stages[0], image.stages[-1]))
    assert page.having("fieldset") == []
    assert [attributes.get("class") for attributes in page.having("div")].count("apart") == 1


def test_costs_are_added_and_what_is_unknown_is_said(tmp_path: Path, show: Showcase) -> None:
    text = shown(tmp_path, show).text
    # nine pictures, two edits and three candidates in one call; what the cars share counts once
    assert "Cost $0.596 and 1 call of unknown cost" in text
    assert "cost unknown" in text


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (0.0, "free"),
        (0.00001, "under $0.0001"),
        (0.00567, "$0.0057"),
        (0.1, "$0.10"),
        (0.123, "$0.123"),
        (12.345, "$12.35"),
        (None, "cost unknown"),
    ],
)
def test_costs_are_neither_rounded_away_nor_made_up(
    cost: float | None, said: str, tmp_path: Path, show: Showcase
) -> None:
    stages = (replace(show.images["fox"].stages[0], cost_usd=cost),)
    assert f"kB · {said} " in alone(tmp_path, show, "fox", stages=stages).text


def test_a_call_that_targets_share_is_counted_once(tmp_path: Path, show: Showcase) -> None:
    images = {name: show.images[name] for name in ("car", "car-winter", "car-icon")}
    publish(stored(tmp_path, show.pictures)[0], Manifest("harbour", images))
    assert "Cost $0.145" in Parsed(page_of(tmp_path)).text


def test_costs_can_be_left_out(tmp_path: Path, show: Showcase) -> None:
    text = shown(tmp_path, show, costs=False).text
    assert "$" not in text
    assert "ost" not in re.sub(r"most|almost", "", text)


def test_originals_can_be_left_out(tmp_path: Path, show: Showcase) -> None:
    page = shown(tmp_path, show, originals=False)
    digests = {variant.sha256[:8] for image in show.images.values() for variant in image.variants}
    files = {path.name.split(".")[1] for path in (tmp_path / "public/gallery/pictures").iterdir()}
    assert files == digests
    assert page.having("fieldset") == []
    assert "Make the car blue" in page.text
    assert "chosen" not in page.text


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"targets": ["fox"]}, ["fox"]),
        ({"targets": "hero"}, ["hero[season=autumn]", "hero[season=spring]", "hero[season=winter]"]),
        ({"targets": ["hero[season=s*]", "car*"]}, ["car", "car-icon", "car-winter", "hero[season=spring]"]),
        ({"tags": ["shop", "brand"]}, ["car", "car-icon", "logo"]),
        ({"targets": ["car*"], "tags": ["icon"]}, ["car-icon"]),
    ],
)
def test_targets_and_tags_choose(options: dict[str, Any], ids: list[str], tmp_path: Path, show: Showcase) -> None:
    page = shown(tmp_path, show, **options)
    assert [data for path, data in page.texts if path.endswith("h2/a/bdi")] == ids


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"targets": ["foxx"]}, "no picture is named 'foxx'", "did you mean 'fox'?"),
        ({"tags": ["blgo"]}, "no picture has the tag 'blgo'", "did you mean 'blog'?"),
        ({"tags": ["zzz"]}, "no picture has the tag 'zzz'", "tags: animals"),
    ],
)
def test_a_choice_of_nothing_is_an_error(
    options: dict[str, Any], message: str, hint: str, tmp_path: Path, show: Showcase
) -> None:
    with pytest.raises(PublishError, match=message) as caught:
        published(tmp_path, show, options)
    assert (caught.value.hint or "").startswith(hint)
    assert list(tmp_path.iterdir()) == []


def test_the_title_is_the_projects_unless_given(tmp_path: Path, show: Showcase) -> None:
    assert "Pictures of harbour" in shown(tmp_path / "a", show).text
    assert "Our pictures" in shown(tmp_path / "b", show, title="Our pictures").text


def test_a_project_without_pictures_has_a_page_that_says_so(tmp_path: Path) -> None:
    publish(stored(tmp_path, {})[0], Manifest("harbour"))
    assert "There are no pictures yet." in page_of(tmp_path)


def test_a_target_without_a_picture_that_browsers_show_is_there(tmp_path: Path, show: Showcase) -> None:
    image = show.images["car-icon"]
    page = alone(tmp_path, show, "car-icon", variants=image.variants[1:], stages=())
    assert "No picture to show" in page.text
    assert page.having("img") == []


def test_a_candidate_that_this_machine_no_longer_has_is_said_to_be_gone(tmp_path: Path, show: Showcase) -> None:
    image = show.images["fox"]
    lost = image.stages[0].candidates[0]
    desk, _ = stored(tmp_path, {digest: data for digest, data in show.pictures.items() if digest != lost})
    publish(desk, one(image))
    page = Parsed(page_of(tmp_path))
    assert "Not kept here" in page.text
    assert len([found for found in page.having("img") if "candidate" in found["alt"]]) == 2


def test_headings_have_no_gap(tmp_path: Path, show: Showcase) -> None:
    levels = [int(tag[1]) for tag, _ in shown(tmp_path, show).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_a_source_has_no_cost(tmp_path: Path, show: Showcase) -> None:
    page = alone(tmp_path, show, "fox", stages=(Stage("source", "file", show.images["fox"].sha256, "image/png"),))
    assert "free" not in page.text
    assert "Source" in page.text
