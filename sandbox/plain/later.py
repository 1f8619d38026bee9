"""The same Location as a server of a later FHIR release (R5) would write it."""

from sandbox.fhir.shelf import Resource

R4_VERSION, R5_VERSION = "4.0.1", "5.0.0"


def as_r5(location: Resource) -> Resource:
    """Rename what R5 renamed: physicalType is form, telecom stands in contact."""
    later = {key: value for key, value in location.items() if key not in ("physicalType", "telecom")}
    if "physicalType" in location:
        later["form"] = location["physicalType"]
    if "telecom" in location:
        later["contact"] = [{"telecom": location["telecom"]}]
    return later
