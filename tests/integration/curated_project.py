"""A project with two branches whose pictures are bought, chosen among, lost and brought back; every purchase is noted.

``Team`` plays one act after another, each as a command would. What must hold all the while is checked by
:meth:`Team.look`, and what must hold after a build by :meth:`Team.build`.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from versioned import git

from imagebuild.digest import digest_bytes
from imagebuild.disk import write_file
from imagebuild.errors import LockError, UnavailableError, UsageError
from imagebuild.housekeeping.garbage import choose_paid, remove_originals
from imagebuild.housekeeping.holding import find_holdings
from imagebuild.housekeeping.inventory import take_stock
from imagebuild.lockfile import Lock, LockLine
from imagebuild.lockfile.conflict import take_apart
from imagebuild.repository import Repository
from imagebuild.request import ProviderContext, Request
from imagebuild.store import Outputs, Records, State, Store
from imagebuild.store.objects import ObjectStore
from imagebuild.testing import World, png

__all__ = ["NAMES", "Team", "Wanted"]

NAMES = ("a", "b", "c", "d")
LOCK = "imagebuild.lock"
DIED = 77


class Wanted(Struct, frozen=True):
    """One target of the spec; ``after`` says that it takes in the first of the others."""

    prompt: str = "red"
    size: str = "4x4"
    candidates: int = 1
    edits: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    after: bool = False
    frozen: bool = False

    def text(self, name: str, first: str) -> str:
        """The target as YAML."""
        steps = ", ".join(f"{{mark: {{mark: {word}}}}}" for word in self.steps)
        inputs = f"{{target: {first}}}" if self.after and name != first else ""
        return (
            f"  {name}: {{prompt: {self.prompt}, options: {{size: {self.size}}}, candidates: {self.candidates}, "
            f"edits: [{', '.join(self.edits)}], steps: [{steps}], inputs: [{inputs}], "
            f"frozen: {str(self.frozen).lower()}}}\n"
        )


Wants = dict[str, Wanted]


class Team:
    """The people, the project, the machine's store, and all that was paid for.

    ``approved`` and ``frozen`` hold, by target, the picture that must stay until somebody says otherwise; ``moved`` the
    approved ones of targets that have another name since the last build.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        top = Path(self._folder.name)
        (top / "project").mkdir()
        self.world = World(top / "project", top / "home")
        self.world.provider.answer = self._answer
        self._ledger = top / "ledger"
        self._failing: frozenset[str] = frozenset()
        self.wants: Wants = {"a": Wanted()}
        self.lost: Counter[str] = Counter()
        self.approved: dict[str, str] = {}
        self.frozen: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.renamed: set[str] = set()
        self.unsure: set[str] = set()
        self.changed: set[str] = set()
        self.settled: dict[str, str | None] = {}
        self.strange = False
        self.branches = ["main"]
        self.branch = "main"
        self.said: list[str] = []
        self.git("init", "-q", "-b", "main")
        self.world.write({".gitignore": "/images/\n/.imagebuild/\n"})
        self.write()
        self.commit()

    def close(self) -> None:
        """Take everything away."""
        self._folder.cleanup()

    # What is wanted

    def want(self, name: str, wanted: Wanted | None) -> None:
        """Add, change or remove a target."""
        if wanted is None and len(self.wants) == 1:
            return
        self.wants.pop(name, None)
        self.frozen.pop(name, None)
        self.moved.pop(name, None)
        self.unsure.add(name)
        self.changed.add(name)
        if wanted is not None:
            self.wants[name] = wanted
        else:
            self._forget(name)
        self.write()

    def change(self, name: str, field: str, other: Wanted) -> None:
        """Give one field of a target the value that it has in another one; ``frozen`` the value that it has not."""
        now = self.wants[name]
        changes: dict[str, Any] = {field: not now.frozen if field == "frozen" else getattr(other, field)}
        self.wants[name] = replace(now, **changes)
        self.write()
        self.moved.pop(name, None)
        self.changed.add(name)
        if field in ("edits", "candidates"):
            self.frozen.pop(name, None)
            self.unsure.add(name)
        if field == "frozen":
            self._learn(name)

    def rename(self, old: str, new: str) -> None:
        """Give a target another name, which nobody has."""
        self.wants = {new if name == old else name: wanted for name, wanted in self.wants.items()}
        digest = self.approved.get(old)
        self._forget(old)
        self._forget(new)
        if digest is not None and old not in self.changed and not self.wants[new].after:
            self.moved[new] = digest
        self.renamed.add(new)
        self.unsure.add(new)
        self.moved.pop(old, None)
        if any(line.target == new for line in self.lock.lines.values()):
            self.moved.clear()  # a name that has been another's: which line is whose cannot be told from outside
        self.write()

    def write(self) -> None:
        """Write the spec."""
        self.settled.clear()
        names = sorted(self.wants)
        lines = [self.wants[name].text(name, names[0]) for name in names]
        self.world.spec("version: 1\ndefaults: {provider: recorder}\ntargets:\n" + "".join(lines))
        wants = {name: asdict(self.wants[name]) for name in names}
        self.world.write({"wants.json": "\n".join(json.dumps([name, wants[name]]) for name in names) + "\n"})

    # What is bought

    def _answer(self, request: Request, context: ProviderContext) -> None:
        if request.prompt in self._failing:
            raise UnavailableError("the service is down", billed=False)
        told = [
            request.prompt,
            dict(request.options),
            request.candidate,
            request.take,
            request.parent.digest if request.parent else None,
            [each.digest for each in request.inputs],
        ]
        fd = os.open(self._ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(fd, json.dumps([json.dumps(told), context.key]).encode() + b"\n")
        os.close(fd)

    def bought(self) -> list[tuple[str, str]]:
        """Every purchase, as what was asked for and the key of its action."""
        if not self._ledger.exists():
            return []
        return [(asked, key) for asked, key in map(json.loads, self._ledger.read_text().splitlines())]

    def build(self, *names: str, failing: frozenset[str] = frozenset(), **options: Any) -> bool:
        """Build, and look at what came of it; whether all of it is there."""
        before = len(self.bought())
        shown = self._shown()
        self._failing = failing
        try:
            report = self.world.build(*names, jobs=2, overwrite=self.strange, **options)
        except LockError:
            assert options.get("locked"), "only a locked build may refuse"
            report = None
        finally:
            self._failing = frozenset()
        if options.get("locked"):
            assert len(self.bought()) == before
        if report is not None and report.bought:
            assert not options.get("locked")
        finished = report is not None and report.exit_code == 0 and not names
        assert shown <= self._shown()
        if finished:
            self._finished(locked=bool(options.get("locked")))
        self.look()
        return finished

    def _shown(self) -> set[str]:
        """The targets whose approved picture lies at their output."""
        found = set()
        for name, digest in self.approved.items():
            output = self.world.root / f"images/{name}.png"
            if output.exists() and output.read_bytes().startswith(self._original(digest)):
                found.add(name)
        return found

    def _finished(self, *, locked: bool) -> None:
        before = self._files()
        lock = self.lock
        if not locked:
            moved = dict(self.moved)
            for name in self.renamed & set(self.wants):
                self._learn(name)
                assert self.approved.get(name) == moved.get(name, self.approved.get(name)), name
            for kept in (self.renamed, self.moved, self.changed):
                kept.clear()
        bought = len(self.bought())
        plan = self.world.plan()
        assert plan.empty, [(action.node.label, action.verdict, str(action.reasons[0])) for action in plan.actions]
        again = self.world.build(locked=locked)
        assert (again.exit_code, self.world.started, self.world.written) == (0, [], [])
        assert self._files() == before
        assert len(self.bought()) == bought
        for name, wanted in self.wants.items():
            marks = "".join(f"{word}{{}}" for word in wanted.steps)
            expected = self._original(self.delivered(lock, name)) + marks.encode()
            assert self.world.read(f"images/{name}.png") == expected, name
        if not locked:
            assert {line.target for line in lock.lines.values()} == set(self.wants)

    def killed(self, door: int) -> None:
        """A build whose process dies at a door: the number ``door`` of those that it goes through."""
        before = len(self.bought())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads of earlier builds wait for nothing
            pid = os.fork()
        if pid == 0:
            try:
                self.world.provider.answer = _die_at(door)(self._answer)
                self.world.build(jobs=2)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        store = Store.originals(self.world.home)
        noted = {intent.key for intent in store.records.open_intents()}
        for asked, key in self.bought()[before:]:
            if store.records.get(key) is None:
                assert key in noted, "what may have been paid for is noted"
                self.lost[asked] += 1
        store.close()
        self.look()

    # What is chosen

    def choose(self, work: Callable[[], object]) -> bool:
        """One choice; whether it made sense. One that does not changes nothing."""
        before = self._files()
        bought = len(self.bought())
        try:
            work()
        except (UsageError, LockError):
            assert self._files() == before
            return False
        assert len(self.bought()) == bought, "a choice costs nothing"
        return True

    def pick(self, name: str, candidate: int | None) -> None:
        """Pick a candidate or the new picture."""
        self.settled.clear()
        if self.choose(lambda: self.world.open().pick(name, candidate)):
            self._learn(name)
            self.look()

    def approve(self, name: str) -> None:
        """Approve a picture."""
        self.settled.clear()
        if self.choose(lambda: self.world.open().approve([name])):
            self._learn(name)
            assert name in self.approved
            self.look()

    def reject(self, name: str, candidate: int | None) -> None:
        """Reject a picture."""
        if self.choose(lambda: self.world.open().reject([name], candidate=candidate)):
            self._learn(name)
            self.look()

    def freeze(self, name: str, *, frozen: bool) -> None:
        """Freeze a picture, or let it go."""
        self.settled.clear()
        before = self.delivered(self.lock, name) if self.master(self.lock, name) else None
        if self.choose(lambda: self.world.open().freeze([name], frozen=frozen)):
            assert not frozen or self.delivered(self.lock, name) == before or before is None
            self._learn(name)
            assert (name in self.frozen) == (frozen or self.wants[name].frozen)
            self.look()

    def adopt(self, name: str, shade: int) -> None:
        """Take a file as the picture."""
        data = png(2, 2, (shade, shade, shade))
        file = self.world.root / ".imagebuild" / "chosen.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        if self.choose(lambda: self.world.open().adopt(name, file)):
            assert self.delivered(self.lock, name) == digest_bytes(data)
            self._learn(name)
            self._settle(name)
            self.look()

    def restore(self, name: str, number: int) -> None:
        """Bring back one of the pictures that a target had."""
        every = self.world.open().history(name)
        held = {line.digest for line in self.lock.lines.values() if line.target == name}
        assert held <= {each.digest for each in every}
        assert all(each.here for each in every if each.digest in held)
        if not every:
            return
        found = every[number % len(every)]
        self.settled.clear()
        if self.choose(lambda: self.world.open().restore(name, str(found.number))):
            self._learn(name)
            if not self.wants[name].edits:
                assert self.delivered(self.lock, name) == found.digest
                self._settle(name)
            self.look()

    def reroll(self, name: str, edit: int | None) -> None:
        """Ask for another attempt."""
        self.settled.clear()
        before = Counter(asked for asked, _ in self.bought())
        try:
            report = self.world.build(name, reroll=True, edit=edit, jobs=2)
        except (UsageError, LockError):
            return
        assert report.exit_code in (0, 3)
        assert all(count == 1 for count in (Counter(asked for asked, _ in self.bought()) - before).values())
        self.look()

    # What is versioned

    def git(self, *words: str, fails: bool | None = False) -> str:
        """One command of git."""
        return git(self.world.root, *words, fails=fails)

    def commit(self) -> None:
        """Commit what there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "work")

    def checkout(self, number: int) -> None:
        """Go to another branch, which is made at first; what was not committed is."""
        self.commit()
        name = ("main", "other")[number]
        if name not in self.branches:
            self.git("branch", name)
            self.branches.append(name)
        self.git("checkout", "-q", name)
        self.branch = name
        self._read()

    def undo(self, *, lock_alone: bool) -> None:
        """Throw away what was not committed, of the lock or of everything."""
        there = self.git("ls-tree", "--name-only", "HEAD").split()
        if not lock_alone:
            self.git("checkout", "-q", "-f", "HEAD")
        if LOCK in there:
            self.git("checkout", "-q", "HEAD", "--", LOCK)
        else:
            (self.world.root / LOCK).unlink(missing_ok=True)
        self._read()

    def merge(self, side: str) -> None:
        """Merge the other branch into this one; true conflicts are settled for one side."""
        if len(self.branches) == 1:
            return
        self.commit()
        other = next(name for name in self.branches if name != self.branch)
        base = self._wants_at(self.git("merge-base", "HEAD", other).strip())
        theirs = self._wants_at(other)
        self.git("merge", "-q", "--no-commit", "--no-ff", other, fails=None)
        path = self.world.root / LOCK
        if path.exists():
            conflicted = take_apart(path.read_bytes(), LOCK, Repository.around(self.world.root))
            if conflicted is not None:
                merge = conflicted.merged()
                merge = merge.choose(
                    "theirs" if side == "theirs" else "ours", [each.target for each in merge.conflicts]
                )
                write_file(str(path), Lock(merge.lines).text().encode(), durable=True)
        self.wants = _merged(base, self.wants, theirs)
        self.write()
        self.commit()
        self._read()

    def _wants_at(self, revision: str) -> Wants:
        return _wants(self.git("show", f"{revision}:wants.json"))

    def _read(self) -> None:
        """After git has changed the files: what is wanted, and what must stay, is what they say."""
        self.wants = _wants((self.world.root / "wants.json").read_text())
        for kept in (self.approved, self.frozen, self.moved, self.settled, self.renamed, self.changed):
            kept.clear()
        for name in self.wants:
            self._learn(name)
        self.look()

    # What goes away

    def delete_outputs(self) -> None:
        """Delete every output file."""
        shutil.rmtree(self.world.root / "images", ignore_errors=True)

    def delete_state(self) -> None:
        """Delete what the project remembers; files that are there already are strange to it then."""
        self.strange = True
        shutil.rmtree(self.world.root / ".imagebuild", ignore_errors=True)

    def collect_garbage(self) -> None:
        """Remove all originals that may go, however young they are."""
        store = Store.originals(self.world.home)
        later = time.time() + 10 * 24 * 3600.0
        holdings = find_holdings(store.usage, [self.world.root])
        holdings.require_readable()
        chosen = choose_paid(take_stock(store, holdings), now=later, before=later, named=())
        for original in remove_originals(store, chosen):
            for call in original.calls:
                self.lost.update(asked for asked, key in set(self.bought()) if key == call.key)
        store.close()
        self.look()

    # What must hold

    @property
    def lock(self) -> Lock:
        """The lock as it is on the disk."""
        return Lock.read(self.world.root / LOCK)

    def master(self, lock: Lock, name: str) -> LockLine | None:
        """The line of the picture that a target delivers."""
        stage = len(self.wants[name].edits)
        lines = lock.lines
        picked = (line.candidate for line in lines.values() if line.slot[:2] == (name, 0) and line.picked)
        return lines.get((name, stage, 1 if stage else next(picked, 1)))

    def delivered(self, lock: Lock, name: str) -> str | None:
        """The digest of the picture that goes to a target's output, as the lock says."""
        line, last = self.master(lock, name), self.last(lock, name)
        if last is not None and (line is None or (last.slot != line.slot and (last.live or last.review == "approved"))):
            line = last
        return (line.live or line).digest if line else None

    def last(self, lock: Lock, name: str) -> LockLine | None:
        """The line of the picture that a target delivered when the lock was written."""
        mine = [line for line in lock.lines.values() if line.target == name and (line.stage or line.picked)]
        return max(mine, key=lambda line: line.stage, default=None)

    def look(self) -> None:
        """What holds at any time."""
        store = Store.originals(self.world.home)
        locks = [self.lock, *self._committed()]
        for lock in locks:
            for digest in lock.digests:
                assert store.objects.get(digest) is not None, f"lost: {digest}"
        store.close()
        twice = Counter(asked for asked, _ in self.bought())
        for asked, count in twice.items():
            assert count <= 1 + self.lost[asked], f"bought {count} times: {asked}"
        for name, digest in {**self.approved, **self.frozen}.items():
            assert self.delivered(locks[0], name) == digest, f"the picture of '{name}' was to stay"
        frozen = {line.target for line in locks[0].lines.values() if line.frozen} & set(self.wants)
        assert frozen <= {*self.frozen, *self.unsure}
        for name, chosen in self.settled.items():
            assert self.delivered(locks[0], name) == chosen, f"the picture of '{name}' was chosen"

    def _committed(self) -> Iterator[Lock]:
        repository = Repository(self.world.root)
        for data in repository.files_at(repository.heads(), LOCK):
            yield Lock.parse(data, LOCK)

    def _original(self, digest: str | None) -> bytes:
        assert digest is not None
        store = Store.originals(self.world.home)
        data = store.read(digest)
        store.close()
        return data

    def _files(self) -> dict[str, tuple[int, int, int]]:
        """Every file of the project that is not git's or ours to forget, as it lies there."""
        found = {}
        for path in sorted(self.world.root.rglob("*")):
            if path.is_file() and path.relative_to(self.world.root).parts[0] not in (".git", ".imagebuild"):
                seen = path.stat()
                found[str(path)] = (seen.st_ino, seen.st_mtime_ns, seen.st_size)
        return found

    def _learn(self, name: str) -> None:
        """Take from the lock what somebody has just said of a target."""
        self._forget(name)
        self.unsure.discard(name)
        lock = self.lock
        line = self.master(lock, name)
        last = self.last(lock, name)
        if last is not None and (line is None or (last.slot != line.slot and (last.live or last.review == "approved"))):
            line = last
        if line is None:  # it may have a line under a former name
            self.unsure.add(name)
            return
        if line.live or line.review == "approved":
            self.approved[name] = (line.live or line).digest
        if (line.frozen or self.wants[name].frozen) and self.master(lock, name) is not None:
            self.frozen[name] = line.digest
        elif any(each.frozen for each in lock.lines.values() if each.target == name):
            self.unsure.add(name)

    def _settle(self, name: str) -> None:
        """The picture that was just chosen stays until what is wanted changes; who takes it in may be made anew."""
        self.settled.clear()
        self.settled[name] = self.delivered(self.lock, name)

    def _forget(self, name: str) -> None:
        self.approved.pop(name, None)
        self.frozen.pop(name, None)
        self.moved.pop(name, None)


def _wants(text: str) -> Wants:
    found = {}
    for line in text.splitlines():
        name, body = json.loads(line)
        found[name] = Wanted(**{key: tuple(each) if isinstance(each, list) else each for key, each in body.items()})
    return found


def _merged(base: Wants, ours: Wants, theirs: Wants) -> Wants:
    """What only one side changed is as there; what both did is as on ours."""
    merged = {}
    for name in sorted(ours.keys() | theirs.keys()):
        wanted = theirs.get(name) if ours.get(name) == base.get(name) else ours.get(name)
        if wanted is not None:
            merged[name] = wanted
    return merged or ours


def _die_at(number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """End this process at a door, before or after what is behind it; gives what makes other functions doors."""
    left = [number]

    def guarded(work: Callable[..., Any]) -> Callable[..., Any]:
        def through(*args: Any, **named: Any) -> Any:
            for ends in (False, True):
                if ends:
                    done = work(*args, **named)
                left[0] -= 1
                if left[0] < 0:
                    os._exit(DIED)
            return done

        return through

    doors: Mapping[type, tuple[str, ...]] = {
        ObjectStore: ("put",),
        Records: ("put", "begin"),
        Lock: ("write",),
        Outputs: ("write",),
        State: ("set_outputs", "set_slots", "commit"),
    }
    for owner, names in doors.items():
        for name in names:
            setattr(owner, name, guarded(getattr(owner, name)))
    return guarded
