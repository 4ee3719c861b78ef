"""Select the content of the front page; pure."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from orderwatch.frozen import Frozen
from orderwatch.model import Case, DeadlineStatus, Status
from orderwatch.render.layout import OrderLine

_MAX_DUE_DATES = 60
"""Latest due dates in the strip; more do not fit one row of years."""


class Year(Frozen):
    """The due dates of one year."""

    number: int
    deadlines: tuple[DeadlineStatus, ...]
    follows_gap: bool
    """Whether the year before has no due date, although an earlier one has."""


def due_dates(statuses: Iterable[Status]) -> tuple[list[Year], int]:
    """Group the latest due dates by year; return also the number of earlier dates."""
    deadlines = sorted(
        (item for status in statuses for item in status.deadlines),
        key=lambda item: (item.deadline.due, item.deadline.id),
    )
    shown = deadlines[-_MAX_DUE_DATES:]
    years: list[Year] = []
    for number, items in groupby(shown, key=lambda item: item.deadline.due.year):
        has_gap = bool(years) and years[-1].number < number - 1
        years.append(Year(number=number, deadlines=tuple(items), follows_gap=has_gap))
    return years, len(deadlines) - len(shown)


def group_by_case(lines: Iterable[OrderLine]) -> list[tuple[Case, list[OrderLine]]]:
    """Group orders by case, in order of first occurrence."""
    groups: dict[str, tuple[Case, list[OrderLine]]] = {}
    for line in lines:
        case = line.order.case
        groups.setdefault(case.id, (case, []))[1].append(line)
    return list(groups.values())


def addressees_by_case(statuses: Sequence[Status]) -> dict[str, list[str]]:
    """Return the addressees of the obligations in force, by case id, without duplicates."""
    names: dict[str, dict[str, None]] = {}
    for status in statuses:
        if status.in_force:
            obligation = status.obligation
            case = names.setdefault(obligation.order.case.id, {})
            case |= dict.fromkeys(obligation.addressees)
    return {case: list(found) for case, found in names.items()}
