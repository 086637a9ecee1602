"""The alarms that the server has raised: for the office of the case, and for those of the countries named.

A device gets them with each sync; here they can be asked for alone.
"""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from sync_server.accounts import Accounts
from sync_server.exchange import Exchange
from sync_server.protocol import schema
from sync_server.protocol.messages import Alarms
from sync_server.web.answers import BEARER, answer
from sync_server.web.auth import actor, require_actor


def blueprint(exchange: Exchange, accounts: Accounts) -> Blueprint:
    api = Blueprint("alarms", __name__, description="What must not wait")
    api.before_request(require_actor(accounts))

    @api.route("/v1/alarms")
    @api.doc(security=BEARER)
    @api.response(200, schema.AlarmsSchema)
    def alarms() -> Response:
        """The alarms that stand, the oldest first. A person is never named in them."""
        return answer(Alarms(exchange.alarms(actor())))

    return api
