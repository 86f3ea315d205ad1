"""From a finished build to its manifest, and through the publishers that the spec names, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import fsum

from imagebuild.action import Call, request_of
from imagebuild.artifact import Artifact
from imagebuild.digest import Json
from imagebuild.errors import ImageBuildError, PublishError
from imagebuild.event import Event, Notice, Published
from imagebuild.local_resolver import ConfiguredPublisher
from imagebuild.manifest import Image, Manifest, Stage, Variant
from imagebuild.media import extension
from imagebuild.publisher import Publication, PublisherContext
from imagebuild.session import Session
from imagebuild.shelf import Shelf, Shelves
from imagebuild.spec.name import folded
from imagebuild.store import Record

__all__ = ["Made", "Press", "manifest_of", "tell_missing_alt"]

_SHOWN = 5  # targets without an alt text that are named

Made = Mapping[int, tuple[Artifact, ...]]
"""What each node of the graph made, by index."""


def tell_missing_alt(session: Session, tell: Callable[[Event], None]) -> None:
    """Warn of targets that are published and have no alt text, with their places."""
    without = [target for target in session.spec.targets.values() if target.alt is None and target.describe is None]
    if not without:
        return
    shown = ", ".join(f"{target.id} ({session.spec.place(target.id)})" for target in without[:_SHOWN])
    more = f" and {len(without) - _SHOWN} more" if len(without) > _SHOWN else ""
    noun = "target has" if len(without) == 1 else "targets have"
    hint = "write 'alt: \"what it shows\"', 'alt: \"\"' for decoration, or 'alt: {generate: true}'"
    tell(Notice(f"{len(without)} {noun} no alt text: {shown}{more}", hint))


def manifest_of(session: Session, made: Made) -> Manifest:
    """The manifest of all targets. Raises ``KeyError`` when something of them is not made yet."""
    images = {target: _image(session, target, made) for target in sorted(session.spec.targets)}
    return Manifest(session.spec.root.name, images)


def _image(session: Session, name: str, made: Made) -> Image:
    target, graph = session.spec.targets[name], session.graph
    start = graph.starts[name]
    candidates = _candidates(session, start)
    chain = [start, *range(candidates[-1] + 1, graph.finals[name] + 1)]
    facts: dict[str, Json] = {}
    for index in chain:
        for artifact in made[index]:
            facts.update(artifact.facts)
    variants = tuple(
        Variant(
            path=path,
            format=extension(artifact.media_type),
            type=artifact.media_type,
            width=artifact.width,
            height=artifact.height,
            bytes=artifact.size,
            sha256=artifact.digest,
            labels=artifact.labels,
        )
        for path, artifact in session.facts.paths(name, made[graph.finals[name]])
    )
    largest = max(variants, key=lambda variant: (variant.width or 0) * (variant.height or 0))
    alt = target.alt
    if alt is None and name in graph.texts:
        alt = session.read(made[graph.texts[name]][0]).decode()
    return Image(
        id=name,
        name=target.name,
        slug=target.slug,
        alt=alt,
        width=largest.width,
        height=largest.height,
        sha256=made[graph.masters[name]][0].digest,
        digital_source_type=session.resolver.source_types[name],
        facts=facts,
        axes=target.variant,
        tags=target.tags,
        variants=variants,
        stages=tuple(_stage(session, index, made) for index in chain),
    )


def _stage(session: Session, index: int, made: Made) -> Stage:
    node, action, artifact = session.graph.nodes[index], session.actions[index], made[index][0]
    drawn = _candidates(session, index) if node.kind == "generate" else range(0)
    records = {each: _record(session, each, made) for each in drawn or (index,)}
    told = records[index]
    costs = [record.cost_usd if record else None for record in records.values()]
    known = [cost for cost in costs if cost is not None]
    request = request_of(told.parts) if told else action.request if isinstance(action, Call) else None
    return Stage(
        kind=node.kind,
        name=told.plugin if told else action.plugin,
        sha256=artifact.digest,
        media_type=artifact.media_type,
        prompt=request.prompt if request else None,
        revised_prompt=told.revised_prompt if told else None,
        options=request.options if request else getattr(action, "options", {}),
        model=told.model if told else None,
        cost_usd=fsum(known) if len(known) == len(costs) else None,
        candidates=tuple(made[each][0].digest for each in drawn),
    )


def _record(session: Session, index: int, made: Made) -> Record | None:
    """What the store knows of the call that made a node's picture: for a frozen one not that of the spec, perhaps."""
    action = session.actions[index]
    if not isinstance(action, Call):
        return None
    if session.is_frozen(action.node.target) and (frozen := session.judge.frozen(action)):
        return session.originals.records.get(frozen.identity.key)
    identity = action.identify([made[need] for need in session.graph.nodes[index].needs], session.read)
    return session.originals.records.get(identity.key)


def _candidates(session: Session, start: int) -> range:
    """The nodes that a chain's first one was chosen from."""
    node = session.graph.nodes[start]
    target = session.spec.targets[node.target]
    first = start - (node.candidate - 1)
    return range(first, first + (1 if target.sources else target.candidates))


class Press:
    """Runs publishers over one manifest.

    ``noticed`` says that one of them had something to say, which is to be said again next time.
    """

    def __init__(
        self,
        session: Session,
        manifest: Manifest,
        tell: Callable[[Event], None],
        environ: Mapping[str, str],
        *,
        dry_run: bool = False,
    ) -> None:
        self.session = session
        self.manifest = manifest
        self.tell = tell
        self.environ = environ
        self.dry_run = dry_run
        self.noticed = False
        self._owned: dict[str, str] = {}
        self._shelves = Shelves(
            session.spec.root,
            session.outputs,
            session.state.files,
            session.publications,
            find=session.find_digest,
            read=session.read_digest,
            holds=session.facts.holds,
            fault=self._fault,
            notice=self._notice,
            dry_run=self.dry_run,
        )

    @property
    def files(self) -> Mapping[str, str]:
        """The project files that the publishers vouch for, with their digests."""
        return self._shelves.files

    def run(self, publishers: Sequence[ConfiguredPublisher], *, only: Collection[str] | None = None) -> list[Published]:
        """Publish with each, in order, or with those of some names; the others are asked for the names of their files.

        Raises ``PublishError`` naming the one that failed; what came before stays.
        """
        publications: list[Publication] = []
        told: list[Published] = []
        for each in publishers:
            if only is not None and each.publisher.name not in only:
                publications += self._announced(each)
                continue
            publication = self._publish(each, tuple(publications))
            self.session.state.forget_outputs(self.files)  # where outputs once lay
            publications.append(publication)
            told.append(Published(each.publisher.name, publication.location, publication.changed))
            self.tell(told[-1])
        return told

    def _announced(self, each: ConfiguredPublisher) -> list[Publication]:
        """What a publisher that does not run now says of its files."""
        try:
            announced = each.publisher.announce(self.manifest, each.options)
        except ImageBuildError:
            raise
        except Exception as error:
            raise _broken(each, error) from error
        return [announced] if announced is not None else []

    def _publish(self, each: ConfiguredPublisher, before: tuple[Publication, ...]) -> Publication:
        memory, shelf = self.session.publications, Shelf(each.identity, self._shelves, before)
        context = PublisherContext(
            root=self.session.spec.root,
            options=each.options,
            read=self.session.read_digest,
            write=shelf.write,
            place=shelf.place,
            clear=shelf.clear,
            memory=memory.recall(each.identity),
            remember=lambda told: None if self.dry_run else memory.remember(each.identity, told),
            published=before,
            dry_run=self.dry_run,
            environ=self.environ,
            notice=self._notice,
        )
        try:
            publication: object = each.publisher.publish(self.manifest, context)
            if not isinstance(publication, Publication):
                raise TypeError(f"expected a Publication, got {type(publication).__name__}")
            if not isinstance(publication.location, str) or publication.changed < 0:
                raise ValueError(f"expected a location and a number of files, got {publication}")
            shelf.settle()
        except ImageBuildError as error:
            if error.place is None and isinstance(error, PublishError):
                error.place = each.place
            raise
        except Exception as error:
            raise _broken(each, error) from error
        return publication

    def _notice(self, message: str) -> None:
        self.noticed = True
        self.tell(Notice(message))

    def _owners(self) -> dict[str, str]:
        """Whose output each path is, the paths folded."""
        if not self._owned:
            images = self.manifest.images.values()
            self._owned = {folded(variant.path): image.id for image in images for variant in image.variants}
        return self._owned

    def _fault(self, path: str) -> str | None:
        """Why a path is no publisher's: what a target or the spec owns."""
        fault = self.session.facts.claimed(path)
        owner = None if fault else self._owners().get(folded(path))
        return f"is the output of target '{owner}'" if owner else fault


def _broken(each: ConfiguredPublisher, error: Exception) -> PublishError:
    hint = "this is a fault of its plugin"
    return PublishError(f"publisher '{each.publisher.name}' failed: {error!r}", place=each.place, hint=hint)
