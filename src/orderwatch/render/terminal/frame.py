"""Render what the screens share: head, foot, and the words on a deadline."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.style import Style
from rich.text import Text

from orderwatch.model import (
    Case,
    Deadline,
    DeadlineStatus,
    Obligation,
    Provenance,
    Timing,
)
from orderwatch.render import phrases
from orderwatch.render.layout import short_name
from orderwatch.render.terminal.canvas import SOON, STRONG, Canvas, join_with_dots, text
from orderwatch.translation import _

Renderables = Iterator[RenderableType]

_SOON_DAYS = 7


def header(canvas: Canvas, view: Provenance) -> Renderables:
    """Render the as-of date, and the age of the data beyond 30 days."""
    age = phrases.age_if_old(view)
    yield canvas.edges(text(phrases.short_as_of(view)), text(age or ""))
    yield from remarks(view)


def remarks(view: Provenance) -> Renderables:
    """Render what the configuration limits the answer to, and remarks on the register."""
    if following := phrases.following(view):
        yield text(following)
    yield from map(text, phrases.register_notes(view))


def footer(
    canvas: Canvas, view: Provenance, commands: Sequence[tuple[str, str]], *, remark: str = ""
) -> Renderables:
    """Render the state of the log if there is one, and the next commands on one line.

    A command has a label such as `Cite: {command}`. Where the line is too long the labels
    go, then the last commands.
    """
    if view.log.size:
        yield text(phrases.log(view))
    if notes := phrases.translation_notes():
        yield text(" ".join(notes))
    remarks = [remark] if remark else []
    names = [f"orderwatch {command}" for _label, command in commands]
    labelled = [
        label.format(command=name) for (label, _command), name in zip(commands, names, strict=True)
    ]
    attempts = [labelled, *(names[:number] for number in range(len(names), 0, -1))]
    lines = [join_with_dots(*remarks, *parts) for parts in attempts]
    yield next((line for line in lines if line.cell_len <= canvas.width), lines[-1])


def commands_about(obligation: Obligation) -> list[tuple[str, str]]:
    """Return the next commands on an obligation and its order, each with its label."""
    name = short_name(obligation)
    return [
        (_("Cite: {command}"), f"cite {name}"),
        (_("All: {command}"), f"show {short_name(obligation.order)}"),
        (_("Dates: {command}"), f"explain {name}"),
    ]


def our_summary() -> Text:
    """Render that the summaries are ours."""
    return text(f"[{_(phrases.OUR_SUMMARY)}]")


def days_style(item: DeadlineStatus) -> Style | None:
    """Return a style that highlights what is due within a week."""
    if item.timing is Timing.PASSED:
        return None
    return SOON if item.days_left <= _SOON_DAYS else STRONG


def is_filing_unknown(item: DeadlineStatus) -> bool:
    """Return whether a report was due and no filing is known, which needs the caveat."""
    return (
        item.submission is None
        and item.timing is Timing.PASSED
        and phrases.is_report(item.deadline.obligation)
    )


def no_filing(item: DeadlineStatus) -> str:
    """Return that no submission is on record, with a star where the caveat is needed."""
    words = phrases.no_submission(item.deadline.obligation)
    return f"{words}*" if is_filing_unknown(item) else words


def date_remarks(deadline: Deadline) -> Iterator[str]:
    """Yield short remarks on a due date: non-working day, extension."""
    if deadline.non_working:
        yield _("{name} (not moved)").format(name=_(deadline.non_working))
    if deadline.extended_from:
        yield _("extended from {day}").format(day=phrases.compact_day(deadline.extended_from))


def latest_information(view: Provenance, case: Case, due: date) -> str | None:
    """Return when a case was last checked, if that was before the day in the head."""
    if case.seen is None or case.seen >= view.known_to:
        return None
    # After that day the case may have ended.
    return phrases.last_seen(case, min(due, view.as_of))


def shown_of(number: int, total: int) -> str:
    """Format how many items of a list are shown: `20 of 389`; empty if all are."""
    if number >= total:
        return ""
    return _("{n} of {total} (all: -n {total})").format(n=number, total=total)
