"""The state of deadlines for a monitor, as its plug-ins say it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from orderwatch.errors import UsageError
from orderwatch.frozen import Frozen
from orderwatch.model import DeadlineStatus, Provenance, Status, Timing
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, clauses, ngettext

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_STATE_NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


class Thresholds(Frozen):
    """Days at which the state changes."""

    warn: int = 7
    critical: int = 1
    forget: int = 30
    """Days after a date for which it warns; then it is performance data only."""
    max_register_age: int = 90
    reminders: int | None = None
    """Days without a run of `remind` after which it warns; `None` for never."""


def check_snapshot(
    snapshot: Snapshot, ids: Sequence[str], limits: Thresholds, names: Sequence[str]
) -> tuple[int, str]:
    """Return the plug-in state of ids and its line; names and settings acknowledge deadlines."""
    statuses = snapshot.statuses_within(limits.warn, *ids)
    acknowledged = _deadline_ids(snapshot, names)
    acknowledged |= {match.id for match in snapshot.resolve(*snapshot.settings.acknowledged)}
    ran = None if limits.reminders is None else snapshot.log.last_reminder_run()
    last_run = None if ran is None else ran.date()
    problems = snapshot.follow_problems + tuple(filter(None, (snapshot.view.register_note,)))
    return plugin_result(snapshot.view, statuses, limits, acknowledged, last_run, problems=problems)


def _deadline_ids(snapshot: Snapshot, names: Sequence[str]) -> set[str]:
    """Return the ids of deadlines; raise `UsageError` for what is none."""
    for name in names:
        if "@" not in name:
            raise UsageError(
                _("--ack {name!r}: add the date, such as rafah/3@2024-06-24").format(name=name)
            )
    return {item.id for schedule in snapshot.schedules(*names) for item in schedule.deadlines}


def unknown_line(reason: str) -> str:
    """Return the line of UNKNOWN; escape `|`, which begins performance data."""
    from orderwatch.render.sanitize import sanitize

    return state_line(UNKNOWN, sanitize("; ".join(reason.splitlines())).replace("|", "/"))


def state_line(code: int, text: str) -> str:
    """Return a line with the state of a code before it."""
    return f"orderwatch {_STATE_NAMES[code]} - {text}"


def plugin_result(  # noqa: PLR0913 - what a line is about
    view: Provenance,
    statuses: Iterable[Status],
    limits: Thresholds,
    acknowledged: Collection[str] = (),
    last_run: date | None = None,
    *,
    problems: Sequence[str] = (),
) -> tuple[int, str]:
    """Return the plug-in state and its line; `acknowledged` holds ids of deadlines.

    `last_run` is the day on which `remind` ran, if it ever did. `problems` are of the
    configuration: with one, or with an order that awaits coding, the state is not OK.
    """
    relevant = [item for status in statuses for item in _relevant_deadlines(status)]
    passed = [item for item in relevant if item.timing is Timing.PASSED]
    upcoming = [item for item in relevant if item.timing is not Timing.PASSED]
    min_days = min((item.days_left for item in upcoming), default=None)
    alarms = [
        item
        for item in relevant
        if -limits.forget <= item.days_left <= limits.warn and item.deadline.id not in acknowledged
    ]
    age = (view.as_of - (view.seen_to or view.reviewed)).days
    silence = _silence(view.as_of, last_run, limits.reminders)
    if any(0 <= item.days_left <= limits.critical for item in alarms):
        code = CRITICAL
    elif alarms or silence:
        code = WARNING
    else:
        is_unsure = age > limits.max_register_age or problems or view.awaiting
        code = UNKNOWN if is_unsure else OK
    is_too_old = code == UNKNOWN and age > limits.max_register_age
    summary = f"{_summary(alarms, min_days, is_too_old=is_too_old)}{silence}"
    perf_value = "U" if min_days is None else min_days
    return code, state_line(
        code,
        f"{clauses((summary, _age(age)))}{_scope(view, problems)} | "
        f"days_left={perf_value};{limits.warn + 1}:;{limits.critical + 1}: "
        f"passed={len(passed)};;;0 upcoming={len(upcoming)};;;0 "
        f"register_age={max(age, 0)};;;0",
    )


def _silence(as_of: date, last_run: date | None, limit: int | None) -> str:
    """Return that `remind` has not run for too long, as a part of the line, or ""."""
    if limit is None:
        return ""
    if last_run is None:
        return _("; remind has never run")
    days = (as_of - last_run).days
    if days <= limit:
        return ""
    return ngettext("; remind last ran {n} day ago", "; remind last ran {n} days ago", days).format(
        n=days
    )


def _scope(view: Provenance, problems: Sequence[str]) -> str:
    """Return what limits the line, and orders not coded yet, as a part of it, or ""."""
    from orderwatch.render.phrases import awaiting_coding
    from orderwatch.render.sanitize import sanitize

    names = _("follows {names}").format(names=", ".join(view.follow)) if view.follow else ""
    parts = (names, *problems, *map(awaiting_coding, view.awaiting))
    return clauses(("", *(sanitize(part) for part in parts if part))).replace("|", "/")


def _age(days: int) -> str:
    days = max(days, 0)
    return ngettext("register {n} day old", "register {n} days old", days).format(n=days)


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


def _summary(alarms: Sequence[DeadlineStatus], min_days: int | None, *, is_too_old: bool) -> str:
    from orderwatch.render.phrases import days_left

    if is_too_old:
        return _("the register is too old to be reliable; update it")
    if not alarms:
        if min_days is None:
            return _("no upcoming deadline without a submission on record")
        return ngettext("next deadline in {n} day", "next deadline in {n} days", min_days).format(
            n=min_days
        )
    # Dates to come first, the nearest of them; then the latest that passed.
    first = min(alarms, key=lambda item: (item.days_left < 0, abs(item.days_left)))
    name, days = first.deadline.obligation.id, days_left(first)
    more = len(alarms) - 1
    if more:
        return ngettext(
            "{id}: {days}, nothing recorded, and {n} more",
            "{id}: {days}, nothing recorded, and {n} more",
            more,
        ).format(id=name, days=days, n=more)
    return _("{id}: {days}, nothing recorded").format(id=name, days=days)
