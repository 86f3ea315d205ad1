"""Every step, check, publisher and store of ours runs its contract suite, has a page, and is shown with its options."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from imagebuild.registry import Registry

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
CONTRACTS = {
    "steps": "StepContract",
    "checks": "CheckContract",
    "publishers": "PublisherContract",
    "stores": "StoreContract",
}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_things", ROOT / "docs" / "things.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DOCS = generator()
REGISTRY = Registry.load()
THINGS = [(kind, name) for kind in CONTRACTS for name in DOCS.things(REGISTRY, kind)]


def suites(contract: str) -> Iterator[str]:
    """The source of each test class that inherits a contract suite."""
    for path in sorted((ROOT / "tests" / "plugins").rglob("test_*.py")):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith(contract) for base in node.bases):
                yield ast.get_source_segment(text, node) or ""


SUITES = {kind: list(suites(contract)) for kind, contract in CONTRACTS.items()}


def test_all_kinds_are_there() -> None:
    assert {kind for kind, _ in THINGS} == set(CONTRACTS)
    assert len(THINGS) > 30


@pytest.mark.parametrize(("kind", "name"), THINGS)
def test_each_runs_its_contract_suite(kind: str, name: str) -> None:
    made = type(getattr(REGISTRY, kind)[name]).__name__
    assert any(f"{made}(" in suite for suite in SUITES[kind]), f"no {CONTRACTS[kind]} in tests/plugins returns {made}()"


@pytest.mark.parametrize(("kind", "name"), THINGS)
def test_each_has_a_page_that_names_every_option(kind: str, name: str) -> None:
    page = (REFERENCE / kind / f"{name}.md").read_text("utf-8")
    thing = getattr(REGISTRY, kind)[name]
    assert page.startswith(f"# {kind[:-1].capitalize()} `{name}`")
    assert [option.name for option in thing.options if f"| `{option.name}`" not in page] == []
    assert f"[`{name}`]({name}.md)" in (REFERENCE / kind / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for kind, name in THINGS if kind == "steps" and name != "sign"])
def test_each_step_is_shown_by_this_projects_own_build(name: str) -> None:
    target = DOCS.spec_of(name)
    assert target is not None, f"add a target 'step-{name}' to this project's imagebuild.yaml"
    uses = [use if isinstance(use, str) else next(iter(use)) for use in target["steps"]]
    assert name in uses
    assert "images/steps/step-" in (REFERENCE / "steps" / f"{name}.md").read_text("utf-8")
