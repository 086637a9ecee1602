"""What a device asks before it has a token: who the server is, and to be enrolled."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from sync_server.accounts import Accounts
from sync_server.protocol import schema
from sync_server.protocol.messages import EnrolRequest
from sync_server.web.answers import answer, json_body
from sync_server.web.bodies import Bodies


def blueprint(accounts: Accounts, bodies: Bodies) -> Blueprint:
    api = Blueprint("accounts", __name__, description="The server's name, and the enrolment of devices")

    @api.route("/v1/about")
    @api.response(200, schema.AboutSchema)
    def about() -> Response:
        """Which protocols this server speaks, and whether it holds invented people only."""
        return answer(accounts.about())

    @api.route("/v1/enrol", methods=["POST"])
    @api.doc(requestBody=json_body(schema.EnrolRequestSchema))
    @api.response(200, schema.EnrolResponseSchema)
    def enrol() -> Response:
        """Give this device an id and a token, for a login and its password."""
        with bodies.body() as body:
            wanted = schema.decode(EnrolRequest, body)
        return answer(accounts.enrol(wanted))

    return api
