"""What others check the log with: export, verification, proofs, the daily report."""
