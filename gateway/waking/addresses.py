"""
Addresses a person can be woken by, judged by their form.

    mailto:<address>                                     e-mail
    tel:+<digits>                                        SMS or WhatsApp, ITU-T E.164
    push:{"endpoint": ..., "keys": {"p256dh", "auth"}}   a browser (W3C Push API, PushSubscription.toJSON)
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from urllib.parse import urlsplit

import msgspec

LONGEST = 2_000  # characters; endpoints of push services have some 200 to 600
_MAIL = re.compile(r"mailto:[!-+\--?A-~]{1,64}@[A-Za-z0-9.-]{1,190}")
_TELEPHONE = re.compile(r"tel:\+[1-9][0-9]{7,14}")
_POINT, _SECRET = 65, 16  # bytes of the browser's public key and of its secret, RFC 8291 section 3


class Keys(msgspec.Struct):
    """What a message is sealed for, base64url."""

    p256dh: str
    auth: str


class Subscription(msgspec.Struct):
    """As a browser writes it; `expirationTime` and whatever else it says is passed over."""

    endpoint: str
    keys: Keys


_subscription = msgspec.json.Decoder(Subscription)


class WrongAddress(Exception):
    """Nobody can be woken there; *code* and *sentence* are for the one who typed it, without the address."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


def normal(text: str) -> str:
    """Return the address in the one way we write it. Raises WrongAddress."""
    if len(text) > LONGEST:
        raise WrongAddress("too_long", f"At most {LONGEST} characters.")
    if text.startswith("push:"):
        return "push:" + _normal_push(text.removeprefix("push:"))
    if _MAIL.fullmatch(text):
        return text
    telephone = re.sub(r"[ ().-]", "", text)
    if _TELEPHONE.fullmatch(telephone):
        return telephone
    raise WrongAddress("address", "Give mailto:name@host, tel:+62... or push: with a browser's subscription.")


def masked(address: str) -> str:
    """Return as much of an address as lets its owner recognise it."""
    form, _, rest = address.partition(":")
    if form == "mailto":
        name, _, host = rest.partition("@")
        return f"mailto:{name[:1]}***@{host}"
    if form == "tel":
        return f"tel:{rest[:3]}***{rest[-3:]}"
    return f"push:{urlsplit(_subscription.decode(rest).endpoint).hostname}"


def form_of(address: str) -> str:
    """Return mailto, tel or push."""
    return address.partition(":")[0]


def _normal_push(text: str) -> str:
    try:
        subscription = _subscription.decode(text)
        urlsplit(subscription.endpoint)
        sizes = len(_bytes(subscription.keys.p256dh)), len(_bytes(subscription.keys.auth))
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError, Error, ValueError):
        raise _not_a_subscription() from None
    if sizes != (_POINT, _SECRET):
        raise _not_a_subscription()
    return msgspec.json.encode(subscription).decode()


def _not_a_subscription() -> WrongAddress:
    return WrongAddress("subscription", "After push: the browser's subscription is wanted, as JSON.")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
