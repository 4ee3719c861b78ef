"""Tests of `log/formats`."""
