"""Cases that several offices work on: who has them, what was given to whom, and conflicts across offices."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "shared_cases",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("home", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", name=op.f("pk_shared_cases")),
    )
    op.create_index("ix_shared_cases_case", "shared_cases", ["case"], unique=False)
    op.create_index("ix_shared_cases_home", "shared_cases", ["home", "decided_on"], unique=False)
    op.create_table(
        "shared_records",
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("home", sa.String(length=200), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("office", "home", "record", name=op.f("pk_shared_records")),
    )
    op.create_index("ix_shared_records_changed", "shared_records", ["office", "changed"], unique=False)
    op.create_index("ix_shared_records_case", "shared_records", ["office", "case"], unique=False)
    op.create_index("ix_shared_records_record", "shared_records", ["office", "record"], unique=False)
    op.create_index("ix_records_case", "records", ["office", "case"], unique=False)
    op.add_column("offices", sa.Column("shares", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("conflicts", sa.Column("partner", sa.String(length=200), nullable=True))
    op.add_column("conflicts", sa.Column("partner_sequence", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_conflicts_partner", "conflicts", ["partner", "lost_author", "partner_sequence"], unique=False
    )
