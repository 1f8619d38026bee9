"""BMKG's words in ours; both ways of naming what happens, by event term and by category."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.cap.words import Category as Cap
from adapters.cap.words import Severity as CapSeverity
from contracts import Category, Severity

ATTRIBUTION = "BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)"  # to be shown with whatever is shown
NOWCAST, QUAKES = "bmkg-nowcast", "bmkg-gempa"

# OASIS Event Terms; valueName was OET in February 2026 and OET:v1.2 in September: matched by its beginning.
EVENT_TERMS = "OET"
EVENTS: Mapping[str, Category] = MappingProxyType(
    {
        "OET-194": Category.STORM,  # thunderstorm: the one term seen so far
        "OET-159": Category.STORM,  # rain
        "OET-187": Category.STORM,
        "OET-218": Category.STORM,  # wind
        "OET-122": Category.STORM,  # lightning
        "OET-079": Category.FLOOD,  # flash flood
        "OET-081": Category.FLOOD,
        "OET-203": Category.FLOOD,  # tsunami
        "OET-119": Category.LANDSLIDE,
        "OET-068": Category.EARTHQUAKE,
        "OET-059": Category.HAZE,  # dense smoke
        "OET-004": Category.HAZE,  # air quality
        "OET-086": Category.FIRE,  # forest fire
    }
)
CATEGORIES: Mapping[Cap, Category] = MappingProxyType(
    {Cap.MET: Category.STORM, Cap.GEO: Category.EARTHQUAKE, Cap.FIRE: Category.FIRE, Cap.ENV: Category.HAZE}
)
SEVERITIES: Mapping[CapSeverity, Severity] = MappingProxyType(
    {
        CapSeverity.EXTREME: Severity.EXTREME,
        CapSeverity.SEVERE: Severity.SEVERE,
        CapSeverity.MODERATE: Severity.MODERATE,
        CapSeverity.MINOR: Severity.MINOR,
        CapSeverity.UNKNOWN: Severity.UNKNOWN,
    }
)
