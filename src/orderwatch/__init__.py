"""Deadlines of the orders of the International Court of Justice.

A snapshot is the register and the log as of a day. It opens the log once:

>>> import orderwatch
>>> with orderwatch.open_snapshot(as_of="2024-06-20") as snapshot:
...     [status] = snapshot.statuses("rafah/3")
...     rows = snapshot.deadlines("rafah")
>>> status.current.deadline.due, status.current.days_left, status.timing.value
(datetime.date(2024, 6, 24), 4, 'upcoming')

`deadlines` returns flat records with dates, for pandas or another table:

>>> [(row["alias"], row["due"], row["days_left"]) for row in rows]
[('rafah/3', datetime.date(2024, 6, 24), 4)]

An id is what commands take: a case, an order, an obligation, a deadline, an alias, or a
State, which stands for the obligations addressed to it. `find` takes words too, and
returns what matches, best first:

>>> with orderwatch.open_snapshot(as_of="2024-06-20") as snapshot:
...     hit = snapshot.find("crossing rafah")[0]
>>> hit.type, hit.alias, hit.in_force
('obligation', 'rafah/2b', True)

Dates are dates, or texts such as "24 May 2024" and "yesterday". Without arguments
everything is as on the command line without options: today, the register that ships,
and the log of the environment or the configuration file, if there is one.

>>> with orderwatch.open_snapshot(as_of="20 June 2024") as snapshot:
...     case_file = snapshot.case_file("rafah")
...     [deadline] = snapshot.schedule("rafah/3").deadlines
...     submissions = snapshot.events("192", kind="submission", since="2024-05-01")
>>> case_file.case.short
'South Africa v. Israel'
>>> deadline.steps[0]
'The order was made on Friday 24 May 2024; that day is not counted'
>>> [(event.speaker, str(event.on)) for event in submissions]
[('South Africa', '2024-05-10'), ('Israel', '2024-05-18'), ('South Africa', '2024-05-20')]

To record an event, open a snapshot with `write=True`. `build_event` validates fields as
`log add` does, and names every problem at once:

>>> with orderwatch.open_snapshot(as_of="2024-06-26", write=True) as snapshot:
...     event = orderwatch.build_event(
...         {
...             "about": ["rafah/3"],
...             "kind": "note",
...             "on": "2024-06-24",
...             "speaker": "Desk",
...             "role": "media",
...             "summary": "Asked the Registry whether a report was filed.",
...         },
...         snapshot,
...     )
...     snapshot.append(event).seq
1

Errors are `UsageError`, `RegisterError` and `LogError`; their texts say what to do.
What is not in `__all__` may change.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # that of `typing`, which completion does not wait for

if TYPE_CHECKING:
    from orderwatch.errors import LogError, OrderwatchError, RegisterError, UsageError
    from orderwatch.event_input import build_event
    from orderwatch.model import (
        Attachment,
        Capture,
        CaptureRole,
        Case,
        CaseFile,
        Deadline,
        DeadlineRow,
        DeadlineStatus,
        Decision,
        Event,
        EventKind,
        Hit,
        HitField,
        Kind,
        Obligation,
        Order,
        Origin,
        Outcome,
        Provenance,
        Register,
        Role,
        Schedule,
        Source,
        Status,
        Submission,
        SubmissionState,
        Timing,
    )
    from orderwatch.model.entry import AppendedEntry
    from orderwatch.snapshot import Snapshot, load_register, open_snapshot

__all__ = [
    "AppendedEntry",
    "Attachment",
    "Capture",
    "CaptureRole",
    "Case",
    "CaseFile",
    "Deadline",
    "DeadlineRow",
    "DeadlineStatus",
    "Decision",
    "Event",
    "EventKind",
    "Hit",
    "HitField",
    "Kind",
    "LogError",
    "Obligation",
    "Order",
    "OrderwatchError",
    "Origin",
    "Outcome",
    "Provenance",
    "Register",
    "RegisterError",
    "Role",
    "Schedule",
    "Snapshot",
    "Source",
    "Status",
    "Submission",
    "SubmissionState",
    "Timing",
    "UsageError",
    "__version__",
    "build_event",
    "load_register",
    "open_snapshot",
]

_MODULES = {
    "AppendedEntry": "model.entry",
    "LogError": "errors",
    "OrderwatchError": "errors",
    "RegisterError": "errors",
    "Snapshot": "snapshot",
    "UsageError": "errors",
    "build_event": "event_input",
    "load_register": "snapshot",
    "open_snapshot": "snapshot",
}
"""The module of each name that is not of `model`."""


def __getattr__(name: str) -> object:
    """Import a public name at its first use: commands need few of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"{__name__}.{_MODULES.get(name, 'model')}")
    return getattr(module, name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
