"""Tests of `render/terminal`."""
