"""What wakes a person: a link and a number, never anything about a patient."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wake:
    """
    One message to one address.

    *to* is `mailto:<address>`, `tel:<E.164>` or `push:<subscription as JSON, RFC 8030 section 4>`; *title*
    and *text* are in the reader's language and name nobody; *link* opens the console; *until* is when it is
    of no more use.
    """

    to: str
    title: str
    text: str
    link: str
    until: datetime
    urgent: bool = False
