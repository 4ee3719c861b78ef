"""Tests of `render/timeline`."""
