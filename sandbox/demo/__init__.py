"""`make run`: sandbox and gateway side by side, with keys to try them. Starts programs, imports none."""
