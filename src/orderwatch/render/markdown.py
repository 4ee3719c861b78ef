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
from orderwatch.render.layout import addressees, by_order
from orderwatch.render.sanitize import escape_markdown, safe_url
from orderwatch.translation import _, clauses, labelled, mark, ngettext

_WHAT = mark("What (our summary, not the Court's words)")


def status(
    view: Provenance,
    statuses: Sequence[Status],
    *,
    overview: bool,
    full: bool = False,
    empty: str | None = None,
) -> str:
    """Render obligation statuses, or the overview, as tables."""
    if not overview:
        parts = [
            _obligation_table(view, order, group) + (_contested(group) if full else "")
            for order, group in views.group_by_order(statuses)
        ]
        if empty and not parts:
            parts = [f"{escape_markdown(empty)}\n"]
        return _document(view, _("Orders and their obligations"), parts)
    summary = views.overview(view, statuses)
    return _document(
        view,
        _("Deadlines and orders in force"),
        [
            _section(_("Upcoming"), _deadline_table(view, summary.to_come)),
            _section(_("No date yet"), _awaiting_table(summary.awaiting)),
            _section(_("Latest passed"), _deadline_table(view, summary.passed)),
            _section(
                _("Orders in force"),
                _table(
                    (_("Date"), _("Case"), _("Measures"), _("Kinds"), _("Id")),
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
    return _document(view, _("Deadlines to come"), [_deadline_table(view, upcoming)])


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines as a table."""
    del total
    return _document(view, _("Deadlines"), [_deadline_table(view, items)])


def show(
    view: Provenance, case_file: CaseFile, *, sources: bool = False, limit: int | None = None
) -> str:
    """Render a case file: a case, an order or an obligation; sources are links."""
    del sources
    case = case_file.case
    state = escape_markdown(phrases.case_state(case, view.as_of))
    number = _("No. {number}").format(number=case.number)
    parts = [f"{escape_markdown(case.title)}  \n{number}: {state}\n"]
    if case.searched:
        text = _("Record searched on {day}.")
        parts.append(f"{text.format(day=phrases.bare_day(case.searched))}\n")
    if case.court and case.court.confidentiality:
        parts.append(f"{escape_markdown(case.court.confidentiality)}\n")
    for order in case_file.orders:
        group = [s for s in case_file.statuses if s.obligation.order.id == order.id]
        parts.append(_obligation_table(view, order, group))
        decisions = [d for d in case_file.decisions if d.order.id == order.id]
        if decisions:
            rows = (
                (
                    escape_markdown(d.point),
                    escape_markdown(d.summary),
                    escape_markdown(phrases.vote(d.votes)),
                )
                for d in decisions
            )
            parts.append(_table((_("Point"), _("Decides"), _("Vote")), rows))
    parts.append(_contested(case_file.statuses))
    own, others = views.split_events(case_file)
    parts.append(_section(_("On record"), _event_table(own[::-1][:limit])))
    if others:
        heading = _("On the order or the case")
        parts.append(_section(heading, _event_table(others[::-1][:limit])))
    return _document(view, case.short, filter(None, parts))


def _contested(statuses: Iterable[Status]) -> str:
    """Render the readings that are disputed."""
    return "\n".join(
        "{}\n".format(
            escape_markdown(
                _("Contested, {paragraph}: {text}").format(
                    paragraph=status.obligation.paragraph, text=status.obligation.contested.text
                )
            )
        )
        for status in statuses
        if status.obligation.contested
    )


def explain(view: Provenance, schedules: Sequence[Schedule], *, every: bool = True) -> str:
    """Render how each date was computed, as lists."""
    parts = []
    for item in schedules:
        schedule, hidden = (item, 0) if every else views.last_and_next(view, item)
        obligation = schedule.obligation
        limit = phrases.time_limit(obligation.limit)
        lines = [
            f"## {escape_markdown(labelled(obligation.id, obligation.display_label))}",
            "",
            f"{escape_markdown(obligation.summary)} \\[{_(phrases.OUR_SUMMARY)}\\]  ",
            _("Time-limit: {limit}").format(limit=escape_markdown(limit)),
            "",
        ]
        for deadline in schedule.deadlines:
            due = _("Due {day}").format(day=phrases.long_day(deadline.due))
            lines += [f"### {due}", ""]
            lines += [
                f"{number}. {escape_markdown(step)}"
                for number, step in enumerate(deadline.steps, 1)
            ]
            lines += ["", *(f"- {escape_markdown(note)}" for note in deadline.notes)]
            lines += [""] if deadline.notes else []
        lines += [f"- {escape_markdown(note)}" for note in schedule.notes]
        if hidden:
            more = ngettext("{n} more date: --all", "{n} more dates: --all", hidden)
            lines.append(f"- {more.format(n=hidden)}")
        parts.append("\n".join(lines).rstrip() + "\n")
    return _document(view, _("How the dates were computed"), parts)


def events(view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
    """Render the events of the public record and the log."""
    del total
    return "".join(event_chunks(view, events))


def event_chunks(view: Provenance, events: Iterable[Event]) -> Iterator[str]:
    """Yield the text of `events` a row at a time."""
    head, foot = _frame(view, _("Public record and log"))
    yield f"{head}\n"
    yield from _event_rows(events)
    yield f"\n{foot}"


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


def orders(
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
    *,
    total: int = 0,
) -> str:
    """Render the orders of the register as a table."""
    del total
    groups = by_order(obligations)
    table = _table(
        (
            *(_("Date"), _("Case"), _("Outcome"), _("Addressees"), _("Obligations")),
            *(_("In force"), _("Id")),
        ),
        (
            (
                phrases.bare_day(order.made),
                _link(order.case.short, order.url),
                escape_markdown(phrases.outcome(order)),
                escape_markdown(", ".join(addressees(groups[order.id]))),
                str(len(groups[order.id])),
                _("yes") if order.in_force(view.as_of) else _("no"),
                escape_markdown(order.alias or order.id),
            )
            for order in orders
        ),
    )
    return _document(view, _("Orders on provisional measures"), [table])


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
    head, foot = _frame(view, title)
    body = list(parts) or [f"{_('None.')}\n"]
    return "\n".join([head, *body, foot])


def _frame(view: Provenance, title: str) -> tuple[str, str]:
    """Return what stands before and after the parts of a document."""
    facts = [f"{phrases.as_of(view)}.", phrases.reviewed(view)]
    if following := phrases.following(view):
        facts.append(f"{following}.")
    if view.log.size:
        facts.append(phrases.log(view))
    if following := phrases.following(view):
        facts.insert(1, f"{following}.")
    remarks = [f"**{escape_markdown(line)}**" for line in phrases.data_remarks(view)]
    head = [f"# {escape_markdown(title)}", *remarks]
    notes = (phrases.caveat(view), _(phrases.NO_JUDGE), *phrases.translation_notes())
    foot = "  \n".join(notes) + "\n"
    top = "\n\n".join([*head, escape_markdown(" ".join(facts))])
    return f"{top}\n", foot


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _deadline_table(view: Provenance, items: Iterable[DeadlineStatus]) -> str:
    return _table(
        (
            *(_("Due"), _("Days"), _("Case"), _("Addressees"), _("Obligation"), _(_WHAT)),
            *(_("On record"), _("Id")),
        ),
        (_deadline_row(view, item) for item in items),
    )


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
        escape_markdown(clauses(due)),
        phrases.days_left(item),
        _link(case.short, obligation.order.url),
        escape_markdown(", ".join(obligation.addressees)),
        escape_markdown(obligation.display_label),
        escape_markdown(obligation.summary),
        escape_markdown(clauses(submission)),
        escape_markdown(obligation.alias or obligation.id),
    )


def _awaiting_table(items: Iterable[Status]) -> str:
    return _table(
        (
            *(_("Waits for"), _("Case"), _("Addressees"), _("Obligation"), _(_WHAT)),
            *(_("Time-limit"), _("Id")),
        ),
        (
            (
                escape_markdown(item.awaiting or ""),
                _link(item.obligation.order.case.short, item.obligation.order.url),
                escape_markdown(", ".join(item.obligation.addressees)),
                escape_markdown(item.obligation.display_label),
                escape_markdown(item.obligation.summary),
                escape_markdown(phrases.time_limit(item.obligation.limit)),
                escape_markdown(item.obligation.alias or item.obligation.id),
            )
            for item in items
        ),
    )


def _obligation_table(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    case = order.case
    title = _("{case}, order of {day}").format(case=case.short, day=phrases.bare_day(order.made))
    facts = [
        _("No. {number}").format(number=case.number),
        _("operative paragraph {n}").format(n=order.paragraph) if order.paragraph else None,
        phrases.force(order, view.as_of),
        phrases.earlier_orders(order),
        phrases.last_seen(case, view.as_of),
    ]
    url = safe_url(order.url) if order.url else None
    link = f"  \n<{url}>" if url else ""
    rows = _table(
        (
            *(_("Point"), _("Addressees"), _("Obligation"), _(_WHAT), _("Vote")),
            *(_("Time-limit"), _("Timing"), _("Assessments"), _("Id")),
        ),
        (_obligation_row(view, status) for status in statuses),
    )
    line = escape_markdown(" · ".join(filter(None, facts)))
    return f"## {escape_markdown(title)}\n\n{line}{link}\n\n{rows}"


def _obligation_row(view: Provenance, status: Status) -> tuple[str, ...]:
    obligation = status.obligation
    standing = phrases.timing(status, view.as_of)
    if status.current:
        prefix = f"{standing}; " if status.timing is Timing.ENDED else ""
        standing = f"{prefix}{phrases.deadline(status.current)}"
    return (
        escape_markdown(obligation.point),
        escape_markdown(", ".join(obligation.addressees)),
        escape_markdown(obligation.display_label),
        escape_markdown(obligation.summary),
        escape_markdown(phrases.vote(obligation.votes)),
        escape_markdown(phrases.time_limit(obligation.limit)),
        escape_markdown(standing),
        "<br>".join(escape_markdown(phrases.assessment(event)) for event in status.assessments),
        escape_markdown(obligation.alias or obligation.id),
    )


def _notes(event: Event) -> Iterator[str]:
    """Yield what an event answers, what a later entry did to it, and why it is void."""
    if event.answers:
        yield _("answers {event}").format(event=event.answers)
    yield from filter(None, (event.amended_by, event.void))


def _event_table(events: Iterable[Event]) -> str:
    return "".join(_event_rows(events))


def _event_rows(events: Iterable[Event]) -> Iterator[str]:
    heads = (_("Date"), _("Speaker"), _("Kind"), _(_WHAT), _("About"))
    rows = (
        (
            phrases.short_day(event.on),
            escape_markdown(phrases.speaker(event)),
            event.kind.value,
            _link(event.summary, event.source)
            + "".join(escape_markdown(f" ({note})") for note in _notes(event)),
            escape_markdown(", ".join(event.about)),
        )
        for event in events
    )
    return _table_rows(heads, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(_table_rows(columns, rows))


def _table_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    is_empty = True
    for row in rows:
        if is_empty:
            yield f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
            is_empty = False
        yield f"| {' | '.join(row)} |\n"
    if is_empty:
        yield f"{_('None.')}\n"


def _link(text: str, url: str | None) -> str:
    """Render a link to a source; without an http(s) URL, render the text alone."""
    address = safe_url(url) if url else None
    return f"[{escape_markdown(text)}](<{address}>)" if address else escape_markdown(text)
