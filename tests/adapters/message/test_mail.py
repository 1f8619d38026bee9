"""E-mail, handed in to an independent mail server; what is refused has its name."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from adapters.message import ADAPTER
from adapters.message.mail import Mail
from adapters.message.settings import Settings
from adapters.message.smtp_faults import named, refused
from contracts import (
    Busy,
    CannotConvey,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
    WakesPeople,
)

from .sample import KEY, WAKE

MAIL = replace(WAKE, to="mailto:kepala@dinkes.example", urgent=True)
SENDER = "gerbang@112.example"


class Post:
    """A mail server that keeps what it takes; *rcpt* and *data* are its replies."""

    def __init__(self, rcpt: str = "", data: str = "250 taken") -> None:
        self.rcpt, self.data = rcpt, data
        self.kept: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Take the recipient, or say what the test wants said."""
        envelope.rcpt_tos.append(address)
        return self.rcpt or "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  as above
        """Keep the mail."""
        content = cast(bytes, envelope.content)
        self.kept.append(cast(EmailMessage, message_from_bytes(content, policy=default)))
        return self.data


@contextmanager
def served(post: Post, **options: Any) -> Iterator[int]:
    """Run the server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail_to(port: int, **more: Any) -> Mail:
    """Return the way to it."""
    settings = {"dialect": "smtp", "server": f"smtp://127.0.0.1:{port}", "sender": SENDER, **more}
    way = ADAPTER.connect(Settings.model_validate(settings), cast(httpx.AsyncClient, None))
    assert isinstance(way, Mail)
    return way


async def wake(post: Post, **options: Any) -> None:
    """Hand one mail in to *post*."""
    with served(post, **options) as port:
        await mail_to(port).wake(MAIL, key=KEY)


async def test_the_mail_arrives_with_number_and_link() -> None:
    """Readable on a lock screen by its subject, answered by no machine."""
    post = Post()
    await wake(post)
    (mail,) = post.kept
    assert (mail["Subject"], mail["To"], mail["From"]) == (WAKE.title, "kepala@dinkes.example", SENDER)
    assert mail.get_content().replace("\r", "") == f"{WAKE.text}\n\n{WAKE.link}\n"
    assert (mail["Auto-Submitted"], mail["Importance"]) == ("auto-generated", "high")


async def test_a_repeat_is_known_as_one() -> None:
    """The same key, the same Message-ID; another key, another."""
    post = Post()
    with served(post) as port:
        for key in (KEY, KEY, "w-another"):
            await mail_to(port).wake(MAIL, key=key)
    first, second, third = (str(mail["Message-ID"]) for mail in post.kept)
    assert first == second != third
    assert first.endswith("@112.example>")


def test_it_wakes_people_by_mail_only() -> None:
    """What the card says holds for this dialect too."""
    way = mail_to(2525)
    assert isinstance(way, WakesPeople)
    assert way.reaches("mailto:a@b.example")
    assert not way.reaches("tel:+6281200000001")


@pytest.mark.parametrize(
    ("post", "kind", "code"),
    [
        (Post(rcpt="550 5.1.1 no such user"), Refused, "gone"),
        (Post(rcpt="550 5.7.1 not from you"), Refused, "smtp_550"),
        (Post(rcpt="450 4.7.1 greylisted"), Busy, None),
        (Post(data="554 5.6.0 no"), Refused, "smtp_554"),
        (Post(data="451 later"), Busy, None),
    ],
)
async def test_a_refusal_has_its_name(post: Post, kind: type[PartnerError], code: str | None) -> None:
    """The person's address stands in the server's text and not in ours."""
    with pytest.raises(kind) as refusal:
        await wake(post)
    assert getattr(refusal.value, "code", None) == code
    assert "kepala" not in f"{refusal.value!r}{refusal.value}"


async def test_nobody_there_is_nothing_sent() -> None:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="connect"):
            await mail_to(probe.getsockname()[1]).wake(MAIL, key=KEY)


# aiosmtpd warns that a password is wanted without STARTTLS: on this machine there is none.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "accepted"), [("synthetic", True), ("wrong", False)])
async def test_it_signs_in_where_that_is_wanted(password: str, accepted: bool) -> None:
    """A wrong password is our credentials' fault, and alarms."""

    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"gerbang", b"synthetic")
        return AuthResult(success=known, handled=False)

    post = Post()
    with served(post, authenticator=judge, auth_required=True, auth_require_tls=False) as port:
        way = mail_to(port, user="gerbang", password=password)
        if accepted:
            await way.wake(MAIL, key=KEY)
        else:
            with pytest.raises(NotAccepted):
                await way.wake(MAIL, key=KEY)
    assert len(post.kept) == accepted


async def test_no_mail_leaves_without_tls_where_tls_is_wanted() -> None:
    """A server that offers no STARTTLS gets neither password nor mail."""
    post = Post()
    with served(post) as port:
        way = mail_to(0, server=f"smtp+starttls://127.0.0.1:{port}")
        with pytest.raises(NotAccepted, match="smtp_not_supported"):
            await way.wake(MAIL, key=KEY)
        way = mail_to(0, server=f"smtps://127.0.0.1:{port}")
        with pytest.raises(Unreachable, match="tls"):
            await way.wake(MAIL, key=KEY)
    assert not post.kept


@pytest.mark.parametrize("to", ["tel:+6281200000001", "mailto:a@b.example\r\nBcc: c@d.example"])
async def test_what_is_no_mail_address_is_not_written_into_a_header(to: str) -> None:
    """A line break would make a header of its own."""
    with pytest.raises(CannotConvey):
        await mail_to(2525).wake(replace(MAIL, to=to), key=KEY)


@pytest.mark.parametrize(
    ("fault", "before", "after"),
    [
        (TimeoutError(), Unreachable, NoAnswer),
        (ConnectionResetError(), Unreachable, NoAnswer),
        (smtplib.SMTPServerDisconnected(), Unreachable, NoAnswer),
        (ssl.SSLError("bad"), Unreachable, NoAnswer),
        (socket.gaierror(), Unreachable, NoAnswer),
        (smtplib.SMTPConnectError(554, b"no"), Unreachable, Unreachable),
        (smtplib.SMTPConnectError(421, b"full"), Busy, Busy),
        (smtplib.SMTPAuthenticationError(535, b"no"), NotAccepted, NotAccepted),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), CannotConvey, CannotConvey),
    ],
)
def test_every_fault_has_a_name(
    fault: Exception, before: type[PartnerError], after: type[PartnerError]
) -> None:
    """Before the mail was on its way nothing was sent; after that nobody knows."""
    for sent, kind in ((False, before), (True, after)):
        with pytest.raises(kind) as refusal, named(sent=sent):
            raise fault
        assert refusal.value.detail


@pytest.mark.parametrize(
    ("code", "kind"), [(-1, NoAnswer), (354, NoAnswer), (599, Refused), (530, NotAccepted)]
)
def test_every_reply_has_a_name(code: int, kind: type[PartnerError]) -> None:
    """Also one that no RFC knows."""
    assert type(refused(code, b"")) is kind
