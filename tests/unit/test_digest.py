from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild.digest import canonical, digest_bytes, digest_file, digest_value

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(st.dictionaries(texts, values))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical(value) == canonical(backwards)  # type: ignore[arg-type]  # Json, which mypy cannot see


def test_kinds_of_values_are_told_apart() -> None:
    different = [1, 1.0, "1", True, None, [], {}, "", [1], "true", 0, False]
    assert len({canonical(value) for value in different}) == len(different)  # type: ignore[arg-type]  # Json, which mypy cannot see


def test_what_json_cannot_hold_is_refused() -> None:
    for value in (float("nan"), float("inf"), "\ud800"):
        with pytest.raises(ValueError):
            canonical(value)
    with pytest.raises(TypeError):
        canonical({1, 2})  # type: ignore[arg-type]  # not Json on purpose


def test_a_read_only_mapping_is_a_mapping() -> None:
    assert canonical(MappingProxyType({"a": MappingProxyType({"b": 1})})) == b'{"a":{"b":1}}'


def test_a_digest_is_sha256_in_hexadecimal(tmp_path: Path) -> None:
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    (tmp_path / "abc").write_bytes(b"abc")
    assert digest_bytes(b"abc") == digest_file(tmp_path / "abc") == known
    assert digest_value("abc") == digest_bytes(b'"abc"')
