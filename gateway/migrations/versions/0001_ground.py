"""The ground: what this database is, the audit log, and who the pseudonyms are."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

AUDIT_IS_INSERT_ONLY = {
    "sqlite": (
        """
        CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit_entry accepts INSERT only'); END
        """,
        """
        CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit_entry accepts INSERT only'); END
        """,
        # INSERT OR REPLACE deletes without asking the trigger above (sqlite.org/lang_conflict.html).
        """
        CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry
        WHEN EXISTS (SELECT 1 FROM audit_entry WHERE log = NEW.log AND seq = NEW.seq)
          OR EXISTS (SELECT 1 FROM audit_entry WHERE key = NEW.key)
          OR EXISTS (SELECT 1 FROM audit_entry WHERE rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, 'audit_entry holds this entry already'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION audit_entry_insert_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_entry accepts INSERT only'; END $$
        """,
        """
        CREATE TRIGGER audit_entry_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_insert_only()
        """,
    ),
}


def upgrade() -> None:
    """Create `meta`, `audit_entry` and `subject`."""
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    _create_audit_entry()
    op.create_table(
        "subject",
        sa.Column("hmac", sa.LargeBinary, nullable=False),
        sa.Column("pseudonym", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hmac", name="pk_subject"),
        sa.UniqueConstraint("pseudonym", name="uq_subject_pseudonym"),
    )


def _create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("ts", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("subj", sa.Text),
        sa.Column("partner", sa.Text),
        sa.Column("req", sa.Text),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("leaf", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", name="pk_audit_entry"),
        sa.UniqueConstraint("key", name="uq_audit_entry_key"),
    )
    op.create_index("ix_audit_entry_ts", "audit_entry", ["ts"])
    for statement in AUDIT_IS_INSERT_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
