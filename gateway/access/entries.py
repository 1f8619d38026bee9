"""
The declared set of the key room: a change of a key one entry, a look at the list one, a notice one.

The holder's name stays out: it may be a person's. The entry names the key.
"""

from dataclasses import replace

from contracts import Actor, Entry
from contracts.audit import SYSTEM, Detail

from .keys import AccessKey

# The house tests hold it against a running gateway.
DECLARED_SET = {
    "create a key": ("key.created",),
    "repeat an order": ("key.created",),
    "list keys": ("key.listed",),
    "revoke a key": ("key.revoked",),
    "revoke it again": ("key.revoked",),
    "no key": ("access.refused",),
    "unknown key": ("access.refused",),
    "revoked key": ("access.refused",),
    "wrong role": ("access.refused",),
    "notice of expiry": ("key.expiring",),
}


def about(act: str, outcome: str, key_id: str, *, by: Actor = SYSTEM, request: str | None = None) -> Entry:
    """Return an entry on the key of that id."""
    return Entry(
        act=act, outcome=outcome, actor=by, object_type="access_key", object_id=key_id, request=request
    )


def created(key: AccessKey, outcome: str, *, by: Actor, request: str | None = None) -> Entry:
    """Return the entry of an ordered key; *outcome* is created, repeated or conflict."""
    detail = {"role": str(key.role), "expires_at": key.expires_at.isoformat(timespec="seconds")}
    entry = about("key.created", outcome, key.id, by=by, request=request)
    return replace(entry, partner=key.partner, detail=detail)


def listed(count: int, *, by: Actor, request: str) -> Entry:
    """Return the entry of a look at the list of keys."""
    return Entry(act="key.listed", outcome="answered", actor=by, request=request, detail={"count": count})


def expiring(key: AccessKey, days: int) -> Entry:
    """Return the entry of the notice given *days* days before the end."""
    detail: Detail = {"role": str(key.role), "days": days}
    return replace(about("key.expiring", "noticed", key.id), partner=key.partner, detail=detail)
