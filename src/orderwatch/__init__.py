"""Deadlines of the orders of the International Court of Justice."""

from orderwatch.version import __version__

__all__ = ["__version__"]
