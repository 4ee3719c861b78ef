"""The state of deadlines for a monitor, as its plug-ins say it."""

from collections.abc import Iterable, Sequence

from orderwatch.model import DeadlineStatus, Status, Timing

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def told(statuses: Iterable[Status], warn: int, critical: int) -> tuple[int, str]:
    """Give the state of what counts now, and the line that says so."""
    found = [item for status in statuses for item in _counting(status)]
    passed = [item for item in found if item.timing is Timing.PASSED]
    coming = [item for item in found if item.timing is not Timing.PASSED]
    near = min((item.days_left for item in coming), default=None)
    if passed or (near is not None and near <= critical):
        code = CRITICAL
    else:
        code = WARNING if near is not None and near <= warn else OK
    soon = [item for item in coming if item.days_left <= warn]
    days = "" if near is None else near
    return code, (
        f"orderwatch {_WORDS[code]} - {_text(passed, soon, near)} | "
        f"days_left={days if days != '' else 'U'};{warn + 1}:;{critical + 1}: "
        f"passed={len(passed)};;0;0 upcoming={len(coming)};;;0"
    )


def _counting(status: Status) -> list[DeadlineStatus]:
    """List what has nothing recorded: all that is to come, and the last that passed.

    Of a series, what passed before the last is history.
    """
    if status.timing is Timing.ENDED:
        return []
    ended = (Timing.ENDED, Timing.PASSED)
    coming = [item for item in status.deadlines if item.timing not in ended]
    passed = [item for item in status.deadlines if item.timing is Timing.PASSED]
    last = max(passed, key=lambda item: item.deadline.due, default=None)
    every = coming if last is None else [last, *coming]
    return [item for item in every if item.submission is None]


def _text(
    passed: Sequence[DeadlineStatus],
    soon: Sequence[DeadlineStatus],
    near: int | None,
) -> str:
    from orderwatch.render.phrases import count, days

    urgent = sorted(soon, key=lambda item: item.days_left)
    urgent += sorted(passed, key=lambda item: -item.days_left)
    if not urgent:
        if near is None:
            return "no deadline to come without a submission on record"
        return f"next deadline in {count(near, 'day')}"
    first = urgent[0]
    more = f", and {len(urgent) - 1} more" if urgent[1:] else ""
    name = first.deadline.obligation.id
    return f"{name}: {days(first)}, nothing recorded{more}"
