"""A spec that is read in pieces is the spec that is read as a whole, whatever was changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from changing_spec import BODIES, CHANGES, NAMES, TARGETS, apply, lay, text_of, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagebuild.errors import SpecError
from imagebuild.spec import Spec, SpecReader, load_spec
from imagebuild.spec import incremental as module
from imagebuild.testing import png


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path)


PATHS: tuple[tuple[str | int, ...], ...] = (
    (),
    ("prompt",),
    ("options", "quality"),
    ("options", "size"),
    ("inputs", 0),
    ("edits", 1, "prompt"),
    ("output",),
    ("nothing",),
)


def outcome(read: Any) -> Any:
    """All that can be seen of a reading."""
    try:
        spec: Spec = read()
    except SpecError as error:
        return [(each.message, each.hint, each.place) for each in error.problems]
    return {
        "files": dict(spec.files),
        "folders": spec.folders,
        "targets": list(spec.targets.items()),
        "providers": dict(spec.providers),
        "rest": (spec.max_cost, spec.default_provider, spec.plugins, spec.publish, spec.store, spec.untrusted),
        "reserved": spec.reserved,
        "variables": spec.variables,
        "places": [(name, path, spec.place(name, *path)) for name in spec.targets for path in PATHS],
        "keys": [spec.place(name, "options", "quality", key=True) for name in spec.targets],
    }


def same(reader: SpecReader, root: Path) -> None:
    assert outcome(reader.read) == outcome(lambda: load_spec(root))


def test_what_templates_cost_is_counted_over_all_readings(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, whole = SpecReader(root, environ={}), []
    load = module.load_parts
    monkeypatch.setattr(module, "load_parts", lambda *args, **options: whole.append(1) or load(*args, **options))
    reader.read()
    for _ in range(3):
        apply(root, CHANGES["a prompt"])
        same(reader, root)
        apply(root, {"imagebuild.yaml": text_of(TARGETS)})
        same(reader, root)
    assert reader._kept is not None
    read = len(whole)
    reader._kept.parts.renderer.budget.steps = 0
    apply(root, CHANGES["a prompt"])
    same(reader, root)
    assert len(whole) == read + 1


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_reads_the_same_as_everything_anew_and_so_does_taking_it_back(root: Path, name: str) -> None:
    reader = SpecReader(root, environ={})
    same(reader, root)
    files = ("imagebuild.yaml", "more/moon.yaml", "prompts/story.md", "prompts/edit.md", "ref.png")
    before = {path: (root / path).read_bytes() for path in files}
    apply(root, CHANGES[name])
    same(reader, root)
    (root / "more/sun.yaml").unlink(missing_ok=True)
    for path, data in before.items():
        (root / path).write_bytes(data)
    same(reader, root)
    write(root, "imagebuild.yaml", text_of(TARGETS | {"logo": "    prompt: at last\n"}))
    same(reader, root)


def test_an_input_that_becomes_a_link_out_of_the_project_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader = SpecReader(root, environ={})
    same(reader, root)
    outside = tmp_path_factory.mktemp("outside") / "secret.png"
    outside.write_bytes(png(3, 3))
    (root / "ref.png").unlink()
    os.symlink(outside, root / "ref.png")
    with pytest.raises(SpecError, match="follows a link out"):
        reader.read()


def test_nothing_changed_is_the_same_spec(root: Path) -> None:
    reader = SpecReader(root, environ={})
    assert reader.read() is reader.read()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("a prompt", {"logo"}),
        ("a comment", set()),
        ("a new target", {"sun"}),
        ("another order", set()),
        ("a prompt file", {"story"}),
        ("an include", {"moon"}),
        ("two files at once", {"story", "star", "flow"}),
    ],
)
def test_targets_that_did_not_change_are_the_same_objects_and_are_not_made_again(
    root: Path, name: str, changed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = SpecReader(root, environ={})
    before = reader.read().targets
    monkeypatch.setattr(module, "load_parts", None)  # no whole reading
    apply(root, CHANGES[name])
    after = reader.read().targets
    assert {key for key, target in after.items() if before.get(key) is not target} == changed


edits = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(BODIES), max_size=5).map(
        lambda targets: {"imagebuild.yaml": text_of(targets)}
    )
    | st.sampled_from(list(CHANGES.values())),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_sequence_of_changes_reads_the_same(root: Path, changes: list[dict[str, str | None]]) -> None:
    reader = SpecReader(root, environ={})
    for change in changes:
        apply(root, change)
        same(reader, root)
    (root / "more/sun.yaml").unlink(missing_ok=True)


def test_who_takes_in_all_that_have_a_tag_hears_of_another_one(root: Path) -> None:
    sheet = {"all": "    from: {tag: t}\n    steps: [grid]\n", "a": "    prompt: a\n    tags: [t]\n"}
    write(root, "imagebuild.yaml", text_of({**sheet, "b": "    prompt: b\n"}))
    reader = SpecReader(root, environ={})
    same(reader, root)
    write(root, "imagebuild.yaml", text_of({**sheet, "b": "    prompt: b\n    tags: [t]\n"}))
    same(reader, root)
