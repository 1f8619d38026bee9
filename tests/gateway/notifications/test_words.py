"""The words on the screen: nothing is said to have come further than it has."""

from typing import Any

import pytest

from contracts import Progress
from gateway.notifications.rows import Delivery
from gateway.notifications.words import SHOWN, sentences, state
from gateway.partners.shape import Standing

from .builders import START, row

HELD, QUEUED, DELIVERED = Delivery.HELD, Delivery.QUEUED, Delivery.DELIVERED


def said(
    changes: dict[str, Any], *, standing: Standing = Standing.LIVE, phone: str | None = "0741-110"
) -> str:
    """Return the Indonesian sentence."""
    return sentences(row(**changes), name="Polresta", phone=phone, standing=standing)["id"]


@pytest.mark.parametrize(
    ("changes", "now", "shown", "sentence"),
    [
        ({"delivery": QUEUED}, "queued", "not_arrived", "Belum sampai di Polresta"),
        (
            {"delivery": HELD},
            "held",
            "not_arrived",
            "Polresta belum terhubung - BELUM diberitahu. Telepon 0741-110",
        ),
        (
            {"delivery": DELIVERED},
            "delivered",
            "arrived",
            "Sampai di sistem Polresta - BELUM dibaca petugas",
        ),
        (
            {"delivery": DELIVERED, "channel": "inbox"},
            "delivered",
            "arrived",
            "Diambil dari kotak masuk oleh Polresta - BELUM dibaca petugas",
        ),
        (
            {"delivery": DELIVERED, "progress": Progress.INTEGRATED},
            "integrated",
            "arrived",
            "Tercatat di sistem Polresta - BELUM dibaca petugas",
        ),
        (
            {"delivery": DELIVERED, "progress": Progress.READ},
            "read",
            "read",
            "Dibaca petugas Polresta - BELUM disanggupi",
        ),
        (
            {"delivery": DELIVERED, "progress": Progress.ACCEPTED},
            "accepted",
            "handled",
            "Disanggupi petugas Polresta",
        ),
        (
            {"delivery": DELIVERED, "progress": Progress.REFUSED, "call": True},
            "refused",
            "failed",
            "DITOLAK Polresta. Telepon 0741-110",
        ),
        (
            {"delivery": HELD, "progress": Progress.ACCEPTED, "human": True, "channel": "phone"},
            "accepted",
            "handled",
            "Disanggupi petugas Polresta - lewat telepon; sistem Polresta BELUM menerima",
        ),
        (
            {"delivery": DELIVERED, "call": True},
            "delivered",
            "arrived",
            "Sampai di sistem Polresta - BELUM dibaca petugas - TELEPON SEKARANG: 0741-110",
        ),
        (
            {"delivery": Delivery.EXPIRED},
            "expired",
            "failed",
            "Tidak sampai di Polresta pada waktunya. Telepon 0741-110",
        ),
        ({"delivery": Delivery.DEAD}, "dead", "failed", "TIDAK DAPAT dikirim ke Polresta. Telepon 0741-110"),
        (
            {"delivery": Delivery.CANCELLED, "reason": "in_digest"},
            "cancelled",
            "not_arrived",
            "Selesai sebelum Polresta dapat diberitahu - masuk ringkasan",
        ),
        ({"delivery": QUEUED, "drill": True}, "queued", "not_arrived", "LATIHAN: Belum sampai di Polresta"),
        (
            {"delivery": QUEUED, "progress": Progress.RECEIVED},
            "queued",
            "not_arrived",
            "Belum sampai di Polresta",
        ),
        (
            {"delivery": Delivery.DEAD, "progress": Progress.DISPATCHED},
            "dispatched",
            "handled",
            "Petugas Polresta sudah dikirim",
        ),
    ],
)
def test_where_it_stands(changes: dict[str, Any], now: str, shown: str, sentence: str) -> None:
    """In programs' words, in one of five on the screen, and in a sentence."""
    assert (state(row(**changes)), SHOWN[state(row(**changes))], said(changes)) == (now, shown, sentence)


def test_who_is_suspended_is_not_told_either() -> None:
    """And it is not for want of a system."""
    sentence = said({"delivery": HELD}, standing=Standing.SUSPENDED)
    assert sentence == "Polresta ditangguhkan - BELUM diberitahu. Telepon 0741-110"


def test_without_a_number_that_is_said() -> None:
    """Nobody looks for it twice."""
    assert said({"delivery": HELD}, phone=None).endswith("Telepon (nomor belum ada)")


@pytest.mark.parametrize("delivery", list(Delivery))
@pytest.mark.parametrize("progress", [None, *Progress])
def test_every_state_has_its_words_in_both_languages(delivery: Delivery, progress: Progress | None) -> None:
    """And nothing that has not arrived is said to have, but by a person's own word."""
    its = row(delivery=delivery, progress=progress, delivered_at=START if delivery is DELIVERED else None)
    words = sentences(its, name="Polresta", phone="0741-110", standing=Standing.LIVE)
    assert set(words) == {"id", "en"}
    assert all("{" not in each and "Polresta" in each for each in words.values())
    if progress in (None, Progress.RECEIVED, Progress.INTEGRATED) and delivery is not DELIVERED:
        assert SHOWN[state(its)] in ("not_arrived", "failed")
