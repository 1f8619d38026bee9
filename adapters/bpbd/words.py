"""
Our categories in CAP's: kinds of event, the OASIS Event Term, and what BPBD's people read.

OASIS Event Terms v1.2 (docs.oasis-open.org/emergency/cap-etl/v1.2); where it has no term, the nearest wider
one, and our own category stands beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from adapters.cap.words import Category as Cap
from adapters.cap.words import Severity as CapSeverity
from contracts import Category, Caution, Severity


class Event(NamedTuple):
    """One category on the wire."""

    categories: tuple[Cap, ...]
    term: str
    words: str


EVENTS: Mapping[Category, Event] = MappingProxyType(
    {
        Category.AMBULANCE: Event((Cap.HEALTH,), "OET-012", "Kedaruratan medis"),
        Category.TRAFFIC_ACCIDENT: Event((Cap.TRANSPORT, Cap.RESCUE), "OET-167", "Kecelakaan lalu lintas"),
        Category.FIRE: Event((Cap.FIRE,), "OET-078", "Kebakaran"),
        Category.RESCUE: Event((Cap.RESCUE,), "OET-162", "Penyelamatan"),
        Category.FALLEN_TREE: Event((Cap.SAFETY, Cap.INFRA), "OET-077", "Pohon tumbang"),
        Category.ANIMAL: Event((Cap.SAFETY,), "OET-054", "Gangguan hewan"),
        Category.TRAFFIC: Event((Cap.TRANSPORT,), "OET-199", "Gangguan lalu lintas"),
        Category.CRIME: Event((Cap.SECURITY,), "OET-049", "Gangguan keamanan"),
        Category.DOMESTIC_VIOLENCE: Event((Cap.SECURITY,), "OET-049", "Kekerasan dalam rumah tangga"),
        Category.CHILD_IN_DANGER: Event((Cap.SAFETY,), "OET-169", "Anak dalam bahaya"),
        Category.PSYCHIATRIC: Event((Cap.HEALTH,), "OET-097", "Orang dengan gangguan jiwa"),
        Category.NEGLECTED_PERSON: Event((Cap.SAFETY,), "OET-169", "Orang telantar"),
        Category.FLOOD: Event((Cap.MET,), "OET-081", "Banjir"),
        Category.LANDSLIDE: Event((Cap.GEO,), "OET-119", "Tanah longsor"),
        Category.STORM: Event((Cap.MET,), "OET-187", "Angin kencang atau badai"),
        Category.EARTHQUAKE: Event((Cap.GEO,), "OET-068", "Gempa bumi"),
        Category.HAZE: Event((Cap.ENV, Cap.HEALTH), "OET-059", "Kabut asap"),
        Category.PUBLIC_FACILITY: Event((Cap.INFRA,), "OET-149", "Gangguan fasilitas umum"),
        Category.OTHER: Event((Cap.OTHER,), "OET-000", "Kejadian lain"),
    }
)
LINK = Event((Cap.OTHER,), "OET-135", "Uji sambungan")  # "network message notification"
DIGEST = Event((Cap.OTHER,), "OET-002", "Rangkuman kejadian yang sudah selesai")  # "administrative activity"

SEVERITIES: Mapping[Severity, CapSeverity] = MappingProxyType(
    {
        Severity.EXTREME: CapSeverity.EXTREME,
        Severity.SEVERE: CapSeverity.SEVERE,
        Severity.MODERATE: CapSeverity.MODERATE,
        Severity.MINOR: CapSeverity.MINOR,
        Severity.UNKNOWN: CapSeverity.UNKNOWN,
    }
)
CAUTIONS: Mapping[Caution, str] = MappingProxyType(
    {
        Caution.ARMED: "ada senjata",
        Caution.VIOLENT: "ada kekerasan",
        Caution.HAZMAT: "bahan berbahaya",
        Caution.ELECTRICITY: "aliran listrik",
        Caution.COLLAPSE: "bangunan dapat runtuh",
        Caution.INFECTIOUS: "penyakit menular",
    }
)
COUNTED = {"dead": "meninggal", "missing": "hilang", "injured": "luka", "displaced": "mengungsi"}
NOWHERE = "Lokasi belum diketahui"
