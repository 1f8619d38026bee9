"""Prints messages signed by the adapters, as JSON, for programs in other languages to verify."""

import json
from base64 import b64encode
from random import Random

from pydantic import SecretStr

from adapters.police.translate import body_of as case_of
from adapters.webhook.translate import body_of, body_of_change
from adapters.wire_signing import Signer
from tests.adapters.police.sample import EVERY_KIND
from tests.adapters.webhook.sample import ALERT, CHANGE

Signed = dict[str, object]


def _bodies() -> list[tuple[str, bytes]]:
    cases = [
        (each.id, case_of(each, sender="id.jambi.112", recipient="polresta-jambi")) for each in EVERY_KIND
    ]
    texts = ["", "{}", '"漢字 😀 é"', '{"narrative": "Kebakaran — dekat pasar"}', "[" + "1," * 5000 + "1]"]
    others = [(f"n-sample-{number}", text.encode()) for number, text in enumerate(texts)]
    return [(ALERT.id, body_of(ALERT)), (CHANGE.id, body_of_change(CHANGE)), *cases, *others]


def _secrets(random: Random) -> list[str]:
    return ["whsec_" + b64encode(random.randbytes(length)).decode() for length in (24, 25, 32, 48, 64)]


def _signed(message: str, body: bytes, secrets: list[str], known: str) -> Signed:
    """Return the message signed with *secrets*, for a partner that knows one of them, or none."""
    headers = Signer(SecretStr(" ".join(secrets))).headers(message, body)
    return {"body": body.decode(), "headers": headers, "secret": known, "good": known in secrets}


def _samples() -> list[Signed]:
    random, found = Random(112), []
    for message, body in _bodies():
        old, new, *_, stranger = random.sample(_secrets(random), k=4)
        found += [_signed(message, body, [new], known) for known in (new, stranger)]
        found += [_signed(message, body, [new, old], known) for known in (new, old, stranger)]
        tampered = _signed(message, body, [new], new)
        found.append(tampered | {"body": f"{tampered['body']} ", "good": False})
    return found


def main() -> None:
    """Write all samples to standard output."""
    print(json.dumps(_samples()))  # noqa: T201 - its purpose


if __name__ == "__main__":
    main()
