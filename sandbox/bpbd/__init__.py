"""BPBD as it may once be: a receiver of CAP 1.2 messages, and a duty officer who answers them."""
