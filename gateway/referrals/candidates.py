"""
Which hospitals could take this patient, best first: the capacity room's order, refined by class.

The need, then who is known to have a trusted free bed, then the right class among those, then the distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from contracts import Need, TakesReferrals
from gateway.capacity.board import Board, Boards
from gateway.capacity.ranking import Group, Judged, distances, in_order
from gateway.partners.config import Standing
from gateway.partners.registry import Registry

from .offering import Offer
from .rows import Referral

_FREE = (Group.FREE, Group.FREE_STALE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hospital for one referral; *class_matches* is None where class is not asked for or not known."""

    judged: Judged
    rank: int
    distance_km: float | None
    class_matches: bool | None
    telephone: bool

    @property
    def offer(self) -> Offer:
        """The hospital as it can be asked."""
        return Offer(self.judged.place.id, self.telephone, able=self.judged.able is not False)


def ranked(boards: Boards, registry: Registry, referral: Referral, *, at: datetime) -> list[Candidate]:
    """Return every hospital, best first; who lacks the service stands last."""
    board = boards.board(referral.need, at=at)
    found = [_candidate(board, judged, far, referral, registry) for judged, far in _ordered(board, referral)]
    if referral.need is not Need.IGD:
        found.sort(key=_by_class)
    return [replace(each, rank=rank) for rank, each in enumerate(found, start=1)]


def offers(candidates: Sequence[Candidate]) -> list[Offer]:
    """Return whom to ask, in order."""
    return [each.offer for each in candidates]


def _ordered(board: Board, referral: Referral) -> list[tuple[Judged, float | None]]:
    known = referral.latitude is not None and referral.longitude is not None
    here = (referral.latitude or 0.0, referral.longitude or 0.0) if known else None
    far = distances(board.places, here)
    return [(judged, distance) for judged, distance, _ in in_order(board.judged, far, referral.need)]


def _candidate(
    board: Board, judged: Judged, far: float | None, referral: Referral, registry: Registry
) -> Candidate:
    partner = registry.partners[judged.place.id]
    by_system = partner.standing is Standing.LIVE and isinstance(partner.port, TakesReferrals)
    return Candidate(judged, 0, far, _class_matches(judged, referral.kelas), telephone=not by_system)


def _class_matches(judged: Judged, kelas: str | None) -> bool | None:
    by_class = judged.figure.tally.by_class
    if kelas is None or not by_class:
        return None
    return by_class.get(kelas, 0) > 0


def _by_class(one: Candidate) -> tuple[int, int, float]:
    """Keep the capacity room's groups; the wrong class comes after the right one and the unknown."""
    free = one.judged.group in _FREE
    wrong = free and one.class_matches is False
    return one.judged.group, int(wrong), inf if one.distance_km is None else one.distance_km
