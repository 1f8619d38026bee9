"""The shapes of the notification API, for the console as for programs."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]


class ReceiptView(Struct, frozen=True, kw_only=True):
    """
    What a partner has said, and how we know: `proof` machine, person or operator_statement.

    The name of who said it stays sealed; `named` says that one was given.
    """

    state: str
    heard_at: Moment
    at: Moment | None
    channel: str
    proof: str
    named: bool
    post: str | None
    reference: str | None
    reason: str | None


class LadderLine(Struct, frozen=True, kw_only=True):
    """
    One notification and how far its partner is.

    `state`: queued, held, delivered, received, integrated, read, accepted, refused, dispatched, on_scene,
    closed, expired, cancelled, superseded, dead. `shown`: not_arrived, arrived, read, handled, failed.
    `words` says it in `id` and `en`. `needs_phone_call`: somebody must ring `phone`. `human_confirmed`: a
    named person or duty post there has said so.
    """

    id: str
    topic: str
    about: str
    partner: str
    partner_name: str
    phone: str | None
    number: int
    sequence: int
    kind: str
    state: str
    shown: str
    words: dict[str, str]
    urgent: bool
    drill: bool
    accepted_at: Moment
    expires_at: Moment
    delivered_at: Moment | None
    channel: str | None
    held_since: Moment | None
    delayed: bool
    confirmed_at: Moment | None
    human_confirmed: bool
    needs_phone_call: bool
    call_since: Moment | None
    alarm: str | None
    alarm_at: Moment | None
    attempts: int
    trouble: str | None
    reference: str | None
    reason: str | None
    receipts: list[ReceiptView]


class NotificationList(Struct, frozen=True, kw_only=True):
    """A page of notifications; `next` is the cursor of the page after it, null on the last."""

    environment: str
    request: str
    notifications: list[LadderLine]
    next: str | None


class NotificationAnswer(Struct, frozen=True, kw_only=True):
    """One notification after a change."""

    environment: str
    request: str
    notification: LadderLine


class InboxItem(Struct, frozen=True, kw_only=True):
    """
    One number of the partner's feed.

    `message` is what its system would be told, in the same JSON; null where there is nothing to tell (any
    more, or yet): `state` says why.
    """

    id: str
    number: int
    state: str
    message: dict[str, Any] | None


class Inbox(Struct, frozen=True, kw_only=True):
    """
    What the partner was told after number `since`, and what it has not fetched yet, by number.

    `newest` is the newest number there is; `more`: ask again with the last number. No number is ever left
    out, so `gap` is false.
    """

    environment: str
    request: str
    partner: str
    since: int
    newest: int
    more: bool
    gap: bool
    items: list[InboxItem]


class HeardOf(Struct, frozen=True, kw_only=True):
    """How far a partner is with one notification, by its own word."""

    id: str
    number: int
    state: str
    human_confirmed: bool


class ReceiptsHeard(Struct, frozen=True, kw_only=True):
    """Receipts that were taken in, now or before: the notifications they were for."""

    environment: str
    request: str
    heard: list[HeardOf]
