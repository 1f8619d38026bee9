"""The shapes of the warnings API."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from contracts import Category, Severity

from .rows import State

Moment = Annotated[datetime, Meta(tz=True)]


class WarningQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which warnings to list."""

    touching: Annotated[bool, Meta(description="Only those that touch our areas.")] = False
    ended: Annotated[bool, Meta(description="Those cancelled or over, instead of those that count.")] = False


class WarningFeed(Struct, frozen=True, kw_only=True):
    """
    One authority's list: when it was last read, null before the first time, and how the last attempt ended.

    `unread` are listed warnings that nobody could read: look at the source itself.
    """

    partner: str
    name: str
    outcome: str | None
    reason: str | None
    as_of: Moment | None
    age_s: int | None
    unread: int


class WarningLine(Struct, frozen=True, kw_only=True):
    """
    One warning; `attribution` must be shown with it.

    `areas` are the codes of our areas that it touches, `incident` what was proposed for it; `seen_age_s` is
    how long ago it was last on its authority's list. A stale one is listed no more, and nobody has said that
    it is void.
    """

    id: str
    partner: str
    source: str
    identifier: str
    state: State
    touches: bool
    category: Category
    severity: Severity
    headline: str
    text: str | None
    language: str
    attribution: str
    sent_at: Moment
    age_s: int
    effective_at: Moment | None
    expires_at: Moment | None
    areas: list[str]
    area_names: list[str]
    seen_at: Moment
    seen_age_s: int
    incident: str | None


class WarningList(Struct, frozen=True, kw_only=True):
    """Warnings, what touches us first, and how fresh each authority's list is."""

    environment: str
    request: str
    feeds: list[WarningFeed]
    warnings: list[WarningLine]
