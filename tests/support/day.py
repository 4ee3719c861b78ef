"""The day on which commands run, unless a test names another."""

from datetime import date

TODAY = date(2026, 11, 23)
DAY = ".day"
"""A file in the home that says which day it is for `fixed_day`, if it is not the usual one."""
