"""Snapshot: register and log as of a day, and the statuses that follow."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import clock, deadlines, lookup, status
from orderwatch.errors import LogError, RegisterError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.fs import files
from orderwatch.log_url import is_shared
from orderwatch.lookup import Match
from orderwatch.model import (
    Event,
    EventCount,
    Obligation,
    Provenance,
    Register,
    Schedule,
    Status,
    TreeHead,
)
from orderwatch.settings.types import Settings

if TYPE_CHECKING:
    from orderwatch.log.sql_log import SqlLog
    from orderwatch.log.types import EntryFilter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar
from urllib.parse import urlsplit

from orderwatch import evidence
from orderwatch.errors import OrderwatchError
from orderwatch.frozen import replace
from orderwatch.log.sql_log import SqlLog
from orderwatch.model import (
    Attachment,
    Case,
    Deadline,
    Dossier,
)

EMPTY_TREE_HEAD = TreeHead(size=0, root=sha256().digest())
"""The tree head of an empty log; RFC 9162, section 2.1.1, defines its root."""
_NO_EVENTS = EventCount()


class Snapshot(Frozen):
    """Register and log as of a day."""

    settings: Settings
    register: Register
    public_record: tuple[Event, ...]
    """Events of the public record, up to the day of the snapshot."""
    view: Provenance
    """Holds the tree head of the log at opening; later entries are not read."""
    public: bool = False
    """Whether private entries are left out."""
    by_subject: Mapping[str, Sequence[Event]] | None = None
    """Current log events by the ids they name, if the log was preloaded."""


def load_register(settings: Settings) -> Register:
    """Load the register of the settings, or the packaged one."""
    from orderwatch.register.load import load_register, packaged_path

    path = settings.orders.value
    return load_register(packaged_path() if path is None else expand_home(path))


def expand_home(path: str) -> Path:
    """Expand `~` in the path of a register."""
    try:
        return files.expand_home(Path(path))
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror}") from error


def open_log(settings: Settings, *, write: bool = False) -> "SqlLog[Any]":
    """Open the log of the settings; the default log need not exist."""
    from orderwatch.log.open import open_store

    setting = settings.log
    return open_store(
        str(setting.value),
        write=write,
        must_exist=setting.is_explicit,
        password=log_password(settings),
    )


def log_password(settings: Settings) -> str | None:
    """Return the output of the password command of a shared log, if there is one."""
    command = settings.postgres.password_command
    if not command or not is_shared(str(settings.log.value)):
        return None
    from orderwatch import password_command

    try:
        return password_command.read_password(command)
    except password_command.PasswordCommandError as error:
        raise LogError(f"postgres.password_command gave no password: {error}") from None


def load_snapshot(
    settings: Settings,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    public: bool = False,
    with_log: bool = True,
) -> Snapshot:
    """Load register and log as of a day.

    For publication, `public` leaves out private entries; without `with_log` the log
    is empty.
    """
    source = load_register(settings)
    day = as_of or clock.today()
    return Snapshot(
        settings=settings,
        register=source,
        public_record=tuple(event for event in source.events if event.on <= day),
        view=Provenance(
            as_of=day,
            known_on=known_on,
            reviewed=source.reviewed,
            register_sha256=source.sha256,
            seen_to=source.seen_to,
            log=_read_tree_head(settings) if with_log else EMPTY_TREE_HEAD,
        ),
        public=public,
    )


def _read_tree_head(settings: Settings) -> TreeHead:
    """Read the tree head of the log; without a log, do not import SQLite."""
    if not settings.log.is_explicit and not files.may_exist(
        Path(str(settings.log.value))
    ):
        return EMPTY_TREE_HEAD
    with open_log(settings) as log:
        return log.head()


def log_events(
    snapshot: Snapshot,
    entry_filter: "EntryFilter",
    *,
    history: bool = False,
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Read events of the log, up to the tree head of the snapshot.

    `within` is an open log, if there is one: opening a shared log is slow.
    """
    if snapshot.view.log.size == 0:
        return []
    if (
        snapshot.by_subject is not None
        and entry_filter.about is not None
        and not history
    ):
        preloaded = (
            event
            for name in entry_filter.about
            for event in snapshot.by_subject.get(name, ())
        )
        return list({event.id: event for event in preloaded}.values())
    from orderwatch.model.entry import to_event

    with nullcontext(within) if within else open_log(snapshot.settings) as log:
        entries = log.history(entry_filter) if history else log.current(entry_filter)
        return [
            to_event(entry)
            for entry in entries
            if entry.seq <= snapshot.view.log.size
            and not (snapshot.public and entry.private)
        ]


def events_for(
    snapshot: Snapshot,
    obligations: Iterable[Obligation],
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Return public record and log events that affect obligations, the oldest first.

    Other log events about them are only counted, by `counts`.
    """
    from orderwatch.log.types import EntryFilter

    ids = {
        id_
        for obligation in obligations
        for id_ in (obligation.id, obligation.order.id, obligation.order.case.id)
    }
    entry_filter = EntryFilter(
        about=ids,
        until=snapshot.view.as_of,
        known_on=snapshot.view.known_on,
        affects_status=not snapshot.public,
    )
    events = log_events(snapshot, entry_filter, within=within)
    return sorted([*snapshot.public_record, *events], key=_sort_key)


def counts(
    snapshot: Snapshot, obligations: Iterable[Obligation], log: "SqlLog[Any]"
) -> dict[str, EventCount]:
    """Count the log events about obligations that affect no status."""
    from orderwatch.model.entry import to_event

    view = snapshot.view
    tallies = log.count(
        {obligation.id for obligation in obligations},
        until=view.as_of,
        known_on=view.known_on,
        size=view.log.size,
    )
    seqs = {tally.latest for tally in tallies.values() if tally.latest is not None}
    latest_events = {entry.seq: to_event(entry) for entry in log.get_many(seqs)}
    return {
        id_: EventCount(count=tally.count, latest=latest_events.get(tally.latest or 0))
        for id_, tally in tallies.items()
    }


def _sort_key(event: Event) -> tuple[date, int, str]:
    return event.on, event.seq or 0, event.id


def resolve(snapshot: Snapshot, ids: Iterable[str]) -> tuple[Match, ...]:
    """Resolve ids; raise `UsageError` for an order made after the day."""
    references = tuple(lookup.resolve(snapshot.register, text) for text in ids)
    day = snapshot.view.as_of
    for item in references:
        if item.order is not None and item.order.made > day:
            raise UsageError(
                f"{item.id}: the order was made on {item.order.made}, and the view "
                f"is that of {day}; give a later --as-of"
            )
    return references


def select_obligations(
    snapshot: Snapshot, references: Sequence[Match], *, ended: bool = False
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
        if obligation.order.made <= day
        and (ended or not _is_case_over(obligation, day))
    )


def _is_case_over(obligation: Obligation, day: date) -> bool:
    ending = obligation.order.case.ended
    return ending is not None and ending.is_over_on(day)


def schedule(
    snapshot: Snapshot, obligation: Obligation, until: date | None = None
) -> Schedule:
    """Compute the deadlines of an obligation."""
    day = until or snapshot.view.as_of
    return deadlines.schedule(obligation, events_for(snapshot, [obligation]), until=day)


def statuses(
    snapshot: Snapshot, obligations: Iterable[Obligation]
) -> tuple[Status, ...]:
    """Compute the status of each obligation, for every output."""
    return tuple(assessment for _, assessment in assess(snapshot, tuple(obligations)))


def assess(
    snapshot: Snapshot, obligations: Sequence[Obligation]
) -> list[tuple[Schedule, Status]]:
    """Compute the schedule and the status of each obligation."""
    day = snapshot.view.as_of
    # For publication, read all events: the counts would include private entries.
    if snapshot.view.log.size == 0 or snapshot.public:
        by_subject, event_counts = (
            _group_by_subject(events_for(snapshot, obligations)),
            dict[str, EventCount](),
        )
    else:
        with open_log(snapshot.settings) as log:
            by_subject = _group_by_subject(events_for(snapshot, obligations, log))
            event_counts = counts(snapshot, obligations, log)
    results = []
    for obligation in obligations:
        ids = (obligation.id, obligation.order.id, obligation.order.case.id)
        # An event can name an obligation and its case, and counts once.
        relevant = {event.id: event for id_ in ids for event in by_subject.get(id_, ())}
        events = tuple(relevant.values())
        schedule = deadlines.schedule(obligation, events, until=day)
        event_count = event_counts.get(obligation.id, _NO_EVENTS)
        assessment = status.assess(schedule, events, today=day, not_loaded=event_count)
        results.append((schedule, assessment))
    return results


def _group_by_subject(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Group events by the ids they name, deadlines as their obligation."""
    by_subject: dict[str, list[Event]] = {}
    for event in events:
        for id_ in dict.fromkeys(subject.partition("@")[0] for subject in event.about):
            by_subject.setdefault(id_, []).append(event)
    return by_subject


def events_about(snapshot: Snapshot, reference: Match) -> tuple[Event, ...]:
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
    from orderwatch.log.types import EntryFilter

    entry_filter = EntryFilter(
        about=ids, until=snapshot.view.as_of, known_on=snapshot.view.known_on
    )
    public_events = (
        event
        for event in snapshot.public_record
        if any(id_ in ids or id_.partition("@")[0] in ids for id_ in event.about)
    )
    return tuple(
        sorted([*public_events, *log_events(snapshot, entry_filter)], key=_sort_key)
    )


def dossier(snapshot: Snapshot, reference: Match) -> Dossier:
    """Build the dossier of a reference."""
    obligations = select_obligations(snapshot, (reference,))
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
    assessments = assess(snapshot, obligations)
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
        events=events_about(snapshot, reference),
    )


_T = TypeVar("_T")


def preloaded(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the log read at once, for outputs on many cases."""
    if snapshot.view.log.size == 0:
        return snapshot
    from orderwatch.log.types import EntryFilter

    entry_filter = EntryFilter(
        until=snapshot.view.as_of, known_on=snapshot.view.known_on
    )
    by_subject: dict[str, list[Event]] = {}
    for event in log_events(snapshot, entry_filter):
        obligation_ids = (id_.partition("@")[0] for id_ in event.about)
        for id_ in dict.fromkeys((*event.about, *obligation_ids)):
            by_subject.setdefault(id_, []).append(event)
    return replace(snapshot, by_subject=by_subject)


def dossiers(snapshot: Snapshot, references: Sequence[Match]) -> tuple[Dossier, ...]:
    """Build the dossier of each referenced case, or of all; the newest case first."""
    all_references = references or [
        Match(id=case.id, case=case) for case in snapshot.register.cases
    ]
    by_case: dict[Case, Dossier] = {}
    for item in all_references:
        part = dossier(snapshot, item)
        whole = by_case.get(item.case)
        by_case[item.case] = part if whole is None else _merge(whole, part)
    with_orders = (item for item in by_case.values() if item.orders)
    return tuple(sorted(with_orders, key=lambda item: -item.case.number))


def _merge(first: Dossier, second: Dossier) -> Dossier:
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


def date_changes(snapshot: Snapshot, dossiers: Iterable[Dossier]) -> list[Event]:
    """Return events of the log that moved a date, retracted ones included."""
    if snapshot.view.log.size == 0:
        return []
    from orderwatch.log.types import EntryFilter

    ids = {
        id_
        for dossier in dossiers
        for status in dossier.statuses
        for id_ in (dossier.case.id, status.obligation.order.id, status.obligation.id)
    }
    entry_filter = EntryFilter(
        about=ids,
        until=snapshot.view.as_of,
        known_on=snapshot.view.known_on,
        affects_status=True,
    )
    events = log_events(snapshot, entry_filter, history=True)
    return [event for event in events if event.extends_to is not None]


def cancelled_deadlines(
    snapshot: Snapshot, dossiers: Iterable[Dossier]
) -> tuple[Deadline, ...]:
    """Return deadlines that were computed and dropped when their obligation ended."""
    return tuple(
        deadline
        for dossier in dossiers
        for status in dossier.statuses
        for deadline in _cancelled_of(
            snapshot,
            status.obligation,
            {item.deadline.id for item in status.deadlines},
        )
    )


def _cancelled_of(
    snapshot: Snapshot, obligation: Obligation, current_ids: set[str]
) -> Iterable[Deadline]:
    end = obligation.end
    if end is None or not end.is_over_on(snapshot.view.as_of):
        return
    case = replace(obligation.order.case, ended=None)
    endless = replace(
        obligation, ended=None, order=replace(obligation.order, ended=None, case=case)
    )
    last_day = end.day or date(end.year, 12, 31)
    events = [
        event for event in events_for(snapshot, [obligation]) if event.on <= last_day
    ]
    for deadline in deadlines.schedule(endless, events, until=last_day).deadlines:
        if deadline.id not in current_ids:
            yield replace(deadline, obligation=obligation)


def overview(
    snapshot: Snapshot, references: Sequence[Match], dossiers: Iterable[Dossier]
) -> tuple[Status, ...]:
    """Return the statuses of the obligations of dossiers, as `status --all` does."""
    by_id = {
        status.obligation.id: status
        for dossier in dossiers
        for status in dossier.statuses
    }
    return tuple(
        by_id[obligation.id]
        for obligation in select_obligations(snapshot, references, ended=True)
    )


def parse_base_url(url: str | None) -> str | None:
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
        with open_log(config, write=True) as log:
            log.ensure()
    try:
        folder = evidence_folder(config) if paths else Path()
        for path in paths:
            attachment = evidence.add(path, folder)
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
    with open_log(config) as log:
        named = {attachment.sha256 for _, attachment in log.attachments()}
    folder = evidence_folder(config)
    for attachment in attachments:
        if attachment.sha256 not in named:
            evidence.remove(attachment, folder)


def evidence_folder(config: Settings) -> Path:
    """Return the folder of evidence: beside a file, else among the user's data."""
    if config.evidence.value is not None:
        return Path(config.evidence.value).expanduser()
    url = str(config.log.value)
    if not is_shared(url):
        from orderwatch.log_url import log_path

        return evidence.default_folder(log_path(url))
    from platformdirs import user_data_path

    with open_log(config) as log:
        name = str(log.head().origin).rpartition("/")[2]
    return user_data_path("orderwatch", appauthor=False) / f"{name}.evidence"
