"""Tests of `reminders`."""
