"""Receipts in partners' own words, whole and broken: BPBD's CAP in XML, the envelopes of the police."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.agencies.message import Message as Case
from sandbox.agencies.saying import MEDIA_TYPES, Saying, written
from sandbox.agencies.table import AGENCIES
from sandbox.bpbd.acks import STEPS, ack
from sandbox.bpbd.acks import Saying as Word
from sandbox.bpbd.cap import Message, Reference

from .breaking import in_splinters
from .informed import BPBD, POLRESTA
from .question import CANARY_NIKS, CANARY_NOKARTU, Question

PATH = "/v1/callbacks/{partner}/receipts"
SENDER = "112.contoh-kota-jambi.example"  # as the demo's partner file has it
NIK = CANARY_NIKS[0]
TWICE = 2
LOL = "".join(f'<!ENTITY l{at} "&l{at - 1};&l{at - 1};&l{at - 1};&l{at - 1};">' for at in range(1, 12))
# What stands in place of a whole body, or before it.
ABYSSES: tuple[bytes, ...] = (
    *(b"", b"<", b"<alert/>", b"\x00", b"<?xml version='1.0' encoding='utf-16'?><alert/>", b"{}", b"[[]]"),
    b"<a>" * 100_000,
    f'<!DOCTYPE a [<!ENTITY l0 "lol">{LOL}]><a>&l11;</a>'.encode(),
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
    b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></a>',
    b"[" * 100_000,
)
SAID = (
    None,
    "tidak ada petugas",
    f"NIK {NIK}",
    NIK,
    CANARY_NOKARTU,
    "<b>&amp;</b>",
    "\u202e",
    "x" * 5000,
    "9" * 400,
)

_BY_PARTNER: Mapping[str, str] = {BPBD: "application/cap+xml", POLRESTA: MEDIA_TYPES["police"]}
_POLICE = next(each for each in AGENCIES if each.id == POLRESTA)


def receipt(
    chance: random.Random, keys: Mapping[str, bytes], messages: Mapping[str, Sequence[str]]
) -> Question:
    """Return what a system says to one of its messages, broken or not."""
    partner = chance.choice((BPBD, BPBD, POLRESTA))
    spoken = chance.choice(messages[partner] if chance.random() < 0.9 else messages[BPBD])
    question = Question("POST", PATH.replace("{partner}", partner).encode())
    question.headers += [(b"content-type", _BY_PARTNER[partner].encode())]
    question.headers += [(b"authorization", b"Bearer " + keys[partner])]
    question.raw_body = _broken(chance, _SPEAKING[partner](chance, spoken))
    question.chunks = chance.choice((1, 1, 3))
    return question


def _cap(chance: random.Random, message: str) -> bytes:
    sent = datetime.now(UTC).isoformat(timespec="seconds")
    name = Reference(SENDER, message, sent)
    later = datetime.now(UTC) + timedelta(hours=1)
    told = Message(name, "Test", "alert", None, 1, 1, later, None, "Contoh", (), {}, ())
    step = chance.choice(STEPS)
    word = Word(step, reason=chance.choice(SAID), reference=chance.choice(SAID))
    return ack(told, word, datetime.now(UTC))


def _envelope(chance: random.Random, message: str) -> bytes:
    case = Case(message, 1, "report", None, 1, None, "Test", {})
    step = chance.choice(STEPS)
    said = Saying(step, reason=chance.choice(SAID), report=chance.choice(SAID))
    return written(_POLICE, case, said, datetime.now(UTC))


_SPEAKING: Mapping[str, Callable[[random.Random, str], bytes]] = {BPBD: _cap, POLRESTA: _envelope}


def _broken(chance: random.Random, body: bytes) -> bytes:
    for _ in range(chance.choice((0, 0, 1, TWICE))):
        way = chance.randrange(5)
        if way == 0:
            body = chance.choice(ABYSSES)
        elif way == 1:
            body = chance.choice(ABYSSES[6:]) + body
        elif way == TWICE:
            body = body + body
        else:
            body = in_splinters(chance, body)
    return body
