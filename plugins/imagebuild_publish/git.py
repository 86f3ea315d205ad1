"""The publisher ``git``: files of a finished build on a branch of a git repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from imagebuild import Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext
from imagebuild_publish.address import BASE, base_fault, tidy_base
from imagebuild_publish.naming import NAMES, NamedFile, name_files
from imagebuild_publish.project_path import clean_path, path_fault
from imagebuild_publish.secret import holds_password
from imagebuild_publish.selection import SELECTION, select

__all__ = ["GitPublisher"]

_MARK = "Imagebuild-Publish:"
_BAD_BRANCH = re.compile(  # git-check-ref-format(1)
    r"^[-/]|^$|^@$|^HEAD$|\.\.|@\{|//|/$|\.$|(?:^|/)\.|\.lock(?:/|$)|[\x00-\x20\x7f~^:?*\[\\]"
)
_REMOTE = re.compile(r"\w[\w./-]*")
_HELPER = re.compile(r"^-|^\w+::|[\x00-\x1f\x7f]")
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://|[^/\\]+:")
_LOGIN = "leave it to git: an SSH key, a credential helper, or GIT_CONFIG_COUNT with url.<base>.insteadOf"


class GitPublisher(Publisher):
    """Commits finished pictures to a branch, and pushes it; your own work tree, index and branch stay untouched.

    When the branch holds them already, nothing is committed. Hooks are not run, and git never asks for a password.
    """

    name = "git"
    version = "1"
    remote = True
    options = (
        Option(
            "branch",
            "text",
            "The branch; it is made when it is missing.",
            default="pictures",
            main=True,
            example="branch: pictures",
        ),
        Option("path", "text", "The folder on the branch, `.` for its root.", default="img", example="path: static"),
        Option(
            "push",
            "boolean",
            "Whether the branch is pushed, or only made in the project's own repository.",
            default=True,
            example="push: false",
        ),
        Option(
            "remote",
            "text",
            "The remote it is pushed to; without it `origin`.",
            example="remote: upstream",
            trusted_only=True,
        ),
        Option(
            "repository",
            "text",
            "Another repository in place of the project's own: its address, or a path from the project's folder.",
            example="repository: git@github.com:me/pictures.git",
            trusted_only=True,
        ),
        Option(
            "message",
            "text",
            "The message of a commit.",
            default="Publish pictures",
            example='message: "Publish pictures [skip ci]"',
        ),
        Option(
            "history",
            "choice",
            "`keep` adds a commit to those that are there; `one` leaves a single commit, which holds the pictures and "
            "nothing else.",
            default="keep",
            choices=("keep", "one"),
            example="history: one",
        ),
        Option(
            "clean",
            "boolean",
            "Whether files that earlier runs on this machine committed, and nothing wants any more, are removed.",
            default=False,
            example="clean: true",
        ),
        BASE,
        NAMES,
        Option(
            "seconds",
            "integer",
            "How long one command of git may take.",
            default=600,
            least=1,
            most=86400,
            example="seconds: 60",
        ),
        *SELECTION,
    )

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """Names that git takes, and no two places at once."""
        found: list[tuple[str, str, str | None]] = []
        branch, path = str(options["branch"]), str(options["path"])
        repository = str(options.get("repository", ""))
        if _BAD_BRANCH.search(branch):
            found.append(("branch", f"'{branch}' can be no branch's name", "for example: branch: pictures"))
        if fault := path_fault(path):
            found.append(("path", f"'path' {fault}", "for example: path: img"))
        elif ".git" in path.lower().split("/"):
            found.append(("path", "'path' holds '.git', which git keeps for itself", "for example: path: img"))
        if not _REMOTE.fullmatch(str(options.get("remote", "origin"))):
            found.append(("remote", "'remote' is no remote's name", "for an address write repository: URL"))
        if holds_password(repository):
            found.append(("repository", "'repository' may hold no password", _LOGIN))
        elif "repository" in options and (not repository or _HELPER.search(repository)):
            found.append(
                ("repository", "'repository' is no address that git may be given", "write an https or ssh one")
            )
        if repository and "remote" in options:
            found.append(("remote", "'remote' is of the project's own repository, and 'repository' names another",
                          "leave one out"))  # fmt: skip  # one problem
        if repository and options["push"] is False:
            found.append(("push", "'push: false' leaves nothing in another repository", "leave it out"))
        if fault := base_fault(str(options.get("base", ""))):
            found.append(("base", f"'base' {fault}", "for example: base: /img/"))
        return [OptionProblem(*problem) for problem in found]

    def announce(self, manifest: Manifest, options: Mapping[str, object]) -> Publication:
        """Names and base, which follow from the options."""
        place = f"{options['branch']}:{_inside(options)}"  # as git itself names files of a branch
        if "repository" in options:
            place = f"{options['repository']}#{place}"
        elif options["push"] is True:
            place = f"{options.get('remote', 'origin')}/{place}"
        return Publication(
            location=f"git:{place}",
            changed=0,
            files={file.variant.path: file.name for file in _named(manifest, options)},
            base=tidy_base(str(options["base"])) if "base" in options else None,
        )

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Commit what differs and push it."""
        folder = _inside(context.options)
        files = {f"{folder}{file.name}": file for file in _named(manifest, context.options)}
        return replace(
            self.announce(manifest, context.options),
            changed=self._deliver(files, folder, context),
        )

    def _deliver(self, files: Mapping[str, NamedFile], folder: str, context: PublisherContext) -> int:
        from imagebuild_publish.branch import open_branch
        from imagebuild_publish.edition import Edition
        from imagebuild_publish.git_program import Git, GitFault
        from imagebuild_publish.ledger import Ledger

        options = context.options
        repository = str(options["repository"]) if "repository" in options else None
        remote = str(options.get("remote", "origin")) if options["push"] is True else None
        where = f"'{repository or remote}'" if repository or remote else "this repository"
        edition = Edition(
            files,
            context,
            Ledger(context, "git", repository or "", str(options["branch"])),
            mark=f"{_MARK} {folder or '.'}",
            message=str(options["message"]).strip(),
            alone=options["history"] == "one",
            clean=options["clean"] is True,
        )
        try:
            git = Git(context.root, context.environ, float(str(options["seconds"])))
            with open_branch(
                git,
                str(options["branch"]),
                remote=remote,
                repository=repository and _address(repository, context.root),
                where=where,
                dry_run=context.dry_run,
                whole=edition.alone,
            ) as branch:
                return edition.publish(branch)
        except GitFault as fault:
            raise fault.explain(where) from fault


def _named(manifest: Manifest, options: Mapping[str, object]) -> list[NamedFile]:
    return name_files(select(manifest, options), str(options["names"]))


def _inside(options: Mapping[str, object]) -> str:
    """The folder on the branch with a slash behind it; empty for the root."""
    folder = clean_path(str(options["path"]))
    return "" if folder == "." else f"{folder}/"


def _address(repository: str, root: Path) -> str:
    """An address as git takes it in any folder: a path of the spec begins at the project."""
    return repository if _ADDRESS.match(repository) else str(root / repository)
