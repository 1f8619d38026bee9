"""What a mail server's refusal or silence means, in the words of `contracts.errors`."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from contracts import Busy, CannotConvey, NoAnswer, NotAccepted, PartnerError, Refused, Unreachable

_CREDENTIALS = (530, 534, 535, 538)  # RFC 4954 section 6
# RFC 3463 section 3.2 and RFC 7504: no such mailbox, it has moved, its host takes no mail.
_NO_MAILBOX = re.compile(rb"5\.1\.(1|6|10)\b")


def refused(code: int, said: bytes) -> PartnerError:
    """Return what the reply means: *code* of RFC 5321, *said* its text, of which only a status is read."""
    name = f"smtp_{code}"
    if code in _CREDENTIALS:
        return NotAccepted(name)
    if 400 <= code < 500:
        return Busy(name)  # RFC 5321 section 4.2.1: transient, and greylisting says so on purpose
    if code == -1 or code < 400:
        return NoAnswer(name.replace("-1", "closed"))
    if _NO_MAILBOX.match(said):
        return Refused("there is no such mailbox", code="gone")
    return Refused("the mail server says no", code=name)


@contextmanager
def named(*, sent: bool) -> Iterator[None]:
    """Name whatever smtplib raises; *sent* tells whether the mail itself was on its way."""
    try:
        yield
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as fault:
        # It speaks to nobody: no fault of this mail.
        kind = Busy if 400 <= fault.smtp_code < 500 else Unreachable
        raise kind(f"smtp_{fault.smtp_code}" if fault.smtp_code > 0 else "closed") from None
    except smtplib.SMTPResponseException as fault:
        said = fault.smtp_error
        raise refused(fault.smtp_code, said.encode() if isinstance(said, str) else said) from None
    except smtplib.SMTPNotSupportedError:
        raise NotAccepted("smtp_not_supported") from None  # it offers no STARTTLS, or no way to sign in
    except UnicodeError:
        raise CannotConvey("to", "not_ascii") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise (NoAnswer if sent else Unreachable)(_code(fault)) from None


def _code(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLError):
        return "tls"
    if isinstance(fault, socket.gaierror):
        return "dns"
    if isinstance(fault, TimeoutError):
        return "timeout"
    return "closed" if isinstance(fault, smtplib.SMTPServerDisconnected) else "connect"
