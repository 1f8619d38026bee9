"""What is left of an alert for a partner, by what the agreement with it shares."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Alert, Caller, Casualties, Category, Place
from gateway.incidents.thinning import coarse, thin
from gateway.partners.shape import Share

from .builders import ALL, FACTS, NIK, PLACE, alert, telling

COARSE = Place(latitude=-1.61, longitude=103.62, precision_m=1000, area_code="15.71.08", area_name="Jelutung")
BARE = alert(place=COARSE, narrative=None, cautions=(), casualties=Casualties(), caller=None)


@pytest.mark.parametrize(
    ("shares", "more"),
    [
        ((), {}),
        ((Share.EXACT_PLACE,), {"place": PLACE}),
        ((Share.NARRATIVE,), {"narrative": FACTS.narrative}),
        ((Share.CAUTIONS,), {"cautions": FACTS.cautions}),
        ((Share.CASUALTIES,), {"casualties": FACTS.casualties}),
        ((Share.CALLER_NAME,), {"caller": Caller(name="Budi Contoh")}),
        ((Share.CALLER_PHONE,), {"caller": Caller(phone="+6281200000001")}),
        ((Share.CALLER_NAME, Share.CALLER_PHONE), {"caller": FACTS.caller}),
        (
            tuple(Share),
            {
                "place": PLACE,
                "narrative": FACTS.narrative,
                "cautions": FACTS.cautions,
                "casualties": FACTS.casualties,
                "caller": FACTS.caller,
            },
        ),
    ],
)
def test_each_share_adds_its_own_and_nothing_else(shares: tuple[Share, ...], more: dict[str, Any]) -> None:
    """What, where roughly, and how bad is told to everybody; the rest only by agreement."""
    assert thin(alert(), telling(*shares)) == replace(BARE, **more)


def test_without_an_agreement_nothing_is_shared() -> None:
    """A partner that the file no longer names."""
    assert thin(alert(), None) == BARE


def test_what_an_authority_has_published_is_for_everybody() -> None:
    """A warning's own words, with whose they are."""
    assert thin(alert(), None, published=True) == replace(BARE, narrative=FACTS.narrative)


@pytest.mark.parametrize(
    "category", [Category.DOMESTIC_VIOLENCE, Category.CHILD_IN_DANGER, Category.PSYCHIATRIC]
)
def test_what_is_sensitive_needs_an_agreement_for_such(category: Category) -> None:
    """It may be told by hand, or have become so after it was told: then as thinly as can be."""
    said = alert(category=category)
    assert thin(said, telling(*ALL)) == replace(BARE, category=category)
    assert thin(said, telling(*ALL, sensitive=True)) == said


shares = st.frozensets(st.sampled_from(Share))


@given(shares, st.booleans())
def test_nothing_is_ever_added(some: frozenset[Share], sensitive: bool) -> None:
    """Every field is as it was, emptier, or the coarse place; what the message itself says is untouched."""
    thinned = thin(alert(), telling(*some, sensitive=sensitive))
    for each in fields(Alert):
        kept, was = getattr(thinned, each.name), getattr(alert(), each.name)
        assert kept in (was, getattr(BARE, each.name)) or each.name == "caller"
    assert thinned.caller is None or thinned.caller.name in (None, "Budi Contoh")


@given(st.floats(-90, 90), st.floats(-180, 180), st.none() | st.integers(1, 50_000))
def test_a_coarse_point_is_within_a_kilometre_and_says_so(
    latitude: float, longitude: float, precision_m: int | None
) -> None:
    """Two decimals, no address, and a precision that is not finer than it is."""
    found = coarse(Place(latitude, longitude, precision_m, "Jl. Contoh 7", "Pasar"))
    assert found.latitude == pytest.approx(latitude, abs=0.005001)
    assert found.longitude == pytest.approx(longitude, abs=0.005001)
    assert found.precision_m is not None
    assert found.precision_m >= max(1000, precision_m or 0)
    assert (found.address, found.landmark) == (None, None)


def test_a_place_without_a_point_has_none() -> None:
    """The area may be all that is known."""
    place = Place(address="Jl. Contoh 7", area_code="15.71", area_name="Kota Jambi")
    assert coarse(place) == Place(area_code="15.71", area_name="Kota Jambi")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (f"Korban NIK {NIK} pingsan", "Korban NIK ••• pingsan"),
        ("NIK 1571 0152 0390 9901.", "NIK •••."),
        ("NIK 1571-0152-0390-9901", "NIK •••"),
        ("Telepon 081278772112", "Telepon 081278772112"),
        ("Telepon +62 812-7877-2112", "Telepon +62 812-7877-2112"),
        ("Kartu 0001571015201", "Kartu 0001571015201"),  # 13 digits may be a telephone's
        ("Telepon 0812787721120 0812787721121", "Telepon 0812787721120 0812787721121"),
    ],
)
def test_no_nik_leaves_in_free_text(written: str, told: str) -> None:
    """There is no field for one, and people type it all the same."""
    said = alert(narrative=written, place=replace(PLACE, address=written, landmark=written))
    thinned = thin(said, telling(*ALL))
    assert {thinned.narrative, thinned.place.address, thinned.place.landmark} == {told}
