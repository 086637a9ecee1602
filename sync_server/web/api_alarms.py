"""The alarms that the server has raised: for the office of the case, and for those of the countries named."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from sync_server.accounts import Accounts
from sync_server.exchange import Exchange
from sync_server.web.answers import BEARER
from sync_server.web.auth import actor, require_actor


class AlarmSchema(Schema):
    """`case` only where it is the office's own; `code` is stable, the client's catalogue has the text."""

    case = fields.String(required=True, allow_none=True)
    case_code = fields.String(required=True)
    code = fields.String(required=True, metadata={"example": "alarm.arrival.unconfirmed"})
    since_ms = fields.Integer(required=True)
    raised_ms = fields.Integer(required=True)


class AlarmsSchema(Schema):
    alarms = fields.List(fields.Nested(AlarmSchema), required=True)


def blueprint(exchange: Exchange, accounts: Accounts) -> Blueprint:
    api = Blueprint("alarms", __name__, description="What must not wait")
    api.before_request(require_actor(accounts))

    @api.route("/v1/alarms")
    @api.doc(security=BEARER)
    @api.response(200, AlarmsSchema)
    def alarms() -> dict[str, Any]:
        """The alarms that stand, the oldest first. A person is never named in them."""
        caller = actor()
        return {
            "alarms": [
                {
                    "case": each.case if each.office == caller.office else None,
                    "case_code": each.case_code,
                    "code": each.code,
                    "since_ms": each.since_ms,
                    "raised_ms": each.raised_ms,
                }
                for each in exchange.alarms(caller)
            ]
        }

    return api
