"""Tests of `render/html`."""
