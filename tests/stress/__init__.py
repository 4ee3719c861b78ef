"""Attack the log and the readers at full length: `python -m tests.stress.torture`."""
