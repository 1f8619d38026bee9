"""What the hammered house holds: referrals in every state, accounts to disable, people who are signed in."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from fastapi import FastAPI

from contracts import AnswerState, Criterion, Need
from gateway.access.roles import Principal, Role
from gateway.accounts import actions as accounting
from gateway.accounts import own, signing_in
from gateway.accounts.account import Session
from gateway.accounts.actions import AccountOrder, Handed
from gateway.accounts.own import Surroundings
from gateway.accounts.proofs import Proof
from gateway.accounts.sessions import csrf_of
from gateway.referrals import actions, reading
from gateway.referrals.orders import Channel, Draft, Order, TelephoneAnswer, Then
from gateway.referrals.room import ReferralRoom
from gateway.referrals.rows import Rule
from gateway.referrals.states import Event
from gateway.waking import actions as waking
from gateway.waking.actions import NewContact

SAYOETI = "rsud-sayoeti"  # has a telephone only: nothing of these goes out by itself
TO_REMOVE = 8
AROUND = Surroundings("none", "none")
PASSWORD = "jembatan hijau 42 bulan"


@dataclass(frozen=True, slots=True)
class Cookie:
    """A session's cookie and its forms' token."""

    text: str
    csrf: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whole sessions by role; *half* have given the password only."""

    whole: dict[str, Cookie]
    half: list[Cookie]


def examiner(role: Role = Role.ADMIN) -> Principal:
    """Return whoever prepares the house."""
    return Principal("examiner", role, "examiner", None, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Cases:
    """Referrals by the last step of the addresses that they are fit for, and what was seen of each."""

    fit: Mapping[str, list[str]]
    seen: Mapping[str, tuple[str, str]]  # version and screen, as the head has seen them

    def one(self, chance: random.Random, path: str) -> str:
        """Return a referral for an address, mostly one that is fit for it."""
        fit = self.fit.get(path.rpartition("/")[2])
        every = [each for some in self.fit.values() for each in some]
        return chance.choice(fit if fit and chance.random() < 0.8 else every)


async def referrals(app: FastAPI, each: int) -> Cases:
    """Make *each* many: drafts, submitted, broken glass, approved by telephone, accepted, to be chosen."""
    room: ReferralRoom = app.state.referrals
    drafts = [await _new(room, Then.DRAFT) for _ in range(each)]
    submitted = [await _new(room, Then.SUBMIT) for _ in range(each)]
    broken = [await _new(room, Then.BREAK_GLASS) for _ in range(each)]
    accepted = [await _accepted(room, Rule.FIRST) for _ in range(each)]
    to_choose = [await _accepted(room, Rule.PERSON) for _ in range(each)]
    telephoned = [await _approved_by_telephone(room) for _ in range(each)]
    fit = {
        **dict.fromkeys(("submit", "break-glass", "worsened"), drafts),
        **dict.fromkeys(("decision", "keputusan"), submitted),
        **dict.fromkeys(("review", "tinjauan", "answers", "jawaban"), broken),
        **dict.fromkeys(("departure", "arrival", "fallen-through"), accepted),
        **dict.fromkeys(("choice", "alarm-seen", "dilihat"), to_choose),
        **dict.fromkeys(("confirmation", "persetujuan-telepon"), telephoned),
    }
    return Cases(fit, {name: await _seen(room, name) for name in (*submitted, *broken, *telephoned)})


async def _seen(room: ReferralRoom, referral: str) -> tuple[str, str]:
    view = await reading.view(room, referral, by=examiner(Role.APPROVER), request="none")
    return str(view.version), view.screen


async def _new(room: ReferralRoom, then: Then, rule: Rule = Rule.FIRST) -> str:
    criteria = (Criterion.REDUCED_CONSCIOUSNESS,) if then is Then.BREAK_GLASS else ()
    draft = Draft(need=Need.ICU, then=then, criteria=criteria, hospitals=(SAYOETI,), rule=rule)
    return (await actions.create(room, draft, by=examiner(Role.DISPATCHER), request="none")).id


async def _accepted(room: ReferralRoom, rule: Rule) -> str:
    referral = await _new(room, Then.BREAK_GLASS, rule)
    answer = TelephoneAnswer(SAYOETI, AnswerState.ACCEPTED, "Perawat", Channel.PHONE, datetime.now(UTC))
    await actions.answer_by_telephone(room, referral, answer, by=examiner(Role.OPERATOR), request="none")
    return referral


async def _approved_by_telephone(room: ReferralRoom) -> str:
    referral = await _new(room, Then.SUBMIT)
    order = Order(Event.APPROVE_BY_TELEPHONE, note="dr. Kepala")
    await actions.carry_out(room, referral, order, by=examiner(Role.OPERATOR), request="none")
    return referral


async def accounts(app: FastAPI, each: int) -> dict[str, list[str]]:
    """Make accounts that may be disabled, half as many as *each*, and one with contacts."""
    to_disable = [(await _account(app, f"akhir{_letters(n)}")).account.id for n in range(each // 2)]
    keeper = (await _account(app, "penjaga")).account.id
    contacts = [
        await waking.add_contact(
            app.state.waking, NewContact(keeper, f"tel:+628120000{each:04}"), by=examiner(), request="none"
        )
        for each in range(1, TO_REMOVE + 1)
    ]
    return {"account_id": to_disable, "account": [keeper], "contact": [each.id for each in contacts]}


async def _account(app: FastAPI, login: str, role: Role = Role.OPERATOR) -> Handed:
    order = AccountOrder(login, "Orang Contoh", role, SAYOETI if role is Role.DUTY else None)
    return await accounting.create(app.state.accounts, order, by=examiner(), request="none")


def _letters(number: int) -> str:
    return "abcdefghij"[number // 10] + "abcdefghij"[number % 10]


async def sign_in(app: FastAPI, each: int) -> SignedIn:
    """Sign somebody of every role in, with a password of their own; others half, three times *each*."""
    roles = (Role.APPROVER, Role.OPERATOR, Role.ADMIN, Role.DUTY)
    whole = {str(role): await _signed_in(app, await _account(app, f"orang.{role}", role)) for role in roles}
    other = await _account(app, "setengah")
    half = [(await _begun(app, "setengah", other.password))[1] for _ in range(3 * each)]
    return SignedIn(whole, half)


async def _begun(app: FastAPI, login: str, password: str) -> tuple[Session, Cookie]:
    begun = await signing_in.begin(app.state.accounts, login, password, source="none", request="none")
    assert not isinstance(begun, signing_in.Refused)
    return begun[0], Cookie(begun[1], csrf_of(begun[1]))


async def _signed_in(app: FastAPI, handed: Handed) -> Cookie:
    room = app.state.accounts
    half, _ = await _begun(app, handed.account.login, handed.password)
    proof = Proof(code=pyotp.TOTP(str(handed.totp_secret)).now())
    opened = await signing_in.finish(room, half, proof, source="none", request="none")
    assert not isinstance(opened, signing_in.Refused)
    session, token = opened
    assert await own.change_password(room, session, old=handed.password, new=PASSWORD, around=AROUND) is None
    return Cookie(token, csrf_of(token))
