"""The metadata every room's `store` declares its tables on, and the one table the database itself needs."""

from sqlalchemy import Column, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What this database is: `environment` (demo or live), `created_at` (UTC, ISO 8601), `subject_key` (a mark
# of the key its pseudonyms were made with).
meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))


class NewerSchema(Exception):
    """The database was migrated by a newer program than this one; there is no way back."""
