"""What wakes people: a gateway for SMS and WhatsApp, and a push service with the browsers behind it."""
