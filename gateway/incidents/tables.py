"""The tables of incidents; times in microseconds since the epoch, UTC."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint

from gateway.db import metadata

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("area_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("subject", Text, nullable=False),
    Column("source_system", Text),
    Column("source_ticket", Text),
    Column("origin", Text, nullable=False),
    Column("warning", Text, unique=True),
    Column("outcome", Text),
    Column("merged_into", Text),
    Column("told", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("reported_at_us", BigInteger, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    Column("closed_at_us", BigInteger),
    UniqueConstraint("source_ticket", "source_system"),  # in this order: tickets are searched by themselves
)
Index(None, incident.c.state, incident.c.changed_at_us)
Index(None, incident.c.subject)

picture = Table(
    "incident_picture",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
)

link = Table(
    "incident_link",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
)
Index(None, link.c.other)
