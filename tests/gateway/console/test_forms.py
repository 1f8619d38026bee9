"""Forms, what is kept of them over a step-up, and where people may be sent afterwards."""

import pytest
from starlette.requests import Request

from gateway.console.forms import read_form, safe_next
from gateway.console.kept_forms import MOST, KeptForms
from gateway.console.telephone import dialled
from gateway.problems import Problem

FORM = "application/x-www-form-urlencoded"


def _request(body: bytes, media_type: str = FORM) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", media_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def test_a_form_is_read_with_its_empty_fields() -> None:
    """What was left empty is there, and text comes as it was typed."""
    assert await read_form(_request(b"note=a+b%26c&empty=&note2=%C3%A9")) == {
        "note": "a b&c",
        "empty": "",
        "note2": "é",
    }


@pytest.mark.parametrize(
    ("body", "media_type", "problem"),
    [
        (b"{}", "application/json", "media-type"),
        (b"x=1", "multipart/form-data; boundary=x", "media-type"),
        (b"x=" + b"a" * 65_536, FORM, "body-too-large"),
        (b"&".join(b"x%d=1" % n for n in range(101)), FORM, "unreadable-body"),
        (b"x=%ff", FORM, "unreadable-body"),
        (b"x=\xff", FORM, "unreadable-body"),
    ],
)
async def test_anything_else_is_refused(body: bytes, media_type: str, problem: str) -> None:
    """By a named problem."""
    with pytest.raises(Problem) as caught:
        await read_form(_request(body, media_type))
    assert caught.value.name == problem


@pytest.mark.parametrize("address", ["/antrean", "/rujukan/r-abc?lanjut=approve", "/"])
def test_a_path_of_this_house_is_followed(address: str) -> None:
    """With its query."""
    assert safe_next(address, otherwise="/x") == address


@pytest.mark.parametrize(
    "address",
    [None, "", "antrean", "https://evil.example", "//evil.example", "/\\evil", "/a\\b", "/a\r\nb", "/é"],
)
def test_nothing_leads_out_of_this_house(address: str | None) -> None:
    """An open redirect would lend our name to a stranger's page."""
    assert safe_next(address, otherwise="/x") == "/x"


def test_a_kept_form_is_given_back_once_to_its_owner() -> None:
    """Not to another account, not at another page, not twice, not after five minutes."""
    at = [0.0]
    forms = KeptForms(now=lambda: at[0])
    forms.keep("a-one", "/rujukan/r-1", {"note": "penuh"})
    assert forms.take("a-two", "/rujukan/r-1") == {}
    assert forms.take("a-one", "/rujukan/r-2") == {}
    assert forms.take("a-one", "/rujukan/r-1") == {"note": "penuh"}
    assert forms.take("a-one", "/rujukan/r-1") == {}
    forms.keep("a-one", "/rujukan/r-1", {"note": "penuh"})
    at[0] = 300.0
    forms.keep("a-two", "/rujukan/r-2", {})
    assert list(forms._kept) == [("a-two", "/rujukan/r-2")]
    assert forms.take("a-one", "/rujukan/r-1") == {}


def test_kept_forms_do_not_grow_without_end() -> None:
    """The oldest is forgotten."""
    forms = KeptForms()
    for number in range(MOST + 1):
        forms.keep(f"a-{number}", "/x", {"n": str(number)})
    assert forms.take("a-0", "/x") == {}
    assert forms.take(f"a-{MOST}", "/x") == {"n": str(MOST)}


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("0741-61692", "+6274161692"),
        ("+62 811-740 112", "+62811740112"),
        ("119", "119"),
        ("(0741) 34212", "+6274134212"),
    ],
)
def test_a_number_is_dialled_from_any_network(phone: str, number: str) -> None:
    """A mobile phone elsewhere needs the country's code."""
    assert dialled(phone) == number
