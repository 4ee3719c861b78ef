"""Tests: laws, tables that a lawyer can read, whole commands."""
