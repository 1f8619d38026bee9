"""
Sending the daily report by e-mail, over verified TLS; the server's word for it is kept as the receipt.

Blocking, for a process of its own.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20.0
_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
_HERE = ("127.0.0.1", "::1", "localhost")


class CannotMail(Exception):
    """The report did not leave, or no server took it; the message holds no password."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server said when it took the message, one line, and the message's id."""

    message_id: str
    said: str


@dataclass(frozen=True, slots=True, repr=False)
class MailServer:
    """Where mail is handed in; *security* is smtps, smtp+starttls, or smtp, that only on this machine."""

    security: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """Read GERBANG_SMTP_URL. Raises CannotMail naming what is wrong, never the text."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise CannotMail("GERBANG_SMTP_URL is no address") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise CannotMail(f"GERBANG_SMTP_URL begins with one of {', '.join(_PORTS)} and names a host")
        if parts.scheme == "smtp" and parts.hostname not in _HERE:
            raise CannotMail(
                "GERBANG_SMTP_URL: plain smtp is for this machine only, use smtps or smtp+starttls"
            )
        user, password = (
            None if part is None else unquote(part) for part in (parts.username, parts.password)
        )
        return cls(parts.scheme, parts.hostname, port, user, password)


def compose(*, sender: str, to: str, subject: str, text: str, picture: bytes, name: str) -> EmailMessage:
    """Return the message: the page as text, and its QR picture (PNG) attached."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_attachment(text.encode(), maintype="text", subtype="plain", filename=f"{name}.txt")
    message.add_attachment(picture, maintype="image", subtype="png", filename=f"{name}.png")
    return message


def send(server: MailServer, message: EmailMessage) -> Receipt:
    """Hand *message* in and return the receipt. Raises CannotMail."""
    try:
        with _session(server) as session:
            if server.user is not None:
                session.login(server.user, server.password or "")
            return Receipt(str(message["Message-ID"]), _deliver(session, message))
    except (OSError, UnicodeError, smtplib.SMTPException) as exc:
        raise CannotMail(f"{server.host}: {_word(exc)}") from exc


def _session(server: MailServer) -> smtplib.SMTP:
    if server.security == "smtps":
        verified = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=verified)
    session = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.security == "smtp+starttls":
        session.starttls(context=ssl.create_default_context())
    return session


def _deliver(session: smtplib.SMTP, message: EmailMessage) -> str:
    """Do what `send_message` does, and keep what the server says at the end: it throws that away."""
    session.ehlo_or_helo_if_needed()
    for code, said in (session.mail(message["From"]), session.rcpt(message["To"])):
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, said)
    code, said = session.data(message.as_bytes(policy=SMTP))
    if code != 250:
        raise smtplib.SMTPDataError(code, said)
    return f"{code} {said.decode('ascii', 'replace')}".replace("\n", " ")[:200]


def _word(exc: Exception) -> str:
    if isinstance(exc, smtplib.SMTPResponseException):
        return f"it answered {exc.smtp_code}"
    return type(exc).__name__
