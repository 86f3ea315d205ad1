"""``imagebuild lint``: everything that is wrong, and what is legal and surely not meant, without a store or a call."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from published_schema import checked

from imagebuild.testing import World

TARGETS = "targets:\n  hero: {prompt: a lake, alt: A lake}\n"


def spec(*lines: str) -> str:
    return "\n".join(["version: 1", "defaults: {provider: recorder}", *lines, ""])


def rules(cli: Any) -> list[tuple[str, int | None]]:
    """Rule and line of each warning."""
    answer = cli("lint", "--json")
    assert (answer.code, answer.err) == (0, "")
    found = checked("lint", answer.out)["warnings"]
    return [(each["rule"], each["place"] and each["place"]["line"]) for each in found]


def test_a_good_spec_has_nothing_said_against_it(cli: Any) -> None:
    answer = cli("lint")
    assert (answer.code, answer.out, answer.err) == (0, "", "nothing to say against 3 targets\n")
    assert cli("lint", "--strict").code == 0
    assert cli("-q", "lint").err == ""


def test_nothing_is_opened_made_or_called(cli: Any) -> None:
    cli("lint")
    assert not cli.world.home.exists()
    assert not (cli.world.root / ".imagebuild").exists()
    assert cli.world.provider.calls == []


def test_all_that_is_wrong_is_told_at_once(cli: Any) -> None:
    cli.world.spec(spec("targets:", "  a: {prompt: x, provider: nobody}", "  b: {prompt: x, options: {nonsense: 1}}"))
    answer = cli("lint")
    assert answer.code == 2
    assert "imagebuild.yaml:4:28: unknown provider 'nobody'" in answer.err
    assert re.search(r"imagebuild.yaml:5:\d+: unknown option 'nonsense'", answer.err)
    assert "2 problems in imagebuild.yaml" in answer.err


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["styles: {one: {alt: x}, two: {alt: y}}", "targets: {a: {prompt: x, style: one}}"], [("unused-style", 3)]),
        (["styles: {one: {alt: x}}", "targets: {a: {prompt: x, style: [one]}}"], []),
        (["vars: {brand: x, other: y}", 'targets: {a: {prompt: "{{ brand }}"}}'], [("unused-variable", 3)]),
        (["vars: {brand: x}", 'targets: {a: {prompt: "{% if brand == 1 %}x{% else %}y{% endif %}"}}'], []),
        (["vars: {brand: x}", 'targets: {a: {prompt: x, output: "{{ brand }}/{{ id }}.{{ ext }}"}}'], []),
        (["vars: {brand: x}", "targets: {a: {prompt: x, tags: ['{{ brand }}']}}"], []),
        (["vars: {brand: x}", "targets: {a: {prompt: {file: p.md}}}"], []),
        (["vars: {brand: x}", "targets: {a: {prompt: brand}}"], [("unused-variable", 3)]),
        (["targets:", "  a: {prompt: x}", "  b: {prompt: x}"], [("same-picture", 5)]),
        (["targets:", "  a: {prompt: x, alt: y}", "  b: {prompt: x, tags: [z]}"], [("same-picture", 5)]),
        (["targets:", "  a: {prompt: x}", "  b: {prompt: x, options: {quality: high}}"], []),
        (["targets:", "  a: {prompt: x}", "  b: {prompt: x, edits: [red]}"], []),
        (["targets:", "  a: {prompt: x}", "  b: {prompt: x, steps: [mark]}"], []),
        (["targets:", "  a: {prompt: x}", "  b: {prompt: x, inputs: [refs/logo.png]}"], []),
        (["targets:", "  a: {prompt: x, matrix: {n: [1, 2, 3]}}"], [("unused-axis", 4)]),
        (["targets:", '  a: {prompt: "x {{ n }}", matrix: {n: [1, 2]}}'], []),
        (["targets:", '  a: {prompt: x, matrix: {n: [1, 2]}, options: {size: "{{ n }}x4"}}'], []),
        (["targets: {a: {prompt: x, frozen: true}}"], [("frozen-without-picture", 3)]),
    ],
)
def test_each_rule_and_what_it_is_silent_about(cli: Any, lines: list[str], found: list[tuple[str, int]]) -> None:
    cli.world.write({"p.md": "a {{ brand }}"})
    cli.world.spec(spec(*lines))
    assert rules(cli) == found


def test_a_style_of_the_defaults_counts_where_no_target_has_its_own(cli: Any) -> None:
    cli.world.spec(
        "version: 1\ndefaults: {provider: recorder, style: s}\nstyles: {s: {alt: x}}\ntargets: {a: {prompt: x}}\n"
    )
    assert rules(cli) == []
    cli.world.edit("imagebuild.yaml", "{prompt: x}", "{prompt: x, style: []}")
    assert rules(cli) == [("unused-style", 3)]


def test_parts_in_included_files_are_looked_at_too(cli: Any) -> None:
    cli.world.write({"more/b.yaml": 'styles: {s: {alt: x}}\ntargets: {b: {prompt: "{{ used }}"}}\n'})
    cli.world.spec(spec("include: [more/*.yaml]", "vars: {used: x}", "targets: {a: {prompt: y}}"))
    (warning,) = json.loads(cli("lint", "--json").out)["warnings"]
    assert (warning["rule"], warning["place"]["file"]) == ("unused-style", "more/b.yaml")


def test_a_frozen_target_with_a_picture_is_as_it_should_be(cli: Any) -> None:
    cli.world.spec(spec("targets: {a: {prompt: x, frozen: true}}"))
    cli("build", "-y")
    assert rules(cli) == []


def test_what_is_published_wants_an_alt_text(cli: Any, chain: World) -> None:
    chain.edit("imagebuild.yaml", "targets:\n", "targets:\n  bare: {prompt: x, provider: recorder}\n")
    assert [rule for rule, _ in rules(cli)] == ["no-alt"]
    cli.world.spec(spec("targets: {a: {prompt: x}}"))
    assert rules(cli) == []


def test_variants_without_an_alt_text_are_told_together(cli: Any, chain: World) -> None:
    chain.edit(
        "imagebuild.yaml",
        "targets:\n",
        'targets:\n  many: {prompt: "{{ n }}", provider: recorder, matrix: {n: [1, 2, 3]}}\n',
    )
    found = json.loads(cli("lint", "--json").out)["warnings"]
    told = [each["message"] for each in found if each["target"] == "many"]
    assert told == ["'many' is published and has no alt text, in 3 variants"]


def test_a_warning_is_shown_at_its_place_with_its_rule(cli: Any) -> None:
    cli.world.spec(spec("vars: {brand: x}", TARGETS))
    answer = cli("lint")
    assert answer.out.splitlines() == [
        "imagebuild.yaml:3:8: no template uses the variable 'brand' (unused-variable)",
        "    3 | vars: {brand: x}",
        "      |        ^^^^^",
        "hint: write '{{ brand }}' where it is meant, or take it out",
        "",
    ]
    assert (answer.code, answer.err) == (0, "1 warning\n")


def test_strict_fails_on_warnings_as_on_what_is_wrong(cli: Any) -> None:
    cli.world.spec(spec("vars: {brand: x}", TARGETS))
    assert cli("lint", "--strict").code == 2
    assert cli("lint", "--strict", "--json").code == 2


def test_in_github_warnings_stand_on_their_lines(cli: Any) -> None:
    cli.world.spec(spec("vars: {brand: x}", TARGETS))
    answer = cli("lint", environ={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(cli.world.root.parent)})
    assert (
        "::warning file=project/imagebuild.yaml,line=3,col=8::no template uses the variable 'brand'%0Ahint: "
        in answer.err
    )


def test_a_lock_that_cannot_be_read_ends_with_3_after_the_warnings(cli: Any) -> None:
    cli.world.spec(spec("vars: {brand: x}", "targets: {a: {prompt: x, frozen: true}}"))
    cli.world.write({"imagebuild.lock": "<<<<<<< ours\n"})
    answer = cli("lint")
    assert answer.code == 3
    assert "unused-variable" in answer.out
    assert "frozen" not in answer.out
    assert "imagebuild.lock:1:1: the lock holds a merge conflict" in answer.err
    (line,) = map(json.loads, cli("lint", "--json").out.splitlines())
    assert (line["event"], line["exit_code"]) == ("error", 3)


def test_a_lock_and_a_spec_that_are_both_wrong_are_told_together(cli: Any) -> None:
    cli.world.spec(spec("targets: {a: {promt: x}}"))
    cli.world.write({"imagebuild.lock": "<<<<<<< ours\n"})
    answer = cli("lint")
    assert answer.code == 2
    assert "unknown key 'promt'" in answer.err
    assert "the lock holds a merge conflict" in answer.err


def test_strange_names_cannot_steer_a_terminal(cli: Any) -> None:
    cli.world.spec(spec('vars: {brand: "\\e[31m"}', 'styles: {s: {alt: "\\u202e"}}', TARGETS))
    answer = cli("lint")
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
