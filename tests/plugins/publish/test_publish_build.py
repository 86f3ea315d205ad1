from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from imagebuild import Project, Report
from imagebuild.event import Event, Notice

SCHEMA = Path(__file__).parents[3] / "docs/reference/schemas/manifest.schema.json"
SPEC = """
version: 1
defaults: {provider: sketch, options: {size: 96x64}}
targets:
  hero:
    prompt: "Sunset over mountains in {{ season }}"
    matrix: {season: [spring, autumn]}
    alt: 'The "sun"'
    tags: [blog]
    steps: [{responsive: {widths: [32, 64], formats: [webp, png]}}]
  logo:
    prompt: "A minimal logo"
    edits: ["Make it blue"]
    alt: ""
publish:
  - folder: public/img
  - manifest: data/images.json
  - manifest: src/images.ts
  - manifest: {path: styles/images.css, tags: [blog]}
"""


class Site:
    """A project with the installed plugins."""

    def __init__(self, root: Path) -> None:
        self.root = root / "project"
        self.home = root / "home"
        self.events: list[Event] = []
        self.root.mkdir()
        self.spec(SPEC)

    def spec(self, text: str) -> None:
        (self.root / "imagebuild.yaml").write_text(text, "utf-8")

    def build(self) -> Report:
        self.events.clear()
        report = Project.open(self.root, home=self.home, environ={}).build(listen=self.events.append)
        assert report.ok, [str(failure.error) for failure in report.failures]
        return report

    @property
    def published(self) -> list[str]:
        return sorted(path.name for path in (self.root / "public/img").iterdir())

    @property
    def manifest(self) -> dict[str, object]:
        found = json.loads((self.root / "data/images.json").read_text("utf-8"))
        assert isinstance(found, dict)
        return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_build_publishes_and_its_manifest_obeys_the_schema(site: Site) -> None:
    site.build()
    jsonschema.validate(site.manifest, json.loads(SCHEMA.read_text("utf-8")))
    images = site.manifest["images"]
    assert isinstance(images, dict)
    assert list(images) == ["hero[season=autumn]", "hero[season=spring]", "logo"]
    named = [f"{image}{file['file']}" for image, entry in images.items() for file in entry["variants"]]
    assert len(named) == 9 == len(set(named))
    assert sorted(file["file"] for entry in images.values() for file in entry["variants"]) == site.published
    widths = [file["width"] for file in images["hero[season=spring]"]["variants"]]
    assert widths == [32, 64, 32, 64]
    assert "make it blue" not in json.dumps(images).lower()
    css = (site.root / "styles/images.css").read_text("utf-8")
    assert "--img-hero-spring-64: image-set(" in css
    assert "--img-logo" not in css


def test_a_second_build_publishes_nothing_and_a_deleted_file_comes_back(site: Site) -> None:
    site.build()
    before = site.published
    stamps = {path: path.stat().st_mtime_ns for path in site.root.rglob("*.*") if ".imagebuild" not in path.parts}
    site.build()
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}
    (site.root / "public/img" / before[0]).unlink()
    site.build()
    assert site.published == before


def test_a_picture_that_leaves_the_spec_leaves_the_folder_and_the_manifest(site: Site) -> None:
    site.build()
    (site.root / "public/img/own.png").write_bytes(b"somebody's")
    before, logo, after = SPEC.partition("  logo:")
    site.spec(before + after[after.index("publish:") :])
    assert logo
    site.build()
    assert [name for name in site.published if "hero" not in name] == ["own.png"]
    assert "logo" not in str(site.manifest)
    assert not [event for event in site.events if isinstance(event, Notice)]
