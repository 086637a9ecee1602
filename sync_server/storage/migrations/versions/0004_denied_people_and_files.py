"""Whom a case denies, people of its own office too, and which files are of which case.

What stands in the records of before is decided at the next start of the server (sync_server/catch_up.py):
until then nobody is given a file.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "denied_names",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "name", name=op.f("pk_denied_names")),
    )
    op.create_index("ix_denied_names_name", "denied_names", ["name"], unique=False)
    op.create_index("ix_denied_names_case", "denied_names", ["case"], unique=False)
    op.create_index("ix_denied_names_home", "denied_names", ["office", "decided_on"], unique=False)
    op.create_table(
        "denied_records",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "login", "record", name=op.f("pk_denied_records")),
    )
    op.create_index(
        "ix_denied_records_changed", "denied_records", ["office", "login", "changed"], unique=False
    )
    op.create_table(
        "file_claims",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "hash", "login", name=op.f("pk_file_claims")),
    )
    op.create_index("ix_file_claims_hash", "file_claims", ["hash"], unique=False)
    op.create_table(
        "file_proofs",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("office", "hash", "login", name=op.f("pk_file_proofs")),
    )
    op.create_index("ix_file_proofs_hash", "file_proofs", ["hash"], unique=False)
    # Who has sent a file has had it.
    op.execute(
        "INSERT INTO file_proofs (office, hash, login)"
        " SELECT attachments.office, attachments.hash, devices.login"
        " FROM attachments JOIN devices ON devices.id = attachments.device"
    )
