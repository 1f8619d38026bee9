"""Passkeys: made once, signed anew each time, and good for their own address only."""

import json
from dataclasses import replace

import pytest

from gateway.accounts import own, proofs, session_store, signing_in, stepping_up
from gateway.accounts.account import Session
from gateway.accounts.own import Surroundings
from gateway.accounts.passkeys import Place
from gateway.accounts.proofs import Proof
from gateway.accounts.signing_in import Refused

from .authenticator import PRESENT, Authenticator
from .conftest import SOURCE, Desk

PLACE = Place("http://localhost:8112")
AROUND = Surroundings("r", SOURCE)


async def _again(desk: Desk, session: Session) -> Session:
    """Return the session as the next question finds it."""
    found = await desk.room.database.read(lambda c: session_store.load_session(c, session.digest))
    assert found is not None
    return found


async def _add(desk: Desk, session: Session, authenticator: Authenticator, **answered: str):
    question = await own.ask_for_passkey(desk.room, session, place=PLACE)
    answer = answered.get("answer") or authenticator.make(question)
    return await own.add_passkey(
        desk.room, await _again(desk, session), answer, label="HP", place=PLACE, around=AROUND
    )


async def _sign(desk: Desk, session: Session, authenticator: Authenticator):
    question = await proofs.ask_passkey(desk.room, session, place=PLACE)
    proof = Proof(answer=authenticator.sign(question), place=PLACE)
    return await stepping_up.step_up(
        desk.room, await _again(desk, session), proof, source=SOURCE, request="r"
    )


@pytest.fixture
async def session(desk: Desk) -> Session:
    """Give the open session of somebody without a passkey."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    desk.acts()
    return session


async def test_a_passkey_steps_up_and_signs_in(desk: Desk, session: Session) -> None:
    """Added in a session, used for a decision, then instead of a code."""
    telephone = Authenticator()
    added = await _add(desk, session, telephone)
    desk.clock.pass_s(400)
    stepped = await _sign(desk, session, telephone)
    assert stepped.may_decide(desk.clock.us)
    half, _ = await desk.give_password("kepala")
    question = await proofs.ask_passkey(desk.room, half, place=PLACE)
    assert [each["id"] for each in json.loads(question)["allowCredentials"]] == [added.id]
    proof = Proof(answer=telephone.sign(question), place=PLACE)
    opened = await signing_in.finish(desk.room, await _again(desk, half), proof, source=SOURCE, request="r")
    assert opened[0].complete
    assert [act for act, _ in desk.acts()] == [
        *("passkey.added", "session.stepped_up", "session.begun", "session.opened")
    ]


async def test_an_answer_counts_once(desk: Desk, session: Session) -> None:
    """What was signed before is refused, in the same session and with an old challenge."""
    telephone = Authenticator()
    await _add(desk, session, telephone)
    question = await proofs.ask_passkey(desk.room, session, place=PLACE)
    proof = Proof(answer=telephone.sign(question), place=PLACE)
    now = await _again(desk, session)
    first = await stepping_up.step_up(desk.room, now, proof, source=SOURCE, request="r")
    again = await stepping_up.step_up(desk.room, now, proof, source=SOURCE, request="r")
    later = await stepping_up.step_up(
        desk.room, await _again(desk, session), proof, source=SOURCE, request="r"
    )
    assert not isinstance(first, Refused)
    assert (again, later) == (Refused("wrong"), Refused("wrong"))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://localhost:9999"},
        {"origin": "https://gerbang.example"},
        {"host": "gerbang.example"},
        {"flags": PRESENT},
        {"id": b"another key of somebody else ...."},
    ],
    ids=["port", "phishing", "other rp", "no finger", "unknown key"],
)
async def test_what_is_not_ours_is_refused(desk: Desk, session: Session, lie: dict) -> None:
    """Another address, another party, no finger, a key nobody has added."""
    telephone = Authenticator()
    await _add(desk, session, telephone)
    assert await _sign(desk, session, replace(telephone, **lie)) == Refused("wrong")


async def test_another_persons_key_under_a_known_id_is_refused(desk: Desk, session: Session) -> None:
    """The signature decides, not the id."""
    telephone = Authenticator()
    await _add(desk, session, telephone)
    assert await _sign(desk, session, Authenticator(id=telephone.id)) == Refused("wrong")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": 3}',
        "[" * 10_000,
        '"\\ud800"',
        '{"id":"x","response":"y"}',
        "x" * 20_000,
    ],
)
async def test_nonsense_is_refused(desk: Desk, session: Session, answer: str) -> None:
    """Whatever a browser sends as an answer, the rest of the house stands."""
    telephone = Authenticator()
    await _add(desk, session, telephone)
    assert await _add(desk, session, telephone, answer=answer or " ") is None
    await proofs.ask_passkey(desk.room, session, place=PLACE)
    proof = Proof(answer=answer or " ", place=PLACE)
    now = await _again(desk, session)
    assert await stepping_up.step_up(desk.room, now, proof, source=SOURCE, request="r") == Refused("wrong")


async def test_the_same_passkey_is_added_once(desk: Desk, session: Session) -> None:
    """By nobody else either."""
    telephone = Authenticator()
    assert await _add(desk, session, telephone) is not None
    assert await _add(desk, session, telephone) is None
    await desk.make("wakil")
    other = await desk.sign_in("wakil")
    assert await _add(desk, other, telephone) is None


async def test_an_address_can_own_no_passkeys(desk: Desk, session: Session) -> None:
    """127.0.0.1 is no name; an address that is not ours is none either."""
    assert Place("http://127.0.0.1:8112").host is None
    assert Place("http://[::1]:8112").host is None
    assert desk.room.place("https://evil.example") is None
    assert desk.room.place("http://localhost:8112") == PLACE


async def test_a_removed_passkey_signs_nothing(desk: Desk, session: Session) -> None:
    """Nor can somebody else's be removed."""
    telephone = Authenticator()
    added = await _add(desk, session, telephone)
    await desk.make("wakil")
    other = await desk.sign_in("wakil")
    assert not await own.remove_passkey(desk.room, other, added.name, around=AROUND)
    question = await proofs.ask_passkey(desk.room, session, place=PLACE)
    proof = Proof(answer=telephone.sign(question), place=PLACE)
    assert await own.remove_passkey(desk.room, session, added.name, around=AROUND)
    now = await _again(desk, session)
    assert await stepping_up.step_up(desk.room, now, proof, source=SOURCE, request="r") == Refused("wrong")
    assert await proofs.ask_passkey(desk.room, session, place=PLACE) is None
