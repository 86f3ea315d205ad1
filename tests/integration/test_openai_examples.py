"""The examples that buy: each built by the real command with the real SDK, from a server that draws with sketch."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import Struct

from imagebuild.media import probe
from imagebuild_devserver import DevServer, Fault
from imagebuild_devserver.ledger import Entry

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.glob("openai-*"))
LEAVE_OUT = ("OPENAI_", "AZURE_", "IMAGEBUILD_", "GITHUB_")


class Done(Struct, frozen=True):
    """What a command said: its exit code, its events and what people read."""

    code: int
    events: list[dict[str, Any]]
    text: str

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    @property
    def finished(self) -> tuple[int, int, int]:
        """How many pictures were bought, were in the store, and failed."""
        last = self.events[-1]
        assert last["event"] == "build_finished", self.text
        return last["bought"], last["cached"], last["failed"]


class Example(Struct, frozen=True):
    """A copy of an example, with a store of its own and a server in place of the service."""

    root: Path
    home: Path
    server: DevServer
    before: int
    key: bool = True

    def run(self, *args: str) -> Done:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(LEAVE_OUT)}
        environ |= {"IMAGEBUILD_HOME": str(self.home), "PYTHONUTF8": "1", "CI": "true"}
        environ |= {"OPENAI_BASE_URL": self.server.url, "IMAGEBUILD_OPENAI_PROFILE": "openai"}
        environ |= {"OPENAI_API_KEY": self.server.key} if self.key else {}
        answer = subprocess.run(
            [sys.executable, "-m", "imagebuild", *args, "--json"],
            cwd=self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Done(answer.returncode, [json.loads(line) for line in answer.stdout.splitlines()], answer.stderr)

    def build(self, *args: str, code: int = 0) -> Done:
        done = self.run("build", "--max-cost", "1", *args)
        assert done.code == code, done.text
        return done

    @property
    def paid(self) -> tuple[Entry, ...]:
        """The calls that a real service would have billed for this example, in order."""
        return self.server.ledger[self.before :]

    def pictures(self, folder: str = "images") -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.root / folder).iterdir())}

    def clone(self) -> Example:
        """What another machine with the same store has: the committed files, and no key."""
        there = shutil.copytree(
            self.root, self.root.with_name("clone"), ignore=shutil.ignore_patterns(".imagebuild", "images", "cards")
        )
        return Example(there, self.home, self.server, len(self.server.ledger), key=False)


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with DevServer() as running:
        yield running


@pytest.fixture
def example(request: pytest.FixtureRequest, server: DevServer, tmp_path: Path) -> Iterator[Example]:
    name = f"openai-{request.param}"
    root = shutil.copytree(
        EXAMPLES / name, tmp_path / name, ignore=shutil.ignore_patterns(".imagebuild", "imagebuild.lock", "images")
    )
    yield Example(root, tmp_path / "home", server, server.paid)
    server.faults.clear()


def an(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("example", [name], indirect=True, ids=[name])


def assert_done_for_good(example: Example, folder: str = "images") -> None:
    """A second build does nothing, and a locked one makes the same files elsewhere; no call is made for either."""
    asked, pictures = len(example.server.requests), example.pictures(folder)
    again = example.build()
    assert [event["event"] for event in again.events] == ["build_started", "build_finished"]
    clone = example.clone()
    clone.build("--locked")
    assert clone.pictures(folder) == pictures
    assert len(example.server.requests) == asked


def shape(data: bytes) -> tuple[int | None, int | None, str]:
    found = probe(data)
    assert found
    return found.width, found.height, found.media_type


def alpha_of(data: bytes) -> tuple[float, float] | None:
    """The least and the greatest alpha of a picture; None without an alpha channel."""
    import pyvips

    picture = pyvips.Image.new_from_buffer(data, "")
    if not picture.hasalpha():
        return None
    band = picture[picture.bands - 1]
    return band.min(), band.max()


def parts_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a request to the Responses API shows and says, in order."""
    said = body["input"]
    if isinstance(said, str):
        return [{"type": "input_text", "text": said}]
    return [part for message in said for part in message["content"]]


def pictures_sent(body: Mapping[str, Any]) -> list[bytes]:
    links = [part["image_url"] for part in parts_of(body) if part["type"] == "input_image"]
    return [base64.b64decode(link.partition("base64,")[2], validate=True) for link in links]


def request_for(example: Example, since: int, prompt: str) -> Mapping[str, Any]:
    """The one call for a picture since a number of requests whose prompt has these words."""
    seen = [each for each in example.server.requests[since:] if (each.method, each.path) == ("POST", "/v1/responses")]
    bodies = [each.body for each in seen if isinstance(each.body, Mapping)]
    found = [body for body in bodies if any(prompt in part.get("text", "") for part in parts_of(body))]
    assert len(found) == 1, prompt
    return found[0]


@pytest.mark.parametrize("example", [name.removeprefix("openai-") for name in NAMES], indirect=True)
def test_a_plan_tells_the_cost_without_a_key_or_a_call_and_the_budget_covers_it(example: Example) -> None:
    asked = len(example.server.requests)
    stranger = Example(example.root, example.home, example.server, 0, key=False)
    plan = stranger.run("plan")
    assert plan.code == 0, plan.text
    cost = plan.events[0]["totals"]["cost"]
    assert 0 < cost["low"] < cost["high"]
    assert cost["unknown"] == 0
    budget = yaml.safe_load((example.root / "imagebuild.yaml").read_text("utf-8"))["budget"]["max_cost"]
    assert cost["high"] <= budget
    assert len(example.server.requests) == asked


def test_every_example_has_a_page_and_no_key() -> None:
    assert len(NAMES) == 6
    for name in NAMES:
        assert (EXAMPLES / name / "README.md").is_file()
        for path in (EXAMPLES / name).rglob("*"):
            assert path.is_dir() or b"sk-" not in path.read_bytes()


@an("simple")
def test_one_prompt_makes_one_picture(example: Example) -> None:
    done = example.build()
    assert done.finished == (1, 0, 0)
    assert [(entry.endpoint, entry.prompt, entry.pictures) for entry in example.paid] == [
        ("responses", "Draw a sunset over mountains", 1)
    ]
    assert {name: shape(data) for name, data in example.pictures().items()} == {"sunset.png": (1024, 1024, "image/png")}
    assert_done_for_good(example)


@an("options")
def test_options_shape_the_pictures(example: Example) -> None:
    assert example.build().finished == (4, 0, 0)
    assert {entry.model for entry in example.paid} == {"gpt-image-2.5-flare", "gpt-image-2.6-sunburst"}
    assert len(example.paid) == 4
    pictures = example.pictures()
    assert {name: shape(data) for name, data in pictures.items()} == {
        "cat.png": (1024, 1536, "image/png"),
        "harbour.jpg": (1536, 640, "image/jpeg"),
        "poster.png": (1024, 1024, "image/png"),
        "sticker.webp": (1024, 1024, "image/webp"),
    }
    assert alpha_of(pictures["sticker.webp"]) == (0, 255)
    assert alpha_of(pictures["poster.png"]) in (None, (255, 255))
    assert_done_for_good(example)


@an("editing")
def test_edits_go_on_from_the_picture_before_them(example: Example) -> None:
    since = len(example.server.requests)
    assert example.build().finished[0] == 6
    assert [entry.endpoint for entry in example.paid] == ["responses"] * 6
    pictures = example.pictures()
    assert len(set(pictures.values())) == 5
    assert pictures_sent(request_for(example, since, "Make the car blue")) == [pictures["car.png"]]
    assert pictures_sent(request_for(example, since, "Add racing stripes")) == [pictures["car-blue.png"]]
    assert pictures_sent(request_for(example, since, "onto the road")) == [
        (example.root / "refs" / "road.webp").read_bytes(),
        pictures["car-stripes.png"],
    ]
    assert_done_for_good(example)


@an("editing")
def test_a_continued_edit_names_the_answer_before_it_and_sends_no_picture(example: Example) -> None:
    since = len(example.server.requests)
    assert example.build("car-remembered").finished == (3, 0, 0)
    ids = [entry.response_id for entry in example.paid]
    bodies = [request_for(example, since, words) for words in ("product photo", "Make it blue", "Now give it racing")]
    assert [body.get("previous_response_id") for body in bodies] == [None, *ids[:2]]
    assert [pictures_sent(body) for body in bodies] == [[], [], []]


@an("streaming")
def test_unfinished_pictures_come_on_the_way(example: Example) -> None:
    done = example.build()
    assert done.finished == (2, 0, 0)
    assert {entry.endpoint for entry in example.paid} == {"responses", "images/generations"}
    assert len(example.paid) == 2
    final = example.pictures()
    for target in ("forest", "lake"):
        partials = [event for event in done.named("partial_image") if event["target"] == target]
        assert [event["index"] for event in partials] == [0, 1, 2]
        shown = [(example.root / event["path"]).read_bytes() for event in partials]
        assert all(event["path"].startswith(".imagebuild/partials/") for event in partials)
        assert len({*shown, final[f"{target}.png"]}) == 4
        assert {shape(data) for data in shown} == {(1024, 640, "image/png")}
        told = [event["event"] for event in done.events if event.get("target") == target]
        assert told == ["action_started", *["partial_image"] * 3, "action_finished", "output_written"]
    assert_done_for_good(example)


@an("logo")
def test_the_logo_lies_on_nothing(example: Example) -> None:
    assert example.build().finished == (2, 0, 0)
    assert len(example.paid) == 2
    pictures = example.pictures()
    assert {name: shape(data) for name, data in pictures.items()} == {
        "logo-dark.png": (1024, 1024, "image/png"),
        "logo.png": (1024, 1024, "image/png"),
    }
    assert [alpha_of(data) for data in pictures.values()] == [(0, 255), (0, 255)]
    assert pictures["logo.png"] != pictures["logo-dark.png"]
    assert_done_for_good(example)


@an("batch")
def test_one_refused_prompt_of_a_batch_fails_alone(example: Example) -> None:
    refused = "card[animal=owl,season=winter]"
    words, message = "owl in a forest in winter", "Your request was rejected by the safety system."
    line = Fault("batch_line_error", match=words, status=400, code="moderation_blocked", message=message)
    example.server.faults.add(line)
    example.server.faults.add(Fault("moderation", match=words, times=None))

    sent = example.build("--executor", "batch", code=3)
    assert (sent.events[-1]["sent"], sent.events[-1]["waiting"], sent.finished[0]) == (8, 8, 0)
    assert not (example.root / "cards").exists()

    collected = example.build(code=1)
    assert len(collected.named("output_written")) == 7
    assert collected.events[-1]["collected"] == 7
    assert 0 < collected.events[-1]["collected_usd"] < 0.02
    assert [(event["target"], event["error"]["type"]) for event in collected.named("action_failed")] == [
        (refused, "RefusedError")
    ]
    assert "rejected by the safety system" in collected.named("action_failed")[0]["error"]["message"]
    assert len(example.paid) == 7
    assert {entry.endpoint for entry in example.paid} == {"batches"}
    cards = example.pictures("cards")
    assert {shape(data) for data in cards.values()} == {(1024, 640, "image/webp")}
    assert "owl-winter.webp" not in cards

    again = example.build(code=1)
    assert (again.finished, len(again.named("output_written"))) == ((0, 7, 1), 0)
    assert len(example.paid) == 7

    states = example.run("status").events[0]["targets"]
    delivered = [target for target, state in states.items() if state["state"] == "fresh"]
    assert sorted({*states} - {*delivered}) == [refused]
    asked, clone = len(example.server.requests), example.clone()
    clone.build("--locked", *delivered)
    assert clone.pictures("cards") == cards
    missing = clone.build("--locked", code=3).events[-1]
    assert (missing["event"], refused in json.dumps(missing["problems"])) == ("error", True)
    assert len(example.server.requests) == asked
