"""Each command against one project: what it prints, and that it changes what it should and nothing else."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagebuild.cli.application import run
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.command.init import TEMPLATES
from imagebuild.cli.diagram import Box, Diagram, to_dot, to_mermaid
from imagebuild.cli.shell import Shell
from imagebuild.errors import RefusedError
from imagebuild.graph import Node
from imagebuild.testing import RecordingProvider, World

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(cli: Any, golden: Golden, command: str) -> None:
    answer = cli(*([command] if command else []), "--help")
    assert (answer.code, answer.err) == (0, "")
    golden(f"help/{command or 'imagebuild'}.txt", answer.out)


def test_a_plan_and_a_status_before_the_first_build(cli: Any, golden: Golden) -> None:
    golden("plan-new.txt", cli("plan").out)
    golden("status-new.txt", cli("status").out)
    golden("why-new.txt", cli("why", "hero").out)
    assert not cli.world.provider.calls


def test_a_plan_and_a_status_after_an_edit(cli: Any, golden: Golden) -> None:
    assert cli("build", "-y").code == 0
    cli.world.edit("imagebuild.yaml", "a small red boat", "two small boats")
    cli.world.edit("imagebuild.yaml", "mark: a}", "mark: b}")
    cli.world.write({"images/icon.png": b"changed by hand"})
    golden("plan-edited.txt", cli("plan").out)
    golden("plan-edited-all.txt", cli("plan", "--all").out)
    golden("status-edited.txt", cli("status").out)
    golden("why-edited.txt", cli("why", "hero").out)
    golden("why-input.txt", cli("why", "card").out)


def test_every_kind_of_action_in_words(cli: Any, chain: World, golden: Golden) -> None:
    golden("plan-chain.txt", cli("plan").out)
    golden("graph-chain.mermaid", cli("graph").out)
    golden("build-chain.txt", "".join(cli("build", "-y", *names).err for names in (["hero"], ["photo"], [])))
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    golden("plan-rule.txt", cli("plan").out)
    golden("build-rule.txt", cli("build", "-y").err)
    golden("plan-broken.txt", cli("plan", "--all").out)
    golden("status-broken.txt", cli("status").out)
    golden("why-broken.txt", cli("why", "hero").out + cli("why", "sheet").out)


def test_a_build_that_only_asks_a_check_says_so(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 2")
    assert "built nothing in " in (told := cli("build", "-y").err)
    assert ": 1 checked, 7 cached\n" in told


def test_a_plan_with_nothing_to_do(cli: Any) -> None:
    cli("build", "-y")
    assert cli("plan").out == "nothing to do (3 pictures are up to date)\n"
    assert cli("plan", "--exit-code").code == 0
    assert cli("status").out == "3 pictures: 3 fresh\n"
    assert cli("build").err == "nothing to do (3 pictures are up to date)\n"


def test_a_build_in_a_log(cli: Any, golden: Golden) -> None:
    answer = cli("build", "-y", "-j", "1", "hero")
    assert (answer.code, answer.out) == (0, "")
    golden("build.txt", answer.err)


def test_a_refused_build_prints_the_plan_and_then_the_error(cli: Any, golden: Golden) -> None:
    answer = cli("build")
    assert (answer.code, answer.out) == (4, "")
    golden("build-refused.txt", answer.err)
    assert not cli.world.provider.calls


def test_a_build_that_fails_lists_its_failures_at_the_end(cli: Any, golden: Golden) -> None:
    def refuse(request: Any, context: Any) -> None:
        raise RefusedError("the service declined the prompt", hint="change the prompt", request_id="req_1")

    cli.world.provider = RecordingProvider(answer=refuse)
    answer = cli("build", "-y")
    assert answer.code == 1
    golden("build-failed.txt", answer.err.partition("\n\n")[2])


def test_a_failure_in_github_stands_on_the_line_of_its_target(cli: Any, tmp_path: Path) -> None:
    def refuse(request: Any, context: Any) -> None:
        raise RefusedError("declined | `it`", hint="change the prompt")

    cli.world.provider = RecordingProvider(answer=refuse)
    page = tmp_path / "summary.md"
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page), "GITHUB_WORKSPACE": str(cli.world.root)}
    answer = cli("build", "-y", environ=environ)
    assert "::error file=imagebuild.yaml,line=4,col=3::hero: declined | `it`%0Ahint: change the prompt\n" in answer.err
    assert "| hero | declined &#124; &#96;it&#96; | change the prompt |" in page.read_text("utf-8")


def test_quiet_says_only_what_failed(cli: Any) -> None:
    answer = cli("-q", "build", "-y")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_a_terminal_is_asked_and_yes_buys(cli: Any) -> None:
    answer = cli("build", tty=True, stdin="y\n", environ={"NO_COLOR": "1"})
    assert answer.code == 0
    assert "Buy 3 pictures for $0.12? [y/N] " in answer.err
    assert len(cli.world.provider.calls) == 3


@pytest.mark.parametrize("said", ["n\n", "\n", "", "yesno\n"])
def test_anything_but_yes_buys_nothing(cli: Any, said: str) -> None:
    answer = cli("build", tty=True, stdin=said)
    assert answer.code == 4
    assert "nothing was bought" in answer.err
    assert not cli.world.provider.calls


@pytest.mark.parametrize("variable", ["CI", "GITHUB_ACTIONS"])
def test_nobody_is_asked_in_ci(cli: Any, variable: str) -> None:
    answer = cli("build", tty=True, stdin="y\n", environ={variable: "true"})
    assert answer.code == 4
    assert "[y/N]" not in answer.err


def test_a_dry_run_prints_the_plan(cli: Any) -> None:
    assert cli("build", "-n").out == cli("plan").out
    assert not cli.world.provider.calls


def test_the_project_above_a_misspelt_folder_is_not_built(cli: Any) -> None:
    answer = cli("-C", str(cli.world.root / "nope"), "build", "-y")
    assert answer.code == 2
    assert "there is no folder" in answer.err
    assert not cli.world.provider.calls


@pytest.mark.parametrize("name", ["imagebuild.yaml", "imagebuild.lock"])
def test_a_plan_is_written_over_nothing_else(cli: Any, name: str) -> None:
    cli("build", "-y")
    path = cli.world.root / name
    before = path.read_bytes()
    answer = cli("plan", "-o", str(path))
    assert answer.code == 2
    assert "is not written over" in answer.err
    assert path.read_bytes() == before


def test_a_plan_is_written_over_an_older_one_and_an_empty_file(cli: Any, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    saved.touch()
    for _ in range(2):
        assert cli("plan", "-o", str(saved)).code == 0


def test_a_saved_plan_is_built_and_then_no_longer_fits(cli: Any, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    assert cli("plan", "-o", saved).code == 0
    assert cli("build", "--plan", saved).code == 0
    assert len(cli.world.provider.calls) == 3
    again = cli("build", "--plan", saved)
    assert again.code == 2
    assert "no longer matches" in again.err


def test_a_saved_plan_agrees_to_its_own_prices_only(cli: Any, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    cli("plan", "-o", saved)
    cli.world.provider.price = 10.0
    answer = cli("build", "--plan", saved)
    assert answer.code == 4
    assert not cli.world.provider.calls


def test_a_saved_plan_leaves_nothing_else_to_say(cli: Any, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    cli("plan", "-o", saved)
    answer = cli("build", "hero", "--plan", saved, "--max-cost", "1")
    assert answer.code == 2
    assert "leave out TARGET, --max-cost" in answer.err


@pytest.mark.parametrize("form", ["mermaid", "dot", "json"])
def test_graph(cli: Any, golden: Golden, form: str) -> None:
    golden(f"graph.{form}", cli("graph", "--format", form).out)
    golden(f"graph-status.{form}", cli("graph", "--format", form, "--status", "icon").out)


def test_graph_labels_are_escaped() -> None:
    boxes = (Box(Node("日本 [x]", 0, 1, "generate"), 'a"b]\\<i>', "buy"),)
    drawn = Diagram(boxes, ("a;`b`\x1b.png",), (), ((0, 0),))
    assert 'label="日本 [x]"' in to_dot(drawn)
    assert r"""[label="generate: a\"b]\\<i>", style""" in to_dot(drawn)
    assert 'a0["generate: a#34;b]#92;#60;i#62;"]' in to_mermaid(drawn)
    assert 'f0(["a#59;#96;b#96;#92;x1b.png"])' in to_mermaid(drawn)


def test_clean_removes_only_the_state(cli: Any) -> None:
    cli("build", "-y")
    assert cli("clean", "-n").out == "would remove .imagebuild/\n"
    assert (cli.world.root / ".imagebuild").exists()
    assert cli("clean").out == "removed .imagebuild/\n"
    left = [path.name for path in (cli.world.root / ".imagebuild").iterdir()]
    assert left == ["build.lock"], "other builds may be waiting for it"
    assert (cli.world.root / "images/hero.png").exists()
    cli.world.forget()
    assert cli("build").code == 0
    assert not cli.world.provider.calls


def test_clean_keeps_what_was_paid_for_and_fit_nowhere_else(cli: Any) -> None:
    rescued = cli.world.root / ".imagebuild/rescued/one.png"
    rescued.parent.mkdir(parents=True)
    rescued.write_bytes(b"paid for")
    answer = cli("clean")
    assert "kept .imagebuild/rescued/: it holds pictures that were paid for" in answer.err
    assert rescued.read_bytes() == b"paid for"


def test_clean_outputs_keeps_what_was_changed_by_hand(cli: Any) -> None:
    cli("build", "-y")
    cli.world.write({"images/hero.png": b"mine"})
    answer = cli("clean", "--outputs")
    assert "kept images/hero.png: it was changed by hand" in answer.err
    assert "originals in the store are untouched" in answer.err
    assert sorted(path.name for path in (cli.world.root / "images").iterdir()) == ["hero.png"]


def test_clean_orphans_removes_what_no_target_makes(cli: Any) -> None:
    cli("build", "-y")
    cli.world.edit("imagebuild.yaml", "  icon:", "  emblem:")
    assert cli("clean", "--orphans", "-n").out == "would remove images/icon.png\n"
    assert cli("clean", "--orphans").out == "removed images/icon.png\n"
    assert cli("clean", "--orphans").out == ""
    assert (cli.world.root / "images/hero.png").exists()
    assert (cli.world.root / ".imagebuild").exists()


def test_clean_orphans_leaves_what_is_published_to_the_publishers(cli: Any, chain: World) -> None:
    cli("build", "-y")
    cli("publish")
    before = chain.read("site/list.json"), chain.read("far/list.json")
    chain.edit("imagebuild.yaml", "  photo: {from: photo.png, alt: A boat}\n", "")
    chain.edit("imagebuild.yaml", "{join: {with: {target: photo}}}", "join")
    cli("build", "-y")
    assert cli("clean", "--orphans").out == "removed images/photo.png\n"
    assert chain.read("far/list.json") == before[1]
    assert chain.read("site/list.json") != before[0]
    assert cli("plan").out == "nothing to do (2 pictures are up to date)\n"


def test_clean_keeps_a_bought_picture_that_the_store_does_not_have(cli: Any) -> None:
    cli("build", "-y")
    shutil.rmtree(cli.world.home)
    answer = cli("clean", "--outputs")
    assert "kept images/card.png: it was bought, and the store does not have it" in answer.err
    assert (cli.world.root / "images/card.png").exists()
    assert not (cli.world.root / "images/icon.png").exists()


@pytest.mark.parametrize("where", [".imagebuild", ".imagebuild/home"])
def test_no_command_works_with_originals_that_clean_would_remove(cli: Any, where: str) -> None:
    home = str(cli.world.root / where)
    cli.world.write({f"{where}/records.db": b"precious"})
    for args in (["build", "-y"], ["clean"], ["clean", "--outputs"], ["clean", "-n"]):
        answer = cli(*args, environ={"IMAGEBUILD_HOME": home})
        assert answer.code == 2
        assert "may be removed at any time" in answer.err
    assert cli.world.read(f"{where}/records.db") == b"precious"
    assert not cli.world.provider.calls


def test_clean_does_not_follow_a_link(cli: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("x")
    (cli.world.root / ".imagebuild").symlink_to(other)
    assert cli("clean").code == 1
    assert (other / "precious").exists()


@pytest.mark.parametrize("template", TEMPLATES)
def test_init_writes_a_project(cli: Any, golden: Golden, tmp_path: Path, template: str) -> None:
    (tmp_path / ".gitignore").write_text("node_modules")
    answer = cli("init", "new", "--template", template, folder=tmp_path)
    assert answer.code == 0
    golden(f"init-{template}.txt", answer.err)
    assert (tmp_path / "new/.gitignore").read_text() == ".imagebuild/\n"
    assert (tmp_path / "new/.imagebuild/schema.json").exists()
    assert cli("plan", folder=tmp_path / "new").code == 0


def test_init_adds_to_gitignore_once_and_writes_over_nothing(cli: Any, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("node_modules")
    assert cli("init", folder=tmp_path).code == 0
    assert (tmp_path / ".gitignore").read_text() == "node_modules\n.imagebuild/\n"
    spec = (tmp_path / "imagebuild.yaml").read_bytes()
    answer = cli("init", "--template", "blog", folder=tmp_path)
    assert answer.code == 2
    assert answer.err.startswith("error: 'imagebuild.yaml' is there already and is not written over\nhint: ")
    assert (tmp_path / "imagebuild.yaml").read_bytes() == spec
    assert not (tmp_path / "prompts/header.md").exists()


def test_doctor_finds_a_project_fit(cli: Any) -> None:
    answer = cli("doctor")
    assert answer.code == 0
    assert answer.out.endswith("imagebuild can work here\n")
    assert json.loads(cli("doctor", "--json").out)["usable"] is True


def test_doctor_says_that_records_cannot_be_read(cli: Any) -> None:
    cli.world.home.mkdir()
    (cli.world.home / "records.db").write_bytes(b"no database" * 1000)
    answer = cli("doctor")
    assert answer.code == 1
    assert "fault  store" in answer.out
    assert "cannot read records.db" in answer.out


def test_doctor_works_outside_a_project(cli: Any, tmp_path: Path) -> None:
    answer = cli("doctor", folder=tmp_path)
    assert answer.code == 0
    assert "none here" in answer.out


def test_doctor_works_with_a_broken_spec_and_broken_plugins(cli: Any) -> None:
    cli.world.spec("version: 1\ntargets: [\n")
    cli.world.extra = (RecordingProvider("recorder"),)
    answer = cli("doctor")
    assert answer.code == 1
    assert "fault  plugin testing" in answer.out
    assert "fault  project" in answer.out
    assert answer.out.endswith("2 faults in the way\n")


def test_plugins_lists_broken_ones_and_works(cli: Any) -> None:
    cli.world.extra = (RecordingProvider("recorder"),)
    answer = cli("plugins")
    assert answer.code == 0
    assert "1 plugin is broken:\n  testing (this process) adds provider 'recorder' twice" in answer.out
    assert json.loads(cli("plugins", "--json").out)["plugins"][0]["error"]


def test_schema_is_printed_and_written(cli: Any) -> None:
    printed = json.loads(cli("schema").out)
    assert cli("schema", "--write").code == 0
    assert json.loads(cli.world.read(".imagebuild/schema.json")) == printed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli: Any, shell: str) -> None:
    answer = cli("completion", shell)
    assert answer.code == 0
    assert f"_IMAGEBUILD_COMPLETE={shell}_complete" in answer.out


EXIT_CODES: list[tuple[str, int]] = [
    ("plan", 0),
    ("plan --exit-code", 3),
    ("plan hreo", 2),
    ("plan -t nothing", 2),
    ("plan --nothing", 2),
    ("build", 4),
    ("build --max-cost 0.01", 4),
    ("build --max-cost 5", 0),
    ("build -y", 0),
    ("build --draft", 0),
    ("build --draft --locked", 2),
    ("build --locked", 3),
    ("build --offline", 3),
    ("build icon", 0),
    ("build --max-cost abc", 2),
    ("build --max-cost -1", 2),
    ("build --max-cost nan", 2),
    ("build --max-cost inf", 2),
    ("build -j 0", 2),
    ("build -j x", 2),
    ("build -k -1", 2),
    ("build --executor dask", 2),
    ("plan --executor dask", 2),
    ("plan --executor batch", 0),
    ("batch", 0),
    ("batch ls", 0),
    ("batch ls --every 3", 2),
    ("batch wait", 0),
    ("batch wait --every 0", 2),
    ("batch wait --timeout -1", 2),
    ("batch cancel", 2),
    ("batch cancel x", 2),
    ("batch send", 2),
    ("build --plan nothing.json", 2),
    ("status", 0),
    ("status nothing", 2),
    ("why", 2),
    ("why hero", 0),
    ("why nothing", 2),
    ("graph --format svg", 2),
    ("clean --outputs --orphans", 2),
    ("init --template poster", 2),
    ("completion tcsh", 2),
    ("plugins", 0),
    ("models", 0),
    ("models --provider nobody", 2),
    ("outdated --exit-code", 0),
    ("outdated hero", 2),
    ("doctor --offline", 0),
    ("bulid", 2),
    ("watch --port 1", 2),
    ("--nothing", 2),
    ("--version", 0),
    ("", 0),
]


@pytest.mark.parametrize(("line", "code"), EXIT_CODES, ids=[line or "nothing" for line, _ in EXIT_CODES])
def test_exit_codes(cli: Any, line: str, code: int) -> None:
    answer = cli(*line.split())
    assert answer.code == code, answer.err
    assert answer.err.startswith(("error: ", "imagebuild.yaml:")) or code != 2
    assert "Traceback" not in answer.err


def test_a_misspelt_option_gets_a_suggestion(cli: Any) -> None:
    assert cli("build", "--ofline").err == "error: unknown option '--ofline'\nhint: did you mean '--offline'?\n"
    assert cli("pland").err == "error: unknown command 'pland'\nhint: did you mean 'plan'?\n"


def test_shared_options_may_stand_after_the_command(cli: Any, tmp_path: Path) -> None:
    answer = cli("plan", "-C", str(cli.world.root), folder=tmp_path)
    assert answer.code == 0


def test_a_bug_asks_for_a_report_and_shows_its_trace_on_demand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("imagebuild.project.Project.open", fail)
    quiet, loud = io.StringIO(), io.StringIO()
    assert run(["plan"], Shell(io.StringIO(), io.StringIO(), quiet, {})) == 70
    assert run(["plan"], Shell(io.StringIO(), io.StringIO(), loud, {"IMAGEBUILD_DEBUG": "1"})) == 70
    assert "unexpected RuntimeError: boom" in quiet.getvalue()
    assert "please report it" in quiet.getvalue()
    assert "Traceback" not in quiet.getvalue()
    assert "Traceback" in loud.getvalue()


def test_ctrl_c_ends_with_130(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagebuild.project.Project.open", stop)
    assert run(["plan"], Shell(io.StringIO(), io.StringIO(), io.StringIO(), {})) == 130


def test_a_reader_that_has_gone_stops_no_build(world: World) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    environ = {"IMAGEBUILD_HOME": str(world.home)}
    shell = Shell(io.StringIO(), Gone(), io.StringIO(), environ, folder=str(world.root), registry=world.registry)
    assert run(["build", "-y", "--json"], shell) == 0
    assert len(world.provider.calls) == 3
