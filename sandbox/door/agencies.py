"""`/door/agencies`: what agencies were told, how they behave, and what their officers say to it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.agencies.agency import AT_ONCE, HANDSHAKES, REPEATS, Agency, Habits
from sandbox.agencies.callback import Callback
from sandbox.agencies.duty import SCRIPTS, Script
from sandbox.agencies.ledger import Ledger
from sandbox.agencies.message import Message
from sandbox.agencies.saying import MEDIA_TYPES, STEPS, Saying
from sandbox.world import World

from .wishes import Wrong, number, read_wish, told

_CHOICES = {"officer": tuple(SCRIPTS), "handshake": HANDSHAKES, "repeats": REPEATS, "at_once": AT_ONCE}


class AgencyDesk:
    """Shows and sets the agencies of *world*."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes of this desk."""
        agency = "/door/agencies/{agency}"
        return [
            Route("/door/agencies", self.show_all),
            Route("/door/agencies", self.start_anew, methods=["DELETE"]),
            Route(agency, told(self.behave), methods=["PUT"]),
            Route(f"{agency}/received", told(self.received)),
            Route(f"{agency}/received", told(self.forget), methods=["DELETE"]),
            Route(f"{agency}/secrets", told(self.believe), methods=["PUT"]),
            Route(f"{agency}/callback", told(self.tell), methods=["PUT"]),
            Route(f"{agency}/callback", told(self.tell_nobody), methods=["DELETE"]),
            Route(f"{agency}/{{message}}", told(self.say), methods=["POST"]),
        ]

    async def show_all(self, _: Request) -> Response:
        """Show who plays, where, and with which secret."""
        rows = [agency.row for agency in self._world.agencies.values()]
        shown = {row.id: {"kind": row.kind, "path": row.path, "secret": row.secret} for row in rows}
        return JSONResponse(shown)

    async def start_anew(self, _: Request) -> Response:
        """Every agency is as at the start."""
        for agency in self._world.agencies.values():
            agency.renew()
        return Response(status_code=204)

    async def behave(self, request: Request) -> Response:
        """Set the officer's script and the habits of the system; what is not named is as at the start."""
        agency, wish = self._agency(request), await read_wish(request)
        chosen = {name: _one_of(wish, name) for name in _CHOICES if wish.get(name) is not None}
        after_s, every_s = (number(wish, name, int, float) for name in ("after_s", "every_s"))
        first_s = agency.start.after_s if after_s is None else after_s
        agency.duty.script = Script(
            name=chosen.pop("officer", agency.start.name),
            after_s=first_s,
            every_s=first_s if every_s is None else every_s,
            reason=_text(wish, "reason"),
        )
        agency.habits = Habits(**chosen)
        return JSONResponse({"agency": agency.row.id, "officer": agency.duty.script.name, **chosen})

    async def received(self, request: Request) -> Response:
        """Show every message that came, with its attempts, and what was told to 112."""
        agency = self._agency(request)
        callback = agency.duty.callback
        counts = {"delivered": callback.delivered, "failed": callback.failed} if callback else None
        return JSONResponse({"agency": agency.row.id, **agency.ledger.as_json(), "callback": counts})

    async def forget(self, request: Request) -> Response:
        """Forget the messages."""
        self._agency(request).ledger = Ledger()
        return Response(status_code=204)

    async def believe(self, request: Request) -> Response:
        """Take signatures of these secrets from now on."""
        agency, secrets = self._agency(request), (await read_wish(request)).get("secrets")
        if not isinstance(secrets, list) or not all(
            isinstance(each, str) and each.startswith("whsec_") for each in secrets
        ):
            raise Wrong("secrets must be a list of whsec_...")
        agency.secrets = tuple(secrets)
        return Response(status_code=204)

    async def tell(self, request: Request) -> Response:
        """Its officers' words go to 112 from now on, with this key; *url* in place of what messages name."""
        agency, wish = self._agency(request), await read_wish(request)
        token = _text(wish, "token")
        if token is None:
            raise Wrong("token must be a text")
        agency.duty.callback = Callback(token, MEDIA_TYPES[agency.row.kind], _text(wish, "url"))
        return JSONResponse({"agency": agency.row.id, "url": agency.duty.callback.url})

    async def tell_nobody(self, request: Request) -> Response:
        """It says nothing any more, and drops what it was about to say."""
        self._agency(request).duty.close()
        return Response(status_code=204)

    async def say(self, request: Request) -> Response:
        """Say one step to one message, now; show how 112 answered."""
        agency, wish = self._agency(request), await read_wish(request)
        message = agency.ledger.find(request.path_params["message"])
        if message is None:
            raise Wrong("no such message came")
        return JSONResponse(await _said(agency, message, _saying(wish)))

    def _agency(self, request: Request) -> Agency:
        agency = self._world.agencies.get(request.path_params["agency"])
        if agency is None:
            raise Wrong("no such agency; GET /door/agencies lists them")
        return agency


async def _said(agency: Agency, message: Message, saying: Saying) -> dict[str, Any]:
    try:
        answer = await agency.duty.say(message, saying, patient=False)
    except LookupError as missing:
        raise Wrong(str(missing)) from None
    return {"step": saying.step, "status": answer and answer[0], "answer": answer and answer[1]}


def _saying(wish: dict[str, Any]) -> Saying:
    if wish.get("step") not in STEPS:
        raise Wrong(f"step must be one of {', '.join(STEPS)}")
    named = wish.get("named", True)
    return Saying(wish["step"], named is not False, _text(wish, "reason"), _text(wish, "report"))


def _one_of(wish: dict[str, Any], name: str) -> str:
    if wish[name] not in _CHOICES[name]:
        raise Wrong(f"{name} must be one of {', '.join(_CHOICES[name])}")
    return str(wish[name])


def _text(wish: dict[str, Any], name: str) -> str | None:
    value = wish.get(name)
    if value is not None and not (isinstance(value, str) and value):
        raise Wrong(f"{name} must be a text, or null")
    return value
