"""The same deadlines in the format of each program, and the command that lists them."""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from processes import environment

if TYPE_CHECKING:
    from icalendar import Component

_FIRST_OF_REMIND = 1990
"""The year before which remind knows no date."""

_FIRST_OF_TASKWARRIOR = 1980
"""The year before which taskwarrior takes no date; 2.6 crashes on 1973."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One deadline, in the words that all programs have in common."""

    name: str
    made: date
    """The day of the order."""
    due: date
    case: str
    addressees: str
    summary: str

    @property
    def title(self) -> str:
        """Write it in one line, without a character that one of the formats minds."""
        text = f"{self.case}: {self.addressees}: {self.summary}"
        return re.sub(r"[^\w .,:/()'-]", " ", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a program is given: its own path, an empty home, the records, a day."""

    path: str
    home: Path
    records: Sequence[Record]
    day: date


def regclock(task: Task) -> list[str]:
    """Write one obligation for each deadline, and the order that triggers it.

    It reads them all and prints those of the calendar year of `--asof`.
    """
    duties = task.home / "obligations.yaml"
    events = task.home / "events.jsonl"
    duties.write_text("".join(map(_duty, task.records)), encoding="utf-8")
    orders = (
        {"obligation_id": r.name, "kind": "trigger", "occurred_on": str(r.made)}
        for r in task.records
    )
    events.write_text("".join(f"{json.dumps(o)}\n" for o in orders), encoding="utf-8")
    command = [task.path, "status", str(duties), "--events", str(events)]
    return [*command, "--asof", str(task.day)]


def _duty(record: Record) -> str:
    # A string of JSON is a string of YAML.
    name, title, state, summary, case = map(
        json.dumps,
        (record.name, record.title, record.addressees, record.summary, record.case),
    )
    return f"""\
- id: {name}
  title: {title}
  bearer:
    id: {state}
    name: {state}
  required_action: {summary}
  trigger: the order
  deadline:
    kind: relative
    offset_days: {(record.due - record.made).days}
    day_basis: calendar
  evidence:
    kinds: [report]
  source:
    title: {case}
  jurisdiction: NL
"""


def todoman(task: Task) -> list[str]:
    """Write one file for each deadline; it lists all that is open."""
    from icalendar import Todo

    for number, record in enumerate(task.records):
        item = Todo()
        item.add("due", record.due)
        _item(task, number, record, item)
    _settings(
        task.home / "config" / "todoman" / "config.py",
        f'path = "{task.home}/lists/*"\ndate_format = "%Y-%m-%d"\n',
    )
    return [task.path, "list"]


def khal(task: Task) -> list[str]:
    """Write one file for each deadline; it goes through the year to come by days."""
    from icalendar import Event

    for number, record in enumerate(task.records):
        item = Event()
        item.add("dtstart", record.due)
        _item(task, number, record, item)
    _settings(
        task.home / "config" / "khal" / "config",
        f"""\
[calendars]
[[court]]
path = {task.home}/lists/court
[locale]
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
""",
    )
    return [task.path, "list", str(task.day), "365d"]


def _item(task: Task, number: int, record: Record, item: "Component") -> None:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//orderwatch//bench//EN")
    calendar.add("version", "2.0")
    item.add("uid", f"{number}@example.org")
    item.add("dtstamp", record.made)
    item.add("summary", record.title)
    calendar.add_component(item)
    folder = task.home / "lists" / "court"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.ics").write_bytes(calendar.to_ical())


def _settings(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def taskwarrior(task: Task) -> list[str]:
    """Import each deadline that it can hold as a pending task; it lists them all."""
    items = task.home / "items.json"
    settings = task.home / "config" / "task" / "taskrc"
    _settings(settings, f"data.location={task.home}/tasks\n")
    pending = [
        _pending(record) for record in task.records if record.due.year >= _FIRST_OF_TASKWARRIOR
    ]
    items.write_text(json.dumps(pending), encoding="utf-8")
    (task.home / "tasks").mkdir()
    command = [task.path, f"rc:{settings}"]
    subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [*command, "import", str(items)],
        env=environment(task.home),
        capture_output=True,
        check=True,
    )
    return [*command, "list"]


def _pending(record: Record) -> dict[str, str]:
    return {
        "status": "pending",
        "description": record.title,
        "entry": f"{record.made:%Y%m%d}T120000Z",
        "due": f"{record.due:%Y%m%d}T120000Z",
    }


def hledger(task: Task) -> list[str]:
    """Write one transaction for each deadline; the register lists them all."""
    journal = task.home / "deadlines.journal"
    journal.write_text(
        "".join(
            f"{record.due} {record.title}\n    due    1 deadline\n    open\n\n"
            for record in sorted(task.records, key=lambda r: r.due)
        ),
        encoding="utf-8",
    )
    return [task.path, "-f", str(journal), "register", "due"]


def remind(task: Task) -> list[str]:
    """Write one reminder for each deadline it can hold; it lists those to come."""
    script = task.home / "deadlines.rem"
    script.write_text(
        "".join(
            f"REM {record.due:%d %b %Y} MSG {record.title}\n"
            for record in task.records
            if record.due.year >= _FIRST_OF_REMIND
        ),
        encoding="utf-8",
    )
    return [task.path, "-n", str(script)]
