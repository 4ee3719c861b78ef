"""Render a list of deadlines on a terminal: a line for each, two on a narrow screen."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import DeadlineStatus, Obligation, Provenance, SubmissionState, Timing
from orderwatch.render import phrases
from orderwatch.render.terminal.canvas import (
    NAME,
    QUIET,
    STRONG,
    Canvas,
    column_width,
    columns,
    indent,
    join_with_dots,
    text,
)
from orderwatch.render.terminal.overview import days_style, footer, header, short_name
from orderwatch.translation import _

Renderables = Iterator[RenderableType]

_DUE_WIDTH = len("Wed 24 Sep 2024")
_DAYS_WIDTH = len("10000 days ago")
_NAME_WIDTH = 20
_RECORD_WIDTH = 24
_CONFIRMED = SubmissionState.CONFIRMED


def deadlines(
    canvas: Canvas, view: Provenance, items: Sequence[DeadlineStatus], *, total: int
) -> Renderables:
    """Render deadlines; `total` counts those that a limit left out, too."""
    yield from header(view)
    yield Text()
    if not items:
        yield text(_("No deadline in this selection."))
    elif canvas.is_narrow:
        yield Group(*map(_stacked, items))
    else:
        yield _table(items)
    if total > len(items):
        words = _("{n} of {total}; --limit {total} shows all").format(n=len(items), total=total)
        yield Text()
        yield text(words, QUIET)
    name = short_name(items[0].deadline.obligation) if items else None
    yield from footer(view, name)


def _table(items: Sequence[DeadlineStatus]) -> RenderableType:
    names = [_name(item) for item in items]
    return columns(
        (
            (_("Due"), _DUE_WIDTH),
            (_("Days"), _DAYS_WIDTH),
            (_("Obligation"), None),
            (_("On record"), _RECORD_WIDTH),
            (_("Id"), column_width(names, _("Id"), maximum=_NAME_WIDTH)),
        ),
        (
            (
                text(phrases.short_day(item.deadline.due), STRONG),
                text(phrases.days_from_now(item.days_left), days_style(item)),
                text(_what(item.deadline.obligation)),
                text(_record(item)),
                name,
            )
            for item, name in zip(items, names, strict=True)
        ),
    )


def _stacked(item: DeadlineStatus) -> Group:
    return Group(
        join_with_dots(
            text(phrases.short_day(item.deadline.due), STRONG),
            text(phrases.days_from_now(item.days_left), days_style(item)),
            _name(item),
        ),
        indent(join_with_dots(_what(item.deadline.obligation), _record(item))),
    )


def _what(obligation: Obligation) -> str:
    """Return who does what, in a few words; without an addressee, the case says whose it is."""
    who = ", ".join(obligation.addressees) or obligation.order.case.short
    return _("{who}: {label}").format(who=who, label=obligation.display_label)


def _record(item: DeadlineStatus) -> str:
    """Return the submission on record, in a few words."""
    if item.timing is Timing.ENDED:
        return _("measures had ended")
    record = phrases.NOTHING_RECORDED
    if item.submission is not None:
        day = phrases.bare_day(item.submission.event.on)
        text = (
            _("filed {day}") if item.submission.state is _CONFIRMED else _("reported filed {day}")
        )
        record = text.format(day=day)
    if item.deadline.extended_from is None:
        return record
    day = phrases.bare_day(item.deadline.extended_from)
    return _("{record}; extended from {day}").format(record=record, day=day)


def _name(item: DeadlineStatus) -> Text:
    return text(short_name(item.deadline.obligation), NAME)
