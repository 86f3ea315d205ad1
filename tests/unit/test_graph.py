from __future__ import annotations

import pytest

from imagebuild.errors import Place, SpecError
from imagebuild.graph import Graph, build_graph
from imagebuild.target import Edit, InputFile, InputTarget, StepUse, Target


def target(name: str, *inputs: str, edits: int = 0, steps: int = 0, candidates: int = 1) -> Target:
    return Target(
        id=name,
        name=name,
        slug=name,
        provider="p",
        prompt=name,
        inputs=tuple(InputTarget(each) for each in inputs),
        edits=tuple(Edit(f"edit {number}", "p") for number in range(edits)),
        steps=tuple(StepUse("mark") for _ in range(steps)),
        candidates=candidates,
    )


def graph_of(*targets: Target, picks: dict[str, int] | None = None) -> Graph:
    return build_graph({each.id: each for each in targets}, picks=picks)


def labels(graph: Graph) -> list[str]:
    return [node.label for node in graph.nodes]


def test_a_chain_is_generate_then_edits_then_steps() -> None:
    graph = graph_of(target("hero", edits=2, steps=1))
    assert labels(graph) == ["hero", "hero (edit 1)", "hero (edit 2)", "hero (step 3)"]
    assert [node.needs for node in graph.nodes] == [(), (0,), (1,), (2, 2)]
    assert (graph.masters["hero"], graph.finals["hero"]) == (2, 3)


def test_inputs_come_before_those_who_take_them_and_otherwise_the_order_is_the_specs() -> None:
    graph = graph_of(target("card", "logo"), target("other"), target("logo"))
    assert labels(graph) == ["logo", "card", "other"]
    assert graph.nodes[1].needs == (0,)


def test_an_input_target_gives_its_picture_from_before_its_steps() -> None:
    graph = graph_of(target("logo", edits=1, steps=2), target("card", "logo"))
    assert graph.nodes[graph.nodes[-1].needs[0]].label == "logo (edit 1)"


def test_edits_go_on_from_the_picked_candidate() -> None:
    graph = graph_of(target("hero", edits=1, candidates=3), picks={"hero": 2})
    assert labels(graph) == ["hero", "hero (candidate 2)", "hero (candidate 3)", "hero (edit 1)"]
    assert graph.nodes[3].needs == (1,)


def test_a_pick_beyond_the_candidates_is_the_last_one() -> None:
    assert graph_of(target("hero", candidates=2), picks={"hero": 3}).masters["hero"] == 1


def test_edits_take_inputs_too() -> None:
    base = target("hero")
    edit = Edit("add", "p", inputs=(InputFile("a.png"), InputTarget("logo")))
    hero = Target(id="hero", name="hero", slug="hero", provider="p", prompt="x", edits=(edit,))
    graph = graph_of(hero, target("logo"))
    assert labels(graph) == ["logo", "hero", "hero (edit 1)"]
    assert graph.nodes[2].needs == (1, 0)
    assert base.edits == ()


def test_a_cycle_is_an_error_that_prints_it_with_its_place() -> None:
    targets = {name: target(name, needed) for name, needed in (("a", "b"), ("b", "c"), ("c", "a"))}
    with pytest.raises(SpecError) as caught:
        build_graph(targets, place=lambda name: Place("imagebuild.yaml", 3))
    assert str(caught.value) == "imagebuild.yaml:3: targets need each other in a circle: a -> b -> c -> a"


def test_only_the_cycle_is_printed_not_the_way_to_it() -> None:
    with pytest.raises(SpecError, match=r"in a circle: b -> c -> b$"):
        graph_of(target("a", "b"), target("b", "c"), target("c", "b"))


def test_a_target_that_takes_itself_is_an_error() -> None:
    with pytest.raises(SpecError, match="'a' takes itself as an input"):
        graph_of(target("a", "a"))


def test_a_chain_of_ten_thousand_targets_needs_no_recursion() -> None:
    chain = [target("t0")] + [target(f"t{number}", f"t{number - 1}") for number in range(1, 10_000)]
    graph = graph_of(*reversed(chain))
    assert graph.nodes[0].target == "t0"
    assert graph.closure(["t9999"]) == list(range(10_000))


def test_a_closure_leaves_out_steps_of_inputs_and_everything_else() -> None:
    graph = graph_of(target("logo", steps=1, candidates=2), target("card", "logo"), target("other"))
    needed = [labels(graph)[index] for index in graph.closure(["card"])]
    assert needed == ["logo", "card"]


def test_dependents_are_the_reverse_of_needs() -> None:
    graph = graph_of(target("logo"), target("card", "logo", "logo"))
    assert graph.dependents() == [[1], []]
