"""
A browser that somebody has signed in with before is counted by itself (OWASP, device cookies; read 2026-11).

So nobody who guesses at an account, next door or from a thousand networks, keeps its owner waiting. The
cookie proves nothing but that: both proofs are asked for as ever, and guesses from there slow down too.
"""

import base64
import secrets
from binascii import Error
from hashlib import sha256
from typing import Final

from .account import Account
from .room import AccountRoom
from .throttle import COUNTED_BY_ITSELF

KEPT_S: Final = 180 * 24 * 3600
_LONGEST = 200


def cookie_name(login: str) -> str:
    """Return the cookie's name, one for each login: a desk is several people's."""
    return f"gerbang-known-{sha256(login.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def mark(room: AccountRoom, account: Account) -> str:
    """Return the cookie's text for a browser *account* has just signed in with."""
    sealed = room.seal.close(secrets.token_hex(8), account=_bound_to(account.login))
    return base64.urlsafe_b64encode(sealed).decode()


def counted_as(room: AccountRoom, login: str, *, known: str | None, source: str) -> str:
    """Return what failures of *login* are counted by: this browser if *known* is its mark, else *source*."""
    name = None
    if known and len(known) <= _LONGEST and known.isascii():
        try:
            name = room.seal.reads(base64.urlsafe_b64decode(known), account=_bound_to(login))
        except Error:
            name = None
    return source if name is None else COUNTED_BY_ITSELF + name


def _bound_to(login: str) -> str:
    return f"browser of {login}"
