"""Render lists on a terminal: events, orders, and how dates were computed."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import Deadline, Event, Obligation, Order, Provenance, Schedule
from orderwatch.render import phrases
from orderwatch.render.layout import addressees
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    STRONG,
    Canvas,
    column_width,
    columns,
    concat,
    indent,
    join_with_dots,
    text,
)
from orderwatch.render.terminal.overview import footer, header, short_name

Renderables = Iterator[RenderableType]


def explain(
    canvas: Canvas, view: Provenance, schedules: Sequence[Schedule]
) -> Renderables:
    """Render each date with its computation steps, or why there is none."""
    yield from header(view)
    for schedule in schedules:
        obligation = schedule.obligation
        yield Text()
        name = text(obligation.alias or obligation.id, NAME)
        yield join_with_dots(
            text(obligation.paragraph, HEADING), obligation.order.case.short, name
        )
        yield canvas.limit_width(text(obligation.summary))
        yield text(f"Time-limit: {phrases.time_limit(obligation.limit)}")
        for deadline in schedule.deadlines:
            yield canvas.limit_width(computation(deadline))
        for note in schedule.notes:
            yield canvas.limit_width(text(note))
    if not schedules:
        yield Text()
        yield text("No obligation in this selection.")
    target = short_name(schedules[0].obligation) if schedules else None
    yield from footer(view, target, ("show", "status"))


def computation(deadline: Deadline) -> Group:
    """Render the computation steps of one date."""
    steps = [
        indent(text(f"{number}. {step}"))
        for number, step in enumerate(deadline.steps, 1)
    ]
    notes = [indent(text(note)) for note in deadline.notes]
    return Group(
        join_with_dots(
            text(f"due {phrases.long_day(deadline.due)}", STRONG),
            text(deadline.id, NAME),
        ),
        *steps,
        *notes,
    )


def events(canvas: Canvas, view: Provenance, events: Sequence[Event]) -> Renderables:
    """Render the events of the public record and the log, oldest first."""
    yield from header(view)
    for item in events:
        yield Text()
        yield canvas.limit_width(event(canvas, item))
    if not events:
        yield Text()
        yield text("No event in this selection.")
    names = (name.partition("@")[0] for item in events for name in item.about)
    yield from footer(view, next(names, None))


def event(canvas: Canvas, item: Event) -> Group:
    """Render an event with its sources, attachments and origin."""
    day = phrases.short_day(item.on) + (" (day worked out)" if item.inferred else "")
    lines: list[RenderableType] = [
        join_with_dots(
            text(day, STRONG),
            f"{item.speaker} ({phrases.ROLES[item.role]})",
            text(item.kind.value),
        ),
        indent(text(item.summary)),
    ]
    if item.by:
        lines.append(indent(text(f"done by {', '.join(item.by)}")))
    if item.finding:
        scale = f" (scale: {item.scale})" if item.scale else ""
        lines.append(indent(text(f"finds: {item.finding}{scale}")))
    if item.extends_to:
        extension = f"extends the time to {phrases.long_day(item.extends_to)}"
        lines.append(indent(text(extension)))
    if item.trigger:
        lines.append(indent(text(f"starts the time that runs from {item.trigger}")))
    if item.ends:
        lines.append(indent(text("what it is about ends with it")))
    urls = (item.source, *item.further, item.archive)
    lines += [indent(canvas.url(url)) for url in urls if url]
    lines += [
        indent(text(f"kept as evidence: {file.name}, SHA-256 {file.sha256}", QUIET))
        for file in item.attachments
    ]
    location = f"entry {item.seq} of the log" if item.seq else "public record"
    provenance = [location, item.id]
    if item.recorded:
        provenance.append(f"recorded {phrases.recorded_by(item)}")
    lines.append(indent(join_with_dots(*(text(part, QUIET) for part in provenance))))
    if item.amended_by:
        lines.append(indent(text(item.amended_by, STRONG)))
    if item.about:
        targets = text(", ".join(item.about), NAME)
        lines.append(indent(concat(text("about ", QUIET), targets)))
    return Group(*lines)


def orders(
    canvas: Canvas,
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
) -> Renderables:
    """Render the orders of the register as a list."""
    yield from header(view)
    yield Text()
    if not orders:
        yield text("No order in this selection.")
    elif canvas.is_narrow:
        yield Group(*(_stacked_order(view, order, obligations) for order in orders))
    else:
        yield _order_table(view, orders, obligations)
    yield from footer(view, short_name(orders[-1]) if orders else None)


def _order_table(
    view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> RenderableType:
    names = [text(order.alias or order.id, NAME) for order in orders]
    return columns(
        (
            ("Made", len("24 September 2024")),
            ("Name", column_width(names, "Name", maximum=20)),
            ("Case, and who was asked", None),
            ("Outcome", len("reaffirmed")),
            ("Points", len("Points")),
            ("In force", len("In force")),
        ),
        (
            (
                text(phrases.bare_day(order.made)),
                name,
                join_with_dots(
                    order.case.short, text(_addressees(order, obligations), QUIET)
                ),
                text(order.outcome.value),
                text(str(_obligation_count(order, obligations))),
                text("yes" if order.in_force(view.as_of) else "no"),
            )
            for order, name in zip(orders, names, strict=True)
        ),
    )


def _addressees(order: Order, obligations: Sequence[Obligation]) -> str:
    return ", ".join(addressees(order, obligations)) or "nobody asked"


def _stacked_order(
    view: Provenance, order: Order, obligations: Sequence[Obligation]
) -> Group:
    force = "in force" if order.in_force(view.as_of) else "not in force"
    points = phrases.count(_obligation_count(order, obligations), "obligation")
    return Group(
        join_with_dots(
            phrases.bare_day(order.made),
            text(order.alias or order.id, NAME),
            order.outcome.value,
        ),
        indent(text(order.case.short)),
        indent(join_with_dots(points, force)),
    )


def _obligation_count(order: Order, obligations: Sequence[Obligation]) -> int:
    return sum(obligation.order.id == order.id for obligation in obligations)
