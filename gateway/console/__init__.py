"""The screens: server-rendered pages for people, on a phone at night."""
