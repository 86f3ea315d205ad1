"""The publisher `command`, with programs written for the test."""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from delivering import Work, problems
from msgspec.structs import replace

from imagebuild import Publication
from imagebuild.errors import PublishError
from imagebuild.testing import Desk, PublisherContract
from imagebuild_publish.command import CommandPublisher

COPY = """
import json, pathlib, shutil, sys
folder, manifest, out = map(pathlib.Path, sys.argv[1:4])
out.mkdir(exist_ok=True)
for path in folder.iterdir():
    shutil.copy2(path, out)
shutil.copy(manifest, out.parent / "manifest-copy.json")
with open(out.parent / "runs", "a") as runs:
    runs.write(f"{folder}\\n")
"""


class Shop:
    """A project with a program that copies what it is given, and notes that it ran."""

    def __init__(self, root: Path) -> None:
        self.root, self.out, self.script = root / "project", root / "out", root / "copy.py"
        self.root.mkdir()
        self.script.write_text(COPY)
        self.work = Work(self.root)
        self.work.desk.environ.update(PATH=os.environ["PATH"])
        self.work.add("hero", ("image/webp", 800)).add("logo", "image/svg+xml")

    @property
    def run(self) -> list[str]:
        return [sys.executable, str(self.script), "{folder}", "{manifest}", str(self.out)]

    def publish(self, *, dry_run: bool = False, **options: Any) -> Publication:
        published = options.pop("published", ())
        return self.work.publish(CommandPublisher(), {"run": self.run, **options}, published=published, dry_run=dry_run)

    def python(self, code: str, *words: str, **options: Any) -> Publication:
        return self.publish(run=[sys.executable, "-c", code, *words], **options)

    def failed(self, code: str, **options: Any) -> tuple[str, str]:
        with pytest.raises(PublishError) as raised:
            self.python(code, **options)
        return raised.value.message, raised.value.hint or ""

    def copies(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.out.iterdir())} if self.out.exists() else {}

    def runs(self) -> list[str]:
        path = self.out.parent / "runs"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


class TestContract(PublisherContract):
    @pytest.fixture(autouse=True)
    def _shop(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.shop = Shop(tmp_path_factory.mktemp("shop"))

    def publisher(self) -> CommandPublisher:
        return CommandPublisher()

    def options(self) -> Mapping[str, Any]:
        return {"run": self.shop.run}

    def desk(self, root: Path, pictures: Mapping[str, bytes]) -> Desk:
        return Desk(root, pictures, {"PATH": os.environ["PATH"]})

    def published(self, desk: Desk) -> Mapping[str, bytes]:
        copied = self.shop.out.parent / "manifest-copy.json"
        return {**self.shop.copies(), **({"manifest": copied.read_bytes()} if copied.exists() else {})}


def test_the_program_gets_all_files_under_their_published_names(shop: Shop) -> None:
    publication = shop.publish(base="https://example.com/img")
    assert shop.copies() == {
        f"hero-800.{shop.work.digest('hero')[:8]}.webp": shop.work.desk.objects[shop.work.digest("hero")],
        f"logo.{shop.work.digest('logo')[:8]}.svg": shop.work.desk.objects[shop.work.digest("logo")],
    }
    assert set(publication.files.values()) == set(shop.copies())
    assert (publication.changed, publication.base) == (2, "https://example.com/img/")
    assert publication.location == f"command:{Path(sys.executable).name}"


def test_the_program_gets_a_manifest_of_the_pictures(shop: Shop) -> None:
    shop.publish(names="plain", base="/img")
    told = json.loads((shop.out.parent / "manifest-copy.json").read_text())
    assert told["base"] == "/img/"
    assert {name: entry["variants"][0]["file"] for name, entry in told["images"].items()} == {
        "hero": "hero-800.webp",
        "logo": "logo.svg",
    }
    assert "prompt" not in json.dumps(told)


def test_names_and_base_are_told_without_running_it(shop: Shop) -> None:
    options = CommandPublisher().resolve({"run": shop.run, "base": "https://example.com/img"}).options
    announced = CommandPublisher().announce(shop.work.manifest, options)
    assert shop.runs() == []
    assert shop.publish(base="https://example.com/img") == replace(announced, changed=2)


def test_it_runs_again_only_when_the_pictures_have_changed(shop: Shop) -> None:
    shop.publish()
    assert shop.publish().changed == 0
    assert len(shop.runs()) == 1
    shop.work.add("logo", "image/svg+xml", seed="new")
    assert shop.publish().changed == 2
    assert len(shop.runs()) == 2


def test_another_text_for_a_picture_is_a_change_too(shop: Shop) -> None:
    shop.publish()
    shop.work.add("logo", "image/svg+xml", alt="Another text")
    assert shop.publish().changed == 2


def test_another_command_is_a_change_and_a_second_one_does_not_disturb_the_first(shop: Shop) -> None:
    shop.publish()
    assert shop.python("pass").changed == 2
    assert (shop.publish().changed, shop.python("pass").changed) == (0, 0)


def test_it_runs_each_time_where_that_is_asked_for(shop: Shop) -> None:
    shop.publish(always=True)
    assert shop.publish(always=True).changed == 2
    assert len(shop.runs()) == 2


def test_a_run_that_failed_is_made_again(shop: Shop) -> None:
    shop.script.write_text("raise SystemExit(3)")
    with pytest.raises(PublishError):
        shop.publish()
    shop.script.write_text(COPY)
    assert shop.publish().changed == 2


def test_a_dry_run_runs_nothing_and_counts(shop: Shop) -> None:
    assert shop.publish(dry_run=True).changed == 2
    assert (shop.runs(), shop.work.desk.memory) == ([], {})


def test_a_folder_that_was_filled_before_is_used_as_it_is(shop: Shop) -> None:
    folder = shop.work.folder()
    shop.publish(published=[folder])
    assert shop.runs() == [str(shop.root / "public/img")]


def test_a_folder_with_other_bytes_or_names_is_not_used(shop: Shop) -> None:
    folder = shop.work.folder()
    shop.publish(published=[folder], names="plain")
    (shop.root / "public/img" / shop.work.names()[0]).write_bytes(b"changed by hand")
    shop.publish(published=[folder])
    assert len(shop.runs()) == 2
    assert str(shop.root / "public/img") not in shop.runs()


def test_the_passing_folder_is_gone_afterwards(shop: Shop) -> None:
    shop.publish()
    assert [Path(folder).exists() for folder in shop.runs()] == [False]


def test_rights_and_times_are_fit_to_be_taken_over(shop: Shop) -> None:
    shop.publish(names="plain")
    first = (shop.out / "logo.svg").stat()
    assert first.st_mode & 0o777 == 0o644
    shop.publish(names="plain", always=True)
    assert (shop.out / "logo.svg").stat().st_mtime == first.st_mtime
    shop.work.add("logo", "image/svg+xml", seed="new")
    shop.publish(names="plain")
    assert (shop.out / "logo.svg").stat().st_mtime != first.st_mtime
    assert shop.python("import os, sys; raise SystemExit(os.stat(sys.argv[1]).st_mode & 0o777 != 0o755)", "{folder}")


def test_words_reach_the_program_as_they_are(shop: Shop) -> None:
    words = ["$HOME; echo *", "a  b", "{}", "{http_code}", '"', "--x={folder}/y"]
    shop.python("import json, sys; json.dump(sys.argv[1:], open('words', 'w'))", *words)
    found = json.loads((shop.root / "words").read_text())
    assert found[:5] == words[:5]
    assert found[5].startswith("--x=/")
    assert found[5].endswith("/pictures/y")


def test_it_runs_in_the_folder_that_is_named(shop: Shop) -> None:
    (shop.root / "deploy").mkdir()
    program = shop.root / "deploy/here.sh"
    program.write_text("#!/bin/sh\npwd > there\n")
    program.chmod(0o755)
    shop.publish(run="./here.sh", dir="deploy")
    assert (shop.root / "deploy/there").read_text().strip() == str(shop.root / "deploy")


def test_it_has_the_environment_and_no_input(shop: Shop) -> None:
    shop.work.desk.environ["SITE_TOKEN"] = "s3cr3t-token"
    code = "import os, sys; assert os.environ['SITE_TOKEN'] == 's3cr3t-token'; assert sys.stdin.read() == ''"
    assert shop.python(code).changed == 2


def test_targets_choose_what_it_gets(shop: Shop) -> None:
    assert shop.publish(targets="logo", names="plain").changed == 1
    assert list(shop.copies()) == ["logo.svg"]


def test_another_exit_code_fails_with_the_last_lines(shop: Shop) -> None:
    code = "import sys; [print(n, flush=True) for n in range(100)]"
    code += "; print('no\\x1b[31m space', file=sys.stderr); sys.exit(11)"
    message, hint = shop.failed(code)
    head, *lines = message.splitlines()
    assert head.endswith("ended with exit code 11:")
    assert len(lines) == 12
    assert "  99" in lines
    assert "  no space" in lines
    assert "publish again" in hint


def test_a_program_that_says_nothing_is_said_to(shop: Shop) -> None:
    assert shop.failed("raise SystemExit(1)")[0].endswith("ended with exit code 1, and wrote nothing")


def test_a_program_that_was_ended_by_a_signal_is_said_to_be(shop: Shop) -> None:
    assert "ended by signal 9" in shop.failed("import os; os.kill(os.getpid(), 9)")[0]


def test_no_secret_of_the_environment_gets_into_an_error(shop: Shop) -> None:
    shop.work.desk.environ.update(SITE_TOKEN="s3cr3t-token", DEPLOY_PASSWORD="s3cr3t-password")
    code = "import os; raise SystemExit(f\"{os.environ['SITE_TOKEN']} https://me:s3cr3t-x@host/ s3cr3t-password\")"
    assert "s3cr3t" not in "".join(shop.failed(code))


def test_a_program_that_takes_too_long_is_ended_with_its_children(shop: Shop) -> None:
    os.mkfifo(shop.root / "alive")  # it ends when the last of them that holds it does
    alive = os.open(shop.root / "alive", os.O_RDONLY | os.O_NONBLOCK)
    program = shop.root / "slow.sh"
    program.write_text("#!/bin/sh\nexec 3> alive\nsleep 600 &\necho working\nwait\n")
    program.chmod(0o755)
    with pytest.raises(PublishError) as raised:
        shop.publish(run="./slow.sh", seconds=2)
    message, hint = raised.value.message, raised.value.hint
    assert "took longer than 2 seconds" in message
    assert "working" in message
    assert hint == "raise 'seconds'"
    ending = select.poll()
    ending.register(alive, select.POLLHUP)
    assert ending.poll(30_000) == [(alive, select.POLLHUP)]
    os.close(alive)


def test_a_program_that_does_not_exist_is_named(shop: Shop) -> None:
    with pytest.raises(PublishError, match="there is no program 'no-such-program'"):
        shop.publish(run=["no-such-program", "x"])
    with pytest.raises(PublishError, match=r"there is no program './deploy.sh'"):
        shop.publish(run="./deploy.sh")


def test_a_file_that_is_no_program_is_named(shop: Shop) -> None:
    broken = shop.root / "deploy.sh"
    broken.write_text("no interpreter is named")
    broken.chmod(0o755)
    with pytest.raises(PublishError, match=r"cannot start 'deploy.sh': exec format error"):
        shop.publish(run="./deploy.sh")


def test_a_folder_that_is_not_there_or_leads_out_of_the_project_is_an_error(shop: Shop) -> None:
    assert "no folder of the project" in shop.failed("pass", dir="deploy")[0]
    (shop.root / "out").symlink_to(shop.root.parent)
    assert "no folder of the project" in shop.failed("pass", dir="out")[0]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "'command' needs 'run'"),
        ({"run": []}, "expected"),
        ({"run": [""]}, "'run' names no program"),
        ({"run": "rsync -a {folder}/ host:"}, "write a list, a word an item: run: [rsync, -a, {folder}/, host:]"),
        ({"run": ["rsync", "{foldr}/"]}, "did you mean '{folder}'?"),
        ({"run": ["x"], "dir": "../x"}, "'dir' holds '..'"),
        ({"run": ["x"], "seconds": 0}, "expected 1 to 86400"),
        ({"run": ["x"], "base": "javascript:x"}, "expected a path like /img/"),
        ({"run": ["x"], "token": "s3cr3t"}, "'token' may not stand in a spec"),
    ],
)
def test_options_that_cannot_be_are_problems(options: dict[str, Any], found: str) -> None:
    texts = [f"{problem.message} {problem.hint}" for problem in CommandPublisher().resolve(options).problems]
    assert [found in text for text in texts] == [True]
    assert "s3cr3t" not in texts[0]


def test_a_bare_value_is_the_program() -> None:
    assert problems(CommandPublisher(), {"": "./deploy.sh"}) == []
