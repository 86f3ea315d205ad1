"""The docs say what is true: specs load, tutorials run, links lead somewhere, generated pages are those of the code."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import yaml
from msgspec import Struct

import imagebuild
from imagebuild import hookspecs
from imagebuild.project import Project
from imagebuild.registry import Registry
from imagebuild.report import Report
from imagebuild.spec import Spec, load_spec
from imagebuild.testing import png

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES += sorted((ROOT / "examples").rglob("README.md"))
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").rglob("imagebuild.yaml"))
FREE = [folder for folder in EXAMPLES if not folder.name.startswith("openai-") and folder.name != "plugin"]
"""The others are built against the development server, in ``test_openai_examples``, or with the plugin they hold."""
TUTORIALS = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
WORDS = (
    "target, variant, provider, edit, step, action, action key, original, derivative, artifact, take, candidate, pick, "
    "materialize, publisher, plan"
)


class Block(Struct, frozen=True):
    """A fenced block; ``file`` is the name that a comment on the line before it gives."""

    page: Path
    line: int
    language: str
    text: str
    file: str | None

    def __str__(self) -> str:
        return f"{relative(self.page)}:{self.line}"


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    pattern = re.compile(r"(?:<!-- file: (\S+) -->\n)?^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    text = page.read_text("utf-8")
    for match in pattern.finditer(text):
        yield Block(page, text.count("\n", 0, match.start(2)) + 1, match[2], match[3], match[1])


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


ALL_BLOCKS = [block for page in PAGES for block in blocks(page)]
SPECS = [
    block for block in ALL_BLOCKS if block.language == "yaml" and re.search(r"^targets:", block.text, re.MULTILINE)
]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def files_named_in(value: object) -> Iterator[tuple[str, bytes]]:
    """Paths that a spec reads, with something to read there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "file" and isinstance(inner, str):
                yield inner, b"A lighthouse"
            elif key in ("inputs", "mask"):
                listed = inner if isinstance(inner, list) else [inner]
                yield from ((path, png(8, 8)) for path in listed if isinstance(path, str))
            yield from files_named_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files_named_in(inner)


def lay_out(root: Path, text: str) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files_named_in(yaml.safe_load(text)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    (root / "imagebuild.yaml").write_text(text, "utf-8")


def is_for_what_is_installed(spec: Spec, registry: Registry) -> bool:
    """Whether all that a spec uses by name is there; how-tos on plugins use what they show how to write."""
    targets = spec.targets.values()
    return (
        {target.provider for target in targets} <= set(registry.providers)
        and {step.name for target in targets for step in target.steps} <= set(registry.steps)
        and {check.name for target in targets for check in target.checks} <= set(registry.checks)
        and {use.name for use in spec.publish} <= set(registry.publishers)
        and (spec.store is None or registry.store_for(spec.store.remote) is not None)
    )


@pytest.mark.parametrize("block", SPECS, ids=str)
def test_every_spec_in_the_docs_is_one(block: Block, tmp_path: Path) -> None:
    lay_out(tmp_path / "project", block.text)
    for other in blocks(block.page):
        if other.file and other.language == "python":
            write(tmp_path / "project" / other.file, other.text)
    spec = load_spec(tmp_path / "project", environ={})
    assert spec.targets
    registry = Registry.load()
    if is_for_what_is_installed(spec, registry):
        plan = Project.open(tmp_path / "project", home=tmp_path / "home", registry=registry, environ={}).plan()
        assert not plan.having("blocked")


@pytest.mark.parametrize("block", [block for block in ALL_BLOCKS if block.language == "python"], ids=str)
def test_python_in_the_docs_parses(block: Block) -> None:
    ast.parse(block.text)


@pytest.mark.parametrize("folder", FREE, ids=relative)
def test_examples_build_and_are_then_fresh(folder: Path, tmp_path: Path) -> None:
    root = shutil.copytree(folder, tmp_path / "project", ignore=shutil.ignore_patterns(".imagebuild"))
    project = Project.open(root, home=tmp_path / "home", environ={})
    first = project.build()
    assert first.ok, [str(failure.error) for failure in first.failures]
    assert all((root / path).stat().st_size > 1000 for path in first.written)
    second = project.build()
    assert (second.made, second.bought, second.written) == (0, 0, ())
    assert {state.state for state in project.status().values()} == {"fresh"}


def test_the_projects_own_pictures_are_committed_and_complete() -> None:
    spec = load_spec(ROOT, environ={})
    folder = ROOT / "docs" / "images"
    pictures = {path.stem for path in folder.iterdir() if path.is_file()}
    steps = {target.slug for target in spec.targets.values() if target.sources}
    assert pictures == {target.slug for target in spec.targets.values()} - steps
    shown = {slug: [path for path in (folder / "steps").iterdir() if path.name.startswith(slug)] for slug in steps}
    assert [slug for slug, files in shown.items() if not files] == []
    assert sum(map(len, shown.values())) == len(list((folder / "steps").iterdir()))


def test_the_readmes_example_is_the_picture_it_shows() -> None:
    shown = yaml.safe_load(next(block.text for block in SPECS if block.page.name == "README.md"))
    ours = load_spec(ROOT, environ={}).targets
    for name, target in shown["targets"].items():
        assert target["prompt"] == ours[name].prompt
        options = {**shown["defaults"]["options"], **target.get("options", {})}
        assert {**ours[name].options, **options} == dict(ours[name].options)


@pytest.mark.parametrize("page", TUTORIALS, ids=relative)
def test_tutorials_run_as_they_are_written(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in blocks(page):
        if block.file:
            session.write(block.file, block.text)
        elif block.language == "console":
            session.play(block)


class Session:
    """A shell that remembers its folder, with a home of its own and no terminal."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "work"
        self.folder.mkdir()
        self.memory = root / "folder"
        scripts = str(Path(sys.executable).parent)
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("IMAGEBUILD_")},
            "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
            "IMAGEBUILD_HOME": str(root / "home"),
            "NO_COLOR": "1",
            "COLUMNS": "120",
            "PYTHONUTF8": "1",
        }
        for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "CI"):
            self.environ.pop(name, None)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def play(self, block: Block) -> None:
        """Run the commands of a block; each line shown below a command must be in what it said, numbers aside."""
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            said = self.run(command)
            known = {loosely(line) for line in said.splitlines()}
            missing = [
                line for line in shown.splitlines() if line.strip() not in ("", "...") and loosely(line) not in known
            ]
            assert not missing, f"{block}: '{command}' says otherwise:\n{said}"

    def run(self, command: str) -> str:
        script = f"set -e\n{command}\npwd > {shlex.quote(str(self.memory))}"
        answer = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert answer.returncode == 0, f"'{command}' ended with {answer.returncode}:\n{answer.stdout}"
        self.folder = Path(self.memory.read_text("utf-8").strip())
        return answer.stdout


def loosely(line: str) -> str:
    return re.sub(r"\d+(\.\d+)?", "#", " ".join(line.split()))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


class HowTo(Struct, frozen=True):
    """A page that shows a whole plugin, its test and a spec; ``makes`` are the files of a build and what is in them."""

    page: str
    module: str
    makes: Mapping[str, bytes]

    def build(self, root: Path) -> Report:
        """Lay the page's files out, run its test, and build its spec with the plugin beside the installed ones."""
        for block in blocks(ROOT / "docs" / "how-to" / self.page):
            if block.file:
                write(root / block.file, block.text)
        name = self.module.removeprefix("imagebuild_")
        tests = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"test_{name}.py"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert tests.returncode == 0, tests.stdout
        registry = Registry.load()
        registry.add(name, importlib.import_module(self.module), "how-to", "1")
        registry.require_sound()
        return Project.open(root, home=root / "home", registry=registry, environ={}).build()


HOW_TOS = [
    HowTo("provider-plugin.md", "imagebuild_plain", {"images/swatch.svg": b"tomato"}),
    HowTo("step-plugin.md", "imagebuild_grey", {"images/lighthouse.webp": b"digitalsourcetype/"}),
    HowTo("check-plugin.md", "imagebuild_bright", {"images/lighthouse.png": b"IHDR"}),
    HowTo("publisher-plugin.md", "imagebuild_credits", {"CREDITS.md": b"- lighthouse: "}),
    HowTo("store-plugin.md", "imagebuild_drawer", {"images/lighthouse.png": b"IHDR"}),
]


@pytest.mark.parametrize("how_to", HOW_TOS, ids=lambda how_to: how_to.page)
def test_the_plugin_of_the_how_to_works(how_to: HowTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    report = how_to.build(tmp_path)
    assert report.ok, [str(failure.error) for failure in report.failures]
    for path, content in how_to.makes.items():
        assert content in (tmp_path / path).read_bytes()


def test_the_plugin_file_of_the_how_to_works(tmp_path: Path) -> None:
    for block in blocks(ROOT / "docs" / "how-to" / "project-plugin.md"):
        if block.file:
            write(tmp_path / block.file, block.text)
    project = Project.open(tmp_path, home=tmp_path / "home", environ={})
    assert project.build().ok
    assert project.build().made == 0
    source = tmp_path / "plugins_local" / "square.py"
    source.write_text(source.read_text("utf-8") + "# another source is another version\n", "utf-8")
    again = Project.open(tmp_path, home=tmp_path / "home", environ={}).build()
    assert again.ok
    assert [action.plugin for action in again.plan.actions if action.verdict == "make"] == ["square"]


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    text = prose(page)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    dead = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(link)
    assert dead == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    pending = [ROOT / "README.md"]
    while pending:
        page = pending.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        pending += [
            (page.parent / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^)\s]+)\)", prose(page))
        ]
    assert [relative(page) for page in PAGES if page not in reached] == []


def test_generated_pages_are_those_of_the_code() -> None:
    stale = [relative(path) for path, text in generator().pages().items() if path.read_text("utf-8") != text]
    assert stale == [], "run: python docs/generate.py"


def test_published_schemas_are_schemas_and_ours_takes_our_specs() -> None:
    folder = ROOT / "docs" / "reference" / "schemas"
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    for published in schemas.values():
        jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(schemas["imagebuild.schema.json"])
    for folder in [ROOT, *EXAMPLES]:
        validator.validate(yaml.safe_load((folder / "imagebuild.yaml").read_text("utf-8")))


def test_every_error_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    errors = importlib.import_module("imagebuild.errors")
    for name in errors.__all__:
        if issubclass(getattr(errors, name), Exception):
            assert f"| `{name}` |" in page


def test_every_hook_is_documented_with_its_signature() -> None:
    page = (ROOT / "docs" / "reference" / "hooks.md").read_text("utf-8")
    source = ast.parse(Path(hookspecs.__file__).read_text("utf-8"))
    hooks = [node for node in source.body if isinstance(node, ast.FunctionDef) and node.name.startswith("imagebuild_")]
    assert hooks
    for hook in hooks:
        arguments = ast.unparse(hook.args)
        assert hook.returns
        assert f"def {hook.name}({arguments}) -> {ast.unparse(hook.returns)}" in page


def test_the_changelog_has_this_version() -> None:
    assert f"## [{imagebuild.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_glossary_has_the_words_of_the_design() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    terms = re.findall(r"^\| ([^|]+?) \|", page, re.MULTILINE)[1:]
    assert set(WORDS.split(", ")) <= set(terms)
    assert terms == sorted(terms)
