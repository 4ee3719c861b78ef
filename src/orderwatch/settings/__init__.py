"""Settings: what they are, where they come from, and how a file of them is written."""
