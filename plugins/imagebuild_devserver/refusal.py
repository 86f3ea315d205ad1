"""How the server says no: an error of OpenAI's shape, or a connection that ends."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild_devserver.encoding import Tree

__all__ = ["Dropped", "Refusal", "invalid", "not_found", "user_error"]


class Dropped(Exception):
    """The connection ends here without a reply."""


class Refusal(Exception):
    """An answer with ``status`` and an ``error`` object; ``extra`` are further fields of it."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        kind: str = "invalid_request_error",
        param: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Tree] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.type = kind
        self.param = param
        self.headers = headers or {}
        self.extra = extra or {}

    def error(self) -> dict[str, Tree]:
        """The ``error`` object."""
        return {"message": self.message, "type": self.type, "param": self.param, "code": self.code, **self.extra}


def invalid(param: str | None, message: str, code: str | None = "invalid_value") -> Refusal:
    """400: the request is wrong."""
    return Refusal(400, message, code, param=param)


def user_error(param: str, message: str, code: str = "invalid_value") -> Refusal:
    """400 as the image models say it."""
    return Refusal(400, message, code, "image_generation_user_error", param)


def not_found(message: str, code: str | None = None, param: str | None = None) -> Refusal:
    """404."""
    return Refusal(404, message, code, param=param)
