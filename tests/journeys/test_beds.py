"""A dispatcher asks for beds over real sockets."""

import time
from typing import Any

import pytest

from tests.running import House, Sandbox

HERE = {"lat": "-1.6101", "lon": "103.6131"}
WITH_A_SYSTEM = 12


def ask(house: House, **question: str) -> Any:
    """Ask as a dispatcher; the answer is always 200."""
    with house.client("dispatcher") as dispatcher:
        answer = dispatcher.get("/v1/capacity", params={**HERE, **question})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask_anew(house: House, **question: str) -> Any:
    """Ask twice: whoever asks while a question is under way gets its answer, and that may be of before."""
    ask(house, fresh="true", **question)
    return ask(house, fresh="true", **question)


def line(answer: Any, hospital: str) -> Any:
    """Return one hospital's line."""
    return next(each for each in answer["hospitals"] if each["id"] == hospital)


def test_every_hospital_answers_with_age_and_reason(house: House) -> None:
    """All sixteen stand in the answer, the twelve with a system answered live, each figure has its age."""
    answer = ask(house, need="icu", fresh="true")
    assert len(answer["hospitals"]) == 16
    answered = [each for each in answer["hospitals"] if each["outcome"] == "answered"]
    assert len(answered) == WITH_A_SYSTEM
    assert all(each["as_of"] and each["age_s"] is not None for each in answered)
    assert all(each["reasons"] for each in answer["hospitals"])
    assert answer["environment"] == "demo"
    assert answer["audit"] == "durable"


def test_a_hanging_hospital_is_late_and_never_full(house: House, sandbox: Sandbox) -> None:
    """The others answer within the deadline; silence shows as late with the older figure, or none."""
    before = line(ask(house, need="icu", fresh="true"), "rs-siloam")
    sandbox.trouble("rs-siloam", "hang")
    started = time.monotonic()
    answer = ask_anew(house, need="icu", deadline_ms="1500")
    assert time.monotonic() - started < 10  # it hangs far longer
    silent = line(answer, "rs-siloam")
    assert silent["outcome"] in ("late", "not_asked")
    assert silent["free"] == before["free"]
    assert silent["mode"] == "cached"
    assert sum(each["outcome"] == "answered" for each in answer["hospitals"]) == WITH_A_SYSTEM - 1


@pytest.mark.parametrize("mode", ["503", "500_html", "html", "empty", "garbage", "cut", "refuse", "r5"])
def test_a_hospital_in_trouble_is_named_and_the_rest_answer(
    house: House, sandbox: Sandbox, mode: str
) -> None:
    """Whatever one hospital's system does, its line says so and the other eleven are not touched."""
    sandbox.trouble("rsu-mayang", mode)
    answer = ask_anew(house, need="icu")
    bad = line(answer, "rsu-mayang")
    assert bad["outcome"] in ("unreachable", "unusable", "late", "not_asked")
    assert bad["free"] is None or bad["mode"] == "cached"
    assert sum(each["outcome"] == "answered" for each in answer["hospitals"]) == WITH_A_SYSTEM - 1


def test_all_hospitals_down_still_lists_all_nearest_first(house: House, sandbox: Sandbox) -> None:
    """Nobody answers: 200, incomplete, all sixteen, nearest first where nothing is known, none made up."""
    sandbox.trouble("hospitals", "refuse")
    known = {each["id"]: each["free"] for each in ask(house, need="icu")["hospitals"]}
    answer = ask_anew(house, need="icu")
    assert answer["complete"] is False
    assert len(answer["hospitals"]) == 16
    assert not any(each["mode"] == "live" for each in answer["hospitals"])
    for each in answer["hospitals"]:
        assert each["free"] is None or each["free"] == known[each["id"]]


def test_a_telephone_call_makes_a_figure(house: House) -> None:
    """An operator enters what the nurse said; the hospital's own key may as well; others may not."""
    path = "/v1/hospitals/rsud-sayoeti/declared-capacity"
    told = {"need": "igd", "free": 3, "told_by": "Perawat jaga IGD (contoh)"}
    with house.client("operator") as operator:
        assert operator.put(path, json=told).json()["proof"] == "operator_statement"
        assert operator.put(path, json={**told, "free": -1}).status_code == 422
        wrong = operator.put(path, json={**told, "told_by": "Perawat 1571015203909901"})
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "long_number")
        assert "1571015203909901" not in wrong.text
        assert operator.put(path.replace("sayoeti", "nowhere"), json=told).status_code == 404
    with house.client("partner") as partner:
        assert partner.put(path, json={**told, "free": 2}).json()["proof"] == "hospital_statement"
        assert partner.put(path.replace("rsud-sayoeti", "rs-siloam"), json=told).status_code == 403
    with house.client("dispatcher") as dispatcher:
        assert dispatcher.put(path, json=told).status_code == 403
    shown = line(ask(house, need="igd"), "rsud-sayoeti")
    assert (shown["free"], shown["origin"], shown["mode"]) == (2, "declared", "pushed")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"expires_at": "2099-01-01T00:00:00Z"}, "body.expires_at"),  # two hours at most
        ({"expires_at": "2026-01-01T00:00:00Z"}, "body.expires_at"),
        ({"expires_at": 4102444800}, "body.expires_at"),
        ({"expires_at": "4102444800"}, "body.expires_at"),
        ({"expires_at": "2026-11-25"}, "body.expires_at"),
        ({"free": -1}, "body.free"),
        ({"told_by": "Siti 1571 0152 0390 9901"}, "body.told_by"),
        ({"told_by": "Siti 1571-0152.0390\u200b9901"}, "body.told_by"),
        ({"told_by": "Siti\u202e"}, "body.told_by"),
    ],
)
def test_a_wrong_statement_is_told_by_the_name_of_its_field(
    house: House, wrong: dict[str, Any], field: str
) -> None:
    """Nothing is kept, and no number of a person gets in as a name."""
    told = {"need": "igd", "free": 3, "told_by": "Perawat, 0812-3456-7890"}
    with house.client("operator") as operator:
        answer = operator.put("/v1/hospitals/rsud-sayoeti/declared-capacity", json=told | wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert "9901" not in answer.text


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({}, "query.need"),
        ({"need": "cardiac"}, "query.need"),
        ({"need": "icu", "lat": "91"}, "query.lat"),
        ({"need": "icu", "lat": "nan"}, "query.lat"),
        ({"need": "icu", "deadline_ms": "5"}, "query.deadline_ms"),
        ({"need": "icu", "frech": "true"}, "query.frech"),
        ({"need": "icu", "lat": "-1.6"}, "query.lon"),
        ({"need": "icu", "lon": "103.6"}, "query.lat"),
    ],
)
def test_a_wrong_question_is_told_by_the_name_of_its_field(
    house: House, question: dict[str, str], field: str
) -> None:
    """Nothing is guessed: an unknown need or a misspelt parameter is a 422."""
    with house.client("dispatcher") as dispatcher:
        answer = dispatcher.get("/v1/capacity", params=question)
    assert (422, field) == (answer.status_code, answer.json()["errors"][0]["field"])


def test_the_directory_lists_those_with_only_a_telephone(house: House) -> None:
    """Sixteen hospitals, four of them without a system."""
    with house.client("dispatcher") as dispatcher:
        hospitals = dispatcher.get("/v1/hospitals").json()["hospitals"]
    assert (len(hospitals), sum(not each["connected"] for each in hospitals)) == (16, 4)


def test_the_picture_survives_a_restart_with_its_ages(house: House, sandbox: Sandbox) -> None:
    """After kill -9 and with every hospital away, the figures are there, older than before."""
    before = ask(house, need="ward", fresh="true")
    time.sleep(2.5)
    sandbox.trouble("hospitals", "refuse")
    house.kill()
    house.start()
    after = ask(house, need="ward")
    for hospital in (each for each in before["hospitals"] if each["outcome"] == "answered"):
        kept = line(after, hospital["id"])
        assert (hospital["free"], hospital["as_of"]) == (kept["free"], kept["as_of"])
        assert kept["mode"] == "cached"
