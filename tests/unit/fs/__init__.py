"""Tests of `fs`."""
