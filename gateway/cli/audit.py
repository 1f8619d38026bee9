"""`gerbang audit`: take the log out, check it, prove one entry, report on it; change its keys."""

import argparse
import re
import shutil
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from gateway.audit import evidence_store, store
from gateway.audit.notes import read
from gateway.db.engine import reading
from gateway.evidence import verify
from gateway.evidence.export import Exported, export, records
from gateway.evidence.prove import prove
from gateway.ground import check_address, first_line, read_settings
from gateway.settings import Settings

from . import report
from .gatewaylink import ask, link
from .wrong import Wrong

R = TypeVar("R")


def add_verbs(verbs: Any) -> None:
    """Add `audit export | verify | prove | fhir | report | received | rotate`."""
    audit = verbs.add_parser("audit", help="the audit log").add_subparsers(required=True, metavar="VERB")
    verb = audit.add_parser("export", help="write the log into a new folder; the gateway may run")
    verb.add_argument("folder", type=Path)
    verb.set_defaults(run=take_out)
    verb = audit.add_parser(
        "verify", help="check an export: 0 intact, 1 tampered, 2 evidence incomplete", add_help=False
    )
    verb.add_argument("words", nargs=argparse.REMAINDER, metavar="EXPORT [--policy FILE] [--anchor FILE]")
    verb.set_defaults(run=check)
    verb = audit.add_parser("prove", help="write a proof that one entry stands in the log")
    verb.add_argument("entry", help="its name, such as 2026/gerbang-1/4711")
    verb.add_argument("--to", type=Path, help="the file; ENTRY with dashes and .tlog-proof when absent")
    verb.set_defaults(run=make_proof)
    verb = audit.add_parser("fhir", help="write the log as FHIR R4 AuditEvents, one a line")
    verb.add_argument("file", type=Path)
    verb.set_defaults(run=as_fhir)
    report.add_verb(audit)
    verb = audit.add_parser("received", help="note that somebody confirmed the daily report")
    verb.add_argument("day", help="the report's day, YYYY-MM-DD")
    verb.add_argument("--channel", required=True, choices=("email", "phone", "in_person", "whatsapp"))
    verb.add_argument("--office", required=True, help="which office, no person's name")
    verb.set_defaults(run=note_receipt)
    verb = audit.add_parser("rotate", help="change a key of the running gateway's log")
    verb.add_argument("key", choices=("signing", "sealing"))
    verb.set_defaults(run=rotate)


def take_out(arguments: argparse.Namespace) -> None:
    """Write every entry and checkpoint into the folder, all or nothing, and say how many."""
    folder: Path = arguments.folder
    if folder.exists():
        raise Wrong(f"{folder} is there already: name a new folder")
    if not folder.parent.is_dir():
        raise Wrong(f"{folder.parent} is no folder to write to")
    written = _export(_settings(), folder)
    print(f"{written.entries} entries and {written.checkpoints} checkpoints written to {folder}")


def check(arguments: argparse.Namespace) -> int:
    """Verify as the stand-alone file does, with its exit status."""
    return verify.main(arguments.words)


def make_proof(arguments: argparse.Namespace) -> None:
    """Write the proof of one entry. Raises Wrong when it is not there or not signed yet."""
    log, _, number = str(arguments.entry).rpartition("/")
    if not log or not re.fullmatch("[1-9][0-9]{0,14}", number, re.ASCII):
        raise Wrong(f"{arguments.entry} is no entry: name it like 2026/gerbang-1/4711")
    proof = _asked(lambda connection: _proof(connection, log, int(number)))
    file: Path = arguments.to or Path(f"{arguments.entry.replace('/', '-')}.tlog-proof")
    try:
        file.write_text(proof, "utf-8")
    except OSError as exc:
        raise Wrong(f"{file} cannot be written: {exc.strerror}") from exc
    print(f"proof written to {file}; check it: python3 verify.py --proof {file} --policy policy.txt")


def _proof(connection: Connection, log: str, number: int) -> str:
    found = store.one(connection, log, number)
    if found is None:
        raise Wrong(f"there is no entry {log}/{number}")
    note = evidence_store.first_checkpoint_from(connection, log, number)
    if note is None:
        raise Wrong(f"{log}/{number} is not signed yet: ask again in a few seconds")
    leaves = (bytes.fromhex(leaf) for _, leaf, _ in store.entries(connection, log, upto=read(note).size))
    return prove(leaves, number - 1, note, extra=b64encode(found.encode()).decode())


def as_fhir(arguments: argparse.Namespace) -> None:
    """Write every entry as an AuditEvent, whole or not at all, and say how many."""
    from gateway.evidence import fhir  # costs most of a second: only who wants it waits for it

    site = _settings().authority
    if not arguments.file.name:
        raise Wrong("name a file to write to")
    draft = arguments.file.with_name(f".{arguments.file.name}.draft")

    def write(connection: Connection) -> int:
        count = 0
        with draft.open("wb") as out:
            for text in fhir.ndjson(records(connection), site=site):
                out.write(text)
                count += 1
        return count

    try:
        count = _asked(write)
        draft.replace(arguments.file)
    except fhir.Unreadable as exc:
        raise Wrong(f"{exc}: verify the log") from exc
    except OSError as exc:
        raise Wrong(f"{arguments.file} cannot be written: {exc.strerror}") from exc
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    print(f"{count} AuditEvents written to {arguments.file}")


def note_receipt(arguments: argparse.Namespace) -> None:
    """Record a person's word for the report."""
    body = {"day": arguments.day, "channel": arguments.channel, "office": arguments.office}
    with link() as gateway:
        ask(gateway, "POST", "/v1/audit/report-receipts", json=body)
    print("recorded")


def rotate(arguments: argparse.Namespace) -> None:
    """Change a key; print the new verifier key of a signing key, for whoever holds a policy."""
    with link() as gateway:
        done = ask(gateway, "POST", "/v1/audit/rotations", json={"key": arguments.key})
    if not done["vkey"]:
        print("every person's key is wrapped anew")
        return
    print(f"log {done['vkey']}")
    print("Give this line to whoever holds a policy. If the old key is lost, put it into the data folder's")
    print("policy.txt as well: nobody else can vouch for the new one.")


def _settings() -> Settings:
    settings = read_settings()
    check_address(settings)
    return settings


def _export(settings: Settings, folder: Path) -> Exported:
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir()
        written = export(settings.url, draft)
        draft.rename(folder)
    except FileNotFoundError as exc:
        raise Wrong(f"{exc} is not there: is GERBANG_DATA_DIR the gateway's folder?") from exc
    except (OSError, SQLAlchemyError) as exc:
        raise Wrong(f"the log cannot be taken out ({type(exc).__name__}): {first_line(exc)}") from exc
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _asked(question: Callable[[Connection], R]) -> R:
    """Return what the log says, opened for reading only. Raises Wrong; OSError is the question's own."""
    settings = _settings()
    parts = make_url(settings.url)
    if parts.get_backend_name() == "sqlite" and not Path(str(parts.database)).exists():
        raise Wrong(f"{parts.database} is not there: is GERBANG_DATA_DIR the gateway's folder?")
    reader = reading(settings.url, connections=1, statement_ms=0)
    try:
        with reader.connect() as connection:
            return question(connection)
    except SQLAlchemyError as exc:
        raise Wrong(f"the log cannot be read ({type(exc).__name__}): {first_line(exc)}") from exc
    finally:
        reader.dispose()
