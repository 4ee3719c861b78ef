"""Tests of `register`."""
