"""Render Markdown tables for editorial systems."""

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
    """Render obligation statuses, or the overview, as tables."""
    if not overview:
        parts = [_duties(view, *group) for group in views.by_order(statuses)]
        return _page(view, "Orders and their obligations", parts)
    summary = views.overview(view, statuses)
    return _page(
        view,
        "Deadlines and orders in force",
        [
            _section("To come", _dates(view, summary.to_come)),
            _section("No date yet", _waiting(summary.awaiting)),
            _section("Latest passed", _dates(view, summary.passed)),
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
                        for line in summary.orders
                    ),
                ),
            ),
        ],
    )


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    return _page(view, "Deadlines to come", [_dates(view, upcoming)])


def show(view: View, dossier: Dossier) -> str:
    """Render a dossier: a case, an order or an obligation."""
    case = dossier.case
    state = markdown(phrases.state(case, view.as_of))
    parts = [f"{markdown(case.title)}  \nNo. {case.number}: {state}\n"]
    for order in dossier.orders:
        group = [s for s in dossier.statuses if s.obligation.order.id == order.id]
        parts.append(_duties(view, order, group))
        decisions = [d for d in dossier.decisions if d.order.id == order.id]
        if decisions:
            rows = (
                (
                    markdown(d.point),
                    markdown(d.summary),
                    markdown(phrases.vote(d.votes)),
                )
                for d in decisions
            )
            parts.append(_table(("Point", "Decides", "Vote"), rows))
    for status in dossier.statuses:
        obligation = status.obligation
        if obligation.contested:
            text = markdown(obligation.contested.text)
            parts.append(f"Contested, {markdown(obligation.paragraph)}: {text}\n")
    parts.append(_section("On record", _events(dossier.events)))
    return _page(view, case.short, parts)


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Render how each date was computed, as lists."""
    parts = []
    for schedule in schedules:
        obligation = schedule.obligation
        limit = phrases.time_limit(obligation.limit)
        lines = [
            f"## {markdown(obligation.id)}",
            "",
            f"{markdown(obligation.summary)}  ",
            f"Time-limit: {markdown(limit)}",
            "",
        ]
        for deadline in schedule.deadlines:
            lines += [f"### Due {phrases.long_day(deadline.due)}", ""]
            lines += [
                f"{number}. {markdown(step)}"
                for number, step in enumerate(deadline.steps, 1)
            ]
            lines += ["", *(f"- {markdown(note)}" for note in deadline.notes)]
            lines += [""] if deadline.notes else []
        lines += [f"- {markdown(note)}" for note in schedule.notes]
        parts.append("\n".join(lines).rstrip() + "\n")
    return _page(view, "How the dates were computed", parts)


def events(view: View, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    return _page(view, "Public record and log", [_events(events)])


def orders(
    view: View, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> str:
    """Render the orders of the register as a table."""
    table = _table(
        ("Date", "Case", "Outcome", "Asked of", "Obligations", "In force", "Id"),
        (
            (
                phrases.bare_day(order.made),
                _linked(order.case.short, order.url),
                order.outcome.value,
                markdown(", ".join(addressees(order, obligations))),
                str(sum(obligation.order.id == order.id for obligation in obligations)),
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
    obligation = item.deadline.obligation
    case = obligation.order.case
    due = (phrases.short_day(item.deadline.due), *phrases.moved(item.deadline))
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    submission = (phrases.recorded(item), *((last_seen,) if last_seen else ()))
    return (
        markdown("; ".join(due)),
        phrases.days(item),
        _linked(case.short, obligation.order.url),
        markdown(", ".join(obligation.addressees)),
        markdown(obligation.summary),
        markdown("; ".join(submission)),
        markdown(obligation.alias or obligation.id),
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
    last_seen = phrases.last_seen(case, view.as_of)
    facts = [f"No. {case.number}", order.outcome.value]
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    if order.reaffirms:
        facts.append(f"reaffirms {', '.join(order.reaffirms)}")
    facts += [last_seen] if last_seen else []
    url = safe_url(order.url) if order.url else None
    link = f"  \n<{url}>" if url else ""
    rows = _table(_DUTIES, (_duty(view, status) for status in statuses))
    return f"## {title}\n\n{markdown(' · '.join(facts))}{link}\n\n{rows}"


def _duty(view: View, status: Status) -> tuple[str, ...]:
    obligation = status.obligation
    standing = phrases.timing(status, view.as_of)
    if status.current:
        prefix = f"{standing}; " if status.timing is Timing.ENDED else ""
        standing = f"{prefix}{phrases.deadline(status.current)}"
    return (
        markdown(obligation.point),
        markdown(", ".join(obligation.addressees)),
        markdown(obligation.summary),
        markdown(phrases.vote(obligation.votes)),
        markdown(phrases.time_limit(obligation.limit)),
        markdown(standing),
        "<br>".join(markdown(phrases.said(event)) for event in status.assessments),
        markdown(obligation.alias or obligation.id),
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
    """Render a link to a source; without an http(s) URL, render the text alone."""
    address = safe_url(url) if url else None
    return f"[{markdown(text)}](<{address}>)" if address else markdown(text)
