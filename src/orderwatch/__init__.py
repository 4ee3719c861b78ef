"""Deadlines of the orders of the International Court of Justice."""

__version__ = "0.1.0"
