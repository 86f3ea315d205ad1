"""What a branch holds after a run of the publisher ``git``, and how it comes to hold it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from imagebuild import PublisherContext
from imagebuild.errors import PublishError
from imagebuild_publish.branch import Branch, Files, MovedError, blob
from imagebuild_publish.ledger import Entries, Ledger
from imagebuild_publish.naming import NamedFile

__all__ = ["Edition"]


class Edition(Struct, frozen=True, dict=True):
    """Files by their path on the branch.

    ``mark`` is a line that tells our commits, by its first word. ``alone`` is whether the branch is to hold these files
    in one commit and nothing else; ``clean`` whether those of earlier runs go.
    """

    files: Mapping[str, NamedFile]
    context: PublisherContext
    ledger: Ledger
    mark: str
    message: str
    alone: bool
    clean: bool

    def publish(self, branch: Branch) -> int:
        """Bring the branch to hold them; how many files that changed. Begins anew once when somebody was quicker."""
        if branch.is_checked_out():
            hint = "write another 'branch': this publisher never touches what you work on"
            raise PublishError(f"the branch '{branch.name}' is checked out here", hint=hint)
        try:
            return self._attempt(branch)
        except MovedError:
            pass
        try:
            return self._attempt(branch)
        except MovedError as error:
            hint = "run the same command again"
            raise PublishError(f"somebody else keeps moving '{branch.name}' of {branch.where}", hint=hint) from error

    def _attempt(self, branch: Branch) -> int:
        head = branch.tip()
        there = branch.files(head) if head else {}
        parent = None if self.alone else head or branch.local_tip()
        before = there if parent == head else branch.files(parent) if parent else {}
        if self.alone:
            self._refuse_others(branch, head)
            before = {}
        wanted = self._wanted(branch)
        self._refuse_files_in_the_way(branch, before, wanted)
        gone = self._gone(before, wanted)
        after = {path: entry for path, entry in before.items() if path not in gone} | wanted
        changed = sum(there.get(path) != after.get(path) for path in there.keys() | after.keys())
        rewritten = head is not None and self.alone and branch.has_parents(head)
        if not self.context.dry_run and (changed or rewritten):
            entries = {path: {"blob": entry[1]} for path, entry in wanted.items()}
            self.ledger.keep({**self.ledger.entries, **entries})
            commit = parent if parent and after == before else self._commit(branch, before, after, parent)
            branch.deliver(commit, head, self.context.notice)
        self._note(wanted, after)
        return changed or int(rewritten)

    def _wanted(self, branch: Branch) -> Files:
        object_id = cache(lambda digest: branch.object_id(self.context.read(digest)))
        return {path: blob(object_id(file.variant.sha256)) for path, file in self.files.items()}

    def _commit(self, branch: Branch, before: Files, after: Files, parent: str | None) -> str:
        return branch.commit(
            before,
            after,
            lambda path: self.context.read(self.files[path].variant.sha256),
            parent=parent,
            message=f"{self.message}\n\n{self.mark}\n",
        )

    def _gone(self, before: Files, wanted: Files) -> set[str]:
        """Files of earlier runs that nothing wants; one that somebody changed since is kept, and named."""
        gone = set()
        for path, entry in self.ledger.entries.items() if self.clean else ():
            if path in before and path not in wanted:
                if before[path] == blob(entry["blob"]):
                    gone.add(path)
                else:
                    self.context.notice(f"'{path}' is no longer published, but was changed since it was; it is kept")
        return gone

    def _note(self, wanted: Files, after: Files) -> None:
        known: Entries = {path: entry for path, entry in self.ledger.entries.items() if path in after}
        self.ledger.keep({**known, **{path: {"blob": entry[1]} for path, entry in wanted.items()}})

    def _refuse_others(self, branch: Branch, head: str | None) -> None:
        if head and branch.has_others(head, self.mark.split()[0]):
            hint = "history: one would remove them: write another 'branch', or history: keep"
            raise PublishError(f"the branch '{branch.name}' of {branch.where} holds commits of others", hint=hint)

    def _refuse_files_in_the_way(self, branch: Branch, before: Files, wanted: Files) -> None:
        for path in wanted:
            parts = path.split("/")
            folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
            if blocked := next((folder for folder in folders if folder in before), None):
                raise PublishError(
                    f"'{blocked}' of the branch '{branch.name}' is a file, and pictures need a folder there",
                    hint="write another 'path'",
                )
