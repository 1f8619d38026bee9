"""Who looks at a page: what the guard knows of the session, in the words the templates need."""

from dataclasses import dataclass

from starlette.requests import Request

from gateway.access.roles import Role

VISITOR = "gerbang.visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    A person with a session, as the guard leaves it in the request's scope under VISITOR.

    *csrf* is the session's token; *may_decide* says whether the last step-up is at most 300 s old,
    *must_change* that every page but that of the password still leads there.
    """

    account: str
    name: str
    role: Role
    csrf: str
    may_decide: bool = False
    must_change: bool = False


def visitor_of(request: Request) -> Visitor | None:
    """Return who looks, None before signing in."""
    found = request.scope.get(VISITOR)
    return found if isinstance(found, Visitor) else None
