"""Referrals: from a patient and a need to the hospital that takes them, an approval never in the way."""
