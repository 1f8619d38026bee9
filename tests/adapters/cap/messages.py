"""Any CAP message that our model can hold and the rules allow."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from adapters.cap.model import Area, Circle, Info, Message, Pair, Reference, Resource
from adapters.cap.words import (
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

SENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

moments = st.integers(1, 10_000_000).map(lambda seconds: SENT + timedelta(seconds=seconds))
zones = st.sampled_from([timezone(timedelta(hours=hours)) for hours in (-5, 0, 7, 8, 9)])
names = st.from_regex(r"[A-Za-z0-9.@-]{1,20}", fullmatch=True)
# What XML can hold, beginning and ending with a sign that is seen.
texts = st.from_regex("[A-Za-zé<&>\"']([ -~\n\té]{0,20}[A-Za-z<&>])?", fullmatch=True)
perhaps = st.none() | texts
latitudes = st.integers(-89_000_000, 89_000_000).map(lambda micro: micro / 1_000_000)
longitudes = st.integers(-179_000_000, 179_000_000).map(lambda micro: micro / 1_000_000)
points = st.tuples(latitudes, longitudes)
rings = st.lists(points, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))
circles = st.builds(Circle, latitudes, longitudes, st.integers(0, 900).map(lambda tenths: tenths / 10))
pairs = st.builds(Pair, texts, texts | st.just(""))
decimals = st.decimals(0, 50_000, places=1)
links = st.none() | st.just("https://contoh.example/a?b=c&d")


def many(of: st.SearchStrategy[object], at_least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    """A few of them."""
    return st.lists(of, min_size=at_least, max_size=3).map(tuple)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """An area; a ceiling only with an altitude."""
    altitude: Decimal | None = draw(st.none() | decimals)
    return Area(
        description=draw(texts),
        polygons=draw(many(rings)),
        circles=draw(many(circles)),
        geocodes=draw(many(pairs)),
        altitude=altitude,
        ceiling=None if altitude is None else draw(st.none() | decimals),
    )


resources = st.builds(
    Resource,
    texts,
    st.just("image/png"),
    st.none() | st.integers(0, 10_000_000),
    links,
    perhaps,
    st.none() | st.just("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
)
infos = st.builds(
    Info,
    categories=many(st.sampled_from(Category), 1),
    event=texts,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.none() | st.sampled_from(["id", "en-US", "jv-Java"]),
    response_types=many(st.sampled_from(ResponseType)),
    audience=perhaps,
    event_codes=many(pairs),
    effective=st.none() | st.just(SENT),
    onset=st.none() | moments,
    expires=moments,
    sender_name=perhaps,
    headline=perhaps,
    description=perhaps,
    instruction=perhaps,
    web=links,
    contact=perhaps,
    parameters=many(pairs),
    resources=many(resources),
    areas=many(areas()),
)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """A message whose parts fit each other."""
    scope, kind = draw(st.sampled_from(Scope)), draw(st.sampled_from(MsgType))
    earlier = st.builds(
        Reference, st.just("pusat.example"), names.map(lambda name: f"x{name}"), st.just(SENT)
    )
    referring = kind is not MsgType.ALERT
    return Message(
        identifier=draw(names.map(lambda name: f"m{name}")),
        sender="pusat.example",
        sent=SENT,
        status=draw(st.sampled_from(Status)),
        msg_type=kind,
        scope=scope,
        source=draw(perhaps),
        restriction=draw(texts) if scope is Scope.RESTRICTED else None,
        addresses=draw(many(names, 1)) if scope is Scope.PRIVATE else (),
        codes=draw(many(texts)),
        note=draw(texts) if kind is MsgType.ERROR else draw(perhaps),
        references=draw(many(earlier, 1)) if referring else (),
        incidents=draw(many(names)),
        infos=draw(many(infos)),
    )
