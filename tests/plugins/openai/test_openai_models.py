from __future__ import annotations

import json
import re
from datetime import date
from importlib import resources
from typing import Any

import pytest

from imagebuild import Request, Resolution
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.model import build_catalog, model_faults
from imagebuild_openai.option import OPTIONS
from imagebuild_openai.settings import Settings

TODAY = date(2026, 11, 23)
SHIPPED = json.loads(resources.files("imagebuild_openai").joinpath("models.json").read_text("utf-8"))
CATALOG = build_catalog()


def resolve(options: dict[str, Any], today: date = TODAY, **settings: Any) -> Resolution:
    return OpenAIProvider(Settings(**settings), today=lambda: today).resolve(Request("a car", options))


def test_the_data_file_is_dated_and_has_the_shape_of_the_setting() -> None:
    assert date.fromisoformat(SHIPPED["as_of"]) <= TODAY
    assert list(model_faults(SHIPPED["models"])) == []


@pytest.mark.parametrize("name", sorted(SHIPPED["models"]))
def test_every_figure_has_a_source(name: str) -> None:
    model = SHIPPED["models"][name]
    for field in ("prices", "tokens", "shutdown"):
        assert not model.get(field) or field in model["sources"], field


def test_the_defaults_are_models_that_live() -> None:
    for kind, name in (("main", CATALOG.defaults["model"]), ("image", CATALOG.defaults["image_model"])):
        entry = CATALOG.find(name)
        assert entry is not None
        assert (entry.kind, entry.shutdown) == (kind, None)


def test_successors_are_models_that_live() -> None:
    for entry in CATALOG.entries.values():
        if entry.successor:
            after = CATALOG.entries[entry.successor]
            assert (after.kind, after.shutdown) == (entry.kind, None)


def test_qualities_and_formats_are_those_of_the_options() -> None:
    for entry in CATALOG.entries.values():
        assert set(entry.qualities) <= set(OPTIONS["quality"].values)
        assert set(entry.formats) <= set(OPTIONS["output_format"].values)


def test_what_the_installed_sdk_calls_an_image_model_is_known() -> None:
    openai = pytest.importorskip("openai")
    text = resources.files(openai).joinpath("types/image_model.py").read_text("utf-8")
    names = set(re.findall(r'"((?:gpt-image|dall-e|chatgpt-image)[^"]*)",', text.split('"""')[0]))
    assert names
    assert [name for name in sorted(names) if CATALOG.find(name) is None] == []


def test_a_snapshot_is_what_its_base_is() -> None:
    assert CATALOG.find("gpt-image-2-2026-04-21") is CATALOG.find("gpt-image-2")
    assert CATALOG.prices("gpt-image-2-2026-04-21") == CATALOG.prices("gpt-image-2")
    assert CATALOG.find("gpt-image-2-preview") is None


@pytest.mark.parametrize(
    ("options", "field", "message", "hint"),
    [
        (
            {"image_model": "gpt-image-1"},
            "image_model",
            "model 'gpt-image-1' was retired on 2026-10-23",
            "use 'gpt-image-2.5-sunburst'",
        ),
        (
            {"api": "images", "model": "dall-e-3"},
            "model",
            "model 'dall-e-3' was retired on 2026-05-12",
            "use 'gpt-image-2.6-sunburst'",
        ),
    ],
)
def test_a_retired_model_is_a_problem_with_its_date_and_successor(
    options: dict[str, Any], field: str, message: str, hint: str
) -> None:
    (problem,) = resolve(options).problems
    assert (problem.field, problem.message, problem.hint) == (field, message, hint)


@pytest.mark.parametrize(
    ("model", "shutdown"), [("gpt-5", date(2026, 12, 11)), ("o3", date(2026, 12, 11)), ("gpt-4o", date(2027, 1, 14))]
)
def test_a_main_line_model_is_judged_too(model: str, shutdown: date) -> None:
    before, after = resolve({"model": model}), resolve({"model": model}, today=shutdown)
    assert before.problems == ()
    assert before.notes[0].startswith(f"model '{model}' retires on {shutdown}: use 'gpt-6")
    assert [problem.field for problem in after.problems] == ["model"]


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2026, 10, 1), "silent"),
        (date(2026, 10, 2), "note"),
        (date(2026, 11, 30), "note"),
        (date(2026, 12, 1), "problem"),
        (date(2027, 3, 1), "problem"),
    ],
)
def test_sixty_days_before_its_end_a_model_begins_to_warn(today: date, outcome: str) -> None:
    answer = resolve({"image_model": "gpt-image-1.5-2025-12-16"}, today)
    assert ("problem" if answer.problems else "note" if answer.notes else "silent") == outcome


def test_a_model_nobody_knows_passes_with_one_note() -> None:
    answer = resolve({"image_model": "gpt-image-9", "quality": "ultra", "size": "17x17", "complexity": "vast"})
    assert answer.problems == ()
    assert answer.notes == ("model 'gpt-image-9' is not known here: nothing is checked and its price is unknown",)
    assert answer.request.options["quality"] == "ultra"


def test_a_model_that_is_nearly_known_is_named() -> None:
    assert (
        resolve({"image_model": "gpt-image-2.6-sunbrust"}).notes[0].endswith("did you mean 'gpt-image-2.6-sunburst'?")
    )


def test_a_misspelt_option_is_a_problem_for_unknown_models_too() -> None:
    assert [problem.field for problem in resolve({"image_model": "new", "qualty": "low"}).problems] == ["qualty"]


def test_a_model_of_the_settings_is_known_and_judged() -> None:
    models = {"mine": {"sizes": ["512x512"], "qualities": ["low"], "shutdown": "2027-01-01", "successor": "other"}}
    answer = resolve({"image_model": "mine", "quality": "high"}, models=models)
    assert [problem.field for problem in answer.problems] == ["quality"]
    assert answer.notes == ("model 'mine' retires on 2027-01-01: use 'other'",)
    assert answer.request.options["size"] == "512x512"


def test_the_settings_correct_one_figure_and_leave_the_others() -> None:
    catalog = build_catalog({"gpt-image-2": {"batch": False}}, {"gpt-image-2": {"image_out": 20}})
    entry, before = catalog.find("gpt-image-2"), CATALOG.find("gpt-image-2")
    assert entry is not None
    assert before is not None
    assert (entry.batch, before.batch) == (False, True)
    assert entry.qualities == before.qualities
    assert catalog.prices("gpt-image-2") == {**CATALOG.prices("gpt-image-2"), "image_out": 20}
    assert CATALOG.prices("gpt-image-2")["image_out"] == 30


def test_another_service_has_no_prices_but_the_settings_own() -> None:
    catalog = build_catalog(prices={"gpt-image-2": {"image_out": 1}}, priced=False)
    assert catalog.prices("gpt-image-2") == {"image_out": 1}
    assert catalog.prices("gpt-6-luna") == {}


def test_models_are_listed_with_dates_prices_and_the_options_that_name_them() -> None:
    listed = {model.name: model for model in OpenAIProvider().models()}
    gone, new, main = listed["gpt-image-1"], listed["gpt-image-2.6-sunburst"], listed["gpt-6-luna"]
    assert (gone.shutdown, gone.successor) == ("2026-10-23", "gpt-image-2.5-sunburst")
    assert (new.kind, new.released, new.note, new.prices["image_out"]) == ("image", "2026-11-04", "default", 30)
    assert (main.kind, main.options, main.prices) == ("main-line", ("model",), {"in": 0.1, "out": 0.5})
    kinds = [model.kind for model in OpenAIProvider().models()]
    assert kinds == sorted(kinds)
