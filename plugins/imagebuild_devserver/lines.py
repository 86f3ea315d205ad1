"""The input file of a batch: read and checked as a whole before a line runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from imagebuild_devserver.batch import Line
from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.model import DEFAULT_IMAGE_MODEL, Models
from imagebuild_devserver.refusal import Refusal

__all__ = ["prompt_of", "read_lines"]

_MOST_LINES = 50_000


def read_lines(data: bytes, endpoint: str, models: Models) -> tuple[list[Line], list[Mapping[str, Tree]]]:
    """The lines, and what is wrong with the file."""
    lines: list[Line] = []
    problems: list[Mapping[str, Tree]] = []
    names: set[str] = set()
    rows = data.decode("utf-8", "replace").splitlines()
    for number, row in enumerate(rows, 1):
        try:
            line = _line(row, endpoint)
            if line.custom_id in names:
                raise _problem("duplicate_custom_id", f"The custom_id '{line.custom_id}' occurs twice.", "custom_id")
            _check_models(line, lines[0] if lines else line, models)
        except Refusal as refusal:
            told = {"code": refusal.code, "line": number, "message": refusal.message, "param": refusal.param}
            problems.append(told)
            continue
        names.add(line.custom_id)
        lines.append(line)
    if not rows or len(rows) > _MOST_LINES:
        message = f"The file has {len(rows)} lines, expected 1 to {_MOST_LINES}."
        problems.append({"code": "empty_file" if not rows else "too_many_lines", "line": None, "message": message})
    return lines, problems


def prompt_of(body: Mapping[str, Tree]) -> str:
    """The prompt of a line, as far as it can be read without checking it."""
    if "prompt" in body:
        return str(body["prompt"])
    given = body.get("input")
    if isinstance(given, str) or not isinstance(given, Sequence):
        return str(given or "")
    texts: list[str] = []
    for item in given:
        content = item.get("content") if isinstance(item, Mapping) else None
        if isinstance(content, str):
            texts.append(content)
        elif isinstance(content, Sequence):
            texts += [str(part["text"]) for part in content if isinstance(part, Mapping) and "text" in part]
    return "\n".join(texts)


def _line(row: str, endpoint: str) -> Line:
    try:
        given = json.loads(row)
    except ValueError as error:
        raise _problem("invalid_json_line", "This line is not parseable as valid JSON.", None) from error
    if not isinstance(given, dict) or not isinstance(given.get("body"), dict):
        raise _problem("missing_required_parameter", "Missing required parameter: 'body'.", "body")
    if not isinstance(given.get("custom_id"), str):
        raise _problem("missing_required_parameter", "Missing required parameter: 'custom_id'.", "custom_id")
    if given.get("method") != "POST":
        raise _problem("invalid_method", f"Invalid method '{given.get('method')}', expected 'POST'.", "method")
    if given.get("url") != endpoint:
        raise _problem("mismatched_url", f"The url '{given.get('url')}' is not the batch's '{endpoint}'.", "url")
    return Line(given["custom_id"], given["body"])


def _check_models(line: Line, first: Line, models: Models) -> None:
    if line.body.get("model") != first.body.get("model"):
        raise _problem("mismatched_model", "All lines of a batch must have the same model.", "body.model")
    names = [line.body.get("model")]
    tools = line.body.get("tools")
    names += [
        tool.get("model") or DEFAULT_IMAGE_MODEL
        for tool in (tools if isinstance(tools, Sequence) else ())
        if isinstance(tool, Mapping) and tool.get("type") == "image_generation"
    ]
    for name in names:
        if not models.facts(name).batch:
            message = f"The provided model '{name}' is not supported by the Batch API."
            raise _problem("model_not_found", message, "body.model")


def _problem(code: str, message: str, param: str | None) -> Refusal:
    return Refusal(400, message, code, param=param)
