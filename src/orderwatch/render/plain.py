"""Render plain text for pipes, mail and screen readers: `field: value`, untruncated.

A block is the list of the fields of an item; the terminal shows the same blocks.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from orderwatch.fs import ReplaceResult
from orderwatch.model import (
    Case,
    CaseFile,
    DeadlineStatus,
    Decision,
    Event,
    FactChange,
    Hit,
    Obligation,
    Order,
    Provenance,
    RecordChange,
    RegisterStatus,
    Schedule,
    Source,
    Status,
    TreeHead,
)
from orderwatch.render import layout as views
from orderwatch.render import phrases
from orderwatch.render.layout import OrderLine, addressees
from orderwatch.render.sanitize import sanitize

if TYPE_CHECKING:
    from orderwatch.model.entry import (
        AppendedEntry,
        Appointment,
        Authority,
        ImportResult,
        StoredEntry,
        VerificationReport,
    )
    from orderwatch.render import documents

Field = tuple[str, str | None]
Block = list[Field]
CheckRow = tuple[str, str, str, str | None]
"""Check, state, finding, and advice if there is any."""


def status(view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render obligation statuses; of an overview, deadlines and orders in force."""
    if not overview:
        parts = [status_block(view, item) for item in statuses]
        return render_blocks(view, parts or [[("obligations", "none")]])
    summary = views.overview(view, statuses)
    return render_blocks(
        view,
        [
            [("section", "to come"), ("deadlines", str(len(summary.to_come)))],
            *(deadline_block(view, item) for item in summary.to_come),
            *(awaiting_block(item) for item in summary.awaiting),
            [("section", "latest passed"), ("deadlines", str(len(summary.passed)))],
            *(deadline_block(view, item) for item in summary.passed),
            [
                ("section", "orders in force"),
                ("orders", str(len(summary.orders))),
                *(("order", order_line(line)) for line in summary.orders),
            ],
        ],
    )


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    parts = [deadline_block(view, item) for item in upcoming]
    return render_blocks(view, parts or [[("deadlines to come", "none")]])


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines, a block each."""
    del total
    parts = [deadline_block(view, item) for item in items]
    return render_blocks(view, parts or [[("deadlines", "none")]])


def show(view: Provenance, dossier: CaseFile) -> str:
    """Render a dossier: a case, an order or an obligation."""
    parts = [case_block(view, dossier.case)]
    for order in dossier.orders:
        parts.append(order_block(view, order))
        parts += [decision_block(item) for item in dossier.decisions if item.order.id == order.id]
        parts += [
            status_details(view, item)
            for item in dossier.statuses
            if item.obligation.order.id == order.id
        ]
    parts += [event_block(item) for item in dossier.events]
    return render_blocks(view, parts)


def explain(view: Provenance, schedules: Sequence[Schedule]) -> str:
    """Render how each date was computed."""
    parts = [block for schedule in schedules for block in explanation_blocks(schedule)]
    return render_blocks(view, parts or [[("obligations", "none")]])


def events(view: Provenance, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    # A generator, so that blocks of a large log are not held in memory at once.
    parts = (event_block(event) for event in events)
    return render_blocks(view, parts if events else [[("events", "none")]])


def changes(view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int) -> str:
    """Render what register and log have gained or corrected, a block each."""
    del total
    blocks: list[Block] = [[("changes since", str(since))], *map(change_block, changes)]
    return render_blocks(view, blocks if changes else [[*blocks[0], ("changes", "none")]])


def register_diff(changes: Sequence[FactChange]) -> str:
    """Render what differs between two registers, a block for each fact."""
    blocks: list[Block] = [
        [
            ("difference", item.kind.value),
            (item.part, item.id if item.id != item.part else None),
            ("field", item.field),
            ("was", item.was),
            ("now", item.now),
        ]
        for item in changes
    ]
    none: Block = [("differences", "none")]
    return "\n".join(map(render_block, blocks or [none]))


def register_status(status: RegisterStatus) -> str:
    """Render the register in use, and where releases come from."""
    release = None if status.release is None else str(status.release)
    return render_block(
        [
            ("register", status.origin.value),
            *(("path", path) for path in status.paths),
            ("note", status.note),
            ("release", release),
            ("next review", str(status.next_review) if status.next_review else None),
            ("register reviewed", str(status.reviewed)),
            ("decisions seen to", str(status.seen_to) if status.seen_to else "not seen"),
            ("age", phrases.count(status.age_days, "day")),
            ("sha256", status.sha256),
            ("channel", status.channel or "none: releases.key is not set"),
            ("channel from", status.address or "not set"),
            ("newest release seen", str(status.newest_seen) if status.newest_seen else "none"),
            ("installed", ", ".join(map(str, status.installed)) or "none"),
            ("rolled back", str(status.rolled_back) if status.rolled_back else None),
        ]
    )


def change_block(item: RecordChange) -> Block:
    """Build the block of a change."""
    return [
        ("day", f"{item.day} ({phrases.long_day(item.day)})"),
        ("in", "register" if item.entry is None else f"log, entry {item.entry}"),
        ("change", item.kind.value if item.counts else f"{item.kind.value}, without effect"),
        ("about", join_names(item.ids)),
        ("what", item.what),
        ("was", item.was),
        ("why", item.why),
        ("moves the deadline to", str(item.moved_to) if item.moved_to else None),
        ("recorder", item.recorder),
    ]


def orders(view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]) -> str:
    """Render the orders of the register as a list."""
    parts: list[Block] = [
        [
            ("id", order.id),
            ("alias", order.alias),
            ("case", f"{order.case.short} (No. {order.case.number})"),
            ("date", str(order.made)),
            ("outcome", order.outcome.value),
            ("title", order.title),
            ("addressees", join_names(addressees(order, obligations)) or "none"),
            (
                "obligations",
                str(sum(obligation.order.id == order.id for obligation in obligations)),
            ),
            ("document", order.document),
            ("url", order.url),
            ("in force", yes_or_no(in_force=order.in_force(view.as_of))),
        ]
        for order in orders
    ]
    return render_blocks(view, parts or [[("orders", "none")]])


def find(view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None) -> str:
    """Render the results of a search, best first."""
    from orderwatch.render import hits as words

    parts: list[Block] = [
        [
            ("match", words.label(hit)),
            ("type", hit.type),
            ("id", hit.id),
            ("alias", hit.alias),
            ("case", f"{hit.case.short} (No. {hit.case.number})"),
            ("about", join_names(hit.event.about) if hit.event else None),
            ("date", str(hit.day) if hit.day else None),
            ("in force", None if hit.event else yes_or_no(in_force=hit.in_force)),
            ("next date", str(hit.due) if hit.due else None),
        ]
        for hit in hits
    ]
    top: Block = [("query", query), ("matches", str(len(hits) if total is None else total))]
    return render_blocks(view, [top, *parts])


def log_entry(entry: "StoredEntry", leaf: bytes) -> str:
    """Render an entry of the log and its leaf hash."""
    from orderwatch.model.entry import amended_by, appointment_phrase

    header = entry.header
    block: Block = [
        ("entry", str(entry.seq)),
        ("id", header.id),
        ("does", header.kind.value),
        ("target", header.target),
        ("recorded", f"{header.recorded:%Y-%m-%d %H:%M:%S} UTC"),
        ("recorder", header.recorder),
        ("signed by", header.key or "nobody"),
        ("leaf (SHA-256)", b64encode(leaf).decode()),
        ("payload (SHA-256, salted)", header.payload),
        ("private", "yes" if entry.private else None),
        ("why", entry.why),
        ("rank", appointment_phrase(entry.appointment) if entry.appointment else None),
        ("text", "redacted: it is gone" if entry.redacted else None),
        ("text", "withheld: an import can bring it" if entry.withheld else None),
        ("later", amended_by(entry)),
    ]
    parts = [block, event_block(entry.event)] if entry.event else [block]
    return "\n".join(render_block(part) for part in parts)


def appended(result: "AppendedEntry", action: str) -> str:
    """Render the place of a new entry, what its event counts for, and the root of the log."""
    counts = f"It {result.effect.text}.\n" if result.effect else ""
    return (
        f"Entry {result.seq} {action} ({result.id}).\n{counts}"
        f"The log has {phrases.count(result.size, 'entry', 'entries')},"
        f" root {b64encode(result.root).decode()}\n"
    )


def imported(result: "ImportResult", *, dry_run: bool) -> str:
    """Render what an import added to the log, and who signed what it amends."""
    count = phrases.count
    added, size = (count(number, "entry", "entries") for number in (result.added, result.size))
    filled = f", {result.filled} of them filled in" if result.filled else ""
    withheld = f" ({result.withheld} withheld)" if result.withheld else ""
    lines = [f"{added} added, {result.skipped} already there{filled}."]
    if dry_run:
        lines += [
            f"{sanitize(item.recorder)} recorded {count(item.count, 'entry', 'entries')}"
            f" ({_signer(item.key)})."
            for item in result.recorders
        ]
    lines += [
        f"A {item.kind} of entry {item.target} by {sanitize(item.recorder)} ({_signer(item.key)})"
        f"{'.' if item.counts else ': without effect.'}"
        for item in result.amendments
    ]
    lines += [
        f"{item.key} becomes {item.rank} of this log."
        for item in result.appointments
        if item.counts
    ]
    if others := len([item for item in result.appointments if not item.counts]):
        lines.append(
            f"{count(others, 'entry', 'entries')} of kind recorder without effect: only this log's"
            " owner says who edits it."
        )
    if dry_run and (
        any(item.foreign for item in result.amendments)
        or any(item.counts for item in result.appointments)
    ):
        lines.append("Entries of others would be amended: such an import needs --effects.")
    root = b64encode(result.root).decode()
    end = f"log has {size}{withheld}, root {root}"
    lines.append(
        f"Nothing was changed; the {end} after such an import" if dry_run else f"The {end}"
    )
    return "\n".join(lines) + "\n"


def _signer(key: str | None) -> str:
    return f"signed by {key}" if key else "not signed"


def verified(
    report: "VerificationReport", *, files: int, checkpoints: int, keys: int, is_file: bool
) -> str:
    """Render what was recomputed, and matches; one of the keys signed each checkpoint."""
    count = phrases.count
    removals = f"{report.redacted} redacted"
    if report.withheld:
        removals += f", {report.withheld} withheld{' from the file' if is_file else ''}"
    compared = count(checkpoints, "checkpoint")
    if keys:
        compared += f" ({phrases.signed_by(keys)})"
    return (
        f"Everything matches: {count(report.size, 'entry', 'entries')} ({removals}), "
        f"{count(files, 'file')}, {compared}, root {b64encode(report.root).decode()}\n"
    )


def proof(entry: bytes, seq: int, size: int, origin: str, *, keys: int) -> str:
    """Render a proof that holds, and its entry; anybody can have written that."""
    signatures = phrases.signed_by(keys) if keys else "its signatures not checked"
    return (
        f"The proof holds: entry {seq} of {size} in the log "
        f"{sanitize(origin)} ({signatures}).\n"
        f"{sanitize(entry.decode(errors='backslashreplace'))}\n"
    )


def published(folder: str, result: ReplaceResult) -> str:
    """Render what changed in a published folder."""
    return (
        f"{sanitize(folder)}: {phrases.count(result.files, 'file')}, {result.changed} new or "
        f"changed, {result.removed} removed\n"
    )


def backup(head: TreeHead, files: int) -> str:
    """Render what a backup contains."""
    return (
        f"{phrases.count(head.size, 'entry', 'entries')}, {phrases.count(files, 'file')},"
        f" root {b64encode(head.root).decode()}; everything was verified"
    )


def recorders(
    authority: "Authority", appointments: Sequence[tuple[int, "Appointment"]], home: str | None
) -> str:
    """Render the owner and the editors of a log, and the key of the home."""
    from orderwatch.render.json import recorder_rows

    blocks: list[Block] = [
        [
            (row["rank"].value, row["key"]),
            ("name", row["name"]),
            ("since", f"entry {row['entry']}" if row["entry"] else "the log was made"),
            ("note", "the key of this home" if row["home"] else None),
        ]
        for row in recorder_rows(authority, appointments, home)
    ] or [[("owner", "none: the log was made without a key")]]
    if authority.owner != home and home not in authority.editors:
        blocks.append([("this home", home or "no key yet: the first entry makes it")])
    return "\n".join(render_block(block) for block in blocks)


def settings(settings: Iterable[tuple[str, str | None, str]]) -> str:
    """Render settings: the name, value and source of each."""
    return render_block(
        [(name, f"{value or 'not set'} (from {source})") for name, value, source in settings]
    )


def reminders(rows: Iterable["documents.Reminder"]) -> str:
    """Render one block per sent reminder, or a line if there are none."""
    parts: list[Block] = [
        [
            ("said", phrases.timestamp(row["said"])),
            ("to", f"{row['recipient']} ({row['channel']})"),
            ("deadline", row["deadline"]),
            ("due", str(row["due"])),
            ("reminder", row["reminder"]),
            ("message", row["message"]),
        ]
        for row in rows
    ]
    parts = parts or [[("reminders said", "none")]]
    return "\n".join(render_block(part) for part in parts)


def explanation_blocks(schedule: Schedule) -> list[Block]:
    """Build the block of an obligation, and one for each of its dates."""
    obligation = schedule.obligation
    head: Block = [
        ("id", obligation.id),
        ("label", obligation.display_label),
        ("paragraph", obligation.paragraph),
        ("case", f"{obligation.order.case.short} (No. {obligation.order.case.number})"),
        ("summary", obligation.summary),
        ("time limit", phrases.time_limit(obligation.limit)),
        *(("note", note) for note in schedule.notes),
    ]
    dates: list[Block] = [
        [
            ("deadline", deadline.id),
            ("due", f"{deadline.due} ({phrases.long_day(deadline.due)})"),
            *(("step", step) for step in deadline.steps),
            *(("note", note) for note in deadline.notes),
        ]
        for deadline in schedule.deadlines
    ]
    return [head, *dates]


def render_blocks(view: Provenance, blocks: Iterable[Block]) -> str:
    """Render a whole result: a block on the snapshot, then the given blocks."""
    top: Block = [
        ("about", phrases.title(view)),
        ("as of", f"{view.as_of} ({phrases.long_day(view.as_of)}, {view.time_zone})"),
        ("known on", str(view.known_on) if view.known_on else None),
        ("follow", phrases.following(view)),
        ("register reviewed", str(view.reviewed)),
        ("register release", str(view.release) if view.release else None),
        ("note", view.register_note),
        ("note", phrases.STALE if view.stale else None),
        ("decisions seen to", str(view.seen_to) if view.seen_to else "not seen"),
        ("log entries", str(view.log.size)),
        ("log root", phrases.log_root(view)),
        ("note", phrases.caveat(view)),
        ("note", phrases.NO_JUDGE),
    ]
    return "\n".join(render_block(block) for block in (top, *blocks))


def render_block(block: Block) -> str:
    """Render a block, one line per field; omit fields without a value."""
    return "".join(f"{name}: {sanitize(value)}\n" for name, value in block if value is not None)


def case_block(view: Provenance, item: Case) -> Block:
    """Build the block of a case."""
    return [
        ("case", f"{item.short} (No. {item.number})"),
        ("title", item.title),
        ("applicants", join_names(item.applicants)),
        ("respondents", join_names(item.respondents)),
        ("state", phrases.case_state(item, view.as_of)),
        ("state", phrases.state_text(item, view.as_of)),
        ("record searched", str(item.searched) if item.searched else None),
        ("reports", item.court.confidentiality if item.court else None),
        ("url", item.url),
        ("note", item.note),
        *source_fields(item.sources),
    ]


def order_block(view: Provenance, item: Order) -> Block:
    """Build the block of an order."""
    ending = item.ended if item.ended and item.ended.is_over_on(view.as_of) else None
    return [
        ("order", item.id),
        ("alias", item.alias),
        ("date", f"{item.made} ({phrases.long_day(item.made)})"),
        ("title", item.title),
        ("outcome", item.outcome.value),
        ("organ", item.organ),
        ("operative paragraph", str(item.paragraph) if item.paragraph else None),
        ("document", item.document),
        (
            "document number",
            item.document_grade and phrases.GRADES[item.document_grade],
        ),
        ("citation", item.citation),
        ("bench", f"{item.bench} judges" if item.bench else None),
        ("reaffirms", join_names(item.reaffirms)),
        ("modifies", join_names(item.modifies)),
        ("in force", yes_or_no(in_force=item.in_force(view.as_of))),
        ("measures", phrases.ending(ending) if ending else None),
        ("url", item.url),
        ("note", item.note),
        *source_fields(item.sources),
    ]


def decision_block(item: Decision) -> Block:
    """Build the block of a point that imposes no obligation."""
    return [
        ("point", item.point),
        ("decides", item.summary),
        ("kind", item.kind.value),
        ("votes", phrases.vote(item.votes)),
        ("grade", item.grade and phrases.GRADES[item.grade]),
        ("note", item.note),
        *source_fields(item.sources),
    ]


def order_line(item: OrderLine) -> str:
    """Format an order in force on one line."""
    alias = f" ({item.order.alias})" if item.order.alias else ""
    measures = phrases.count(item.measures, "measure")
    return f"{item.order.id}{alias}: {item.order.case.short}, {measures}: {', '.join(item.kinds)}"


def event_block(item: Event) -> Block:
    """Build the block of an event."""
    inferred = " (day worked out)" if item.inferred else ""
    return [
        ("event", item.id),
        ("on", f"{item.on} ({phrases.long_day(item.on)}){inferred}"),
        ("kind", item.kind.value),
        ("speaker", f"{item.speaker} ({phrases.ROLES[item.role]})"),
        ("by", join_names(item.by)),
        ("summary", item.summary),
        ("finding", item.finding),
        ("scale", item.scale),
        ("access", item.access),
        ("answers", item.answers),
        ("extends to", str(item.extends_to) if item.extends_to else None),
        ("trigger", item.trigger),
        ("ends", "what it is about has ended with it" if item.ends else None),
        ("about", join_names(item.about)),
        ("source", item.source or "none"),
        ("grade", item.grade and phrases.GRADES[item.grade]),
        *(("further source", url) for url in item.further),
        ("archive", item.archive),
        *(("attachment", f"{file.name} (sha256 {file.sha256})") for file in item.attachments),
        ("kept in", event_origin(item)),
        ("logged", phrases.recorded_by(item)),
        ("later", item.amended_by),
        ("effect", item.void),
    ]


def new_event(event: Event, obligations: Iterable[Obligation], *, private: bool) -> str:
    """Render an event before it is recorded, with the obligations that it cites."""
    hidden = {"event", "kept in", "logged"}
    block = [(name, value) for name, value in event_block(event) if name not in hidden]
    block += [("which is", phrases.obligation_line(item)) for item in obligations]
    return render_block([*block, ("private", "yes: never to be published" if private else None)])


def status_details(view: Provenance, item: Status) -> Block:
    """Build the block of an obligation with notes, grades and sources."""
    obligation = item.obligation
    block = status_block(view, item)
    block += [
        ("text", obligation.grade and phrases.GRADES[obligation.grade]),
        (
            "time limit",
            obligation.limit_grade and phrases.GRADES[obligation.limit_grade],
        ),
        ("note", obligation.note),
        *(("timing note", note) for note in item.notes),
    ]
    if obligation.contested:
        block.append(("contested", obligation.contested.text))
        block += source_fields(obligation.contested.sources, "contested source")
    return [*block, *source_fields(obligation.sources)]


def status_block(view: Provenance, item: Status) -> Block:
    """Build the block of an obligation and its status."""
    duty = item.obligation
    block: Block = [
        ("id", duty.id),
        ("alias", duty.alias),
        ("label", duty.display_label),
        ("case", f"{duty.order.case.short} (No. {duty.order.case.number})"),
        ("order of", phrases.bare_day(duty.order.made)),
        ("paragraph", duty.paragraph),
        ("url", duty.order.url),
        ("kind", ", ".join([duty.kind.value, *(kind.value for kind in duty.also)])),
        ("addressees", join_names(duty.addressees) or "none named"),
        ("summary", duty.summary),
        ("votes", phrases.vote(duty.votes)),
        ("time limit", phrases.time_limit(duty.limit)),
        ("in force", yes_or_no(in_force=item.in_force)),
        ("timing", item.timing.value),
    ]
    if not item.deadlines:
        block.append(("due", phrases.timing(item, view.as_of)))
    for found in item.deadlines:
        block += due_fields(found)
    block += [("assessment", phrases.assessment(event)) for event in item.assessments]
    block.append(("events on record", str(item.count)))
    seen = phrases.last_seen(duty.order.case, view.as_of)
    return [*block, ("state", seen)] if seen else block


def deadline_block(view: Provenance, item: DeadlineStatus) -> Block:
    """Build the block of a deadline with its obligation."""
    obligation = item.deadline.obligation
    case = obligation.order.case
    block: Block = [
        *due_fields(item),
        ("id", obligation.id),
        ("alias", obligation.alias),
        ("label", obligation.display_label),
        ("case", f"{case.short} (No. {case.number})"),
        ("addressees", join_names(obligation.addressees) or "none named"),
        ("summary", obligation.summary),
        ("time limit", phrases.time_limit(obligation.limit)),
        ("url", obligation.order.url),
    ]
    # After the day the case was last checked it may have ended: print that day.
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return [*block, ("state", last_seen)] if last_seen else block


def due_fields(item: DeadlineStatus) -> Block:
    """Build the fields of one deadline and its submission."""
    due = item.deadline.due
    return [
        ("due", f"{due} ({phrases.long_day(due)})"),
        ("days", phrases.days_left(item)),
        *(("date", remark) for remark in phrases.date_remarks(item.deadline)),
        ("on record", phrases.submission_or_none(item)),
    ]


def awaiting_block(status: Status) -> Block:
    """Build the block of an obligation that awaits its trigger."""
    obligation = status.obligation
    return [
        ("due", f"no date yet: waits for {status.awaiting}"),
        ("id", obligation.id),
        ("case", f"{obligation.order.case.short} (No. {obligation.order.case.number})"),
        ("addressees", join_names(obligation.addressees) or "none named"),
        ("summary", obligation.summary),
        ("time limit", phrases.time_limit(obligation.limit)),
    ]


def source_fields(entries: Iterable[Source], field: str = "source") -> Block:
    """Build one field per source, with its grade and title."""
    return [
        (
            field,
            f"{source.url} ({phrases.GRADES[source.grade]})"
            + (f", {source.title}" if source.title else ""),
        )
        for source in entries
    ]


def event_origin(event: Event) -> str:
    """Return where an event is recorded: log entry or public record."""
    return f"log, entry {event.seq}" if event.seq is not None else "public record"


def join_names(values: Iterable[str]) -> str | None:
    """Join names with commas, or return None if there are none."""
    return ", ".join(values) or None


def yes_or_no(*, in_force: bool) -> str:
    """Return "yes" or "no"."""
    return "yes" if in_force else "no"


def doctor(rows: Sequence[CheckRow]) -> str:
    """Render one block per check of `doctor`, and the result line."""
    parts = [
        render_block([("check", check), ("state", state), ("says", says), ("do", advice)])
        for check, state, says, advice in rows
    ]
    return "\n".join([*parts, render_block([("result", result_line(rows))])])


def result_line(rows: Sequence[CheckRow]) -> str:
    """Count and list the checks that failed; their rows may have scrolled away."""
    names = {state: [row[0] for row in rows if row[1] == state] for state in ("problem", "note")}
    problems, notes = names["problem"], names["note"]
    if not problems and not notes:
        return "All is well."
    problem_text = f"{phrases.count(len(problems), 'problem')} ({', '.join(problems)})"
    note_text = f"{phrases.count(len(notes), 'note')} ({', '.join(notes)})"
    parts = [
        problem_text if problems else "No problem",
        *([note_text] if notes else []),
    ]
    return f"{', '.join(parts)}."
