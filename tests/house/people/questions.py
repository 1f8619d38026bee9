"""Dispatchers and operators: beds, coverage, what stands at the wall."""

import httpx

from .asking import Ask, Asking

NIK, OTHER_NIK = "1571015203909901", "1571020507859902"
BEDS = "/v1/capacity?need=icu"
TOLD = {"need": "icu", "free": 2, "told_by": "Perawat jaga (contoh)"}
HOSPITAL = "rs-siloam"


class Questions(Asking):
    """Who asks for beds and coverage."""

    def check(self, nik: str, *, reason: str | None = None, mode: str = "live") -> httpx.Response:
        """Ask about a person; the answer is as expected."""
        body = {"nik": nik, "purpose": "ETREAT"}
        answer = self.ask("dispatcher", "POST", "/v1/eligibility-checks", json=body)
        assert (answer.json()["reason"], answer.json()["mode"]) == (reason, mode)
        return answer

    def declare(self, role: str, hospital: str, *, expect: int = 200) -> httpx.Response:
        """Declare free beds."""
        return self.ask(role, "PUT", f"/v1/hospitals/{hospital}/declared-capacity", expect=expect, json=TOLD)

    def check_in_trouble(self) -> httpx.Response:
        """Ask about a person while the insurer hangs up."""
        self.sandbox.trouble("vclaim", "refuse")
        return self.ask(
            "dispatcher", "POST", "/v1/eligibility-checks", json={"nik": OTHER_NIK, "purpose": "ETREAT"}
        )

    def check_until_breaker_opens(self) -> httpx.Response:
        """Ask until the insurer is not asked any more."""
        for _ in range(10):
            answer = self.check_in_trouble()
            if answer.json()["reason"] == "breaker_open":
                return answer
        raise AssertionError("the breaker stayed closed")

    def script(self) -> dict[str, Ask]:
        """Return what is done while everything works."""
        return {
            "ask": lambda: self.ask("dispatcher", "GET", BEDS),
            "ask everyone": lambda: self.ask("dispatcher", "GET", f"{BEDS}&fresh=true"),
            "declare": lambda: self.declare("operator", "rsud-sayoeti"),
            "declare for another hospital": lambda: self.declare("partner", HOSPITAL, expect=403),
            "list hospitals": lambda: self.ask("dispatcher", "GET", "/v1/hospitals"),
            "list partners": lambda: self.ask("dispatcher", "GET", "/v1/partners"),
            "list alarms": lambda: self.ask("operator", "GET", "/v1/alarms"),
            "probe": lambda: self.ask("operator", "GET", "/readyz"),
            "read metrics": lambda: self.ask("operator", "GET", "/metrics"),
            "read the API's description": lambda: self.ask("operator", "GET", "/openapi.json"),
            "exchange": lambda: self.check(NIK),
            "answer from the cache": lambda: self.check(NIK, mode="cached"),
        }

    def script_in_trouble(self) -> dict[str, Ask]:
        """Return what is done while the insurer hangs up; it does so from then on."""
        return {"failed exchange": self.check_in_trouble, "breaker open": self.check_until_breaker_opens}
