"""Money is spent under a cap or a yes, and never beyond."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagebuild.errors import ProviderError, SpendingRefused, UsageError
from imagebuild.plan import Plan
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World

Make = Callable[..., World]

FIVE = "version: 1\ndefaults: {provider: recorder}\ntargets:\n" + "".join(
    f"  t{number}: {{prompt: picture {number}}}\n" for number in range(5)
)


def test_paid_work_without_a_cap_or_a_yes_is_refused_before_any_call(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    with pytest.raises(SpendingRefused) as caught:
        world.build(max_cost=None)
    assert caught.value.exit_code == 4
    assert "this build would cost $0.20" in str(caught.value)
    assert world.provider.calls == []
    assert world.events == []


def test_free_work_needs_neither(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE.replace("recorder", "sketch")})
    assert world.build(max_cost=None).made == 5


def test_a_yes_at_the_shown_plan_is_enough_and_a_no_is_not(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    shown: list[Plan] = []
    with pytest.raises(SpendingRefused):
        world.build(max_cost=None, confirm=lambda plan: bool(shown.append(plan)))
    assert shown[0].cost.high == pytest.approx(0.2)
    assert world.build(max_cost=None, confirm=lambda plan: True).bought == 5


def test_nobody_is_asked_when_nothing_is_paid_for(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    world.build()

    def ask(plan: Plan) -> bool:
        raise AssertionError("asked for nothing")

    assert world.build(max_cost=None, confirm=ask).cached == 5


@pytest.mark.parametrize("where", ["flag", "spec", "environment"])
def test_a_cap_below_the_lowest_estimate_is_refused_before_any_call(project: Make, where: str) -> None:
    world = project({"imagebuild.yaml": FIVE + ("budget: {max_cost: 0.1}\n" if where == "spec" else "")})
    if where == "environment":
        world.environ["IMAGEBUILD_MAX_COST"] = "0.1"
    with pytest.raises(SpendingRefused, match=r"would cost \$0\.20, over the cap of \$0\.10"):
        world.build(max_cost=0.1 if where == "flag" else None)
    assert world.provider.calls == []


def test_a_flag_outweighs_the_environment_and_that_the_spec(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE + "budget: {max_cost: 0.01}\n"})
    world.environ["IMAGEBUILD_MAX_COST"] = "0.02"
    with pytest.raises(SpendingRefused, match=r"\$0\.02"):
        world.build(max_cost=None)
    assert world.build(max_cost=1.0).bought == 5


def test_the_cap_holds_during_the_run_when_calls_cost_more_than_estimated(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    world.provider.concurrency = 1
    world.provider.price = 0.1
    world.provider.charged = 0.3
    report = world.build(max_cost=0.5)
    assert report.bought == 1
    assert report.cost_usd == pytest.approx(0.3)
    assert report.exit_code == 4
    assert len(report.failures) == 4
    assert "would cost up to $0.30, and $0.30 of $0.50 are spent" in str(report.failures[0].error)


def test_an_unknown_price_is_refused_under_a_cap_unless_the_spec_states_one(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    world.provider.price = None
    with pytest.raises(SpendingRefused, match="the price of 5 of the pictures is unknown"):
        world.build(max_cost=10.0)
    assert world.plan().cost.unknown == 5
    world.spec(FIVE + "providers: {recorder: {price: 0.05}}\n")
    assert world.plan().cost.high == pytest.approx(0.25)
    report = world.build(max_cost=10.0)
    assert (report.bought, report.cost_usd) == (5, None)


def test_an_approved_plan_is_a_yes_to_just_that(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})
    plan = world.plan()
    world.edit("imagebuild.yaml", "picture 4", "picture four")
    with pytest.raises(UsageError, match="the saved plan no longer matches"):
        world.build(max_cost=None, approved=plan)
    world.edit("imagebuild.yaml", "picture four", "picture 4")
    assert world.build(max_cost=None, approved=plan).bought == 5


def test_what_waits_for_a_purchase_is_priced_too(project: Make) -> None:
    world = project(
        {"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder, edits: [b, c], candidates: 2}}\n"}
    )
    assert world.plan().cost.high == pytest.approx(4 * 0.04)
    assert world.build().cost_usd == pytest.approx(4 * 0.04)


def test_a_request_that_two_targets_share_is_priced_once_all_along_its_chain(project: Make) -> None:
    spec = """\
version: 1
defaults: {provider: recorder}
targets:
  a: {prompt: x, edits: [blue]}
  b: {prompt: x, edits: [blue, stripes]}
  c: {prompt: x, edits: [green]}
"""
    world = project({"imagebuild.yaml": spec})
    plan = world.plan()
    shared = {action.node.label: str(action.reasons[0]) for action in plan.actions if action.is_shared}
    assert shared == {
        "b": "same request as a",
        "c": "same request as a",
        "b (edit 1)": "same request as a (edit 1)",
    }
    assert plan.cost.high == pytest.approx(4 * 0.04)
    report = world.build(max_cost=None, confirm=lambda plan: True)
    assert (report.bought, len(world.provider.calls)) == (4, 4)


def test_what_is_known_of_the_cost_is_told_when_some_of_it_is_not(project: Make) -> None:
    world = project({"imagebuild.yaml": FIVE})

    def answer(request: Request, context: ProviderContext) -> bytes | None:
        if request.prompt == "picture 3":
            raise ProviderError("the connection was lost", billed=True)
        return None

    world.provider.answer = answer
    report = world.build()
    assert (report.bought, report.cost_usd) == (4, None)
    assert report.charged_usd == pytest.approx(4 * 0.04)
