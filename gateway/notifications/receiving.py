"""What is answered to whoever sends receipts: how far it is with each notification, by its own word."""

from collections.abc import Sequence

import msgspec
from fastapi import Request, Response

from gateway.bodies import JSON
from gateway.passage import request_id

from .answers import HeardOf, ReceiptsHeard
from .room import NotificationRoom
from .rows import Notification
from .words import state

_encode = msgspec.json.Encoder().encode


def heard(request: Request, rows: Sequence[Notification]) -> Response:
    """Answer that receipts for *rows* were taken in, once or again."""
    room: NotificationRoom = request.app.state.notifications
    answer = ReceiptsHeard(
        environment=room.environment,
        request=request_id(request),
        heard=[
            HeardOf(id=row.id, number=row.number, state=state(row), human_confirmed=row.human) for row in rows
        ],
    )
    return Response(_encode(answer), media_type=JSON)
