"""``/v1/images/generations`` and ``/v1/images/edits``: by JSON or by form, whole or streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from imagebuild_devserver.encoding import Base64, Tree
from imagebuild_devserver.fault import Fault, Occasion, split_prompt
from imagebuild_devserver.form import Form
from imagebuild_devserver.incoming import check_mask, check_picture, from_data_url, size_of
from imagebuild_devserver.ledger import Entry
from imagebuild_devserver.model import Facts
from imagebuild_devserver.option import Situation, known_only, settle_options
from imagebuild_devserver.refusal import invalid
from imagebuild_devserver.reply import Answer, Call, Stream, event, json_reply
from imagebuild_devserver.responses import body_of
from imagebuild_devserver.service import Service
from imagebuild_devserver.studio import Wish
from imagebuild_devserver.usage import image_usage, svg_usage

__all__ = ["Images"]

_BOTH = (
    "prompt model n size quality background moderation output_format output_compression complexity frame_count "
    "frame_duration_ms svg stream partial_images safety_identifier user"
)
GENERATE = frozenset(_BOTH.split())
EDIT = GENERATE | {"image", "images", "mask", "markup", "input_fidelity"}
_WHOLE = ("n", "output_compression", "partial_images", "frame_count", "frame_duration_ms")
_MOST_PICTURES = 16


class _Job(Struct, frozen=True):
    """A checked request."""

    wish: Wish
    facts: Facts
    takes: Sequence[int]
    fault: Fault | None
    edit: bool
    streamed: bool
    ready: float
    root: str
    as_url: bool


class Images:
    """The two endpoints; they remember nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, call: Call, edit: bool) -> Answer:
        """POST to either endpoint."""
        given = _from_form(call.body) if isinstance(call.body, Form) else body_of(call)
        prompt = given.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            raise invalid("prompt", "Missing required parameter: 'prompt'.", "missing_required_parameter")
        drawn, asked = split_prompt(prompt)
        name = "images/edits" if edit else "images/generations"
        occasion = Occasion(name, call.path, prompt, stream=bool(given.get("stream")))

        def work(fault: Fault | None) -> Answer:
            job = self._accept(given, drawn, edit, fault, call.root)
            headers = self._service.limit.headers()
            if job.streamed:
                return Stream(self._events(job, name), headers)
            self._service.wait(job.ready - self._service.clock())
            reply = json_reply(self._finished(job))
            self._bill(job, name)
            return type(reply)(reply.status, reply.body, reply.type, headers)

        return self._service.perform(occasion, asked, call.root, work)

    def line(
        self, given: Mapping[str, Tree], edit: bool, fault: Fault | None, root: str
    ) -> tuple[dict[str, Tree], Wish]:
        """A line of a batch, done at once and billed by the batch."""
        job = self._accept(given, split_prompt(str(given.get("prompt", "")))[0], edit, fault, root, batch=True)
        return self._finished(job), job.wish

    def _accept(
        self, given: Mapping[str, Tree], drawn: str, edit: bool, fault: Fault | None, root: str, *, batch: bool = False
    ) -> _Job:
        service = self._service
        if not service.lenient:
            known_only(given, EDIT if edit else GENERATE)
        if not given.get("model"):
            raise invalid("model", "Missing required parameter: 'model'.", "missing_required_parameter")
        model = str(given["model"])
        facts = service.models.facts(model, "image")
        pictures = self._pictures(given) if edit else []
        parent = pictures[0] if pictures else None
        mask, markup = self._overlay(given, "mask", parent), self._overlay(given, "markup", parent)
        if mask and markup:
            raise invalid("markup", "'mask' and 'markup' cannot be used together.", "mutually_exclusive_parameters")
        streamed = bool(given.get("stream")) and not batch
        if streamed and given.get("output_format") == "gif":
            raise invalid("stream", "Streaming is not supported for output format 'gif'.")
        situation = Situation(
            facts,
            "",
            streamed,
            mask is not None,
            markup is not None,
            size_of(parent) if parent else None,
            service.lenient,
        )
        options = settle_options(given, situation)
        wish = Wish(drawn, options, model, parent, tuple(pictures[1:]), mask, markup)
        if not batch:
            service.limit.enter()
        count = options.n + bool(fault and fault.kind == "two_images")
        as_url = service.lenient and given.get("response_format") != "b64_json"
        ready = service.clock() + (0 if batch else service.seconds_for(fault))
        return _Job(wish, facts, service.studio.takes(wish, count), fault, edit, streamed, ready, root, as_url)

    def _pictures(self, given: Mapping[str, Tree]) -> list[bytes]:
        listed = given.get("images") or given.get("image") or []
        if isinstance(listed, Mapping | Base64):
            listed = [listed]
        if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
            raise invalid("image", "Missing required parameter: 'image'.", "missing_required_parameter")
        if len(listed) > _MOST_PICTURES:
            raise invalid("image", f"Too many images: {len(listed)}, at most {_MOST_PICTURES} are allowed.")
        return [self._picture(item, "image") for item in listed]

    def _picture(self, item: Tree, param: str) -> bytes:
        if isinstance(item, Base64):
            return check_picture(item.data, param)
        if isinstance(item, Mapping) and item.get("file_id"):
            return check_picture(self._service.file(item["file_id"], param).data, param)
        return from_data_url(item.get("image_url") if isinstance(item, Mapping) else item, param)

    def _overlay(self, given: Mapping[str, Tree], name: str, parent: bytes | None) -> bytes | None:
        item = given.get(name)
        return None if item is None else check_mask(self._picture(item, name), parent, name)

    def _bill(self, job: _Job, name: str) -> None:
        self._service.bill(Entry(0, name, job.wish.model, job.wish.prompt, len(job.takes)), job.fault)

    def _finished(self, job: _Job) -> dict[str, Tree]:
        kind, options = job.fault.kind if job.fault else "", job.wish.options
        pictures = [] if kind == "no_output" else [self._draw(job, take) for take in job.takes]
        answer: dict[str, Tree] = {
            "created": int(self._service.clock()),
            "background": options.background,
            "output_format": options.output_format,
            "quality": options.quality,
            "size": options.size,
            "data": [self._shown(picture, job) for picture in pictures],
        }
        if kind != "no_usage" and not self._service.lenient:
            answer["usage"] = self._usage(job)
        if options.output_format == "svg":
            answer["svg_usage"] = svg_usage(job.wish.prompt, options.svg_model or "gpt-6-luna")
        return answer

    def _draw(self, job: _Job, take: int) -> Base64:
        return self._service.studio.draw(job.wish, take, job.fault)

    def _usage(self, job: _Job) -> dict[str, Tree]:
        return image_usage(job.wish.prompt, job.wish.shown, job.wish.options, job.facts, len(job.takes))

    def _shown(self, picture: Base64, job: _Job) -> dict[str, Tree]:
        if not job.as_url:
            return {"b64_json": picture}
        form = job.wish.options.output_format
        name = f"{self._service.new_id('img')}.{form}"
        self._service.pictures[name] = picture.data, f"image/{'svg+xml' if form == 'svg' else form}"
        return {"url": f"{job.root}/pictures/{name}"}

    def _events(self, job: _Job, endpoint: str) -> Iterator[bytes]:
        """The events. The call is billed when the pictures are made, or when nobody listens any more."""
        service, options = self._service, job.wish.options
        name = "image_edit" if job.edit else "image_generation"
        told: dict[str, Tree] = {
            "created_at": int(service.clock()),
            "size": options.size,
            "quality": options.quality,
            "background": options.background,
            "output_format": options.output_format,
        }
        began, is_billed = service.clock(), False
        try:
            for index in range(options.partials):
                due = began + (job.ready - began) * (index + 1) / (options.partials + 1)
                service.wait(due - service.clock())
                picture = service.studio.draw(job.wish, job.takes[0], None, index)
                partial: dict[str, Tree] = {
                    "type": f"{name}.partial_image",
                    "b64_json": picture,
                    "partial_image_index": index,
                }
                yield event({**partial, **told})
            service.wait(job.ready - service.clock())
            self._bill(job, endpoint)
            is_billed = True
            kind = job.fault.kind if job.fault else ""
            if kind.startswith("stream_"):
                yield from _broken(job.fault)
                return
            usage = {} if kind == "no_usage" else {"usage": self._usage(job)}
            for take in job.takes if kind != "no_output" else ():
                yield event({"type": f"{name}.completed", "b64_json": self._draw(job, take), **told, **usage})
        finally:
            if not is_billed:
                self._bill(job, endpoint)


def _broken(fault: Fault | None) -> Iterator[bytes]:
    assert fault
    message = fault.message or "An error occurred while processing your request."
    error: dict[str, Tree] = {"code": fault.code or "server_error", "message": message, "param": None}
    if fault.kind == "stream_error":
        yield event({"type": "error", **error})
    elif fault.kind == "stream_error_payload":
        yield event({"error": {"type": "server_error", **error}}, "error")


def _from_form(form: Form) -> dict[str, Tree]:
    """A form as the JSON it stands for; files become pictures."""
    given: dict[str, Tree] = {}
    for name, text in form.fields.items():
        if name == "svg[model]":
            given["svg"] = {"model": text}
        elif name == "stream":
            given[name] = text == "true"
        elif not name.startswith("svg["):
            given[name] = int(text) if name in _WHOLE and text.lstrip("-").isdigit() else text
    for name, parts in form.files.items():
        pictures = [Base64(part.data) for part in parts]
        if name in ("image", "image[]"):
            given["image"] = pictures
        else:
            given[name] = pictures[0]
    return given
