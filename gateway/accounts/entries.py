"""
The declared sets of this room: each change, sign-in and refusal leaves one entry.

People stand here as account ids; what somebody typed as a login stands nowhere. An account that ends, and a
password set by an admin, also end the sessions that are open: one entry more for each.
"""

from collections.abc import Mapping, Sequence

from contracts import Actor, Entry
from contracts.audit import Detail
from gateway.access.roles import Role

from .account import Account, Deputyship

NOBODY = Actor(id="unknown", role="none", kind="person")

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "create an account": ("account.created",),
    "create it again": ("account.created",),
    "list accounts": ("account.listed",),
    "set a password": ("account.password_set",),
    "disable an account": ("account.disabled",),
    "disable it again": ("account.disabled",),
    "give a password": ("session.begun",),
    "give a wrong password": ("session.refused",),
    "give a code": ("session.opened",),
    "give a wrong code": ("session.refused",),
    "step up": ("session.stepped_up",),
    "fail to step up": ("session.step_up_refused",),
    "sign out": ("session.closed",),
    "change one's password": ("account.password_set",),
    "ask for new codes": ("totp.prepared",),
    "confirm new codes": ("totp.added",),
    "add a passkey": ("passkey.added",),
    "add it again": ("passkey.refused",),
    "remove a passkey": ("passkey.removed",),
    "end another session": ("session.closed",),
    "name a deputy": ("deputy.named",),
    "revoke a deputy": ("deputy.revoked",),
}


def actor(account: Account) -> Actor:
    """Return *account* as somebody who acts."""
    return Actor(id=account.id, role=str(account.role), kind="person")


def about_account(
    act: str, outcome: str, account_id: str, *, by: Actor, request: str, detail: Detail | None = None
) -> Entry:
    """Return an entry on the account of that id."""
    return Entry(
        act, outcome, by, object_type="account", object_id=account_id, request=request, detail=detail
    )


def of_role(role: Role, partner: str | None) -> Detail:
    """Return what an entry says of a new account: its role, and whose duty officer it is."""
    return {"role": str(role)} | ({} if partner is None else {"partner": partner})


def listed(count: int, *, by: Actor, request: str) -> Entry:
    """Return the entry of a look at the list of accounts."""
    return Entry("account.listed", "answered", by, request=request, detail={"count": count})


def about_session(act: str, outcome: str, name: str, *, by: Actor, request: str, how: str | None) -> Entry:
    """Return an entry on the session of that *name*; *how* is password, totp, passkey, or why it ended."""
    return Entry(
        act,
        outcome,
        by,
        object_type="session",
        object_id=name,
        request=request,
        detail=None if how is None else {"how": how},
    )


def closed(names: Sequence[str], *, by: Actor, request: str, why: str) -> list[Entry]:
    """Return one entry for each session that ended: signed_out, password_set, disabled, ended, ran_out."""
    return [
        about_session("session.closed", "closed", name, by=by, request=request, how=why) for name in names
    ]


def refused(code: str, *, source: str, request: str, account: Account | None = None) -> Entry:
    """Return the entry of a refused sign-in; *account* only where the login named one."""
    return Entry(
        "session.refused",
        "refused",
        NOBODY,
        object_type=None if account is None else "account",
        object_id=None if account is None else account.id,
        code=code,
        request=request,
        detail={"source": source},
    )


def about_passkey(act: str, name: str, *, by: Actor, request: str) -> Entry:
    """Return an entry on the passkey of that name; its owner is who acts."""
    outcome = act.partition(".")[2]
    return Entry(act, outcome, by, object_type="passkey", object_id=name, request=request)


def about_deputy(act: str, outcome: str, deputyship: Deputyship, *, by: Actor, request: str) -> Entry:
    """Return an entry on a deputyship; both people are account ids."""
    detail: Detail = {
        "deputy": deputyship.deputy,
        "since_us": deputyship.since_us,
        "until_us": deputyship.until_us,
    }
    return Entry(
        act, outcome, by, object_type="deputy", object_id=deputyship.id, request=request, detail=detail
    )
