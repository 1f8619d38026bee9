"""`gerbang audit`: take the log out of the database, and check what was taken out."""

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from gateway.audit import verify
from gateway.audit.export import export
from gateway.ground import check_address, read_settings

from .wrong import Wrong


def add_verbs(verbs: Any) -> None:
    """Add `audit export | verify`."""
    audit = verbs.add_parser("audit", help="the audit log").add_subparsers(required=True, metavar="VERB")
    verb = audit.add_parser("export", help="write the log to a file; the gateway may run")
    verb.add_argument("file", type=Path)
    verb.set_defaults(run=take_out)
    verb = audit.add_parser("verify", help="check an export: 0 intact, 1 tampered, 2 evidence incomplete")
    verb.add_argument("file", type=Path)
    verb.set_defaults(run=check)


def take_out(arguments: argparse.Namespace) -> None:
    """Write every entry to the file, whole or not at all, and say how many."""
    settings = read_settings()
    check_address(settings)
    draft = arguments.file.with_name(f".{arguments.file.name}.draft")
    try:
        with draft.open("wb") as out:
            written = export(settings.url, out)
        draft.replace(arguments.file)
    except FileNotFoundError as exc:
        if not arguments.file.parent.is_dir():
            raise Wrong(f"{arguments.file.parent} is no folder to write to") from exc
        raise Wrong(f"{exc} is not there: is GERBANG_DATA_DIR the gateway's folder?") from exc
    except (OSError, SQLAlchemyError) as exc:
        raise Wrong(f"the log cannot be taken out ({type(exc).__name__}): {exc}") from exc
    finally:
        draft.unlink(missing_ok=True)
    print(f"{written} entries written to {arguments.file}")


def check(arguments: argparse.Namespace) -> int:
    """Verify as the stand-alone file does, with its exit status."""
    return verify.main([str(arguments.file)])
