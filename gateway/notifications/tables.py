"""The tables of notifications; times in microseconds since the epoch, UTC. Indexes find what is due."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from gateway.db import metadata

notification = Table(
    "notification",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("subject", Text),
    Column("delivery", Text, nullable=False),
    Column("accepted_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("due_at_us", BigInteger),
    Column("turn", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("trouble", Text),
    Column("delivered_at_us", BigInteger),
    Column("channel", Text),
    Column("held_since_us", BigInteger),
    Column("delayed", Boolean, nullable=False),
    Column("progress", Text),
    Column("human", Boolean, nullable=False),
    Column("confirmed_at_us", BigInteger),
    Column("watch", Text),
    Column("watch_due_at_us", BigInteger),
    Column("watch_turn", Integer, nullable=False),
    Column("call", Boolean, nullable=False),
    Column("call_since_us", BigInteger),
    Column("alarm", Text),
    Column("alarm_at_us", BigInteger),
    Column("reference", Text),
    Column("ended_at_us", BigInteger),
    Column("reason", Text),
    UniqueConstraint("partner", "number"),
)
_DUE = notification.c.due_at_us.is_not(None)
_CUT_OFF = _DUE & (notification.c.attempts != notification.c.failures)
_WATCHED = notification.c.watch_due_at_us.is_not(None)
_ALARMED = notification.c.alarm.is_not(None) | notification.c.call
_UNSAID = notification.c.delivery.in_(("held", "queued"))
_NEVER_SAID = notification.c.delivery.in_(("dead", "expired"))
Index(
    "ix_notification_due",
    notification.c.partner,
    notification.c.urgent,
    notification.c.due_at_us,
    sqlite_where=_DUE,
    postgresql_where=_DUE,
)
Index(
    "ix_notification_outlived",
    notification.c.partner,
    notification.c.expires_at_us,
    sqlite_where=_DUE,
    postgresql_where=_DUE,
)
Index(
    "ix_notification_cut_off",
    notification.c.due_at_us,
    sqlite_where=_CUT_OFF,
    postgresql_where=_CUT_OFF,
)
Index(None, notification.c.watch_due_at_us, sqlite_where=_WATCHED, postgresql_where=_WATCHED)
Index(
    "ix_notification_alarmed",
    notification.c.accepted_at_us,
    sqlite_where=_ALARMED,
    postgresql_where=_ALARMED,
)
Index(
    "ix_notification_never_said",
    notification.c.accepted_at_us,
    sqlite_where=_NEVER_SAID,
    postgresql_where=_NEVER_SAID,
)
Index(
    "ix_notification_lane",
    notification.c.about,
    notification.c.partner,
    notification.c.number,
)
Index(
    "ix_notification_unsaid",
    notification.c.partner,
    notification.c.delivery,
    notification.c.number,
    sqlite_where=_UNSAID,
    postgresql_where=_UNSAID,
)
Index(None, notification.c.subject)

receipt = Table(
    "notification_receipt",
    metadata,
    Column("notification", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("progress", Text, nullable=False),
    Column("heard_at_us", BigInteger, nullable=False),
    Column("at_us", BigInteger),
    Column("channel", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("sealed", Text),
    Column("post", Text),
    Column("reference", Text),
    Column("reason", Text),
)

feed = Table(
    "partner_feed",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("number", Integer, nullable=False),  # the newest one's; this row is the partner's turnstile
    Column("filled_until_us", BigInteger, nullable=False, server_default="0"),  # by what it was sent: `pace`
)
