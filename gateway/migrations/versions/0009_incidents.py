"""Incidents, their pictures, and warnings that propose one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables of incidents and warnings."""
    _create_incident()
    _create_incident_picture()
    _create_incident_link()
    _create_warning()


def _create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("area_code", sa.Text),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text),
        sa.Column("source_ticket", sa.Text),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("warning", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("merged_into", sa.Text),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("reported_at_us", sa.BigInteger, nullable=False),
        sa.Column("created_at_us", sa.BigInteger, nullable=False),
        sa.Column("changed_at_us", sa.BigInteger, nullable=False),
        sa.Column("closed_at_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("source_ticket", "source_system", name="uq_incident_source_ticket_source_system"),
        sa.UniqueConstraint("warning", name="uq_incident_warning"),
    )
    op.create_index("ix_incident_state_changed_at_us", "incident", ["state", "changed_at_us"])
    op.create_index("ix_incident_subject", "incident", ["subject"])


def _create_incident_picture() -> None:
    op.create_table(
        "incident_picture",
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "sequence", name="pk_incident_picture"),
    )


def _create_incident_link() -> None:
    op.create_table(
        "incident_link",
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "other", name="pk_incident_link"),
    )
    op.create_index("ix_incident_link_other", "incident_link", ["other"])


def _create_warning() -> None:
    op.create_table(
        "warning",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("partner", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("touches", sa.Boolean, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("attribution", sa.Text, nullable=False),
        sa.Column("sent_at_us", sa.BigInteger, nullable=False),
        sa.Column("effective_at_us", sa.BigInteger),
        sa.Column("expires_at_us", sa.BigInteger),
        sa.Column("areas", sa.Text, nullable=False),
        sa.Column("seen_at_us", sa.BigInteger, nullable=False),
        sa.Column("incident", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_warning"),
        sa.UniqueConstraint("identifier", "source", name="uq_warning_identifier_source"),
    )
    op.create_index("ix_warning_state_sent_at_us", "warning", ["state", "sent_at_us"])
