"""What an untrusted spec may not do: each thing told at its place, alone or together, and all of it fine when trusted."""

# ruff: noqa: E501 - a row is read as one line

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imagebuild.errors import Place, Problem
from imagebuild.spec import Spec, load_spec
from imagebuild.trust import UNTRUSTED, distrusting, is_untrusted

Load = Callable[..., Spec]
Fail = Callable[..., tuple[Problem, ...]]

FILES = {
    "evil.py": "raise SystemExit('it ran')\n",
    "prompts/hero.md": "a hill\n{% for hat in 'ab' %}{{ hat }}{% endfor %}\n",
    "more.yaml": 'plugins: [./evil.py]\nproviders: {other: {region: "${REGION}"}}\n',
}
ENVIRON = {"HOST": "example.com", "REGION": "eu", "TOKEN": "s3cr3t-t0ken"}
PLUGIN = "an untrusted spec may not bring plugins, found './evil.py'"
LOOP = "an untrusted spec's templates may not loop"
FOR = "{% for i in 'ab' %}x{% endfor %}"


def reads(name: str) -> str:
    return f"an untrusted spec may not read the environment, found '${{{name}}}'"


ROWS = [
    ("a plugin file", "plugins: [./evil.py]", "imagebuild.yaml:2", "./evil.py", PLUGIN),
    ("a single plugin file", "plugins: ./evil.py", "imagebuild.yaml:2", "./evil.py", PLUGIN),
    ("a plugin of an included file", "include: [more.yaml]", "more.yaml:1", "./evil.py", PLUGIN),
    ("a variable in settings", 'providers: {x: {base_url: "https://${HOST}/v1"}}', "imagebuild.yaml:2", "${HOST}", reads("HOST")),
    ("a variable deep in settings", 'providers: {x: {headers: [{a: "b ${TOKEN}"}]}}', "imagebuild.yaml:2", "${TOKEN}", reads("TOKEN")),
    ("a variable in a publisher", 'publish: [{folder: {path: "img/${TOKEN}"}}]', "imagebuild.yaml:2", "${TOKEN}", reads("TOKEN")),
    ("a variable of an included file", "include: [more.yaml]", "more.yaml:2", "${REGION}", reads("REGION")),
    ("a loop in a prompt", f'styles: {{s: {{prompt: "{FOR}"}}}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in a prompt file", "defaults: {prompt: {file: prompts/hero.md}}", "prompts/hero.md:2", "for", LOOP),
    ("a loop in a condition", f'defaults: {{prompt: "{{% if 1 %}}{FOR}{{% endif %}}"}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in an output", 'defaults: {output: "img/{{ id }}{% for i in id %}{{ i }}{% endfor %}.{{ ext }}"}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in an option", f'defaults: {{options: {{style: "{FOR}"}}}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in an edit", f'defaults: {{edits: ["{FOR}"]}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in a step", f'defaults: {{steps: [{{text: "{FOR}"}}]}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in a check", f'defaults: {{checks: [{{type: "{FOR}"}}]}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in an alt text", f'defaults: {{alt: "{FOR}"}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in a tag", f'defaults: {{tags: ["{FOR}"]}}', "imagebuild.yaml:2", "for", LOOP),
    ("a loop in an input", "defaults: {inputs: [\"{% for i in 'a' %}evil.py{% endfor %}\"]}", "imagebuild.yaml:2", "for", LOOP),
]  # fmt: skip  # a row is read as one line
"""What, the second line of the spec, file and line of the problem, what the caret underlines, and what is said."""


def spec_with(line: str) -> str:
    own = "" if line.startswith("defaults: {prompt") else "prompt: a hill, "
    style = "style: s, " if line.startswith("styles") else ""
    own = "" if style else own
    return f"version: 1\n{line}\ntargets: {{hill: {{{own}{style}tags: [x]}}}}\n"


def underlined(place: Place) -> str:
    assert place.source is not None
    assert place.column is not None
    return place.source[place.column - 1 :][: place.length]


@pytest.mark.parametrize(("what", "line", "where", "under", "message"), ROWS, ids=[row[0] for row in ROWS])
def test_each_thing_is_refused_at_its_place_and_fine_when_trusted(
    what: str, line: str, where: str, under: str, message: str, load: Load, fail: Fail
) -> None:
    found = [problem for problem in fail(spec_with(line), FILES, **distrusting(ENVIRON)) if problem.message == message]
    assert [f"{problem.place.file}:{problem.place.line}" for problem in found if problem.place] == [where]
    assert [underlined(problem.place) for problem in found if problem.place] == [under]
    assert all(
        (problem.hint or "").endswith("run it without '--untrusted' once somebody has read it") for problem in found
    )
    assert load(spec_with(line), FILES, **ENVIRON).targets.keys() == {"hill"}


def test_all_of_it_is_told_at_once_with_the_other_mistakes(fail: Fail) -> None:
    spec = """\
version: 1
plugins: [./evil.py, ./gone.py]
providers: {openai: {base_url: "https://${HOST}/${NO_SUCH}"}}
targets:
  hill: {prompt: "{% for i in 'ab' %}x{% endfor %}"}
  lake: {promt: a lake, prompt: "{{ unknown }}"}
publish: [{folder: {path: "${TOKEN}"}}]
"""
    told = [str(problem) for problem in fail(spec, FILES, **distrusting(ENVIRON))]
    assert told == [
        "imagebuild.yaml:2:11: an untrusted spec may not bring plugins, found './evil.py'",
        "imagebuild.yaml:2:22: an untrusted spec may not bring plugins, found './gone.py'",
        "imagebuild.yaml:3:41: an untrusted spec may not read the environment, found '${HOST}'",
        "imagebuild.yaml:3:49: an untrusted spec may not read the environment, found '${NO_SUCH}'",
        "imagebuild.yaml:5:22: an untrusted spec's templates may not loop",
        "imagebuild.yaml:6:10: unknown key 'promt' in target 'lake'",
        "imagebuild.yaml:6:37: unknown name 'unknown'",
        "imagebuild.yaml:7:28: an untrusted spec may not read the environment, found '${TOKEN}'",
    ]


def test_no_value_of_the_environment_is_told(fail: Fail) -> None:
    problems = fail('version: 1\nproviders: {x: {a: "${TOKEN}"}}\ntargets: {a: {prompt: a}}', **distrusting(ENVIRON))
    assert ENVIRON["TOKEN"] not in repr(problems)


def test_conditions_filters_and_variables_stay_available(load: Load) -> None:
    spec = """\
version: 1
vars: {brand: "flat vector"}
targets:
  hill:
    prompt: "{% if season == 'autumn' %}red {% endif %}hill, {{ brand | upper }}, {{ [1, 2] | join('-') }}"
    matrix: {season: [spring, autumn]}
"""
    targets = load(spec, **distrusting({})).targets
    assert targets["hill[season=autumn]"].prompt == "red hill, FLAT VECTOR, 1-2"


STORE = 'version: 1\nstore: {remote: "s3://evil/${TOKEN}", mode: write}\ntargets: {a: {prompt: a}}\n'


def test_the_store_of_an_untrusted_spec_is_passed_over_and_that_of_the_environment_only_read(load: Load) -> None:
    assert load(STORE, **distrusting(ENVIRON)).store is None
    named = {"IMAGEBUILD_STORE": "s3://ours/team", "IMAGEBUILD_STORE_MODE": "write"}
    store = load(STORE, **distrusting({**ENVIRON, **named})).store
    assert store is not None
    assert (store.remote, store.write, store.options) == ("s3://ours/team", False, {})
    trusted = load(STORE, **ENVIRON).store
    assert trusted is not None
    assert (trusted.remote, trusted.write) == ("s3://evil/s3cr3t-t0ken", True)


@pytest.mark.parametrize("link", ["secret.md", "folder/config"])
def test_no_spec_reads_what_git_keeps_through_a_link(link: str, tmp_path: Path, fail: Fail) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[http] extraheader = AUTHORIZATION: basic c2VjcmV0\n")
    (tmp_path / "secret.md").symlink_to(".git/config")
    (tmp_path / "folder").symlink_to(".git")
    problems = fail(f"version: 1\ntargets: {{a: {{prompt: {{file: {link}}}}}}}\n")
    assert [problem.message for problem in problems] == [
        f"the path '{link}' follows a link into a folder that is not for the spec"
    ]


@pytest.mark.parametrize(
    ("value", "untrusted"),
    [
        *((word, True) for word in ("1", "true", "YES", "2", "maybe")),
        *((word, False) for word in ("", " ", "0", "false", "No", "off")),
    ],
)
def test_any_word_that_is_no_clear_no_says_untrusted(value: str, untrusted: bool, tmp_path: Path) -> None:
    assert is_untrusted({UNTRUSTED: value}) is untrusted
    (tmp_path / "imagebuild.yaml").write_text("version: 1\ntargets: {a: {prompt: a}}\n")
    assert load_spec(tmp_path, environ={UNTRUSTED: value}).untrusted is untrusted
