"""`/door/messages` and `/door/push`: what was sent to people, and the browsers that receive pushes."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.world import World

from .wishes import Wrong, read_wish, told


class MessageDesk:
    """Shows messages; makes and ends subscriptions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes of this desk."""
        return [
            Route("/door/messages", self.show),
            Route("/door/messages", self.clear, methods=["DELETE"]),
            Route("/door/push", told(self.subscribe), methods=["POST"]),
            Route("/door/push/{id}", told(self.end), methods=["DELETE"]),
        ]

    async def show(self, _: Request) -> Response:
        """Show every message; a push as its browser reads it."""
        return JSONResponse({"messages": self._world.outbox.all()})

    async def clear(self, _: Request) -> Response:
        """Forget them; subscriptions stay."""
        self._world.outbox.clear()
        return Response(status_code=204)

    async def subscribe(self, request: Request) -> Response:
        """Make a browser's subscription, for any sender or for one public key."""
        sender = (await read_wish(request)).get("applicationServerKey")
        if sender is not None and not isinstance(sender, str):
            raise Wrong("applicationServerKey must be a text, or null")
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return JSONResponse(self._world.subscriptions.make(sender).as_json(origin), 201)

    async def end(self, request: Request) -> Response:
        """The browser is gone: 410 from now on."""
        subscription = self._world.subscriptions.get(request.path_params["id"])
        if subscription is None:
            raise Wrong("no such subscription")
        subscription.gone = True
        return Response(status_code=204)
