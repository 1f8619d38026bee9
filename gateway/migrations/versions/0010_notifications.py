"""Notifications with their two clocks, receipts, and how far each partner is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables of notifications and standings."""
    _create_notification()
    _create_notification_receipt()
    _create_partner_standing()
    _create_partner_feed()


def _create_notification() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("accepted_at_us", sa.BigInteger, nullable=False),
        sa.Column("expires_at_us", sa.BigInteger, nullable=False),
        sa.Column("due_at_us", sa.BigInteger),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("delivered_at_us", sa.BigInteger),
        sa.Column("channel", sa.Text),
        sa.Column("held_since_us", sa.BigInteger),
        sa.Column("delayed", sa.Boolean, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("human", sa.Boolean, nullable=False),
        sa.Column("confirmed_at_us", sa.BigInteger),
        sa.Column("watch", sa.Text),
        sa.Column("watch_due_at_us", sa.BigInteger),
        sa.Column("watch_turn", sa.Integer, nullable=False),
        sa.Column("call", sa.Boolean, nullable=False),
        sa.Column("call_since_us", sa.BigInteger),
        sa.Column("alarm", sa.Text),
        sa.Column("alarm_at_us", sa.BigInteger),
        sa.Column("reference", sa.Text),
        sa.Column("ended_at_us", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("partner", "number", name="uq_notification_partner_number"),
    )
    op.create_index(
        "ix_notification_alarmed",
        "notification",
        ["accepted_at_us"],
        sqlite_where=sa.text("alarm IS NOT NULL OR call = 1"),
        postgresql_where=sa.text("alarm IS NOT NULL OR call"),
    )
    its = sa.text("delivery IN ('dead', 'expired')")
    op.create_index(
        "ix_notification_never_said",
        "notification",
        ["accepted_at_us"],
        sqlite_where=its,
        postgresql_where=its,
    )
    its = sa.text("due_at_us IS NOT NULL")
    op.create_index(
        "ix_notification_due",
        "notification",
        ["partner", "urgent", "due_at_us"],
        sqlite_where=its,
        postgresql_where=its,
    )
    op.create_index("ix_notification_lane", "notification", ["about", "partner", "number"])
    op.create_index("ix_notification_subject", "notification", ["subject"])
    its = sa.text("delivery IN ('held', 'queued')")
    op.create_index(
        "ix_notification_unsaid",
        "notification",
        ["partner", "delivery", "number"],
        sqlite_where=its,
        postgresql_where=its,
    )
    its = sa.text("watch_due_at_us IS NOT NULL")
    op.create_index(
        "ix_notification_watch_due_at_us",
        "notification",
        ["watch_due_at_us"],
        sqlite_where=its,
        postgresql_where=its,
    )


def _create_notification_receipt() -> None:
    op.create_table(
        "notification_receipt",
        sa.Column("notification", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("heard_at_us", sa.BigInteger, nullable=False),
        sa.Column("at_us", sa.BigInteger),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("post", sa.Text),
        sa.Column("reference", sa.Text),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("notification", "number", name="pk_notification_receipt"),
    )


def _create_partner_standing() -> None:
    op.create_table(
        "partner_standing",
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("partner", name="pk_partner_standing"),
    )


def _create_partner_feed() -> None:
    op.create_table(
        "partner_feed",
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("partner", name="pk_partner_feed"),
    )
