"""The formats of the log, each as its standard has it; pure."""
