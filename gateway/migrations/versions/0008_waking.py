"""Waking people: their contacts, and the wakes that are due to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables of contacts and wakes."""
    op.create_table(
        "contact",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at_us", sa.BigInteger, nullable=False),
        sa.Column("gone_at_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index("ix_contact_account", "contact", ["account"])
    op.create_table(
        "wake",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("contact", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("due_at_us", sa.BigInteger, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("until_at_us", sa.BigInteger, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wake"),
    )
    op.create_index("ix_wake_state_due_at_us", "wake", ["state", "due_at_us"])
    op.create_index("ix_wake_object_id", "wake", ["object_id"])
    op.create_index("ix_wake_until_at_us", "wake", ["until_at_us"])
