"""Commands of plugins: parsed, helped and run like ours, and answered for by their plugin."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from imagebuild import Command, CommandContext, hookimpl
from imagebuild.cli.catalog import COMMANDS
from imagebuild.errors import UsageError
from imagebuild.registry import Registry
from imagebuild.testing import RecordingProvider

Golden = Callable[[str, str], None]


class Greet(Command):
    """Says hello, in as many ways as a test needs."""

    name = "greet"
    version = "1"
    help = "Say hello to somebody."

    def __init__(self, does: Callable[[Namespace, CommandContext], Any] | None = None) -> None:
        self.does = does
        self.seen: list[tuple[Namespace, CommandContext]] = []

    def configure(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", help="whom to greet")
        parser.add_argument("--times", type=int, default=1, help="how often")

    def run(self, arguments: Namespace, context: CommandContext) -> int:
        self.seen.append((arguments, context))
        if self.does:
            return self.does(arguments, context)  # type: ignore[no-any-return]  # a test may give back nonsense
        for _ in range(arguments.times):
            context.out(f"hello {arguments.who}")
        context.say("done")
        return 0


class Commands:
    """A plugin with the given commands."""

    def __init__(self, *commands: object) -> None:
        self.commands = commands

    @hookimpl
    def imagebuild_commands(self) -> Iterable[object]:
        return self.commands


class Renamed(Greet):
    def __init__(self, name: str, version: Any = "1", help: Any = "Say it.") -> None:  # noqa: A002 - as the attribute
        super().__init__()
        self.name, self.version, self.help = name, version, help


@pytest.fixture
def greet(cli: Any) -> Greet:
    command = Greet()
    cli.plugins["polite"] = Commands(command)
    return command


def test_a_plugins_command_runs_with_its_arguments_and_doors(cli: Any, greet: Greet) -> None:
    answer = cli("greet", "Ann", "--times", "2", environ={"CITY": "Rome"})
    assert (answer.code, answer.out, answer.err) == (0, "hello Ann\nhello Ann\n", "done\n")
    arguments, context = greet.seen[0]
    assert vars(arguments) == {"who": "Ann", "times": 2}
    assert context.folder == cli.world.root
    assert context.environ["CITY"] == "Rome"
    assert set(context.providers) == {"recorder", "sketch"}


@pytest.mark.parametrize("code", [0, 1, 3, 70])
def test_its_answer_is_the_exit_code(cli: Any, greet: Greet, code: int) -> None:
    greet.does = lambda arguments, context: code
    assert cli("greet", "Ann").code == code


def test_its_help_goes_through_our_printer(cli: Any, greet: Greet, golden: Golden) -> None:
    answer = cli("greet", "--help")
    assert (answer.code, answer.err, greet.seen) == (0, "", [])
    golden("help/plugin-command.txt", answer.out)
    assert cli("greet", "-h").out == answer.out
    narrow = cli("greet", "-h", tty=True, environ={"COLUMNS": "40"}).out
    assert max(len(line) for line in narrow.splitlines()) <= 40


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["Ann", "--tmies", "2"], "unknown option '--tmies'", "did you mean '--times'?"),
        (["Ann", "Bob"], "unexpected argument 'Bob'", "'imagebuild greet --help' shows what it takes"),
        ([], "the following arguments are required: who", "'imagebuild greet --help' shows what it takes"),
        (
            ["Ann", "--times", "x"],
            "argument --times: invalid int value: 'x'",
            "'imagebuild greet --help' shows what it takes",
        ),
        (["Ann", "-C", "nowhere"], "there is no folder 'nowhere'", None),
    ],
)
def test_a_mistake_in_its_arguments_is_a_usage_error(
    cli: Any, greet: Greet, args: list[str], message: str, hint: str | None
) -> None:
    answer = cli("greet", *args)
    assert (answer.code, answer.out, greet.seen) == (2, "", [])
    assert answer.err == f"error: {message}\n" + (f"hint: {hint}\n" if hint else "")


def test_shared_options_stand_before_its_name_and_after(cli: Any, greet: Greet, tmp_path: Path) -> None:
    for args in (["-q", "-C", str(tmp_path), "greet", "Ann"], ["greet", "-q", "Ann", "-C", str(tmp_path)]):
        answer = cli(*args)
        assert (answer.code, answer.err) == (0, "")
        arguments, context = greet.seen.pop()
        assert context.folder == tmp_path
        assert vars(arguments) == {"who": "Ann", "times": 1}
    assert cli("greet", "Ann", "--color", "blue").code == 2


def test_an_option_of_the_plugin_is_stronger_than_a_shared_one(cli: Any) -> None:
    class Loud(Greet):
        def configure(self, parser: ArgumentParser) -> None:
            parser.add_argument("-q", "--quick", action="store_true")
            parser.add_argument("--project", default="none")

    loud = Loud(lambda arguments, context: context.say("still here") or 0)
    cli.plugins["loud"] = Commands(loud)
    answer = cli("greet", "-q", "--project", "x")
    assert (answer.code, answer.err) == (0, "still here\n")
    assert vars(loud.seen[0][0]) == {"quick": True, "project": "x"}


def test_commands_below_a_command_take_help_and_shared_options_too(cli: Any) -> None:
    class Nested(Greet):
        def configure(self, parser: ArgumentParser) -> None:
            parser.add_argument("--version", action="version", version="greet 1.2")
            below = parser.add_subparsers(dest="what", required=True)
            below.add_parser("one", help="the first").add_argument("--deep")

    nested = Nested(lambda arguments, context: context.say("ran") or 0)
    cli.plugins["nested"] = Commands(nested)
    assert cli("greet", "-q", "one", "--deep", "3").err == ""
    assert cli("greet", "one", "--deep", "3", "-q").err == ""
    assert vars(nested.seen[-1][0]) == {"what": "one", "deep": "3"}
    assert cli("greet", "one", "-h").out.startswith("usage: imagebuild greet one [-h] [--deep DEEP]\n")
    assert cli("greet", "--version").out == "greet 1.2\n"
    assert cli("greet", "one", "--deeper", "3").code == 2
    assert nested.seen[2:] == []


def test_control_characters_of_its_lines_and_its_help_are_shown_and_not_sent(cli: Any) -> None:
    rude = Renamed("greet", help="Say\x1b[2J it.")
    rude.does = lambda arguments, context: context.out("a\x1b[2Jb") or 0
    cli.plugins["rude"] = Commands(rude)
    assert cli("greet", "Ann").out == "a\\x1b[2Jb\n"
    assert "\x1b" not in cli("greet", "-h").out + cli("plugins").out


FAULTS: list[tuple[Callable[[Namespace, CommandContext], Any], str]] = [
    (lambda arguments, context: 1 / 0, "failed: ZeroDivisionError('division by zero')"),
    (lambda arguments, context: None, "returned None where an exit code is wanted"),
    (lambda arguments, context: sys.exit("gone"), "left with 'gone'"),
]


@pytest.mark.parametrize(("does", "what"), FAULTS, ids=["raises", "no code", "leaves"])
def test_what_it_did_not_foresee_is_an_error_that_names_its_plugin(
    cli: Any, greet: Greet, does: Callable[[Namespace, CommandContext], Any], what: str
) -> None:
    greet.does = does
    answer = cli("greet", "Ann")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: command 'greet' of plugin 'polite' (imagebuild-polite) {what}\nhint: ")
    loud = cli("greet", "Ann", environ={"IMAGEBUILD_DEBUG": "1"})
    assert "Traceback" in loud.err


def test_errors_on_purpose_and_exits_with_a_code_are_kept(cli: Any, greet: Greet) -> None:
    def refuse(arguments: Namespace, context: CommandContext) -> int:
        raise UsageError("no such port", hint="give another")

    greet.does = refuse
    answer = cli("greet", "Ann")
    assert (answer.code, answer.err) == (2, "error: no such port\nhint: give another\n")
    greet.does = lambda arguments, context: sys.exit(7)
    assert cli("greet", "Ann").code == 7


def test_what_its_parser_says_on_leaving_with_a_fault_goes_to_stderr(cli: Any) -> None:
    class Leaving(Greet):
        def configure(self, parser: ArgumentParser) -> None:
            parser.add_argument("who", type=lambda text: parser.exit(4, f"no {text}\n"))

    cli.plugins["leaving"] = Commands(Leaving())
    answer = cli("greet", "Ann")
    assert (answer.code, answer.out, answer.err) == (4, "", "no Ann\n")


def test_ctrl_c_in_it_ends_with_130(cli: Any, greet: Greet) -> None:
    def stop(arguments: Namespace, context: CommandContext) -> int:
        raise KeyboardInterrupt

    greet.does = stop
    answer = cli("greet", "Ann")
    assert answer.code == 130
    assert answer.err.startswith("interrupted")


def test_a_failing_configuration_names_its_plugin(cli: Any) -> None:
    class Broken(Greet):
        def configure(self, parser: ArgumentParser) -> None:
            raise RuntimeError("no options today")

    cli.plugins["broken"] = Commands(Broken())
    answer = cli("greet", "--help")
    assert answer.code == 2
    assert "command 'greet' of plugin 'broken' (imagebuild-broken) failed: RuntimeError" in answer.err


def test_a_broken_plugin_does_not_stop_the_command_of_a_sound_one(cli: Any, greet: Greet) -> None:
    cli.world.extra = (RecordingProvider("recorder"),)
    assert cli("greet", "Ann").out == "hello Ann\n"
    answer = cli("dance")
    assert answer.code == 2
    assert "hint: a plugin that is broken may add it: 'imagebuild plugins' lists all" in answer.err


def test_a_misspelt_name_gets_the_command_of_a_plugin_suggested(cli: Any, greet: Greet) -> None:
    assert cli("great").err == "error: unknown command 'great'\nhint: did you mean 'greet'?\n"


@pytest.mark.parametrize("name", [next(iter(COMMANDS)), "watch"])
def test_a_command_with_the_name_of_ours_is_an_error_that_names_the_distribution(cli: Any, name: str) -> None:
    cli.plugins["bold"] = Commands(Renamed(name), Renamed("greet"))
    fault = f"adds command '{name}', which is a command of imagebuild itself"
    answer = cli("greet", "Ann")
    assert answer.code == 2
    assert answer.err.startswith(f"error: plugin 'bold' (imagebuild-bold) {fault}\nhint: ")
    assert f"bold (imagebuild-bold) {fault}" in cli("plugins").out
    doctor = cli("doctor")
    assert doctor.code == 1
    assert f"(imagebuild-bold) {fault}" in doctor.out
    assert cli("status").code == 0


def test_the_table_of_plugins_has_their_commands(cli: Any, greet: Greet, golden: Golden) -> None:
    golden("plugins.txt", cli("plugins").out)
    listed = {each["name"]: each["commands"] for each in json.loads(cli("plugins", "--json").out)["plugins"]}
    assert listed == {"polite": ["greet"], "testing": []}


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([Renamed("greet")], "adds command 'greet', which 'polite' (this process) adds too"),
        ([Renamed("wave"), Renamed("wave")], "adds command 'wave' twice"),
        ([Renamed("Wave!")], "adds command 'Wave!', whose name is not of small letters, digits and hyphens"),
        ([Renamed("wave", version=None)], "has a command Renamed without a version"),
        ([Renamed("wave", help=None)], "has a command Renamed without a help"),
        (["wave"], "hands over 'wave' where a command is wanted"),
    ],
    ids=["clash", "twice", "name", "no version", "no help", "no command"],
)
def test_the_registry_refuses_a_bad_command_and_keeps_the_others(commands: list[object], reason: str) -> None:
    registry = Registry({"polite": Commands(Greet()), "other": Commands(*commands)})
    assert list(registry.commands) == ["greet"]
    assert [error.message for error in registry.errors] == [f"plugin 'other' (this process) {reason}"]
    assert {info.name: info.commands for info in registry.plugins()} == {"polite": ("greet",), "other": ()}


def test_the_command_of_the_how_to_works(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "plugin-command.md").read_text("utf-8")
    found = re.search(r"<!-- file: (\w+)\.py -->\n```python\n(.*?)```", page, re.DOTALL)
    assert found
    (tmp_path / f"{found[1]}.py").write_text(found[2], "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    cli.plugins["weigh"] = importlib.import_module(found[1])
    cli.world.write({"images/hero.png": b"x" * 1234})
    assert cli("weigh").out == "      1234 hero.png\n"
    assert cli("weigh", "--folder", "refs", "-q").out.endswith(" logo.png\n")


def test_help_loads_no_plugin() -> None:
    code = (
        "import sys; from imagebuild.cli.application import run_process; run_process(['--help']); "
        "print(sorted({'imagebuild.registry', 'imagebuild_sketch', 'argparse', 'pluggy'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"
    assert "'imagebuild plugins' lists the commands" in " ".join(answer.stdout.split())
