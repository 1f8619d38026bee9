"""Evidence: which logs there are, their signed checkpoints, the keys that sign, erasures and legal holds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSERT_ONLY = ("audit_log", "audit_checkpoint", "audit_key")
SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} accepts INSERT only'); END
    """,
    """
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} accepts INSERT only'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above (sqlite.org/lang_conflict.html).
    """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {keys}) OR EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)
    BEGIN SELECT RAISE(ABORT, '{table} holds this row already'); END
    """,
)
SQLITE_KEYS = {
    "audit_log": "log = NEW.log OR (replica = NEW.replica AND ordinal = NEW.ordinal)",
    "audit_checkpoint": "log = NEW.log AND size = NEW.size",
    "audit_key": "log = NEW.log AND (vkey = NEW.vkey OR since = NEW.since)",
}
POSTGRES_TRIGGER = """
    CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_insert_only()
"""
POSTGRES_FUNCTION = """
    CREATE FUNCTION evidence_insert_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% accepts INSERT only', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    """Create the evidence's tables; logs written before have no year in their name and are the first."""
    _create_evidence()
    _create_rights()
    _guard(op.get_bind().dialect.name)
    # A log of the first release was named by its replica alone.
    op.execute(
        "INSERT INTO audit_log (log, replica, ordinal, origin, opened_at)"
        " SELECT log, log, 1, '', min(ts) FROM audit_entry GROUP BY log"
    )
    somebody = sa.text("subj IS NOT NULL")
    where = "ix_audit_entry_subj_ts", "audit_entry", ["subj", "ts"]
    op.create_index(*where, sqlite_where=somebody, postgresql_where=somebody)


def _create_evidence() -> None:
    op.create_table(
        "audit_log",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("replica", sa.Text, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_audit_log"),
        sa.UniqueConstraint("replica", "ordinal", name="uq_audit_log_replica_ordinal"),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name="pk_audit_checkpoint"),
    )
    op.create_table(
        "audit_key",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("vkey", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("log", "since", name="pk_audit_key"),
        sa.UniqueConstraint("log", "vkey", name="uq_audit_key_log_vkey"),
    )


def _create_rights() -> None:
    op.create_table(
        "erasure",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("begun_at", sa.Text, nullable=False),
        sa.Column("done_at", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("request", sa.Text),
        sa.PrimaryKeyConstraint("subject", name="pk_erasure"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("placed_at", sa.Text, nullable=False),
        sa.Column("lifted_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
    )
    op.create_index("ix_legal_hold_subject", "legal_hold", ["subject"])


def _guard(dialect: str) -> None:
    if dialect == "postgresql":
        op.execute(POSTGRES_FUNCTION)
    for table in INSERT_ONLY:
        patterns = (POSTGRES_TRIGGER,) if dialect == "postgresql" else SQLITE_TRIGGERS
        for pattern in patterns:
            op.execute(pattern.format(table=table, keys=SQLITE_KEYS[table]))
