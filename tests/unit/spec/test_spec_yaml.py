"""YAML reads as what the user wrote, and stays in bounds."""

from __future__ import annotations

import pytest

from imagebuild.spec.node import Mapping, Scalar
from imagebuild.spec.parser import parse_yaml
from imagebuild.spec.problem import Problems
from imagebuild.spec.source import Source

TRAPS = {
    "16:9": "16:9", "12:30:45": "12:30:45", "no": "no", "No": "No", "on": "on", "off": "off", "y": "y", "yes": "yes",
    "true": True, "False": False, "1e3": 1000.0, "1E-2": 0.01, "0755": 755, "0o17": 15, "0x1F": 31, "0b11": "0b11",
    "2026-11-23": "2026-11-23", "1_000": "1_000", "+1": 1, "-0": 0, ".5": 0.5, "5.": 5.0, "1.2.3": "1.2.3", "~": None,
    "null": None, "": None, "NULL": None, "nil": "nil", "=": "=", "'no'": "no", '"1"': "1", "!!str 1": "1", "! 1": "1",
    "!!int 3": 3, "!!float 3": 3, "0.1": 0.1, "1536x1024": "1536x1024", "1-2": "1-2", "5.00": 5.0, "\u0661": "\u0661",
    "infinity": "infinity", "nan": "nan", "1,000": "1,000", "#x": None,
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), TRAPS.items())
def test_a_scalar_reads_as_what_was_written(written, meant) -> None:
    problems = Problems()
    root = parse_yaml(Source("f", f"a: {written}\n"), problems)
    assert isinstance(root, Mapping)
    value = root.get("a")
    assert isinstance(value, Scalar)
    assert (value.value, type(value.value)) == (meant, type(meant))
    assert not len(problems)


def test_keys_are_text_as_written(load) -> None:
    spec = load("version: 1\ntargets: {a: {prompt: x, options: {no: 1, 16:9: 2, 1.0: 3, null: 4}}}\n")
    assert spec.targets["a"].options == {"no": 1, "16:9": 2, "1.0": 3, "null": 4}


def test_anchors_are_shared_and_merge_keys_give_way_to_what_is_said(load) -> None:
    spec = load(
        "version: 1\ntargets:\n  a: &a\n    prompt: x\n    options: &o {q: 1, r: 2}\n"
        "  b: {<<: *a, alt: b, options: {<<: [*o, {s: 3, q: 9}], r: 4}}\n"
    )
    assert spec.targets["b"].options == {"q": 1, "r": 4, "s": 3}
    assert (spec.targets["b"].prompt, spec.targets["b"].alt) == ("x", "b")


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(load) -> None:
    spec = load(b"\xef\xbb\xbfversion: 1\r\ntargets:\r\n  a:\r\n    prompt: |\r\n      one\r\n      two\r\n")
    assert spec.targets["a"].prompt == "one\ntwo"
    place = spec.place("a", "prompt")
    assert (place.line, place.column) == (4, 13)


def test_the_pure_python_parser_reads_the_same(load, fail, monkeypatch) -> None:
    import yaml

    text = "version: 1\ntargets: {a: {prompt: 'é😀 {{ id }}', options: {x: 1e3}}}\n"
    expected = load(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert load(text).targets == expected.targets
    assert load(text).place("a", "options", "x") == expected.place("a", "options", "x")
    for bad in (
        "a: [1,\n",
        "a: b: c\n",
        "a:\n\t- b\n",
        "\tx",
        "a: 'x\n",
        "a: @x\n",
        "a:\n  b: 1\n c: 2\n",
        "%",
        "*a",
        'a: "\\q"',
    ):
        (problem,) = fail(bad)
        assert problem.place.line
        assert problem.hint


def test_the_collector_of_garbage_is_left_as_it_was(load, fail) -> None:
    import gc

    fail("a: [")
    assert gc.isenabled()
    gc.disable()
    try:
        load("version: 1\n")
        assert not gc.isenabled()
    finally:
        gc.enable()
