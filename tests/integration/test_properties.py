"""Whatever is edited in whatever order: no key is bought twice, and a build after a build does nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuild.digest import digest_file
from imagebuild.lockfile import Lock
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World, png

NAMES = ("a", "b", "c")
WORDS = st.sampled_from(["red", "blue", "green"])

targets = st.fixed_dictionaries(
    {
        "prompt": WORDS,
        "edits": st.lists(WORDS, max_size=2),
        "steps": st.lists(WORDS, max_size=2),
        "size": st.sampled_from(["4x4", "8x8"]),
        "candidates": st.integers(1, 2),
        "inputs": st.lists(st.sampled_from(["ref.png", "first"]), max_size=2, unique=True),
    }
)
projects = st.dictionaries(st.sampled_from(NAMES), targets, min_size=1)
mischief = st.lists(
    st.one_of(
        st.tuples(st.just("delete output"), st.sampled_from(NAMES)),
        st.tuples(st.just("new input"), st.integers(0, 2)),
        st.tuples(st.just("delete state"), st.none()),
        st.tuples(st.just("delete lock"), st.none()),
    ),
    max_size=2,
)


def spec(project: dict[str, dict[str, object]]) -> str:
    lines = ["version: 1", "defaults: {provider: recorder}", "targets:"]
    first = next(iter(project))
    for name, target in project.items():
        given_inputs = [
            f"{{target: {first}}}" if item == "first" else item
            for item in target["inputs"]  # type: ignore[attr-defined]  # always a list
            if item != "first" or name != first
        ]
        steps = ", ".join(f"{{mark: {{mark: {word}}}}}" for word in target["steps"])  # type: ignore[attr-defined]  # always a list
        lines += [
            f"  {name}:",
            f"    prompt: {target['prompt']}",
            f"    edits: [{', '.join(target['edits'])}]",  # type: ignore[arg-type]  # always a list
            f"    steps: [{steps}]",
            f"    options: {{size: {target['size']}}}",
            f"    candidates: {target['candidates']}",
            f"    inputs: [{', '.join(given_inputs)}]",
        ]
    return "\n".join(lines) + "\n"


def play(world: World, act: tuple[str, object]) -> None:
    match act:
        case ("delete output", name):
            (world.root / f"images/{name}.png").unlink(missing_ok=True)
        case ("new input", int(number)):
            world.write({"ref.png": png(2, 2, (number, 0, 0))})
        case ("delete state", _):
            for name in ("state.db", "slots.db"):
                (world.root / ".imagebuild" / name).unlink(missing_ok=True)
        case ("delete lock", _):
            (world.root / "imagebuild.lock").unlink(missing_ok=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(projects, mischief), min_size=1, max_size=4))
def test_no_history_buys_a_key_twice_or_leaves_work_behind(
    history: list[tuple[dict[str, dict[str, object]], list[tuple[str, object]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        world = World(root, Path(folder) / "home").write({"ref.png": png(2, 2)})
        bought: Counter[str] = Counter()

        def count(request: Request, context: ProviderContext) -> None:
            bought[context.key] += 1

        world.provider.answer = count
        for project, acts in history:
            for act in acts:
                play(world, act)
            world.spec(spec(project))
            plan = world.plan()
            report = world.build()
            assert report.exit_code == 0
            assert report.bought <= sum(action.will_run for action in plan.actions)
            assert plan.empty == (not world.started and not world.written)
            assert world.build().written == ()
            assert world.started == []
            assert world.plan().empty
            assert all(status.state == "fresh" for status in world.status().values())
            lock = Lock.read(world.root / "imagebuild.lock")
            for name, target in project.items():
                if not target["steps"]:
                    last = lock.lines[name, len(target["edits"]), 1]  # type: ignore[arg-type]  # always a list
                    assert digest_file(root / f"images/{name}.png") == last.digest
        assert set(bought.values()) <= {1}


def test_the_stamp_never_says_fresh_when_a_full_build_would_act(tmp_path: Path) -> None:
    """Each change on its own, made after the stamp, must be seen by it."""
    from imagebuild.stamp import is_fresh

    root = tmp_path / "project"
    root.mkdir()
    text = (
        "version: 1\ninclude: [more/*.yaml]\ntargets: {a: {prompt: a, inputs: [ref.png]}, b: {prompt: {file: b.md}}}\n"
    )
    files: dict[str, str | bytes] = {
        "imagebuild.yaml": text,
        "ref.png": png(2, 2),
        "b.md": "b",
        "more/c.yaml": "version: 1\ntargets: {c: {prompt: c, provider: recorder}}\n",
    }
    world = World(root, tmp_path / "home").write(files)
    world.build()
    settled(world)
    assert is_fresh(str(root), {}) == 3
    assert is_fresh(str(root), {"IMAGEBUILD_MAX_COST": "1"}) is None
    changes = {
        "imagebuild.yaml": text + "# more\n",
        "ref.png": png(2, 2, (9, 9, 9)),
        "b.md": "B",
        "more/c.yaml": "version: 1\ntargets: {c: {prompt: C, provider: recorder}}\n",
        "more/d.yaml": "version: 1\ntargets: {d: {prompt: d}}\n",
        "images/a.png": b"by hand",
        "imagebuild.lock": b"broken",
    }
    for path, content in changes.items():
        full = root / path
        before = full.read_bytes() if full.exists() else None
        world.write({path: content})
        assert is_fresh(str(root), {}) is None, path
        if before is None:
            full.unlink()
        else:
            full.write_bytes(before)
        settled(world)
        assert is_fresh(str(root), {}) == 3, f"after {path} was put back"
    (root / "images/b.png").unlink()
    assert is_fresh(str(root), {}) is None


def settled(world: World) -> None:
    """Build until the clock has moved past the tick within which files are not trusted."""
    import time

    from imagebuild.stamp import is_fresh

    deadline = time.monotonic() + 20
    while is_fresh(str(world.root), {}) is None and time.monotonic() < deadline:
        world.build()
        time.sleep(0.2)
