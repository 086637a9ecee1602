"""The first tables: offices, people, devices, forms, cases, records, the log, conflicts, replies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "hash", name=op.f("pk_attachments")),
    )
    op.create_table(
        "cases",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_id", "cases", ["id"], unique=False)
    op.create_table(
        "changes",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("device_sequence", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.String(length=26), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "sequence", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_record", "changes", ["office", "record", "sequence"], unique=False)
    op.create_index("uq_changes_device", "changes", ["office", "device", "device_sequence"], unique=True)
    op.create_table(
        "conflicts",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("kept_author", sa.String(length=200), nullable=False),
        sa.Column("kept_stamp", sa.String(length=26), nullable=False),
        sa.Column("kept_effective", sa.String(length=26), nullable=False),
        sa.Column("lost", sa.Text(), nullable=False),
        sa.Column("lost_author", sa.String(length=200), nullable=False),
        sa.Column("lost_stamp", sa.String(length=26), nullable=False),
        sa.Column("lost_effective", sa.String(length=26), nullable=False),
        sa.Column("logged_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "id", name=op.f("pk_conflicts")),
    )
    op.create_index("ix_conflicts_author", "conflicts", ["office", "lost_author", "sequence"], unique=False)
    op.create_index("ix_conflicts_record", "conflicts", ["office", "record"], unique=False)
    op.create_table(
        "forms",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("published_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_forms")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_table(
        "records",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("stamps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "id", name=op.f("pk_records")),
    )
    op.create_index("ix_records_changed", "records", ["office", "changed"], unique=False)
    op.create_table(
        "replies",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("given_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "device", "batch", name=op.f("pk_replies")),
    )
    op.create_table(
        "users",
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name=op.f("fk_users_office")),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_users")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_contact_ms", sa.BigInteger(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f("fk_devices_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    # ### end Alembic commands ###
