"""`gerbang audit report`: check the log as it lies in the database, write the day's page, mail it."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from contracts.clock import WIB
from gateway.audit.canonical import instant
from gateway.audit.files import keep_private
from gateway.audit.notes import verifier_key
from gateway.audit.store import audit_entry
from gateway.db.engine import reading
from gateway.evidence import mail, report, verify
from gateway.evidence.daily import Made, page_of
from gateway.evidence.export import export
from gateway.evidence.report import Findings, LogState
from gateway.ground import check_address, first_line, read_settings
from gateway.settings import Settings

from .wrong import Wrong

POLICY = "policy.txt"
COPY = "report-"
STALE_S = 5 * 3600.0  # longer than a report may take
NEWEST_ANCHORS = 3_000_000  # bytes, some ten thousand notes: older ones are vouched for by these


def add_verb(verbs: Any) -> None:
    """Add `audit report`."""
    verb = verbs.add_parser("report", help="check the log, write today's page, mail it if an address is set")
    verb.add_argument("--no-mail", action="store_true", help="write the page only")
    verb.add_argument("--json", action="store_true", help="one line for programs, at the lowest priority")
    verb.set_defaults(run=make)


def make(arguments: argparse.Namespace) -> None:
    """Write the page and its picture into the data folder's `reports`, mail it, and say what it says."""
    if arguments.json:
        os.nice(19)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the copy of the log is cleared away
    settings = read_settings()
    check_address(settings)
    now = datetime.now(WIB)
    try:
        clear_away(settings.data_dir)
        found = _findings(settings, now.date())
        page, picture = report.page(found), report.picture(found)
        file = _keep(settings, now, page, picture, by_hand=not arguments.json)
        made = _made(settings, found, page, picture, wanted=not arguments.no_mail)
        if arguments.json:
            keep_private(file.with_suffix(".json"), msgspec.json.encode(made))
    except (OSError, SQLAlchemyError, verify.Unusable) as exc:
        raise Wrong(f"the report cannot be made ({type(exc).__name__}): {first_line(exc)}") from exc
    print(msgspec.json.encode(made).decode() if arguments.json else f"{page}\n{_where(file, made)}")


def clear_away(data_dir: Path) -> None:
    """Remove copies of the log that a killed report has left behind."""
    for folder in data_dir.glob(f"{COPY}*"):
        if time.time() - folder.stat().st_mtime > STALE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _findings(settings: Settings, day: date) -> Findings:
    with tempfile.TemporaryDirectory(prefix=COPY, dir=settings.data_dir) as name:
        folder = Path(name)
        anchors = _anchors(settings, folder)  # first: what is signed while the log is copied is not in it
        (folder / "export").mkdir()
        export(settings.url, folder / "export")
        checked = verify.check(folder / "export", _policy(settings, folder / "export"), anchors)
    return Findings(
        day=day,
        site=settings.authority,
        environment=str(settings.environment),
        code=checked.code,
        remarks=list(verify.lines(checked)),
        logs=[LogState(log, head.seq, head.signed, head.note) for log, head in checked.heads.items()],
        today=_counts(settings.url, day - timedelta(days=1)),
    )


def _anchors(settings: Settings, folder: Path) -> list[Path]:
    """Return a copy of the newest part of the gateway's own anchor file."""
    if not settings.anchors.is_file():
        return []
    with settings.anchors.open("rb") as kept:
        kept.seek(max(0, os.fstat(kept.fileno()).st_size - NEWEST_ANCHORS))
        (folder / "anchors.txt").write_bytes(kept.read(NEWEST_ANCHORS))
    return [folder / "anchors.txt"]


def _policy(settings: Settings, exported: Path) -> Path:
    """
    Return the policy this house has kept since its first report: what a later one names may be a thief's.

    Only a replica that was never heard of before is taken in with its first key.
    """
    kept = settings.data_dir / POLICY
    if not kept.exists():
        shutil.copyfile(exported / POLICY, kept)
        return kept
    known = {_replica(key.name) for key in verify.read_policy(kept.read_text("utf-8"))}
    stated = verify.read_policy((exported / POLICY).read_text("utf-8"))
    first = {_replica(key.name): key for key in reversed(stated) if _replica(key.name) not in known}
    if first:
        added = "".join(f"log {verifier_key(key.name, key.public)}\n" for key in first.values())
        keep_private(kept, (kept.read_text("utf-8") + added).encode())
    return kept


def _replica(origin: str) -> str:
    return origin.rpartition("/")[2]


def _counts(url: str, day: date) -> Sequence[tuple[str, int]]:
    begin = datetime.combine(day, clock_time.min, WIB).astimezone(UTC)
    window = (audit_entry.c.ts >= instant(begin)) & (audit_entry.c.ts < instant(begin + timedelta(days=1)))
    wanted = select(audit_entry.c.act, func.count()).where(window).group_by(audit_entry.c.act)

    def count(connection: Connection) -> list[tuple[str, int]]:
        return [(act, number) for act, number in connection.execute(wanted.order_by(audit_entry.c.act))]

    reader = reading(url, connections=1, statement_ms=0)
    try:
        with reader.connect() as connection:
            return count(connection)
    finally:
        reader.dispose()


def _made(settings: Settings, found: Findings, page: str, picture: bytes, *, wanted: bool) -> Made:
    size = max((state.signed for state in found.logs), default=None)
    made = Made(code=found.code, verdict=found.verdict, size=size)
    if not wanted or settings.report_to is None:
        return made
    try:
        receipt = _mail(settings, found, page, picture)
    except mail.CannotMail as exc:
        return msgspec.structs.replace(made, trouble=str(exc))
    return msgspec.structs.replace(made, mailed=True, receipt=receipt.said, message_id=receipt.message_id)


def _mail(settings: Settings, found: Findings, page: str, picture: bytes) -> mail.Receipt:
    if settings.smtp_url is None or settings.report_to is None:
        raise mail.CannotMail("GERBANG_SMTP_URL is not set")
    message = mail.compose(
        sender=f"gerbang@{settings.authority}",
        to=settings.report_to,
        subject=f"Laporan harian jejak audit {found.day.isoformat()}: {found.verdict}",
        text=page,
        picture=picture,
        name=f"laporan-{found.day.isoformat()}",
    )
    return mail.send(mail.MailServer.of(settings.smtp_url.get_secret_value()), message)


def _keep(settings: Settings, now: datetime, page: str, picture: bytes, *, by_hand: bool) -> Path:
    """Keep the page; one made by hand does not stand for the day's."""
    file = page_of(settings.reports, now.date())
    if by_hand:
        file = file.with_name(f"{file.stem}-{now:%H%M%S}.txt")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_private(file.with_suffix(".png"), picture)
    keep_private(file, page.encode())
    return file


def _where(file: Path, made: Made) -> str:
    if made.mailed:
        return f"{file} - taken by the mail server: {made.receipt}"
    return f"{file} - not mailed: {made.trouble or 'no address is set, or none was wanted'}"
