"""Reminders: what is due, and how it is delivered."""
