"""Sealed attachments: bytes that the server cannot read, under the hash of these bytes."""

from __future__ import annotations

from functools import partial

from flask import Response, request
from flask_smorest import Blueprint

from sync_server.accounts import Accounts
from sync_server.attachments import Attachments
from sync_server.protocol.problems import Problem
from sync_server.web.answers import BEARER, binary
from sync_server.web.auth import actor, require_actor

_SEALED = "application/octet-stream"
_PIECE = 64 * 1024


def blueprint(attachments: Attachments, accounts: Accounts, limit: int) -> Blueprint:
    api = Blueprint("attachments", __name__, description="Photos and recordings, sealed by devices")
    api.before_request(require_actor(accounts))

    @api.route("/v1/attachments/<name>", methods=["PUT"])
    @api.doc(security=BEARER, requestBody={"required": True, "content": binary(_SEALED)})
    @api.response(204)
    def put(name: str) -> Response:
        """Keep the sealed bytes. Sending them again changes nothing."""
        if (request.content_length or 0) > limit:
            raise Problem("attachment.too_large", {"limit": limit})
        request.max_content_length = limit
        attachments.put(actor(), name, iter(partial(request.stream.read, _PIECE), b""))
        return Response(status=204)

    @api.route("/v1/attachments/<name>", methods=["GET"])
    @api.doc(
        security=BEARER, responses={"200": {"description": "The sealed bytes", "content": binary(_SEALED)}}
    )
    def get(name: str) -> Response:
        """The sealed bytes; who asked checks their hash."""
        return Response(attachments.get(actor(), name), content_type=_SEALED)

    return api
