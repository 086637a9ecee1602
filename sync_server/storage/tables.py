"""The tables, for both databases. Migrations make them; a test compares the two.

Two kinds. What belongs to cases is the office's: each of those unique keys contains the office,
ids are uuids, and no number counts over all offices, so that a cluster could split them by office.
Offices, people, devices, forms and facts of the server are few and could lie on every node.

JSON stands in text columns: the databases store it, they never look into it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

_UUID = String(36)
_STAMP = String(26)
_DEVICE = String(8)
_NAME = String(200)

meta = Table(
    "meta",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", Text, nullable=False),
)

#: `sequence` is the number of the office's latest change; its row lock orders the commits. `shares` counts
#: how often it changed which cases the office shares with others, or others with it, or whom its cases deny.
offices = Table(
    "offices",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("country", String(2), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("shares", BigInteger, nullable=False, default=0, server_default="0"),
)

users = Table(
    "users",
    metadata,
    Column("login", _NAME, primary_key=True),
    Column("display_name", _NAME, nullable=False),
    Column("role", String(30), nullable=False),
    Column("office", _NAME, ForeignKey(offices.c.id), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("zone", String(64), nullable=False),
)

#: `received` is the highest sequence of the device that was decided, accepted or refused.
devices = Table(
    "devices",
    metadata,
    Column("id", _DEVICE, primary_key=True),
    Column("login", _NAME, ForeignKey(users.c.login), nullable=False),
    Column("label", _NAME, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("last_contact_ms", BigInteger),
    Column("clock_offset_ms", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
)

forms = Table(
    "forms",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("version", _NAME, primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("xml", Text, nullable=False),
    Column("published_ms", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("id", _UUID, primary_key=True),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_cases_id", "id"),
)

#: One row a record. `answers` are the values by path, `stamps` their ancestry and order.
records = Table(
    "records",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("id", _UUID, primary_key=True),
    Column("case", _UUID, nullable=False),
    Column("form", _NAME, nullable=False),
    Column("form_version", _NAME, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("answers", Text, nullable=False),
    Column("stamps", Text, nullable=False),
    Index("ix_records_changed", "office", "changed"),
    Index("ix_records_case", "office", "case"),
)

#: Who has, asked for or once had a case of another office, its home. Decided by the records of the case.
shared_cases = Table(
    "shared_cases",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("case", _UUID, primary_key=True),
    Column("home", _NAME, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("code", String(60), nullable=False),
    Column("ground", String(20), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("ended_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    Index("ix_shared_cases_case", "case"),
    Index("ix_shared_cases_home", "home", "decided_on"),
)

#: By its own sequence, what an office was given of other offices' records. One that it is to have no more
#: is `gone`.
shared_records = Table(
    "shared_records",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("home", _NAME, primary_key=True),
    Column("record", _UUID, primary_key=True),
    Column("case", _UUID, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    Index("ix_shared_records_changed", "office", "changed"),
    Index("ix_shared_records_case", "office", "case"),
    Index("ix_shared_records_record", "office", "record"),
)

#: Whom the deny list of a case names, or once named, whoever it is: fingerprints of names as they are
#: compared, since a name can be of any length. `since_ms` is when the server decided so last.
denied_names = Table(
    "denied_names",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("case", _UUID, primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("denied", Boolean, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Index("ix_denied_names_name", "name"),
    Index("ix_denied_names_case", "case"),
    Index("ix_denied_names_home", "office", "decided_on"),
)

#: By its sequence, which of the office's own records somebody of it is to have no more.
denied_records = Table(
    "denied_records",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("login", _NAME, primary_key=True),
    Column("record", _UUID, primary_key=True),
    Column("case", _UUID, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("ix_denied_records_changed", "office", "login", "changed"),
)

#: Every change set that was accepted, as it came. Only ever added to.
changes = Table(
    "changes",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("device", _DEVICE, nullable=False),
    Column("device_sequence", BigInteger, nullable=False),
    Column("id", _UUID, nullable=False),
    Column("record", _UUID, nullable=False),
    Column("author", _NAME, nullable=False),
    Column("form_version", _NAME, nullable=False),
    Column("stamp", _STAMP, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("clock_offset_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("uq_changes_device", "office", "device", "device_sequence", unique=True),
    Index("ix_changes_record", "office", "record", "sequence"),
)

#: Every value that lost to a concurrent one. Only `state` and the sequences ever change. `partner` is the
#: office of who lost, where it is not the case's own, and `partner_sequence` a number of that office.
conflicts = Table(
    "conflicts",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("id", _UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("record", _UUID, nullable=False),
    Column("case", _UUID, nullable=False),
    Column("form", _NAME, nullable=False),
    Column("path", Text, nullable=False),
    Column("rule", String(30), nullable=False),
    Column("state", String(10), nullable=False),
    Column("kept", Text, nullable=False),
    Column("kept_author", _NAME, nullable=False),
    Column("kept_stamp", _STAMP, nullable=False),
    Column("kept_effective", _STAMP, nullable=False),
    Column("lost", Text, nullable=False),
    Column("lost_author", _NAME, nullable=False),
    Column("lost_stamp", _STAMP, nullable=False),
    Column("lost_effective", _STAMP, nullable=False),
    Column("logged_ms", BigInteger, nullable=False),
    Column("partner", _NAME),
    Column("partner_sequence", BigInteger),
    Index("ix_conflicts_author", "office", "lost_author", "sequence"),
    Index("ix_conflicts_partner", "partner", "lost_author", "partner_sequence"),
    Index("ix_conflicts_record", "office", "record"),
)

#: What must not wait, as the server has found it. `countries` are codes between blanks; an alarm that has
#: ended keeps its row, with the moment of its end.
alarms = Table(
    "alarms",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("case", _UUID, primary_key=True),
    Column("code", String(60), primary_key=True),
    Column("case_code", String(30), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("countries", Text, nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
)

#: What a batch was answered, to be given again when it is sent again.
replies = Table(
    "replies",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("device", _DEVICE, primary_key=True),
    Column("batch", _UUID, primary_key=True),
    Column("reply", Text, nullable=False),
    Column("given_ms", BigInteger, nullable=False),
)

#: Which sealed files people of an office have sent; the bytes lie in blobs, named by the same hash.
attachments = Table(
    "attachments",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("device", _DEVICE, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

#: Who has named a file as an answer in which case. A name alone opens nothing: see `file_proofs`.
file_claims = Table(
    "file_claims",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("case", _UUID, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("login", _NAME, primary_key=True),
    Index("ix_file_claims_hash", "hash"),
)

#: Who has shown that she has a file, by sending all of it.
file_proofs = Table(
    "file_proofs",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("login", _NAME, primary_key=True),
    Index("ix_file_proofs_hash", "hash"),
)
