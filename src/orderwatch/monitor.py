"""The state of deadlines for a monitor, as its plug-ins say it."""

from collections.abc import Iterable, Sequence

from orderwatch.model import DeadlineStatus, Status, Timing

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_STATE_NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def plugin_result(statuses: Iterable[Status], warn: int, critical: int) -> tuple[int, str]:
    """Return the plug-in state and its line for the statuses."""
    relevant = [item for status in statuses for item in _relevant_deadlines(status)]
    passed = [item for item in relevant if item.timing is Timing.PASSED]
    upcoming = [item for item in relevant if item.timing is not Timing.PASSED]
    min_days = min((item.days_left for item in upcoming), default=None)
    if passed or (min_days is not None and min_days <= critical):
        code = CRITICAL
    else:
        code = WARNING if min_days is not None and min_days <= warn else OK
    imminent = [item for item in upcoming if item.days_left <= warn]
    perf_value = "U" if min_days is None else min_days
    return code, (
        f"orderwatch {_STATE_NAMES[code]} - {_summary(passed, imminent, min_days)} | "
        f"days_left={perf_value};{warn + 1}:;{critical + 1}: "
        f"passed={len(passed)};;0;0 upcoming={len(upcoming)};;;0"
    )


def _relevant_deadlines(status: Status) -> list[DeadlineStatus]:
    """Return open deadlines: every upcoming one, and the latest that passed.

    Earlier passed dates of a series are history.
    """
    if status.timing is Timing.ENDED:
        return []
    closed_timings = (Timing.ENDED, Timing.PASSED)
    upcoming = [item for item in status.deadlines if item.timing not in closed_timings]
    passed = [item for item in status.deadlines if item.timing is Timing.PASSED]
    latest = max(passed, key=lambda item: item.deadline.due, default=None)
    relevant = upcoming if latest is None else [latest, *upcoming]
    return [item for item in relevant if item.submission is None]


def _summary(
    passed: Sequence[DeadlineStatus],
    imminent: Sequence[DeadlineStatus],
    min_days: int | None,
) -> str:
    from orderwatch.render.phrases import count, days_left

    urgent = sorted(imminent, key=lambda item: item.days_left)
    urgent += sorted(passed, key=lambda item: -item.days_left)
    if not urgent:
        if min_days is None:
            return "no deadline to come without a submission on record"
        return f"next deadline in {count(min_days, 'day')}"
    first = urgent[0]
    suffix = f", and {len(urgent) - 1} more" if urgent[1:] else ""
    name = first.deadline.obligation.id
    return f"{name}: {days_left(first)}, nothing recorded{suffix}"
