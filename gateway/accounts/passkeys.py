"""
Passkeys (W3C Web Authentication Level 3): what a browser is asked to sign, and whether it did.

The library checks; here stands what we ask for: user verification always (a finger or PIN), no attestation.
A name such as localhost can own passkeys, an address such as 127.0.0.1 cannot (section 5.1.3, rp.id).
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from .account import Account, Passkey, letters

MOST_PER_ACCOUNT = 10
LARGEST_ANSWER = 16_000  # characters; a browser's take some 1,500
CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Place:
    """The address a browser shows, `https://gerbang.kota.example`: passkeys belong to its host."""

    origin: str

    @property
    def host(self) -> str | None:
        """The host that owns the passkeys, None where none can."""
        host = urlsplit(self.origin).hostname
        return None if host is None or _is_address(host) else host


def new_challenge() -> bytes:
    """Return 256 random bits to be signed once."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def registration_options(
    account: Account, known: Sequence[Passkey], *, host: str, challenge: bytes, name: str
) -> str:
    """Return, as JSON, what `navigator.credentials.create` is asked; *name* is ours on the screen."""
    return options_to_json(
        generate_registration_options(
            rp_id=host,
            rp_name=name,
            user_name=account.login,
            user_id=account.id.encode(),
            user_display_name=account.display_name,
            challenge=challenge,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def authentication_options(known: Sequence[Passkey], *, host: str, challenge: bytes) -> str:
    """Return, as JSON, what `navigator.credentials.get` is asked: one of the *known* passkeys."""
    return options_to_json(
        generate_authentication_options(
            rp_id=host,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def registered(
    answer: str, account: Account, *, place: Place, challenge: bytes, label: str, at_us: int
) -> Passkey | None:
    """Return the passkey that a browser's *answer* (JSON) made, None if that does not check out."""
    credential = _credential(answer)
    if credential is None or place.host is None:
        return None
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    key_id = bytes_to_base64url(made.credential_id)
    return Passkey(
        key_id, letters("k"), account.id, made.credential_public_key, made.sign_count, label, at_us
    )


def signed(
    answer: str, known: Sequence[Passkey], *, place: Place, challenge: bytes
) -> tuple[Passkey, int] | None:
    """Return which of the *known* passkeys signed *challenge*, and its new counter; None if none did."""
    credential = _credential(answer)
    key = next((each for each in known if credential and each.id == credential.get("id")), None)
    if credential is None or key is None or place.host is None:
        return None
    try:
        proof = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    return key, proof.new_sign_count


def _credential(answer: str) -> dict[str, Any] | None:
    if len(answer) > LARGEST_ANSWER:
        return None
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in known]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
