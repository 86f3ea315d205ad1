"""An excerpt of a spec says of what it holds just what the whole says, and leaves out only what is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from changing_spec import BODIES, CHANGES, NAMES, TARGETS, apply, lay, text_of, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from imagebuild.errors import SpecError
from imagebuild.spec import Excerpt, Outline, Spec, load_parts, outline_of, read_excerpt
from imagebuild.spec.limit import Budget

FILES = ("imagebuild.yaml", "more/moon.yaml", "prompts/story.md", "prompts/edit.md", "ref.png")
PATHS: tuple[tuple[str | int, ...], ...] = ((), ("prompt",), ("options", "quality"), ("inputs", 0), ("output",))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path)


def contents(root: Path) -> dict[str, bytes | None]:
    return {path: (root / path).read_bytes() if (root / path).exists() else None for path in FILES}


def whole(root: Path) -> tuple[Spec, Outline | None] | None:
    """All of the spec; None where it is wrong."""
    try:
        spec, parts = load_parts(root)
    except SpecError:
        return None
    return spec, outline_of(spec, parts)


def look(root: Path, outline: Outline, before: dict[str, bytes | None]) -> Excerpt | None:
    """An excerpt, read from an outline that has been through bytes."""
    now = contents(root)
    changed = [path for path in FILES if now[path] != before[path]]
    return read_excerpt(root, Outline.load(outline.dump()), changed, environ={})


def plain(root: Path) -> tuple[Spec, Outline]:
    """All of a spec that is right and can be read in parts."""
    found = whole(root)
    assert found is not None
    assert found[1] is not None
    return found[0], found[1]


def changed(root: Path, change: dict[str, str | None]) -> tuple[Spec, Excerpt | None]:
    """The spec before a change, and the excerpt after it."""
    old, outline = plain(root)
    before = contents(root)
    apply(root, change)
    return old, look(root, outline, before)


def agree(excerpt: Excerpt, old: Spec, now: tuple[Spec, Outline | None] | None) -> None:
    assert now is not None, "what is wrong is told by a whole reading alone"
    spec, outline = now
    part = excerpt.spec
    assert {**dict.fromkeys(part.elsewhere), **dict.fromkeys(part.targets)}.keys() == spec.targets.keys()
    assert part.elsewhere.keys().isdisjoint(part.targets)
    for name, target in part.targets.items():
        assert target == spec.targets[name]
        assert [part.place(name, *path) for path in PATHS] == [spec.place(name, *path) for path in PATHS]
    for name in part.elsewhere:
        assert old.targets[name] == spec.targets[name]
    assert part.files.items() <= spec.files.items()
    assert (part.max_cost, part.default_provider, part.plugins) == (spec.max_cost, spec.default_provider, spec.plugins)
    assert part.reserved >= spec.reserved
    assert outline is not None
    after = Outline.load(excerpt.outline().dump())
    assert after.sheets == outline.sheets
    assert (after.paths, after.expected, after.variants) == (outline.paths, outline.expected, outline.variants)
    for mine, theirs in ((after.links, outline.links), (after.readers, outline.readers)):
        assert all(mine.get(key, set()) >= group for key, group in theirs.items())


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in ("an include more", "an include less")])
def test_a_change_is_read_as_in_the_whole(root: Path, name: str) -> None:
    old, excerpt = changed(root, CHANGES[name])
    if excerpt is not None:
        agree(excerpt, old, whole(root))


@pytest.mark.parametrize(
    ("name", "touched"),
    [
        ("a prompt", {"logo", "hero[season=spring]", "hero[season=autumn]"}),
        ("a prompt with more lines", {"logo", "hero[season=spring]", "hero[season=autumn]"}),
        ("a comment", {"logo", "hero[season=spring]", "hero[season=autumn]"}),
        ("a new target", {"sun"}),
        ("another order", None),
        ("another matrix", None),
        ("a target less", None),
        ("a prompt file", {"story"}),
        ("an include", {"moon"}),
        ("two files at once", {"story", "star", "flow"}),
        ("the head", None),
        ("a line above", None),
        ("a name that is taken in other letters", None),
        ("an output that is taken", None),
        ("an output below another", None),
        ("a text that is not closed", None),
        ("a list that looks like targets", None),
        ("an anchor", None),
    ],
)
def test_only_what_an_edit_touches_and_what_is_linked_to_it_is_read(
    root: Path, name: str, touched: set[str] | None
) -> None:
    _, excerpt = changed(root, CHANGES[name])
    assert (None if excerpt is None else set(excerpt.spec.targets)) == touched


def test_another_picture_to_take_in_touches_who_takes_it(root: Path) -> None:
    _, outline = plain(root)
    before = contents(root)
    (root / "ref.png").write_bytes((root / "ref.png").read_bytes() + b"more")
    excerpt = look(root, outline, before)
    assert excerpt is not None
    assert {target.name for target in excerpt.spec.targets.values()} == {"hero", "logo"}


def test_a_text_that_keeps_its_last_lines_does_not_keep_those_that_stand_for_others(root: Path) -> None:
    def keeping(word: str) -> str:
        return f"    prompt: a\n    options:\n      note: |+\n        {word}\n\n"

    rest = {"b": "    prompt: b\n", "c": "    prompt: c\n"}
    write(root, "imagebuild.yaml", text_of({"keeps": keeping("one"), **rest}))
    old, outline = plain(root)
    before = contents(root)
    write(root, "imagebuild.yaml", text_of({"keeps": keeping("two"), **rest, "c": "    prompt: d\n"}))
    excerpt = look(root, outline, before)
    assert excerpt is not None
    assert excerpt.spec.targets["keeps"].options["note"] == "two\n\n"
    agree(excerpt, old, whole(root))


def test_a_prompt_that_is_a_file_with_targets_is_read_in_the_whole(root: Path) -> None:
    _, outline = plain(root)
    before = contents(root)
    write(root, "imagebuild.yaml", text_of(TARGETS | {"flow": "    prompt: {file: more/moon.yaml}\n"}))
    assert look(root, outline, before) is None
    _, outline = plain(root)
    before = contents(root)
    write(root, "more/moon.yaml", (root / "more/moon.yaml").read_text("utf-8").replace("a star", "a nova"))
    assert look(root, outline, before) is None


def test_a_target_among_a_thousand_costs_no_reading_of_the_others(tmp_path: Path) -> None:
    def text(word: str) -> str:
        return text_of({f"t{number}": f"    prompt: {word if number == 700 else 'same'}\n" for number in range(1000)})

    write(lay(tmp_path), "imagebuild.yaml", text("old"))
    _, outline = plain(tmp_path)
    before = contents(tmp_path)
    write(tmp_path, "imagebuild.yaml", text("new"))
    excerpt = look(tmp_path, outline, before)
    assert excerpt is not None
    assert list(excerpt.parts.document.targets) == ["t700"]
    assert sum(excerpt.spec.elsewhere.values()) == 1001


def test_what_templates_cost_is_counted_over_all_edits(root: Path) -> None:
    _, outline = plain(root)
    apply(root, CHANGES["a prompt"])
    excerpt = read_excerpt(root, outline, ["imagebuild.yaml"], environ={})
    assert excerpt is not None
    after = excerpt.outline().spent
    assert (after[0] > outline.spent[0], after[1] > outline.spent[1]) == (True, True)
    whole = Budget(len(excerpt.spec.elsewhere) + len(excerpt.spec.targets), 0)
    near = replace(outline, spent=(whole.steps, outline.spent[1]))
    assert read_excerpt(root, near, ["imagebuild.yaml"], environ={}) is None
    near = replace(
        outline, spent=(outline.spent[0], whole.text + 4 * sum(len(each or b"") for each in contents(root).values()))
    )
    assert read_excerpt(root, near, ["imagebuild.yaml"], environ={}) is None


edits = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(BODIES), max_size=6).map(
        lambda targets: {"imagebuild.yaml": text_of(targets)}
    )
    | st.sampled_from([change for change in CHANGES.values() if "more/sun.yaml" not in change])
    | st.tuples(st.sampled_from(list(TARGETS)), st.sampled_from(BODIES)).map(
        lambda pair: {"imagebuild.yaml": text_of(TARGETS | {pair[0]: pair[1]})}
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_sequence_of_edits_is_read_as_in_the_whole(root: Path, changes: list[dict[str, str | None]]) -> None:
    lay(root)
    known = whole(root)
    before = contents(root)
    for change in changes:
        apply(root, change)
        now = whole(root)
        outline = known[1] if known else None
        excerpt = look(root, outline, before) if outline else None
        if excerpt is not None and known is not None:
            agree(excerpt, known[0], now)
            now = (now[0], excerpt.outline()) if now else None
        if now is not None:
            known, before = now, contents(root)
