"""Referrals: what they are, whom they were put to, what happened, and what is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the four tables, and the index by which a sweep finds what is due."""
    _create_referral()
    _create_ask()
    _create_history()


def _text(name: str, *, needed: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=not needed)


def _moment(name: str, *, needed: bool = False) -> "sa.Column[int]":
    return sa.Column(f"{name}_us", sa.BigInteger, nullable=not needed)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, nullable=False)


def _truth(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean, nullable=False)


def _where_due(table: str, column: str) -> None:
    _index_where(f"{column} IS NOT NULL", table, column)


def _index_where(condition: str, table: str, column: str) -> None:
    its = sa.text(condition)
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=its, postgresql_where=its)


def _create_referral() -> None:
    needed = "state urgency clearance rule need criteria wished subject sealed created_by".split()
    optional = ("kelas", "source_system", "source_ticket", "destination", "wait", "alarm", "coverage")
    op.create_table(
        "referral",
        _text("id", needed=True),
        *(_number(name) for name in ("version", "turn", "coverage_turn")),
        *(_text(name, needed=True) for name in needed),
        *(_text(name) for name in optional),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        _truth("drill"),
        *(_moment(name, needed=True) for name in ("created_at", "changed_at")),
        *(_moment(name) for name in ("submitted_at", "due_at", "alarm_at", "coverage_due_at")),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
        sa.UniqueConstraint("source_ticket", "source_system", name="uq_referral_source_ticket_source_system"),
    )
    _where_due("referral", "due_at_us")
    _where_due("referral", "coverage_due_at_us")
    _index_where("alarm IS NOT NULL", "referral", "alarm")
    op.create_index("ix_referral_state_changed_at_us", "referral", ["state", "changed_at_us"])
    op.create_index("ix_referral_subject", "referral", ["subject"])


def _create_ask() -> None:
    needed = ("id", "referral", "hospital", "state", "step", "urgency")
    optional = "conveyed tried place why trouble answer code reason channel answered_by number".split()
    op.create_table(
        "referral_ask",
        *(_text(name, needed=True) for name in needed),
        *(_number(name) for name in ("position", "failures", "turn")),
        *(_text(name) for name in optional),
        *(_truth(name) for name in ("telephone", "attempted")),
        *(_moment(name, needed=True) for name in ("asked_at", "answer_by")),
        *(_moment(name) for name in ("answered_at", "bed_held_until", "due_at")),
        sa.PrimaryKeyConstraint("id", name="pk_referral_ask"),
        sa.UniqueConstraint("referral", "position", name="uq_referral_ask_referral_position"),
    )
    op.create_index("ix_referral_ask_hospital", "referral_ask", ["hospital"])
    _where_due("referral_ask", "due_at_us")


def _create_history() -> None:
    op.create_table(
        "referral_event",
        _text("referral", needed=True),
        _number("number"),
        _moment("at", needed=True),
        *(_text(name, needed=True) for name in ("event", "after", "actor", "role", "kind")),
        *(_text(name) for name in ("before", "hospital", "code", "sealed")),
        sa.PrimaryKeyConstraint("referral", "number", name="pk_referral_event"),
    )
    op.create_table(
        "referral_owed",
        *(_text(name, needed=True) for name in ("id", "referral", "what")),
        *(_moment(name, needed=True) for name in ("owed_since", "deadline")),
        *(_moment(name) for name in ("due_at", "done_at")),
        _number("turn"),
        *(_text(name) for name in ("done_by", "verdict", "sealed")),
        sa.PrimaryKeyConstraint("id", name="pk_referral_owed"),
        sa.UniqueConstraint("referral", "what", name="uq_referral_owed_referral_what"),
    )
    _where_due("referral_owed", "due_at_us")
    _index_where("done_at_us IS NULL", "referral_owed", "deadline_us")
