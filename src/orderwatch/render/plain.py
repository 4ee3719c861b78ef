"""Render plain text for pipes, mail and screen readers: `field: value`, untruncated.

A block is the list of the fields of an item; the terminal shows the same blocks.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
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
from orderwatch.render.layout import OrderLine, addressees, by_order
from orderwatch.render.sanitize import sanitize
from orderwatch.translation import _, labelled, mark, ngettext

if TYPE_CHECKING:
    from orderwatch.model.entry import (
        AppendedEntry,
        Appointment,
        Authority,
        ImportResult,
        Shortfall,
        StoredEntry,
        VerificationReport,
    )
    from orderwatch.model.proof import Attested, Cosigned, Stamp, Trust
    from orderwatch.render import documents

Field = tuple[str, str | None]
"""Name in English, translated when it is printed, and value."""
Block = list[Field]
CheckRow = tuple[str, str, str, str | None]
"""Check, state, finding, and advice if there is any."""


def status(
    view: Provenance,
    statuses: Sequence[Status],
    *,
    overview: bool,
    full: bool = False,
    empty: str | None = None,
) -> str:
    """Render obligation statuses; of an overview, deadlines and orders in force."""
    if not overview:
        build = status_details if full else status_block
        parts = [build(view, item) for item in statuses]
        return render_blocks(view, parts or _nothing(mark("obligations"), empty), summaries=True)
    summary = views.overview(view, statuses)
    return render_blocks(
        view,
        [
            [(mark("section"), _("upcoming")), (mark("deadlines"), str(len(summary.to_come)))],
            *(deadline_block(view, item) for item in summary.to_come),
            *(awaiting_block(item) for item in summary.awaiting),
            [(mark("section"), _("latest passed")), (mark("deadlines"), str(len(summary.passed)))],
            *(deadline_block(view, item) for item in summary.passed),
            [
                (mark("section"), _("orders in force")),
                (mark("orders"), str(len(summary.orders))),
                *((mark("order"), order_line(line)) for line in summary.orders),
            ],
        ],
        summaries=True,
    )


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    parts = [deadline_block(view, item) for item in upcoming]
    return render_blocks(view, parts or _nothing(mark("deadlines to come")), summaries=True)


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines, a block each."""
    del total
    parts = [deadline_block(view, item) for item in items]
    return render_blocks(view, parts or _nothing(mark("deadlines")), summaries=True)


def show(
    view: Provenance, case_file: CaseFile, *, sources: bool = False, limit: int | None = None
) -> str:
    """Render a case file: a case, an order or an obligation; sources are always in full."""
    del sources
    return "".join(show_chunks(view, case_file, limit=limit))


def show_chunks(
    view: Provenance, case_file: CaseFile, *, limit: int | None = None
) -> Iterator[str]:
    """Yield the text of `show` a block at a time."""
    return _chunks(view, _case_file_blocks(view, case_file, limit), summaries=True)


def _case_file_blocks(view: Provenance, case_file: CaseFile, limit: int | None) -> Iterator[Block]:
    yield case_block(view, case_file.case)
    for order in case_file.orders:
        yield order_block(view, order)
        yield from (decision_block(x) for x in case_file.decisions if x.order.id == order.id)
        for item in case_file.statuses:
            if item.obligation.order.id == order.id:
                yield status_details(view, item)
    own, others = views.split_events(case_file)
    for heading, group in ((_("on record"), own), (_("on the order or the case"), others)):
        if group or heading == _("on record"):
            yield [(mark("section"), heading), (mark("events"), str(len(group)))]
        yield from map(event_block, group[::-1][:limit])


def explain(view: Provenance, schedules: Sequence[Schedule], *, every: bool = True) -> str:
    """Render how each date was computed."""
    parts = [block for schedule in schedules for block in _explanation(view, schedule, every=every)]
    return render_blocks(view, parts or _nothing(mark("obligations")), summaries=True)


def events(view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
    """Render the events of the public record and the log."""
    del total
    return "".join(event_chunks(view, events))


def event_chunks(view: Provenance, events: Sequence[Event]) -> Iterator[str]:
    """Yield the text of `events` a block at a time."""
    parts = map(event_block, events) if events else _nothing(mark("events"))
    return _chunks(view, parts, summaries=True)


def changes(view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int) -> str:
    """Render what register and log have gained or corrected, a block each."""
    del total
    blocks: list[Block] = [[(mark("changes since"), str(since))], *map(change_block, changes)]
    return render_blocks(view, blocks if changes else [[*blocks[0], (mark("changes"), _("none"))]])


def register_diff(changes: Sequence[FactChange]) -> str:
    """Render what differs between two registers, a block for each fact."""
    blocks: list[Block] = [
        [
            (mark("difference"), item.kind.value),
            (item.part, item.id if item.id != item.part else None),
            (mark("field"), item.field),
            (mark("was"), item.was),
            (mark("now"), item.now),
        ]
        for item in changes
    ]
    none: Block = [(mark("differences"), _("none"))]
    return "\n".join(map(render_block, blocks or [none]))


def register_status(status: RegisterStatus) -> str:
    """Render the register in use, and where releases come from."""
    release = None if status.release is None else str(status.release)
    return render_block(
        [
            (mark("register"), status.origin.value),
            *((mark("path"), path) for path in status.paths),
            (mark("note"), status.note),
            (mark("release"), release),
            (mark("next review"), str(status.next_review) if status.next_review else None),
            (mark("register reviewed"), str(status.reviewed)),
            (mark("decisions seen to"), str(status.seen_to) if status.seen_to else _("not seen")),
            (
                mark("age"),
                ngettext("{n} day", "{n} days", status.age_days).format(n=status.age_days),
            ),
            (mark("sha256"), status.sha256),
            (mark("channel"), status.channel or _("none: releases.key is not set")),
            (mark("channel from"), status.address or _("not set")),
            (
                mark("newest release seen"),
                str(status.newest_seen) if status.newest_seen else _("none"),
            ),
            (mark("installed"), ", ".join(map(str, status.installed)) or _("none")),
            (mark("rolled back"), str(status.rolled_back) if status.rolled_back else None),
        ]
    )


def change_block(item: RecordChange) -> Block:
    """Build the block of a change."""
    return [
        (mark("day"), f"{item.day} ({phrases.long_day(item.day)})"),
        (
            mark("in"),
            _("register") if item.entry is None else _("log, entry {n}").format(n=item.entry),
        ),
        (mark("change"), change_kind(item)),
        (mark("about"), join_names(item.ids)),
        (mark("what"), item.what),
        (mark("was"), item.was),
        (mark("why"), item.why),
        (mark("moves the deadline to"), str(item.moved_to) if item.moved_to else None),
        (mark("recorder"), item.recorder),
    ]


def change_kind(item: RecordChange) -> str:
    """Return the kind of a change, and whether it is without effect."""
    kind = item.kind.value
    return kind if item.counts else _("{kind}, without effect").format(kind=kind)


def orders(
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
    *,
    total: int = 0,
) -> str:
    """Render the orders of the register as a list."""
    del total
    groups = by_order(obligations)
    parts: list[Block] = [
        [
            (mark("id"), order.id),
            (mark("alias"), order.alias),
            (mark("case"), phrases.case_name(order.case)),
            (mark("date"), str(order.made)),
            (mark("in force"), yes_or_no(in_force=order.in_force(view.as_of))),
            (mark("outcome"), phrases.outcome(order)),
            (mark("title"), order.title),
            (mark("addressees"), join_names(addressees(groups[order.id])) or _("none named")),
            (mark("obligations"), str(len(groups[order.id]))),
            (mark("document"), order.document),
            (mark("url"), order.url),
        ]
        for order in orders
    ]
    return render_blocks(view, parts or _nothing(mark("orders")))


def _nothing(name: str, sentence: str | None = None) -> list[Block]:
    return [[(name, _("none")), (mark("note"), sentence)]]


def _explanation(view: Provenance, schedule: Schedule, *, every: bool) -> list[Block]:
    """Build the blocks of a schedule; unless `every`, of its last and next date."""
    if every:
        return explanation_blocks(schedule)
    shown, hidden = views.last_and_next(view, schedule)
    head, *dates = explanation_blocks(shown)
    more = ngettext("{n} more date: --all", "{n} more dates: --all", hidden).format(n=hidden)
    return [[*head, (mark("note"), more if hidden else None)], *dates]


def find(view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None) -> str:
    """Render the results of a search, best first."""
    from orderwatch.render import hits as words

    parts: list[Block] = [
        [
            (mark("match"), words.label(hit)),
            (mark("type"), hit.type),
            (mark("id"), hit.id),
            (mark("alias"), hit.alias),
            (mark("case"), phrases.case_name(hit.case)),
            (mark("about"), join_names(hit.event.about) if hit.event else None),
            (mark("date"), str(hit.day) if hit.day else None),
            (mark("in force"), None if hit.event else yes_or_no(in_force=hit.in_force)),
            (mark("next date"), str(hit.due) if hit.due else None),
        ]
        for hit in hits
    ]
    top: Block = [
        (mark("query"), query),
        (mark("matches"), str(len(hits) if total is None else total)),
    ]
    return render_blocks(view, [top, *parts], summaries=True)


def handover_block(entry: "StoredEntry") -> Block:
    """Build the block of a handover: who gave what to whom, and who recorded it."""
    content = entry.handover
    recorded = _("entry {n}, {moment} by {recorder}").format(
        n=entry.seq,
        moment=phrases.timestamp(entry.header.recorded),
        recorder=entry.header.recorder,
    )
    if content is None:
        return [(mark("handover"), _("redacted or withheld")), (mark("recorded"), recorded)]
    return [
        (mark("handover"), str(content.date)),
        (mark("from"), content.giver),
        (mark("to"), content.receiver),
        (mark("what"), content.what),
        (mark("file (SHA-256)"), content.file),
        (mark("recorded"), recorded),
        (mark("signed by"), entry.header.key or _("no key")),
    ]


def log_entry(entry: "StoredEntry", leaf: bytes, custody: "Sequence[StoredEntry]" = ()) -> str:
    """Render an entry of the log, its leaf hash, and its handovers."""
    block = log_entry_block(entry, leaf)
    parts = [block, event_block(entry.event)] if entry.event else [block]
    parts += map(handover_block, custody)
    return "\n".join(render_block(part) for part in parts)


def log_entry_block(entry: "StoredEntry", leaf: bytes) -> Block:
    """Build the block of an entry of the log: its header and its hashes."""
    from orderwatch.model.entry import amended_by, appointment_phrase, handover_phrase

    header = entry.header
    return [
        (mark("entry"), str(entry.seq)),
        (mark("id"), header.id),
        (mark("does"), header.kind.value),
        (mark("target"), header.target),
        (mark("recorded"), f"{header.recorded:%Y-%m-%d %H:%M:%S} UTC"),
        (mark("recorder"), header.recorder),
        (mark("signed by"), header.key or _("no key")),
        (mark("leaf (SHA-256)"), b64encode(leaf).decode()),
        (mark("payload (SHA-256, salted)"), header.payload),
        (mark("private"), _("yes") if entry.private else None),
        (mark("why"), entry.why),
        (mark("rank"), appointment_phrase(entry.appointment) if entry.appointment else None),
        (mark("handover"), handover_phrase(entry.handover) if entry.handover else None),
        (mark("file (SHA-256)"), entry.handover.file if entry.handover else None),
        (mark("text"), _("redacted") if entry.redacted else None),
        (mark("text"), _("withheld: a later import can fill it in") if entry.withheld else None),
        (mark("later"), amended_by(entry)),
    ]


def appended(result: "AppendedEntry", action: str) -> str:
    """Render the place of a new entry, what its event counts for, and the root of the log."""
    lines = [_("Entry {n} {action} ({id}).").format(n=result.seq, action=action, id=result.id)]
    if result.effect:
        lines.append(_("It {effect}.").format(effect=result.effect.text))
    lines.append(
        _("The log has {entries}, root {root}").format(
            entries=phrases.entries(result.size), root=b64encode(result.root).decode()
        )
    )
    return "\n".join(lines) + "\n"


def imported(result: "ImportResult", *, dry_run: bool) -> str:
    """Render what an import added to the log, and who signed what it amends."""
    added = ngettext("{n} entry added", "{n} entries added", result.added).format(n=result.added)
    text = _("{added}, {n} already there.")
    if result.filled:
        text = _("{added}, {n} already there, {filled} of them filled in.")
    lines = [text.format(added=added, n=result.skipped, filled=result.filled)]
    if dry_run:
        lines += [
            _("{recorder} recorded {entries} ({signer}).").format(
                recorder=sanitize(item.recorder),
                entries=phrases.entries(item.count),
                signer=_signer(item.key),
            )
            for item in result.recorders
        ]
    for item in result.amendments:
        text = _("A {kind} of entry {entry} by {recorder} ({signer}).")
        if not item.counts:
            text = _("A {kind} of entry {entry} by {recorder} ({signer}): without effect.")
        lines.append(
            text.format(
                kind=item.kind,
                entry=item.target,
                recorder=sanitize(item.recorder),
                signer=_signer(item.key),
            )
        )
    lines += [
        _("{key} becomes {rank} of this log.").format(key=item.key, rank=item.rank)
        for item in result.appointments
        if item.counts
    ]
    if others := len([item for item in result.appointments if not item.counts]):
        lines.append(
            ngettext(
                "{n} entry of kind recorder without effect: only the owner of this log appoints "
                "its editors.",
                "{n} entries of kind recorder without effect: only the owner of this log appoints "
                "its editors.",
                others,
            ).format(n=others)
        )
    if dry_run and (
        any(item.foreign for item in result.amendments)
        or any(item.counts for item in result.appointments)
    ):
        lines.append(_("This would amend entries of others, which needs --effects."))
    size = phrases.entries(result.size)
    if result.withheld:
        size = _("{entries} ({n} withheld)").format(entries=size, n=result.withheld)
    text = _("The log has {entries}, root {root}")
    if dry_run:
        text = _("Nothing was changed; the log has {entries}, root {root} after such an import")
    lines.append(text.format(entries=size, root=b64encode(result.root).decode()))
    return "\n".join(lines) + "\n"


def _signer(key: str | None) -> str:
    return _("signed by {key}").format(key=key) if key else _("not signed")


def verified(
    report: "VerificationReport", *, files: int, checkpoints: int, keys: int, is_file: bool
) -> str:
    """Render what was recomputed, and matches; one of the keys signed each checkpoint."""
    removals = _("{n} redacted").format(n=report.redacted)
    if report.withheld:
        text = _("{n} withheld from the file") if is_file else _("{n} withheld")
        removals += f", {text.format(n=report.withheld)}"
    compared = ngettext("{n} checkpoint", "{n} checkpoints", checkpoints).format(n=checkpoints)
    if keys:
        compared += f" ({phrases.signed_by(keys)})"
    text = _("Everything matches: {entries} ({removals}), {files}, {checkpoints}, root {root}")
    return (
        text.format(
            entries=phrases.entries(report.size),
            removals=removals,
            files=_files(files),
            checkpoints=compared,
            root=b64encode(report.root).decode(),
        )
        + "\n"
    )


def shortfalls(items: "Sequence[Shortfall]", total: int) -> str:
    """Render what entries lack of a standard."""
    blocks: list[Block] = [
        [
            (mark("entry"), str(item.seq)),
            (mark("summary"), item.event.summary),
            (mark("lacks"), phrases.lacks(item)),
        ]
        for item in items
    ]
    head = phrases.shortfall_count(len(items), total) + "\n"
    return "\n".join([head, *map(render_block, blocks)])


def attested(item: "Attested") -> str:
    """Render what others attested of a log."""
    text = _cosigned(item.cosigned) if item.cosigned else ""
    return text + stamped(item.stamps, others=item.unverified)


def _cosigned(state: "Cosigned") -> str:
    """Render the last state of the log that meets a policy."""
    names = [
        _("{name} at {time}").format(name=sanitize(name), time=phrases.timestamp(time))
        for name, time in state.witnesses
    ]
    text = _("Cosigned: {entries}, by {names}")
    return (
        text.format(
            entries=phrases.entries(state.size),
            names=phrases.join(names) if names else _("nobody, as the policy allows"),
        )
        + "\n"
    )


def stamped(stamps: "Sequence[Stamp]", *, is_verified: bool = True, others: int = 0) -> str:
    """Render time stamps, one a line; `others` are by authorities without a root."""
    text = (
        _("Stamped: {entries} existed before {time} according to {authority}")
        if is_verified
        else _("Stamped: {entries}, {time}, {authority}; verify it with --tsa-root")
    )
    lines = [
        text.format(
            entries=phrases.entries(item.size),
            time=phrases.timestamp(item.time),
            authority=sanitize(item.authority),
        )
        for item in stamps
    ]
    if others:
        more = ngettext(
            "{n} time stamp by another authority was not verified",
            "{n} time stamps by other authorities were not verified",
            others,
        )
        lines.append(more.format(n=others))
    return "".join(f"{line}\n" for line in lines)


def _files(number: int) -> str:
    return ngettext("{n} file", "{n} files", number).format(n=number)


def proof(entry: "StoredEntry", leaf: bytes, trust: "Trust") -> str:
    """Render an entry that was proved: its sentence, its recorder, and what that proves."""
    text = _("Entry {n} ({kind}): holds")
    block = log_entry_block(entry, leaf)
    if entry.event is not None:
        text = _("Entry {n}: {speaker}, {day}: \u2018{summary}\u2019: holds")
        hidden = {mark("event"), mark("kept in"), mark("logged")}
        block += [item for item in event_block(entry.event) if item[0] not in hidden]
    first = text.format(
        n=entry.seq,
        kind=entry.header.kind,
        speaker=entry.event.speaker if entry.event else "",
        day=phrases.bare_day(entry.event.on) if entry.event else "",
        summary=entry.event.summary if entry.event else "",
    )
    proves = _("to the byte, this is entry {n} of the {size} in the log")
    return "\n".join(
        (
            sanitize(first),
            "",
            render_block(
                [
                    *(item for item in block if item[0] not in {mark("text"), mark("entry")}),
                    (mark("text"), _("not in the proof") if entry.withheld else None),
                ]
            ),
            render_block(
                [
                    *_trust_block(trust),
                    (
                        mark("owner"),
                        _("the key of this entry made the log") if trust.by_owner else None,
                    ),
                    (mark("proves"), proves.format(n=entry.seq, size=trust.head.size)),
                    (
                        mark("does not prove"),
                        _(
                            "that the text is true; the time, which is that of the recorder's "
                            "clock; who held the key; that no later entry corrects it"
                        ),
                    ),
                ]
            ),
        )
    )


def growth(old: TreeHead, trust: "Trust") -> str:
    """Render a proof that a log continues an older state."""
    first = _("The log of {new} continues that of {old}: holds").format(
        new=phrases.entries(trust.head.size), old=phrases.entries(old.size)
    )
    return "\n".join(
        (
            first,
            "",
            render_block(
                [
                    *_trust_block(trust),
                    (
                        mark("proves"),
                        _("nothing up to entry {old} was changed, removed or moved").format(
                            old=old.size
                        ),
                    ),
                    (mark("does not prove"), _("that others are shown the same log")),
                ]
            ),
        )
    )


def _trust_block(trust: "Trust") -> Block:
    """Build the block of a checkpoint and its signatures."""
    head = trust.head
    if trust.keys:
        signed = phrases.signed_by(trust.keys)
    elif trust.by_policy:
        signed = _("signed by a log of the policy")
    elif trust.by_recorder:
        signed = _("signed by the key of this entry")
    elif trust.unchecked:
        signed = _("its signatures not checked: name a key or a policy")
    else:
        signed = _("not signed: compare size and root with a copy from elsewhere")
    return [
        (mark("log"), head.origin),
        (mark("entries"), str(head.size)),
        (mark("root"), b64encode(head.root).decode()),
        (mark("checkpoint"), signed),
        *(
            (
                mark("cosigned"),
                _("by {name} at {time}").format(name=name, time=phrases.timestamp(time)),
            )
            for name, time in trust.cosignatures
        ),
    ]


def published(folder: str, result: ReplaceResult) -> str:
    """Render what changed in a published folder."""
    text = _("{folder}: {files}, {changed} new or changed, {removed} removed")
    return (
        text.format(
            folder=sanitize(folder),
            files=_files(result.files),
            changed=result.changed,
            removed=result.removed,
        )
        + "\n"
    )


def backup(head: TreeHead, files: int) -> str:
    """Render what a backup contains."""
    return _("{entries}, {files}, root {root}; everything was verified").format(
        entries=phrases.entries(head.size),
        files=_files(files),
        root=b64encode(head.root).decode(),
    )


def recorders(
    authority: "Authority", appointments: Sequence[tuple[int, "Appointment"]], home: str | None
) -> str:
    """Render the owner and the editors of a log, and the key of the home."""
    from orderwatch.render.json import recorder_rows

    blocks: list[Block] = [
        [
            (row["rank"].value, row["key"]),
            (mark("name"), row["name"]),
            (
                mark("since"),
                _("entry {n}").format(n=row["entry"]) if row["entry"] else _("the log was made"),
            ),
            (mark("note"), _("the key of this home") if row["home"] else None),
        ]
        for row in recorder_rows(authority, appointments, home)
    ] or [[(mark("owner"), _("none: the log was made without a key"))]]
    if authority.owner != home and home not in authority.editors:
        no_key = _("no key yet: the first entry makes it")
        blocks.append([(mark("this home"), home or no_key)])
    return "\n".join(render_block(block) for block in blocks)


def settings(settings: Iterable[tuple[str, str | None, str]]) -> str:
    """Render settings: the name, value and source of each."""
    return _render_lines(
        [
            (
                name,
                _("{value} (from {source})").format(value=value or _("not set"), source=source),
            )
            for name, value, source in settings
        ]
    )


def reminders(rows: Iterable["documents.Reminder"]) -> str:
    """Render one block per sent reminder, or a line if there are none."""
    parts: list[Block] = [
        [
            (mark("sent"), phrases.timestamp(row["said"])),
            (mark("to"), f"{row['recipient']} ({row['channel']})"),
            (mark("deadline"), row["deadline"]),
            (mark("due"), str(row["due"])),
            (mark("reminder"), row["reminder"]),
            (mark("message"), row["message"]),
        ]
        for row in rows
    ]
    parts = parts or _nothing(mark("reminders sent"))
    return "\n".join(render_block(part) for part in parts)


def explanation_blocks(schedule: Schedule) -> list[Block]:
    """Build the block of an obligation, and one for each of its dates."""
    obligation = schedule.obligation
    head: Block = [
        (mark("id"), obligation.id),
        (mark("label"), obligation.display_label),
        (mark("paragraph"), obligation.paragraph),
        (mark("case"), phrases.case_name(obligation.order.case)),
        (mark("summary"), obligation.summary),
        (mark("time limit"), phrases.time_limit(obligation.limit)),
        *((mark("note"), note) for note in schedule.notes),
    ]
    dates: list[Block] = [
        [
            (mark("deadline"), deadline.id),
            (mark("due"), f"{deadline.due} ({phrases.long_day(deadline.due)})"),
            *((mark("step"), step) for step in deadline.steps),
            *((mark("note"), note) for note in deadline.notes),
        ]
        for deadline in schedule.deadlines
    ]
    return [head, *dates]


def render_blocks(view: Provenance, blocks: Iterable[Block], *, summaries: bool = False) -> str:
    """Render a whole result: a block on the snapshot, then the given blocks.

    With `summaries`, the first block says that the summaries are ours.
    """
    return "".join(_chunks(view, blocks, summaries=summaries))


def _chunks(view: Provenance, blocks: Iterable[Block], *, summaries: bool) -> Iterator[str]:
    has_log = view.log.size > 0
    top: Block = [
        (mark("about"), phrases.title(view)),
        (mark("age"), phrases.age_if_old(view)),
        *((mark("note"), note) for note in phrases.register_notes(view)),
        (mark("as of"), f"{view.as_of} ({phrases.long_day(view.as_of)}, {view.time_zone})"),
        (mark("known on"), str(view.known_on) if view.known_on else None),
        (mark("follow"), phrases.following(view)),
        (mark("register reviewed"), str(view.reviewed)),
        (mark("register release"), str(view.release) if view.release else None),
        (mark("decisions seen to"), str(view.seen_to) if view.seen_to else _("not seen")),
        (mark("log entries"), str(view.log.size) if has_log else None),
        (mark("log root"), phrases.log_root(view) if has_log else None),
        (mark("summaries"), _(phrases.OUR_SUMMARY) if summaries else None),
        (mark("note"), phrases.caveat(view)),
        (mark("note"), _(phrases.NO_JUDGE)),
        *((mark("note"), text) for text in phrases.translation_notes()),
    ]
    yield render_block(top)
    for block in blocks:
        yield f"\n{render_block(block)}"


def render_block(block: Block) -> str:
    """Render a block, one line per field; omit fields without a value."""
    return _render_lines((_(name), value) for name, value in block)


def _render_lines(block: Iterable[tuple[str, str | None]]) -> str:
    return "".join(
        f"{labelled(name, sanitize(value))}\n" for name, value in block if value is not None
    )


def case_block(view: Provenance, item: Case) -> Block:
    """Build the block of a case."""
    return [
        (mark("case"), phrases.case_name(item)),
        (mark("title"), item.title),
        (mark("applicants"), join_names(item.applicants)),
        (mark("respondents"), join_names(item.respondents)),
        (mark("state"), phrases.case_state(item, view.as_of)),
        (mark("state"), phrases.state_text(item, view.as_of)),
        (mark("record searched"), str(item.searched) if item.searched else None),
        (mark("reports"), item.court.confidentiality if item.court else None),
        (mark("url"), item.url),
        (mark("note"), item.note),
        *source_fields(item.sources),
    ]


def order_block(view: Provenance, item: Order) -> Block:
    """Build the block of an order."""
    ending = item.ended if item.ended and item.ended.is_over_on(view.as_of) else None
    return [
        (mark("order"), item.id),
        (mark("alias"), item.alias),
        (mark("date"), f"{item.made} ({phrases.long_day(item.made)})"),
        (mark("title"), item.title),
        (mark("outcome"), phrases.outcome(item)),
        (mark("organ"), phrases.organ(item)),
        (mark("operative paragraph"), str(item.paragraph) if item.paragraph else None),
        (mark("document"), item.document),
        (
            mark("document number"),
            phrases.grade(item.document_grade),
        ),
        (mark("citation"), item.citation),
        (
            mark("bench"),
            ngettext("{n} judge", "{n} judges", item.bench).format(n=item.bench)
            if item.bench
            else None,
        ),
        (mark("reaffirms"), join_names(item.reaffirms)),
        (mark("modifies"), join_names(item.modifies)),
        (mark("in force"), yes_or_no(in_force=item.in_force(view.as_of))),
        (mark("measures"), phrases.ending(ending) if ending else None),
        (mark("url"), item.url),
        (mark("note"), item.note),
        *source_fields(item.sources),
    ]


def decision_block(item: Decision) -> Block:
    """Build the block of a point that imposes no obligation."""
    return [
        (mark("point"), item.point),
        (mark("decides"), item.summary),
        (mark("kind"), item.kind.value),
        (mark("votes"), phrases.vote(item.votes)),
        (mark("grade"), phrases.grade(item.grade)),
        (mark("note"), item.note),
        *source_fields(item.sources),
    ]


def order_line(item: OrderLine) -> str:
    """Format an order in force on one line."""
    alias = f" ({item.order.alias})" if item.order.alias else ""
    measures = ngettext("{n} measure", "{n} measures", item.measures).format(n=item.measures)
    about = _("{case}, {measures}: {kinds}").format(
        case=item.order.case.short, measures=measures, kinds=", ".join(item.kinds)
    )
    return labelled(f"{item.order.id}{alias}", about)


def event_block(item: Event) -> Block:
    """Build the block of an event."""
    day = f"{item.on} ({phrases.long_day(item.on)})"
    return [
        (mark("event"), item.id),
        (mark("on"), _("{day} (day inferred)").format(day=day) if item.inferred else day),
        (mark("kind"), item.kind.value),
        (mark("speaker"), phrases.speaker(item)),
        (mark("by"), join_names(item.by)),
        (mark("summary"), item.summary),
        (mark("finding"), item.finding),
        (mark("scale"), item.scale),
        (mark("access"), item.access),
        (mark("answers"), item.answers),
        (mark("extends to"), str(item.extends_to) if item.extends_to else None),
        (mark("trigger"), item.trigger),
        (mark("ends"), _("the order or obligation named") if item.ends else None),
        (mark("about"), join_names(item.about)),
        (mark("source"), item.source or _("none")),
        (mark("grade"), phrases.grade(item.grade)),
        *((mark("further source"), url) for url in item.further),
        (mark("archive"), item.archive),
        *(
            (mark("capture") if file.capture else mark("attachment"), phrases.attachment(file))
            for file in item.attachments
        ),
        (mark("kept in"), event_origin(item)),
        (mark("logged"), phrases.recorded_by(item)),
        (mark("later"), item.amended_by),
        (mark("effect"), item.void),
    ]


def new_event(event: Event, obligations: Iterable[Obligation], *, private: bool) -> str:
    """Render an event before it is recorded, with the obligations that it cites."""
    hidden = {mark("event"), mark("kept in"), mark("logged")}
    block = [(name, value) for name, value in event_block(event) if name not in hidden]
    block += [(mark("obligation"), phrases.obligation_line(item)) for item in obligations]
    return render_block([*block, (mark("private"), _("yes: never published") if private else None)])


def status_details(view: Provenance, item: Status) -> Block:
    """Build the block of an obligation with notes, grades and sources."""
    obligation = item.obligation
    block = status_block(view, item)
    block += [
        (mark("text"), phrases.grade(obligation.grade)),
        (
            mark("time limit"),
            phrases.grade(obligation.limit_grade),
        ),
        (mark("note"), obligation.note),
        *((mark("timing note"), note) for note in item.notes),
    ]
    if obligation.contested:
        block.append((mark("contested"), obligation.contested.text))
        block += source_fields(obligation.contested.sources, mark("contested source"))
    return [*block, *source_fields(obligation.sources)]


def status_block(view: Provenance, item: Status) -> Block:
    """Build the block of an obligation and its status."""
    duty = item.obligation
    block: Block = [
        (mark("id"), duty.id),
        (mark("alias"), duty.alias),
        (mark("label"), duty.display_label),
        (mark("case"), phrases.case_name(duty.order.case)),
        (mark("order of"), phrases.bare_day(duty.order.made)),
        (mark("earlier orders"), phrases.earlier_orders(duty.order)),
        (mark("paragraph"), duty.paragraph),
        (mark("url"), duty.order.url),
        (mark("kind"), ", ".join([duty.kind.value, *(kind.value for kind in duty.also)])),
        (mark("addressees"), join_names(duty.addressees) or _("none named")),
        (mark("summary"), duty.summary),
        (mark("votes"), phrases.vote(duty.votes)),
        (mark("time limit"), phrases.time_limit(duty.limit)),
        (mark("in force"), yes_or_no(in_force=item.in_force)),
        (mark("timing"), item.timing.value),
    ]
    if not item.deadlines:
        block.append((mark("due"), phrases.timing(item, view.as_of)))
    for deadline in item.deadlines:
        block += due_fields(deadline)
    block += [(mark("assessment"), phrases.assessment(event)) for event in item.assessments]
    block.append((mark("events on record"), str(item.count)))
    seen = phrases.last_seen(duty.order.case, view.as_of)
    return [*block, (mark("state"), seen)] if seen else block


def deadline_block(view: Provenance, item: DeadlineStatus) -> Block:
    """Build the block of a deadline with its obligation."""
    obligation = item.deadline.obligation
    case = obligation.order.case
    block: Block = [
        *due_fields(item),
        (mark("label"), obligation.display_label),
        (mark("id"), obligation.id),
        (mark("alias"), obligation.alias),
        (mark("case"), phrases.case_name(case)),
        (mark("addressees"), join_names(obligation.addressees) or _("none named")),
        (mark("summary"), obligation.summary),
        (mark("time limit"), phrases.time_limit(obligation.limit)),
        (mark("url"), obligation.order.url),
    ]
    # After the day the case was last checked it may have ended: print that day.
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return [*block, (mark("state"), last_seen)] if last_seen else block


def due_fields(item: DeadlineStatus) -> Block:
    """Build the fields of one deadline and its submission."""
    due = item.deadline.due
    return [
        (mark("due"), f"{due} ({phrases.long_day(due)})"),
        (mark("days"), phrases.days_left(item)),
        *((mark("date"), remark) for remark in phrases.date_remarks(item.deadline)),
        (mark("on record"), phrases.submission_or_none(item)),
    ]


def awaiting_block(status: Status) -> Block:
    """Build the block of an obligation that awaits its trigger."""
    obligation = status.obligation
    return [
        (mark("due"), _("no date yet: waits for {trigger}").format(trigger=status.awaiting)),
        (mark("label"), obligation.display_label),
        (mark("id"), obligation.id),
        (mark("alias"), obligation.alias),
        (mark("case"), phrases.case_name(obligation.order.case)),
        (mark("addressees"), join_names(obligation.addressees) or _("none named")),
        (mark("summary"), obligation.summary),
        (mark("time limit"), phrases.time_limit(obligation.limit)),
    ]


def source_fields(entries: Iterable[Source], field: str = mark("source")) -> Block:
    """Build one field per source, with its grade and title."""
    return [
        (
            field,
            f"{source.url} ({phrases.grade(source.grade)})"
            + (f", {source.title}" if source.title else ""),
        )
        for source in entries
    ]


def event_origin(event: Event) -> str:
    """Return where an event is recorded: log entry or public record."""
    if event.seq is None:
        return _("public record")
    return _("log, entry {n}").format(n=event.seq)


def join_names(values: Iterable[str]) -> str | None:
    """Join names with commas, or return None if there are none."""
    return ", ".join(values) or None


def yes_or_no(*, in_force: bool) -> str:
    """Return "yes" or "no"."""
    return _("yes") if in_force else _("no")


def doctor(rows: Sequence[CheckRow]) -> str:
    """Render one block per check of `doctor`, and the result line."""
    parts = [
        render_block(
            [
                (mark("check"), check),
                (mark("state"), state),
                (mark("says"), says),
                (mark("do"), advice),
            ]
        )
        for check, state, says, advice in rows
    ]
    return "\n".join([*parts, render_block([(mark("result"), result_line(rows))])])


def result_line(rows: Sequence[CheckRow]) -> str:
    """Count and list the checks that failed; their rows may have scrolled away."""
    names = {state: [row[0] for row in rows if row[1] == state] for state in ("problem", "note")}
    problems, notes = names["problem"], names["note"]
    if not problems and not notes:
        return _("All is well.")
    first = ngettext("{n} problem ({names})", "{n} problems ({names})", len(problems)).format(
        n=len(problems), names=", ".join(problems)
    )
    second = ngettext("{n} note ({names})", "{n} notes ({names})", len(notes)).format(
        n=len(notes), names=", ".join(notes)
    )
    if not notes:
        return f"{first}."
    return f"{first if problems else _('No problem')}, {second}."
