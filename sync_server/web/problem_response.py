"""The one shape of an error on the wire, whoever raised it: RFC 9457 {type, code, params, request_id}.

Our own `Problem`s, what flask-smorest and webargs refuse, werkzeug's HTTP errors, and what nobody
foresaw: all leave by here. The client's catalogue holds the texts; nothing of a request's content
is repeated in an answer or in a log.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, g
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from sync_server.log_lines import place
from sync_server.protocol.problems import Problem

log = logging.getLogger("sync_server.web")

CONTENT_TYPE: Final = "application/problem+json"

#: What werkzeug, flask-smorest and waitress say by status alone, in our codes.
_BY_STATUS: Final = {
    404: "request.not_found",
    405: "request.method.not_allowed",
    413: "sync.body.too_large",
    415: "sync.body.not_json",
    503: "server.busy",
}


def code_of_status(status: int) -> str:
    return _BY_STATUS.get(status, "sync.body.invalid" if status < 500 else "server.error")


def request_id() -> str:
    """A name for one request, in its answer and in the log."""
    return secrets.token_hex(8)


def problem_body(code: str, params: Mapping[str, str | int], identity: str) -> bytes:
    return json.dumps(Problem(code, params).as_json(identity), separators=(",", ":")).encode()


def problem_response(code: str, params: Mapping[str, str | int], status: int) -> Response:
    response = Response(problem_body(code, params, current_request_id()), status, content_type=CONTENT_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in params:
        response.headers["Retry-After"] = str(params["retry_after"])
    elif status == 503:
        response.headers["Retry-After"] = "5"
    g.problem_code = code
    return response


def current_request_id() -> str:
    if "request_id" not in g:
        g.request_id = request_id()
    return str(g.request_id)


def install(app: Flask) -> None:
    """Take over the answers to all errors; call it after flask-smorest has registered its own."""
    app.register_error_handler(Problem, _our_problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(Exception, _unforeseen)


def _our_problem(problem: Problem) -> Response:
    if problem.status == 500:
        log.error("request.failed", extra={"request_id": current_request_id(), "code": problem.code})
    return problem_response(problem.code, problem.params, problem.status)


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    response = _refused(error, status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _refused(error: HTTPException, status: int) -> Response:
    details: dict[str, Any] = getattr(error, "data", {})
    messages = details.get("messages")
    if status == 400 and messages is not None:
        return problem_response("sync.body.not_json", {}, 400)
    params = {"field": first_field(messages)} if messages else {}
    return problem_response(code_of_status(status), params, status)


def _invalid(error: ValidationError) -> Response:
    return problem_response("sync.body.invalid", {"field": first_field(error.messages)}, 422)


def _unforeseen(error: Exception) -> Response:
    """A fault of ours. The log gets its kind and place; its text may quote a request, so it does not."""
    log.error(
        "request.failed",
        extra={"request_id": current_request_id(), "error": type(error).__name__, "at": place(error)},
    )
    return problem_response("server.error", {}, 500)


def first_field(messages: object) -> str:
    """Where in the body the first error is: names of our schema and list positions, never content.

    Keys that are not names of ours (a map's keys are the client's) end the path.
    """
    path: list[str] = []
    while isinstance(messages, Mapping) and messages and len(path) < 8:
        key, messages = next(iter(messages.items()))
        name = str(key)
        if not (isinstance(key, int) or (name.isascii() and name.isidentifier() and len(name) <= 30)):
            break
        if name not in ("json", "_schema"):
            path.append(name)
        if path and path[-1] == "values":
            break
    return ".".join(path)
