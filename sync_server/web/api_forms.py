"""The forms of the office, as the XForms that devices store."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from sync_server.accounts import Accounts
from sync_server.form_catalogue import FormCatalogue
from sync_server.web.answers import BEARER, binary
from sync_server.web.auth import require_actor


def blueprint(forms: FormCatalogue, accounts: Accounts) -> Blueprint:
    api = Blueprint("forms", __name__, description="Published forms; a version never changes")
    api.before_request(require_actor(accounts))

    @api.route("/v1/forms/<form_id>/<version>")
    @api.doc(
        security=BEARER, responses={"200": {"description": "XForm", "content": binary("application/xml")}}
    )
    def form(form_id: str, version: str) -> Response:
        """The XForm of one version of a form."""
        return Response(forms.xml(form_id, version), content_type="application/xml; charset=utf-8")

    return api
