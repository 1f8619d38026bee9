"""What holds of referrals at every moment, whoever does what and whichever process has ended."""

from collections import Counter

from contracts import AnswerState, Entry, Step
from gateway.referrals.rows import AskState, Clearance, OwedWhat
from gateway.referrals.states import LOOKING
from gateway.referrals.states import State as Stands

from . import table
from .hospital import OPEN
from .world import Heard, State, World

DECIDED = (
    "referral.approved",
    "referral.approved_by_telephone",
    "referral.glass_broken",
    "referral.worsened",
)
CLOSED = (AskState.DECLINED, AskState.FAILED, AskState.WITHDRAWN)


def nothing_goes_out_undecided(world: World) -> None:
    """Before the first question about a referral its decision, or the broken glass, stands in the log."""
    decided: set[str] = set()
    for each in world.time:
        if isinstance(each, Entry) and each.act in DECIDED:
            decided.add(str(each.object_id))
        elif isinstance(each, Heard):
            assert each.ask.referral in decided, "sent without a decision"


def nothing_goes_out_unwritten(world: World) -> None:
    """Whenever a hospital hears of a patient, an intent for that very ask stands open in the log."""
    is_open: Counter[str] = Counter()
    for each in world.time:
        if isinstance(each, Heard):
            assert is_open[each.ask.id] > 0, "sent without an intent"
        elif each.act == "referral.conveying":
            is_open[_ask(each)] += 1
        elif each.act == "referral.conveyed" and each.outcome != "not_asked":
            is_open[_ask(each)] -= 1


def _ask(entry: Entry) -> str:
    return str(entry.request).partition(".")[0]


def one_copy_each(world: World) -> None:
    """However often it was sent, a hospital holds one copy of one ask."""
    for hospital in world.hospitals.values():
        for ask, copies in hospital.copies.items():
            assert len(copies) <= 1, f"{len(copies)} copies of {ask}"


def every_intent_has_its_outcome(world: World) -> None:
    """Exactly one where the process lived on; at most one where it ended."""
    entries = [each for each in world.time if isinstance(each, Entry)]
    intents = Counter(each.request for each in entries if each.act == "referral.conveying")
    outcomes = Counter(each.request for each in entries if each.act == "referral.conveyed")
    twice = [request for request, count in (intents | outcomes).items() if count > 1]
    assert not twice, f"written twice: {[each for each in entries if each.request in twice]}"
    never_meant = outcomes.keys() - intents.keys()
    told = {
        each.request for each in entries if each.act == "referral.conveyed" and each.outcome != "not_asked"
    }
    assert not never_meant & told, "an outcome of what was never meant"
    under_way = {f"{row}.{number}" for _, row, number in world.in_flight.values()}
    assert world.open_intents() <= under_way | world.excused, "an intent without an outcome"


def history_follows_the_table(state: State) -> None:
    """Each step is one of the table's, begins where the last ended, and the row stands where it ends."""
    stands: dict[str, str] = {}
    for each in state.history:
        if each.before is None:
            continue
        assert stands.get(each.referral, each.before) == each.before, "a gap in the history"
        assert table.STEPS.get((str(each.before), each.event)) == str(each.after), "not in the table"
        stands[each.referral] = str(each.after)
    for referral in state.referrals.values():
        assert stands.get(referral.id, "draft") == str(referral.state)


def a_timer_runs_while_the_head_is_waited_for(state: State) -> None:
    """A submitted referral is due at some moment, and no other is."""
    for each in state.referrals.values():
        waits = each.state is Stands.SUBMITTED
        assert (each.wait is not None) is waits
        assert (each.due_at is not None) is waits


def what_went_on_alone_is_owed(state: State) -> None:
    """A review of a break-glass, a confirmation of a telephone's yes."""
    owed = {(each.referral, each.what) for each in state.owed}
    for each in state.referrals.values():
        if each.clearance is Clearance.BREAK_GLASS:
            assert (each.id, OwedWhat.REVIEW) in owed, "went on alone"
        if each.clearance is Clearance.TELEPHONED:
            assert (each.id, OwedWhat.CONFIRMATION) in owed, "went on alone"


def one_destination(state: State) -> None:
    """Who is accepted has one chosen hospital, and no other that believes to be it."""
    for each in state.referrals.values():
        chosen = [ask for ask in state.of(each.id) if ask.state is AskState.CHOSEN]
        willing = [ask for ask in state.of(each.id) if ask.state is AskState.ACCEPTED]
        if each.state is Stands.ACCEPTED:
            assert not willing, "a willing hospital was not told that another was chosen"
            assert [ask.hospital for ask in chosen] == [each.destination], "accepted, and not by one hospital"
            assert chosen[0].answer in (AnswerState.ACCEPTED, AnswerState.ARRIVED), "chosen without its yes"
        else:
            travels = each.state in (Stands.UNDER_WAY, Stands.ARRIVED)
            assert all(travels and ask.hospital == each.destination for ask in chosen), "chosen by nobody"


def taken_back_is_taken_back(state: State) -> None:
    """A hospital that is to be told that nobody comes is never counted as asked, willing or chosen."""
    for ask in state.asks:
        assert ask.state is AskState.WITHDRAWN or ask.step is not Step.WITHDRAWN, "counted, and taken back"


def only_who_accepts_is_chosen(world: World) -> None:
    """Whoever is chosen has said yes to a question that still stood, and nothing else since."""
    last: dict[tuple[str, str], str] = {}
    for each in world.time:
        if not isinstance(each, Entry) or each.partner is None:
            continue
        about = (str(each.object_id), each.partner)
        if each.act == "referral.hospital_chosen":
            assert last.get(about) in ("accepted", "arrived"), f"chosen after {last.get(about)}"
        elif each.act in ("referral.answered", "referral.withdrawn", "referral.asked"):
            last[about] = each.outcome


def nobody_is_asked_twice_at_once(state: State) -> None:
    """One open ask a hospital."""
    for referral in state.referrals:
        asked = Counter(ask.hospital for ask in state.of(referral) if ask.state not in CLOSED)
        assert all(count == 1 for count in asked.values()), "asked while it is being asked"


def nobody_waits_for_nobody(state: State) -> None:
    """Where hospitals are looked for, one is being asked, or an operator was told since that none is."""
    for each in state.referrals.values():
        if each.state not in LOOKING or any(ask.state not in CLOSED for ask in state.of(each.id)):
            continue
        last = [line.event for line in state.history if line.referral == each.id]
        since = last[_last(last, "asked", "worsened", "fell_through", "ask", "approve") :]
        assert "alarm" in since, "nobody is asked, and nobody knows"


def silence_will_be_seen(state: State) -> None:
    """Whoever is asked and has not answered is looked at again at some moment: the next is asked by then."""
    for ask in state.asks:
        if ask.state in (AskState.QUEUED, AskState.SENT, AskState.UNCONFIRMED) and ask.step is Step.OFFERED:
            assert ask.due_at is not None, f"nobody will see that it is silent: {ask}"


def _last(events: list[str], *wanted: str) -> int:
    return max((number for number, event in enumerate(events) if event in wanted), default=0)


def who_is_under_way_goes_on(before: State, now: State, *, by_a_person: bool) -> None:
    """Nothing but a person changes where somebody under way goes; only an arrival ends it otherwise."""
    for was in before.referrals.values():
        if was.state is not Stands.UNDER_WAY:
            continue
        stands = now.referrals[was.id]
        if not by_a_person:
            assert stands.state in (Stands.UNDER_WAY, Stands.ARRIVED), "stopped by nobody"
            assert stands.destination == was.destination, "sent elsewhere by nobody"


def copies_say_what_they_should(world: World, state: State) -> None:
    """With every hospital well and nothing left to do: no message is owed, and each copy is as its ask."""
    for hospital in world.hospitals.values():
        for ask in state.asks:
            if (
                ask.hospital != hospital.id
                or ask.telephone
                or ask.state in (AskState.DECLINED, AskState.FAILED)
            ):
                continue  # by telephone, or ended by the hospital itself
            if _cannot_be_told(ask.place, hospital.blind):
                continue
            copies = hospital.copies.get(ask.id, [])
            is_owed = ask.attempted and ask.step is not Step.WITHDRAWN
            assert copies or not is_owed, f"no copy of {ask}"
            for copy in copies:
                ended = copy.state not in OPEN
                assert ended or copy.step is ask.step, f"{copy}, and should be {ask}"
                assert ended or copy.urgency is ask.urgency, f"{copy}, and should be {ask}"


def _cannot_be_told(place: str | None, blind: bool) -> bool:
    """A hospital that cannot be searched, and whose first answer was lost: it stays unconfirmed."""
    return blind and not place


def still_to_tell(state: State) -> list[str]:
    """Return the asks of which a hospital is yet to be told something."""
    return [ask.id for ask in state.asks if ask.owes_message and ask.due_at is not None]
