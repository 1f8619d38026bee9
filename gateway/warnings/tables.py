"""The table of warnings; times in microseconds since the epoch, UTC."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from gateway.db import metadata

warning = Table(
    "warning",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("state", Text, nullable=False),  # in_force, stale, cancelled, over
    Column("touches", Boolean, nullable=False),
    Column("category", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("text", Text),
    Column("language", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("sent_at_us", BigInteger, nullable=False),
    Column("effective_at_us", BigInteger),
    Column("expires_at_us", BigInteger),
    Column("areas", Text, nullable=False),  # Kemendagri codes of ours that it touches
    Column("seen_at_us", BigInteger, nullable=False),
    Column("incident", Text),
    UniqueConstraint("identifier", "source"),
)
Index(None, warning.c.state, warning.c.sent_at_us)
