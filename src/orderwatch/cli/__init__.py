"""The commands: parse, delegate, render."""
