"""The people of the demo: accounts to sign in with, made once, kept in demo.env, with a telephone each."""

from dataclasses import dataclass

from .api import post


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One account: who signs in, as what, of which partner, and the invented number that wakes them."""

    login: str
    name: str
    role: str
    telephone: str
    partner: str | None = None

    @property
    def prefix(self) -> str:
        """How their names in demo.env begin."""
        return f"GERBANG_SIGN_IN_{self.login.upper()}"


PEOPLE = (
    DemoPerson("kepala", "dr. Kepala UPTD (contoh)", "approver", "+6281100000001"),
    DemoPerson("wakil", "dr. Wakil Kepala (contoh)", "approver", "+6281100000002"),
    DemoPerson("operator", "Operator (contoh)", "operator", "+6281100000003"),
    DemoPerson("polresta", "Piket Polresta (contoh)", "duty", "+6281100000004", "polresta-jambi"),
    DemoPerson("damkar", "Piket Damkar (contoh)", "duty", "+6281100000005", "damkar"),
    DemoPerson("bpbd", "Piket BPBD (contoh)", "duty", "+6281100000006", "bpbd"),
)


def people_of_the_demo(url: str, *, admin: str, known: dict[str, str]) -> dict[str, str]:
    """Return login secrets by their names in demo.env, making whoever is missing. Raises Failed."""
    made: dict[str, str] = {}
    for person in PEOPLE:
        names = (f"{person.prefix}_PASSWORD", f"{person.prefix}_TOTP")
        if all(name in known for name in names):
            made |= {name: known[name] for name in names}
        else:
            made |= dict(zip(names, _make(url, admin, person), strict=True))
    return made


def _make(url: str, admin: str, person: DemoPerson) -> tuple[str, str]:
    body = {"login": person.login, "display_name": person.name, "role": person.role}
    body |= {} if person.partner is None else {"partner": person.partner}
    answer = post(f"{url}/v1/accounts", body, key=admin)
    contact = {"address": f"tel:{person.telephone}"}
    post(f"{url}/v1/accounts/{answer['account']['id']}/contacts", contact, key=admin)
    return str(answer["password"]), str(answer["totp_secret"])
