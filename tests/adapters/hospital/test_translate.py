"""From Locations to beds, rule by rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hospital.places import KEMKES as KEMKES_TYPES
from adapters.hospital.places import ROLE as ROLE_TYPES
from adapters.hospital.places import Places
from adapters.hospital.structs import Resource, read_page
from adapters.hospital.translate import Placed, capacity, placed
from contracts import BedState, CannotConvey, CapacityReport, Need

from .hospitals import KEMKES, RECEIVED, ROLE, V2, by_id, coded, location, typed, wire

FREE = coded("U")


def read(name: str) -> list[Resource]:
    """Return the resources of one wire example."""
    page, unreadable = read_page(wire(name))
    assert unreadable == 0
    return [entry.resource for entry in page.entry or () if entry.resource is not None]


def report(*rows: Resource, **more: Any) -> CapacityReport:
    """Translate *rows* as received at the tests' moment."""
    return capacity(rows, received=RECEIVED, **more)


def only(*rows: Resource, **more: Any) -> Any:
    """Translate *rows* that hold exactly one bed."""
    (bed,) = report(*rows, **more).beds
    return bed


class TestState:
    """What a bed's codes say of it."""

    @pytest.mark.parametrize(
        ("code", "state"),
        [
            ("U", BedState.FREE),
            ("O", BedState.OCCUPIED),
            ("H", BedState.SOON),
            ("K", BedState.SOON),
            ("I", BedState.ISOLATED),
            ("C", BedState.CLOSED),
            ("UO", BedState.UNKNOWN),
            ("u", BedState.UNKNOWN),
            ("", BedState.UNKNOWN),
        ],
    )
    def test_each_code_has_one_meaning(self, code: str, state: BedState) -> None:
        """HL7 table 0116, and nothing else, says that a bed is free."""
        assert only(location("b", "bd", operationalStatus=coded(code))).state is state

    def test_odd_states_never_make_a_bed_free(self) -> None:
        """Absent, foreign, contradicting and unusable: unknown or closed, each with a remark."""
        read_report = report(*read("r4-odd-states.json"))
        states = {key: bed.state for key, bed in by_id(read_report).items()}
        assert states == {
            "absent": BedState.UNKNOWN,
            "unknown-code": BedState.UNKNOWN,
            "foreign-system": BedState.UNKNOWN,
            "concept": BedState.FREE,
            "contradiction": BedState.UNKNOWN,
            "inactive": BedState.CLOSED,
            "suspended": BedState.CLOSED,
            "bogus-status": BedState.UNKNOWN,
            "no-status": BedState.FREE,
            "loose-system": BedState.FREE,
            "no-system": BedState.OCCUPIED,
            "local-word": BedState.FREE,
        }
        assert {"no_state", "unknown_state"} <= set(read_report.remarks)

    def test_two_codes_must_agree(self) -> None:
        """A concept with several codings is believed if what is understood of it is one state."""
        both = {"coding": [coded("U"), coded("x", "https://rs.example/local")]}
        torn = {"coding": [coded("U"), coded("O")]}
        assert only(location("b", "bd", operationalStatus=both)).state is BedState.FREE
        assert only(location("b", "bd", operationalStatus=torn)).state is BedState.UNKNOWN

    @pytest.mark.parametrize("shut", [{"status": "suspended"}, {"operationalStatus": coded("C")}])
    def test_a_bed_in_a_closed_ward_is_closed(self, shut: dict[str, Any]) -> None:
        """Nobody is admitted to a ward that is shut, whatever its beds still say."""
        ward = location("w", "wa", **shut)
        room = location("r", "ro", inside="w")
        assert (
            only(ward, room, location("b", "bd", inside="r", operationalStatus=FREE)).state is BedState.CLOSED
        )

    @given(
        system=st.none() | st.text(max_size=30) | st.just(V2),
        code=st.none() | st.text(max_size=3),
        display=st.none() | st.text(max_size=12),
        status=st.none() | st.sampled_from(["active", "inactive", "x"]),
    )
    def test_only_a_plain_u_is_free(
        self, system: str | None, code: str | None, display: str | None, status: str | None
    ) -> None:
        """Whatever is written, free comes from the code U of that table and an active record alone."""
        wired = {"system": system, "code": code, "display": display}
        bed = only(location("b", "bd", operationalStatus=wired, status=status))
        if bed.state is BedState.FREE:
            assert (code or "").strip() == "U"
            assert status in (None, "active")


class TestNeed:
    """What a bed is for."""

    @pytest.mark.parametrize(("code", "need"), KEMKES_TYPES.items())
    def test_the_rooms_type_tells(self, code: str, need: Need) -> None:
        """SATUSEHAT types the room; the bed's own RT0004 says nothing."""
        room = location("r", "ro", type=typed(code))
        assert only(room, location("b", "bd", inside="r", type=typed("RT0004"))).need is need

    @pytest.mark.parametrize(("code", "need"), ROLE_TYPES.items())
    def test_role_codes_tell_on_wards_and_beds(self, code: str, need: Need) -> None:
        """R4 servers type wards, rooms or beds with HL7's RoleCode."""
        ward = location("w", "wa", type=typed(code, ROLE))
        room = location("r", "ro", inside="w")
        assert only(ward, room, location("b", "bd", inside="r")).need is need
        assert only(location("b", "bd", type=typed(code, ROLE))).need is need

    def test_of_several_codings_the_more_special_one_tells(self) -> None:
        """HL7's "hospital unit" beside the ministry's HCU: the bed is an HCU bed, in either order."""
        both = [coded("HU", ROLE), coded("RT0013", KEMKES)]
        for codings in (both, both[::-1]):
            bed = location("b", "bd", type=[{"coding": codings}])
            assert only(bed).need is Need.HCU

    def test_the_nearest_type_that_speaks_decides(self) -> None:
        """A resuscitation bed is IGD by its room; an observation bed by the IGD around it."""
        igd = location("igd", "bu", type=typed("RT0006"))
        icu = location("icu", "ro", inside="igd", type=typed("RT0007"))
        seen = location("seen", "ro", inside="igd", type=typed("RT0026"))
        beds = by_id(
            report(igd, icu, seen, location("1", "bd", inside="icu"), location("2", "bd", inside="seen"))
        )
        assert (beds["1"].need, beds["2"].need) == (Need.ICU, Need.IGD)

    @pytest.mark.parametrize(
        ("text", "need"),
        [
            ("Ruang HCU", Need.HCU),
            ("UGD", Need.IGD),
            ("Kamar Isolasi", Need.ISOLATION),
            ("Kamar Non-Isolasi", Need.OTHER),
            ("VK Bersalin", Need.DELIVERY),
            ("Bangsal ICU", Need.ICU),
            ("ICU / HCU", Need.OTHER),
            ("Ruang Tunggu", Need.OTHER),
            ("Pasca Persalinan", Need.OTHER),
        ],
    )
    def test_plain_words_tell_where_no_code_does(self, text: str, need: Need) -> None:
        """A local type in words is read if it names one need; two or a negation say nothing."""
        as_text = location("r", "ro", type=[{"text": text}])
        as_local = location(
            "r", "ro", type=[{"coding": [{"system": "https://rs.example/unit", "display": text}]}]
        )
        for room in (as_text, as_local):
            assert only(room, location("b", "bd", inside="r")).need is need

    @pytest.mark.parametrize("system", [f"{KEMKES} ", KEMKES.replace("http:", "https:"), f"{KEMKES}/"])
    def test_loosely_written_systems_are_the_same(self, system: str) -> None:
        """Kemkes' systems come with http, https and trailing blanks."""
        room = location("r", "ro", type=typed("RT0007", system))
        assert only(room, location("b", "bd", inside="r")).need is Need.ICU

    def test_of_several_types_the_precise_one_counts(self) -> None:
        """A room that is both inpatient room and ICU is an ICU."""
        room = location("r", "ro", type=typed("RT0016") + typed("RT0007"))
        assert only(room, location("b", "bd", inside="r")).need is Need.ICU

    def test_a_type_that_is_no_list_is_read(self) -> None:
        """Some servers write one type as an object."""
        room = location("r", "ro", type=typed("RT0007")[0])
        assert only(room, location("b", "bd", inside="r")).need is Need.ICU

    def test_nothing_is_guessed_from_names(self) -> None:
        """A room called ICU without a type stays other: its name may say anything."""
        room = location("r", "ro", name="Ruang tunggu keluarga ICU")
        assert only(room, location("b", "bd", inside="r")).need is Need.OTHER


class TestPlace:
    """What counts as a bed, and where it stands."""

    def test_wards_are_no_beds(self) -> None:
        """A ward with a state of its own is still a ward."""
        ward = location("w", "wa", operationalStatus=FREE)
        assert [bed.id for bed in report(ward, location("b", "bd", inside="w")).beds] == ["b"]

    def test_a_room_with_a_state_and_no_bed_is_one_bed(self) -> None:
        """VIP rooms carry the state themselves."""
        ward = location("w", "wa", type=typed("RT0016"))
        bed = only(ward, location("vip", "ro", inside="w", operationalStatus=FREE))
        assert (bed.id, bed.need, bed.state) == ("vip", Need.WARD, BedState.FREE)

    def test_a_room_with_a_state_and_beds_is_none(self) -> None:
        """Where the beds stand in the room, also deeper, only they count."""
        outer = location("r", "ro", operationalStatus=FREE)
        inner = location("box", "area", inside="r")
        assert [bed.id for bed in report(outer, inner, location("b", "bd", inside="box")).beds] == ["b"]

    def test_a_kemkes_bed_without_physical_type_is_a_bed(self) -> None:
        """RT0004 alone says bed, and so does the word."""
        assert only(location("b", type=typed("RT0004"))).id == "b"
        assert only(location("b", physicalType={"text": "Tempat Tidur"})).id == "b"

    def test_a_state_on_a_place_of_unknown_kind_is_not_silently_dropped(self) -> None:
        """What looks like a bed and is not known as one makes the report incomplete."""
        odd = report(location("b", "bd"), location("x", operationalStatus=FREE))
        assert (len(odd.beds), odd.complete) == (1, False)
        assert "untyped_place" in odd.remarks

    def test_kinds_of_places_are_no_places(self) -> None:
        """mode=kind describes beds in general."""
        assert report(location("b", "bd", mode="kind")).beds == ()

    def test_class_and_ward_come_from_the_room_where_the_bed_is_silent(self) -> None:
        """The nearest class and the ward's name; buildings and sites are too large to name."""
        kelas = {"url": "https://fhir.kemkes.go.id/r4/StructureDefinition/LocationServiceClass"}
        vip = {**kelas, "valueCodeableConcept": {"coding": [{"code": "VIP "}]}}
        site = location("s", "si", name="RS Contoh")
        ward = location("w", "wa", inside="s", name="Bangsal Kamboja")
        room = location("r", "ro", inside="w", name="Ruang 210", extension=[vip])
        bed = only(site, ward, room, location("b", "bd", inside="r"))
        assert (bed.kelas, bed.ward) == ("vip", "Bangsal Kamboja")

    def test_a_bed_without_a_ward_names_its_room(self) -> None:
        """A crew is told the nearest named place."""
        room = location("r", "ro", inside="s", name="Ruang ICU")
        assert only(location("s", "si"), room, location("b", "bd", inside="r")).ward == "Ruang ICU"

    @pytest.mark.parametrize(
        "reference",
        [
            "Location/r",
            "https://rs.example/fhir/Location/r",
            "Location/r/_history/7",
            "urn:uuid:r",
            " Location/r ",
        ],
    )
    def test_references_are_followed_however_written(self, reference: str) -> None:
        """Relative, absolute, versioned and as a urn."""
        room = location("r", "ro", type=typed("RT0007"))
        assert only(room, location("b", "bd", partOf={"reference": reference})).need is Need.ICU

    def test_places_in_a_circle_end(self) -> None:
        """Two rooms inside each other are walked once, and said."""
        rows = [location("a", "ro", inside="b"), location("b", "ro", inside="a", type=typed("RT0007"))]
        circle = report(*rows, location("bed", "bd", inside="a"))
        assert circle.beds[0].need is Need.ICU
        assert "part_of_loop" in circle.remarks

    def test_an_unknown_room_makes_the_totals_unknown(self) -> None:
        """If the room that would say ICU is not in the answer, "no ICU beds" would be a lie."""
        lost = report(location("b", "bd", inside="elsewhere", operationalStatus=FREE))
        assert (lost.beds[0].need, lost.complete) == (Need.OTHER, False)
        assert "parent_missing" in lost.remarks

    def test_no_bed_at_all_is_no_statement(self) -> None:
        """A hospital without a single bed has not been understood."""
        assert (report().complete, report().remarks) == (False, ("no_beds",))


class TestOwner:
    """Beds of other hospitals on the same server."""

    def owned(self, key: str, owner: str | None, **more: Any) -> Resource:
        """Return a bed managed by *owner*."""
        if owner is not None:
            more["managingOrganization"] = {"reference": f"Organization/{owner}"}
        return location(key, "bd", operationalStatus=FREE, **more)

    def test_beds_of_others_are_left_out(self) -> None:
        """A server that ignores the filter is filtered here."""
        mixed = report(self.owned("ours", "1"), self.owned("theirs", "2"), owners=frozenset({"1"}))
        assert ([bed.id for bed in mixed.beds], mixed.complete) == (["ours"], True)
        assert mixed.remarks == ("filter_ignored",)

    def test_a_bed_belongs_to_whom_its_room_belongs(self) -> None:
        """Beds often name no organisation of their own."""
        room = location("r", "ro", managingOrganization={"reference": "Organization/1"})
        assert only(room, self.owned("b", None, inside="r"), owners=frozenset({"1"})).id == "b"

    def test_a_bed_nobody_owns_is_not_ours_and_is_missed(self) -> None:
        """It may be ours, so the report is not complete."""
        stray = report(self.owned("ours", "1"), self.owned("stray", None), owners=frozenset({"1"}))
        assert (len(stray.beds), stray.complete) == (1, False)
        assert "owner_unknown" in stray.remarks


class TestDistrust:
    """What looks like a free bed and may be none, and what looks like none and is a bed."""

    @pytest.mark.parametrize(
        ("room", "bed", "state"),
        [
            ("K", "U", BedState.SOON),
            ("H", "U", BedState.SOON),
            ("I", "U", BedState.ISOLATED),
            ("C", "U", BedState.CLOSED),
            ("O", "U", BedState.FREE),
            ("K", "O", BedState.OCCUPIED),
            ("C", "O", BedState.CLOSED),
        ],
    )
    def test_a_free_bed_is_no_more_than_its_room_allows(self, room: str, bed: str, state: BedState) -> None:
        """A clean bed in a contaminated room takes nobody yet."""
        around = location("r", "ro", operationalStatus=coded(room))
        assert only(around, location("b", "bd", inside="r", operationalStatus=coded(bed))).state is state

    @pytest.mark.parametrize("display", ["Reserved", "dipesan", "Rusak", "PENUH"])
    def test_a_display_that_says_otherwise_outweighs_the_code(self, display: str) -> None:
        """Table 0116 has no word for reserved, so servers write it beside U."""
        assert (
            only(location("b", "bd", operationalStatus=coded("U", display=display))).state is BedState.UNKNOWN
        )

    @pytest.mark.parametrize("code", ["bed", "BD1", "tempat-tidur"])
    def test_an_unknown_kind_hides_no_bed(self, code: str) -> None:
        """The binding is an example: with the Kemkes type it is a bed, without one nobody knows."""
        kind = {"coding": [{"code": code}]}
        typed_bed = location("b", physicalType=kind, type=typed("RT0004"), operationalStatus=FREE)
        assert only(typed_bed).state is BedState.FREE
        untyped = report(location("b", physicalType=kind, operationalStatus=FREE))
        assert (untyped.beds, untyped.complete) == ((), False)
        assert "untyped_place" in untyped.remarks

    def test_a_state_where_none_belongs_is_a_doubt(self) -> None:
        """Bays of an IGD written as areas are not counted, and not kept quiet about."""
        odd = report(
            location("a", "area", operationalStatus=FREE), location("b", "bd", operationalStatus=FREE)
        )
        assert (len(odd.beds), odd.complete) == (1, False)

    def test_a_place_named_without_a_reference_is_one_we_were_not_given(self) -> None:
        """PartOf by identifier or display only: what the bed is for is not known."""
        told = report(location("b", "bd", operationalStatus=FREE, partOf={"display": "Ruang ICU"}))
        assert (told.beds[0].need, told.complete) == (Need.OTHER, False)
        assert "parent_missing" in told.remarks

    def test_thousands_of_nested_places_are_walked_once_each(self) -> None:
        """Half a megabyte nested to the bottom took seconds and a gigabyte when each bed walked alone."""
        chain = [location(f"b{n}", "bd", inside=f"b{n - 1}", operationalStatus=FREE) for n in range(1, 3000)]
        rows = [location("b0", "ro"), location("vip", "ro", operationalStatus=FREE), *chain]
        places = Places(rows)
        assert len(places.holders(rows)) == 2999
        assert len(report(*rows).beds) == 3000


class TestTime:
    """How old a figure is."""

    def test_times_are_read_with_their_zone_and_never_from_the_future(self) -> None:
        """Z and +07:00 are the same instant; no zone is no time."""
        rows = [row for row in read("r4-times.json") if row.id != "ahead"]
        read_report = report(*rows)
        beds = by_id(read_report)
        one = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert beds["zulu"].as_of == beds["wib"].as_of == one
        assert beds["old"].as_of == datetime(2021, 6, 1, 0, 0, 0, 123456, tzinfo=UTC)
        assert beds["zoneless"].as_of is beds["timeless"].as_of is None
        assert read_report.as_of == one
        assert "clock_ahead" not in read_report.remarks

    def test_a_server_ahead_of_us_tells_no_age_at_all(self) -> None:
        """WIB written with Z is seven hours ahead: what it calls an hour old is eight."""
        ahead = report(*read("r4-times.json"))
        assert ahead.as_of is None
        assert {bed.as_of for bed in ahead.beds} == {None}
        assert "clock_ahead" in ahead.remarks

    def test_a_rename_of_a_ward_refreshes_no_bed(self) -> None:
        """Only the beds' own times count."""
        ward = location("w", "wa", meta={"lastUpdated": "2026-11-23T01:59:00Z"})
        bed = location("b", "bd", inside="w", meta={"lastUpdated": "2026-11-22T01:00:00Z"})
        assert report(ward, bed).as_of == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

    def test_a_blink_ahead_is_not_worth_a_remark(self) -> None:
        """Two clocks differ by a second; the time is clamped all the same."""
        soon = (RECEIVED + timedelta(seconds=1)).isoformat()
        told = report(location("b", "bd", operationalStatus=FREE, meta={"lastUpdated": soon}))
        assert (told.as_of, told.remarks) == (RECEIVED, ())

    @given(
        text=st.text(max_size=30) | st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(str)
    )
    def test_no_text_breaks_the_clock(self, text: str) -> None:
        """Whatever stands for a time, the figure is never younger than its receipt."""
        told = report(location("b", "bd", meta={"lastUpdated": text})).as_of
        assert told is None or (told <= RECEIVED and told.utcoffset() == timedelta(0))


class TestVersion:
    """Servers of another FHIR version."""

    def test_r5_is_refused_by_its_shape(self) -> None:
        """`form` instead of `physicalType`: no bed there could be told."""
        with pytest.raises(CannotConvey) as refusal:
            report(*read("r5-beds.json"))
        assert (refusal.value.field, refusal.value.detail) == ("fhir_version", "fhir_r5")


class TestPosition:
    """Coordinates as hospitals write them."""

    @pytest.mark.parametrize(
        ("latitude", "longitude", "expected"),
        [
            (-1.61, 103.58, Placed(-1.61, 103.58, swapped=False)),
            (103.58, -1.61, Placed(-1.61, 103.58, swapped=True)),
            ("-1.61", "103.58", Placed(-1.61, 103.58, swapped=False)),
            (0.0, 109.3, Placed(0.0, 109.3, swapped=False)),
            (42.25, -83.69, None),
            (None, 103.58, None),
            ("", "", None),
            ("barat", "timur", None),
            (float("nan"), 103.58, None),
        ],
    )
    def test_swapped_coordinates_are_put_right(self, latitude: Any, longitude: Any, expected: Any) -> None:
        """Official samples exchange latitude and longitude; only Indonesia's box is believed."""
        assert placed(latitude, longitude) == expected

    def test_swapped_coordinates_are_told(self) -> None:
        """The report says so; the beds are not harmed."""
        bed = location("b", "bd", operationalStatus=FREE, position={"latitude": 103.58, "longitude": -1.61})
        assert report(bed).remarks == ("coordinates_swapped",)

    @given(
        latitude=st.floats(allow_nan=True) | st.text(max_size=5), longitude=st.floats() | st.text(max_size=5)
    )
    def test_a_point_is_in_indonesia_or_none(self, latitude: Any, longitude: Any) -> None:
        """No numbers, however odd, lead out of the box."""
        point = placed(latitude, longitude)
        assert point is None or (-11 <= point.latitude <= 6 and 95 <= point.longitude <= 141)


IDS = st.sampled_from(["a", "b", "c", "d"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"resourceType": st.just("Location"), "id": IDS},
        optional={
            "partOf": st.fixed_dictionaries({"reference": IDS.map("Location/{}".format)}),
            "physicalType": st.sampled_from(["bd", "ro", "wa", "zz"]).map(
                lambda c: {"coding": [{"code": c}]}
            ),
            "operationalStatus": st.sampled_from(["U", "O", "?"]).map(lambda c: {"code": c}),
            "type": st.sampled_from(["RT0007", "RT0004", "RT0016"]).map(typed),
            "status": st.sampled_from(["active", "inactive", ""]),
        },
    ),
    max_size=8,
    unique_by=lambda row: str(row["id"]),
)


@given(rows=ROWS)
def test_any_building_is_walked_to_its_end(rows: list[dict[str, Any]]) -> None:
    """However places stand in each other, reading ends and each bed is counted at most once."""
    told = report(*(msgspec.convert(row, Resource) for row in rows))
    ids = [bed.id for bed in told.beds]
    assert len(ids) == len(set(ids))
    free = {bed.id for bed in told.beds if bed.state is BedState.FREE}
    assert free <= {row["id"] for row in rows if row.get("operationalStatus") == {"code": "U"}}
