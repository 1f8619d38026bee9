"""What people do in this room: ask for beds, declare beds after a telephone call, look up the hospitals."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec

from contracts import Entry
from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.audit.recorder import Recorder
from gateway.db import Database
from gateway.exchange.deadline import Deadline
from gateway.problems import Problem

from . import store
from .answers import CapacityAnswer, CapacityQuestion, HospitalCapacity
from .asking import Asking
from .board import Board, Boards, Ranking, make_board
from .picture import Declared
from .ranking import Place

LONGEST_DECLARATION = timedelta(hours=2)
LEAST_TO_RECORD_S = 0.05

# What each action leaves in the audit log; the house tests hold it against a running gateway.
DECLARED_SET = {
    "ask": ("capacity.asked",),
    "ask everyone": ("capacity.asked",),
    "declare": ("capacity.declared",),
    "declare for another hospital": ("capacity.declared",),
    "list hospitals": ("capacity.hospitals_listed",),
}

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class CapacityRoom:
    """Everything the room's actions stand on; built once by the app."""

    environment: str
    boards: Boards
    asking: Asking
    database: Database
    recorder: Recorder
    deadline_ms: int

    @property
    def places(self) -> Sequence[Place]:
        """The hospitals, in the order of partners.toml."""
        return self.boards.places

    def place(self, hospital: str) -> Place:
        """Return the hospital or raise the problem that there is none."""
        for place in self.places:
            if place.id == hospital:
                return place
        raise Problem("no-such-hospital", detail="No hospital has this id; see /v1/hospitals.")


async def answer(room: CapacityRoom, question: CapacityQuestion, *, by: Principal, request: str) -> bytes:
    """Return the JSON of a CapacityAnswer; it comes whatever hospitals, database and disk do."""
    deadline = Deadline.after((question.deadline_ms or room.deadline_ms) / 1000)
    board, at = await _board(room, question, deadline)
    here = None if question.lat is None or question.lon is None else (question.lat, question.lon)
    ranking = board.seen_from(here)
    # What was waited for leaves little time: a sick database must not add to it.
    within_s = max(LEAST_TO_RECORD_S, deadline.remaining()) if question.fresh else None
    entry = _asked_entry(question, board, ranking, by=by, request=request, at=at)
    recorded = await room.recorder.record(entry, within_s=within_s)
    return _encode(
        CapacityAnswer(
            environment=room.environment,
            request=request,
            need=question.need,
            asked_at=at,
            complete=board.complete,
            known=board.known,
            of=len(board.judged),
            audit=recorded,
            hospitals=cast(list[HospitalCapacity], msgspec.Raw(ranking.lines)),
        )
    )


async def _board(
    room: CapacityRoom, question: CapacityQuestion, deadline: Deadline
) -> tuple[Board, datetime]:
    """Return the board of this second, or for a fresh question one of its own after asking everyone."""
    boards = room.boards
    if not question.fresh:
        at = datetime.now(UTC)
        return boards.board(question.need, at=at, sex=question.sex), at
    live = await room.asking.ask_all(deadline)
    at = datetime.now(UTC)
    sex = question.sex
    return make_board(boards.places, boards.picture, question.need, at=at, sex=sex, live=live), at


def _asked_entry(
    question: CapacityQuestion, board: Board, ranking: Ranking, *, by: Principal, request: str, at: datetime
) -> Entry:
    """Leave out where the patient is; the digest proves later what was shown."""
    detail: dict[str, Scalar | tuple[Scalar, ...]] = {
        "need": question.need,
        "fresh": question.fresh,
        "known": board.known,
        "of": len(board.judged),
        "first": ranking.first,
        "hospitals_sha256": hashlib.sha256(ranking.lines).hexdigest(),
    }
    if by.grace:
        detail["grace"] = True
    return Entry("capacity.asked", "answered", by.actor, request=request, at=at, detail=detail)


async def declare(room: CapacityRoom, statement: Declared, *, by: Principal, request: str) -> Declared:
    """Keep what was told, in force at once. Raises Problem for another's hospital or too long a validity."""
    room.place(statement.hospital)
    if by.role is Role.PARTNER and by.partner != statement.hospital:
        refused = replace(
            _declared_entry(statement, by=by, request=request), outcome="refused", code="not-your-hospital"
        )
        await room.recorder.record(refused)
        raise Problem("not-your-hospital", detail="This key may declare beds of its own hospital only.")
    if statement.expires_at <= statement.declared_at:
        raise Problem("wrong-input", errors=[("body.expires_at", "past", "Must lie in the future.")])
    if statement.expires_at - statement.declared_at > LONGEST_DECLARATION:
        raise Problem("wrong-input", errors=[("body.expires_at", "too_far", "At most two hours from now.")])
    await room.database.write(
        lambda connection: store.keep_declared(connection, statement),
        entries=[_declared_entry(statement, by=by, request=request)],
    )
    room.boards.picture.declare(statement)
    return statement


async def note_listing(room: CapacityRoom, *, by: Principal, request: str) -> None:
    """Record that somebody looked at the directory."""
    entry = Entry("capacity.hospitals_listed", "answered", by.actor, request=request)
    await room.recorder.record(entry)


def _declared_entry(statement: Declared, *, by: Principal, request: str) -> Entry:
    """Leave out who told it: a person's name stays out of the chain."""
    return Entry(
        act="capacity.declared",
        outcome="recorded",
        actor=by.actor,
        object_type="hospital",
        object_id=statement.hospital,
        request=request,
        detail={
            "need": str(statement.need),
            "free": statement.free,
            "proof": statement.proof,
            "expires_at": statement.expires_at.isoformat(timespec="seconds"),
        },
    )
