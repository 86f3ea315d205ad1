from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from delivering import Work, delivered, problems
from msgspec.structs import replace

from imagebuild import Publication, Publisher, Stage
from imagebuild.errors import PublishError
from imagebuild.testing import PublisherContract
from imagebuild_publish import ManifestPublisher

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs/reference/schemas/manifest.schema.json").read_text("utf-8"))
NASTY = "\"quotes' \\ </script><!-- {{ x }} ${y} `z` \n\r\t\0\u2028\u202e\ud800 é 東京 👩\u200d🚀 */"


class TestManifest(PublisherContract):
    def publisher(self) -> Publisher:
        return ManifestPublisher()

    def options(self) -> Mapping[str, Any]:
        return {"path": "data/images.json"}


class TestShortManifest(TestManifest):
    def options(self) -> Mapping[str, Any]:
        return {"": "data/images.json", "format": "hugo", "base": "/x/", "include": "cost"}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = Work(tmp_path).add("hero", ("image/jpeg", 800), ("image/avif", 800), ("image/avif", 400))
    return work.add("logo", "image/svg+xml", alt="")


def test_a_manifest_is_as_its_contract_says_to_the_byte(work: Work) -> None:
    del work.images["logo"]
    work.add(
        "hero",
        ("image/jpeg", 800),
        ("image/avif", 400),
        digital_source_type="trainedAlgorithmicMedia",
        facts={"color": "#aabbcc", "lqip": "data:image/webp;base64,AAAA", "thumbhash": "xx", "other": 1},
    )
    jpeg, avif = (work.digest("hero", index) for index in (0, 1))
    name = f"hero-400.{avif[:8]}.avif"
    publication = work.folder()
    text = work.text("data/images.json", publication)
    assert (
        text
        == f"""{{
  "base": "/img/",
  "images": {{
    "hero": {{
      "alt": "A picture of hero",
      "color": "#aabbcc",
      "decorative": false,
      "digital_source_type": "trainedAlgorithmicMedia",
      "height": 533,
      "lqip": "data:image/webp;base64,AAAA",
      "sha256": "{work.images["hero"].sha256}",
      "thumbhash": "xx",
      "variants": [
        {{
          "bytes": 20,
          "file": "{name}",
          "format": "avif",
          "height": 266,
          "sha256": "{avif}",
          "type": "image/avif",
          "width": 400
        }},
        {{
          "bytes": 19,
          "file": "hero-800.{jpeg[:8]}.jpg",
          "format": "jpg",
          "height": 533,
          "sha256": "{jpeg}",
          "type": "image/jpeg",
          "width": 800
        }}
      ],
      "width": 800
    }}
  }},
  "version": 1
}}
"""
    )


def test_the_contract_has_no_field_more_or_less(work: Work) -> None:
    image = work.data()["images"]["logo"]
    assert set(image) == {*SCHEMA["$defs"]["image"]["required"]}
    assert set(image["variants"][0]) == {*SCHEMA["$defs"]["variant"]["required"]}
    assert set(work.data()) == {"version", "base", "images"}


def test_what_nobody_knows_is_null_and_blurhash_is_there_only_where_it_is_known(work: Work) -> None:
    image = work.data()["images"]["logo"]
    unknown = ("width", "height", "color", "lqip", "thumbhash", "digital_source_type")
    assert {name: image[name] for name in unknown} == dict.fromkeys(unknown)
    assert "blurhash" not in image
    work.add("logo", "image/svg+xml", facts={"blurhash": "LEHV6n"})
    assert work.data()["images"]["logo"]["blurhash"] == "LEHV6n"


def test_decoration_has_an_empty_text_and_a_text_that_nobody_wrote_is_null(work: Work) -> None:
    work.add("none", "image/png", alt=None)
    images = work.data()["images"]
    assert {name: (image["alt"], image["decorative"]) for name, image in images.items()} == {
        "hero": ("A picture of hero", False),
        "logo": ("", True),
        "none": (None, False),
    }


def test_what_is_written_obeys_the_published_schema(work: Work) -> None:
    work.add("site", "image/x-icon", "application/manifest+json", "text/css", alt=None, width=None, height=None)
    work.add("hero[season=spring]", ("image/png", 40, {"name": "x", "index": 1}), slug="hero-spring")
    chain = (
        Stage("generate", "openai", "0" * 64, "image/png", "a", "b", {"size": "1x1"}, "m", 0.01),
        Stage("edit", "openai", "0" * 64, "image/png", NASTY, None, {"n": [1, None]}, "m", None),
        Stage("step", "crop", "0" * 64, "image/png"),
    )
    work.add("long", "image/png", stages=chain, facts={"blurhash": "x"}, alt=NASTY)
    work.add("photo", "image/png", stages=(Stage("source", "file", "0" * 64, "image/png"),))
    include = ["prompt", "edits", "model", "options", "cost", "labels"]
    for options in ({}, {"include": include}, {"format": "hugo", "include": include}):
        jsonschema.validate(work.data(**options), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "base": "", "images": {"hero": {}}}, SCHEMA)


def test_prompts_and_costs_are_told_only_when_they_are_asked_for(work: Work) -> None:
    chain = (
        Stage("generate", "openai", "0" * 64, "image/png", "a hero", "a big hero", {"size": "1x1"}, "m-1", 0.1),
        Stage("edit", "openai", "0" * 64, "image/png", "bluer", None, {"size": "2x2"}, "m-2", 0.2),
        Stage("step", "crop", "0" * 64, "image/png"),
    )
    work.add("hero", "image/png", stages=chain)
    plain = work.data()["images"]["hero"]

    def added(*include: str) -> Any:
        image = work.data(include=list(include))["images"]["hero"]
        return {name: value for name, value in image.items() if name not in plain}

    assert added("prompt") == {"prompt": "a hero", "revised_prompt": "a big hero"}
    assert added("model") == {"model": "m-1"}
    assert added("options") == {"options": {"size": "1x1"}}
    assert added("cost") == {"cost_usd": 0.3}
    assert added("edits") == {"edits": [{"prompt": "bluer"}]}
    assert added("edits", "model", "options")["edits"] == [
        {"prompt": "bluer", "model": "m-2", "options": {"size": "2x2"}}
    ]
    assert added("labels") == {}


def test_a_cost_that_is_not_known_is_null(work: Work) -> None:
    stages = (replace(work.images["hero"].stages[0], cost_usd=None), *work.images["hero"].stages)
    work.add("hero", "image/png", stages=stages)
    assert work.data(include="cost")["images"]["hero"]["cost_usd"] is None


def test_a_picture_that_was_not_generated_has_no_prompt(work: Work) -> None:
    work.add("photo", "image/png", stages=(Stage("source", "file", "0" * 64, "image/png"),))
    image = work.data(include=["prompt", "model", "options", "cost", "edits"])["images"]["photo"]
    assert {"prompt", "model", "options"}.isdisjoint(image)
    assert (image["edits"], image["cost_usd"]) == ([], 0)


def test_texts_survive_and_end_no_element_they_are_put_into(work: Work) -> None:
    work.add("hero", "image/png", alt=NASTY)
    work.images["hero"] = replace(work.images["hero"], stages=(replace(work.images["hero"].stages[0], prompt=NASTY),))
    text = work.text("data/images.json", include=["prompt"])
    image = json.loads(text)["images"]["hero"]
    assert (image["alt"], image["prompt"]) == (NASTY, NASTY)
    assert {"<", "\u2028", "\u202e", "\u200d", "\0", "\r", "\ud800"}.isdisjoint(text)
    assert "é 東京 👩" in text


def test_names_and_base_are_those_of_the_last_publisher_that_delivered(work: Work) -> None:
    hugo = delivered(dict.fromkeys(work.folder().files, "old.png"), "/old/")
    bucket = delivered(
        {path: f"p/{name}" for path, name in work.folder().files.items()}, "https://cdn.example.com", "s3://b"
    )
    data = work.data(hugo, bucket, delivered({}, None, "a command"))
    assert data["base"] == "https://cdn.example.com/"
    assert data["images"]["logo"]["variants"][0]["file"] == f"p/logo.{work.digest('logo')[:8]}.svg"


def test_without_a_publisher_before_it_files_are_the_outputs(work: Work) -> None:
    data = work.data()
    assert (data["base"], data["images"]["logo"]["variants"][0]["file"]) == ("", "images/logo.svg")
    assert work.data(base="https://example.com/x")["base"] == "https://example.com/x/"


def test_a_given_base_is_stronger_than_that_of_a_publisher(work: Work) -> None:
    data = work.data(work.folder(names="plain"), base="//cdn.example.com")
    assert (data["base"], data["images"]["logo"]["variants"][0]["file"]) == ("//cdn.example.com/", "logo.svg")


def test_a_publication_without_an_address_serves_only_under_a_given_base(work: Work) -> None:
    folder = work.folder(names="plain")
    private = delivered(dict.fromkeys(folder.files, "key"), None, "s3://b")
    assert work.data(folder, private)["base"] == "/img/"
    assert work.data(private)["images"]["logo"]["variants"][0]["file"] == "images/logo.svg"
    assert work.data(folder, private, base="/b")["images"]["logo"]["variants"][0]["file"] == "key"


def test_pictures_of_several_bases_have_whole_addresses(work: Work) -> None:
    folder = work.folder(names="plain")
    bucket = delivered({"images/logo.svg": "logo.svg"}, "https://cdn.example.com/", "s3://b")
    data = work.data(folder, bucket)
    files = {name: image["variants"][0]["file"] for name, image in data["images"].items()}
    assert (data["base"], files) == ("", {"hero": "/img/hero-400.avif", "logo": "https://cdn.example.com/logo.svg"})


def test_a_picture_that_no_publisher_delivers_is_an_error(work: Work) -> None:
    folder = work.folder(targets=["hero"])
    with pytest.raises(
        PublishError, match=r"no publisher before 'manifest' delivers 'images/logo\.svg' of target 'logo'"
    ):
        work.data(folder)
    assert set(work.data(folder, targets="hero")["images"]) == {"hero"}


def test_a_file_is_named_as_a_url_holds_it(work: Work) -> None:
    names = {"images/hero-400.avif": "a b,c#?%'\"(é).avif", "images/hero-800.avif": "x", "images/hero-800.jpg": "y"}
    work.images.pop("logo")
    first = work.data(delivered(names))["images"]["hero"]["variants"][0]
    assert first["file"] == "a%20b%2Cc%23%3F%25%27%22%28é%29.avif"


def test_hugo_finds_files_as_resources_or_below_its_static_folder(work: Work) -> None:
    def resource(path: str, **options: Any) -> str:
        data = work.data(work.folder(path=path, names="plain"), format="hugo", **options)
        return str(data["images"]["logo"]["variants"][0]["resource"])

    assert resource("assets/img") == "img/logo.svg"
    assert resource("site/assets/img") == "img/logo.svg"
    assert resource("static/img") == "img/logo.svg"
    assert resource("public/img") == "img/logo.svg"
    assert resource("pictures", base="https://cdn.example.com/") == "https://cdn.example.com/logo.svg"
    bucket = delivered(dict.fromkeys(work.folder().files, "static/k"), "https://cdn.example.com/", "s3://static/x")
    assert (
        work.data(bucket, format="hugo")["images"]["logo"]["variants"][0]["resource"]
        == "https://cdn.example.com/static/k"
    )


def test_the_ending_says_the_format_unless_it_is_said(work: Work) -> None:
    assert work.text("a.ts").startswith("// Made by imagebuild")
    assert work.text("a.css").startswith("/* Made by imagebuild")
    assert work.text("a.JSON").startswith("{")
    assert work.text("images.txt", format="json").startswith("{")


def test_a_manifest_of_an_earlier_path_is_removed(work: Work) -> None:
    work.text("data/images.json")
    work.text("src/images.ts")
    assert list(work.desk.files()) == ["src/images.ts"]


def test_manifests_that_change_places_are_both_there(work: Work) -> None:
    """Then each is given the files of the other."""
    first, second = {"path": "a.json"}, {"path": "a.ts"}
    for order in ([first, second], [second, first], [second, first]):
        published: list[Publication] = []
        for name, options in zip(("manifest", "manifest 1"), order, strict=True):
            published.append(work.publish(ManifestPublisher(), options, published=published, name=name))
        assert list(work.desk.files()) == ["a.json", "a.ts"]
    assert [publication.changed for publication in published] == [0, 0]


@pytest.mark.parametrize("path", ["images.json", "images.ts", "images.css"])
def test_a_manifest_is_brought_up_to_date_in_a_clone_and_after_an_edit(work: Work, path: str) -> None:
    before = work.text(path)
    work.desk.forget()
    (work.desk.root / path).write_text(before.replace("\n", "\n\n"), "utf-8")
    assert work.text(path) == before


def test_a_file_that_is_no_manifest_is_not_replaced(work: Work) -> None:
    (work.desk.root / "images.json").write_text('{"mine": true}', "utf-8")
    with pytest.raises(PublishError, match=r"'images\.json' is there already and was not made by imagebuild") as caught:
        work.text("images.json")
    assert caught.value.hint == "move it away, or give 'manifest' another path"
    assert work.desk.files()["images.json"] == b'{"mine": true}'


def test_no_pictures_give_an_empty_manifest(tmp_path: Path) -> None:
    assert Work(tmp_path).data() == {"version": 1, "base": "", "images": {}}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "path: 'manifest' needs 'path'"),
        ({"path": "../images.json"}, "path: 'path' holds '..'"),
        ({"path": "images.yaml"}, "path: the ending of 'images.yaml' says no format"),
        ({"path": "data/"}, "path: the ending of 'data/' says no format"),
        ({"path": "a.css", "include": ["prompt"]}, "include: 'include' has no meaning for css, which holds no texts"),
        ({"path": "a.json", "base": "data:x"}, "base: 'base' is 'data:x', expected a path like /img/ or a URL"),
        ({"path": "a.json", "include": ["prompts"]}, "include: 'include' of 'manifest': expected one of prompt, edits"),
    ],
)  # fmt: skip  # a row is a case
def test_bad_options_are_problems(options: Mapping[str, Any], problem: str) -> None:
    (found,) = problems(ManifestPublisher(), options)
    assert found.startswith(problem)


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from delivering import Work
work = Work(Path(sys.argv[2]))
for name in ("hero", "a", "Z", "x-1"):
    facts = {"lqip": "data:image/png;base64,AA", "color": "#102030"}
    work.add(name, ("image/png", 40), ("image/avif", 40, {"kind": "k", "width": 40, "z": 1, "b": 2}), facts=facts)
published = work.folder(names="plain")
for path in ("a.json", "a.ts", "a.css"):
    print(work.text(path, published, **({} if path == "a.css" else {"include": ["prompt", "labels", "cost"]})))
"""


def test_the_bytes_rest_on_no_hash_seed(tmp_path: Path) -> None:
    said = []
    for seed in ("0", "1", "77"):
        (tmp_path / seed).mkdir()
        command = [sys.executable, "-c", SCRIPT, str(Path(__file__).parent), str(tmp_path / seed)]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        said.append(subprocess.run(command, env=environ, capture_output=True, check=True).stdout)
    assert said[0] == said[1] == said[2]
    assert len(said[0]) > 5000
