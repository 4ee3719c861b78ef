"""Render lists on a terminal: events, orders, and how dates were computed."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import Deadline, Event, Obligation, Order, Schedule, View
from orderwatch.render import phrases
from orderwatch.render.parts import addressees
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    STRONG,
    Paper,
    columns,
    indented,
    joined,
    phrase,
    text,
    widest,
)
from orderwatch.render.terminal.overview import bottom, short, top

Parts = Iterator[RenderableType]


def explain(canvas: Paper, view: View, schedules: Sequence[Schedule]) -> Parts:
    """Render each date with its computation steps, or why there is none."""
    yield from top(view)
    for schedule in schedules:
        obligation = schedule.obligation
        yield Text()
        name = text(obligation.alias or obligation.id, NAME)
        yield joined(
            text(obligation.paragraph, HEADING), obligation.order.case.short, name
        )
        yield canvas.running(text(obligation.summary))
        yield text(f"Time-limit: {phrases.time_limit(obligation.limit)}")
        for deadline in schedule.deadlines:
            yield canvas.running(computed(deadline))
        for note in schedule.notes:
            yield canvas.running(text(note))
    if not schedules:
        yield Text()
        yield text("No obligation in this selection.")
    target = short(schedules[0].obligation) if schedules else None
    yield from bottom(view, target, ("show", "status"))


def computed(deadline: Deadline) -> Group:
    """Render the computation steps of one date."""
    steps = [
        indented(text(f"{number}. {step}"))
        for number, step in enumerate(deadline.steps, 1)
    ]
    notes = [indented(text(note)) for note in deadline.notes]
    return Group(
        joined(
            text(f"due {phrases.long_day(deadline.due)}", STRONG),
            text(deadline.id, NAME),
        ),
        *steps,
        *notes,
    )


def events(canvas: Paper, view: View, events: Sequence[Event]) -> Parts:
    """Render the events of the public record and the log, oldest first."""
    yield from top(view)
    for item in events:
        yield Text()
        yield canvas.running(event(canvas, item))
    if not events:
        yield Text()
        yield text("No event in this selection.")
    names = (name.partition("@")[0] for item in events for name in item.about)
    yield from bottom(view, next(names, None))


def event(canvas: Paper, item: Event) -> Group:
    """Render an event with its sources, attachments and origin."""
    day = phrases.short_day(item.on) + (" (day worked out)" if item.inferred else "")
    lines: list[RenderableType] = [
        joined(
            text(day, STRONG),
            f"{item.speaker} ({phrases.ROLES[item.role]})",
            text(item.kind.value),
        ),
        indented(text(item.summary)),
    ]
    if item.by:
        lines.append(indented(text(f"done by {', '.join(item.by)}")))
    if item.finding:
        scale = f" (scale: {item.scale})" if item.scale else ""
        lines.append(indented(text(f"finds: {item.finding}{scale}")))
    if item.extends_to:
        extension = f"extends the time to {phrases.long_day(item.extends_to)}"
        lines.append(indented(text(extension)))
    if item.trigger:
        lines.append(indented(text(f"starts the time that runs from {item.trigger}")))
    if item.ends:
        lines.append(indented(text("what it is about ends with it")))
    urls = (item.source, *item.further, item.archive)
    lines += [indented(canvas.url(url)) for url in urls if url]
    lines += [
        indented(text(f"kept as evidence: {file.name}, SHA-256 {file.sha256}", QUIET))
        for file in item.attachments
    ]
    location = f"entry {item.seq} of the log" if item.seq else "public record"
    provenance = [location, item.id]
    if item.recorded:
        provenance.append(f"recorded {phrases.entered(item)}")
    lines.append(indented(joined(*(text(part, QUIET) for part in provenance))))
    if item.fate:
        lines.append(indented(text(item.fate, STRONG)))
    if item.about:
        targets = text(", ".join(item.about), NAME)
        lines.append(indented(phrase(text("about ", QUIET), targets)))
    return Group(*lines)


def orders(
    canvas: Paper,
    view: View,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
) -> Parts:
    """Render the orders of the register as a list."""
    yield from top(view)
    yield Text()
    if not orders:
        yield text("No order in this selection.")
    elif canvas.is_narrow:
        yield Group(*(_stacked(view, order, obligations) for order in orders))
    else:
        yield _table(view, orders, obligations)
    yield from bottom(view, short(orders[-1]) if orders else None)


def _table(
    view: View, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> RenderableType:
    names = [text(order.alias or order.id, NAME) for order in orders]
    return columns(
        (
            ("Made", len("24 September 2024")),
            ("Name", widest(names, "Name", maximum=20)),
            ("Case, and who was asked", None),
            ("Outcome", len("reaffirmed")),
            ("Points", len("Points")),
            ("In force", len("In force")),
        ),
        (
            (
                text(phrases.bare_day(order.made)),
                name,
                joined(order.case.short, text(_asked(order, obligations), QUIET)),
                text(order.outcome.value),
                text(str(_count(order, obligations))),
                text("yes" if order.in_force(view.as_of) else "no"),
            )
            for order, name in zip(orders, names, strict=True)
        ),
    )


def _asked(order: Order, obligations: Sequence[Obligation]) -> str:
    return ", ".join(addressees(order, obligations)) or "nobody asked"


def _stacked(view: View, order: Order, obligations: Sequence[Obligation]) -> Group:
    force = "in force" if order.in_force(view.as_of) else "not in force"
    points = phrases.count(_count(order, obligations), "obligation")
    return Group(
        joined(
            phrases.bare_day(order.made),
            text(order.alias or order.id, NAME),
            order.outcome.value,
        ),
        indented(text(order.case.short)),
        indented(joined(points, force)),
    )


def _count(order: Order, obligations: Sequence[Obligation]) -> int:
    return sum(obligation.order.id == order.id for obligation in obligations)
