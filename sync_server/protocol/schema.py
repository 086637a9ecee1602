"""The messages on the wire: JSON, checked by marshmallow; the same schemas on both sides.

The schemas check the envelope. `values` passes as a raw map: `change.check` looks into it, one
change set at a time, so that one bad change set is refused and its batch is not. What is empty
or at its default does not travel. A request with an unknown field is refused, since it may ask
for what this server cannot do; an unknown field in a response is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_dump, post_load, validate

from sync_server.protocol import messages
from sync_server.protocol.change import MAX_PATH, ChangeSet
from sync_server.protocol.merge import Head
from sync_server.protocol.problems import Problem
from sync_server.protocol.version import PROTOCOL, SPOKEN

#: Bounds of a request's body, as it comes and after decompression.
MAX_COMPRESSED: Final = 8 * 1024 * 1024
MAX_BODY: Final = 64 * 1024 * 1024

#: Change sets in one request, and bytes in one page.
MAX_CHANGES: Final = 20_000
MAX_PAGE: Final = 16_000_000
MIN_PAGE: Final = 1_000

M = TypeVar("M")

_MAX_SEQUENCE: Final = 2**53

_uuid = validate.Regexp(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_stamp = validate.Regexp(r"[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{8}\Z")
_device = validate.Regexp(r"[0-9a-f]{8}\Z")
_short = validate.Regexp(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}\Z")
_password = validate.Regexp(r"[^\x00\ud800-\udfff]{1,1000}\Z")
_milliseconds = validate.Range(min=0, max=2**48 - 1)


class _Parents(fields.Field[tuple[str, ...]]):
    """Claims that a change replaced."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return list(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > 1_000 or not all(isinstance(x, str) for x in value):
            raise ValidationError("parents")
        for stamp in value:
            _stamp(stamp)
        return tuple(value)


class _ByPath(fields.Field[dict[str, Any]]):
    """A map from paths to what `entry` accepts; None accepts every JSON value.

    The paths themselves are `change.check`'s to judge, so that one bad path refuses one change set.
    """

    def __init__(self, entry: Callable[[Any], Any] | None = None, dump: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._entry, self._dump = entry, dump

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if self._dump is None:
            return value if isinstance(value, dict) else dict(value)
        return {path: self._dump(item) for path, item in value.items()}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("map")
        if self._entry is None:
            return value
        return {path: self._entry(item) for path, item in value.items()}


class _Sequences(fields.Field[tuple[int, ...]]):
    """Ascending numbers, on the wire as ranges: 1, 2, 3, 7 is [[1, 3], [7, 7]]."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        ranges: list[list[int]] = []
        for number in value:
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        return ranges

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[int, ...]:
        numbers: list[int] = []
        for item in value if isinstance(value, list) else [None]:
            if not (isinstance(item, list) and len(item) == 2 and all(type(end) is int for end in item)):
                raise ValidationError("ranges")
            first, last = item
            if not (0 < first <= last and last - first + len(numbers) < MAX_CHANGES):
                raise ValidationError("ranges")
            numbers.extend(range(first, last + 1))
        return tuple(numbers)


def _load_stamp(item: Any) -> str:
    if not isinstance(item, str):
        raise ValidationError("stamp")
    return cast(str, _stamp(item))


def _load_short(item: Any) -> str:
    if not isinstance(item, str):
        raise ValidationError("text")
    return cast(str, _short(item))


def _load_heads(item: Any) -> tuple[Head, ...]:
    if not isinstance(item, list) or not item:
        raise ValidationError("heads")
    heads = []
    for head in item:
        if not isinstance(head, list) or len(head) != 4:
            raise ValidationError("heads")
        value, stamp, effective, author = head
        heads.append(Head(value, _load_stamp(stamp), _load_stamp(effective), _load_short(author)))
    return tuple(heads)


def _dump_heads(heads: tuple[Head, ...]) -> list[list[Any]]:
    return [[head.value, head.stamp, head.effective, head.author] for head in heads]


_parents = _Parents()


def _text(check: Any, **options: Any) -> fields.String:
    return fields.String(required="load_default" not in options, validate=check, **options)


def _optional_text(check: Any) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=check)


def _number(check: Any = _milliseconds, **options: Any) -> fields.Integer:
    return fields.Integer(
        required="load_default" not in options,
        strict=True,
        validate=check,
        allow_none="load_default" in options,
        **options,
    )


class _Message(Schema):
    """Loads to its message; dumps without what is empty."""

    message: type[Any]
    #: Fields that are dumped even when empty, since their emptiness says something.
    always: frozenset[str] = frozenset()

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Any:
        return self.message(**data)

    @post_dump
    def _drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        always = self.always
        return {
            name: value
            for name, value in data.items()
            if name in always
            or not (value is None or value is False or value == [] or value == {} or value == "")
        }


class _Request(_Message):
    class Meta:
        unknown = RAISE


class _Response(_Message):
    class Meta:
        unknown = EXCLUDE


class _TupleOf(fields.List):
    """A list on the wire, a tuple in the message."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def _many(schema: type[Schema], **options: Any) -> _TupleOf:
    return _TupleOf(fields.Nested(schema), **options)


class ChangeSetSchema(_Request):
    message = ChangeSet
    always = frozenset({"values"})

    id = _text(_uuid)
    record = _text(_uuid)
    case = _text(_uuid)
    form = _text(_short)
    form_version = _text(_short)
    stamp = _text(_stamp)
    author = _text(_short)
    device = _text(_device)
    sequence = _number(validate.Range(min=1, max=_MAX_SEQUENCE))
    values = _ByPath(required=True)
    parents = _Parents(load_default=())
    stamps = _ByPath(_load_stamp, load_default=dict)
    path_parents = _ByPath(_parents.deserialize, list, load_default=dict)
    boot = _optional_text(_short)
    uptime = _number(load_default=None)
    restores = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ClockReadingSchema(_Request):
    message = messages.ClockReading
    always = frozenset({"now"})

    now = _number(validate.Range(min=-(2**48), max=2**48 - 1))
    boot = _optional_text(_short)
    uptime = _number(load_default=None)


class SettledSchema(_Request):
    message = messages.Settled

    conflict = _text(_uuid)
    state = _text(validate.OneOf(["restored", "accepted"]))


class SyncRequestSchema(_Request):
    message = messages.SyncRequest

    protocol = _number(validate.Range(min=1))
    clock = fields.Nested(ClockReadingSchema, required=True)
    batch = _optional_text(_uuid)
    changes = _many(ChangeSetSchema, load_default=(), validate=validate.Length(max=MAX_CHANGES))
    settled = _many(SettledSchema, load_default=(), validate=validate.Length(max=MAX_CHANGES))
    cursor = _optional_text(validate.Length(max=1_000))
    limit = _number(validate.Range(min=MIN_PAGE, max=MAX_PAGE), load_default=1_000_000)
    forms = _optional_text(validate.Regexp(r"[0-9a-f]{32}\Z"))
    reference = _optional_text(validate.Regexp(r"[0-9a-f]{16}\Z"))
    demo = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class RefusedSchema(_Response):
    message = messages.Refused

    sequence = _number(validate.Range(min=1))
    code = _text(_short)
    params = fields.Dict(keys=fields.String(), load_default=dict)


class RecordDeltaSchema(_Response):
    message = messages.RecordDelta
    always = frozenset({"values"})

    record = _text(_uuid)
    case = _text(_uuid)
    form = _text(_short)
    form_version = _text(_short)
    author = _text(_short)
    stamp = _text(_stamp)
    values = _ByPath(required=True)
    effective = _optional_text(_stamp)
    stamps = _ByPath(_load_stamp, load_default=dict)
    effectives = _ByPath(_load_stamp, load_default=dict)
    authors = _ByPath(_load_short, load_default=dict)
    rivals = _ByPath(_load_heads, _dump_heads, load_default=dict)


class ConflictNoticeSchema(_Response):
    message = messages.ConflictNotice
    always = frozenset({"kept", "lost"})

    id = _text(_uuid)
    record = _text(_uuid)
    case = _text(_uuid)
    form = _text(_short)
    path = _text(validate.Length(max=MAX_PATH))
    rule = _text(_short)
    state = _text(validate.OneOf(["open", "restored", "accepted"]))
    kept = fields.Raw(required=True, allow_none=True)
    kept_author = _text(_short)
    kept_stamp = _text(_stamp)
    kept_effective = _text(_stamp)
    lost = fields.Raw(required=True, allow_none=True)
    lost_author = _text(_short)
    lost_stamp = _text(_stamp)
    lost_effective = _text(_stamp)


class PageSchema(_Response):
    message = messages.Page

    items = _many(RecordDeltaSchema, load_default=())
    purged = _TupleOf(fields.String(), load_default=())
    cursor = _text(validate.Length(min=1, max=1_000))
    more = fields.Boolean(load_default=False)


class FormListingSchema(_Response):
    message = messages.FormListing

    id = _text(_short)
    version = _text(_short)
    hash = _text(_short)


class ColleagueSchema(_Response):
    message = messages.Colleague

    login = _text(_short)
    display_name = _text(_short)
    role = _text(_short)
    office = _text(_short)
    country = fields.String(load_default="", validate=validate.Length(max=2))
    zone = fields.String(load_default="UTC", validate=_short)


class UnlockCodeSchema(_Response):
    message = messages.UnlockCode

    number = _number()
    hash = _text(_short)


class CoverPolicySchema(_Response):
    message = messages.CoverPolicy

    lock_after = _number(validate.Range(min=1), load_default=None)
    cover_lasts = _number(validate.Range(min=1), load_default=None)
    without_pin = fields.Boolean(load_default=False)
    pin_least = fields.Integer(load_default=4)


class ReferenceSchema(_Response):
    message = messages.Reference

    colleagues = _many(ColleagueSchema, load_default=())
    programmes = fields.Dict(keys=fields.String(validate=_short), values=fields.String(), load_default=dict)
    recovery_key = fields.String(load_default="", validate=validate.Length(max=200))
    unlock_codes = _many(UnlockCodeSchema, load_default=())
    cover = fields.Nested(CoverPolicySchema, load_default=None, allow_none=True)


class AlarmNoticeSchema(_Response):
    message = messages.AlarmNotice

    code = _text(_short)
    case_code = fields.String(load_default="", validate=validate.Length(max=200))
    since = _number()
    raised = _number()
    case = _optional_text(_uuid)


class AlarmsSchema(_Response):
    message = messages.Alarms
    always = frozenset({"alarms"})

    alarms = _many(AlarmNoticeSchema, load_default=())


class SyncResponseSchema(_Response):
    message = messages.SyncResponse

    page = fields.Nested(PageSchema, required=True)
    now = _number()
    max_stamp = _optional_text(_stamp)
    accepted = _Sequences(load_default=())
    refused = _many(RefusedSchema, load_default=())
    received = _number(validate.Range(min=0), load_default=0)
    conflicts = _many(ConflictNoticeSchema, load_default=())
    forms = _TupleOf(fields.Nested(FormListingSchema), load_default=None, allow_none=True)
    reference = fields.Nested(ReferenceSchema, load_default=None, allow_none=True)
    alarms = _many(AlarmNoticeSchema, load_default=())

    @post_dump(pass_original=True)
    def _tell_an_empty_list(self, data: dict[str, Any], original: Any, **_: Any) -> dict[str, Any]:
        """No forms at all, or nobody and no programme, is news; no news of them is not."""
        told = dict(data)
        if original.forms == ():
            told["forms"] = []
        if original.reference is not None:
            told.setdefault("reference", {})
        return told


class AboutSchema(_Response):
    message = messages.About
    always = frozenset({"demo"})

    protocols = _TupleOf(fields.Integer(), required=True)
    server = _text(_short)
    name = _text(_short)
    demo = fields.Boolean(required=True)
    now = _number()


class EnrolRequestSchema(_Request):
    message = messages.EnrolRequest

    login = _text(_short)
    password = _text(_password)
    label = _text(_short)
    demo = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class EnrolledUserSchema(_Response):
    message = messages.EnrolledUser

    login = _text(_short)
    display_name = _text(_short)
    role = _text(_short)
    office = _text(_short)
    zone = _text(_short)


class EnrolResponseSchema(_Response):
    message = messages.EnrolResponse

    device = _text(_device)
    token = _text(_short)
    user = fields.Nested(EnrolledUserSchema, required=True)
    server = _text(_short)
    epoch = _text(_short)
    now = _number()
    reference = fields.Nested(ReferenceSchema, load_default=None, allow_none=True)


_SCHEMAS: Final[Mapping[type[Any], Schema]] = {
    schema.message: schema()
    for schema in (
        ChangeSetSchema,
        RecordDeltaSchema,
        SyncRequestSchema,
        SyncResponseSchema,
        AboutSchema,
        EnrolRequestSchema,
        EnrolResponseSchema,
        ConflictNoticeSchema,
        ReferenceSchema,
        AlarmsSchema,
    )
}


def dump(message: Any) -> dict[str, Any]:
    """The JSON object of a message."""
    return cast("dict[str, Any]", _SCHEMAS[type(message)].dump(message))


def load(kind: type[M], data: object) -> M:
    """The message of a JSON object.

    Raises Problem('sync.protocol.unsupported') for a request in a version that is not spoken
    here, and Problem('sync.body.invalid') with the name of the first bad field.
    """
    if kind is messages.SyncRequest and isinstance(data, dict):
        version = data.get("protocol")
        if type(version) is int and version not in SPOKEN:
            raise Problem("sync.protocol.unsupported", {"protocol": version, "newest": PROTOCOL})
    if not isinstance(data, dict):
        raise Problem("sync.body.invalid", {"field": ""})
    try:
        return cast(M, _SCHEMAS[kind].load(data))
    except ValidationError as error:
        raise Problem("sync.body.invalid", {"field": _first_field(error.normalized_messages())}) from None


def encode(message: Any) -> bytes:
    """The bytes of a message: UTF-8 JSON without spaces. The transport compresses them."""
    return json.dumps(dump(message), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def decode(kind: type[M], body: bytes) -> M:
    """The message in a body. Raises as `load` does, and Problem('sync.body.not_json')."""
    try:
        data = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem("sync.body.not_json") from None
    return load(kind, data)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _first_field(errors: object) -> str:
    """The path of field names to the first error; never a value, nor a path of a record."""
    names: list[str] = []
    while isinstance(errors, dict) and errors and len(names) < 4:
        name, errors = next(iter(errors.items()))
        names.append(str(name) if isinstance(name, int) or str(name).isidentifier() else "?")
    return ".".join(names)[:100]
