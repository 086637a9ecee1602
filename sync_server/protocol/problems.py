"""What can go wrong between device and server, by stable codes `area.noun.reason`.

The server sends a code and its parameters; each client's catalogue holds the text. Parameters
name numbers, forms and fields, never a person, a value or a case's facts: they reach logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Param = str | int

#: Every code of the wire with the HTTP status that carries it. A code that is only ever told
#: for one change set within an accepted batch stands here with the status it would have alone.
CODES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "sync.body.not_json": 400,
        "sync.body.too_large": 413,
        "sync.body.invalid": 422,
        "sync.protocol.unsupported": 400,
        "sync.demo.mismatch": 403,
        "sync.sequence.gap": 409,
        "sync.sequence.reused": 409,
        "sync.batch.reused": 409,
        "sync.case.not_granted": 403,
        "sync.case.sharing_ended": 403,
        "sync.case.not_yours_to_share": 403,
        "sync.case.not_yours_to_join": 403,
        "sync.files.not_coordinator": 403,
        "sync.denial.not_coordinator": 403,
        "sync.record.other_version": 409,
        "sync.office_file.not_yours": 403,
        "sync.office_file.other_form": 403,
        "sync.record.moved": 409,
        "sync.form.unknown": 409,
        "sync.change.invalid": 422,
        "sync.parent.refused": 409,
        "sync.cursor.invalid": 400,
        "sync.conflict.not_found": 404,
        "auth.token.invalid": 401,
        "auth.login.failed": 401,
        "auth.throttled": 429,
        "form.not_found": 404,
        "form.version.published": 409,
        "attachment.hash.mismatch": 422,
        "attachment.not_found": 404,
        "attachment.too_large": 413,
        "request.not_found": 404,
        "request.method.not_allowed": 405,
        "server.busy": 503,
        "server.database.damaged": 500,
        "server.error": 500,
        "server.storage.read_only": 507,
        "server.write.failed": 507,
    }
)


class Problem(Exception):
    """Something that the other side has to be told, as a code with parameters.

    `status` is the HTTP status for it; an unknown code, from a newer server, counts as 500.
    """

    def __init__(self, code: str, params: Mapping[str, Param] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, Param] = dict(params or {})

    @property
    def status(self) -> int:
        return CODES.get(self.code, 500)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.params.items())})"

    def as_json(self, request_id: str | None = None) -> dict[str, object]:
        """The RFC 9457 body: `type`, `code`, `params`, `request_id`."""
        return {
            "type": f"urn:homeward:problem:{self.code}",
            "code": self.code,
            "params": self.params,
            "request_id": request_id,
        }
