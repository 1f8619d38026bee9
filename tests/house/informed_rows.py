"""The rows of incidents, notifications and standings, and the entries that must name the very same."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from tests.journeys.evidence import Record

from .told import objects

# Each makes one new picture of its incident; what only links, tells or refuses makes none.
PICTURING = {
    *("incident.opened", "incident.proposed", "incident.updated"),
    *("incident.closed", "incident.cancelled", "incident.merged", "incident.dismissed"),
}
ENDING = ("incident.closed", "incident.cancelled", "incident.merged", "incident.dismissed")


def _made(log: list[Record]) -> list[str]:
    """Return the incidents; a proposal that is taken up is opened as what it was."""
    return sorted({*objects(log, "incident.proposed", "proposed"), *objects(log, "incident.opened", "open")})


def _pictures(log: list[Record]) -> list[tuple[str, int]]:
    pictured = [
        (each["obj"]["id"], each["detail"]["sequence"])
        for each in log
        if each["act"] in PICTURING and each["outcome"] != "repeated"
    ]
    return sorted(set(pictured))


def _ended(log: list[Record]) -> list[tuple[str, str]]:
    return [(each["obj"]["id"], each["outcome"]) for each in log if each["act"] in ENDING]


def _promised(log: list[Record]) -> list[str]:
    return [each["obj"]["id"] for each in log if each["act"] == "notification.accepted"]


def _numbers(log: list[Record]) -> list[tuple[str, int]]:
    accepted = [each for each in log if each["act"] == "notification.accepted"]
    return [(each["partner"], each["detail"]["number"]) for each in accepted]


def _attempts(log: list[Record]) -> list[tuple[str, int]]:
    return list(Counter(objects(log, "notification.conveying", "intended")).items())


def _arrived(log: list[Record]) -> list[str]:
    return sorted(set(objects(log, "notification.conveyed", "answered", "fetched")))


def _receipts(log: list[Record]) -> list[tuple[str, str]]:
    return [(each["obj"]["id"], each["outcome"]) for each in log if each["act"] == "notification.receipt"]


def _standings(log: list[Record]) -> list[tuple[str, str]]:
    said = [each for each in log if each["act"] == "partner.standing_changed"]
    return list({each["partner"]: each["detail"]["now"] for each in said}.items())


INFORMED: Mapping[str, tuple[str, Callable[[list[Record]], list[Any]]]] = {
    "incidents": ("SELECT id FROM incident", _made),
    "pictures": ("SELECT incident, sequence FROM incident_picture", _pictures),
    "ended incidents": (
        "SELECT id, state FROM incident WHERE state NOT IN ('open', 'proposed')",
        _ended,
    ),
    "links": (
        "SELECT incident FROM incident_link WHERE kind = 'related'",
        lambda log: objects(log, "incident.linked", "open"),
    ),
    "mergers": (
        "SELECT incident FROM incident_link WHERE kind = 'merged'",
        lambda log: objects(log, "incident.merged", "merged"),
    ),
    "notifications": ("SELECT id FROM notification", _promised),
    "numbers of partners": ("SELECT partner, number FROM notification", _numbers),
    "attempts": ("SELECT id, attempts FROM notification WHERE attempts > 0", _attempts),
    "what has arrived": ("SELECT id FROM notification WHERE delivered_at_us IS NOT NULL", _arrived),
    "receipts": ("SELECT notification, progress FROM notification_receipt", _receipts),
    "standings": ("SELECT partner, standing FROM partner_standing", _standings),
    "warnings": (
        "SELECT id FROM warning",
        lambda log: [each["obj"]["id"] for each in log if each["act"] == "warning.changed"],
    ),
    "warnings that were proposed": (
        "SELECT incident FROM warning WHERE incident IS NOT NULL",
        lambda log: objects(log, "incident.proposed", "proposed"),
    ),
}
