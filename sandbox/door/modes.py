"""What can be made to go wrong, for whom, and what *seconds* means there."""

from dataclasses import dataclass

R4, SATUSEHAT, VCLAIM, AGENCY = "r4", "satusehat", "vclaim", "agency"
_FHIR = frozenset({R4, SATUSEHAT})
_ALL = frozenset({R4, SATUSEHAT, VCLAIM, AGENCY, "sms", "push", "bpbd", "bmkg"})


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to misbehave; *on_wire* ones happen before or around the partner's own code."""

    says: str
    systems: frozenset[str]
    on_wire: bool = False
    seconds: float = 0.0


MODES: dict[str, Mode] = {
    "hang": Mode("accepts and never answers", _ALL, on_wire=True),
    "slow": Mode("waits *seconds*, then answers", _ALL, on_wire=True, seconds=3.0),
    "refuse": Mode("resets the connection before it processes anything", _ALL, on_wire=True),
    "reset_after": Mode("processes, then resets the connection", _ALL, on_wire=True),
    "503": Mode("503 with Retry-After of *seconds*", _ALL, on_wire=True, seconds=2.0),
    "429": Mode("429 with Retry-After of *seconds*", _ALL, on_wire=True, seconds=2.0),
    "500_html": Mode("500 with an HTML error page", _ALL, on_wire=True),
    "cut": Mode("announces its length, sends half and closes", _ALL, on_wire=True),
    "html": Mode("200 with an HTML page", _ALL, on_wire=True),
    "empty": Mode("200 with an empty body", _ALL, on_wire=True),
    "garbage": Mode("200 with bytes that are no text", _ALL, on_wire=True),
    "drip": Mode("a byte each *seconds*", _ALL, on_wire=True, seconds=0.3),
    "huge": Mode("a body of 12 MB", _ALL, on_wire=True),
    "bomb": Mode("12 MB squeezed into a few kilobytes of gzip", _ALL, on_wire=True),
    "redirect": Mode("302 to another host", _ALL, on_wire=True),
    "unauthorized": Mode("refuses good credentials", _ALL),
    "wrong_words": Mode("keeps the message and answers in words nobody agreed on", frozenset({AGENCY})),
    "no_next": Mode("leaves the next link out although there is more", _FHIR),
    "loop": Mode("next leads back to the same page", _FHIR),
    "next_elsewhere": Mode("next leads to another host", _FHIR),
    "repeat_rows": Mode("each page repeats the last row of the one before", _FHIR),
    "everything": Mode("ignores every filter", _FHIR),
    "nothing": Mode("an empty result, status 200", _FHIR),
    "all_full": Mode("every bed is occupied", _FHIR),
    "r5": Mode("answers as a FHIR R5 server", frozenset({R4})),
    "wrong_second": Mode("seals the answer with a timestamp one second off", frozenset({VCLAIM})),
    "clock_skew": Mode("its clock is *seconds* ahead", frozenset({VCLAIM}), seconds=3600.0),
    "lz_bomb": Mode("sealed text of some 20 kB that unfolds to 50 MB", frozenset({VCLAIM})),
    "other_spelling": Mode("metadata and Code, the code as a number", frozenset({VCLAIM})),
    "null_response": Mode("code 200 with a null response", frozenset({VCLAIM})),
}

ON_WIRE = frozenset(name for name, mode in MODES.items() if mode.on_wire)
