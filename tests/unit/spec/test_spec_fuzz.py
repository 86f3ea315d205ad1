"""Whatever the text, the answer is a spec or a SpecError whose places exist."""

# ruff: noqa: E501 - what to build texts of

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuild.errors import SpecError
from imagebuild.spec import load_spec
from imagebuild.spec.field import BLOCKS

KEYS = sorted({name for block in BLOCKS.values() for name in block.fields})
PIECES = st.sampled_from(
    ["version: 1\n", "targets:\n", "  a:\n", "    prompt: x\n", "    ", "  ", "\n", ": ", "- ", "{", "}", "[", "]", ", ", "'", '"', "|\n", ">\n", "&a ", "*a",
     "<<: ", "!!str ", "!x ", "# c", "---\n", "{{ id }}", "{{ x", "{% if %}", "\t", "\ufeff", "é😀", "\u2028", "\x85", "\r\n", "${X}", "sk-aaaaaaaaaaaaaaaaaaaaaaa1",
     "../x", "1e999", "16:9", *(f"{key}: " for key in KEYS)]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["{{ id }}", "a", "x.png", *KEYS])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from([*KEYS, "a", "exclude"]), st.text(max_size=8)), inner, max_size=5),
    ),
    max_leaves=25,
)  # fmt: skip


def load(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "imagebuild.yaml").write_bytes(data)
        try:
            spec = load_spec(root)
        except SpecError as error:
            places = [problem.place for problem in error.problems]
        else:
            places = [spec.place(name, "prompt") for name in spec.targets]
    for place in places:
        check(place)


def check(place) -> None:
    assert place is not None
    if place.line is not None and place.source is not None:
        assert 1 <= place.column <= len(place.source) + 1
        assert place.length >= 1
        assert place.column - 1 + place.length <= max(len(place.source), place.column)
        assert not re.search(r"(?<![A-Za-z0-9])sk-a{23}1", place.source)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(), st.text().map(str.encode), st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())
    )
)
def test_any_bytes_are_a_spec_or_a_spec_error(data) -> None:
    load(data)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BLOCKS["spec"].fields)), VALUES, max_size=6), VALUES)
def test_any_values_are_a_spec_or_a_spec_error(spec, target) -> None:
    import yaml

    load(yaml.safe_dump({"version": 1, "targets": {"a": target}, **spec}, allow_unicode=True).encode())
    load(yaml.safe_dump({"version": 1, **spec, "targets": {"a": {"prompt": "x", "options": target}}}).encode())


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BLOCKS["target"].fields)), VALUES, max_size=6))
def test_any_target_is_a_spec_or_a_spec_error(target) -> None:
    import yaml

    load(yaml.safe_dump({"version": 1, "targets": {"a": {"prompt": "x", **target}}}, allow_unicode=True).encode())
