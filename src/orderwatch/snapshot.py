"""What is known: the register, the log, and the statuses that follow from them."""

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
from orderwatch.settings import Settings

if TYPE_CHECKING:
    from orderwatch.ledger.log import SqlLog
    from orderwatch.ledger.store import Selection
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from orderwatch.model import (
    Case,
    Deadline,
    Dossier,
)

NO_LOG = LogHead(size=0, root=sha256().digest())
"""Of a log without an entry; its root is that of RFC 9162, 2.1.1."""
_NOTHING = Unread()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Register and log, seen from one day."""

    settings: Settings
    register: Register
    curated: tuple[Event, ...]
    """The public record, up to the day of the view."""
    view: View
    """Its log is the state that was found first; later entries are not read."""
    public: bool = False
    """Whether entries that are marked private are left out."""
    read: Mapping[str, Sequence[Event]] | None = None
    """What counts in the log by what it names, where all of it was read at once."""


def register(settings: Settings) -> Register:
    """Load the register that the settings name, or the one that ships."""
    from orderwatch.register.load import load_orders, shipped

    path = settings.orders.value
    return load_orders(shipped() if path is None else home(path))


def home(path: str) -> Path:
    """Write out a `~` at the beginning of the path of a register."""
    try:
        return files.expanded(Path(path))
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror}") from error


def log_of(settings: Settings, *, write: bool = False) -> "SqlLog[Any]":
    """Open the log that the settings name; the default one need not exist."""
    from orderwatch.ledger.store import open_store

    chosen = settings.log
    return open_store(
        str(chosen.value),
        write=write,
        must_exist=chosen.named,
        password=log_password(settings),
    )


def log_password(settings: Settings) -> str | None:
    """Run the command that prints the password of a shared log, if there is one."""
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
    """Read the register, and the state of the log, as they were on a day.

    For what is published, `public` leaves out what is marked private, and without
    `with_log` the log is as good as empty.
    """
    found = register(settings)
    day = as_of or clock.today()
    return Record(
        settings=settings,
        register=found,
        curated=tuple(event for event in found.events if event.on <= day),
        view=View(
            as_of=day,
            known_on=known_on,
            reviewed=found.reviewed,
            register_sha256=found.sha256,
            seen_to=found.seen_to,
            log=_head(settings) if with_log else NO_LOG,
        ),
        public=public,
    )


def _head(settings: Settings) -> LogHead:
    """Read the state of the log; without a log, nothing of SQLite is imported."""
    if not settings.log.named and not files.is_there(Path(str(settings.log.value))):
        return NO_LOG
    with log_of(settings) as log:
        return log.head()


def logged(
    known: Record,
    wanted: "Selection",
    *,
    history: bool = False,
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Read events of the log, as far as the view has it.

    Within a log that is open, if one is; to open a shared one takes a while.
    """
    if known.view.log.size == 0:
        return []
    if known.read is not None and wanted.about is not None and not history:
        found = (event for name in wanted.about for event in known.read.get(name, ()))
        return list({event.id: event for event in found}.values())
    from orderwatch.cli.past import event

    with nullcontext(within) if within else log_of(known.settings) as log:
        items = log.history(wanted) if history else log.current(wanted)
        return [
            event(item)
            for item in items
            if item.seq <= known.view.log.size and not (known.public and item.private)
        ]


def events_of(
    known: Record,
    chosen: Iterable[Obligation],
    within: "SqlLog[Any] | None" = None,
) -> list[Event]:
    """Gather the public record, and what of the log bears on obligations.

    Oldest first. The rest of the log about them is only counted: see `unread`.
    """
    from orderwatch.ledger.store import Selection

    about = {
        name for duty in chosen for name in (duty.id, duty.order.id, duty.order.case.id)
    }
    wanted = Selection(
        about=about,
        until=known.view.as_of,
        known_on=known.view.known_on,
        bearing=not known.public,
    )
    found = logged(known, wanted, within=within)
    return sorted([*known.curated, *found], key=_oldest)


def unread(
    known: Record, chosen: Iterable[Obligation], log: "SqlLog[Any]"
) -> dict[str, Unread]:
    """Count what the log holds about obligations and does not bear on them."""
    from orderwatch.cli.past import event

    view = known.view
    found = log.tally(
        {duty.id for duty in chosen},
        until=view.as_of,
        known_on=view.known_on,
        size=view.log.size,
    )
    places = {tally.latest for tally in found.values() if tally.latest is not None}
    read = {item.seq: event(item) for item in log.some(places)}
    return {
        uid: Unread(count=tally.count, latest=read.get(tally.latest or 0))
        for uid, tally in found.items()
    }


def _oldest(event: Event) -> tuple[date, int, str]:
    return event.on, event.seq or 0, event.id


def selection(known: Record, ids: Iterable[str]) -> tuple[Cited, ...]:
    """Find what each id names; refuse an order that the day has not seen yet."""
    found = tuple(lookup.cited(known.register, text) for text in ids)
    day = known.view.as_of
    for item in found:
        if item.order is not None and item.order.made > day:
            raise UsageError(
                f"{item.id}: the order was made on {item.order.made}, and the view "
                f"is that of {day}; give a later --as-of"
            )
    return found


def duties(
    known: Record, chosen: Sequence[Cited], *, ended: bool = False
) -> tuple[Obligation, ...]:
    """List the obligations of a selection, or of all pending cases without one."""
    day = known.view.as_of
    if chosen:
        listed = dict.fromkeys(
            duty for item in chosen for duty in lookup.obligations(known.register, item)
        )
        return tuple(duty for duty in listed if duty.order.made <= day)
    return tuple(
        duty
        for duty in known.register.obligations
        if duty.order.made <= day and (ended or not _over(duty, day))
    )


def _over(duty: Obligation, day: date) -> bool:
    end = duty.order.case.ended
    return end is not None and end.by(day)


def schedule(known: Record, duty: Obligation, until: date | None = None) -> Schedule:
    """Compute the deadlines of one obligation."""
    day = until or known.view.as_of
    return deadlines.schedule(duty, events_of(known, [duty]), until=day)


def statuses(known: Record, chosen: Iterable[Obligation]) -> tuple[Status, ...]:
    """Say where each obligation stands; the one way to every output."""
    return tuple(found for _, found in assessed(known, tuple(chosen)))


def assessed(
    known: Record, chosen: Sequence[Obligation]
) -> list[tuple[Schedule, Status]]:
    """Compute the deadlines of obligations, and where each stands."""
    day = known.view.as_of
    # What is published is read whole, since the counts are of private entries too.
    if known.view.log.size == 0 or known.public:
        named, counted = _by_name(events_of(known, chosen)), dict[str, Unread]()
    else:
        with log_of(known.settings) as log:
            named = _by_name(events_of(known, chosen, log))
            counted = unread(known, chosen, log)
    found = []
    for duty in chosen:
        about = (duty.id, duty.order.id, duty.order.case.id)
        # An event can name a thing and what it belongs to, and counts once.
        concern = {e.id: e for name in about for e in named.get(name, ())}
        events = tuple(concern.values())
        planned = deadlines.schedule(duty, events, until=day)
        others = counted.get(duty.id, _NOTHING)
        stands = status.assess(planned, events, today=day, unread=others)
        found.append((planned, stands))
    return found


def _by_name(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Sort events by what they name, each once for a thing and its deadlines."""
    named: dict[str, list[Event]] = {}
    for event in events:
        for name in dict.fromkeys(about.partition("@")[0] for about in event.about):
            named.setdefault(name, []).append(event)
    return named


def about(known: Record, found: Cited) -> tuple[Event, ...]:
    """List what names a thing, its parts, or what it belongs to, oldest first."""
    covered = lookup.obligations(known.register, found)
    above = [found.case.id] + ([found.order.id] if found.order else [])
    names = {found.id, *above, *(duty.id for duty in covered)}
    names |= {duty.order.id for duty in covered}
    if found.order is None:
        # An order that only declined has no obligation, and a record all the same.
        names |= {one.id for one in known.register.orders if one.case == found.case}
    from orderwatch.ledger.store import Selection

    wanted = Selection(
        about=names, until=known.view.as_of, known_on=known.view.known_on
    )
    public = (
        event
        for event in known.curated
        if any(name in names or name.partition("@")[0] in names for name in event.about)
    )
    return tuple(sorted([*public, *logged(known, wanted)], key=_oldest))


def dossier(known: Record, found: Cited) -> Dossier:
    """Gather all about what was cited."""
    chosen = duties(known, (found,))
    day = known.view.as_of
    orders = tuple(
        order
        for order in known.register.orders
        if order.made <= day
        and (order == found.order or (found.order is None and order.case == found.case))
    )
    both = assessed(known, chosen)
    return Dossier(
        subject=found.id,
        case=found.case,
        orders=orders,
        decisions=tuple(
            decision
            for decision in known.register.decisions
            if decision.order in orders and found.obligation is None
        ),
        statuses=tuple(status for _, status in both),
        schedules=tuple(schedule for schedule, _ in both),
        events=about(known, found),
    )


_T = TypeVar("_T")


def at_once(known: Record) -> Record:
    """Read the log once, for all that is to be said about many things."""
    if known.view.log.size == 0:
        return known
    from orderwatch.ledger.store import Selection

    wanted = Selection(until=known.view.as_of, known_on=known.view.known_on)
    named: dict[str, list[Event]] = {}
    for event in logged(known, wanted):
        stems = (name.partition("@")[0] for name in event.about)
        for name in dict.fromkeys((*event.about, *stems)):
            named.setdefault(name, []).append(event)
    return replace(known, read=named)


def cases(known: Record, chosen: Sequence[Cited]) -> tuple[Dossier, ...]:
    """Gather all about each case of a selection, or of all, the newest case first."""
    cited = chosen or [Cited(id=c.id, case=c) for c in known.register.cases]
    found: dict[Case, Dossier] = {}
    for one in cited:
        part = dossier(known, one)
        whole = found.get(one.case)
        found[one.case] = part if whole is None else _joined(whole, part)
    made = (one for one in found.values() if one.orders)
    return tuple(sorted(made, key=lambda one: -one.case.number))


def _joined(one: Dossier, other: Dossier) -> Dossier:
    return replace(
        one,
        subject=one.case.id,
        orders=_union(one.orders, other.orders),
        decisions=_union(one.decisions, other.decisions),
        statuses=_union(one.statuses, other.statuses),
        schedules=_union(one.schedules, other.schedules),
        events=tuple(
            sorted(
                _union(one.events, other.events),
                key=lambda event: (event.on, event.seq or 0, event.id),
            )
        ),
    )


def _union(one: tuple[_T, ...], other: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def history(known: Record, found: Iterable[Dossier]) -> list[Event]:
    """List what of the log moved a date, also what was taken back since."""
    if known.view.log.size == 0:
        return []
    from orderwatch.ledger.store import Selection

    about = {
        name
        for one in found
        for status in one.statuses
        for name in (one.case.id, status.obligation.order.id, status.obligation.id)
    }
    wanted = Selection(
        about=about,
        until=known.view.as_of,
        known_on=known.view.known_on,
        bearing=True,
    )
    events = logged(known, wanted, history=True)
    return [event for event in events if event.extends_to is not None]


def cancelled(known: Record, found: Iterable[Dossier]) -> tuple[Deadline, ...]:
    """List the deadlines that had been computed and no longer come: the case ended."""
    return tuple(
        deadline
        for one in found
        for status in one.statuses
        for deadline in _dropped(
            known,
            status.obligation,
            {item.deadline.id for item in status.deadlines},
        )
    )


def _dropped(known: Record, duty: Obligation, kept: set[str]) -> Iterable[Deadline]:
    end = duty.end
    if end is None or not end.by(known.view.as_of):
        return
    case = replace(duty.order.case, ended=None)
    bare = replace(duty, ended=None, order=replace(duty.order, ended=None, case=case))
    day = end.day or date(end.year, 12, 31)
    events = [event for event in events_of(known, [duty]) if event.on <= day]
    for deadline in deadlines.schedule(bare, events, until=day).deadlines:
        if deadline.id not in kept:
            yield replace(deadline, obligation=duty)


def overview(
    known: Record, chosen: Sequence[Cited], found: Iterable[Dossier]
) -> tuple[Status, ...]:
    """Give where the obligations of some cases stand, as `status --all` lists them."""
    stands = {status.obligation.id: status for one in found for status in one.statuses}
    return tuple(stands[duty.id] for duty in duties(known, chosen, ended=True))


def base(url: str | None) -> str | None:
    """Check the address of a site, and end it with a slash."""
    if url is None:
        return None
    from orderwatch.render.sanitize import safe_url

    found = safe_url(url)
    parts = urlsplit(found or "")
    if not found or parts.query or parts.fragment or parts.username:
        raise UsageError(
            f"{url}: is no address of a site; one looks like https://example.org/icj/"
        )
    return found if found.endswith("/") else f"{found}/"
