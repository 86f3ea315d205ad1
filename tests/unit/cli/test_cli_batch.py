"""The command for batches: they are listed, waited for, collected, given up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from batch_vendor import FIRST, ID, Service, send
from published_schema import checked
from whole_chain import Wider

from imagebuild import BatchStatus, Request, Result
from imagebuild.errors import AuthenticationError, ForgottenError, ProviderError, UnavailableError

Golden = Callable[[str, str], None]


def test_a_list_of_batches(cli: Any, service: Service, golden: Golden) -> None:
    assert cli("batch", "ls").out == "no batches are open\n"
    send(cli)
    service.stands[FIRST] = BatchStatus(FIRST, "running", 1, 1, 2, "the service is busy")
    answer = cli("batch", "ls")
    assert (answer.code, answer.err) == (0, "")
    golden("batch-ls.txt", answer.out)
    assert max(len(line) for line in answer.out.splitlines()) <= 80
    assert FIRST in cli("batch", "ls", "-v").out


def test_a_list_of_batches_as_json_is_of_its_schema(cli: Any, service: Service) -> None:
    send(cli)
    (batch,) = checked("batches", cli("batch", "ls", "--json").out)["batches"]
    assert batch.pop("since").endswith("Z")
    numbers = {"done": 0, "failed": 0, "total": 2}
    about = {"id": FIRST, "provider": "vendor", "message": None, "waiting": 2, "error": None}
    assert batch == {**about, "state": "running", **numbers}
    (offline,) = checked("batches", cli("batch", "ls", "--json", "--offline").out)["batches"]
    assert {offline["state"], offline["total"], offline["error"]} == {None}
    service.errors[FIRST] = UnavailableError("no answer")
    (unknown,) = checked("batches", cli("batch", "ls", "--json").out)["batches"]
    assert (unknown["state"], unknown["error"]["message"]) == (None, "no answer")


def test_a_picture_from_a_batch_that_fails_a_check_is_not_sent_again(cli: Any, service: Service) -> None:
    cli.world.extra = (*cli.world.extra, Wider())
    cli.world.edit("imagebuild.yaml", "{prompt: a coast}", "{prompt: a coast, checks: [{wider: 900, retry: 2}]}")
    send(cli)
    for _ in range(2):
        service.finish()
        answer = cli("build", "-y", "--executor", "batch")
        assert answer.code == 5
        assert "'coast' fails the check wider: measured 4 px, wanted > 900 px" in answer.err
        assert "budget" not in answer.err
    assert [line.request.prompt for lines in service.sent.values() for line in lines].count("a coast") == 1


def test_a_list_without_a_network_asks_nobody(cli: Any, service: Service) -> None:
    send(cli)
    service.errors[FIRST] = UnavailableError("was asked")
    answer = cli("batch", "ls", "--offline")
    assert (answer.code, answer.err) == (0, "")
    assert "not asked" in answer.out


def test_a_list_says_why_a_service_cannot_be_asked(cli: Any, service: Service) -> None:
    send(cli)
    service.errors[FIRST] = UnavailableError("no answer", hint="check the network")
    answer = cli("batch", "ls")
    assert answer.code == 0
    assert "unknown" in answer.out
    assert answer.err == "note: 'vendor' could not be asked: no answer\nhint: check the network\n"


def test_ids_that_begin_alike_are_shown_so_far_that_they_differ(cli: Any, service: Service) -> None:
    send(cli)
    cli.world.edit("imagebuild.yaml", "  coast", "  hill: {prompt: a hill}\n  coast")
    service.submit = lambda token, lines: f"{ID}zz"  # type: ignore[method-assign]  # an id like the first one
    service.stands[f"{ID}zz"] = BatchStatus(f"{ID}zz", "running")
    send(cli)
    listed = [line.split()[0] for line in cli("batch", "ls").out.splitlines()[1:3]]
    assert listed == [FIRST[:19], f"{ID}z"]


def test_waiting_tells_each_change_once_and_collects(cli: Any, service: Service) -> None:
    send(cli)
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            service.stands[FIRST] = BatchStatus(FIRST, "running", 1, 0, 2)
        if len(looks) == 4:
            service.finish()

    cli.sleep = sleep
    answer = cli("batch", "wait", "--every", "7")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        f"{FIRST}: running, 0 of 2 done",
        f"{FIRST}: running, 1 of 2 done",
        f"{FIRST}: completed, 2 of 2 done",
        f"note: batch {FIRST} is completed: 2 pictures collected",
        "collected 2 pictures ($0.04)",
        "no batch is open: 'imagebuild build' writes the pictures that have come",
    ]
    assert looks == [7.0] * 4
    assert cli("batch", "ls").out == "no batches are open\n"
    assert not (cli.world.root / "images/coast.png").exists()
    cli("build", "-y", "--executor", "batch")
    assert (cli.world.root / "images/coast.png").exists()


def test_waiting_says_which_pictures_failed_and_why(cli: Any, service: Service) -> None:
    send(cli)
    service.refuses = "coast"
    service.finish()
    answer = cli("batch", "wait")
    assert answer.code == 1
    assert "failed: coast\n  the service declined the prompt\n  hint: change the prompt\n" in answer.err
    assert answer.err.endswith(
        "'imagebuild build' writes the pictures that have come, and asks again for what failed\n"
    )


def test_waiting_ends_with_the_time_that_was_given(cli: Any, service: Service) -> None:
    send(cli)
    answer = cli("batch", "wait", "--every", "20", "--timeout", "50")
    assert answer.code == 3
    assert answer.err.splitlines()[1:] == [
        "1 batch is not collected yet: 'imagebuild batch wait' and every build ask again"
    ]
    assert cli.now == 50.0
    service.finish()
    assert cli("batch", "wait", "--timeout", "0").code == 0, "what is done is collected all the same"


def test_waiting_for_nothing_ends_at_once(cli: Any, service: Service) -> None:
    answer = cli("batch", "wait")
    assert (answer.code, cli.now) == (0, 0.0)
    assert cli("batch", "wait", "-q").err == ""


def test_waiting_goes_on_while_the_network_is_away(cli: Any, service: Service) -> None:
    send(cli)
    service.errors[FIRST] = UnavailableError("no answer")

    def sleep(seconds: float) -> None:
        if cli.now > 100:
            service.errors.clear()
            service.finish()

    cli.sleep = sleep
    answer = cli("batch", "wait")
    assert answer.code == 0
    assert answer.err.count("no answer") == 1


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (AuthenticationError("no such key", hint="set one"), 1, "error: no such key\nhint: set one\n"),
        (ForgottenError("no batch of this id"), 0, "is lost, and 2 pictures with it: no batch of this id"),
    ],
)
def test_waiting_does_not_go_on_where_it_cannot_help(
    cli: Any, service: Service, error: ProviderError, code: int, said: str
) -> None:
    send(cli)
    service.errors[FIRST] = error
    answer = cli("batch", "wait")
    assert (answer.code, cli.now) == (code, 0.0)
    assert said in answer.err


def test_waiting_gives_up_a_batch_that_cannot_be_collected_after_some_tries(cli: Any, service: Service) -> None:
    send(cli)
    service.finish()

    def break_off(batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        raise UnavailableError("the results cannot be read")

    service.results = break_off  # type: ignore[method-assign]  # a service that breaks off each time
    answer = cli("batch", "wait")
    assert (answer.code, cli.now) == (3, 120.0)
    assert answer.err.count("the results cannot be read") == 1


def test_a_batch_that_was_being_sent_is_looked_for(cli: Any, service: Service) -> None:
    service.lost_on_sending = True
    send(cli)
    assert "being sent" in cli("batch", "ls").out
    cli.sleep = lambda seconds: service.finish()
    answer = cli("batch", "wait")
    assert answer.code == 0
    assert answer.err.startswith("a batch that was being sent: was being sent")
    assert "2 pictures collected" in answer.err


def test_ctrl_c_while_waiting_leaves_everything_as_it_is(cli: Any, service: Service) -> None:
    send(cli)

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    cli.sleep = stop
    answer = cli("batch", "wait")
    assert answer.code == 130
    assert answer.err.endswith("interrupted: the batches go on, and every build collects what is done\n")
    assert service.stands[FIRST].state == "running"
    assert len(json.loads(cli("batch", "ls", "--json").out)["batches"]) == 1


def test_a_batch_is_given_up_by_the_beginning_of_its_id(cli: Any, service: Service) -> None:
    send(cli)
    service.stands[FIRST] = BatchStatus(FIRST, "running", 1, 0, 2)
    answer = cli("batch", "cancel", "batch_0001")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        f"batch {FIRST} is being cancelled after 1 of 2 pictures",
        "finished pictures are paid for, and are collected by the next build; the others cost nothing",
    ]
    assert service.stands[FIRST].state == "cancelling"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("batch_9", f"error: 'batch_9' is no open batch\nhint: open batches: {FIRST}, batch_0002aaaabbbbccccdddd\n"),
        ("", f"error: '' is no open batch\nhint: open batches: {FIRST}, batch_0002aaaabbbbccccdddd\n"),
        (
            "batch_",
            f"error: 'batch_' is the beginning of 2 batches\nhint: one of {FIRST}, batch_0002aaaabbbbccccdddd\n",
        ),
    ],
)
def test_nothing_is_given_up_by_a_name_that_is_not_of_one_batch(
    cli: Any, service: Service, name: str, said: str
) -> None:
    assert cli("batch", "cancel", "x").err == "error: 'x' is no open batch\nhint: no batches are open\n"
    send(cli)
    cli.world.edit("imagebuild.yaml", "  coast", "  hill: {prompt: a hill}\n  coast")
    send(cli)
    answer = cli("batch", "cancel", name)
    assert (answer.code, answer.err) == (2, said)
    assert {status.state for status in service.stands.values()} == {"running"}


def test_batches_need_a_project(cli: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for args in (["ls"], ["wait"], ["cancel", "x"]):
        answer = cli("batch", *args, folder=empty)
        assert answer.code == 2
        assert answer.err.startswith("error: there is no imagebuild.yaml in ")
        assert "hint: a project's spec holds the settings that services are asked with" in answer.err
    assert "there is no folder" in cli("batch", "ls", folder=tmp_path / "nowhere").err


@pytest.mark.parametrize("command", ["ls", "wait", "cancel"])
def test_help_of_the_commands_below(cli: Any, golden: Golden, command: str) -> None:
    answer = cli("batch", command, "--help")
    assert (answer.code, answer.err) == (0, "")
    golden(f"help/batch-{command}.txt", answer.out)


def test_a_command_below_is_suggested_and_takes_shared_options(cli: Any, service: Service) -> None:
    assert cli("batch").out == cli("batch", "--help").out
    answer = cli("batch", "lst")
    assert answer.code == 2
    assert answer.err == ("error: unknown command 'batch lst'\nhint: did you mean 'ls'? there are ls, wait, cancel\n")
    for args in (["batch", "-q", "wait"], ["batch", "wait", "-q"], ["-q", "batch", "wait"]):
        assert cli(*args).err == ""
    assert cli("batch", "ls", "--ofline").err == "error: unknown option '--ofline'\nhint: did you mean '--offline'?\n"
