"""Tests of `cli.commands.register`."""
