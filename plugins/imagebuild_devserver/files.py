"""``/v1/files``: uploads and what batches wrote."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild_devserver.conversations import page
from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.form import Form
from imagebuild_devserver.refusal import Refusal, invalid
from imagebuild_devserver.reply import Answer, Call, Reply, json_reply
from imagebuild_devserver.service import Service, StoredFile

__all__ = ["Files"]

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
_SHORTEST, _LONGEST = 3600, 2_592_000


class Files:
    """The endpoints over the service's files."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, call: Call) -> Answer:
        """POST /v1/files."""
        form = call.body
        if not isinstance(form, Form) or not form.files.get("file"):
            raise invalid("file", "Missing required parameter: 'file'.", "missing_required_parameter")
        purpose = form.fields.get("purpose", "")
        if purpose not in PURPOSES:
            raise invalid("purpose", f"'{purpose}' is not one of {list(PURPOSES)}.")
        part = form.files["file"][0]
        lifetime = form.fields.get("expires_after[seconds]")
        if lifetime is not None and not (lifetime.isdigit() and _SHORTEST <= int(lifetime) <= _LONGEST):
            raise invalid("expires_after", f"Invalid 'expires_after.seconds': {lifetime}.")
        stored = self._service.store_file(part.name, purpose, part.data, float(lifetime) if lifetime else None)
        return json_reply(_shown(stored))

    def list(self, call: Call) -> Answer:
        """GET /v1/files; newest first."""
        purpose = call.query.get("purpose")
        shown = [_shown(stored) for stored in list(self._service.files.values()) if purpose in (None, stored.purpose)]
        return json_reply(page(shown if call.query.get("order") == "asc" else shown[::-1], call.query, 10_000))

    def retrieve(self, name: str) -> Answer:
        """GET /v1/files/{id}."""
        return json_reply(_shown(self._service.file(name)))

    def content(self, name: str) -> Answer:
        """GET /v1/files/{id}/content."""
        stored = self._service.file(name)
        if stored.purpose in ("vision", "user_data"):
            raise Refusal(400, f"Not allowed to download files of purpose: {stored.purpose}")
        return Reply(200, stored.data, "application/octet-stream")

    def delete(self, name: str) -> Answer:
        """DELETE /v1/files/{id}."""
        self._service.files.pop(self._service.file(name).id)
        return json_reply({"id": name, "object": "file", "deleted": True})


def _shown(stored: StoredFile) -> Mapping[str, Tree]:
    return {
        "id": stored.id,
        "object": "file",
        "bytes": len(stored.data),
        "created_at": int(stored.created),
        "expires_at": int(stored.expires) if stored.expires else None,
        "filename": stored.name,
        "purpose": stored.purpose,
        "status": "processed",
    }
