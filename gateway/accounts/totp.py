"""One-time codes of six digits (RFC 6238): thirty seconds each, a step early or late is taken, once each."""

import hmac

import pyotp

STEP_US = 30 * 1_000_000
DIGITS = 6


def new_secret() -> str:
    """Return a secret of 160 bits in base32."""
    return pyotp.random_base32()


def uri(secret: str, *, login: str, environment: str) -> str:
    """Return what a telephone's application reads from a picture; a demo's says so on its screen."""
    issuer = "Gerbang 112" if environment == "live" else "Gerbang CONTOH"
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, *, at_us: int) -> int | None:
    """Return the number of the 30-s step whose code that is; None if of none near *at_us*."""
    digits = code.replace(" ", "")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    codes, now = pyotp.TOTP(secret), at_us // STEP_US
    fits = [step for step in (now + 1, now, now - 1) if hmac.compare_digest(codes.generate_otp(step), digits)]
    return fits[0] if fits else None
