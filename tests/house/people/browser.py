"""One person's browser before a running house: cookies, the form's token, codes that were not used before."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyotp

from tests.running import House
from tests.trust import TRUST

STEP_S = 30


class Browser:
    """Somebody with an account, by the name passkeys belong to; *handed* is what an admin handed over."""

    def __init__(self, house: House, handed: dict[str, str] | None = None) -> None:
        self.origin = f"http://localhost:{urlsplit(house.url).port}"
        self.cookies = httpx.Cookies()
        self.password = handed["password"] if handed else ""
        self.secret = handed["totp_secret"] if handed else ""
        self.token = ""
        self.last_step = 0

    def get(self, path: str, *, expect: int = 200) -> httpx.Response:
        """Look at a page; its form's token is remembered."""
        answer = self._put("GET", path, expect=expect)
        found = re.search(r'name="csrf" value="([0-9a-f]{32})"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(
        self, path: str, *, expect: int = 303, token: str | None = None, **fields: str
    ) -> httpx.Response:
        """Send a form."""
        sent = {"csrf": self.token if token is None else token} | fields
        return self._put("POST", path, expect=expect, data=sent)

    def code(self) -> str:
        """Return a code not used before: the step before this one, this, the next, then whoever waits."""
        step = max(self.last_step + 1, int(time.time()) // STEP_S - 1)
        while step > int(time.time()) // STEP_S + 1:
            time.sleep(0.5)
        self.last_step = step
        return pyotp.TOTP(self.secret).generate_otp(step)

    def sign_in(self, login: str) -> httpx.Response:
        """Give password and code."""
        self.post("/masuk", login=login, password=self.password)
        return self.post("/masuk/kode", code=self.code())

    def own_password(self, new: str) -> httpx.Response:
        """Change the password."""
        self.get("/akun/sandi")
        answer = self.post("/akun/sandi", old=self.password, new=new, again=new)
        self.password = new
        return answer

    def _put(self, method: str, path: str, *, expect: int, **more: Any) -> httpx.Response:
        with httpx.Client(
            base_url=self.origin, timeout=20, trust_env=False, verify=TRUST, cookies=self.cookies
        ) as client:
            answer = client.request(method, path, headers={"sec-fetch-site": "same-origin"}, **more)
            self.cookies = client.cookies
        assert answer.status_code == expect, (answer.status_code, answer.text)
        return answer
