"""Render an order with its obligations: one line each, or all fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import (
    DeadlineStatus,
    Kind,
    Obligation,
    Order,
    Provenance,
    Standing,
    Status,
    Timing,
    Undated,
)
from orderwatch.render import phrases
from orderwatch.render.layout import group_by_order, last_passed, short_name
from orderwatch.render.terminal.blocks import obligation_fields
from orderwatch.render.terminal.canvas import (
    NAME,
    STRONG,
    Canvas,
    indent,
    join_with_dots,
    natural_widths,
    table,
    text,
)
from orderwatch.render.terminal.frame import (
    Renderables,
    commands_about,
    date_remarks,
    days_style,
    footer,
    header,
    is_filing_unknown,
    latest_information,
    no_filing,
    our_summary,
)
from orderwatch.translation import _, clauses, ngettext

_MIN_TABLE_WIDTH = 72
_WIDE_WIDTH = 130
"""From which the speaker of the last assessment is printed, not the number of them."""
_GAP = 2
_MAX_TIME_WIDTH, _MIN_RECORD_WIDTH = 24, 26

Row = tuple[Text, Text, Text, Text]
"""Key, label, time, record."""


def statuses(
    canvas: Canvas, view: Provenance, items: Sequence[Status], *, full: bool, empty: str | None
) -> Renderables:
    """Render each order with its selected obligations."""
    yield from header(canvas, view)
    if not items:
        yield text(empty or _("No obligation in this selection."))
        yield from footer(canvas, view, [(_("All orders: {command}"), "orders")])
        return
    for number, (order, group) in enumerate(group_by_order(items)):
        if number:
            yield Text()
        yield from order_head(canvas, view, order)
        remark = our_summary() if number == 0 else text("")
        yield canvas.edges(text(_addressees_and_votes(group)), remark)
        if full:
            for item in group:
                yield from obligation_fields(canvas, view, item)
        else:
            yield indent(_lines(canvas, view, group))
    if len(items) == 1 and not full:
        yield indent(canvas.limit_width(text(items[0].obligation.summary)))
    if any(is_filing_unknown(item) for status in items for item in _shown_deadlines(status)):
        yield text(f"* {phrases.caveat(view)}")
    dated = [item for item in items if item.deadlines] or items
    yield from footer(canvas, view, commands_about(dated[0].obligation))


def order_head(canvas: Canvas, view: Provenance, order: Order) -> Renderables:
    """Render name, case, day, force and address of an order, and which it modifies."""
    case = order.case
    facts = [phrases.case_name(case), phrases.compact_day(order.made)]
    if order.organ != "Court":
        facts.append(_("by the {organ}").format(organ=phrases.organ(order)))
    facts.append(phrases.force(order, view.as_of))
    facts_line = join_with_dots(text(short_name(order), NAME), *facts)
    facts_line.stylize(STRONG)
    yield canvas.edges(facts_line, canvas.short_url(order.url) if order.url else text(""))
    ended = case.ended if case.ended and case.ended.is_over_on(view.as_of) else None
    remarks = [
        phrases.earlier_orders(order),
        _("Case {ending}").format(ending=phrases.ending(ended)) if ended else None,
        latest_information(view, case, view.as_of),
    ]
    if any(remarks):
        yield text(". ".join(filter(None, remarks)))


def _addressees_and_votes(group: Sequence[Status]) -> str:
    """Format addressees and votes: once if they are the same for all points."""
    obligations = [item.obligation for item in group]
    names = _by_value(obligations, lambda item: phrases.join(item.addressees))
    tallies = _by_value(obligations, lambda item: phrases.vote(item.votes))
    addressees, vote = next(iter(names)), next(iter(tallies))
    if len(names) > 1:
        addressees = clauses(
            _("{names} ({points})").format(names=name or _("none named"), points=points)
            for name, points in names.items()
        )
    if len(tallies) > 1:
        vote = clauses(
            _("{vote} on {points}").format(points=points, vote=text)
            for text, points in tallies.items()
        )
    elif obligations[0].votes is None:
        return _("To {names}; votes not seen").format(names=addressees or _("none named"))
    votes = obligations[0].votes
    on_each = len(group) > 1 and len(tallies) == 1 and not (votes and votes.on_clause)
    sentence = _("To {names}; each {vote}") if on_each else _("To {names}; {vote}")
    return sentence.format(names=addressees or _("none named"), vote=vote)


def _by_value(
    obligations: Iterable[Obligation], value: Callable[[Obligation], str]
) -> dict[str, str]:
    """Group the keys of obligations by a value of each."""
    keys: dict[str, list[str]] = {}
    for item in obligations:
        keys.setdefault(value(item), []).append(item.key)
    return {text: ", ".join(names) for text, names in keys.items()}


def _lines(canvas: Canvas, view: Provenance, group: Iterable[Status]) -> RenderableType:
    """Render one line per obligation, reaffirmed measures last; on narrow screens two."""
    ordered = sorted(group, key=lambda item: item.obligation.kind is Kind.REAFFIRM)
    is_wide = canvas.width >= _WIDE_WIDTH
    rows = [_row(view, item, is_wide=is_wide) for item in ordered]
    key, label, time, record = natural_widths(rows)
    if canvas.width < _MIN_TABLE_WIDTH:
        stacked = [
            (name, Group(words, join_with_dots(*filter(None, (when, found)))))
            for name, words, when, found in rows
        ]
        return table(stacked, [key, None])
    time = min(time, _MAX_TIME_WIDTH)
    rest = canvas.width - _GAP - key - time - 3 * _GAP
    record = min(record, max(_MIN_RECORD_WIDTH, rest - label))
    return table(rows, [key, min(label, rest - record), time, record])


def _row(view: Provenance, status: Status, *, is_wide: bool) -> Row:
    obligation = status.obligation
    deadline = _shown_deadline(status)
    limit = obligation.limit
    if deadline:
        time = phrases.short_day(deadline.deadline.due)
    elif status.awaiting:
        time = _("after {trigger}").format(trigger=phrases.register_words(status.awaiting))
    elif isinstance(limit, Undated) and limit.standing is Standing.IMMEDIATE and not limit.after:
        time = _("at once")
    else:
        time = phrases.time_limit(limit)
    parts = [text(part) for part in _record(view, status, is_wide=is_wide)]
    if deadline:
        parts.insert(0, _deadline_words(deadline))
    return (
        text(obligation.key, STRONG),
        text(obligation.display_label),
        text(time, STRONG if deadline else None),
        text(clauses(("", ""))).join(filter(None, parts)),
    )


def _deadline_words(item: DeadlineStatus) -> Text:
    """Render the days to a deadline, its submission and what is special about the date."""
    parts = []
    if item.timing is not Timing.ENDED:
        parts.append(text(phrases.days_from_now(item.days_left), days_style(item)))
    if item.submission:
        parts.append(text(phrases.filing(item.submission)))
    elif item.timing is Timing.PASSED:
        parts.append(text(no_filing(item)))
    else:
        parts += map(text, date_remarks(item.deadline))
    return Text(", ", overflow="fold").join(parts)


def _record(view: Provenance, status: Status, *, is_wide: bool) -> Iterator[str]:
    """Yield the last date, force, last speaker, number of events, and disputes."""
    shown_deadlines = _shown_deadlines(status)
    for item in shown_deadlines[1:]:
        words = phrases.filing(item.submission) if item.submission else no_filing(item)
        day = phrases.compact_day(item.deadline.due)
        yield _("{day}: {record}").format(day=day, record=words)
    if status.timing is Timing.ENDED and status.obligation.ended:
        yield phrases.timing(status, view.as_of)
    elif not status.in_force and status.obligation.order.in_force(view.as_of):
        yield _("not in force")
    shown = sum(item.submission is not None for item in shown_deadlines)
    others = status.count - shown
    if status.assessments and is_wide:
        event = status.assessments[-1]
        # The part in brackets names countries or units, too long for a line.
        speaker = event.speaker.partition(" (")[0]
        words = _("{speaker}, {day}, {n} more") if others > 1 else _("{speaker}, {day}")
        yield words.format(speaker=speaker, day=phrases.compact_day(event.on), n=others - 1)
    elif others:
        assessments = len(status.assessments)
        words = ngettext("{events} ({n} assessment)", "{events} ({n} assessments)", assessments)
        events = phrases.events(others)
        yield words.format(events=events, n=assessments) if assessments else events
    if status.obligation.contested:
        yield _("reading disputed")


def _shown_deadline(status: Status) -> DeadlineStatus | None:
    """Return the current deadline, or the last one before the measures ended."""
    if status.current and status.current.timing is Timing.ENDED:
        return last_passed(status) or status.current
    return status.current


def _shown_deadlines(status: Status) -> list[DeadlineStatus]:
    """Return the deadline of the line, and the last that passed."""
    return list(dict.fromkeys(filter(None, (_shown_deadline(status), last_passed(status)))))
