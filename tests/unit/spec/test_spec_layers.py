"""Which layer wins."""

# ruff: noqa: E501 - a row or spec is read as one line

from __future__ import annotations

import pytest

from imagebuild.target import DEFAULT_OUTPUT

HEAD = """\
version: 1
vars: {brand: flat}
styles:
  one: {prompt: "{{ prompt }}, one", options: {q: 1, s: [1, 2]}, tags: [one], steps: [a], alt: one}
  two: {prompt: "two: {{ prompt }}", options: {q: 2, t: "{{ brand }}"}, tags: [two, one], edits: [e]}
  own: {prompt: "always the same"}
"""

ROWS = [
    # defaults, target, field, value
    ("{}", "{prompt: x}", "provider", "sketch"),
    ("{provider: p}", "{prompt: x}", "provider", "p"),
    ("{provider: p}", "{prompt: x, provider: q}", "provider", "q"),
    ("{provider: p}", "{prompt: x, provider: null}", "provider", "sketch"),
    ("{options: {a: 1}}", "{prompt: x, options: {b: 2}}", "options", {"a": 1, "b": 2}),
    ("{options: {a: 1}}", "{prompt: x, options: {a: null}}", "options", {}),
    ("{options: {a: 1}}", "{prompt: x, options: null}", "options", {}),
    ("{options: {a: {x: 1}}}", "{prompt: x, options: {a: {y: 2}}}", "options", {"a": {"y": 2}}),
    ("{}", "{prompt: x, style: one}", "options", {"q": 1, "s": [1, 2]}),
    ("{}", "{prompt: x, style: [one, two]}", "options", {"q": 2, "s": [1, 2], "t": "flat"}),
    ("{}", "{prompt: x, style: [two, one]}", "options", {"q": 1, "t": "flat", "s": [1, 2]}),
    ("{options: {q: 0}}", "{prompt: x, style: [one]}", "options", {"q": 1, "s": [1, 2]}),
    ("{style: [one]}", "{prompt: x}", "prompt", "x, one"),
    ("{style: [one]}", "{prompt: x, style: [two]}", "prompt", "two: x"),
    ("{style: [one]}", "{prompt: x, style: []}", "prompt", "x"),
    ("{}", "{prompt: x, style: [one, two]}", "prompt", "two: x, one"),
    ("{prompt: '{{ prompt }}!'}", "{prompt: x, style: [one]}", "prompt", "x!, one"),
    ("{}", "{style: own}", "prompt", "always the same"),
    ("{prompt: all}", "{}", "prompt", "all"),
    ("{}", "{prompt: '  x\n\n '}", "prompt", "x"),
    ("{tags: [d]}", "{prompt: x, style: [one, two], tags: [t, d]}", "tags", ("d", "one", "two", "t")),
    ("{tags: [d]}", "{prompt: x, tags: null}", "tags", ()),
    ("{}", "{prompt: x, tags: solo}", "tags", ("solo",)),
    ("{alt: d}", "{prompt: x, style: one}", "alt", "one"),
    ("{alt: d}", "{prompt: x, alt: ''}", "alt", ""),
    ("{alt: d}", "{prompt: x, alt: null}", "alt", None),
    ("{}", "{prompt: x}", "alt", None),
    ("{candidates: 3}", "{prompt: x}", "candidates", 3),
    ("{frozen: true}", "{prompt: x}", "frozen", True),
    ("{}", "{prompt: x}", "output", DEFAULT_OUTPUT),
    ("{output: 'a/{{ id }}.{{ ext }}'}", "{prompt: x}", "output", "a/{{ id }}.{{ ext }}"),
]


@pytest.mark.parametrize(("defaults", "target", "field", "value"), ROWS)
def test_a_stronger_layer_wins(defaults, target, field, value, load) -> None:
    spec = load(f"{HEAD}defaults: {defaults}\ntargets:\n  a: {target}\n".replace("a: {}\n", "a: {alt: null}\n"))
    assert getattr(spec.targets["a"], field) == value


def test_lists_of_a_stronger_layer_replace_those_of_a_weaker(load) -> None:
    spec = load(
        HEAD
        + "targets:\n  a: {prompt: x, style: [one, two]}\n  b: {prompt: x, style: [one], steps: [c: {d: 1}, e, f: ]}\n"
    )
    assert [step.name for step in spec.targets["a"].steps] == ["a"]
    assert [(step.name, step.options) for step in spec.targets["b"].steps] == [("c", {"d": 1}), ("e", {}), ("f", {})]
    assert [edit.prompt for edit in spec.targets["a"].edits] == ["e"]


def test_an_edit_has_its_targets_options_unless_another_provider_makes_it(load) -> None:
    spec = load(
        "version: 1\ntargets:\n  a:\n    prompt: x\n    provider: p\n    options: {a: 1, b: 2}\n    edits:\n"
        "      - one\n      - {prompt: two, options: {a: 3, b: null}}\n      - {prompt: three, provider: q, options: {c: 1}}\n"
        "      - {prompt: four, provider: null, options: null, mask: null, inputs: null}\n"
    )
    edits = spec.targets["a"].edits
    assert [(edit.provider, edit.options) for edit in edits] == [
        ("p", {"a": 1, "b": 2}),
        ("p", {"a": 3}),
        ("q", {"c": 1}),
        ("p", {"a": 1, "b": 2}),
    ]


def test_the_environment_is_stronger_than_the_budget(load, fail) -> None:
    text = "version: 1\nbudget: {max_cost: 5}\n"
    assert load(text).max_cost == 5.0
    assert load(text, IMAGEBUILD_MAX_COST="0.5").max_cost == 0.5
    assert load("version: 1\n").max_cost is None
    for bad in ("five", "nan", "-1", "inf"):
        (problem,) = fail(text, IMAGEBUILD_MAX_COST=bad)
        assert "IMAGEBUILD_MAX_COST" in problem.message


def test_settings_of_providers_may_name_the_environment_and_stand_in_no_repr(load) -> None:
    spec = load(
        "version: 1\nproviders: {openai: {key: 'a${TOKEN}b', deep: [{x: '${TOKEN}'}], concurrency: 2}, other: }\n"
        "defaults: {provider: openai}\ntargets: {a: {prompt: 'costs ${TOKEN}'}}\n",
        TOKEN="hunter2",
    )
    assert spec.providers == {"openai": {"key": "ahunter2b", "deep": [{"x": "hunter2"}], "concurrency": 2}}
    assert spec.targets["a"].prompt == "costs ${TOKEN}"
    assert spec.default_provider == "openai"
    assert "hunter2" not in repr(spec)
    assert str(spec.provider_place("openai", "concurrency")) == "imagebuild.yaml:2:79"


def test_includes_are_merged_as_if_all_stood_in_one_file(load) -> None:
    spec = load(
        "version: 1\ninclude: [specs/**/*.yaml]\nvars: {a: 1}\ntargets: {main: {prompt: '{{ b }}', style: s}}\n",
        {
            "specs/one.yaml": "include: ../imagebuild.yaml\nvars: {a: 1, b: 2}\ntargets: {one: {prompt: x, inputs: [pic.png]}}\n",
            "specs/pic.png": "x",
            "specs/deep/two.yaml": "styles: {s: {alt: '{{ a }}'}}\ntargets: {two: {prompt: {file: two.md}}}\n",
            "specs/deep/two.md": "two\r\nlines\n",
            "specs/.hidden/no.yaml": "nonsense",
        },
    )
    assert list(spec.targets) == ["main", "two", "one"]
    assert spec.targets["main"].prompt == "2"
    assert spec.targets["main"].alt == "1"
    assert spec.targets["one"].inputs[0].path == "specs/pic.png"
    assert spec.targets["two"].prompt == "two\nlines"
    assert tuple(spec.files) == ("imagebuild.yaml", "specs/deep/two.yaml", "specs/one.yaml", "specs/deep/two.md")
    assert set(spec.folders) == {"specs", "specs/deep"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("targets: {a: {prompt: x}}", "targets: {a: {prompt: x}}", "target 'a' is given twice"),
        ("styles: {s: {alt: x}}", "styles: {s: {alt: y}}", "style 's' is given twice"),
        ("vars: {v: 1}", "vars: {v: 2}", "variable 'v' is given twice"),
        ("providers: {p: {a: 1}}", "providers: {p: {a: 2}}", "provider 'p' is given twice"),
        ("budget: {max_cost: 1}", "budget: {max_cost: 2}", "'budget' key 'max_cost' is given twice"),
        ("defaults: {alt: x}", "defaults: {alt: y}", "'defaults' key 'alt' is given twice"),
        (
            "targets: {Hero: {prompt: x}}",
            "targets: {hero: {prompt: x}}",
            "the name of target 'hero' differs from another only in case",
        ),
    ],
)
def test_a_name_given_twice_names_both_places(first, second, message, fail) -> None:
    (problem,) = fail(f"version: 1\ninclude: b.yaml\n{first}\n", {"b.yaml": second})
    assert problem.message == message
    assert problem.place.file == "b.yaml"
    assert "imagebuild.yaml:3:" in problem.hint


def test_includes_nest_eight_deep_and_no_deeper(load, fail) -> None:
    files = {f"{depth}.yaml": f"include: {depth + 1}.yaml\n" for depth in range(1, 20)}
    (problem,) = fail("version: 1\ninclude: 1.yaml\n", files)
    assert problem.message == "files include each other more than 8 levels deep"
    load("version: 1\ninclude: 12.yaml\n", {"12.yaml": "include: 13.yaml", "13.yaml": "vars: {a: 1}"})
