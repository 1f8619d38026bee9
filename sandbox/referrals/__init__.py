"""Hospitals decide: they take a patient, decline, stay silent, or can no longer."""
