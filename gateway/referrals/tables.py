"""The four tables of referrals; times in microseconds since the epoch, UTC. Indexes find what is due."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint

from gateway.db import metadata

referral = Table(
    "referral",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("clearance", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("need", Text, nullable=False),
    Column("kelas", Text),
    Column("criteria", Text, nullable=False),
    Column("wished", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("source_system", Text),
    Column("source_ticket", Text),
    Column("drill", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    Column("submitted_at_us", BigInteger),
    Column("destination", Text),
    Column("wait", Text),
    Column("due_at_us", BigInteger),
    Column("turn", Integer, nullable=False),
    Column("alarm", Text),
    Column("alarm_at_us", BigInteger),
    Column("coverage", Text),
    Column("coverage_due_at_us", BigInteger),
    Column("coverage_turn", Integer, nullable=False),
    UniqueConstraint("source_ticket", "source_system"),  # in this order: tickets are searched by themselves
)
_SOMETHING_DUE = referral.c.due_at_us.is_not(None)
_COVERAGE_DUE = referral.c.coverage_due_at_us.is_not(None)
Index(None, referral.c.due_at_us, sqlite_where=_SOMETHING_DUE, postgresql_where=_SOMETHING_DUE)
Index(None, referral.c.coverage_due_at_us, sqlite_where=_COVERAGE_DUE, postgresql_where=_COVERAGE_DUE)
Index(None, referral.c.state, referral.c.changed_at_us)
_ALARMED = referral.c.alarm.is_not(None)
Index(None, referral.c.alarm, sqlite_where=_ALARMED, postgresql_where=_ALARMED)
Index(None, referral.c.subject)

ask = Table(
    "referral_ask",
    metadata,
    Column("id", Text, primary_key=True),
    Column("referral", Text, nullable=False),
    Column("hospital", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("asked_at_us", BigInteger, nullable=False),
    Column("answer_by_us", BigInteger, nullable=False),
    Column("telephone", Boolean, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("conveyed", Text),
    Column("attempted", Boolean, nullable=False),
    Column("tried", Text),
    Column("place", Text),
    Column("why", Text),
    Column("trouble", Text),
    Column("failures", Integer, nullable=False),
    Column("answer", Text),
    Column("answered_at_us", BigInteger),
    Column("code", Text),
    Column("reason", Text),
    Column("channel", Text),
    Column("answered_by", Text),
    Column("bed_held_until_us", BigInteger),
    Column("number", Text),
    Column("due_at_us", BigInteger),
    Column("turn", Integer, nullable=False),
    UniqueConstraint("referral", "position"),
)
Index(None, ask.c.hospital)
_ASK_DUE = ask.c.due_at_us.is_not(None)
Index(None, ask.c.due_at_us, sqlite_where=_ASK_DUE, postgresql_where=_ASK_DUE)

event = Table(
    "referral_event",
    metadata,
    Column("referral", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("hospital", Text),
    Column("code", Text),
    Column("sealed", Text),
)

owed = Table(
    "referral_owed",
    metadata,
    Column("id", Text, primary_key=True),
    Column("referral", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("owed_since_us", BigInteger, nullable=False),
    Column("deadline_us", BigInteger, nullable=False),
    Column("due_at_us", BigInteger),
    Column("turn", Integer, nullable=False),
    Column("done_at_us", BigInteger),
    Column("done_by", Text),
    Column("verdict", Text),
    Column("sealed", Text),
    UniqueConstraint("referral", "what"),
)
_OWED_DUE = owed.c.due_at_us.is_not(None)
Index(None, owed.c.due_at_us, sqlite_where=_OWED_DUE, postgresql_where=_OWED_DUE)
_NOT_DONE = owed.c.done_at_us.is_(None)
Index(None, owed.c.deadline_us, sqlite_where=_NOT_DONE, postgresql_where=_NOT_DONE)
