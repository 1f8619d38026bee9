"""The national platform SATUSEHAT with its dialect of FHIR R4 (facts read 2026-11-23)."""
