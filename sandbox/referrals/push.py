"""A hospital tells of its Tasks by itself: classic R4 rest-hook, the bare resource by PUT."""

import asyncio
import json

import httpx

from sandbox.fhir.outcome import FHIR_JSON
from sandbox.fhir.shelf import Resource

_PAUSES_S = (0.2, 0.5, 1.0)  # between one attempt and the next: four in all


class Push:
    """Sends to one address with one token; *delivered* and *failed* count Tasks, not attempts."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.delivered = 0
        self.failed = 0
        self._token = token
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, task: Resource) -> None:
        """Begin to send; a later Task may well overtake an earlier one."""
        sending = asyncio.create_task(self._send(task))
        self._under_way.add(sending)
        sending.add_done_callback(self._under_way.discard)

    async def _send(self, task: Resource) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for pause_s in (*_PAUSES_S, None):
                if await self._attempt(client, task):
                    self.delivered += 1
                    return
                if pause_s is not None:
                    await asyncio.sleep(pause_s)
        self.failed += 1

    async def _attempt(self, client: httpx.AsyncClient, task: Resource) -> bool:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": FHIR_JSON}
        body = json.dumps(task, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            answer = await client.put(f"{self.url}/Task/{task['id']}", content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success
