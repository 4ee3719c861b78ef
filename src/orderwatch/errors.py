"""What a user can get wrong, each with its exit code."""


class OrderwatchError(Exception):
    """An error to tell, not to trace: what, where, and what to do next."""

    exit_code: int


class UsageError(OrderwatchError):
    """A command, option, id or configuration that cannot be meant."""

    exit_code = 2


class RegisterError(OrderwatchError):
    """A register that is invalid or cannot be read."""

    exit_code = 3


class LogError(OrderwatchError):
    """A log that is missing, unreadable, damaged, or not what it was."""

    exit_code = 4


class DeliveryError(OrderwatchError):
    """What did not leave: a message, which will be tried again, or what is printed."""

    exit_code = 5
    unsure = False
    """Whether it may have arrived all the same."""
