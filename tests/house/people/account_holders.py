"""People with accounts: an admin makes them, they sign in, prove who they are, name their deputies."""

import json
import re
from datetime import datetime
from typing import Any

import httpx

from contracts.clock import WIB
from tests.gateway.accounts.authenticator import Authenticator
from tests.running import House, Sandbox

from .asking import Ask, Asking
from .browser import Browser

LOGINS = {"wakil": "approver", "petugas": "operator", "piket": "duty", "kepala": "approver"}
PARTNERS = {"piket": "satpol-pp"}  # has no system: its duty officer looks at our page
PASSWORD = "jembatan hijau 42 bulan"


class AccountHolders(Asking):
    """The head of the unit, his deputy, an operator, and an agency's duty officer."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        super().__init__(house, sandbox)
        self.made: dict[str, dict[str, Any]] = {}
        self.browsers: dict[str, Browser] = {}

    @property
    def head(self) -> Browser:
        """The head's browser."""
        return self.browsers["kepala"]

    @property
    def operator(self) -> Browser:
        """The operator's browser."""
        return self.browsers["petugas"]

    @property
    def officer(self) -> Browser:
        """The duty officer's browser; he signs in when he is first needed."""
        browser = self.browsers["piket"]
        if not browser.token:
            browser.sign_in("piket")
            browser.own_password(PASSWORD)
        return browser

    def id_of(self, login: str) -> str:
        """Return the account's id."""
        return str(self.made[login]["account"]["id"])

    def create(self, login: str, *, expect: int = 201) -> httpx.Response:
        """Make an account."""
        order = {"login": login, "display_name": f"{login.title()} Contoh", "role": LOGINS[login]}
        order |= {"partner": PARTNERS[login]} if login in PARTNERS else {}
        return self.ask("admin", "POST", "/v1/accounts", expect=expect, json=order)

    def create_all(self) -> httpx.Response:
        """Make everybody's account; the head's comes last."""
        for login in LOGINS:
            answer = self.create(login)
            self.made[login] = answer.json()
            self.browsers[login] = Browser(self.house, answer.json())
        return answer

    def disable(self) -> httpx.Response:
        """Disable the deputy's account; nobody is signed in there."""
        return self.ask("admin", "DELETE", f"/v1/accounts/{self.id_of('wakil')}")

    def wrong_password(self) -> httpx.Response:
        """Type another password."""
        return Browser(self.house).post("/masuk", expect=401, login="kepala", password="bukan kata sandi")

    def wrong_code(self) -> httpx.Response:
        """Give the operator's password and no code of his."""
        other = Browser(self.house)
        other.post("/masuk", login="petugas", password=self.operator.password)
        return other.post("/masuk/kode", expect=401, code="abcdef")

    def own_password(self) -> httpx.Response:
        """Change the password that an admin has handed over."""
        return self.head.own_password(PASSWORD)

    def new_codes(self) -> httpx.Response:
        """Give the first code of the new secret."""
        self.head.secret = re.findall("<code>([A-Z2-7]{32})</code>", self.head.get("/akun/kode").text)[0]
        return self.head.post("/akun/kode/uji", code=self.head.code())

    def add_passkey(self, telephone: Authenticator) -> httpx.Response:
        """Let the telephone make a passkey."""
        self.head.get("/akun")
        question = self.head.post("/akun/passkey", expect=200).text
        assert json.loads(question)["challenge"]
        return self.head.post("/akun/passkey/tambah", answer=telephone.make(question), label="HP")

    def remove_passkey(self) -> httpx.Response:
        """Remove it again."""
        form = re.search('hapus">.*?name="name" value="([^"]+)"', self.head.get("/akun").text)
        assert form is not None
        return self.head.post("/akun/passkey/hapus", name=form[1])

    def name_deputy(self) -> httpx.Response:
        """Name the deputy for today."""
        self.head.get("/wakil")
        today = datetime.now(WIB).date().isoformat()
        return self.head.post("/wakil", deputy=self.id_of("wakil"), since=today, until=today)

    def revoke_deputy(self) -> httpx.Response:
        """Take that back."""
        found = re.search('name="id" value="(d-[a-z]+)"', self.head.get("/wakil").text)
        assert found is not None
        return self.head.post("/wakil/cabut", id=found[1])

    def end_other(self) -> httpx.Response:
        """Sign the operator in twice; the first browser ends what the second has open."""
        self.operator.sign_in("petugas")
        self.operator.own_password(PASSWORD)
        second = Browser(self.house, {"password": PASSWORD, "totp_secret": self.operator.secret})
        second.last_step = self.operator.last_step
        second.sign_in("petugas")
        self.operator.last_step = second.last_step
        found = re.search('akhiri">.*?name="name" value="([^"]+)"', self.operator.get("/akun").text)
        assert found is not None
        return self.operator.post("/akun/sesi/akhiri", name=found[1])

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order; head and operator are signed in after it."""
        telephone = Authenticator()
        wakil = "/v1/accounts/{}/password"
        return {
            "create an account": self.create_all,
            "create it again": lambda: self.create("kepala", expect=409),
            "list accounts": lambda: self.ask("admin", "GET", "/v1/accounts"),
            "set a password": lambda: self.ask("admin", "POST", wakil.format(self.id_of("wakil")), json={}),
            "give a wrong password": self.wrong_password,
            "give a password": lambda: self.head.post("/masuk", login="kepala", password=self.head.password),
            "give a code": lambda: self.head.post("/masuk/kode", code=self.head.code()),
            "change one's password": self.own_password,
            "fail to step up": lambda: self.head.post("/konfirmasi", expect=401, code="abcdef"),
            "step up": lambda: self.head.post("/konfirmasi", code=self.head.code()),
            "ask for new codes": lambda: self.head.post("/akun/kode"),
            "confirm new codes": self.new_codes,
            "add a passkey": lambda: self._add(telephone),
            "add it again": lambda: self.add_passkey(telephone),
            "remove a passkey": self.remove_passkey,
            "name a deputy": self.name_deputy,
            "revoke a deputy": self.revoke_deputy,
            "end another session": self.end_other,
            "give a wrong code": self.wrong_code,
        }

    def last_script(self) -> dict[str, Ask]:
        """Return how it ends."""
        return {
            "sign out": lambda: self.head.post("/keluar"),
            "disable an account": self.disable,
            "disable it again": self.disable,
        }

    def _add(self, telephone: Authenticator) -> httpx.Response:
        telephone.origin = self.head.origin
        return self.add_passkey(telephone)
