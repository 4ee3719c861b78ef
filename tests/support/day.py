"""The day on which commands run, unless a test names another."""

from datetime import date

TODAY = date(2026, 11, 23)
