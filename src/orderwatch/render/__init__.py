"""Renderers: one module for each output format; values in, text out."""
