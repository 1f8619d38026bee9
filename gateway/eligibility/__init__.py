"""Is this person covered: one question to the insurer, UNKNOWN whenever in doubt, never in the way."""
