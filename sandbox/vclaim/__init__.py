"""BPJS Kesehatan's VClaim 2.0, the member part (facts read 2026-11-23)."""
