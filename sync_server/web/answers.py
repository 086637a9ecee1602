"""How a message of the protocol becomes an HTTP answer, and how its routes describe themselves."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from sync_server.protocol import schema

#: OpenAPI's words for the token of a device.
BEARER: Final[list[dict[str, list[str]]]] = [{"deviceToken": []}]


class ProblemSchema(Schema):
    """RFC 9457; `code` is stable, the client's catalogue holds the text."""

    type = fields.String(required=True)
    code = fields.String(required=True, metadata={"example": "auth.token.invalid"})
    params = fields.Dict(required=True)
    request_id = fields.String(required=True)


def answer(message: Any) -> Response:
    return Response(schema.encode(message), 200, content_type="application/json")


def json_body(described: type[Schema]) -> dict[str, Any]:
    """The OpenAPI description of a JSON body that the view reads itself, by the protocol's decoder."""
    return {"required": True, "content": {"application/json": {"schema": described}}}


def binary(media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string", "format": "binary"}}}
