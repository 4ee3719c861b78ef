"""Errors shown to users, each class with its exit code."""


class OrderwatchError(Exception):
    """Base class of errors shown without a traceback: what, where, what next."""

    exit_code: int


class UsageError(OrderwatchError):
    """Invalid command, option, id or configuration."""

    exit_code = 2


class RegisterError(OrderwatchError):
    """Register that is invalid or cannot be read."""

    exit_code = 3


class LogError(OrderwatchError):
    """Log that is missing, unreadable, damaged or inconsistent."""

    exit_code = 4


class DeliveryError(OrderwatchError):
    """Message or output that could not be delivered."""

    exit_code = 5
    maybe_delivered = False
    """Whether it may have been delivered nevertheless."""
