"""What an auditor asks and orders: the log itself, a person's data, breaches, erasure, legal holds."""
