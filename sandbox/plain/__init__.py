"""A hospital that runs a plain FHIR R4 server of its own."""
