"""Programs that hold the gateway against its bars on time and rate, with a baseline beside each."""
