"""Checks of the installation, its data and its surroundings; they change nothing."""
