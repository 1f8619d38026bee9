"""Legal holds: a court's or the police's word that a person's data must stay, with a reason and an end."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from gateway.access.guard import Principal
from gateway.passage import new_id
from gateway.problems import Problem

from . import entries, store
from .room import InquiryRoom
from .store import Hold
from .whom import Whom, person

LONGEST = timedelta(days=5 * 366)


async def place(
    room: InquiryRoom, whom: Whom, *, reason: str, until: datetime, by: Principal, request: str
) -> Hold:
    """Place a hold. Raises Problem `nobody-known` or `wrong-input`, CannotWrite, CannotRead."""
    at = datetime.now(UTC)
    if not at < until <= at + LONGEST:
        raise Problem(
            "wrong-input", errors=[("body.until", "not_ahead", "Must lie within the next five years.")]
        )
    who = await person(room.people, whom)
    if who is None:
        raise Problem("nobody-known")
    hold = Hold(new_id()[:12], who.pseudonym, reason, until, at)

    def change(connection: Connection) -> bool:
        begun = store.erasure_begun(connection, hold.subject)
        if not begun:
            store.place_hold(connection, hold)
        return not begun

    placed = await room.database.write(
        change,
        entries=lambda placed: [
            entries.about_hold(
                "hold.placed", "placed" if placed else "refused", hold, by=by.actor, request=request
            )
        ],
    )
    if not placed:
        raise Problem("conflict", detail="This person's erasure has begun: there is nothing left to hold.")
    return hold


async def lift(room: InquiryRoom, hold_id: str, *, by: Principal, request: str) -> Hold:
    """Lift a hold; a second time changes nothing. Raises Problem `no-such-hold`, CannotWrite."""
    if not any(hold.id == hold_id for hold in await room.database.read(store.holds)):
        raise Problem("no-such-hold")

    def change(connection: Connection) -> tuple[Hold, bool]:
        hold, stood = store.lift_hold(connection, hold_id, at=datetime.now(UTC))
        if hold is None:
            raise Problem("no-such-hold")
        return hold, stood

    hold, _ = await room.database.write(
        change,
        entries=lambda lifted: [
            entries.about_hold(
                "hold.lifted",
                "lifted" if lifted[1] else "repeated",
                lifted[0],
                by=by.actor,
                request=request,
            )
        ],
    )
    return hold
