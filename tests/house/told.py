"""What the entries of a log say was done: to what, about whom, at which partner."""

from collections.abc import Iterable, Mapping

from tests.journeys.evidence import Record


def objects(log: Iterable[Record], act: str, *outcomes: str) -> list[str]:
    """Return what the entries of that act were done to."""
    return [record["obj"]["id"] for record in log if record["act"] == act and record["outcome"] in outcomes]


def subjects(log: Iterable[Record], act: str, *outcomes: str) -> list[str]:
    """Return whom the entries of that act are about."""
    return [record["subj"] for record in log if record["act"] == act and record["outcome"] in outcomes]


def at_partners(log: Iterable[Record], act: str) -> list[tuple[str, str]]:
    """Return what the entries of that act were done to, and at whom."""
    return [(record["obj"]["id"], record["partner"]) for record in log if record["act"] == act]


def done_to(log: Iterable[Record], outcome_of: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what was done to what, by the event of each act."""
    return [(record["obj"]["id"], outcome_of[record["act"]]) for record in log if record["act"] in outcome_of]
