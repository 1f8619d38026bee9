"""The table of hospitals, the members and the demo's partner file belong together."""

import re
import tomllib
from datetime import date
from pathlib import Path

from sandbox.demo.files import secrets
from sandbox.table import HospitalRow, read_table
from sandbox.vclaim.members import Members
from sandbox.vclaim.signing import DEMO

PARTNERS = Path(__file__).parents[2] / "sandbox" / "partners.toml"

AGENCIES = {"polresta-jambi", "damkar", "dinsos", "bpbd", "satpol-pp", "dispatch"}  # satpol-pp has no system
AUTHORITIES = {"bmkg-nowcast", "bmkg-gempa"}


def partners() -> dict[str, dict[str, object]]:
    """Return the demo's partners by id."""
    document = tomllib.loads(PARTNERS.read_text(encoding="utf-8"))
    return {partner["id"]: partner for partner in document["partners"]}


def test_sixteen_hospitals_of_which_twelve_have_a_system() -> None:
    """Seven of their own, five on SATUSEHAT, four with a telephone only; invented organisation ids."""
    rows = read_table()
    systems = [row.system for row in rows]
    assert [systems.count(name) for name in ("r4", "satusehat", "telephone")] == [7, 5, 4]
    assert len({row.id for row in rows}) == 16
    assert {row.organization for row in rows} == {f"990000{number:02}" for number in range(1, 17)}
    for row in rows:
        assert -1.70 < row.latitude < -1.54
        assert 103.52 < row.longitude < 103.69


def test_the_partner_file_names_the_table_the_insurer_and_the_ways_to_wake() -> None:
    """Same ids, names, telephones and places; a system only where the table has one."""
    found = partners()
    assert set(found) == {row.id for row in read_table()} | {"bpjs", "sms", "push"} | AGENCIES | AUTHORITIES
    for row in read_table():
        partner = found[row.id]
        place = {"latitude": row.latitude, "longitude": row.longitude, "address": row.address}
        assert (partner["name"], partner["phone"]) == (row.name, row.phone)
        assert partner["facility"] == place | _services(partner)
        assert ("kind" in partner) == ("settings" in partner) == (row.system != "telephone")
        assert partner["standing"] == ("planned" if row.system == "telephone" else "live")


def _services(partner: dict[str, object]) -> dict[str, object]:
    facility = partner["facility"]
    assert isinstance(facility, dict)
    return {"services": facility["services"]} if "services" in facility else {}


def test_hospitals_say_they_treat_what_they_have_beds_for() -> None:
    """The services of those with a system are the needs of their beds."""
    for row in read_table():
        if row.system != "telephone":
            needs = {bed.need for bed in row.beds}
            assert set(_services(partners()[row.id])["services"]) == needs  # type: ignore[call-overload]  # TOML


def test_every_secret_a_partner_needs_is_written_and_none_stands_in_the_file() -> None:
    """Secret files are named `<partner>.<setting>`; the values begin with demo-, or are derived from it."""
    wanted = {f"{row.id}.{name}" for row in read_table() if (name := _secret_of(row))}
    wanted |= {f"{agency}.secret" for agency in AGENCIES - {"satpol-pp"}}
    assert set(secrets()) == wanted | {"bpjs.secret", "bpjs.user_key", "sms.token"}
    text = PARTNERS.read_text(encoding="utf-8")
    for value in secrets().values():
        assert value.startswith(("demo-", "whsec_"))
        assert value not in text


def _secret_of(row: HospitalRow) -> str | None:
    return {"r4": "token", "satusehat": "client_secret"}.get(row.system)


def test_the_partner_file_speaks_to_the_sandbox_alone() -> None:
    """Every address begins with the launcher's placeholder, and BPJS's consumer id is the sandbox's."""
    addresses = re.findall(r'_url = "([^"]*)"', PARTNERS.read_text(encoding="utf-8"))
    # Own servers, platform and its tokens, insurer, texts; agencies, the two lists of BMKG.
    assert len(addresses) == 7 + 2 * 5 + 1 + 1 + len(AGENCIES - {"satpol-pp"}) + len(AUTHORITIES)
    assert all(address.startswith("{sandbox}/") for address in addresses)
    settings = partners()["bpjs"]["settings"]
    assert isinstance(settings, dict)
    assert settings["consid"] == DEMO.consid


def test_members_are_invented_and_their_numbers_agree() -> None:
    """Twenty people called CONTOH, numbers of Kota Jambi whose birth dates are the record's."""
    members = Members.from_table()
    people = list(members.by_card.values())
    assert len(people) == 20
    for member in people:
        assert "CONTOH" in member.name
        assert re.fullmatch(r"1571(0[1-9]|1[01])[0-9]{6}99[0-9]{2}", member.nik)
        day, month, year = (int(member.nik[at : at + 2]) for at in (6, 8, 10))
        born = date(member.born.year // 100 * 100 + year, month, day - 40 if day > 40 else day)
        assert born == member.born
        assert re.fullmatch("0000000000[0-9]{3}", member.card)
