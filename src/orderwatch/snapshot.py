"""Snapshot: register and log as of a day, and the statuses that follow."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import clock, deadlines, lookup, status
from orderwatch.address import is_shared
from orderwatch.errors import LogError, RegisterError, UsageError
from orderwatch.fs import files
from orderwatch.lookup import Cited
from orderwatch.model import (
    Event,
    LogHead,
    Obligation,
    Register,
    Schedule,
    Status,
    Unread,
    View,
)
from orderwatch.settings.types import Settings

if TYPE_CHECKING:
    from orderwatch.ledger.log import SqlLog
    from orderwatch.ledger.store import Selection
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from orderwatch import evidence
from orderwatch.errors import OrderwatchError
from orderwatch.ledger.log import SqlLog
from orderwatch.model import (
    Attachment,
    Case,
    Deadline,
    Dossier,
)

NO_LOG = LogHead(size=0, root=sha256().digest())
"""The tree head of an empty log; RFC 9162, section 2.1.1, defines its root."""
_NOTHING = Unread()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Register and log as of a day."""

    settings: Settings
    register: Register
    curated: tuple[Event, ...]
    """Events of the public record, up to the day of the snapshot."""
    view: View
    """Holds the tree head of the log at opening; later entries are not read."""
    public: bool = False
    """Whether private entries are left out."""
    read: Mapping[str, Sequence[Event]] | None = None
    """Current log events by the ids they name, if the log was preloaded."""


def register(settings: Settings) -> Register:
    """Load the register of the settings, or the packaged one."""
    from orderwatch.register.load import load_orders, shipped

    path = settings.orders.value
    return load_orders(shipped() if path is None else home(path))


def home(path: str) -> Path:
    """Expand `~` in the path of a register."""
    try:
        return files.expanded(Path(path))
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror}") from error


def log_of(settings: Settings, *, write: bool = False) -> "SqlLog[Any]":
    """Open the log of the settings; the default log need not exist."""
    from orderwatch.ledger.store import open_store

    setting = settings.log
    return open_store(
        str(setting.value),
        write=write,
        must_exist=setting.named,
        password=log_password(settings),
    )


def log_password(settings: Settings) -> str | None:
    """Return the output of the password command of a shared log, if there is one."""
    command = settings.postgres.password_command
    if not command or not is_shared(str(settings.log.value)):
        return None
    from orderwatch import password_command

    try:
        return password_command.printed_by(command)
    except password_command.NoPasswordError as error:
        raise LogError(f"postgres.password_command gave no password: {error}") from None


def record(
    settings: Settings,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    public: bool = False,
    with_log: bool = True,
) -> Record:
    """Load register and log as of a day.

    For publication, `public` leaves out private entries; without `with_log` the log
    is empty.
    """
    source = register(settings)
    day = as_of or clock.today()
    return Record(
        settings=settings,
        register=source,
        curated=tuple(event for event in source.events if event.on <= day),
        view=View(
            as_of=day,
            known_on=known_on,
            reviewed=source.reviewed,
            register_sha256=source.sha256,
            seen_to=source.seen_to,
            log=_head(settings) if with_log else NO_LOG,
        ),
        public=public,
    )


def _head(settings: Settings) -> LogHead:
    """Read the tree head of the log; without a log, do not import SQLite."""
    if not settings.log.named and not files.is_there(Path(str(settings.log.value))):
        return NO_LOG
    with log_of(settings) as log:
        return log.head()


def logged(
    snapshot: Record,
    entry_filter: "Selection",
    *,
    history: bool = False,
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Read events of the log, up to the tree head of the snapshot.

    `within` is an open log, if there is one: opening a shared log is slow.
    """
    if snapshot.view.log.size == 0:
        return []
    if snapshot.read is not None and entry_filter.about is not None and not history:
        preloaded = (
            event
            for name in entry_filter.about
            for event in snapshot.read.get(name, ())
        )
        return list({event.id: event for event in preloaded}.values())
    from orderwatch.ledger.history import event

    with nullcontext(within) if within else log_of(snapshot.settings) as log:
        entries = log.history(entry_filter) if history else log.current(entry_filter)
        return [
            event(entry)
            for entry in entries
            if entry.seq <= snapshot.view.log.size
            and not (snapshot.public and entry.private)
        ]


def events_of(
    snapshot: Record,
    obligations: Iterable[Obligation],
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Return public record and log events that affect obligations, the oldest first.

    Other log events about them are only counted, by `counts`.
    """
    from orderwatch.ledger.store import Selection

    ids = {
        id_
        for obligation in obligations
        for id_ in (obligation.id, obligation.order.id, obligation.order.case.id)
    }
    entry_filter = Selection(
        about=ids,
        until=snapshot.view.as_of,
        known_on=snapshot.view.known_on,
        bearing=not snapshot.public,
    )
    events = logged(snapshot, entry_filter, within=within)
    return sorted([*snapshot.curated, *events], key=_oldest)


def unread(
    snapshot: Record, obligations: Iterable[Obligation], log: "SqlLog[Any]"
) -> dict[str, Unread]:
    """Count the log events about obligations that affect no status."""
    from orderwatch.ledger.history import event

    view = snapshot.view
    tallies = log.tally(
        {obligation.id for obligation in obligations},
        until=view.as_of,
        known_on=view.known_on,
        size=view.log.size,
    )
    seqs = {tally.latest for tally in tallies.values() if tally.latest is not None}
    latest_events = {entry.seq: event(entry) for entry in log.some(seqs)}
    return {
        id_: Unread(count=tally.count, latest=latest_events.get(tally.latest or 0))
        for id_, tally in tallies.items()
    }


def _oldest(event: Event) -> tuple[date, int, str]:
    return event.on, event.seq or 0, event.id


def selection(snapshot: Record, ids: Iterable[str]) -> tuple[Cited, ...]:
    """Resolve ids; raise `UsageError` for an order made after the day."""
    references = tuple(lookup.cited(snapshot.register, text) for text in ids)
    day = snapshot.view.as_of
    for item in references:
        if item.order is not None and item.order.made > day:
            raise UsageError(
                f"{item.id}: the order was made on {item.order.made}, and the view "
                f"is that of {day}; give a later --as-of"
            )
    return references


def duties(
    snapshot: Record, references: Sequence[Cited], *, ended: bool = False
) -> tuple[Obligation, ...]:
    """Return the obligations of references; without any, those of pending cases."""
    day = snapshot.view.as_of
    if references:
        unique = dict.fromkeys(
            obligation
            for reference in references
            for obligation in lookup.obligations(snapshot.register, reference)
        )
        return tuple(
            obligation for obligation in unique if obligation.order.made <= day
        )
    return tuple(
        obligation
        for obligation in snapshot.register.obligations
        if obligation.order.made <= day and (ended or not _over(obligation, day))
    )


def _over(obligation: Obligation, day: date) -> bool:
    ending = obligation.order.case.ended
    return ending is not None and ending.by(day)


def schedule(
    snapshot: Record, obligation: Obligation, until: date | None = None
) -> Schedule:
    """Compute the deadlines of an obligation."""
    day = until or snapshot.view.as_of
    return deadlines.schedule(obligation, events_of(snapshot, [obligation]), until=day)


def statuses(snapshot: Record, obligations: Iterable[Obligation]) -> tuple[Status, ...]:
    """Compute the status of each obligation, for every output."""
    return tuple(assessment for _, assessment in assessed(snapshot, tuple(obligations)))


def assessed(
    snapshot: Record, obligations: Sequence[Obligation]
) -> list[tuple[Schedule, Status]]:
    """Compute the schedule and the status of each obligation."""
    day = snapshot.view.as_of
    # For publication, read all events: the counts would include private entries.
    if snapshot.view.log.size == 0 or snapshot.public:
        by_subject, event_counts = (
            _by_name(events_of(snapshot, obligations)),
            dict[str, Unread](),
        )
    else:
        with log_of(snapshot.settings) as log:
            by_subject = _by_name(events_of(snapshot, obligations, log))
            event_counts = unread(snapshot, obligations, log)
    results = []
    for obligation in obligations:
        ids = (obligation.id, obligation.order.id, obligation.order.case.id)
        # An event can name an obligation and its case, and counts once.
        relevant = {event.id: event for id_ in ids for event in by_subject.get(id_, ())}
        events = tuple(relevant.values())
        schedule = deadlines.schedule(obligation, events, until=day)
        event_count = event_counts.get(obligation.id, _NOTHING)
        assessment = status.assess(schedule, events, today=day, not_loaded=event_count)
        results.append((schedule, assessment))
    return results


def _by_name(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Group events by the ids they name, deadlines as their obligation."""
    by_subject: dict[str, list[Event]] = {}
    for event in events:
        for id_ in dict.fromkeys(subject.partition("@")[0] for subject in event.about):
            by_subject.setdefault(id_, []).append(event)
    return by_subject


def about(snapshot: Record, reference: Cited) -> tuple[Event, ...]:
    """Return events about a reference, its parts and its parents, the oldest first."""
    obligations = lookup.obligations(snapshot.register, reference)
    parents = [reference.case.id] + ([reference.order.id] if reference.order else [])
    ids = {reference.id, *parents, *(obligation.id for obligation in obligations)}
    ids |= {obligation.order.id for obligation in obligations}
    if reference.order is None:
        # An order that indicated nothing has events, but no obligations.
        ids |= {
            order.id
            for order in snapshot.register.orders
            if order.case == reference.case
        }
    from orderwatch.ledger.store import Selection

    entry_filter = Selection(
        about=ids, until=snapshot.view.as_of, known_on=snapshot.view.known_on
    )
    public_events = (
        event
        for event in snapshot.curated
        if any(id_ in ids or id_.partition("@")[0] in ids for id_ in event.about)
    )
    return tuple(sorted([*public_events, *logged(snapshot, entry_filter)], key=_oldest))


def dossier(snapshot: Record, reference: Cited) -> Dossier:
    """Build the dossier of a reference."""
    obligations = duties(snapshot, (reference,))
    day = snapshot.view.as_of
    orders = tuple(
        order
        for order in snapshot.register.orders
        if order.made <= day
        and (
            order == reference.order
            or (reference.order is None and order.case == reference.case)
        )
    )
    assessments = assessed(snapshot, obligations)
    return Dossier(
        subject=reference.id,
        case=reference.case,
        orders=orders,
        decisions=tuple(
            decision
            for decision in snapshot.register.decisions
            if decision.order in orders and reference.obligation is None
        ),
        statuses=tuple(status for _, status in assessments),
        schedules=tuple(schedule for schedule, _ in assessments),
        events=about(snapshot, reference),
    )


_T = TypeVar("_T")


def at_once(snapshot: Record) -> Record:
    """Return a snapshot with the log read at once, for outputs on many cases."""
    if snapshot.view.log.size == 0:
        return snapshot
    from orderwatch.ledger.store import Selection

    entry_filter = Selection(until=snapshot.view.as_of, known_on=snapshot.view.known_on)
    by_subject: dict[str, list[Event]] = {}
    for event in logged(snapshot, entry_filter):
        obligation_ids = (id_.partition("@")[0] for id_ in event.about)
        for id_ in dict.fromkeys((*event.about, *obligation_ids)):
            by_subject.setdefault(id_, []).append(event)
    return replace(snapshot, read=by_subject)


def cases(snapshot: Record, references: Sequence[Cited]) -> tuple[Dossier, ...]:
    """Build the dossier of each referenced case, or of all; the newest case first."""
    all_references = references or [
        Cited(id=case.id, case=case) for case in snapshot.register.cases
    ]
    by_case: dict[Case, Dossier] = {}
    for item in all_references:
        part = dossier(snapshot, item)
        whole = by_case.get(item.case)
        by_case[item.case] = part if whole is None else _joined(whole, part)
    with_orders = (item for item in by_case.values() if item.orders)
    return tuple(sorted(with_orders, key=lambda item: -item.case.number))


def _joined(first: Dossier, second: Dossier) -> Dossier:
    return replace(
        first,
        subject=first.case.id,
        orders=_union(first.orders, second.orders),
        decisions=_union(first.decisions, second.decisions),
        statuses=_union(first.statuses, second.statuses),
        schedules=_union(first.schedules, second.schedules),
        events=tuple(
            sorted(
                _union(first.events, second.events),
                key=lambda event: (event.on, event.seq or 0, event.id),
            )
        ),
    )


def _union(first: tuple[_T, ...], second: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def history(snapshot: Record, dossiers: Iterable[Dossier]) -> list[Event]:
    """Return events of the log that moved a date, retracted ones included."""
    if snapshot.view.log.size == 0:
        return []
    from orderwatch.ledger.store import Selection

    ids = {
        id_
        for dossier in dossiers
        for status in dossier.statuses
        for id_ in (dossier.case.id, status.obligation.order.id, status.obligation.id)
    }
    entry_filter = Selection(
        about=ids,
        until=snapshot.view.as_of,
        known_on=snapshot.view.known_on,
        bearing=True,
    )
    events = logged(snapshot, entry_filter, history=True)
    return [event for event in events if event.extends_to is not None]


def cancelled(snapshot: Record, dossiers: Iterable[Dossier]) -> tuple[Deadline, ...]:
    """Return deadlines that were computed and dropped when their obligation ended."""
    return tuple(
        deadline
        for dossier in dossiers
        for status in dossier.statuses
        for deadline in _dropped(
            snapshot,
            status.obligation,
            {item.deadline.id for item in status.deadlines},
        )
    )


def _dropped(
    snapshot: Record, obligation: Obligation, current_ids: set[str]
) -> Iterable[Deadline]:
    end = obligation.end
    if end is None or not end.by(snapshot.view.as_of):
        return
    case = replace(obligation.order.case, ended=None)
    endless = replace(
        obligation, ended=None, order=replace(obligation.order, ended=None, case=case)
    )
    last_day = end.day or date(end.year, 12, 31)
    events = [
        event for event in events_of(snapshot, [obligation]) if event.on <= last_day
    ]
    for deadline in deadlines.schedule(endless, events, until=last_day).deadlines:
        if deadline.id not in current_ids:
            yield replace(deadline, obligation=obligation)


def overview(
    snapshot: Record, references: Sequence[Cited], dossiers: Iterable[Dossier]
) -> tuple[Status, ...]:
    """Return the statuses of the obligations of dossiers, as `status --all` does."""
    by_id = {
        status.obligation.id: status
        for dossier in dossiers
        for status in dossier.statuses
    }
    return tuple(
        by_id[obligation.id] for obligation in duties(snapshot, references, ended=True)
    )


def base(url: str | None) -> str | None:
    """Validate the URL of a site; append the final slash."""
    if url is None:
        return None
    from orderwatch.render.sanitize import safe_url

    safe = safe_url(url)
    parts = urlsplit(safe or "")
    if not safe or parts.query or parts.fragment or parts.username:
        raise UsageError(
            f"{url}: is no address of a site; one looks like https://example.org/icj/"
        )
    return safe if safe.endswith("/") else f"{safe}/"


@contextmanager
def add_evidence(
    config: Settings, paths: Sequence[Path]
) -> Iterator[tuple[Attachment, ...]]:
    """Store files while an entry that names them is made; remove them if none is."""
    for path in paths:
        evidence.check_source(path)
    attachments: list[Attachment] = []
    if paths:
        with log_of(config, write=True) as log:
            log.ensure()
    try:
        folder = evidence_folder(config) if paths else Path()
        for path in paths:
            attachment = evidence.keep(path, folder)
            if attachment not in attachments:
                attachments.append(attachment)
        yield tuple(attachments)
    except OrderwatchError:
        # If the log cannot be reached now, an entry may name them all the same.
        with suppress(OrderwatchError):
            discard_evidence(config, attachments)
        raise


def discard_evidence(config: Settings, attachments: Sequence[Attachment]) -> None:
    """Remove the stored files that no entry names, and folders that are empty then."""
    if not attachments:
        return
    with log_of(config) as log:
        named = {attachment.sha256 for _, attachment in log.attachments()}
    folder = evidence_folder(config)
    for attachment in attachments:
        if attachment.sha256 not in named:
            evidence.forget(attachment, folder)


def evidence_folder(config: Settings) -> Path:
    """Return the folder of evidence: beside a file, else among the user's data."""
    if config.evidence.value is not None:
        return Path(config.evidence.value).expanduser()
    url = str(config.log.value)
    if not is_shared(url):
        from orderwatch.ledger.store import path_of

        return evidence.folder_of(path_of(url))
    from platformdirs import user_data_path

    with log_of(config) as log:
        name = str(log.head().origin).rpartition("/")[2]
    return user_data_path("orderwatch", appauthor=False) / f"{name}.evidence"
