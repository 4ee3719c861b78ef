"""Render to a terminal of a given width."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from orderwatch.model import (
    CaseFile,
    DeadlineStatus,
    Event,
    Hit,
    Obligation,
    Order,
    Provenance,
    RecordChange,
    Schedule,
    Status,
    Timing,
)
from orderwatch.render import phrases, plain
from orderwatch.render.layout import group_by_order
from orderwatch.render.plain import Block, CheckRow, result_line
from orderwatch.render.terminal import changes as terminal_changes
from orderwatch.render.terminal import deadlines as terminal_deadlines
from orderwatch.render.terminal import hits as terminal_hits
from orderwatch.render.terminal import overview as terminal_overview
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    STRONG,
    Canvas,
    columns,
    concat,
    indent,
    join_with_dots,
    key_values,
    text,
)
from orderwatch.render.terminal.overview import days_style, footer, header, short_name

Renderables = Iterator[RenderableType]

_EVENT_TITLE = ("on", "speaker", "kind")


def _show(canvas: Canvas, view: Provenance, dossier: CaseFile) -> Renderables:
    """Render a case, its orders, their points, and the events on record."""
    yield from header(view)
    yield from _item(canvas, plain.case_block(view, dossier.case), "case")
    for order in dossier.orders:
        yield from _item(canvas, plain.order_block(view, order), "order", "date")
        for decision in dossier.decisions:
            if decision.order.id == order.id:
                block = plain.decision_block(decision)
                yield from _item(canvas, block, "point", "kind")
        for status in dossier.statuses:
            if status.obligation.order.id == order.id:
                block = plain.status_details(view, status)
                yield from _item(canvas, block, "paragraph", "id", "kind")
    yield Text()
    count = phrases.count(len(dossier.events), "event")
    yield concat(text("On record", HEADING), text(f"  {count}", QUIET))
    for event in dossier.events:
        yield from _item(canvas, plain.event_block(event), *_EVENT_TITLE)
    yield from footer(view, dossier.subject, ("explain", "log"))


def _explain(canvas: Canvas, view: Provenance, schedules: Sequence[Schedule]) -> Renderables:
    """Render each date with its computation steps, or why there is none."""
    yield from header(view)
    for schedule in schedules:
        head, *dates = plain.explanation_blocks(schedule)
        yield from _item(canvas, head, "paragraph", "case", "id")
        for block in dates:
            yield from _item(canvas, block, "due", "deadline")
    if not schedules:
        yield Text()
        yield text("No obligation in this selection.")
    target = short_name(schedules[0].obligation) if schedules else None
    yield from footer(view, target, ("show", "status"))


def _events(canvas: Canvas, view: Provenance, events: Sequence[Event]) -> Renderables:
    """Render the events of the public record and the log, oldest first."""
    yield from header(view)
    for event in events:
        yield from _item(canvas, plain.event_block(event), *_EVENT_TITLE)
    if not events:
        yield Text()
        yield text("No event in this selection.")
    names = (name for item in events for name in item.subjects)
    yield from footer(view, next(names, None))


def _item(canvas: Canvas, block: Block, first: str, *others: str) -> Renderables:
    """Render a block: fields of the title on a line, the summary, the other fields."""
    fields = {name: value for name, value in block if value is not None}
    yield Text()
    yield join_with_dots(text(fields.pop(first), STRONG), *(fields.pop(name) for name in others))
    summary = fields.pop("summary", None)
    if summary is not None:
        yield indent(canvas.limit_width(text(summary)))
    rows: list[tuple[RenderableType, RenderableType]] = []
    shown = None
    for name, value in block:
        if value is not None and name in fields:
            label = text("" if name == shown else name, QUIET)
            rows.append((label, _value(canvas, value)))
            shown = name
    yield indent(key_values(rows, canvas.text_width - 2))


def _value(canvas: Canvas, value: str) -> Text:
    """Render a value; a URL at its beginning is a link."""
    address, space, remark = value.partition(" ")
    if not address.startswith(("https://", "http://")):
        return text(value)
    return concat(canvas.url(address), text(f"{space}{remark}", QUIET))


KeyValues = Iterator[tuple[RenderableType, RenderableType]]


def _status(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render each order with its selected obligations."""
    yield from header(view)
    for order, group in group_by_order(statuses):
        yield Text()
        yield from heading(canvas, view, order, with_title=True)
        if last_seen := phrases.last_seen(order.case, view.as_of):
            yield text(last_seen)
        elif order.case.ended and order.case.ended.is_over_on(view.as_of):
            yield text(f"case {phrases.ending(order.case.ended)}")
        for item in group:
            yield Text()
            yield obligation_block(canvas, view, item)
    if not statuses:
        yield Text()
        yield text("No obligation in this selection.")
    with_dates = [item for item in statuses if item.deadlines] or statuses
    yield from footer(view, short_name(with_dates[0].obligation) if with_dates else None)


def heading(canvas: Canvas, view: Provenance, order: Order, *, with_title: bool) -> Renderables:
    """Render the heading of an order: case, date, paragraph, URL."""
    case = order.case
    yield text(f"{case.short}, order of {phrases.long_day(order.made)}", HEADING)
    if with_title:
        yield canvas.limit_width(text(case.title, QUIET))
    facts: list[Text | str] = [text(order.alias or order.id, NAME)]
    if order.alias:
        facts.append(text(order.id, NAME))
    facts += [f"No. {case.number}", order.outcome.value]
    if order.organ != "Court":
        facts.append(f"by the {order.organ}")
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    facts.append("in force" if order.in_force(view.as_of) else "no measures in force")
    yield join_with_dots(*facts)
    if order.reaffirms:
        yield text(f"reaffirms {', '.join(order.reaffirms)}")
    if order.modifies:
        yield text(f"modifies {', '.join(order.modifies)}")
    if order.url:
        yield canvas.url(order.url)


def obligation_block(canvas: Canvas, view: Provenance, status: Status) -> RenderableType:
    """Render an obligation: point, summary, addressees, votes, time, record."""
    obligation = status.obligation
    return Group(
        concat(
            text(f"{obligation.point}  ", STRONG),
            text(short_name(status.obligation), NAME),
        ),
        indent(canvas.limit_width(text(obligation.summary))),
        indent(key_values(_facts(canvas, view, status), canvas.text_width - 2)),
    )


def deadline_rows(deadlines: Sequence[DeadlineStatus]) -> KeyValues:
    """Render deadlines, one line each."""
    for item in deadlines:
        passed = item.days_left < 0
        line = join_with_dots(
            text(phrases.long_day(item.deadline.due), STRONG),
            text(phrases.days_left(item), days_style(item)),
            *phrases.date_remarks(item.deadline),
            phrases.submission_or_none(item),
        )
        yield label("was due" if passed else "due"), line


def label(name: str) -> Text:
    """Render a key of a key-value grid."""
    return text(name, QUIET)


def standing(view: Provenance, status: Status) -> str:
    """Return whether an obligation is in force, awaits its trigger, or has ended."""
    if status.timing in {Timing.AWAITING_TRIGGER, Timing.ENDED}:
        return phrases.timing(status, view.as_of)
    return "in force" if status.in_force else "not in force"


def _facts(canvas: Canvas, view: Provenance, status: Status) -> KeyValues:
    obligation = status.obligation
    addressees = ", ".join(obligation.addressees) or "nobody named"
    yield label("asked of"), text(addressees)
    yield label("vote"), text(phrases.vote(obligation.votes))
    yield label("time"), text(phrases.time_limit(obligation.limit))
    if not status.in_force or status.timing is Timing.AWAITING_TRIGGER:
        yield label("stands"), text(standing(view, status))
    latest, earlier = _latest_deadlines(status)
    yield from deadline_rows(latest)
    if earlier:
        more = phrases.count(earlier, "earlier date")
        name = short_name(status.obligation)
        yield label("before"), text(f"{more}: orderwatch show {name}", QUIET)
    for event in status.assessments:
        lines = [text(phrases.assessment(event))]
        if event.source:
            lines.append(canvas.url(event.source))
        yield label("says"), Group(*lines)
    other_count = status.count - len(status.assessments)
    if other_count:
        more = (
            f"{phrases.count(other_count, 'event')}: orderwatch log {short_name(status.obligation)}"
        )
        yield label("record"), text(more, QUIET)


def _latest_deadlines(status: Status) -> tuple[list[DeadlineStatus], int]:
    """Return the last two deadlines, and the number of earlier ones."""
    last = list(status.deadlines[-2:])
    return last, len(status.deadlines) - len(last)


_STYLES = {
    "ok": QUIET,
    "note": Style(color="yellow"),
    "problem": Style(color="red", bold=True),
}
_CHECK_WIDTH = 20
_STATE_WIDTH = len("problem")


def _check_table(rows: Sequence[CheckRow]) -> Iterator[RenderableType]:
    yield columns(
        (("State", _STATE_WIDTH), ("What", _CHECK_WIDTH), ("Seen", None)),
        (
            (text(state, _STYLES[state]), text(check), _finding_text(says, advice))
            for check, state, says, advice in rows
        ),
    )
    yield text("")
    yield text(result_line(rows), HEADING)


def _check_list(rows: Sequence[CheckRow]) -> Iterator[RenderableType]:
    for check, state, says, advice in rows:
        yield concat(text(state, _STYLES[state]), text(f"  {check}", HEADING))
        yield indent(_finding_text(says, advice))
    yield text("")
    yield text(result_line(rows), HEADING)


def _finding_text(says: str, advice: str | None) -> RenderableType:
    if advice is None:
        return text(says)
    return Group(text(says), concat(text("To do: ", HEADING), text(advice)))


class Screen(Canvas):
    """Renderer for a terminal, with the same methods as the other formats."""

    def status(self, view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
        """Render obligation statuses, or the overview."""
        if overview:
            return self.draw(terminal_overview.overview(self, view, statuses))
        return self.draw(_status(self, view, statuses))

    def countdown(self, view: Provenance, statuses: Sequence[Status]) -> str:
        """Render the deadlines to come."""
        return self.draw(terminal_overview.countdown(self, view, statuses))

    def deadlines(self, view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
        """Render a list of deadlines, past and to come."""
        return self.draw(terminal_deadlines.deadlines(self, view, items, total=total))

    def show(self, view: Provenance, dossier: CaseFile) -> str:
        """Render a dossier: a case, an order or an obligation."""
        return self.draw(_show(self, view, dossier))

    def explain(self, view: Provenance, schedules: Sequence[Schedule]) -> str:
        """Render how each date was computed."""
        return self.draw(_explain(self, view, schedules))

    def changes(
        self, view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int
    ) -> str:
        """Render what register and log have gained or corrected."""
        return self.draw(terminal_changes.changes(self, view, changes, since=since, total=total))

    def events(self, view: Provenance, events: Sequence[Event]) -> str:
        """Render the events of the public record and the log."""
        return self.draw(_events(self, view, events))

    def orders(
        self,
        view: Provenance,
        orders: Sequence[Order],
        obligations: Sequence[Obligation],
    ) -> str:
        """Render the orders of the register as a list."""
        return self.draw(terminal_overview.orders(self, view, orders, obligations))

    def find(
        self, view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None
    ) -> str:
        """Render the results of a search, best first."""
        del view, query, total
        return self.draw(terminal_hits.find(self, hits))

    def doctor(self, rows: Sequence[CheckRow]) -> str:
        """Render one row per check of `doctor`; the result line comes last."""
        return self.draw(_check_list(rows) if self.is_narrow else _check_table(rows))
