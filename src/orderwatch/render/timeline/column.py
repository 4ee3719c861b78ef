"""The timeline as one column, in which time runs down."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from orderwatch.frozen import Frozen
from orderwatch.render.timeline import Group, Mark, Row, Shape, group_labels
from orderwatch.translation import _

_MIN_RUN = 3
"""Successive due dates of a state that are one item."""


class Item(Frozen):
    """An item of the column."""

    day: date
    shape: Shape
    label: str
    detail: str = ""
    """The obligation of a due date."""
    answer: str = ""
    """The submission on record for a due date."""


def items(group: Group) -> tuple[Item, ...]:
    """Return orders, due dates and submissions of a case, and the number of events a year."""
    found = [item for row in group.rows for item in _items(row)]
    events = [mark for row in group.rows for mark in row.marks if mark.shape is Shape.EVENT]
    counts = Counter[date]()
    for mark in events:
        counts[date(mark.first.year, 1, 1)] += mark.count
    for day, count in counts.items():
        label = _("{count} in {year}").format(count=Shape.EVENT.format_count(count), year=day.year)
        found.append(Item(day=day, shape=Shape.EVENT, label=label))
    return tuple(sorted(found, key=lambda item: item.day))


def _items(row: Row) -> Iterator[Item]:
    due = [mark for mark in row.marks if mark.shape is not Shape.EVENT]
    for state, run in groupby(due, key=lambda mark: mark.state):
        marks = list(run)
        if state and len(marks) >= _MIN_RUN:
            yield _item(row, marks[0], group_labels(marks)[0])
        else:
            for mark in marks:
                yield _item(row, mark, mark.label)


def _item(row: Row, mark: Mark, label: str) -> Item:
    return Item(
        day=mark.first,
        shape=mark.shape,
        label=label,
        detail=row.label if mark.shape is Shape.DEADLINE else "",
        answer=mark.answer.label if mark.answer else "",
    )
