"""The publisher ``folder``: files of a finished build in a folder that a site is made from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from imagebuild import Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext
from imagebuild_publish.address import BASE, base_fault, base_of_folder, tidy_base
from imagebuild_publish.naming import NAMES, NamedFile, name_files
from imagebuild_publish.project_path import clean_path, path_fault
from imagebuild_publish.selection import SELECTION, select

__all__ = ["FolderPublisher"]


class FolderPublisher(Publisher):
    """Copies finished pictures into a folder of the project, and takes away those it put there that are out of date.

    A file that somebody else put there, or changed since, is neither replaced nor removed.
    """

    name = "folder"
    version = "1"
    options = (
        Option(
            "path", "text", "The folder, relative to the project.", required=True, main=True, example="path: public/img"
        ),
        NAMES,
        BASE,
        Option(
            "clean",
            "boolean",
            "Whether files of earlier runs that nothing wants any more are removed.",
            default=True,
            example="clean: false",
        ),
        *SELECTION,
    )

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """A path inside the project, and a base that a page can hold."""
        faults = {"path": path_fault(str(options["path"])), "base": base_fault(str(options.get("base", "")))}
        hints = {"path": "for example: path: public/img", "base": "for example: base: /img/"}
        return [OptionProblem(name, f"'{name}' {fault}", hints[name]) for name, fault in faults.items() if fault]

    def announce(self, manifest: Manifest, options: Mapping[str, object]) -> Publication:
        """Names and base, which follow from the options."""
        folder, base = clean_path(str(options["path"])), options.get("base")
        return Publication(
            location=folder,
            changed=0,
            files={file.variant.path: file.name for file in _named(manifest, options)},
            base=base_of_folder(folder) if base is None else tidy_base(str(base)),
        )

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Copy what differs, then clean up."""
        folder = clean_path(str(context.options["path"]))
        changed = sum(
            context.place(path, file.variant.sha256)
            for file in _named(manifest, context.options)
            if (path := _inside(folder, file)) != file.variant.path
        )
        if context.options["clean"] is True:
            changed += context.clear()
        return replace(self.announce(manifest, context.options), changed=changed)


def _named(manifest: Manifest, options: Mapping[str, object]) -> list[NamedFile]:
    return name_files(select(manifest, options), str(options["names"]))


def _inside(folder: str, file: NamedFile) -> str:
    """The file's path in the project. It may be the output itself, which is then where it belongs already."""
    return file.name if folder == "." else f"{folder}/{file.name}"
