"""The lock: what is written is read, what is broken is refused with its place, and branches merge by line."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from imagebuild.errors import LockError
from imagebuild.lockfile import Lock, LockLine, read_line

LINE = LockLine(
    target="hero",
    stage=0,
    candidate=0,
    key="a" * 64,
    take=1,
    digest="b" * 64,
    media_type="image/png",
    picked=True,
    review="unreviewed",
    provider="openai",
    time="2026-11-23T00:17:25Z",
    options={"size": "1024x1024", "quality": "high", "n": 1, "strength": 0.5},
    model="gpt-image-2.6-sunburst",
    revised_prompt="a fox 🦊 in “snow”",
    cost_usd=0.04,
    request_id="req_1",
)
BARE = LockLine(
    target="logo",
    stage=0,
    candidate=0,
    key="c" * 64,
    take=2,
    digest="d" * 64,
    media_type="image/webp",
    picked=False,
    review="approved",
    provider="openai",
    time="2026-11-23T00:17:25Z",
)

text = st.text(max_size=30)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
plain_lines = st.builds(
    LockLine,
    target=st.text(min_size=1, max_size=12),
    stage=st.integers(0, 3),
    candidate=st.integers(0, 3),
    key=digests,
    take=st.integers(1, 99),
    digest=digests,
    media_type=st.sampled_from(["image/png", "image/svg+xml"]),
    picked=st.just(False),
    review=st.sampled_from(["unreviewed", "approved", "rejected"]),
    provider=st.text(min_size=1, max_size=5),
    time=st.just("2026-11-23T00:17:25Z"),
    options=st.dictionaries(text, values, max_size=4),
    model=st.none() | text,
    revised_prompt=st.none() | text,
    cost_usd=st.none() | st.floats(0, 1e6),
    request_id=st.none() | text,
    replaces=st.none() | digests,
    adopted=st.booleans(),
    frozen=st.booleans(),
)


def beside(line: LockLine, live: LockLine | None) -> LockLine:
    """A line with one of the same place that is live."""
    return replace(line, live=live and replace(live, target=line.target, stage=line.stage, candidate=line.candidate))


lines = st.builds(beside, plain_lines, st.none() | plain_lines)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "imagebuild.lock"


def lock_of(*lines: LockLine) -> Lock:
    return Lock().with_lines(lines)


@given(st.lists(lines, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("lock") / "imagebuild.lock"
    lock = lock_of(*made)
    lock.write(path)
    assert Lock.read(path).lines == lock.lines
    assert Lock.read(path).text() == lock.text()
    assert json.loads(lock.text())["version"] == 2
    assert len(lock.text().splitlines()) == len(lock.lines) + 2


def test_no_file_is_a_lock_without_lines(path):
    assert Lock.read(path).lines == {}


def test_the_text_is_the_same_whatever_the_order_of_lines_and_options():
    other = replace(LINE, options=dict(reversed(LINE.options.items())))
    edit = replace(LINE, stage=1)
    lock = lock_of(LINE, BARE, edit)
    assert lock.text() == lock_of(edit, BARE, other).text()
    assert [line.slot for line in map(lock.lines.get, sorted(lock.lines))] == [LINE.slot, edit.slot, BARE.slot]


def test_a_lock_that_was_made_from_another_has_the_text_of_its_own_lines():
    first = lock_of(LINE, BARE)
    assert first.text()
    edit = replace(LINE, stage=1)
    changed = first.with_lines([edit, replace(BARE, take=7)]).without([LINE.slot])
    assert changed.text() == lock_of(edit, replace(BARE, take=7)).text()
    assert first.with_lines([]).text() == first.text()


def test_the_text_of_a_lock_changes_only_on_purpose():
    assert lock_of(BARE).text() == (
        '{"version": 2, "actions": [\n'
        '["logo", 0, 0, {"cost_usd": null, "digest": "' + "d" * 64 + '", "key": "' + "c" * 64 + '", '
        '"media_type": "image/webp", "model": null, "options": {}, "picked": false, "provider": "openai", '
        '"request_id": null, "review": "approved", "revised_prompt": null, "take": 2, '
        '"time": "2026-11-23T00:17:25Z"}],\n'
        "null]}\n"
    )


def test_the_text_of_what_people_chose_changes_only_on_purpose():
    live = replace(BARE, digest="e" * 64, key="f" * 64, take=1)
    chosen = replace(BARE, review="unreviewed", replaces="e" * 64, adopted=True, frozen=True, live=live)
    assert lock_of(chosen).text() == (
        '{"version": 2, "actions": [\n'
        '["logo", 0, 0, {"adopted": true, "cost_usd": null, "digest": "' + "d" * 64 + '", "frozen": true, '
        '"key": "' + "c" * 64 + '", "live": {"cost_usd": null, "digest": "' + "e" * 64 + '", '
        '"key": "' + "f" * 64 + '", "media_type": "image/webp", "model": null, "options": {}, "picked": false, '
        '"provider": "openai", "request_id": null, "review": "approved", "revised_prompt": null, "take": 1, '
        '"time": "2026-11-23T00:17:25Z"}, "media_type": "image/webp", "model": null, "options": {}, '
        '"picked": false, "provider": "openai", "replaces": "' + "e" * 64 + '", "request_id": null, '
        '"review": "unreviewed", "revised_prompt": null, "take": 2, "time": "2026-11-23T00:17:25Z"}],\n'
        "null]}\n"
    )


def test_a_lock_of_version_1_is_read_and_becomes_2_at_the_next_change(path):
    before = lock_of(LINE, BARE).text().replace('"version": 2', '"version": 1')
    path.write_text(before, encoding="utf-8")
    lock = Lock.read(path)
    assert lock.lines == lock_of(LINE, BARE).lines
    assert path.read_text(encoding="utf-8") == before
    lock.with_lines([replace(LINE, target="new")]).write(path)
    assert path.read_text(encoding="utf-8").startswith('{"version": 2, ')
    assert Lock.read(path).lines.keys() == {LINE.slot, BARE.slot, ("new", 0, 0)}


@pytest.mark.parametrize(("version", "hint"), [("3", "upgrade"), ("0", "git checkout imagebuild.lock")])
def test_a_lock_of_another_version_is_refused_with_what_helps(path, version, hint):
    path.write_text(GOOD.replace('"version": 2', f'"version": {version}'), encoding="utf-8")
    with pytest.raises(LockError, match=f"unknown lock version {version}") as caught:
        Lock.read(path)
    assert hint in caught.value.hint


def test_the_order_of_lines_is_free_and_the_next_write_sorts_them(path):
    path.write_text("\n".join([ROWS[0], ROWS[3], ROWS[2], ROWS[1], *ROWS[4:]]), encoding="utf-8")
    lock = Lock.read(path)
    assert lock.text() == GOOD
    assert lock.write(path) is True
    assert path.read_text(encoding="utf-8") == GOOD


def test_two_lines_that_say_the_same_are_one(path):
    path.write_text("\n".join([*ROWS[:3], ROWS[1], *ROWS[3:]]), encoding="utf-8")
    assert Lock.read(path).text() == GOOD


def test_a_line_can_be_read_by_itself():
    assert read_line(ROWS[1]) == LINE
    with pytest.raises(LockError, match="no JSON"):
        read_line(ROWS[1][1:])


def test_whole_and_broken_costs_are_written_alike():
    assert lock_of(replace(LINE, cost_usd=2)).text() == lock_of(replace(LINE, cost_usd=2.0)).text()
    assert lock_of(replace(LINE, cost_usd=-0.0)).text() == lock_of(replace(LINE, cost_usd=0)).text()


def test_adding_and_removing_a_line_changes_no_other():
    before = lock_of(LINE, BARE).text().splitlines()
    for new in (replace(LINE, target="a"), replace(LINE, target="i"), replace(LINE, target="z")):
        lock = lock_of(LINE, BARE, new)
        after = lock.text().splitlines()
        assert len(after) == len(before) + 1
        assert [line for line in after if line in before] == before
        assert lock.without([new.slot, ("unknown", 0, 0)]).text().splitlines() == before


def test_text_that_could_deceive_a_reader_is_escaped(path):
    trap = "a\u2028b\u202ec\u0085d\ud800e\nf\u200b"
    lock = lock_of(replace(LINE, revised_prompt=trap, target="t\u2029"))
    lock.write(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert "\u202e" not in path.read_text(encoding="utf-8")
    assert Lock.read(path).lines["t\u2029", 0, 0].revised_prompt == trap


def test_a_lock_that_says_the_same_is_not_written(path):
    assert lock_of(LINE).write(path) is True
    os.utime(path, (1, 1))
    assert lock_of(LINE).write(path) is False
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert Lock.read(path).lines == lock_of(LINE).lines
    assert lock_of(LINE).write(path) is False
    assert lock_of(LINE, BARE).write(path) is True
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_the_mode_of_the_lock_stays(path):
    lock_of(LINE).write(path)
    path.chmod(0o604)
    lock_of(BARE).write(path)
    assert path.stat().st_mode & 0o777 == 0o604


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_lock_that_cannot_be_written_leaves_the_old_one(path, monkeypatch, call):
    lock_of(LINE).write(path)
    before = path.read_bytes()

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(LockError, match="no space left") as caught:
        lock_of(BARE).write(path)
    assert caught.value.hint
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


GOOD = lock_of(LINE, replace(LINE, stage=1), BARE).text()
ROWS = GOOD.split("\n")
BODY = json.dumps(json.loads(ROWS[2][:-1])[3])[1:-1]


def changed(old: str, new: str) -> str:
    """The lock with its third line changed."""
    assert old in ROWS[2]
    return "\n".join([*ROWS[:2], ROWS[2].replace(old, new, 1), *ROWS[3:]])


@pytest.mark.parametrize(
    ("broken", "line", "message"),
    [
        ("", 1, "empty"),
        ("\n", 1, "expected its version"),
        ("{}", 1, "expected its version"),
        (json.dumps(json.loads(GOOD), indent=2), 1, "expected its version"),
        ("\ufeff" + GOOD, 1, "expected its version"),
        (GOOD.replace('"version": 2', '"version": 3'), 1, "unknown lock version 3"),
        (GOOD.replace('"version": 2', '"version": 0'), 1, "unknown lock version 0"),
        (GOOD.replace('"version": 2', '"version": -1'), 1, "expected its version"),
        (GOOD[: GOOD.index("null]}")], 4, "cut off"),
        ("\n".join(ROWS[:3]), 3, "cut off"),
        (GOOD[: len(ROWS[0]) + 50], 2, "cut off"),
        (ROWS[0], 1, "cut off"),
        (GOOD + "more\n", 6, "cut off"),
        (GOOD.replace(ROWS[2], "<<<<<<< HEAD\n" + ROWS[2] + "\n=======\n>>>>>>> feature"), 3,
            "the lock holds a merge conflict: ours (HEAD) in line 4, theirs (feature) has no line"),
        (GOOD.replace(ROWS[2], "<<<<<<<\n" + ROWS[2] + "\n||||||| x\n=======\n" + ROWS[2] + "\n" + ROWS[2]
            + "\n>>>>>>>"), 3, "the lock holds a merge conflict: ours in line 4, theirs in lines 7 to 8"),
        (GOOD.replace(ROWS[2], ROWS[2] + "\n=======\n" + ROWS[2]), 4, "the lock holds a merge conflict"),
        (GOOD.replace(ROWS[2], "<<<<<<<<< deep\n" + ROWS[2]), 3, "the lock holds a merge conflict"),
        (GOOD.replace(ROWS[2], ROWS[2] + "\n" + ROWS[2].replace("a" * 64, "c" * 64)), 4,
            "'hero edit 1' stands twice, in lines 3 and 4"),
        (GOOD.replace(ROWS[3], ROWS[0] + "\n" + ROWS[3]), 4, "the lock begins twice, in lines 1 and 4"),
        (GOOD.replace(ROWS[2], ""), 3, "does not end with a comma"),
        (changed("}],", "}]"), 3, "does not end with a comma"),
        (changed('["hero"', '["hero'), 3, "no JSON"),
        (changed('"hero", 1', '"hero", -2'), 3, "expected a target, a stage"),
        (changed('"hero", 1', '"hero", true'), 3, "expected a target, a stage"),
        (changed('"hero", 1', '"", 1'), 3, "expected a target, a stage"),
        (GOOD.replace(ROWS[2], "[" * 100_000 + ","), 3, "no action"),
        (GOOD.replace(ROWS[2], "null,"), 3, "expected a target, a stage"),
        (changed('"take": 1', '"take": 0'), 3, "'take' is a whole number from 1, found 0"),
        (changed('"take": 1', '"take": true'), 3, "'take' is"),
        (changed('"take": 1', '"take": ' + "9" * 5000), 3, "no action"),
        (changed('"take": 1, ', ""), 3, "field 'take' is missing"),
        (changed('"take": 1', '"take": 1, "tkae": 1'), 3, "unknown field 'tkae'"),
        (changed('"take": 1', '"take": 1, "take": 1'), 3, "'take' stands twice"),
        (changed("b" * 64, "B" * 64), 3, "'digest' is 64 digits"),
        (changed("a" * 64, "../" * 20), 3, "'key' is 64 digits"),
        (changed('"unreviewed"', '"aproved"'), 3, "'review' is one of"),
        (changed('"unreviewed"', "[]"), 3, "'review' is one of"),
        (changed('"picked": true', '"picked": 1'), 3, "'picked' is true or false"),
        (changed("0.04", "NaN"), 3, "NaN is no number"),
        (changed("0.04", "-1"), 3, "'cost_usd' is a number"),
        (changed("00:17:25Z", "00:17:25+01:00"), 3, "'time' is a UTC time"),
        (changed('"request_id": "req_1"', '"request_id": 5'), 3, "'request_id' is text or null"),
        (changed('"openai"', '""'), 3, "'provider' is the name"),
        (GOOD.replace(ROWS[3], lock_of(replace(LINE, target="hero2"), replace(LINE, target="hero2", candidate=1))
            .text().split("\n", 1)[1].rsplit("\n", 2)[0]), 5,
            "'hero2' has two picks: candidates 0 and 1, in lines 4 and 5"),
        (changed('"take": 1', '"adopted": false, "take": 1'), 3, "'adopted' is true, or left out, found false"),
        (changed('"take": 1', '"adopted": 1, "take": 1'), 3, "'adopted' is true"),
        (changed('"take": 1', '"frozen": "yes", "take": 1'), 3, "'frozen' is true, or left out"),
        (changed('"take": 1', '"replaces": null, "take": 1'), 3, "'replaces' is 64 digits"),
        (changed('"take": 1', '"text": "", "take": 1'), 3, "'text' is text"),
        (changed('"take": 1', '"text": "a fox", "take": 1'), 3, "'text' is not the one whose digest is pinned"),
        (changed('"take": 1', '"live": null, "take": 1'), 3, "'live' is an object"),
        (changed('"take": 1', '"live": {}, "take": 1'), 3, "field 'key' is missing in 'live'"),
        (changed('"take": 1', f'"live": {{"live": {{}}, {BODY}}}, "take": 1'), 3, "'live' is an object"),
        (changed('"take": 1', f'"live": {{{BODY}, "x": 1}}, "take": 1'), 3, "unknown field 'x'"),
    ],
)  # fmt: skip
def test_a_broken_lock_is_refused_with_its_place(path, broken, line, message):
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(LockError) as caught:
        Lock.read(path)
    error = caught.value
    assert message in error.message
    assert error.place.file == "imagebuild.lock"
    assert error.place.line == line
    assert error.hint
    if broken:
        assert error.place.source == broken.split("\n")[line - 1]
        assert 1 <= error.place.column <= len(error.place.source) + 1


@pytest.mark.parametrize(
    "broken",
    [
        "\n".join([*ROWS[:2], "<<<<<<< HEAD", ROWS[2], "=======", ">>>>>>> feature", *ROWS[3:]]),
        "\n".join([*ROWS[:3], ROWS[2].replace("a" * 64, "c" * 64), *ROWS[3:]]),
        "\n".join([*ROWS[:3], ROWS[0], *ROWS[3:]]),
        lock_of(LINE, replace(LINE, candidate=1)).text(),
    ],
    ids=["markers", "a line twice", "a version twice", "two picks"],
)
def test_what_a_merge_leaves_names_the_command_that_settles_it(path, broken):
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(LockError) as caught:
        Lock.read(path)
    assert "'imagebuild resolve'" in caught.value.hint


def test_the_place_of_a_bad_field_is_its_column(path):
    path.write_text(changed('"take": 1', '"take": 0'), encoding="utf-8")
    with pytest.raises(LockError) as caught:
        Lock.read(path)
    place = caught.value.place
    assert place.source[place.column - 1 :].startswith('"take"')
    assert place.length == len('"take"')


def test_a_lock_that_is_not_text_is_refused_with_its_line(path):
    path.write_bytes(GOOD.encode().replace(b"hero", b"h\xffro"))
    with pytest.raises(LockError, match="not UTF-8") as caught:
        Lock.read(path)
    assert caught.value.place.line == 2


def test_a_folder_in_place_of_the_lock_is_an_error(path):
    path.mkdir()
    with pytest.raises(LockError):
        Lock.read(path)


def test_a_lock_cut_off_anywhere_is_refused(path):
    data = GOOD.encode()
    for end in range(0, len(data) - 1, 7):
        path.write_bytes(data[:end])
        with pytest.raises(LockError):
            Lock.read(path)


@pytest.mark.parametrize("change", ["add", "reroll", "remove"])
def test_branches_that_touch_different_targets_merge_by_line(tmp_path, change):
    base = lock_of(*(replace(LINE, target=name) for name in ("b", "d", "f", "h")))
    ours = base.with_lines([replace(LINE, target="c")])
    theirs = {
        "add": base.with_lines([replace(LINE, target="z")]),
        "reroll": base.with_lines([replace(LINE, target="h", take=2)]),
        "remove": base.without([("h", 0, 0)]),
    }[change]
    for name, lock in (("ours", ours), ("base", base), ("theirs", theirs)):
        lock.write(tmp_path / name)
    subprocess.run(["git", "merge-file", "ours", "base", "theirs"], cwd=tmp_path, check=True)
    merged = Lock.read(tmp_path / "ours")
    assert merged.lines == {**theirs.lines, ("c", 0, 0): replace(LINE, target="c")}
    assert merged.write(tmp_path / "ours") is False


def test_branches_that_touch_the_same_line_conflict_and_are_refused_with_the_line(tmp_path):
    for name, take in (("ours", 2), ("base", 1), ("theirs", 3)):
        lock_of(BARE, replace(LINE, take=take)).write(tmp_path / name)
    done = subprocess.run(["git", "merge-file", "ours", "base", "theirs"], cwd=tmp_path, check=False)
    assert done.returncode == 1
    with pytest.raises(LockError, match="merge conflict") as caught:
        Lock.read(tmp_path / "ours")
    assert caught.value.place.line == 2
