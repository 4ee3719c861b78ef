"""The tables in `tests/cases`, which a lawyer can read, as words of the model."""

import csv
import re
from dataclasses import dataclass
from datetime import date

from orderwatch.model import (
    Ending,
    Event,
    Obligation,
    On,
    Period,
    TimeLimit,
    Within,
)
from tests.support import build
from tests.support.paths import CASES

_DAY = r"\d{4}-\d\d-\d\d"
_LIMIT = re.compile(r"(?P<first>.+?)(?: after (?P<after>.+?))?(?:, then every (?P<every>.+))?")
_RECORD = re.compile(
    rf"(?P<on>{_DAY}): (?:"
    rf"(?:the date of (?P<which>{_DAY}) )?extended to (?P<to>{_DAY})"
    r"|(?P<end>the measures end)"
    r"|(?P<trigger>.+))"
)
_DUE = re.compile(rf"(?P<first>{_DAY})(?: \(extended to (?P<due>{_DAY})\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """One row of `deadlines.csv`."""

    case: str
    id: str
    limit: str
    record: str
    seen: str
    dates: str
    end: str

    @property
    def real(self) -> bool:
        """Whether the row is about an order of the Court."""
        return not self.case.startswith("(invented)")

    @property
    def until(self) -> date:
        """The day from which the row looks."""
        return date.fromisoformat(self.seen)

    @property
    def due(self) -> list[tuple[date, date]]:
        """Each date as first computed, and as it counts."""
        if self.dates in {"none", "none yet"}:
            return []
        found = [_matched(_DUE, text) for text in self.dates.split(", ")]
        return [
            (date.fromisoformat(m["first"]), date.fromisoformat(m["due"] or m["first"]))
            for m in found
        ]

    def ended(self) -> Ending | None:
        """Read the end of the measures: a day, or the year alone."""
        if len(self.end) == len("2024"):
            return Ending(year=int(self.end))
        day = date.fromisoformat(self.end) if self.end else None
        return Ending(year=day.year, day=day) if day else None

    def events(self) -> list[Event]:
        """Read what was on record."""
        texts = self.record.split("; ") if self.record else []
        return [self._event(number, text) for number, text in enumerate(texts, 1)]

    def invented(self) -> Obligation:
        """Build the obligation of an invented row."""
        _, made, key = self.id.split("/")
        return build.obligation(
            read_limit(self.limit),
            key=key,
            order=build.order(date.fromisoformat(made), case=build.case(ended=self.ended())),
        )

    def _event(self, number: int, text: str) -> Event:
        said = _matched(_RECORD, text)
        return build.event(
            date.fromisoformat(said["on"]),
            f"{self.id}@{said['which']}" if said["which"] else self.id,
            extends_to=date.fromisoformat(said["to"]) if said["to"] else None,
            ends=said["end"] is not None,
            trigger=said["trigger"],
            number=number,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One row of `orders.csv`."""

    id: str
    outcome: str
    points: int
    obligations: int
    dated: int
    votes: dict[str, str]
    """What was seen of the count, by point: `13-2`, `unanimous`, `not seen`."""
    dissenting: dict[str, str]
    """Who voted against, by point: names, or `not seen`."""


def deadline_rows() -> list[DeadlineRow]:
    """Read the table of deadlines."""
    return [
        DeadlineRow(
            case=row["case"],
            id=row["id"],
            limit=row["time-limit"],
            record=row["record"],
            seen=row["seen on"],
            dates=row["dates"],
            end=row["end"],
        )
        for row in _rows("deadlines.csv")
    ]


def order_rows() -> list[OrderRow]:
    """Read the table of orders."""
    return [
        OrderRow(
            id=row["id"],
            outcome=row["outcome"],
            points=int(row["points"]),
            obligations=int(row["obligations"]),
            dated=int(row["dated duties"]),
            votes=_by_point(row["votes"]),
            dissenting=_by_point(row["dissenting"]),
        )
        for row in _rows("orders.csv")
    ]


def read_limit(text: str) -> TimeLimit:
    """Read `before 1973-08-15` or `4 months after the thaw, then every 6 months`."""
    if text.startswith("before "):
        return On(day=date.fromisoformat(text.removeprefix("before ")), before=True)
    said = _matched(_LIMIT, text)
    return Within(
        first=_period(said["first"]),
        after=said["after"],
        then_every=_period(said["every"]) if said["every"] else None,
    )


def _period(text: str) -> Period:
    """Read `1 month and 2 weeks`."""
    parts = {"year": 0, "month": 0, "week": 0, "day": 0}
    for part in text.split(" and "):
        number, unit = part.split()
        parts[unit.removesuffix("s")] = int(number)
    return Period(
        years=parts["year"],
        months=parts["month"],
        weeks=parts["week"],
        days=parts["day"],
    )


def _by_point(text: str) -> dict[str, str]:
    """Read `(1) 13-2; (2)(a) unanimous`."""
    parts = [part.partition(" ") for part in text.split("; ") if part]
    return {point: said for point, _, said in parts}


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    assert found, f"not understood: {text}"
    return found
