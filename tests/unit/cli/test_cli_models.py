"""Models and their ends: the table, what of it a project uses, and both when no build could begin."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from published_schema import checked

from imagebuild import Finding, Model, OptionProblem, Provider, Request, Resolution
from imagebuild.cli.lifetime import days_left, lifetime, living_successor
from imagebuild.digest import Json
from imagebuild.errors import AuthenticationError
from imagebuild.testing import RecordingProvider

Golden = Callable[[str, str], None]

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"
SOURCE = ("image_model",)
MODELS = (
    Model(
        "paint-3",
        released="2026-11-04",
        options=SOURCE,
        prices={"image_out": 30.0, "text_in": 5},
        unit="a million",
        note="default",
    ),
    Model("paint-2", released="2026-04-21", successor="paint-3", options=SOURCE, prices={"image_out": 30.0}),
    Model("paint-1.5", shutdown="2026-12-01", successor="paint-2", options=SOURCE),
    Model("paint-1", released="2025-04-23", shutdown="2026-10-23", successor="paint-1.5", options=SOURCE),
    Model("mind-6", "main-line", options=("model",), prices={"in": 0.1, "out": 0.5}),
)
KEY = "tops3cret-value-of-no-known-shape"


class Vendor(RecordingProvider):
    """A paid provider with models: refuses retired ones and unknown settings; says how its key stands."""

    def __init__(self, findings: Iterable[Finding] = (), models: Sequence[Any] = MODELS) -> None:
        super().__init__("vendor")
        self.findings = findings
        self.listed = models
        self.settings: Mapping[str, Json] = {}
        self.asked: list[bool] = []

    def configure(
        self, settings: Mapping[str, Json], environ: Mapping[str, str]
    ) -> tuple[Provider, tuple[OptionProblem, ...]]:
        self.settings = dict(settings)
        known = ("model", "image_model", "api_key", "region")
        wrong = tuple(
            OptionProblem(name, f"no setting '{name}'", unknown=True) for name in settings if name not in known
        )
        return self, wrong

    def resolve(self, request: Request) -> Resolution:
        options = {"model": "mind-6", "image_model": "paint-3", **self.settings, **request.options}
        retired = ("paint-1",) if options["image_model"] == "paint-1" else ()
        problems = tuple(OptionProblem("image_model", f"model '{name}' was retired") for name in retired)
        return Resolution(replace(request, options=options), "image/png", problems)

    def models(self) -> Sequence[Model]:
        return self.listed

    def diagnose(self, online: bool) -> Iterable[Finding]:
        self.asked.append(online)
        yield from self.findings


SPEC = (
    "version: 1\n"
    "providers: {vendor: {image_model: paint-2, concurrency: 2}}\n"
    "defaults: {provider: vendor}\n"
    "styles:\n"
    "  old: {options: {image_model: paint-1.5}}\n"
    "targets:\n"
    "  hero: {prompt: a hero, style: old}\n"
    "  card: {prompt: a card, style: old}\n"
    "  icon: {prompt: an icon}\n"
    "  logo:\n"
    "    prompt: a logo\n"
    "    options: {image_model: paint-3}\n"
    "    edits:\n"
    "      - {prompt: bluer, options: {image_model: paint-1}}\n"
)


@pytest.fixture
def vendor(cli: Any) -> Vendor:
    provider = Vendor()
    cli.world.extra = (provider,)
    cli.world.spec(SPEC)
    return provider


def test_models_shows_those_of_the_providers_in_use(cli: Any, vendor: Vendor, golden: Golden) -> None:
    answer = cli("models")
    assert (answer.code, answer.err) == (0, "")
    golden("models.txt", answer.out)
    assert "paint-3: default" in cli("models", "-v").out
    assert vendor.settings == {"image_model": "paint-2"}


def test_models_works_when_a_retired_model_keeps_the_spec_from_resolving(cli: Any, vendor: Vendor) -> None:
    assert "model 'paint-1' was retired" in cli("plan").err
    assert "paint-1.5" in cli("models").out


def test_models_as_json_is_of_its_schema(cli: Any, vendor: Vendor) -> None:
    answer = checked("models", cli("models", "--json").out)
    assert answer["date"] == "2026-11-23"
    assert [(each["name"], each["state"], each["days"]) for each in answer["models"]] == [
        ("paint-3", "current", None),
        ("paint-2", "superseded", None),
        ("paint-1.5", "retiring", 8),
        ("paint-1", "retired", -31),
        ("mind-6", "current", None),
    ]


def test_models_without_a_project_or_with_a_broken_spec_shows_all_providers(
    cli: Any, vendor: Vendor, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert "paint-1.5" in cli("models", folder=tmp_path / "empty").out
    cli.world.spec("version: 1\ntargets: [\n")
    answer = cli("models")
    assert (answer.code, "paint-1.5" in answer.out) == (0, True)
    assert answer.err.startswith("note: the spec cannot be read, so all providers are listed: imagebuild.yaml:")


def test_models_of_a_misspelt_folder_is_an_error(cli: Any, tmp_path: Path) -> None:
    assert "there is no folder" in cli("models", folder=tmp_path / "nowhere").err


def test_models_of_one_provider(cli: Any, vendor: Vendor) -> None:
    cli.world.spec("version: 1\ntargets: {icon: {prompt: an icon, provider: sketch}}\n")
    assert cli("models").err == "no models are listed by sketch\n"
    assert "paint-1.5" in cli("models", "--provider", "vendor").out
    answer = cli("models", "--provider", "vendro")
    assert answer.code == 2
    assert answer.err.startswith("error: unknown provider 'vendro'\nhint: did you mean 'vendor'? installed: ")


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (["paint"], "lists 'paint' where a model is wanted"),
        (None, "failed to list its models: TypeError"),
    ],
)
def test_a_provider_that_lists_nonsense_stops_neither_command(cli: Any, models: Any, said: str) -> None:
    cli.world.extra = (Vendor(models=models),)
    cli.world.spec(SPEC)
    for command in ("models", "outdated"):
        answer = cli(command)
        assert answer.code == 0
        assert f"note: provider 'vendor' {said}" in answer.err


def test_a_provider_that_is_not_installed_is_told(cli: Any) -> None:
    cli.world.spec(SPEC)
    for command in ("models", "outdated"):
        assert "note: provider 'vendor' is not installed\n" in cli(command).err


def test_outdated_tells_what_to_write_where(cli: Any, vendor: Vendor, golden: Golden) -> None:
    answer = cli("outdated")
    assert (answer.code, answer.err) == (0, "")
    golden("outdated.txt", answer.out)


def test_outdated_as_json_is_of_its_schema(cli: Any, vendor: Vendor) -> None:
    answer = checked("outdated", cli("outdated", "--json").out)
    found = {each["model"]: each for each in answer["outdated"]}
    assert list(found) == ["paint-1", "paint-1.5", "paint-2"]
    assert {name: each["targets"] for name, each in found.items()} == {
        "paint-1": ["logo"],
        "paint-1.5": ["hero", "card"],
        "paint-2": ["icon"],
    }
    assert found["paint-1"]["successor"] == "paint-2", "its own successor retires in eight days"
    assert found["paint-1.5"]["days"] == 8
    places = [(each["option"], each["line"]) for each in found["paint-1.5"]["places"]]
    assert places == [("image_model", 5)]


def test_outdated_exits_with_3_only_on_demand_and_when_there_is_something(cli: Any, vendor: Vendor) -> None:
    assert cli("outdated").code == 0
    assert cli("outdated", "--exit-code").code == 3
    assert cli("outdated", "--exit-code", "-q").out == ""
    cli.world.spec(SPEC.replace("paint-2", "paint-3").replace("paint-1.5", "paint-3").replace("paint-1", "paint-3"))
    answer = cli("outdated", "--exit-code")
    assert (answer.code, answer.out) == (0, "no model in use is outdated on 2026-11-23\n")


def test_outdated_finds_what_the_lock_was_made_with(cli: Any, vendor: Vendor) -> None:
    cli.world.spec("version: 1\ntargets: {icon: {prompt: x, provider: vendor, options: {image_model: paint-1.5}}}\n")
    assert cli("build", "-y").code == 0
    cli.world.edit("imagebuild.yaml", "paint-1.5", "paint-3")
    (found,) = checked("outdated", cli("outdated", "--json").out)["outdated"]
    assert (found["model"], found["targets"], found["locked"]) == ("paint-1.5", [], ["icon"])
    assert "nothing to write: the spec no longer names it" in cli("outdated").out


def test_outdated_counts_a_snapshot_as_its_model(cli: Any, vendor: Vendor) -> None:
    cli.world.edit("imagebuild.yaml", "{image_model: paint-1}", "{image_model: paint-1-2025-04-23}")
    (found,) = [each for each in json.loads(cli("outdated", "--json").out)["outdated"] if each["model"] == "paint-1"]
    assert [each["line"] for each in found["places"]] == [14]


def test_outdated_without_a_successor_says_where_to_look(cli: Any) -> None:
    cli.world.extra = (Vendor(models=[Model("paint-3", shutdown="2026-11-23")]),)
    cli.world.spec("version: 1\ntargets: {icon: {prompt: x, provider: vendor, options: {model: paint-3}}}\n")
    out = cli("outdated").out
    assert "paint-3 (vendor) was retired on 2026-11-23" in out
    assert "no successor is known" in out


def test_outdated_of_a_default_says_into_which_option_to_write(cli: Any) -> None:
    cli.world.extra = (Vendor(models=[Model("paint-3", successor="paint-4", options=SOURCE)]),)
    cli.world.spec("version: 1\ntargets: {icon: {prompt: x, provider: vendor}}\n")
    assert "  write 'image_model: paint-4' into 'options'\n" in cli("outdated").out


def test_outdated_needs_a_project_and_a_spec_that_can_be_read(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert cli("outdated", folder=tmp_path / "empty").code == 2
    cli.world.spec("version: 1\ntargets: [\n")
    assert cli("outdated").code == 2


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("shutdown", "successor", "state", "days"),
    [
        (None, None, "current", None),
        (None, "b", "superseded", None),
        ("2027-01-23", None, "current", 61),
        ("2027-01-23", "b", "superseded", 61),
        ("2027-01-22", "b", "retiring", 60),
        ("2026-11-24", None, "retiring", 1),
        ("2026-11-23", None, "retired", 0),
        ("2025-01-01", "b", "retired", -691),
        ("soon", None, "current", None),
    ],
)
def test_lifetimes(shutdown: str | None, successor: str | None, state: str, days: int | None) -> None:
    model = Model("a", shutdown=shutdown, successor=successor)
    assert (lifetime(model, TODAY), days_left(model, TODAY)) == (state, days)


def test_the_successor_is_one_that_will_stay() -> None:
    def successor(*models: Model) -> str | None:
        return living_successor(models[0], {model.name: model for model in models}, TODAY)

    gone, soon = "2026-01-01", "2026-12-01"
    assert successor(Model("a")) is None
    assert successor(Model("a", successor="b")) == "b"
    assert successor(Model("a", successor="b"), Model("b", shutdown=gone, successor="c"), Model("c")) == "c"
    assert successor(Model("a", successor="b"), Model("b", shutdown=soon)) == "b"
    assert successor(Model("a", successor="b"), Model("b", shutdown=gone)) is None
    assert successor(Model("a", successor="b"), Model("b", shutdown=gone, successor="a")) is None


FINDINGS = (
    Finding("ok", "key", "VENDOR_API_KEY is set"),
    Finding("warning", "models", "paint-1.5 retires on 2026-12-01", "write 'image_model: paint-3'"),
    Finding("error", "vendor service", "does not accept the key", "make a new one"),
)


def test_doctor_shows_what_the_providers_in_use_say_of_themselves(cli: Any, vendor: Vendor, golden: Golden) -> None:
    vendor.findings = FINDINGS
    answer = cli("doctor")
    assert answer.code == 1
    rows = [line for line in answer.out.splitlines() if "vendor " in line and "plugin" not in line]
    golden("doctor-provider.txt", "\n".join(" ".join(row.split()) for row in rows) + "\n")
    assert answer.out.endswith("1 fault in the way\n")
    found = json.loads(cli("doctor", "--json").out)["findings"]
    assert {each["state"] for each in found if each["what"].startswith("vendor ")} == {"ok", "note", "fault"}


def test_doctor_calls_no_service_when_offline_and_none_that_is_not_used(cli: Any, vendor: Vendor) -> None:
    cli("doctor")
    cli("doctor", "--offline")
    assert vendor.asked == [True, False]
    cli.world.spec("version: 1\ntargets: {icon: {prompt: an icon, provider: sketch}}\n")
    cli("doctor")
    assert vendor.asked == [True, False]


def test_a_provider_that_fails_to_look_is_a_fault_and_doctor_goes_on(cli: Any, vendor: Vendor) -> None:
    def fails(error: Exception) -> Iterable[Finding]:
        yield FINDINGS[0]
        raise error

    vendor.findings = fails(RuntimeError("boom"))
    out = cli("doctor").out
    assert "VENDOR_API_KEY is set" in out
    assert "failed to look at its set-up: RuntimeError('boom')" in out
    assert "terminal" in out
    vendor.findings = fails(AuthenticationError("no key", hint="set one"))
    assert "no key\nhint: set one\n" in cli("doctor").out
    vendor.findings = ["nonsense"]  # type: ignore[list-item]  # what a stranger may do
    assert "expected a Finding, got str" in cli("doctor").out


def test_doctor_tells_of_settings_and_providers_that_are_wrong(cli: Any, vendor: Vendor) -> None:
    cli.world.edit("imagebuild.yaml", "concurrency: 2", "regoin: x")
    cli.world.edit("imagebuild.yaml", "an icon", "an icon, provider: nobody")
    out = " ".join(cli("doctor").out.split())
    assert "fault vendor settings no setting 'regoin'" in out
    assert "fault nobody no provider of this name is installed" in out


@pytest.mark.parametrize("args", [["doctor"], ["doctor", "--json"]])
def test_doctor_shows_no_secret_whatever_a_provider_says(cli: Any, vendor: Vendor, args: list[str]) -> None:
    environ = {
        "VENDOR_API_KEY": KEY,
        "VENDOR_CUSTOM_HEADERS": "X-Auth: another-hidden-value\nX-Plain: and-a-third-one",
        "SETTING": "fourth-hidden-value",
    }
    cli.world.edit("imagebuild.yaml", "concurrency: 2", "api_key: '${SETTING}'")
    said = (
        f"{KEY} and another-hidden-value, and-a-third-one, fourth-hidden-value, "
        "http://user:fifth-hidden@proxy:80, sk-proj-Abcdefghij0123456789Abcdefghij"
    )
    vendor.findings = [Finding("error", f"key {KEY}", said, f"change {KEY}"), Finding("ok", "host", "api.vendor.test")]
    answer = cli(*args, environ=environ)
    for secret in (KEY, "hidden-value", "and-a-third-one", "fifth-hidden", "Abcdefghij0123"):
        assert secret not in answer.out + answer.err
    assert "[VENDOR_API_KEY]" in answer.out
    assert "api.vendor.test" in answer.out
