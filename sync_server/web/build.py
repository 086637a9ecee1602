"""The web application, from the use cases it is given: routes, errors, headers, one log line a request."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from flask_smorest import Api, Blueprint

from sync_server.accounts import Accounts
from sync_server.attachments import Attachments
from sync_server.config import ServerConfig
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.web import (
    api_accounts,
    api_alarms,
    api_attachments,
    api_forms,
    api_page,
    api_sync,
    problem_response,
)
from sync_server.web.answers import ProblemSchema
from sync_server.web.bodies import Bodies, compress_response

log = logging.getLogger("sync_server.web")

#: No page of ours runs scripts, is framed, cached or told about.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases that the web stands on."""

    config: ServerConfig
    accounts: Accounts
    exchange: Exchange
    forms: FormCatalogue
    attachments: Attachments


class HomewardApi(Api):
    """flask-smorest, documenting our one error shape instead of its own."""

    ERROR_SCHEMA = ProblemSchema


def build_app(services: Services) -> Flask:
    config = services.config
    app = Flask("homeward", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_body,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        API_TITLE="Homeward sync server",
        API_VERSION="1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/v1",
    )
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    bodies = Bodies(config.max_decoded_body)
    api = HomewardApi(
        app, spec_kwargs={"info": {"description": "Offline-first casework, one office at a time."}}
    )
    api.spec.components.security_scheme("deviceToken", {"type": "http", "scheme": "bearer"})
    api.register_blueprint(api_accounts.blueprint(services.accounts, bodies))
    api.register_blueprint(api_sync.blueprint(services.exchange, services.accounts, bodies))
    api.register_blueprint(api_forms.blueprint(services.forms, services.accounts))
    api.register_blueprint(
        api_attachments.blueprint(services.attachments, services.accounts, config.max_attachment)
    )
    api.register_blueprint(api_alarms.blueprint(services.exchange, services.accounts))
    api.register_blueprint(_health(services.accounts))
    api_page.install(app, api.spec)
    problem_response.install(app)
    app.before_request(_begin)
    # The last registered runs first: fold the body, then describe it, then note how long it was.
    app.after_request(_note)
    app.after_request(_headers)
    app.after_request(compress_response)
    return app


def _health(accounts: Accounts) -> Blueprint:
    health = Blueprint("health", __name__, description="For whoever keeps the server alive")

    @health.route("/healthz")
    @health.response(200)
    def healthz() -> dict[str, Any]:
        """Whether the server reaches its database."""
        accounts.reach_database()
        return {"status": "ok"}

    return health


def _begin() -> None:
    g.started = time.monotonic()
    problem_response.current_request_id()


def _headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    response.headers["X-Request-Id"] = problem_response.current_request_id()
    return response


def _note(response: Response) -> Response:
    """One line a request: the route, never the path, and what the view wants known."""
    started = g.get("started")
    actor = g.get("actor")
    facts: dict[str, Any] = {
        "request_id": problem_response.current_request_id(),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((time.monotonic() - started) * 1000) if started else None,
        "bytes_in": request.content_length,
        "bytes_out": response.content_length,
        "device": actor.device if actor else None,
        "code": g.get("problem_code"),
        **g.get("facts", {}),
    }
    log.info("request.answered", extra={name: fact for name, fact in facts.items() if fact is not None})
    return response
