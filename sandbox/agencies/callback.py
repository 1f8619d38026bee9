"""How an agency's system tells 112: POST with the key it was given, to where the message said."""

import asyncio

import httpx

_PAUSES_S = (0.2, 0.5, 1.0)  # between one attempt and the next: four in all


class Callback:
    """Sends with one *token*; *url* stands in place of what messages name. Counts messages, not attempts."""

    def __init__(self, token: str, media_type: str, url: str | None = None) -> None:
        self.url = url
        self.delivered = 0
        self.failed = 0
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}

    async def send(self, reply_to: str | None, body: bytes, *, patient: bool) -> tuple[int, str] | None:
        """Return the last answer's status and text; a *patient* sender tries again what was not heard."""
        answer = None
        for pause_s in (*(_PAUSES_S if patient else ()), None):
            answer = await self._attempt(self.url or reply_to, body)
            if answer is not None and 200 <= answer[0] < 300:
                self.delivered += 1
                return answer
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        self.failed += 1
        return answer

    async def _attempt(self, url: str | None, body: bytes) -> tuple[int, str] | None:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.post(url or "", content=body, headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code, answer.text
