"""Whatever is edited in whatever order: a build after a build does nothing, and publishes what a clean one would."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from growing_pictures import Copies, Curious, Join, Wide
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuild.event import Published
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World, png

NAMES = ("a", "b", "c", "d")
WORDS = st.sampled_from(["red", "blue", "green"])
CHECKS = st.sampled_from(
    ["{wide: 1}", "{wide: 6, retry: 2}", "{curious: 1}", "{wide: {width: 1, like: {file: tail.png}}}"]
)
STEPS = st.sampled_from(["{mark: {mark: X}}", "{mark: {widths: [1, 2]}}", "join", "file", "target"])

targets = st.fixed_dictionaries(
    {
        "prompt": WORDS,
        "begins": st.sampled_from(["prompt", "file", "target", "tag"]),
        "edits": st.lists(WORDS, max_size=1),
        "steps": st.lists(STEPS, max_size=2),
        "checks": st.lists(CHECKS, max_size=2),
        "tagged": st.booleans(),
    }
)
projects = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), targets, min_size=1),
    st.sampled_from(["", "publish: [{copies: site}]\n", "publish: [{copies: site}, {copies: public}]\n"]),
)
mischief = st.lists(
    st.sampled_from(["delete outputs", "delete published", "delete objects", "delete records", "new tail", "draft"]),
    max_size=2,
)


def spec(project: tuple[dict[str, dict[str, Any]], str]) -> str:
    """A spec whose targets take only from those before them, and by tag only prompts."""
    wanted, publish = project
    lines = ["version: 1", "defaults: {provider: recorder}", publish + "targets:"]
    before: list[str] = []
    tagged = [name for name, each in wanted.items() if each["tagged"] and each["begins"] == "prompt"]
    for name, each in wanted.items():
        begins, last = each["begins"], before[-1] if before else None
        if begins == "target" and last:
            start, edits = f"from: {{target: {last}}}", []
        elif begins == "tag" and tagged and name not in tagged:
            start, edits = "from: [tail.png, {tag: t}]", []
        else:
            start = "from: tail.png" if begins == "file" else f"prompt: {each['prompt']}"
            edits = each["edits"]
        may_name = last and name not in tagged  # else there may be a circle
        named = {"file": "{join: {with: {file: tail.png}}}", "target": f"{{join: {{with: {{target: {last}}}}}}}"}
        steps = [named.get(step, step) for step in each["steps"] if step != "target" or may_name]
        if begins in ("target", "tag"):
            steps.insert(0, "join")
        if "{mark: {widths: [1, 2]}}" in steps[:-1]:
            steps.append("join")  # one picture, so that no two of a target have one name
        lines += [
            f"  {name}:",
            f"    {start}",
            f"    edits: [{', '.join(edits)}]",
            f"    steps: [{', '.join(steps)}]",
            f"    checks: [{', '.join(each['checks'])}]",
            f"    tags: [{'t' if name in tagged else 'none'}]",
            '    alt: ""',
        ]
        before.append(name)
    return "\n".join(lines) + "\n"


def play(world: World, act: str, number: int) -> None:
    match act:
        case "delete outputs":
            shutil.rmtree(world.root / "images", ignore_errors=True)
        case "delete published":
            for path in sorted((world.root / "site").glob("*"))[::2]:
                path.unlink()
        case "delete objects":
            shutil.rmtree(world.root / ".imagebuild/objects", ignore_errors=True)
        case "delete records":
            (world.root / ".imagebuild/records.db").unlink(missing_ok=True)
        case "new tail":
            world.write({"tail.png": png(2 + number, 2)})
        case "draft":
            world.build(draft=True)


def tree(root: Path) -> dict[str, bytes]:
    found = (path for name in ("site", "public") for path in (root / name).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(projects, mischief), min_size=1, max_size=4))
def test_a_finished_build_leaves_nothing_to_do_and_publishes_what_a_clean_one_would(
    history: list[tuple[tuple[dict[str, dict[str, Any]], str], list[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = world_in(Path(folder) / "project", Path(folder) / "home")
        world.write({"tail.png": png(2, 2)})
        bought: Counter[str] = Counter()

        def count(request: Request, context: ProviderContext) -> None:
            bought[context.key] += 1

        world.provider.answer = count
        for number, (project, acts) in enumerate(history):
            world.spec(spec(project))
            for act in acts:
                play(world, act, number)
            first = world.build()
            assert first.exit_code in (0, 5), first.failures
            calls = len(world.provider.calls)
            second = world.build()
            assert (second.exit_code, world.started, world.written) == (first.exit_code, [], [])
            assert [event for event in world.events if isinstance(event, Published)] == []
            assert len(world.provider.calls) == calls
            if first.exit_code == 0 and project[1]:
                clean = world_in(Path(folder) / f"clean{number}", world.home)
                clean.provider.answer = count
                clean.write({name: world.read(name) for name in ("imagebuild.yaml", "tail.png")})
                if (world.root / "imagebuild.lock").exists():
                    clean.write({"imagebuild.lock": world.read("imagebuild.lock")})
                assert clean.build().exit_code == 0
                wanted = tree(clean.root)
                assert {path: data for path, data in tree(world.root).items() if path in wanted} == wanted
                assert {path for path in tree(world.root) if path.startswith("site/")} == {
                    path for path in wanted if path.startswith("site/")
                }
        assert set(bought.values()) <= {1}


def world_in(root: Path, home: Path) -> World:
    root.mkdir()
    return World(root, home, extra=(Wide(), Curious(), Join(), Copies()))
