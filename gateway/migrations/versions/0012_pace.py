"""Partners that are told no more than so many messages a minute; what was cut off is found first."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Keep, beside a partner's newest number, until when what it was sent fills its minute; and an index."""
    _add_filled_until()
    _add_cut_off()


def _add_filled_until() -> None:
    op.add_column(
        "partner_feed", sa.Column("filled_until_us", sa.BigInteger, nullable=False, server_default="0")
    )


def _add_cut_off() -> None:
    where = sa.text("due_at_us IS NOT NULL AND attempts != failures")
    op.create_index(
        "ix_notification_cut_off",
        "notification",
        ["due_at_us"],
        sqlite_where=where,
        postgresql_where=where,
    )
