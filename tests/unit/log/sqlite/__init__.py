"""Tests of `log/sqlite`."""
