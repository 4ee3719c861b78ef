"""Markdown tables for the editing system of a newsroom."""

from collections.abc import Iterable, Sequence

from orderwatch.model import (
    DeadlineStatus,
    Dossier,
    Event,
    Obligation,
    Order,
    Schedule,
    Status,
    Timing,
    View,
)
from orderwatch.render import layout as views
from orderwatch.render import phrases
from orderwatch.render.parts import addressees
from orderwatch.render.sanitize import markdown, safe_url

_DATES = ("Due", "Days", "Case", "Who", "What", "On record", "Id")
_DUTIES = ("Point", "Who", "What", "Vote", "Time-limit", "Stands", "Assessments", "Id")


def status(view: View, statuses: Sequence[Status], *, overview: bool) -> str:
    """Write where obligations stand, in tables."""
    if not overview:
        parts = [_duties(view, *group) for group in views.by_order(statuses)]
        return _page(view, "Orders and their obligations", parts)
    seen = views.overview(view, statuses)
    return _page(
        view,
        "Deadlines and orders in force",
        [
            _section("To come", _dates(view, seen.to_come)),
            _section("No date yet", _waiting(seen.awaiting)),
            _section("Latest passed", _dates(view, seen.passed)),
            _section(
                "Orders in force",
                _table(
                    ("Date", "Case", "Measures", "Kinds", "Id"),
                    (
                        (
                            phrases.bare_day(line.order.made),
                            _linked(line.order.case.short, line.order.url),
                            str(line.measures),
                            markdown(", ".join(line.kinds)),
                            markdown(line.order.alias or line.order.id),
                        )
                        for line in seen.orders
                    ),
                ),
            ),
        ],
    )


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Write the deadlines to come, nearest first."""
    coming = views.overview(view, statuses).to_come
    return _page(view, "Deadlines to come", [_dates(view, coming)])


def show(view: View, dossier: Dossier) -> str:
    """Write all about one case, order or obligation."""
    case = dossier.case
    state = markdown(phrases.state(case, view.as_of))
    parts = [f"{markdown(case.title)}  \nNo. {case.number}: {state}\n"]
    for order in dossier.orders:
        group = [s for s in dossier.statuses if s.obligation.order.id == order.id]
        parts.append(_duties(view, order, group))
        decided = [d for d in dossier.decisions if d.order.id == order.id]
        if decided:
            rows = (
                (
                    markdown(d.point),
                    markdown(d.summary),
                    markdown(phrases.vote(d.votes)),
                )
                for d in decided
            )
            parts.append(_table(("Point", "Decides", "Vote"), rows))
    for item in dossier.statuses:
        duty = item.obligation
        if duty.contested:
            text = markdown(duty.contested.text)
            parts.append(f"Contested, {markdown(duty.paragraph)}: {text}\n")
    parts.append(_section("On record", _events(dossier.events)))
    return _page(view, case.short, parts)


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Write how dates were computed, as lists."""
    parts = []
    for item in schedules:
        duty = item.obligation
        limit = phrases.time_limit(duty.limit)
        lines = [
            f"## {markdown(duty.id)}",
            "",
            f"{markdown(duty.summary)}  ",
            f"Time-limit: {markdown(limit)}",
            "",
        ]
        for found in item.deadlines:
            lines += [f"### Due {phrases.long_day(found.due)}", ""]
            lines += [
                f"{number}. {markdown(step)}"
                for number, step in enumerate(found.steps, 1)
            ]
            lines += ["", *(f"- {markdown(note)}" for note in found.notes)]
            lines += [""] if found.notes else []
        lines += [f"- {markdown(note)}" for note in item.notes]
        parts.append("\n".join(lines).rstrip() + "\n")
    return _page(view, "How the dates were computed", parts)


def events(view: View, events: Sequence[Event]) -> str:
    """Write public record and log."""
    return _page(view, "Public record and log", [_events(events)])


def orders(view: View, orders: Sequence[Order], duties: Sequence[Obligation]) -> str:
    """Write the register as a list."""
    table = _table(
        ("Date", "Case", "Outcome", "Asked of", "Obligations", "In force", "Id"),
        (
            (
                phrases.bare_day(order.made),
                _linked(order.case.short, order.url),
                order.outcome.value,
                markdown(", ".join(addressees(order, duties))),
                str(sum(duty.order.id == order.id for duty in duties)),
                "yes" if order.in_force(view.as_of) else "no",
                markdown(order.alias or order.id),
            )
            for order in orders
        ),
    )
    return _page(view, "Orders on provisional measures", [table])


def _page(view: View, title: str, parts: Iterable[str]) -> str:
    top = f"# {markdown(title)}\n\n{markdown(phrases.as_of(view))}. "
    foot = f"{phrases.CONFIDENTIAL}  \n{phrases.NO_JUDGE}\n"
    body = list(parts) or ["None.\n"]
    return "\n".join(
        [
            f"{top}{markdown(phrases.reviewed(view))} {markdown(phrases.log(view))}\n",
            *body,
            foot,
        ]
    )


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _dates(view: View, items: Iterable[DeadlineStatus]) -> str:
    return _table(_DATES, (_date(view, item) for item in items))


def _date(view: View, item: DeadlineStatus) -> tuple[str, ...]:
    duty = item.deadline.obligation
    case = duty.order.case
    due = (phrases.short_day(item.deadline.due), *phrases.moved(item.deadline))
    seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    record = (phrases.recorded(item), *((seen,) if seen else ()))
    return (
        markdown("; ".join(due)),
        phrases.days(item),
        _linked(case.short, duty.order.url),
        markdown(", ".join(duty.addressees)),
        markdown(duty.summary),
        markdown("; ".join(record)),
        markdown(duty.alias or duty.id),
    )


def _waiting(items: Iterable[Status]) -> str:
    return _table(
        ("Waits for", "Case", "Who", "What", "Time-limit", "Id"),
        (
            (
                markdown(item.awaiting or ""),
                _linked(item.obligation.order.case.short, item.obligation.order.url),
                markdown(", ".join(item.obligation.addressees)),
                markdown(item.obligation.summary),
                markdown(phrases.time_limit(item.obligation.limit)),
                markdown(item.obligation.alias or item.obligation.id),
            )
            for item in items
        ),
    )


def _duties(view: View, order: Order, statuses: Sequence[Status]) -> str:
    case = order.case
    title = markdown(f"{case.short}, order of {phrases.bare_day(order.made)}")
    seen = phrases.last_seen(case, view.as_of)
    facts = [f"No. {case.number}", order.outcome.value]
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    if order.reaffirms:
        facts.append(f"reaffirms {', '.join(order.reaffirms)}")
    facts += [seen] if seen else []
    url = safe_url(order.url) if order.url else None
    link = f"  \n<{url}>" if url else ""
    rows = _table(_DUTIES, (_duty(view, item) for item in statuses))
    return f"## {title}\n\n{markdown(' · '.join(facts))}{link}\n\n{rows}"


def _duty(view: View, item: Status) -> tuple[str, ...]:
    duty = item.obligation
    stands = phrases.timing(item, view.as_of)
    if item.current:
        over = f"{stands}; " if item.timing is Timing.ENDED else ""
        stands = f"{over}{phrases.deadline(item.current)}"
    return (
        markdown(duty.point),
        markdown(", ".join(duty.addressees)),
        markdown(duty.summary),
        markdown(phrases.vote(duty.votes)),
        markdown(phrases.time_limit(duty.limit)),
        markdown(stands),
        "<br>".join(markdown(phrases.said(event)) for event in item.assessments),
        markdown(duty.alias or duty.id),
    )


def _events(events: Sequence[Event]) -> str:
    return _table(
        ("Date", "Who says so", "Kind", "What", "About"),
        (
            (
                phrases.short_day(event.on),
                markdown(f"{event.speaker} ({phrases.ROLES[event.role]})"),
                event.kind.value,
                _linked(event.summary, event.source)
                + (markdown(f" ({event.fate})") if event.fate else ""),
                markdown(", ".join(event.about)),
            )
            for event in events
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return "None.\n"
    rule = f"|{' --- |' * len(columns)}"
    return "\n".join([f"| {' | '.join(columns)} |", rule, *lines]) + "\n"


def _linked(text: str, url: str | None) -> str:
    """Link a text to its source; an address that is not of the web is left out."""
    address = safe_url(url) if url else None
    return f"[{markdown(text)}](<{address}>)" if address else markdown(text)
