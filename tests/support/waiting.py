"""Wait for what happens, however busy the machine is."""

import time
from collections.abc import Callable

PATIENCE = 600
"""Seconds after which what hangs is given up. No test depends on being faster."""


def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
