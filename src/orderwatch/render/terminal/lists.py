"""Lists on the terminal: events, orders, and how dates were computed."""

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


def explain(paper: Paper, view: View, schedules: Sequence[Schedule]) -> Parts:
    """Draw each date with the steps that led to it, or why there is none."""
    yield from top(view)
    for item in schedules:
        duty = item.obligation
        yield Text()
        name = text(duty.alias or duty.id, NAME)
        yield joined(text(duty.paragraph, HEADING), duty.order.case.short, name)
        yield paper.running(text(duty.summary))
        yield text(f"Time-limit: {phrases.time_limit(duty.limit)}")
        for found in item.deadlines:
            yield paper.running(computed(found))
        for note in item.notes:
            yield paper.running(text(note))
    if not schedules:
        yield Text()
        yield text("No obligation in this selection.")
    about = short(schedules[0].obligation) if schedules else None
    yield from bottom(view, about, ("show", "status"))


def computed(found: Deadline) -> Group:
    """Draw how one date was computed."""
    steps = [
        indented(text(f"{number}. {step}"))
        for number, step in enumerate(found.steps, 1)
    ]
    notes = [indented(text(note)) for note in found.notes]
    return Group(
        joined(
            text(f"due {phrases.long_day(found.due)}", STRONG), text(found.id, NAME)
        ),
        *steps,
        *notes,
    )


def events(paper: Paper, view: View, events: Sequence[Event]) -> Parts:
    """Draw public record and log, oldest first."""
    yield from top(view)
    for item in events:
        yield Text()
        yield paper.running(event(paper, item))
    if not events:
        yield Text()
        yield text("No event in this selection.")
    names = (name.partition("@")[0] for item in events for name in item.about)
    yield from bottom(view, next(names, None))


def event(paper: Paper, item: Event) -> Group:
    """Draw what somebody says has happened, and where it is written."""
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
        moved = f"extends the time to {phrases.long_day(item.extends_to)}"
        lines.append(indented(text(moved)))
    if item.trigger:
        lines.append(indented(text(f"starts the time that runs from {item.trigger}")))
    if item.ends:
        lines.append(indented(text("what it is about ends with it")))
    addresses = (item.source, *item.further, item.archive)
    lines += [indented(paper.url(address)) for address in addresses if address]
    lines += [
        indented(text(f"kept as evidence: {file.name}, SHA-256 {file.sha256}", QUIET))
        for file in item.attachments
    ]
    kept = f"entry {item.seq} of the log" if item.seq else "public record"
    written = [kept, item.id]
    if item.recorded:
        written.append(f"recorded {phrases.entered(item)}")
    lines.append(indented(joined(*(text(part, QUIET) for part in written))))
    if item.fate:
        lines.append(indented(text(item.fate, STRONG)))
    if item.about:
        about = text(", ".join(item.about), NAME)
        lines.append(indented(phrase(text("about ", QUIET), about)))
    return Group(*lines)


def orders(
    paper: Paper, view: View, orders: Sequence[Order], duties: Sequence[Obligation]
) -> Parts:
    """Draw the register as a list."""
    yield from top(view)
    yield Text()
    if not orders:
        yield text("No order in this selection.")
    elif paper.is_narrow:
        yield Group(*(_stacked(view, order, duties) for order in orders))
    else:
        yield _table(view, orders, duties)
    yield from bottom(view, short(orders[-1]) if orders else None)


def _table(
    view: View, orders: Sequence[Order], duties: Sequence[Obligation]
) -> RenderableType:
    names = [text(order.alias or order.id, NAME) for order in orders]
    return columns(
        (
            ("Made", len("24 September 2024")),
            ("Name", widest(names, "Name", most=20)),
            ("Case, and who was asked", None),
            ("Outcome", len("reaffirmed")),
            ("Points", len("Points")),
            ("In force", len("In force")),
        ),
        (
            (
                text(phrases.bare_day(order.made)),
                name,
                joined(order.case.short, text(_asked(order, duties), QUIET)),
                text(order.outcome.value),
                text(str(_count(order, duties))),
                text("yes" if order.in_force(view.as_of) else "no"),
            )
            for order, name in zip(orders, names, strict=True)
        ),
    )


def _asked(order: Order, duties: Sequence[Obligation]) -> str:
    return ", ".join(addressees(order, duties)) or "nobody asked"


def _stacked(view: View, order: Order, duties: Sequence[Obligation]) -> Group:
    force = "in force" if order.in_force(view.as_of) else "not in force"
    points = phrases.count(_count(order, duties), "obligation")
    return Group(
        joined(
            phrases.bare_day(order.made),
            text(order.alias or order.id, NAME),
            order.outcome.value,
        ),
        indented(text(order.case.short)),
        indented(joined(points, force)),
    )


def _count(order: Order, duties: Sequence[Obligation]) -> int:
    return sum(duty.order.id == order.id for duty in duties)
