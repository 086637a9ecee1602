"""One sync: what the device has goes up, what it has not comes down, in one round trip."""

from __future__ import annotations

from flask import Response, g
from flask_smorest import Blueprint

from sync_server.accounts import Accounts
from sync_server.exchange import Exchange
from sync_server.protocol import schema
from sync_server.protocol.messages import SyncRequest
from sync_server.web.answers import BEARER, answer, json_body
from sync_server.web.auth import actor, require_actor
from sync_server.web.bodies import Bodies


def blueprint(exchange: Exchange, accounts: Accounts, bodies: Bodies) -> Blueprint:
    api = Blueprint("sync", __name__, description="Change sets up, changed records and conflicts down")
    api.before_request(require_actor(accounts))

    @api.route("/v1/sync", methods=["POST"])
    @api.doc(requestBody=json_body(schema.SyncRequestSchema), security=BEARER)
    @api.response(200, schema.SyncResponseSchema)
    def sync() -> Response:
        """Take in a batch, and answer with the page after the cursor and with lost values."""
        with bodies.body() as body:
            wanted = schema.decode(SyncRequest, body)
            response = exchange.sync(actor(), wanted)
        g.facts = {
            "accepted": len(response.accepted),
            "refused": len(response.refused),
            "conflicts": len(response.conflicts),
            "sent": len(response.page.items),
        }
        return answer(response)

    return api
