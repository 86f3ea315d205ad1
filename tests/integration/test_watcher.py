"""Watch mode: what a save leads to, what waits for money, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from held_calls import held
from watched import watching

from imagebuild.errors import UnavailableError
from imagebuild.event import (
    ActionFailed,
    ActionStarted,
    BuildFinished,
    ChangesSeen,
    Notice,
    PurchasesWaiting,
    SpecBroken,
    SpecMended,
    WatchStarted,
)
from imagebuild.lockfile import Lock
from imagebuild.publisher import Publication, Publisher
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World

Make = Callable[[Mapping[str, str | bytes]], World]
HEAD = "version: 1\ntargets:\n"
FREE = HEAD + "  hill: {prompt: a hill}\n  moon: {prompt: moon}\n  pair: {prompt: both, inputs: [{target: hill}]}\n"
PAID = "version: 1\ndefaults: {provider: recorder}\ntargets:\n  hill: {prompt: a hill}\n"


def lock(world: World) -> Lock:
    return Lock.read(world.root / "imagebuild.lock")


def test_it_begins_with_what_is_stale(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE})) as seen:
        assert seen.picture("images/hill.png")
        assert [(each.project, each.targets) for each in seen.of(WatchStarted)] == [(seen.world.root.name, 3)]


def test_a_saved_prompt_makes_that_picture_anew_and_what_rests_on_it(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE})) as seen:
        moon, begun = seen.picture("images/moon.png"), len(seen.of(ActionStarted))
        pair = seen.picture("images/pair.png")
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a green hill"))
        seen.until(lambda: seen.picture("images/pair.png") != pair)
        assert sorted(each.target for each in seen.of(ActionStarted)[begun:]) == ["hill", "pair"]
        assert seen.picture("images/moon.png") == moon
        seen.until(lambda: ("hill", "pair") in seen.changed)


@pytest.mark.parametrize("path", ["specs/more.yaml", "prompts/star.md", "refs/ref.png"])
def test_a_file_that_the_spec_takes_in_is_followed(project: Make, path: str) -> None:
    from imagebuild.testing import png

    world = project(
        {
            "imagebuild.yaml": HEAD + "  hill: {prompt: a hill}\ninclude: [specs/*.yaml]\n",
            "specs/more.yaml": "targets:\n  star: {prompt: {file: ../prompts/star.md}, inputs: [../refs/ref.png]}\n",
            "prompts/star.md": "a star",
            "refs/ref.png": png(2, 2, (1, 2, 3)),
        }
    )
    with watching(world) as seen:
        if path == "refs/ref.png":
            seen.until_picture("images/star.png", lambda: world.write({path: png(2, 2, (9, 9, 9))}))
        elif path == "prompts/star.md":
            seen.until_picture("images/star.png", lambda: seen.save(path, "a red star"))
        else:
            text = world.read(path).decode() + "  sun: {prompt: sun}\n"
            seen.until_picture("images/sun.png", lambda: seen.save(path, text))
        seen.save("specs/third.yaml", "targets: {tree: {prompt: tree}}\n")
        seen.until(lambda: seen.picture("images/tree.png"))


def test_a_plugin_file_that_changes_makes_its_pictures_anew(project: Make) -> None:
    plugin = (
        "import imagebuild\n\n\n"
        "class Tail(imagebuild.Step):\n    name = 'tail'\n    options = ()\n\n"
        "    def apply(self, pictures, context):\n"
        "        return [imagebuild.Picture(each.data + b'ONE', each.media_type) for each in pictures]\n\n\n"
        "@imagebuild.hookimpl\ndef imagebuild_steps():\n    return [Tail()]\n"
    )
    spec = "version: 1\nplugins: [./tail.py]\ntargets:\n  hill: {prompt: a hill, steps: [tail]}\n"
    with watching(project({"imagebuild.yaml": spec, "tail.py": plugin})) as seen:
        assert seen.picture("images/hill.png").endswith(b"ONE")
        seen.until_picture("images/hill.png", lambda: seen.save("tail.py", plugin.replace("ONE", "TWO")))
        assert seen.picture("images/hill.png").endswith(b"TWO")
        seen.until_new(SpecBroken, lambda: seen.save("tail.py", "def imagebuild_steps(:\n"))
        seen.until_new(SpecMended, lambda: seen.save("tail.py", plugin.replace("ONE", "SIX")))
        seen.until(lambda: seen.picture("images/hill.png").endswith(b"SIX"))


def test_targets_come_and_go(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE})) as seen:
        seen.save("imagebuild.yaml", HEAD + "  moon: {prompt: moon}\n  star: {prompt: star}\n")
        seen.until(lambda: seen.picture("images/star.png"))
        assert seen.picture("images/hill.png")  # what is no longer wanted lies where it was, as after a build


def test_a_broken_spec_is_told_once_and_the_pictures_stay(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE})) as seen:
        hill = seen.picture("images/hill.png")
        broken = seen.until_new(SpecBroken, lambda: seen.swap("imagebuild.yaml", "prompt: moon", "promt: moon"))
        assert "promt" in str(broken.error)
        seen.until_new(ChangesSeen, lambda: seen.swap("imagebuild.yaml", "version: 1", "version: 1 # still"))
        seen.until_new(SpecMended, lambda: seen.swap("imagebuild.yaml", "promt", "prompt"))
        assert len(seen.of(SpecBroken)) == 1
        assert seen.picture("images/hill.png") == hill


def test_what_was_changed_along_with_a_mistake_is_built_when_it_is_mended(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE})) as seen:
        text = FREE.replace("a hill", "a green hill").replace("prompt: moon", "prompt: moon, options: {shape: round}")
        broken = seen.until_new(SpecBroken, lambda: seen.save("imagebuild.yaml", text))
        assert "shape" in str(broken.error)
        fixed = text.replace(", options: {shape: round}", "")
        seen.until_picture("images/hill.png", lambda: seen.save("imagebuild.yaml", fixed))
        seen.until(lambda: seen.of(SpecMended))


def test_it_begins_with_a_broken_spec_and_goes_on_when_it_is_mended(project: Make) -> None:
    world = project({"imagebuild.yaml": FREE.replace("prompt: moon", "promt: moon")})
    with watching(world, settled=False) as seen:
        seen.until(lambda: seen.of(SpecBroken))
        seen.until_picture("images/hill.png", lambda: seen.save("imagebuild.yaml", FREE))


def test_its_own_outputs_and_lock_lead_to_nothing(project: Make) -> None:
    with watching(project({"imagebuild.yaml": PAID}), cap=1.0) as seen:
        seen.until(lambda: seen.picture("images/hill.png"))
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a green hill"))
        seen.until_new(ChangesSeen, lambda: seen.swap("imagebuild.yaml", "a green", "a blue"))
        assert {path for each in seen.of(ChangesSeen) for path in each.paths} == {"imagebuild.yaml"}


def test_nothing_is_bought_without_a_cap(project: Make) -> None:
    with watching(project({"imagebuild.yaml": PAID + "  moon: {prompt: moon, provider: sketch}\n"})) as seen:
        waiting = seen.of(PurchasesWaiting)
        assert [(each.targets, str(each.cost), each.left_usd) for each in waiting] == [(("hill",), "$0.04", 0.0)]
        assert seen.picture("images/moon.png")
        later = seen.until_new(PurchasesWaiting, lambda: seen.save("imagebuild.yaml", PAID + "  sun: {prompt: sun}\n"))
        assert (later.targets, str(later.cost)) == (("hill", "sun"), "$0.08")
        assert seen.world.provider.calls == []


def test_paid_work_is_bought_as_far_as_the_cap_goes(project: Make) -> None:
    spec = PAID + "  moon: {prompt: moon}\n  star: {prompt: star}\n"
    with watching(project({"imagebuild.yaml": spec}), cap=0.09) as seen:
        seen.until(lambda: seen.of(PurchasesWaiting))
        waiting = seen.of(PurchasesWaiting)[-1]
        seen.until(lambda: seen.picture("images/hill.png") and seen.picture("images/moon.png"))
        assert waiting.targets == ("star",)
        assert seen.world.provider.prompts == ["a hill", "moon"]
        seen.until(lambda: len(lock(seen.world).lines) == 2)


def test_free_work_does_not_wait_for_a_picture_that_is_being_bought(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID + "  moon: {prompt: moon, provider: sketch}\n"})
    with held(world, "a hill") as (begun, go), watching(world, cap=1.0) as seen:
        assert begun.wait(20)
        seen.until_picture("images/moon.png", lambda: seen.swap("imagebuild.yaml", "prompt: moon", "prompt: new moon"))
        assert not seen.picture("images/hill.png")
        go.set()
        seen.until(lambda: seen.picture("images/hill.png"))


def test_a_picture_whose_prompt_was_changed_on_the_way_is_kept_and_not_shown(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID})
    with held(world, "a hill") as (begun, go), watching(world, cap=1.0) as seen:
        assert begun.wait(20)
        blue = seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a blue hill"))
        go.set()
        seen.until(lambda: len(seen.of(BuildFinished)) >= 1)
        lines = lock(world).lines
        seen.swap("imagebuild.yaml", "a blue hill", "a hill")
        seen.until(lambda: seen.picture("images/hill.png") != blue)
        assert lines["hill", 0, 1].key != lock(world).lines["hill", 0, 1].key
        assert world.provider.prompts == ["a blue hill", "a hill"]


def test_a_call_that_fails_is_told_and_not_made_again_until_it_is_another(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID})

    def down(request: Request, context: ProviderContext) -> None:
        if request.prompt == "a hill":
            raise UnavailableError("the service is down", billed=False)

    world.provider.answer = down
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: seen.of(ActionFailed))
        seen.until(lambda: seen.of(PurchasesWaiting))
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a blue hill"))
    assert world.provider.prompts == ["a blue hill", "a hill"]


def test_a_picture_is_bought_again_when_what_it_takes_in_changes(project: Make) -> None:
    spec = PAID + "  star: {prompt: star, provider: sketch}\n  pair: {prompt: both, inputs: [{target: star}]}\n"
    world = project({"imagebuild.yaml": spec})
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: seen.picture("images/pair.png"))
        seen.until_picture("images/pair.png", lambda: seen.swap("imagebuild.yaml", "prompt: star", "prompt: red star"))
        assert sorted(world.provider.prompts) == ["a hill", "both", "both"]


def test_of_several_pictures_on_their_way_only_the_changed_one_is_left_behind(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID + "  moon: {prompt: moon, edits: [bluer]}\n"})
    with held(world, "a hill") as (begun, go), watching(world, cap=1.0) as seen:
        assert begun.wait(20)
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a dune"))
        go.set()
        seen.until(lambda: seen.picture("images/moon.png"), "the picture that did not change")
    assert sorted(world.provider.prompts) == ["a dune", "a hill", "bluer", "moon"]


def test_edits_and_alt_texts_are_bought_to_their_end(project: Make) -> None:
    spec = PAID + "  moon: {prompt: moon, edits: [bluer, rounder], steps: [mark: {mark: x}], alt: {generate: true}}\n"
    world = project({"imagebuild.yaml": spec})
    world.provider.describes = True
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: ("moon", -1, 1) in lock(world).lines)
        seen.until(lambda: seen.picture("images/moon.png"))
        assert sorted(world.provider.prompts) == ["a hill", "bluer", "moon", "rounder"]


def test_a_choice_made_elsewhere_reaches_the_files(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID.replace("a hill}", "a hill, candidates: 2}")})
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: seen.picture("images/hill.png"))
        seen.until_picture("images/hill.png", lambda: world.open().pick("hill", 2))
        assert len(world.provider.calls) == 2


def test_only_the_named_targets_are_kept_up(project: Make) -> None:
    with watching(project({"imagebuild.yaml": FREE}), targets=("moon",)) as seen:
        assert (seen.picture("images/moon.png") != b"", seen.picture("images/hill.png")) == (True, b"")
        seen.until_new(ChangesSeen, lambda: seen.swap("imagebuild.yaml", "a hill", "a green hill"))
        seen.until_picture("images/moon.png", lambda: seen.swap("imagebuild.yaml", "prompt: moon", "prompt: new moon"))
        assert seen.picture("images/hill.png") == b""


def test_drafts_cost_nothing(project: Make) -> None:
    with watching(project({"imagebuild.yaml": PAID}), draft=True) as seen:
        seen.until(lambda: seen.picture("images/hill.png"))
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a green hill"))
    assert (seen.world.provider.calls, lock(seen.world).lines) == ([], {})


class Counter(Publisher):
    name, version, options = "counter", "1", ()

    def __init__(self) -> None:
        self.images: list[dict[str, str]] = []

    def publish(self, manifest, context) -> Publication:  # type: ignore[no-untyped-def]  # the test's own
        self.images.append({name: image.sha256 for name, image in manifest.images.items()})
        return Publication(location="counter", changed=1)


def test_publishers_run_when_nothing_was_saved_for_a_while(project: Make) -> None:
    counter = Counter()
    world = project({"imagebuild.yaml": FREE + "publish: [counter]\n"})
    world.extra = (counter,)
    with watching(world) as seen:
        seen.until(lambda: counter.images)
        before = counter.images[-1]
        seen.until_picture("images/hill.png", lambda: seen.swap("imagebuild.yaml", "a hill", "a green hill"))
        seen.until(lambda: counter.images[-1]["hill"] != before["hill"])
        assert counter.images[-1]["moon"] == before["moon"]


def test_the_lines_of_a_target_that_is_gone_leave_the_lock(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID + "  moon: {prompt: moon}\n"})
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: len(lock(world).lines) == 2)
        seen.save("imagebuild.yaml", PAID)
        seen.until(lambda: len(lock(world).lines) == 1)


def test_who_stops_it_keeps_the_picture_that_is_on_its_way(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID})
    with held(world, "a hill") as (begun, go), watching(world, cap=1.0) as seen:
        assert begun.wait(20)
        seen.watcher.stop()
        seen.until(lambda: any("waiting for calls in flight" in each.message for each in seen.of(Notice)))
        go.set()
    assert (world.read("images/hill.png") != b"", len(world.provider.calls)) == (True, 1)


def test_a_lock_that_is_broken_is_told_and_nothing_is_written_over_it(project: Make) -> None:
    world = project({"imagebuild.yaml": PAID})
    with watching(world, cap=1.0) as seen:
        seen.until(lambda: len(lock(world).lines) == 1)
        good = world.read("imagebuild.lock").decode()
        seen.until_new(SpecBroken, lambda: seen.save("imagebuild.lock", "<<<<<<< ours\n"))
        seen.until_new(ChangesSeen, lambda: seen.swap("imagebuild.yaml", "a hill", "a blue hill"))
        assert world.read("imagebuild.lock") == b"<<<<<<< ours\n"
        seen.until_new(SpecMended, lambda: seen.save("imagebuild.lock", good))
        seen.until(lambda: world.provider.prompts == ["a blue hill", "a hill"])


def test_twenty_mistakes_and_mends_end_like_a_clean_build(project: Make) -> None:
    world, clean = project({"imagebuild.yaml": FREE}), project({"imagebuild.yaml": FREE})
    with watching(world) as seen:
        for number in range(20):
            text = FREE.replace("a hill", f"a hill {number}")
            seen.until_new(SpecBroken, lambda text=text: seen.save("imagebuild.yaml", text + "  moon: twice\n"))
            seen.until_new(SpecMended, lambda text=text: seen.save("imagebuild.yaml", text))
    clean.spec(FREE.replace("a hill", "a hill 19"))
    clean.build()
    for name in ("hill", "moon", "pair"):
        assert world.read(f"images/{name}.png") == clean.read(f"images/{name}.png")
