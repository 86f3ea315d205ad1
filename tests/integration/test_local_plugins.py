"""Plugin files of a project: found by the spec, loaded strictly, versioned by their source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagebuild.errors import PluginError, SpecError
from imagebuild.testing import World

Make = Callable[..., World]

GRAIN = '''\
import imagebuild


class Grain(imagebuild.Step):
    """Adds grain."""

    name = "grain"
    options = (imagebuild.Option("amount", "number", "How much.", default=0.5, least=0, most=1, main=True),)

    def apply(self, pictures, context):
        note = f"grain {context.options['amount']}".encode()
        return [imagebuild.Picture(each.data + note, each.media_type, each.labels) for each in pictures]


@imagebuild.hookimpl
def imagebuild_steps():
    return [Grain()]
'''

SPEC = """\
version: 1
plugins: [./plugins_local/grain.py]
targets:
  hero: {prompt: a, provider: recorder, steps: [{grain: 0.3}]}
"""


def world_of(project: Make, source: str = GRAIN, spec: str = SPEC) -> World:
    return project({"imagebuild.yaml": spec, "plugins_local/grain.py": source})


def test_a_step_of_the_projects_own_file_runs(project: Make) -> None:
    world = world_of(project)
    assert world.build().exit_code == 0
    assert world.read("images/hero.png").endswith(b"grain 0.3")
    world.build()
    assert world.started == []


def test_another_source_reruns_the_step_that_declares_no_version_and_buys_nothing(project: Make) -> None:
    world = world_of(project)
    world.build()
    world.edit("plugins_local/grain.py", 'f"grain', 'f"noise').forget()
    world.build()
    assert world.started == ["hero step 1"]
    assert world.provider.calls == []
    assert world.read("images/hero.png").endswith(b"noise 0.3")


def test_a_declared_version_stands_for_the_source(project: Make) -> None:
    declared = GRAIN.replace('name = "grain"', 'name, version = "grain", "1"')
    world = world_of(project, declared)
    world.build()
    world.edit("plugins_local/grain.py", "Adds grain", "Adds a little grain")
    world.build()
    assert world.started == []


def test_observers_of_a_local_file_hear_the_build(project: Make) -> None:
    observer = (
        GRAIN + "\n\n@imagebuild.hookimpl\ndef imagebuild_event(event):\n    imagebuild.heard.append(event.name)\n"
    )
    import imagebuild

    heard: list[str] = []
    imagebuild.heard = heard  # type: ignore[attr-defined]  # a place that the file can reach
    try:
        world_of(project, observer).build()
    finally:
        del imagebuild.heard  # type: ignore[attr-defined]  # as above
    assert heard[0] == "build_started"
    assert heard[-1] == "build_finished"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_that_name\n", "cannot be run: ModuleNotFoundError"),
        ("def broken(:\n", "cannot be run: line 1: "),
        (GRAIN.replace("imagebuild_steps", "imagebuild_stepz"), "unknown hook 'imagebuild_stepz'; did you mean"),
        (GRAIN.replace("return [Grain()]", "return [3]"), "hands over 3 where a step is wanted"),
        (GRAIN.replace('"grain"', '"mark"'), "adds step 'mark', which 'testing' (this process) adds too"),
        (GRAIN + "\nimagebuild_api = 99\n", "is written for version 99 of the plugin API, and this is 1"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(project: Make, source: str, message: str) -> None:
    world = world_of(project, source)
    with pytest.raises(PluginError) as caught:
        world.build()
    assert message in caught.value.message
    assert "plugins_local/grain.py" in caught.value.message
    assert str(caught.value.place) == "imagebuild.yaml:2:11"
    assert world.provider.calls == []


@pytest.mark.parametrize("path", ["../out.py", "/etc/x.py", "grain.txt", "nope.py"])
def test_a_plugin_file_lies_inside_the_project(project: Make, path: str) -> None:
    world = world_of(project, spec=SPEC.replace("./plugins_local/grain.py", path)).write({"grain.txt": "x"})
    with pytest.raises(SpecError):
        world.build()
