"""
The declared set of waking: each attempt leaves `waking.asked` (intent) and `waking.answered` (outcome); what
could not be tried leaves `waking.answered` alone. Whom it reaches is told by account and contact, and no
address stands here.
"""

from collections.abc import Mapping

from contracts import Actor, Entry
from contracts.audit import Detail

from .contacts import Contact
from .store import Planned

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "wake a person": ("waking.asked", "waking.answered"),
    "wake a person nobody reaches": ("waking.answered",),
    "add a contact": ("contact.added",),
    "list contacts": ("contact.listed",),
    "remove a contact": ("contact.removed",),
}


def asked(planned: Planned, partner: str, form: str) -> Entry:
    """Return the entry committed before a message leaves; *form* is mailto, tel or push."""
    return _of(planned, "waking.asked", "intended", partner=partner, form=form)


def answered(
    planned: Planned,
    outcome: str,
    *,
    partner: str | None = None,
    code: str | None = None,
    elapsed_ms: int | None = None,
) -> Entry:
    """Return the entry of what came of it: taken, gone, failed, expired, or the word of the exchange."""
    return _of(planned, "waking.answered", outcome, partner=partner, code=code, elapsed_ms=elapsed_ms)


def contact_changed(act: str, outcome: str, found: Contact | str, *, by: Actor, request: str | None) -> Entry:
    """Return the entry of a contact added or removed, by itself or by its id."""
    kept = found if isinstance(found, Contact) else None
    detail: Detail | None = None if kept is None else {"account": kept.account, "form": _form(kept)}
    object_id = found.id if isinstance(found, Contact) else found
    return Entry(act, outcome, by, object_type="contact", object_id=object_id, request=request, detail=detail)


def listed(account: str, count: int, *, by: Actor, request: str | None) -> Entry:
    """Return the entry of a look at an account's contacts."""
    detail: Detail = {"count": count}
    return Entry(
        "contact.listed",
        "answered",
        by,
        object_type="account",
        object_id=account,
        request=request,
        detail=detail,
    )


def _of(
    planned: Planned,
    act: str,
    outcome: str,
    *,
    partner: str | None = None,
    code: str | None = None,
    elapsed_ms: int | None = None,
    form: str | None = None,
) -> Entry:
    told = {"why": planned.why, "for": planned.object_id, "account": planned.account}
    told |= {"contact": planned.contact, "form": form}
    return Entry(
        act,
        outcome,
        object_type="wake",
        object_id=planned.id,
        partner=partner,
        code=code,
        elapsed_ms=elapsed_ms,
        detail={name: value for name, value in told.items() if value is not None},
    )


def _form(kept: Contact) -> str:
    return kept.address.partition(":")[0]
