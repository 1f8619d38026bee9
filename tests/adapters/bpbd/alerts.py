"""Any alert that the gateway might hand over, with whatever people typed into it."""

from datetime import timedelta

from hypothesis import strategies as st

from contracts import (
    Alert,
    AlertKind,
    Caller,
    Casualties,
    Category,
    Caution,
    Earlier,
    Over,
    Place,
    Severity,
)

from .sample import SENT

__all__ = ["alerts"]

ids = st.from_regex("n-[a-z0-9]{13}", fullmatch=True)
# Surrogates and control characters included: what a screen lets through may be anything.
typed = st.none() | st.text(max_size=40) | st.just("x" * 400)
counts = st.none() | st.integers(0, 5000)
past = st.integers(0, 10_000_000).map(lambda seconds: SENT - timedelta(milliseconds=seconds * 137))
later = st.integers(2, 10_000_000).map(lambda seconds: SENT + timedelta(milliseconds=seconds * 1009))

places = st.builds(
    Place,
    latitude=st.none() | st.floats(-11, 6),
    longitude=st.none() | st.floats(95, 141),
    precision_m=st.none() | st.integers(0, 100_000),
    address=typed,
    landmark=typed,
    area_code=st.none() | st.just("15.71.06"),
    area_name=typed,
)
overs = st.builds(Over, ids, st.sampled_from(Category), typed, past, past)
alerts = st.builds(
    Alert,
    id=ids,
    number=st.integers(1, 10**9),
    kind=st.sampled_from(AlertKind),
    sent_at=past,
    expires_at=later,
    incident=st.none() | ids,
    sequence=st.integers(0, 10**6),
    category=st.sampled_from(Category),
    severity=st.sampled_from(Severity),
    urgent=st.booleans(),
    drill=st.booleans(),
    live=st.booleans(),
    reported_at=st.none() | past,
    place=places,
    narrative=typed,
    cautions=st.lists(st.sampled_from(Caution), max_size=3).map(tuple),
    casualties=st.builds(Casualties, counts, counts, counts, counts),
    caller=st.none() | st.builds(Caller, st.just("Nama Penelepon Rahasia"), st.just("+6281299998888")),
    callback=st.none() | st.just("112"),
    replaces=st.lists(st.builds(Earlier, ids, st.just(SENT - timedelta(days=900))), max_size=3).map(tuple),
    delayed=st.booleans(),
    held_since=st.none() | past,
    over=st.lists(overs, max_size=4).map(tuple),
    outcome=st.none() | st.just("handled"),
    reply_to=st.none() | st.just("https://gerbang.example/v1/callbacks/bpbd/receipts"),
)
