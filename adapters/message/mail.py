"""
E-mail by SMTP over verified TLS (RFC 5321, RFC 8314).

smtplib blocks, so each mail is handed in by a thread of the adapter's own: were they the event loop's, a mail
server that hangs would keep from working whoever else needs one.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from contracts import Wake

from .settings import MailServer
from .smtp_faults import named, refused
from .translate import MAIL, mail_of

TIMEOUT_S = 8.0  # for each step; less than a wake may take as a whole
AT_ONCE = 4

_DONE = (250, 251)  # RFC 5321 section 4.2.3: taken, or taken and sent on


class Mail:
    """One mail server."""

    def __init__(
        self, server: MailServer, *, context: Callable[[], ssl.SSLContext] = ssl.create_default_context
    ) -> None:
        """Take *context*, which makes what verifies the server."""
        self._server = server
        self._context = context
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    def reaches(self, address: str) -> bool:
        """Say whether *address* is one of e-mail."""
        return address.startswith(MAIL)

    async def wake(self, wake: Wake, *, key: str) -> None:
        """Hand the mail in; a repeat with the same *key* has the same Message-ID."""
        mail = mail_of(wake, key=key, sender=self._server.sender, date=formatdate(localtime=False))
        await asyncio.get_running_loop().run_in_executor(self._threads, self._hand_in, mail)

    def _hand_in(self, mail: EmailMessage) -> None:
        with named(sent=False):
            session = self._opened()
        try:
            self._deliver(session, mail)
        finally:
            session.close()

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=self._context())
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)

    def _deliver(self, session: smtplib.SMTP, mail: EmailMessage) -> None:
        with named(sent=False):
            self._introduce(session)
            for code, said in (session.mail(mail["From"]), session.rcpt(mail["To"])):
                if code not in _DONE:
                    raise refused(code, said)
        with named(sent=True):
            code, said = session.data(mail.as_bytes(policy=SMTP))
        if code not in _DONE:
            raise refused(code, said)

    def _introduce(self, session: smtplib.SMTP) -> None:
        if self._server.security == "smtp+starttls":
            session.starttls(context=self._context())
        session.ehlo_or_helo_if_needed()
        if self._server.user is not None:
            session.login(self._server.user, self._server.password or "")
