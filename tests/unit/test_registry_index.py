"""An index of the installed plugins stands for all of them; each is loaded when something of it is used."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from imagebuild.errors import PluginError
from imagebuild.registry import KINDS, IndexRow, Registry
from imagebuild.testing import Plugin, RecordingProvider

PACKAGES = ("imagebuild_openai", "imagebuild_pixels", "imagebuild_publish", "imagebuild_sketch")
HOOK = "import imagebuild\n\n\n@imagebuild.hookimpl\ndef imagebuild_providers():\n    {body}\n"


@pytest.fixture
def index() -> list[IndexRow]:
    """That of the plugins that are installed, as another process gets it."""
    found: list[IndexRow] = marshal.loads(marshal.dumps(Registry.load().index()))
    return found


@pytest.fixture
def unloaded() -> Iterator[None]:
    """Our plugins, as in a process that has not used them."""
    kept: dict[str, ModuleType] = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in PACKAGES
    }
    yield
    for name in list(sys.modules):
        if name.partition(".")[0] in PACKAGES:
            del sys.modules[name]
    sys.modules.update(kept)


def loaded() -> set[str]:
    return {name.partition(".")[0] for name in sys.modules} & set(PACKAGES)


def test_all_stand_in_it_with_what_they_add(index: list[IndexRow]) -> None:
    whole, indexed = Registry.load(), Registry.indexed(index)
    assert indexed.plugins() == whole.plugins()
    for kind in KINDS:
        assert sorted(getattr(indexed, kind)) == sorted(getattr(whole, kind))
        assert len(getattr(indexed, kind)) == len(getattr(whole, kind))
    assert indexed.index() == index


def test_a_plugin_is_loaded_when_something_of_it_is_asked_for(index: list[IndexRow], unloaded: None) -> None:
    registry = Registry.indexed(index)
    assert "sketch" in registry.providers
    assert "resize" in registry.steps
    assert registry.providers.get("nobody") is None
    assert loaded() == set()
    assert registry.providers["sketch"].name == "sketch"
    assert loaded() == {"imagebuild_sketch"}
    assert registry.steps["resize"].name == "resize"
    assert registry.checks["blank"].name == "blank"
    assert loaded() == {"imagebuild_sketch", "imagebuild_pixels"}
    assert registry.packages == {"imagebuild_sketch", "imagebuild_pixels"}
    store = registry.store_for("s3://bucket")
    assert store is not None
    assert "s3" in store.schemes
    assert registry.index() == index
    registry.require_sound()


def test_the_projects_own_plugins_stand_beside_it(index: list[IndexRow], unloaded: None) -> None:
    registry = Registry.indexed(index).with_local([])
    registry.add("own", Plugin([RecordingProvider("own")]), "own.py", "1")
    assert registry.providers["own"].name == "own"
    assert loaded() == set()
    assert registry.providers["sketch"].name == "sketch"
    assert [row[0] for row in registry.index()] == [row[0] for row in index], "own.py is not installed"
    registry.add("second", Plugin([RecordingProvider("openai")]), "second.py", "1")
    with pytest.raises(PluginError, match=r"adds provider 'openai', which 'openai' \(imagebuild-ai\) adds too"):
        registry.require_sound()
    assert loaded() == {"imagebuild_sketch"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return [1]", "hands over 1 where a provider is wanted"),
        ("raise OSError('no')", r"cannot be registered: OSError\('no'\)"),
    ],
)
def test_a_plugin_that_fails_by_then_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "failing_by_then", raising=False)
    (tmp_path / "failing_by_then.py").write_text(HOOK.format(body=body), "utf-8")
    row: IndexRow = ("failing", "a distribution", "1", "failing_by_then", "", {"providers": ("late",)})
    registry = Registry.indexed([row])
    with pytest.raises(PluginError, match=rf"plugin 'failing' \(a distribution\) {said}"):
        registry.providers["late"]
    assert "late" not in registry.providers
    with pytest.raises(PluginError):
        registry.require_sound()


def test_a_plugin_that_is_gone_by_then_says_so() -> None:
    registry = Registry.indexed([("gone", "a distribution", "1", "gone_by_then", "", {"providers": ("late",)})])
    with pytest.raises(PluginError, match=r"plugin 'gone'.* cannot be imported: ModuleNotFoundError"):
        registry.providers.get("late")
