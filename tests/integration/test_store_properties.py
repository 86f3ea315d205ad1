"""Whatever is edited, chosen, killed, merged and thrown away: what a lock holds is there; nothing is bought twice."""

from __future__ import annotations

import os

from curated_project import NAMES, Team, Wanted
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

WORDS = st.sampled_from(["red", "blue", "green"])
NAME = st.sampled_from(NAMES)
WANTED = st.builds(
    Wanted,
    prompt=WORDS,
    size=st.sampled_from(["4x4", "8x8"]),
    candidates=st.integers(1, 3),
    edits=st.lists(WORDS, max_size=2).map(tuple),
    steps=st.lists(WORDS, max_size=1).map(tuple),
    after=st.booleans(),
)
FIELD = st.sampled_from(["prompt", "prompt", "size", "candidates", "edits", "steps", "after", "frozen"])


class Work(RuleBasedStateMachine):
    """What a team does in a week, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.team = Team()

    def teardown(self) -> None:
        self.team.close()

    def name(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.team.wants)), "target")

    @rule(name=NAME, wanted=WANTED)
    def adds_or_changes_a_target(self, name: str, wanted: Wanted) -> None:
        self.team.want(name, wanted)

    @rule(data=st.data(), field=FIELD, other=WANTED)
    def changes_a_field(self, data: st.DataObject, field: str, other: Wanted) -> None:
        self.team.change(self.name(data), field, other)

    @rule(data=st.data())
    def removes_a_target(self, data: st.DataObject) -> None:
        self.team.want(self.name(data), None)

    @rule(data=st.data(), new=NAME)
    def renames_a_target(self, data: st.DataObject, new: str) -> None:
        if new not in self.team.wants:
            self.team.rename(self.name(data), new)

    @rule()
    def builds(self) -> None:
        assert self.team.build()

    @rule(data=st.data())
    def builds_one_target(self, data: st.DataObject) -> None:
        self.team.build(self.name(data))

    @rule()
    def builds_locked(self) -> None:
        self.team.build(locked=True)

    @rule(word=WORDS)
    def builds_while_some_calls_fail(self, word: str) -> None:
        self.team.build(failing=frozenset([word]))

    @precondition(lambda self: hasattr(os, "fork"))
    @rule(door=st.integers(0, 60))
    def is_killed_in_a_build(self, door: int) -> None:
        self.team.killed(door)

    @rule(data=st.data(), edit=st.sampled_from([None, None, 1, 2]))
    def rerolls(self, data: st.DataObject, edit: int | None) -> None:
        self.team.reroll(self.name(data), edit)

    @rule(data=st.data(), candidate=st.sampled_from([None, None, 1, 2, 3]))
    def picks(self, data: st.DataObject, candidate: int | None) -> None:
        self.team.pick(self.name(data), candidate)

    @rule(data=st.data())
    def approves(self, data: st.DataObject) -> None:
        self.team.approve(self.name(data))

    @rule(data=st.data(), candidate=st.sampled_from([None, 1, 2]))
    def rejects(self, data: st.DataObject, candidate: int | None) -> None:
        self.team.reject(self.name(data), candidate)

    @rule(data=st.data(), frozen=st.booleans())
    def freezes_or_lets_go(self, data: st.DataObject, frozen: bool) -> None:
        self.team.freeze(self.name(data), frozen=frozen)

    @rule(data=st.data(), shade=st.integers(0, 1))
    def adopts(self, data: st.DataObject, shade: int) -> None:
        self.team.adopt(self.name(data), shade)

    @rule(data=st.data(), number=st.integers(0, 9))
    def restores(self, data: st.DataObject, number: int) -> None:
        self.team.restore(self.name(data), number)

    @rule()
    def commits(self) -> None:
        self.team.commit()

    @rule(number=st.integers(0, 1))
    def goes_to_a_branch(self, number: int) -> None:
        self.team.checkout(number)

    @rule(lock_alone=st.booleans())
    def undoes(self, lock_alone: bool) -> None:
        self.team.undo(lock_alone=lock_alone)

    @rule(side=st.sampled_from(["ours", "theirs"]))
    def merges(self, side: str) -> None:
        self.team.merge(side)

    @rule()
    def deletes_outputs(self) -> None:
        self.team.delete_outputs()

    @rule()
    def deletes_the_state(self) -> None:
        self.team.delete_state()

    @rule()
    def collects_garbage(self) -> None:
        self.team.collect_garbage()


TestWork = Work.TestCase
TestWork.settings = settings(
    max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
