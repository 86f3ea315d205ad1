"""The rules of the house that a machine can hold: ranks, public API, lazy imports, size of files, reasons."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PUBLIC_API = {"imagebuild", "imagebuild.errors", "imagebuild.event", "imagebuild.media", "imagebuild.testing"}
LONGEST_FILE = 400
BANNED_NAMES = {"utils", "util", "helpers", "common", "core", "base", "manager", "misc"}

THIRD_PARTY = {
    "filelock": {"imagebuild.project", "imagebuild.store"},
    "jinja2": {"imagebuild.spec"},
    "platformdirs": {"imagebuild.store"},
    "msgspec": {"imagebuild"},
    "pluggy": {"imagebuild.hookspecs", "imagebuild.registry"},
    "pytest": {"imagebuild.testing"},
    "watchdog": {"imagebuild.watch"},
    "yaml": {"imagebuild.spec"},
    "click": {"imagebuild.cli"},
    "rich": {"imagebuild.cli"},
    "PIL": {"imagebuild.cli.reporter"},
    "textual_image": {"imagebuild.cli.reporter"},
}
"""Which module or package of the core may import a library at all; every other pair is a fault."""

HEAVY = {
    "click",
    "dataclasses",
    "jinja2",
    "msgspec",
    "yaml",
    "rich",
    "pyvips",
    "openai",
    "sqlite3",
    "asyncio",
    "watchdog",
    "importlib.metadata",
}
"""What `import imagebuild` and `imagebuild --version` must not load."""


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


CORE = sources("imagebuild")
PLUGINS = sources("plugins")
SHIPPED = [*CORE, *PLUGINS]
EVERYTHING = [*SHIPPED, *sources("tests", "docs", "examples", "benchmarks")]
PLUGIN_PACKAGES = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").exists())


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[0] == "plugins":
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(nodes: Iterable[ast.AST], package: str) -> Iterator[tuple[str, int]]:
    """Absolute names of the imported modules, with their lines; ``package`` is what relative imports start from."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])]), node.lineno


def imports_of(path: Path) -> list[tuple[str, int]]:
    name = module_name(path)
    return list(imported(ast.walk(tree(path)), name if path.name == "__init__.py" else name.rpartition(".")[0]))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def is_within(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def test_import_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    command = [sys.executable, "-c", code]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]), "NO_COLOR": "1"}
    answer = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_map_of_the_house_shows_every_module() -> None:
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    shown = {name.rstrip("/") for row in rows for name in re.findall(r"`([a-z_]+/?)`", row)}
    there = {path.stem for path in (ROOT / "imagebuild").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert {name for name in there if not name.startswith("__")} <= shown


def test_every_plugin_is_under_the_contracts_and_type_checked() -> None:
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    for package in PLUGIN_PACKAGES:
        assert settings.count(f'"{package}"') >= 5, f"name '{package}' in the import contracts and mypy's packages"


def test_the_core_imports_no_plugin() -> None:
    faults = [
        f"{relative(path)}:{line}: imports {name}"
        for path in CORE
        for name, line in imports_of(path)
        if name.startswith("imagebuild_")
    ]
    assert faults == []


def test_plugins_import_only_the_public_api() -> None:
    faults = [
        f"{relative(path)}:{line}: imports {name}"
        for path in PLUGINS
        for name, line in imports_of(path)
        if is_within(name, ["imagebuild"]) and name not in PUBLIC_API
    ]
    assert faults == []


def test_plugins_do_not_import_each_other() -> None:
    faults = [
        f"{relative(path)}:{line}: imports {name}"
        for path in PLUGINS
        for name, line in imports_of(path)
        if name.startswith("imagebuild_") and name.split(".")[0] != module_name(path).split(".")[0]
    ]
    assert faults == []


def test_what_plugins_take_from_the_root_is_in_its_all() -> None:
    imagebuild = importlib.import_module("imagebuild")
    for path in PLUGINS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "imagebuild" and not node.level:
                taken = {alias.name for alias in node.names} - {name.rpartition(".")[2] for name in PUBLIC_API}
                assert taken <= set(imagebuild.__all__), relative(path)


def test_no_internal_import_hides_in_a_function() -> None:
    faults = []
    for path in CORE:
        name = module_name(path)
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                faults += [
                    f"{relative(path)}:{line}: imports {other} inside a function"
                    for other, line in imported(ast.walk(function), name)
                    if is_within(other, ["imagebuild"])
                ]
    assert faults == []


def test_each_library_is_imported_only_where_it_belongs() -> None:
    faults = [
        f"{relative(path)}:{line}: imports {name}"
        for path in CORE
        for name, line in imports_of(path)
        if (top := name.split(".")[0]) not in {"imagebuild", *sys.stdlib_module_names}
        and not is_within(module_name(path), THIRD_PARTY.get(top, ()))
    ]
    assert faults == []


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = f"import sys, imagebuild; print(sorted({HEAVY!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_version_is_told_without_loading_a_heavy_library() -> None:
    code = (
        "import sys; sys.argv = ['imagebuild', '--version']; from imagebuild.cli.main import main; main(); "
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_files_are_short() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in SHIPPED}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_module_says_why_it_exists() -> None:
    assert [relative(path) for path in SHIPPED if not ast.get_docstring(tree(path))] == []


def test_modules_have_telling_names() -> None:
    assert [relative(path) for path in SHIPPED if path.stem in BANNED_NAMES] == []


def test_broad_except_clauses_have_a_reason() -> None:
    faults = []
    for path in SHIPPED:
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {""}
            reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            reasoned = re.search(r"# noqa: BLE001 --? \S+", lines[node.lineno - 1])
            if node.type is None or (caught & {"Exception", "BaseException"} and not reraises and not reasoned):
                faults.append(f"{relative(path)}:{node.lineno}: {lines[node.lineno - 1].strip()}")
    assert faults == []


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    ignore = re.compile(r"type: ignore\[[\w,\- ]+\]\s+# \S+")
    noqa = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* --? \S+")
    faults = []
    for path in EVERYTHING:
        for line, comment in comments(path):
            bare = "type: ignore" in comment and not ignore.search(comment)
            if bare or (re.search(r"#\s*noqa", comment) and not noqa.search(comment)):
                faults.append(f"{relative(path)}:{line}: {comment}")
    assert faults == []


def test_nothing_is_left_for_later_in_a_comment() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    faults = [
        f"{relative(path)}:{line}: {text}" for path in EVERYTHING for line, text in comments(path) if words.search(text)
    ]
    assert faults == []


def test_all_lists_only_names_that_exist() -> None:
    faults = []
    for name in (module_name(path) for path in SHIPPED if path.name != "__main__.py"):
        module = importlib.import_module(name)
        faults += [f"{name}.{listed}" for listed in getattr(module, "__all__", ()) if not hasattr(module, listed)]
    assert faults == []


def test_the_drawn_error_tree_holds_every_error() -> None:
    errors = importlib.import_module("imagebuild.errors")
    drawn = errors.__doc__ or ""
    for name in errors.__all__:
        thing = getattr(errors, name)
        if issubclass(thing, Exception):
            assert re.search(rf"\b{name}\b", drawn), f"draw {name} in the docstring"
