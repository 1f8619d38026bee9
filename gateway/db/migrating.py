"""The one place that runs migrations; whoever needs none does not import it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from .schema import NewerSchema

SCRIPTS = Path(__file__).parent.parent / "migrations"


def to_newest(connection: Connection) -> None:
    """Bring the schema to the newest revision, in the transaction at hand. Raises NewerSchema."""
    config = _config()
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    reached = set(MigrationContext.configure(connection).get_current_heads())
    if not reached <= known:
        raise NewerSchema(f"the database is at {', '.join(sorted(reached - known))}, unknown to this program")
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
