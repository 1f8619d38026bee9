"""Everybody does everything in any order, processes end at any moment, and the laws hold after each step."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts import AnswerState
from gateway.access.roles import Principal
from gateway.referrals import actions
from gateway.referrals.orders import Channel, Order, Review, TelephoneAnswer, Then, Verdict
from gateway.referrals.rows import Ask, OwedWhat, Rule
from gateway.referrals.states import Event

from . import house, laws, table
from .hospital import Mood
from .world import State, Turn, World

HOSPITALS = (house.FIRST, house.SECOND, house.THIRD, house.TELEPHONE)
SYSTEMS = HOSPITALS[:3]
MOST = 2  # referrals in one run
number = st.integers(0, 30)
hospitals = st.lists(st.sampled_from(HOSPITALS), max_size=2, unique=True).map(tuple)
people = st.sampled_from((house.DISPATCHER, house.OPERATOR, house.APPROVER))
ANSWERS = (AnswerState.ACCEPTED, AnswerState.DECLINED, AnswerState.FAILED, AnswerState.ARRIVED)
PEOPLE = {"dispatcher": house.DISPATCHER, "operator": house.OPERATOR, "approver": house.APPROVER}


@dataclass(frozen=True)
class Wish:
    """What somebody wants: *which* referral, which of the possible events, at which hospitals."""

    which: int
    event: int
    at: tuple[str, ...]


wishes = st.builds(Wish, number, number, hospitals)
NEVER_OVER = 24  # rounds of a minute after which everything has come to rest


class Referrals(RuleBasedStateMachine):
    """One world a run; *template* is a migrated, empty database."""

    template: Path
    mood = Mood.WELL  # of the hospital that cannot be searched, to begin with

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.template)
        self.world.hospitals[house.SECOND].mood = self.mood
        self.ids: list[str] = []
        self.seen: list[Turn] = []  # turns that were due once: they may come late
        self.before: State = self.world.state()
        self.by_a_person = True

    def teardown(self) -> None:
        """Let everything come to rest, and look once more."""
        try:
            self.come_to_rest()
            self.laws_hold()
        finally:
            self.world.close()

    @property
    def room(self) -> Any:
        """The room of the living process."""
        return self.world.room

    # People.

    @initialize(
        then=st.sampled_from((Then.BREAK_GLASS, *Then)),
        rule_=st.sampled_from(Rule),
        wished=hospitals,
        approved=st.booleans(),
    )
    def begin(self, then: Then, rule_: Rule, wished: tuple[str, ...], approved: bool) -> None:
        """A referral to begin with, perhaps one that is out already."""
        self.create(then, rule_, wished)
        if approved:
            self.world.do(self._given(self.ids[0], Order(Event.APPROVE), house.APPROVER))
            self._carry_all()

    @precondition(lambda self: len(self.ids) < MOST)
    @rule(then=st.sampled_from(Then), rule_=st.sampled_from(Rule), wished=hospitals)
    def create(self, then: Then, rule_: Rule, wished: tuple[str, ...]) -> None:
        """Somebody makes a referral; the same question again makes none."""
        criteria = house.TICKED if then is Then.BREAK_GLASS else ()
        order = house.draft(then, criteria=criteria, hospitals=wished, rule=rule_, repeat=f"q{len(self.ids)}")
        for _ in range(2):
            made = self.world.do(actions.create(self.room, order, by=house.DISPATCHER, request="q"))
            self.ids = list(dict.fromkeys([*self.ids, made.id]))  # type: ignore[union-attr]  # never refused
        self._ends(by_a_person=True)

    @rule(wish=wishes, again=st.booleans())
    def order(self, wish: Wish, again: bool) -> None:
        """Somebody orders something that is possible now, perhaps twice."""
        order = self._order(wish)
        self.world.do(self._given(*order))
        if again:
            self.world.do(self._given(*order))
        self._ends(by_a_person=True)

    @rule(wish=wishes, event=st.sampled_from(Event), by=people)
    def order_anything(self, wish: Wish, event: Event, by: Principal) -> None:
        """Somebody orders what is perhaps impossible, or not theirs."""
        referral, order, _ = self._order(wish)
        self.world.do(self._given(referral, replace(order, event=event), by))
        self._ends(by_a_person=True)

    def _order(self, wish: Wish) -> tuple[str, Order, Principal]:
        """Return one of the orders that are possible now."""
        referral = self.ids[wish.which % len(self.ids)]
        state = str(self.before.referrals[referral].state)
        possible = [(event, who) for at, event, who in table.GRID if at == state and who in PEOPLE]
        event, who = possible[wish.event % len(possible)] if possible else ("cancel", "operator")
        asked = [ask.hospital for ask in self.before.of(referral)]
        known = asked[wish.event % len(asked)] if asked and wish.event % 4 else None
        order = Order(
            Event(event),
            hospital=known or (wish.at[0] if wish.at else None),
            hospitals=wish.at,
            criteria=house.TICKED,
            note="Contoh catatan",
        )
        return referral, order, PEOPLE[who]

    def _given(self, referral: str, order: Order, by: Principal) -> Any:
        return actions.carry_out(self.room, referral, order, by=by, request="q")

    @precondition(lambda self: self.before.asks)
    @rule(which=number, state=st.sampled_from(ANSWERS))
    def telephone(self, which: int, state: AnswerState) -> None:
        """An operator enters what a hospital said."""
        ask = self._asks()[which % len(self.before.asks)]
        self.world.do(self._told(ask, state))
        self._ends(by_a_person=True)

    def _asks(self) -> list[Ask]:
        return sorted(self.before.asks, key=lambda ask: (self.ids.index(ask.referral), ask.position))

    def _told(self, ask: Ask, state: AnswerState) -> Any:
        said = TelephoneAnswer(ask.hospital, state, "Perawat contoh", Channel.PHONE, datetime.now(UTC))
        return actions.answer_by_telephone(self.room, ask.referral, said, by=house.OPERATOR, request="q")

    @precondition(lambda self: self.before.owed)
    @rule(which=number, by=people, verdict=st.sampled_from(Verdict), review=st.booleans())
    def look_back(self, which: int, by: Principal, verdict: Verdict, review: bool) -> None:
        """The head reviews or confirms, twice."""
        settle = actions.review if review else actions.confirm_telephoned
        for _ in range(2):
            referral = self.ids[which % len(self.ids)]
            self.world.do(settle(self.room, referral, Review(verdict), by=by, request="q"))
        self._ends(by_a_person=True)

    # Hospitals.

    @precondition(lambda self: any(hospital.copies for hospital in self.world.hospitals.values()))
    @rule(which=number, state=st.sampled_from(ANSWERS), looked=st.booleans())
    def decide(self, which: int, state: AnswerState, looked: bool) -> None:
        """A person at a hospital answers in its own system, and perhaps we look."""
        asks = [ask for ask in self._asks() if ask.hospital in SYSTEMS]
        if asks:
            ask = asks[which % len(asks)]
            self.world.hospitals[ask.hospital].decide(ask.id, state)
        if looked:
            self.world.rest(5)
            self._carry_all()
        self._ends(by_a_person=False)

    @rule(hospital=st.sampled_from(SYSTEMS), mood=st.sampled_from(Mood))
    def behave(self, hospital: str, mood: Mood) -> None:
        """A hospital's system changes its behaviour; what it held back goes on."""
        self.world.hospitals[hospital].mood = mood
        self.world.hospitals[hospital].release()
        self.world.rest(0)
        self._ends(by_a_person=False)

    # Turns.

    def due(self) -> list[Turn]:
        """Return what is due, in an order that the next run has too, and remember it."""
        state = self.world.state()
        due = sorted(self.world.due(), key=lambda turn: self._place(state, turn))
        self.seen += [turn for turn in due if turn not in self.seen]
        return due

    def _place(self, state: State, turn: Turn) -> tuple[str, int, int]:
        kind, row, _ = turn
        if kind == "referral":
            return kind, self.ids.index(row), 0
        if kind == "ask":
            ask = state.ask(row)
            return kind, self.ids.index(ask.referral), ask.position
        owed = next(each for each in state.owed if each.id == row)
        return kind, self.ids.index(owed.referral), int(owed.what is OwedWhat.REVIEW)

    @rule()
    def sweep(self) -> None:
        """Carry everything that is due."""
        self._carry_all()
        self._ends(by_a_person=False)

    def _carry_all(self) -> None:
        for turn in self.due():
            self.world.do(self.world.carry(turn))

    @rule(which=number)
    def carry_twice(self, which: int) -> None:
        """Two replicas carry the same turn at the same time."""
        due = self.due()
        if due:
            turn = due[which % len(due)]
            self.world.do(self._together(self.world.carry(turn), self.world.carry(turn), 0))
        self._ends(by_a_person=False)

    @rule(which=number)
    def carry_late(self, which: int) -> None:
        """A turn is carried that was due once."""
        self.due()
        if self.seen:
            self.world.do(self.world.carry(self.seen[which % len(self.seen)]))
        self._ends(by_a_person=False)

    @rule(which=number)
    def leave_under_way(self, which: int) -> None:
        """A turn begins, and others act before it is over."""
        under_way = {turn[1] for turn in self.world.in_flight.values()}
        due = [turn for turn in self.due() if turn[1] not in under_way]
        if due:
            self.world.start(due[which % len(due)])
        self._ends(by_a_person=False)

    @rule(turn=number, wish=wishes, lag=st.integers(0, 6))
    def cross(self, turn: int, wish: Wish, lag: int) -> None:
        """Somebody orders something while a turn is being carried."""
        due = self.due()
        if due:
            order = self._given(*self._order(wish))
            self.world.do(self._together(self.world.carry(due[turn % len(due)]), order, lag))
        self._ends(by_a_person=True)

    @rule(turn=number, state=st.sampled_from(ANSWERS[:2]), lag=st.integers(0, 6))
    def answer_across(self, turn: int, state: AnswerState, lag: int) -> None:
        """A hospital is on the telephone while a turn at it is being carried."""
        due = [each for each in self.due() if each[0] == "ask"]
        if due:
            chosen = due[turn % len(due)]
            telling = self._told(self.before.ask(chosen[1]), state)
            self.world.do(self._together(self.world.carry(chosen), telling, lag))
        self._ends(by_a_person=True)

    async def _together(self, one: Any, other: Any, lag: int) -> None:
        async def later() -> None:
            for _ in range(lag):
                await asyncio.sleep(0)
            await other

        ended = await asyncio.gather(one, later(), return_exceptions=True)
        broken = [each for each in ended if isinstance(each, Exception)]
        broken = [each for each in broken if type(each).__name__ != "Problem"]
        if broken:
            raise broken[0]

    # Time, and the end of processes.

    @rule(seconds=st.sampled_from((1, 3, 21, 31, 121, 301, 901, 1801, 90_000)))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.world.rest(seconds)
        self._ends(by_a_person=False)

    @rule(after=st.integers(0, 12), which=number)
    def end_in_a_turn(self, after: int, which: int) -> None:
        """The process ends somewhere in a turn; the next one finds the database as it is."""
        due = self.due()
        self.world.life.checkpoints_left = after
        for turn in due[which % len(due) :] if due else ():
            self.world.do(self.world.carry(turn))
        self.world.crash()
        self._ends(by_a_person=False)

    @rule(after=st.integers(0, 4), wish=wishes)
    def end_in_an_order(self, after: int, wish: Wish) -> None:
        """The process ends while somebody orders something."""
        self.world.life.checkpoints_left = after
        self.world.do(self._given(*self._order(wish)))
        self.world.crash()
        self._ends(by_a_person=True)

    @rule()
    def come_to_rest(self) -> None:
        """Every hospital is well, and everything that is due is carried until nothing is owed."""
        self.world.heal()
        for _ in range(NEVER_OVER):
            self._carry_all()
            if not laws.still_to_tell(self.world.state()):
                break
            self.world.rest(61)
        self.world.rest(0)
        laws.copies_say_what_they_should(self.world, self.world.state())
        self._ends(by_a_person=False)

    def _ends(self, *, by_a_person: bool) -> None:
        self.by_a_person = by_a_person

    @invariant()
    def laws_hold(self) -> None:
        """Look at everything."""
        if not self.ids:
            return
        now = self.world.state()
        laws.nothing_goes_out_undecided(self.world)
        laws.nothing_goes_out_unwritten(self.world)
        laws.one_copy_each(self.world)
        laws.every_intent_has_its_outcome(self.world)
        laws.only_who_accepts_is_chosen(self.world)
        laws.history_follows_the_table(now)
        laws.a_timer_runs_while_the_head_is_waited_for(now)
        laws.what_went_on_alone_is_owed(now)
        laws.one_destination(now)
        laws.taken_back_is_taken_back(now)
        laws.nobody_is_asked_twice_at_once(now)
        laws.nobody_waits_for_nobody(now)
        laws.silence_will_be_seen(now)
        laws.who_is_under_way_goes_on(self.before, now, by_a_person=self.by_a_person)
        self.before = now
