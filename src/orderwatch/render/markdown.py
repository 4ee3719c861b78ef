"""Render Markdown tables for editorial systems."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

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
from orderwatch.render import json, phrases
from orderwatch.render import layout as views
from orderwatch.render.layout import addressees
from orderwatch.render.sanitize import escape_markdown, safe_url
from orderwatch.translation import _

_DEADLINE_COLUMNS = ("Due", "Days", "Case", "Who", "What", "On record", "Id")
_OBLIGATION_COLUMNS = (
    "Point",
    "Who",
    "What",
    "Vote",
    "Time-limit",
    "Stands",
    "Assessments",
    "Id",
)


def status(view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render obligation statuses, or the overview, as tables."""
    if not overview:
        parts = [_obligation_table(view, *group) for group in views.group_by_order(statuses)]
        return _document(view, "Orders and their obligations", parts)
    summary = views.overview(view, statuses)
    return _document(
        view,
        "Deadlines and orders in force",
        [
            _section("To come", _deadline_table(view, summary.to_come)),
            _section("No date yet", _awaiting_table(summary.awaiting)),
            _section("Latest passed", _deadline_table(view, summary.passed)),
            _section(
                "Orders in force",
                _table(
                    ("Date", "Case", "Measures", "Kinds", "Id"),
                    (
                        (
                            phrases.bare_day(line.order.made),
                            _link(line.order.case.short, line.order.url),
                            str(line.measures),
                            escape_markdown(", ".join(line.kinds)),
                            escape_markdown(line.order.alias or line.order.id),
                        )
                        for line in summary.orders
                    ),
                ),
            ),
        ],
    )


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    return _document(view, "Deadlines to come", [_deadline_table(view, upcoming)])


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines as a table."""
    del total
    return _document(view, _("Deadlines"), [_deadline_table(view, items)])


def show(view: Provenance, dossier: CaseFile) -> str:
    """Render a dossier: a case, an order or an obligation."""
    case = dossier.case
    state = escape_markdown(phrases.case_state(case, view.as_of))
    parts = [f"{escape_markdown(case.title)}  \nNo. {case.number}: {state}\n"]
    if case.searched:
        parts.append(f"Record searched on {phrases.bare_day(case.searched)}.\n")
    if case.court and case.court.confidentiality:
        parts.append(f"{escape_markdown(case.court.confidentiality)}\n")
    for order in dossier.orders:
        group = [s for s in dossier.statuses if s.obligation.order.id == order.id]
        parts.append(_obligation_table(view, order, group))
        decisions = [d for d in dossier.decisions if d.order.id == order.id]
        if decisions:
            rows = (
                (
                    escape_markdown(d.point),
                    escape_markdown(d.summary),
                    escape_markdown(phrases.vote(d.votes)),
                )
                for d in decisions
            )
            parts.append(_table(("Point", "Decides", "Vote"), rows))
    for status in dossier.statuses:
        obligation = status.obligation
        if obligation.contested:
            text = escape_markdown(obligation.contested.text)
            parts.append(f"Contested, {escape_markdown(obligation.paragraph)}: {text}\n")
    parts.append(_section("On record", _event_table(dossier.events)))
    return _document(view, case.short, parts)


def explain(view: Provenance, schedules: Sequence[Schedule]) -> str:
    """Render how each date was computed, as lists."""
    parts = []
    for schedule in schedules:
        obligation = schedule.obligation
        limit = phrases.time_limit(obligation.limit)
        lines = [
            f"## {escape_markdown(f'{obligation.id}: {obligation.display_label}')}",
            "",
            f"{escape_markdown(obligation.summary)}  ",
            f"Time-limit: {escape_markdown(limit)}",
            "",
        ]
        for deadline in schedule.deadlines:
            lines += [f"### Due {phrases.long_day(deadline.due)}", ""]
            lines += [
                f"{number}. {escape_markdown(step)}"
                for number, step in enumerate(deadline.steps, 1)
            ]
            lines += ["", *(f"- {escape_markdown(note)}" for note in deadline.notes)]
            lines += [""] if deadline.notes else []
        lines += [f"- {escape_markdown(note)}" for note in schedule.notes]
        parts.append("\n".join(lines).rstrip() + "\n")
    return _document(view, "How the dates were computed", parts)


def events(view: Provenance, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    return _document(view, "Public record and log", [_event_table(events)])


def changes(view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int) -> str:
    """Render what register and log have gained or corrected as a table."""
    del total
    title = _("Changes since {day}").format(day=phrases.bare_day(since))
    rows = (
        (
            phrases.bare_day(item.day),
            item.origin.value,
            item.kind.value,
            escape_markdown(", ".join(item.ids)),
            escape_markdown(item.what),
            escape_markdown(item.was or ""),
            escape_markdown(item.why or ""),
        )
        for item in changes
    )
    heads = (_("Day"), _("In"), _("Change"), _("About"), _("What"), _("Was"), _("Why"))
    return _document(view, title, [_table(heads, rows)])


def orders(view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]) -> str:
    """Render the orders of the register as a table."""
    table = _table(
        ("Date", "Case", "Outcome", "Asked of", "Obligations", "In force", "Id"),
        (
            (
                phrases.bare_day(order.made),
                _link(order.case.short, order.url),
                order.outcome.value,
                escape_markdown(", ".join(addressees(order, obligations))),
                str(sum(obligation.order.id == order.id for obligation in obligations)),
                "yes" if order.in_force(view.as_of) else "no",
                escape_markdown(order.alias or order.id),
            )
            for order in orders
        ),
    )
    return _document(view, "Orders on provisional measures", [table])


def find(view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None) -> str:
    """Render the results of a search as a table, best first."""
    from orderwatch.render import hits as words

    del total
    table = _table(
        (_("Name"), _("Match"), _("Case"), _("Date or state")),
        (
            (
                escape_markdown(words.name(hit)),
                _link(words.label(hit), json.hit(hit)["url"]),
                escape_markdown(hit.case.short),
                words.state(hit),
            )
            for hit in hits
        ),
    )
    return _document(view, _("Matches of {query}").format(query=query), [table])


def _document(view: Provenance, title: str, parts: Iterable[str]) -> str:
    top = f"# {escape_markdown(title)}\n\n{escape_markdown(phrases.as_of(view))}. "
    if following := phrases.following(view):
        top += f"{escape_markdown(following)}. "
    foot = f"{phrases.caveat(view)}  \n{phrases.NO_JUDGE}\n"
    body = list(parts) or ["None.\n"]
    return "\n".join(
        [
            (
                f"{top}{escape_markdown(phrases.reviewed(view))} "
                f"{escape_markdown(phrases.log(view))}\n"
            ),
            *body,
            foot,
        ]
    )


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _deadline_table(view: Provenance, items: Iterable[DeadlineStatus]) -> str:
    return _table(_DEADLINE_COLUMNS, (_deadline_row(view, item) for item in items))


def _deadline_row(view: Provenance, item: DeadlineStatus) -> tuple[str, ...]:
    obligation = item.deadline.obligation
    case = obligation.order.case
    due = (phrases.short_day(item.deadline.due), *phrases.date_remarks(item.deadline))
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    submission = (
        phrases.submission_or_none(item),
        *((last_seen,) if last_seen else ()),
    )
    return (
        escape_markdown("; ".join(due)),
        phrases.days_left(item),
        _link(case.short, obligation.order.url),
        escape_markdown(", ".join(obligation.addressees)),
        escape_markdown(obligation.summary),
        escape_markdown("; ".join(submission)),
        escape_markdown(obligation.alias or obligation.id),
    )


def _awaiting_table(items: Iterable[Status]) -> str:
    return _table(
        ("Waits for", "Case", "Who", "What", "Time-limit", "Id"),
        (
            (
                escape_markdown(item.awaiting or ""),
                _link(item.obligation.order.case.short, item.obligation.order.url),
                escape_markdown(", ".join(item.obligation.addressees)),
                escape_markdown(item.obligation.summary),
                escape_markdown(phrases.time_limit(item.obligation.limit)),
                escape_markdown(item.obligation.alias or item.obligation.id),
            )
            for item in items
        ),
    )


def _obligation_table(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    case = order.case
    title = escape_markdown(f"{case.short}, order of {phrases.bare_day(order.made)}")
    last_seen = phrases.last_seen(case, view.as_of)
    facts = [f"No. {case.number}", order.outcome.value]
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    if order.reaffirms:
        facts.append(f"reaffirms {', '.join(order.reaffirms)}")
    facts += [last_seen] if last_seen else []
    url = safe_url(order.url) if order.url else None
    link = f"  \n<{url}>" if url else ""
    rows = _table(_OBLIGATION_COLUMNS, (_obligation_row(view, status) for status in statuses))
    return f"## {title}\n\n{escape_markdown(' · '.join(facts))}{link}\n\n{rows}"


def _obligation_row(view: Provenance, status: Status) -> tuple[str, ...]:
    obligation = status.obligation
    standing = phrases.timing(status, view.as_of)
    if status.current:
        prefix = f"{standing}; " if status.timing is Timing.ENDED else ""
        standing = f"{prefix}{phrases.deadline(status.current)}"
    return (
        escape_markdown(obligation.point),
        escape_markdown(", ".join(obligation.addressees)),
        escape_markdown(f"{obligation.display_label}: {obligation.summary}"),
        escape_markdown(phrases.vote(obligation.votes)),
        escape_markdown(phrases.time_limit(obligation.limit)),
        escape_markdown(standing),
        "<br>".join(escape_markdown(phrases.assessment(event)) for event in status.assessments),
        escape_markdown(obligation.alias or obligation.id),
    )


def _notes(event: Event) -> Iterator[str]:
    """Yield what an event answers, what a later entry did to it, and why it is void."""
    if event.answers:
        yield f"answers {event.answers}"
    yield from filter(None, (event.amended_by, event.void))


def _event_table(events: Sequence[Event]) -> str:
    return _table(
        ("Date", "Who says so", "Kind", "What", "About"),
        (
            (
                phrases.short_day(event.on),
                escape_markdown(f"{event.speaker} ({phrases.ROLES[event.role]})"),
                event.kind.value,
                _link(event.summary, event.source)
                + "".join(escape_markdown(f" ({note})") for note in _notes(event)),
                escape_markdown(", ".join(event.about)),
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


def _link(text: str, url: str | None) -> str:
    """Render a link to a source; without an http(s) URL, render the text alone."""
    address = safe_url(url) if url else None
    return f"[{escape_markdown(text)}](<{address}>)" if address else escape_markdown(text)
