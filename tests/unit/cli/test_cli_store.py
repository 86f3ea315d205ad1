"""The commands of the store as people use them: lists, collections, verification, archives, and every mistake."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from published_schema import checked

from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.lockfile import Lock
from imagebuild.store import Store
from imagebuild.testing import World

Golden = Callable[[str, str], None]
TODAY = 1795428000.0  # as the command line of these tests has it
DAY = 86_400.0


def age(world: World, days: float) -> None:
    """Let all that the stores hold be some days old."""
    for folder in (world.home, world.root / ".imagebuild"):
        for path in folder.rglob("*"):
            if path.is_file() and "records.db" not in path.name:
                os.utime(path, (TODAY - days * DAY,) * 2)
        if (folder / "records.db").exists():
            with closing(sqlite3.connect(folder / "records.db")) as connection, connection:
                connection.execute("UPDATE record SET time = ?", (TODAY - days * DAY,))
                connection.execute("UPDATE superseded SET time = ?", (TODAY - days * DAY - 1,))


def originals(world: World) -> set[str]:
    store = Store.originals(world.home)
    try:
        return set(store.objects.digests())
    finally:
        store.close()


def pins(world: World) -> set[str]:
    return {line.digest for line in Lock.read(world.root / "imagebuild.lock").lines.values()}


@pytest.fixture
def site(world: World) -> World:
    """A project with three bought pictures, an edit that was given up, and a free one; all of it old."""
    world.build()
    world.edit("imagebuild.yaml", 'edits: ["make it blue"]', 'edits: ["make it green"]')
    world.build()
    world.edit("imagebuild.yaml", "make it green", "make it red")
    world.build()
    age(world, 100)
    return world


def test_what_lies_in_the_store_is_listed_with_its_cost_and_holders(cli: Any, site: World, golden: Golden) -> None:
    answer = cli("store", "ls")
    assert (answer.code, answer.err) == (0, "")
    golden("store-ls.txt", answer.out)


def test_the_list_as_json_is_of_its_schema(cli: Any, site: World) -> None:
    listed = checked("store-ls", cli("store", "ls", "--json").out)
    assert listed["store"] == str(site.home)
    assert {each["digest"] for each in listed["originals"]} == originals(site)
    assert listed["totals"]["count"] == len(originals(site))
    held = {each["digest"] for each in listed["originals"] if each["held"]}
    assert pins(site) <= held
    assert listed["totals"]["unused"]["count"] == len(
        checked("store-ls", cli("store", "ls", "--unused", "--json").out)["originals"]
    )
    derivatives = checked("store-ls", cli("store", "ls", "--derivatives", "--json").out)["derivatives"]
    assert {"hero"} == {target for each in derivatives if each["current"] for target in each["targets"]}
    assert any(not each["current"] for each in derivatives)
    assert checked("store-ls", cli("store", "ls", "--quarantine", "--json").out) == {"quarantine": []}


def test_derivatives_are_listed_with_what_the_last_builds_used(cli: Any, site: World, golden: Golden) -> None:
    golden("store-ls-derivatives.txt", cli("store", "ls", "--derivatives").out)
    unused = cli("store", "ls", "--derivatives", "--unused").out
    assert "hero" not in unused
    assert "nothing any more" in unused


def test_answers_in_quarantine_are_listed(cli: Any, world: World) -> None:
    assert cli("store", "ls", "--quarantine").out == "nothing is in quarantine\n"
    world.provider.answer = lambda request, context: b"no picture at all"
    world.build("card")
    answer = cli("store", "ls", "--quarantine")
    assert "wanted a picture, got 17 bytes that are none" in answer.out
    assert "nothing uses them" in answer.err
    [one, *_] = checked("store-ls", cli("store", "ls", "--quarantine", "--json").out)["quarantine"]
    assert Path(one["path"]).read_bytes() == b"no picture at all"
    assert "in quarantine" in cli("store", "verify").err


@pytest.mark.parametrize(
    "args",
    [("ls",), ("ls", "--json"), ("gc",), ("gc", "--originals"), ("gc", "-n"), ("verify",), ("ls", "--quarantine")],
)
def test_a_store_that_is_not_there_is_empty_and_not_made(cli: Any, tmp_path: Path, args: tuple[str, ...]) -> None:
    elsewhere, home = tmp_path / "elsewhere", tmp_path / "no home"
    elsewhere.mkdir()
    answer = cli("store", *args, folder=elsewhere, environ={"IMAGEBUILD_HOME": str(home)})
    assert answer.code == 0, answer.err
    assert not home.exists()


def test_outside_of_a_project_the_store_of_the_machine_is_looked_after(cli: Any, site: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert cli("store", "ls", folder=elsewhere).out == cli("store", "ls").out
    assert cli("store", "verify", folder=elsewhere).code == 0
    assert cli("store", "gc", folder=elsewhere).out == "nothing to remove\n"
    for args in (("ls", "--derivatives"), ("gc", "--max-size", "1MB"), ("export", "x.tar")):
        answer = cli("store", *args, folder=elsewhere)
        assert answer.code == 2
        assert "of a project, and there is none here" in answer.err
    answer = cli("store", "ls", folder=elsewhere / "misspelt")
    assert (answer.code, answer.err) == (2, f"error: there is no folder '{elsewhere / 'misspelt'}'\n")


def test_old_derivatives_go_and_what_the_last_build_used_stays(cli: Any, site: World) -> None:
    assert cli("store", "gc", "-n").out.startswith("would remove 2 derivatives (")
    would = checked("store-gc", cli("store", "gc", "--json", "-n").out)
    assert (would["dry_run"], would["derivatives"]["count"], would["kept"]["count"]) == (True, 2, 1)
    answer = cli("store", "gc")
    assert answer.code == 0
    assert answer.out.startswith("removed 2 derivatives (")
    assert cli("store", "gc").out == "nothing to remove\n"
    assert site.build().made == 0
    assert cli("check").code == 0


def test_derivatives_go_until_they_fit_and_the_next_build_makes_them_again_for_nothing(cli: Any, site: World) -> None:
    answer = cli("store", "gc", "--max-size", "0")
    assert answer.out.startswith("removed 3 derivatives (")
    assert list((site.root / ".imagebuild" / "objects").rglob("*/*")) == []
    site.forget()
    site.write({"images/hero.png": b""})
    report = site.build()
    assert (report.exit_code, report.bought, len(site.provider.calls)) == (0, 0, 0)
    assert len(site.step.calls) == 1


def test_young_derivatives_stay(cli: Any, site: World) -> None:
    age(site, 10)
    assert cli("store", "gc").out == "nothing to remove\n"
    assert cli("store", "gc", "--older-than", "9d").out.startswith("removed 2 derivatives")


def test_free_originals_that_no_build_uses_any_more_go(cli: Any, site: World) -> None:
    site.edit("imagebuild.yaml", "prompt: an icon", "prompt: another icon")
    site.build()
    age(site, 100)
    paid = originals(site)
    assert "1 free original (" in cli("store", "gc").out
    assert len(paid - originals(site)) == 1
    site.forget()
    assert site.build().made == 0
    assert site.painter.calls == []


def test_a_free_picture_that_a_paid_one_was_made_from_stays(cli: Any, world: World) -> None:
    world.spec(
        "version: 1\ndefaults: {provider: recorder}\ntargets:\n"
        "  icon: {prompt: an icon, provider: sketch}\n  card: {prompt: a card, inputs: [{target: icon}]}\n"
    )
    world.build()
    shutil.rmtree(world.root / ".imagebuild")
    age(world, 100)
    cli("store", "gc")
    world.forget()
    report = world.build()
    assert (report.bought, world.painter.calls) == (0, [])


def test_paid_originals_are_listed_with_their_cost_and_go_after_a_yes(cli: Any, site: World, golden: Golden) -> None:
    held = pins(site)
    answer = cli("store", "gc", "--originals", "-n")
    golden("store-gc-originals.txt", answer.out + answer.err)
    before = originals(site)
    refused = cli("store", "gc", "--originals", tty=True, stdin="n\n")
    assert refused.code == 0
    assert "nothing was removed" in refused.err
    assert originals(site) == before
    agreed = cli("store", "gc", "--originals", tty=True, stdin="y\n")
    assert "Remove them for good?" in agreed.err
    assert "removed 2 originals" in agreed.err
    assert held <= originals(site) < before
    assert cli("store", "gc", "--originals").out == "nothing to remove\n"
    site.forget()
    assert (site.build().bought, site.provider.calls) == (0, [])


def test_without_a_person_paid_originals_go_only_with_a_flag(cli: Any, site: World) -> None:
    before = originals(site)
    answer = cli("store", "gc", "--originals")
    assert answer.code == 2
    assert "removed only after a yes" in answer.err
    assert originals(site) == before
    gone = checked("store-gc", cli("store", "gc", "--originals", "-y", "--json").out)["originals"]
    assert {each["digest"] for each in gone["removed"]} == before - originals(site)
    assert (gone["count"], gone["cost"]["high"]) == (2, 0.08)


def test_a_picture_that_was_given_up_for_good_is_bought_again_when_it_is_wanted_again(cli: Any, site: World) -> None:
    cli("store", "gc", "--originals", "-y")
    site.edit("imagebuild.yaml", "make it red", "make it blue")
    plan = site.plan("hero")
    assert [action.node.stage for action in plan.having("buy")] == [1]
    assert site.build("hero").bought == 1


def test_originals_are_named_by_the_beginning_of_their_digest(cli: Any, site: World) -> None:
    unused = checked("store-ls", cli("store", "ls", "--unused", "--json").out)["originals"]
    one, other = (each["digest"] for each in unused if not each["free"])
    assert cli("store", "gc", "--originals", one[:8].upper(), "-y").code == 0
    assert (one in originals(site), other in originals(site)) == (False, True)
    for named, said in (
        (one[:8], f"'{one[:8]}' is the beginning of no original"),
        (other[:3], f"'{other[:3]}' is the beginning of no original"),
        ("", "'' is the beginning of no original"),
    ):
        answer = cli("store", "gc", "--originals", named, "-y")
        assert (answer.code, said in answer.err) == (2, True)
    pinned = min(pins(site))
    answer = cli("store", "gc", "--originals", other, pinned, "-y")
    assert answer.code == 2
    assert f"original {pinned[:12]} stays: it is held by '" in answer.err
    assert other in originals(site)


def test_young_originals_stay(cli: Any, site: World) -> None:
    age(site, 0.5)
    answer = cli("store", "gc", "--originals", "-y")
    assert answer.out == "nothing to remove\n"
    assert "younger than a day" in answer.err
    age(site, 5)
    assert cli("store", "gc", "--originals", "-n", "--older-than", "6d").out == "nothing to remove\n"
    assert "removed 2 originals" in cli("store", "gc", "--originals", "-y", "--older-than", "4d").err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("gc", "abcdef12"), "a DIGEST is one of an original"),
        (("gc", "--originals", "--max-size", "5MB"), "'--max-size' is for derivatives"),
        (("gc", "--older-than", "soon"), "expected an age like 30d, 12h or 2w, found 'soon'"),
        (("gc", "--max-size", "-3"), "expected a size like 500MB or 2GB, found '-3'"),
        (("gc", "--max-size", "3 parsecs"), "expected a size like 500MB or 2GB, found '3 parsecs'"),
        (("gc", "--forget", "x", "--originals"), "'--forget' goes with no other choice"),
        (("gc", "--forget", "nowhere"), "is no known project"),
        (("ls", "--derivatives", "--quarantine"), "exclude each other"),
        (("export",), "missing argument 'FILE'"),
        (("export", "x.tar", "nobody"), "the lock holds nothing for 'nobody'"),
        (("export", "x.tar", "hero", "--all"), "'--all' and targets exclude each other"),
        (("import", "nothing.tar"), "cannot read 'nothing.tar': no such file or directory"),
        (("import", "."), "cannot read '.'"),
        (("import", "-"), "an archive is no text for a terminal"),
        (("verfiy",), "did you mean 'verify'?"),
    ],
)
def test_mistakes_are_said_in_plain_words(cli: Any, site: World, args: tuple[str, ...], said: str) -> None:
    answer = cli("store", *args)
    assert answer.code in (1, 2)
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_lock_in_conflict_stops_every_collection_and_names_the_lock(cli: Any, site: World) -> None:
    before = originals(site)
    site.edit("imagebuild.lock", '["card"', '<<<<<<< HEAD\n["card"')
    for args in (("gc",), ("gc", "--originals", "-y"), ("gc", "--max-size", "0")):
        answer = cli("store", *args)
        assert answer.code == 3
        assert f"nothing was removed: what the lock of '{site.root}' holds is not known" in answer.err
    assert originals(site) == before
    listed = cli("store", "ls")
    assert listed.code == 0
    assert f"note: {site.root}" in listed.err


def test_a_project_that_is_gone_holds_its_pictures_until_it_is_forgotten(cli: Any, site: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    answer = cli("store", "gc", "--forget", str(site.root), folder=elsewhere)
    assert answer.code == 2
    assert "is still there, and its lock holds pictures" in answer.err
    shutil.move(site.root, tmp_path / "moved")
    held = {
        each["digest"]
        for each in checked("store-ls", cli("store", "ls", "--json", folder=elsewhere).out)["originals"]
        if each["held"]
    }
    answer = cli("store", "gc", "--originals", "-n", folder=elsewhere)
    assert f"'{site.root}' is no longer there" in answer.err
    assert f"'imagebuild store gc --forget {site.root}' lets go of them" in answer.err
    cli("store", "gc", "--originals", "-y", folder=elsewhere)
    assert held <= originals(site)
    assert "would forget" in cli("store", "gc", "--forget", str(site.root), "-n", folder=elsewhere).err
    assert "forgot" in cli("store", "gc", "--forget", str(site.root), folder=elsewhere).err
    assert "no longer there" not in cli("store", "ls", folder=elsewhere).err
    cli("store", "gc", "--originals", "-y", folder=elsewhere)
    assert not held & originals(site)


def damage(world: World, digest: str) -> None:
    path = world.home / "objects" / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(b"broken")


def test_a_whole_store_is_said_to_be_whole(cli: Any, site: World) -> None:
    answer = cli("store", "verify")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == f"{len(originals(site))} originals and 3 derivatives read and whole\n"
    found = checked("store-verify", cli("store", "verify", "--json").out)
    assert (found["exit_code"], found["whole"]["derivatives"], found["missing"]) == (0, 3, [])


def test_a_damaged_picture_that_the_lock_pins_is_told_and_brought_back_from_its_output(cli: Any, site: World) -> None:
    [card] = [line for line in Lock.read(site.root / "imagebuild.lock").lines.values() if line.target == "card"]
    damage(site, card.digest)
    answer = cli("store", "verify")
    assert answer.code == 3
    assert f"damaged original {card.digest[:12]}, set aside" in answer.out
    assert f"missing original {card.digest[:12]}: the lock pins it for card of project, cost $0.04" in answer.out
    assert "'--repair' looks for them" in answer.err
    mended = cli("store", "verify", "--repair")
    assert (mended.code, mended.out) == (0, f"repaired original {card.digest[:12]}\n")
    assert cli("store", "verify").code == 0


def test_a_damaged_picture_that_is_nowhere_else_ends_with_three_while_a_lock_pins_it(cli: Any, site: World) -> None:
    lines = Lock.read(site.root / "imagebuild.lock").lines.values()
    [first] = [line for line in lines if line.target == "hero" and line.stage == 0]
    damage(site, first.digest)
    answer = cli("store", "verify", "--repair", "--json")
    found = checked("store-verify", answer.out)
    assert (answer.code, found["exit_code"]) == (3, 3)
    [missing] = found["missing"]
    assert (missing["digest"], missing["pinned"], missing["cost"]["high"]) == (first.digest, True, 0.04)
    assert missing["needs"] == [{"project": str(site.root), "target": "hero"}]
    assert found["damaged"] == [{"digest": first.digest, "store": "originals", "repaired": False}]


def test_a_damaged_picture_that_no_lock_pins_ends_with_one_and_only_once(cli: Any, site: World) -> None:
    unused = checked("store-ls", cli("store", "ls", "--unused", "--json").out)["originals"]
    damage(site, next(each["digest"] for each in unused if not each["free"]))
    answer = cli("store", "verify")
    assert answer.code == 1
    assert "no lock pins it, once of hero of project" in answer.out
    assert cli("store", "verify").code == 0


def test_a_damaged_derivative_is_made_again(cli: Any, site: World) -> None:
    path = min((site.root / ".imagebuild" / "objects").rglob("*/*"))
    path.chmod(0o644)
    path.write_bytes(b"broken")
    answer = cli("store", "verify")
    assert (answer.code, answer.out) == (0, f"damaged derivative {path.name[:12]}, set aside\n")
    assert site.build().exit_code == 0


def test_on_a_terminal_the_reading_shows_how_far_it_is(cli: Any, site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr(type(cli), "now", property(lambda self: float(next(ticks))))  # each look is a second later
    answer = cli("store", "verify", tty=True)
    assert f"\rread 1 of {len(originals(site))} originals\x1b[K" in answer.err
    assert "\r\x1b[K\x1b[1m8 originals and 3 derivatives read and whole" in answer.err
    assert "read 1 of" not in cli("store", "verify").err


class Bytes(io.StringIO):
    """A text stream with bytes beneath it, as a pipe has."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        self.buffer = io.BytesIO(data)


def test_what_the_lock_holds_goes_into_an_archive_and_builds_on_another_machine_cost_nothing(
    cli: Any, site: World, tmp_path: Path
) -> None:
    answer = cli("store", "export", str(tmp_path / "x.tar"))
    assert answer.code == 0
    assert answer.err.startswith("wrote ")
    first = (tmp_path / "x.tar").read_bytes()
    cli("store", "export", str(tmp_path / "x.tar"))
    assert (tmp_path / "x.tar").read_bytes() == first
    clone = World(tmp_path / "clone", tmp_path / "other home", provider=site.provider)
    clone.root.mkdir()
    for name in ("imagebuild.yaml", "imagebuild.lock", "refs"):
        (shutil.copytree if (site.root / name).is_dir() else shutil.copy)(site.root / name, clone.root / name)
    other = type(cli)(clone)
    came = other("store", "import", str(tmp_path / "x.tar"))
    assert came.code == 0, came.err
    assert came.err.startswith("took ")
    site.forget()
    assert (clone.build(locked=True).exit_code, site.provider.calls) == (0, [])
    assert clone.read("images/hero.png") == site.read("images/hero.png")
    again = other("store", "import", str(tmp_path / "x.tar"))
    assert "took 0 originals (0 bytes) and 0 records; " in again.err


def test_an_archive_of_some_targets_holds_theirs_alone(cli: Any, site: World, tmp_path: Path) -> None:
    cli("store", "export", str(tmp_path / "x.tar"), "card")
    other = type(cli)(World(tmp_path / "elsewhere", tmp_path / "other home"))
    other.world.root.mkdir()
    other("store", "import", str(tmp_path / "x.tar"))
    lines = [line for line in Lock.read(site.root / "imagebuild.lock").lines.values() if line.target == "card"]
    assert originals(other.world) == {digest for line in lines for digest in (line.digest, line.replaces)}


def test_the_whole_store_moves_with_all_and_through_pipes(cli: Any, site: World, tmp_path: Path) -> None:
    out, err = Bytes(), io.StringIO()
    shell = Shell(io.StringIO(), out, err, {"IMAGEBUILD_HOME": str(site.home)}, folder=str(site.root))
    assert run(("store", "export", "-", "--all"), shell) == 0
    shell = Shell(Bytes(out.buffer.getvalue()), io.StringIO(), err, {"IMAGEBUILD_HOME": str(tmp_path / "other")})
    shell.folder = str(tmp_path)
    assert run(("store", "import", "-"), shell) == 0
    there = World(tmp_path, tmp_path / "other")
    assert originals(there) == originals(site)
    mine, theirs = Store.originals(site.home), Store.originals(there.home)
    assert mine.stock.records() == theirs.stock.records()
    mine.close()
    theirs.close()


def test_an_archive_is_not_written_to_a_terminal(cli: Any, site: World) -> None:
    answer = cli("store", "export", "-", "--all", tty=True)
    assert answer.code == 2
    assert "an archive is no text for a terminal" in answer.err


def test_a_pinned_picture_that_is_not_here_is_told_by_an_export(cli: Any, site: World, tmp_path: Path) -> None:
    [card] = [line for line in Lock.read(site.root / "imagebuild.lock").lines.values() if line.target == "card"]
    damage(site, card.digest)
    answer = cli("store", "export", str(tmp_path / "x.tar"))
    assert answer.code == 3
    assert f"left out, since it is damaged: {card.digest[:12]}" in answer.err
    assert f"not in the store: {card.digest[:12]} of card" in answer.err
    assert (tmp_path / "x.tar").exists()


def test_a_damaged_archive_brings_what_is_whole_and_says_so(cli: Any, site: World, tmp_path: Path) -> None:
    cli("store", "export", str(tmp_path / "x.tar"), "--all")
    data = (tmp_path / "x.tar").read_bytes()
    (tmp_path / "x.tar").write_bytes(data[: len(data) // 2])
    other = type(cli)(World(tmp_path / "elsewhere", tmp_path / "other home"))
    other.world.root.mkdir()
    answer = other("store", "import", str(tmp_path / "x.tar"))
    assert answer.code == 1
    assert "the archive could not be read to its end: it is cut off after" in answer.err
    assert other("store", "verify").code == 0
    (tmp_path / "x.tar").write_bytes(data)
    assert other("store", "import", str(tmp_path / "x.tar")).code == 0
    assert originals(other.world) == originals(site)


def test_an_export_that_fails_leaves_the_old_file_as_it_was(cli: Any, site: World, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"old")
    answer = cli("store", "export", str(tmp_path / "missing" / "x.tar"))
    assert answer.code == 1
    assert "no such file or directory" in answer.err
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["x.tar"]


def test_the_commands_are_listed_in_help(cli: Any) -> None:
    out = cli("store").out
    for name in ("ls", "gc", "verify", "push", "pull", "export", "import"):
        assert f"\n  {name}" in out


def test_json_is_written_even_when_nothing_was_chosen(cli: Any, site: World) -> None:
    cli("store", "gc", "--originals", "-y")
    gone = checked("store-gc", cli("store", "gc", "--originals", "--json").out)
    assert (gone["originals"]["count"], gone["originals"]["removed"], gone["dry_run"]) == (0, [], False)
    assert json.loads(cli("store", "gc", "--json").out)["free"] == {"count": 0, "bytes": 0}
