"""Matrices, ids, outputs, selection and places."""

# ruff: noqa: E501 - a row or spec is read as one line

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuild.errors import SpecError, UsageError
from imagebuild.spec import find_root
from imagebuild.spec import name as module
from imagebuild.spec.name import path_fault
from imagebuild.spec.output import output_path
from imagebuild.target import InputTarget

MATRIX = """\
version: 1
vars: {folder: "{% 'q\\"z' %}/é"}
styles:
  s:
    options: {quality: low}
defaults:
  provider: p
targets:
  logo: {prompt: "{{ season }}", matrix: {season: [spring, "späte Zeit"]}, tags: ["{{ season }}"]}
  hero:
    style: s
    prompt: "{{ season }} {{ time }} {{ id }} {{ target }}"
    matrix:
      time: [night, 2, true]
      season: [spring, "späte Zeit"]
      exclude:
        - {season: spring, time: 2}
        - {time: true}
    options: {size: "{{ time }}"}
    inputs: [{target: logo}, {target: "logo[season={{ season }}]"}]
    edits:
      - "Make it blue"
      - prompt: >-
          Add
          stripes
    steps:
      - crop: {aspect: 16:9}
      - grey
    output: "{{ folder[:0] }}img/{{ id }}{% if width %}-{{ width }}{% endif %}.{{ ext }}"
"""


def test_variants_are_every_combination_less_the_excluded(load) -> None:
    spec = load(MATRIX)
    assert list(spec.targets) == [
        "logo[season=spring]",
        "logo[season=späte Zeit]",
        "hero[season=spring,time=night]",
        "hero[season=späte Zeit,time=night]",
        "hero[season=späte Zeit,time=2]",
    ]
    hero = spec.targets["hero[season=späte Zeit,time=2]"]
    assert hero.slug == "hero-späte-Zeit-2"
    assert hero.prompt == "späte Zeit 2 hero-späte-Zeit-2 hero"
    assert hero.variant == {"season": "späte Zeit", "time": 2}
    assert hero.inputs == (InputTarget("logo[season=späte Zeit]"),) * 2
    assert spec.targets["logo[season=spring]"].tags == ("spring",)


def test_an_output_is_rendered_without_the_spec(load) -> None:
    hero = load(MATRIX).targets["hero[season=spring,time=night]"]
    assert output_path(hero, ext="png") == "img/hero-spring-night.png"
    assert output_path(hero, ext="avif", labels={"width": 800}) == "img/hero-spring-night-800.avif"
    with pytest.raises(SpecError, match="ends with a dot"):
        output_path(hero, ext="png", labels={"width": "../../../x"})
    with pytest.raises(SpecError, match="reads"):
        output_path(hero, ext="png", reserved={"img/hero-spring-night.png"})


@pytest.mark.parametrize("value", ["a", 'it\'s "{{ x }}" {% raw %} \\ é😀', 3, 2.5, True, None])
def test_variables_in_an_output_keep_their_value(value, load) -> None:
    import json

    spec = load(
        f"version: 1\nvars: {{v: {json.dumps(value, ensure_ascii=False)}}}\ntargets: {{a: {{prompt: x, output: \"{{{{ id if v == w else 'no' }}}}{{{{ v|string|length }}}}.png\"}}}}\n".replace(
            "v == w", "v is defined"
        )
    )
    shown = str(value)
    assert output_path(spec.targets["a"], ext="png") == f"a{len(shown)}.png"


def test_a_label_may_be_asked_for_without_a_condition(load) -> None:
    target = load("version: 1\ntargets: {a: {prompt: x, output: '{{ id }}-{{ width }}.{{ ext }}'}}\n").targets["a"]
    assert output_path(target, ext="png", labels={"width": 4}) == "a-4.png"
    with pytest.raises(SpecError, match="unknown name 'width'"):
        output_path(target, ext="png")


def test_a_misspelt_label_in_a_condition_is_found(fail) -> None:
    (problem,) = fail(
        "version: 1\ntargets: {a: {prompt: x, output: '{{ id }}{% if widht %}-{{ width }}{% endif %}.{{ ext }}'}}\n"
    )
    assert (problem.message, problem.hint) == ("unknown name 'widht'", "did you mean 'width'?")


PLACES = [
    (("prompt",), "12:13"),
    (("options", "size"), "19:21"),
    (("options", "quality"), "5:24"),
    (("options",), "19:5"),
    (("provider",), "7:13"),
    (("inputs", 0), "20:14"),
    (("inputs", 0, "target"), "20:23"),
    (("edits",), "21:5"),
    (("edits", 0), "22:9"),
    (("edits", 0, "prompt"), "22:9"),
    (("edits", 0, "options", "quality"), "5:24"),
    (("edits", 1, "prompt"), "23:17"),
    (("edits", 9), "21:5"),
    (("steps", 0, "crop", "aspect"), "27:24"),
    (("steps", 0, "crop"), "27:9"),
    (("steps", 1), "28:9"),
    (("steps", 1, "grey", "x"), "28:9"),
    (("mask",), "10:3"),
    ((), "10:3"),
]


@pytest.mark.parametrize(("path", "place"), PLACES)
def test_every_field_knows_its_place(path, place, load) -> None:
    found = load(MATRIX).place("hero[season=spring,time=night]", *path)
    assert f"{found.line}:{found.column}" == place
    assert found.source is not None
    assert found.source[found.column - 1 : found.column - 1 + found.length].strip()


def test_the_place_of_a_key_can_be_asked_for(load) -> None:
    spec = load(MATRIX)
    assert str(spec.place("hero[season=spring,time=night]", "options", "size", key=True)) == "imagebuild.yaml:19:15"
    assert spec.place("nobody") is None
    assert spec.provider_place("nobody") is None


def test_targets_are_selected_by_id_name_pattern_and_tag(load) -> None:
    spec = load(MATRIX)
    assert spec.select([]) == tuple(spec.targets)
    assert spec.select(["logo"]) == ("logo[season=spring]", "logo[season=späte Zeit]")
    assert spec.select(["hero*", "logo[season=spring]"]) == (
        "logo[season=spring]",
        "hero[season=spring,time=night]",
        "hero[season=späte Zeit,time=night]",
        "hero[season=späte Zeit,time=2]",
    )
    assert spec.select(["hero[season=spring*]"]) == ("hero[season=spring,time=night]",)
    assert spec.select([], ["spring"]) == ("logo[season=spring]",)
    with pytest.raises(UsageError, match="none of the named targets has the tag 'spring'"):
        spec.select(["hero"], ["spring"])
    with pytest.raises(UsageError) as caught:
        spec.select(["hreo"])
    assert caught.value.hint == "did you mean 'hero'?"
    with pytest.raises(UsageError) as caught:
        spec.select([], ["sprnig"])
    assert caught.value.hint == "did you mean 'spring'?"


def test_the_root_is_the_nearest_folder_with_a_spec(tmp_path) -> None:
    (tmp_path / "imagebuild.yaml").touch()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_root(deep) == tmp_path
    (tmp_path / "imagebuild.yaml").unlink()
    with pytest.raises(UsageError) as caught:
        find_root(deep)
    assert "imagebuild init" in caught.value.hint


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/../b", "./a", "a//b", "a/", "C:/a", "C:a", "a\\b", "a\nb", "a\0b", "a\u202eb", "a<b", "a|b", "a?b", "a*b",
     'a"b', "con", "CON.png", "a/Nul.txt", "com1.x", "LPT9", "com\u00b9.png", "aux .png", "a ", "a./b", " a", ".git/x", ".GIT/x", "a/.git/x",
     "git~1/x", ".imagebuild/x", "imagebuild.lock", "sub/IMAGEBUILD.LOCK", "imagebuild.yaml", "~/x", "x" * 201, "a/" * 300 + "b"],
)  # fmt: skip
def test_paths_that_some_system_refuses_are_refused_everywhere(path) -> None:
    assert path_fault(path)


@pytest.mark.parametrize(
    "path",
    ["a", "img/hero-800.webp", "Über/日本.png", "a.b/c..d", "con1.png", "console", "git/x", ".gitx/y", "a b.png"],
)
def test_ordinary_paths_are_accepted(path) -> None:
    assert path_fault(path) is None


@settings(max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            ["a", "Z9", "_", "-", ".", "/", "..", "con", "Com1", "lpt", "nul.", "imagebuild.", "lock", "git", "~", " ", "\n", "\u017f", "x" * 90]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_what_is_accepted_at_a_glance_is_accepted_when_looked_at_closely(path) -> None:
    closely = module._path_fault(path)
    assert path_fault(path) == closely


def test_no_path_follows_a_link_out_of_the_project(tmp_path, load, fail) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "x.png").write_text("secret")
    (outside / "x.yaml").write_text("targets: {}")
    os.symlink(outside, tmp_path / "refs")
    os.symlink(outside / "x.png", tmp_path / "y.png")
    text = (
        "version: 1\ntargets: {a: {prompt: x, inputs: [refs/x.png, y.png], mask: y.png}, b: {prompt: {file: y.png}}}\n"
    )
    problems = fail(text)
    assert len(problems) == 4
    assert all("follows a link out of the project" in problem.message for problem in problems)
    for pattern in ("refs/x.yaml", "refs/*.yaml", "**/x.yaml"):
        assert fail(f"version: 1\ninclude: ['{pattern}']\n")
    os.symlink("imagebuild.yaml", tmp_path / "inside.png")
    load("version: 1\ntargets: {a: {prompt: x, inputs: [inside.png]}}\n")


def test_a_prompt_from_a_pipe_is_refused_without_waiting(tmp_path, fail) -> None:
    os.mkfifo(tmp_path / "p.md")
    (problem,) = fail("version: 1\ntargets: {a: {prompt: {file: p.md}}}\n")
    assert problem.message == "'p.md' is not a regular file"
