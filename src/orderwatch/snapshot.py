"""Snapshot: register and log as of a day, and what follows from them."""

import os
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from orderwatch import clock, deadlines, fs, lookup, status
from orderwatch.errors import LogError, OrderwatchError, RegisterError, UsageError
from orderwatch.frozen import replace
from orderwatch.lookup import Match, Resolver, Selection
from orderwatch.model import (
    CC_BY,
    Case,
    CaseFile,
    ChangeKind,
    Citation,
    Deadline,
    DeadlineRow,
    DeadlineStatus,
    Ending,
    Event,
    EventCount,
    EventEffect,
    EventKind,
    Hit,
    Kind,
    Licence,
    Obligation,
    Origin,
    Provenance,
    RecordChange,
    Register,
    RegisterOrigin,
    RegisterStatus,
    Schedule,
    Status,
    Timing,
    TreeHead,
)
from orderwatch.model.event import obligation_id
from orderwatch.settings import SHIPPED, Settings
from orderwatch.text import name_key, nfc, tokenize
from orderwatch.translation import _, use_names

if TYPE_CHECKING:
    from orderwatch.evidence import NewFile
    from orderwatch.log.backup import BackupSummary
    from orderwatch.log.formats.consistency import ConsistencyProof
    from orderwatch.log.formats.proof import Proof
    from orderwatch.log.formats.signed_note import Note, Signer
    from orderwatch.log.head_memory import HeadMemory
    from orderwatch.log.outbox import SqlWriter
    from orderwatch.log.sql_log import SqlLog
    from orderwatch.log.types import EntryFilter
    from orderwatch.model import Attachment
    from orderwatch.model.entry import (
        AppendedEntry,
        Entry,
        EntryKind,
        Handover,
        ImportResult,
        Rank,
        Shortfall,
        StoredEntry,
        VerificationReport,
    )
    from orderwatch.register.installed import Installation, InUse
    from orderwatch.revisions import Revisions

EMPTY_TREE_HEAD = TreeHead(size=0, root=sha256().digest())
"""The tree head of an empty log; RFC 9162, section 2.1.1, defines its root."""
_KEY_MAX = 10_000
"""Bytes of the file of a key."""
_BACKUPS_MAX = 5
"""Attempts at a backup while redactions remove evidence."""
_KEY_NAME = "orderwatch/home"
_FUTURE_KEY = "0" * 64
"""Stands for a key that is not made yet, and signed nothing: it is of small order."""
_NO_EVENTS = EventCount()
_T = TypeVar("_T")

Day = date | str
"""A date, or a date as people type it: `2024-06-20`, `20 June 2024`, `yesterday`."""


class Filters(TypedDict, total=False):
    """Filters of obligations; what is left out matches all."""

    party: str | None
    """Name or alias of a State that is an addressee."""
    any_role: bool
    """Every case to which the State is a party."""
    kind: Kind | str | None
    in_force: bool


class Snapshot:
    """Register and log as of a day.

    Each is loaded at its first use, and the log is opened once; `close`, or leaving a
    `with` block, closes it. What the log holds is fixed at its first use: entries that
    are appended later are not read.
    """

    def __init__(  # noqa: PLR0913 - what a snapshot is of
        self,
        settings: Settings,
        *,
        as_of: date | None = None,
        known_on: date | None = None,
        public: bool = False,
        with_log: bool = True,
        write: bool = False,
        accept_cut: str | None = None,
    ) -> None:
        """Load nothing yet.

        For publication, `public` leaves out private entries; without `with_log` the log
        reads as empty. Only with `write` an entry can be appended. `accept_cut` is the root
        of a log that lacks entries which this home appended.
        """
        self.settings = settings
        self._as_of = as_of
        self.known_on = known_on
        self.notes: tuple[str, ...] = ()
        """Remarks on ids that were resolved, for users."""
        self._follow: tuple[str, ...] = ()
        self.follow_problems: tuple[str, ...] = ()
        """Errors of `follow` in the configuration, for users."""
        self._is_dated = as_of is not None
        self._public = public
        self._with_log = with_log
        self._write = write
        self._accept_cut = accept_cut
        self.home_key = HomeKey(settings)
        self._is_closed = False

    def __enter__(self) -> Self:
        """Return itself; the log is closed at the end.

        To write, the log is opened at once: an error comes before questions are asked.
        """
        if self._write:
            _ = self.log
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log."""
        self.close()

    def close(self) -> None:
        """Close the log; it cannot be opened again."""
        self._is_closed = True
        self._close_log()

    def _close_log(self) -> None:
        if (log := self.__dict__.pop("log", None)) is not None:
            log.close()

    @property
    def is_public(self) -> bool:
        """Return whether private entries are left out."""
        return self._public

    @cached_property
    def as_of(self) -> date:
        """Return the day; without one, today at the court, the latest of several."""
        return self._as_of or max(self._days.values())

    @cached_property
    def _days(self) -> Mapping[str, date]:
        """Return today in each time zone of the courts."""
        return {zone: clock.today(zone) for zone in self.register.time_zones}

    def day(self, obligation: Obligation) -> date:
        """Return the day; without one, today at the court of an obligation."""
        return self._as_of or self._days[obligation.order.case.time_zone]

    @cached_property
    def _recorded_before(self) -> datetime | None:
        """Return the end of the known-on day, at each court."""
        if self.known_on is None:
            return None
        from orderwatch.dates import end_of_day

        return end_of_day(self.known_on, self.register.time_zones)

    @cached_property
    def register(self) -> Register:
        """Load the registers of the settings, or the packaged one."""
        from orderwatch.register import load_register

        default = self._default_register
        if default and default.note:
            self.notes += (default.note,)
        if default is None:
            register = load_register(*register_paths(self.settings))
        else:
            register = load_register(default.path, form_sha256=default.form_sha256)
        use_names(register.names)
        return register

    @cached_property
    def _default_register(self) -> "InUse | None":
        return default_register(self.settings)

    @property
    def licence(self) -> Licence | None:
        """Return the licence of the register that ships and of its releases, else None."""
        return None if self.settings.orders.parts else CC_BY

    @cached_property
    def log(self) -> "SqlLog[Any]":
        """Open the log of the settings; the default log need not exist."""
        from orderwatch.log import open_store

        if self._is_closed:
            raise UsageError(_("the snapshot is closed: use it within its `with` block"))

        setting = self.settings.log
        memory = self._head_memory if self._write else None
        log = open_store(
            str(setting.value),
            write=self._write,
            must_exist=setting.is_explicit,
            password=log_password(self.settings),
            owner=self.home_key.owner,
        )
        log.memory = memory
        return log

    @cached_property
    def _head_memory(self) -> "HeadMemory":
        from orderwatch.log.head_memory import HeadMemory

        return HeadMemory(data_folder() / "tree-heads", self._accept_cut)

    @property
    def write_notes(self) -> Iterator[str]:
        """Yield remarks for users on what was written beside the log: key and tree head."""
        default = self._default_register
        register_note = default.note if default else None
        yield from filter(None, (self.home_key.note, self._head_memory.note, register_note))

    @cached_property
    def view(self) -> Provenance:
        """Return the day, and the states of register and log that are read."""
        default = self._default_register
        return Provenance(
            as_of=self.as_of,
            known_on=self.known_on,
            reviewed=self.register.reviewed,
            register_sha256=self.register.sha256,
            seen_to=self.register.seen_to,
            log=self._tree_head(),
            courts=self.register.courts,
            release=default.installed.release.number if default and default.installed else None,
            register_note=default.note if default else None,
            follow=self._follow,
            days=() if self._as_of or len(self._days) == 1 else tuple(self._days.items()),
            awaiting=tuple(
                order
                for order in self.register.orders
                if order.awaits_coding and order.made <= self.as_of
            ),
        )

    def _tree_head(self) -> TreeHead:
        """Read the tree head of the log; without a log, do not import SQLite."""
        setting = self.settings.log
        is_missing = not setting.is_explicit and not fs.may_exist(Path(str(setting.value)))
        if is_missing or not self._with_log:
            return EMPTY_TREE_HEAD
        return self.log.head()

    @cached_property
    def public_record(self) -> tuple[Event, ...]:
        """Return the events of the public record, up to the day."""
        return tuple(event for event in self.register.events if event.on <= self.as_of)

    # Ids

    def resolve(self, *ids: str) -> tuple[Match, ...]:
        """Resolve ids and States; raise `UsageError` for an order made after the day.

        A State stands for the obligations that are addressed to it.
        """
        matches = tuple(match for text in ids for match in self.resolver.select(text))
        self.notes += tuple(filter(None, map(lookup.state_note, matches)))
        for match in matches:
            if match.order is not None and match.order.made > self.as_of:
                raise UsageError(
                    _(
                        "{id}: the order was made on {made}, after {as_of}; use a later --as-of"
                    ).format(id=match.id, made=match.order.made, as_of=self.as_of)
                )
        return matches

    def _resolve_one(self, id_: str) -> Match:
        """Resolve an id that names one thing."""
        [match] = self.resolve(self.resolver.select_one(id_).id)
        return match

    @cached_property
    def resolver(self) -> Resolver:
        """Return the names of the register."""
        return Resolver(self.register)

    # Search

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return the cases, orders, obligations and events that a text matches, best first.

        An id, alias, number, State, case title, date of an order, or address or document
        number of the Court gives what it names; other text, what has all its words.
        """
        if selection := self.find_named(text):
            if selection.state:
                selection = self.with_cases(selection)
            self.resolve(*(match.id for match in selection.matches))
            return self.hits(selection.matches)
        selection = self.resolver.find(text, self.as_of, self._searchable(text))
        return self._with_dates(selection.hits) if selection else ()

    def find_named(self, text: str) -> Selection | None:
        """Return what an id, State, title, date or address names; `None` without one."""
        return self.resolver.find(text, self.as_of, words=False)

    def find_words(self, text: str) -> Selection:
        """Return what words of the public record match; raise `UsageError` without a match."""
        if selection := self.resolver.find(text, self.as_of, self.public_record):
            return selection
        raise self.no_match(text)

    def no_match(self, text: str) -> UsageError:
        """Return the error for a text that matches nothing, with the nearest by name."""
        return self.resolver.unknown(text)

    def with_cases(self, selection: Selection, *, is_set: bool = False) -> Selection:
        """Return the cases to which the State of a selection is a party."""
        if selection.state is None:
            return selection
        cases = self.resolver.cases_of(selection.state)
        return replace(selection, matches=cases or selection.matches, is_set=is_set)

    def with_orders(self, selection: Selection) -> Selection:
        """Return the orders of the obligations of a selection, the cases of a State."""
        selection = self.with_cases(selection)
        orders = [
            replace(match, id=match.order.id, obligation=None, deadline=None)
            if match.order
            else match
            for match in selection.matches
        ]
        return replace(selection, matches=tuple(dict.fromkeys(orders)))

    def hits(self, matches: Iterable[Match]) -> tuple[Hit, ...]:
        """Return matches as the results of a search."""
        return self._with_dates(
            Hit.of(match.obligation or match.order or match.case, self.as_of) for match in matches
        )

    def _searchable(self, text: str) -> Iterator[Event]:
        """Yield the events of the public record, and those of the log that have the words."""
        yield from self.public_record
        if self.view.log.size:
            from orderwatch.log.types import EntryFilter
            from orderwatch.word_search import content_words

            if words := content_words(text):
                yield from self.log_events(EntryFilter(until=self.as_of, search=" ".join(words)))

    def _with_dates(self, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        """Set the next date of what is due to each case, order or obligation."""
        next_days: dict[str, date] = {}
        for item in self.statuses():
            current = item.current
            if current and current.timing in {Timing.UPCOMING, Timing.DUE_TODAY}:
                for id_ in _with_parents(item.obligation):
                    next_days[id_] = min(current.deadline.due, next_days.get(id_, date.max))
        return tuple(hit if hit.event else replace(hit, due=next_days.get(hit.id)) for hit in hits)

    def obligations(self, *ids: str, ended: bool = False) -> tuple[Obligation, ...]:
        """Return the obligations of ids; without any, those of pending cases.

        With `ended`, those of cases that have ended are among them.
        """
        if ids:
            return self._obligations_of(self.resolve(*ids))
        if self._follow:
            # An order that was made after the day is no error here.
            return self._obligations_of(lookup.resolve(self.register, x) for x in self._follow)
        return tuple(
            obligation
            for obligation in self.register.obligations
            if obligation.order.made <= self.as_of
            and (ended or not _is_case_over(obligation, self.as_of))
        )

    def _obligations_of(self, matches: Iterable[Match]) -> tuple[Obligation, ...]:
        unique = dict.fromkeys(
            obligation
            for match in matches
            for obligation in lookup.obligations(self.register, match)
        )
        return tuple(obligation for obligation in unique if obligation.order.made <= self.as_of)

    def follow(self) -> None:
        """Limit what is returned without an id to what `follow` in the configuration names.

        `view` has the names then, and `follow_problems` those that the register does not have.
        Call it before anything is read.
        """
        self._follow, self.follow_problems = self.followed()

    def followed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of `follow` that the register has, and an error for each other."""
        names, problems = [], []
        for name in self.settings.follow:
            try:
                lookup.resolve(self.register, name)
                names.append(name)
            except UsageError as error:
                problems.append(_("follow in the configuration: {error}").format(error=error))
        return tuple(names), tuple(problems)

    # Deadlines and statuses

    def statuses(
        self, *ids: str, ended: bool = False, **filters: Unpack[Filters]
    ) -> tuple[Status, ...]:
        """Compute the status of each obligation of ids, as `obligations` has them.

        `party` selects by addressee, and with `any_role` every case to which it is a party.
        """
        obligations = self.obligations(*ids, ended=ended)
        return self._select(tuple(status for _, status in self.assess(obligations)), filters)

    def _select(self, statuses: tuple[Status, ...], filters: Filters) -> tuple[Status, ...]:
        party, any_role = filters.get("party"), filters.get("any_role", False)
        if party is not None and any_role:
            statuses = status.party_to(statuses, lookup.party_names(self.register, party))
        elif party is not None:
            statuses = status.addressed_to(statuses, lookup.addressee_names(self.register, party))
        elif any_role:
            raise UsageError(_("--any-role needs --party, the State whose cases it selects"))
        if kind := filters.get("kind"):
            statuses = status.of_kind(statuses, _parse_obligation_kind(kind))
        if filters.get("in_force"):
            statuses = tuple(item for item in statuses if item.in_force)
        return statuses

    def statuses_within(self, days: int, *ids: str) -> list[Status]:
        """Compute statuses with every deadline of a series due within `days`."""
        return [
            status.assess_within(obligation, events, today=self.day(obligation), days=days)
            for obligation, events in self._with_events(self.obligations(*ids))
        ]

    def deadlines(
        self,
        *ids: str,
        since: Day | None = None,
        until: Day | None = None,
        **filters: Unpack[Filters],
    ) -> list[DeadlineRow]:
        """Return every deadline, past and to come, as a flat record.

        Of a series that goes on, all past ones and the next. Without an id: those of
        every obligation, cases that have ended among them. `since` and `until` limit
        the days on which they are due.
        """
        items = self.deadline_statuses(*ids, since=since, until=until, **filters)
        return [item.row() for item in items]

    def deadline_statuses(
        self,
        *ids: str,
        since: Day | None = None,
        until: Day | None = None,
        **filters: Unpack[Filters],
    ) -> list[DeadlineStatus]:
        """Return what `deadlines` returns, as values of the model."""
        first = parse_day(since, self.register) or date.min
        last = parse_day(until, self.register) or date.max
        statuses = self.statuses(*ids, ended=True, **filters)
        items = (item for status in statuses for item in status.deadlines)
        return [item for item in items if first <= item.deadline.due <= last]

    def schedules(self, *ids: str) -> list[Schedule]:
        """Compute the schedule of each obligation of ids.

        Of the id of a deadline, the schedule holds this deadline alone.
        """
        schedules: list[Schedule] = []
        for match in self.resolve(*ids):
            if match.obligation is not None and match.deadline is not None:
                schedules.append(self._schedule_on(match.obligation, match.deadline))
            else:
                results = self.assess(self._obligations_of((match,)))
                schedules += (schedule for schedule, _ in results)
        return schedules

    def _schedule_on(self, obligation: Obligation, day: date) -> Schedule:
        full = self.schedule(obligation, until=max(day, self.day(obligation)))
        matches = tuple(deadline for deadline in full.deadlines if deadline.first_due == day)
        if not matches:
            closest = sorted(
                full.deadlines,
                key=lambda deadline: abs((deadline.first_due - day).days),
            )[:3]
            hint = ", ".join(deadline.id for deadline in closest) or _("none")
            raise UsageError(
                _("{obligation} has no deadline {day}; nearest: {hint}").format(
                    obligation=obligation.id, day=day, hint=hint
                )
            )
        return replace(full, deadlines=matches)

    def schedule(self, obligation: Obligation | str, until: date | None = None) -> Schedule:
        """Compute the deadlines of one obligation; of a series, up to a day."""
        if isinstance(obligation, str):
            match = self._resolve_one(obligation)
            if match.obligation is None:
                raise UsageError(
                    _("{obligation}: name one obligation, such as rafah/3").format(
                        obligation=obligation
                    )
                )
            obligation = match.obligation
        events = self.events_for([obligation])
        return deadlines.schedule(obligation, events, until=until or self.day(obligation))

    def assess(
        self, obligations: Sequence[Obligation], *, dates_only: bool = False
    ) -> list[tuple[Schedule, Status]]:
        """Compute the schedule and the status of each obligation.

        With `dates_only`, the statuses count no event that affects no date.
        """
        is_counted = self.view.log.size > 0 and not dates_only
        counts = self.counts(obligations) if is_counted else {}
        results = []
        for obligation, events in self._with_events(obligations):
            today = self.day(obligation)
            schedule = deadlines.schedule(obligation, events, until=today)
            event_count = counts.get(obligation.id, _NO_EVENTS)
            results.append(
                (
                    schedule,
                    status.assess(schedule, events, today=today, not_loaded=event_count),
                )
            )
        return results

    def _with_events(
        self, obligations: Sequence[Obligation]
    ) -> Iterator[tuple[Obligation, tuple[Event, ...]]]:
        """Yield each obligation with the events about it, its order or its case."""
        by_subject = _group_by_subject(self.events_for(obligations))
        for obligation in obligations:
            # An event can name an obligation and its case, and counts once.
            relevant = {
                event.id: event
                for id_ in _with_parents(obligation)
                for event in by_subject.get(id_, ())
            }
            yield obligation, tuple(relevant.values())

    def citation(self, id_: str) -> Citation:
        """Return what to cite: a case, an order or a point of it, with its deadline.

        Of a series, the deadline is the one that the id names, else the next.
        """
        [match] = self.resolve(id_)
        deadline = None
        if match.obligation is not None and match.deadline is not None:
            [deadline] = self._schedule_on(match.obligation, match.deadline).deadlines
        elif match.obligation is not None:
            [(_schedule, result)] = self.assess([match.obligation])
            deadline = result.current.deadline if result.current else None
        return Citation(
            case=match.case,
            order=match.order,
            obligation=match.obligation,
            deadline=deadline,
            reviewed=self.register.reviewed,
            accessed=self.as_of,
        )

    # Events

    def events(  # noqa: PLR0913 - each is a filter
        self,
        *ids: str,
        since: Day | None = None,
        until: Day | None = None,
        speaker: str | None = None,
        kind: EventKind | str | None = None,
        search: str | None = None,
        origin: Origin | None = None,
        history: bool = False,
    ) -> list[Event]:
        """Return events of the public record and the log, the oldest first.

        `speaker` is a part of a name, `search` words that all occur, `history` includes
        entries of the log that were corrected, retracted or redacted.
        """
        return list(
            self.event_list(
                *ids,
                since=since,
                until=until,
                speaker=speaker,
                kind=kind,
                search=search,
                origin=origin,
                history=history,
            )
        )

    def event_list(  # noqa: PLR0913 - as above
        self,
        *ids: str,
        since: Day | None = None,
        until: Day | None = None,
        speaker: str | None = None,
        kind: EventKind | str | None = None,
        search: str | None = None,
        origin: Origin | None = None,
        history: bool = False,
        newest: int | None = None,
    ) -> Sequence[Event]:
        """Return what `events` returns; most events of the log are read when they are used.

        With `newest`, the list counts all events, but has perhaps only so many of the newest.
        """
        from orderwatch.event_list import EventList
        from orderwatch.log.types import EntryFilter

        if search is not None and not tokenize(search):
            raise UsageError(_("--search: no word to search for"))
        limits = [limit for limit in (parse_day(until, self.register),) if limit is not None]
        # A history also lists entries without a day, unless there is a limit.
        if self._is_dated or not history:
            limits.append(self.as_of)
        entry_filter = EntryFilter(
            about=self._covered_ids(self.resolve(*ids)) if ids else None,
            kinds=(_parse_kind(kind),) if kind else (),
            since=parse_day(since, self.register),
            until=min(limits, default=None),
            search=search,
            recorded_before=self._recorded_before,
        )
        public = self.public_record if origin is not Origin.LOG else ()
        keys, omitted = array("q"), 0
        if origin is not Origin.REGISTER:
            limit = newest if speaker is None else None
            keys, omitted = self._newest_keys(entry_filter, limit, history=history)
        schedules: dict[str, Schedule] = {}
        events = EventList(
            sorted(
                (event for event in public if _matches(event, entry_filter)),
                key=lambda event: event.sort_key,
            ),
            keys,
            lambda seqs: self._mark_void(self._read_events(seqs), schedules),
            omitted=omitted,
        )
        if speaker is None:
            return events
        name = name_key(speaker)
        return events.select(lambda event: name in name_key(event.speaker))

    def _keys(self, entry_filter: "EntryFilter", *, history: bool = False) -> "array[int]":
        """Return the keys of matching events of the log, up to the tree head of the snapshot."""
        size = self.view.log.size
        if size == 0:
            return array("q")
        entry_filter = self._for_log(entry_filter)
        return self.log.event_keys(entry_filter, size, history=history, public=self._public)

    def _newest_keys(
        self, entry_filter: "EntryFilter", limit: int | None, *, history: bool
    ) -> "tuple[array[int], int]":
        """Return keys of the log, perhaps only so many of the newest, and how many are left out."""
        if limit is not None and self.view.log.size and not self._public:
            found = self.log.newest_event_keys(
                self._for_log(entry_filter), self.view.log.size, limit, history=history
            )
            if found is not None:
                return found
        return self._keys(entry_filter, history=history), 0

    def _for_log(self, entry_filter: "EntryFilter") -> "EntryFilter":
        """Return a filter with the ids of the log."""
        if entry_filter.about is None:
            return entry_filter
        names = {self.register.log_id(id_) for id_ in entry_filter.about}
        return replace(entry_filter, about=names)

    def _read_events(self, seqs: Sequence[int]) -> Iterator[Event]:
        entries = self.log.read_as_of(seqs, self.view.log.size, self._recorded_before)
        return map(self._to_event, entries)

    def _covered_ids(self, matches: Iterable[Match]) -> set[str]:
        """Return the ids of matches and of their parts; a deadline has no parts."""
        ids = set[str]()
        for match in matches:
            ids.add(match.id)
            if match.deadline is None:
                covered = lookup.obligations(self.register, match)
                ids.update(obligation.id for obligation in covered)
            if match.order is None:
                # An order that indicated nothing has events, but no obligations.
                ids.update(order.id for order in self.register.orders if order.case == match.case)
        return ids

    def events_for(self, obligations: Iterable[Obligation]) -> list[Event]:
        """Return public record and log events that affect obligations, oldest first.

        Other log events about them are only counted, by `counts`.
        """
        ids = {id_ for obligation in obligations for id_ in _with_parents(obligation)}
        events = self._status_events(ids)
        return sorted([*self.public_record, *events], key=lambda event: event.sort_key)

    def _events_about(self, match: Match) -> Sequence[Event]:
        """Return events about a match, its parts and its parents, oldest first.

        Those of the log are read when they are used.
        """
        ids = self._covered_ids([match]) | {match.case.id}
        ids |= {match.order.id} if match.order else set()
        if match.obligation is not None:
            ids.add(match.obligation.id)
        public_events = (
            event for event in self.public_record if any(_is_about(id_, ids) for id_ in event.about)
        )
        public = sorted(public_events, key=lambda event: event.sort_key)
        if self.view.log.size == 0:
            return tuple(public)
        from orderwatch.event_list import EventList

        def keys_about(names: Collection[str]) -> "array[int]":
            return self._keys(self._filter_about(names))

        return EventList(public, keys_about(ids), self._read_events, keys_about)

    def _filter_about(self, ids: Collection[str], *, affects_status: bool = False) -> "EntryFilter":
        """Return a filter of entries about ids, up to the day."""
        from orderwatch.log.types import EntryFilter

        return EntryFilter(
            about=ids,
            until=self.as_of,
            recorded_before=self._recorded_before,
            affects_status=affects_status,
        )

    def _status_events(self, ids: set[str], *, history: bool = False) -> list[Event]:
        """Read events of the log that affect the status of ids."""
        if self.view.log.size == 0:
            return []
        return self.log_events(self._filter_about(ids, affects_status=True), history=history)

    def log_events(self, entry_filter: "EntryFilter", *, history: bool = False) -> list[Event]:
        """Read events of the log, up to the tree head of the snapshot."""
        if self.view.log.size == 0:
            return []
        log = self.log
        entry_filter = self._for_log(entry_filter)
        entries = log.history(entry_filter) if history else log.current(entry_filter)
        return [
            self._to_event(entry)
            for entry in entries
            if entry.seq <= self.view.log.size and not (self._public and entry.private)
        ]

    def counts(self, obligations: Iterable[Obligation]) -> dict[str, EventCount]:
        """Count the log events about obligations that affect no status."""
        ids = {self.register.log_id(item.id): item.id for item in obligations}
        tallies = self.log.count(
            ids,
            until=self.as_of,
            recorded_before=self._recorded_before,
            size=self.view.log.size,
            public=self._public,
        )
        seqs = {tally.latest for tally in tallies.values() if tally.latest is not None}
        latest = {entry.seq: self._to_event(entry) for entry in self.log.get_many(seqs)}
        return {
            ids[id_]: EventCount(count=tally.count, latest=latest.get(tally.latest or 0))
            for id_, tally in tallies.items()
        }

    def entry(self, name: str) -> "StoredEntry":
        """Read an entry by its number or the beginning of its id."""
        entry = self.log.get(self.log.resolve(name))
        return replace(entry, event=entry.event and self._localize(entry.event))

    def _to_event(self, entry: "StoredEntry") -> Event:
        from orderwatch.model.entry import to_event

        return self._localize(to_event(entry))

    def _localize(self, event: Event) -> Event:
        """Replace the ids of the log by those of the register."""
        return replace(event, about=tuple(map(self.register.local_id, event.about)))

    def changes(self, *ids: str, since: Day) -> list[RecordChange]:
        """Return what the register and the log have gained or corrected since a day, oldest first.

        Of a register, its own history says so; of the log, its entries.
        """
        first = parse_day(since, self.register)
        assert first is not None  # noqa: S101 - for the type checker: `since` is a day
        covered = self._covered_ids(self.resolve(*ids)) if ids else None
        changes = [
            RecordChange(
                day=change.day,
                origin=Origin.REGISTER,
                kind=ChangeKind.CORRECTED if change.was else ChangeKind.ADDED,
                ids=change.ids,
                what=change.what,
                was=change.was,
                why=change.why,
            )
            for change in reversed(self.register.changes)
            if first <= change.day <= self.as_of
        ]
        changes += self._log_changes(first)
        if covered is not None:
            changes = [item for item in changes if any(_is_about(x, covered) for x in item.ids)]
        return sorted(changes, key=lambda item: (item.day, item.entry or 0))

    def _log_changes(self, first: date) -> Iterator[RecordChange]:
        """Yield what entries recorded from a day on did, up to the snapshot's own day."""
        if self.view.log.size == 0:
            return
        from orderwatch.dates import end_of_day
        from orderwatch.log.types import EntryFilter
        from orderwatch.model.entry import EntryKind, handover_phrase, to_event

        kinds = {
            EntryKind.EVENT: ChangeKind.ADDED,
            EntryKind.CORRECTION: ChangeKind.CORRECTED,
            EntryKind.RETRACTION: ChangeKind.RETRACTED,
            EntryKind.REDACTION: ChangeKind.REDACTED,
            EntryKind.RECORDER: ChangeKind.RECORDER,
            EntryKind.HANDOVER: ChangeKind.HANDOVER,
        }
        entry_filter = EntryFilter(
            recorded_since=datetime.combine(first, time(), UTC),
            recorded_before=end_of_day(self.known_on or self.as_of, ("UTC",)),
        )
        for entry in self.log.history(entry_filter):
            if entry.seq > self.view.log.size:
                continue
            target = entry.header.target
            before = None if target is None else self.log.get(self.log.resolve(target)).event
            event = self._localize(to_event(entry))
            yield RecordChange(
                day=entry.header.recorded.date(),
                origin=Origin.LOG,
                kind=kinds[entry.header.kind],
                ids=event.about or (self._localize(before).about if before else ()),
                what=event.summary if entry.event else before.summary if before else event.summary,
                was=before.summary if before and entry.event else None,
                why=handover_phrase(entry.handover) if entry.handover else entry.why,
                moved_to=event.extends_to,
                entry=entry.seq,
                recorder=entry.header.recorder,
                counts=entry.counts,
            )

    # Cases

    def case_file(self, id_: str, *, lazy: bool = False) -> CaseFile:
        """Return all about a case, an order or an obligation.

        With `lazy`, events of the log are read when they are used, from the open snapshot.
        """
        result = self._case_file(self._resolve_one(id_))
        return result if lazy else replace(result, events=tuple(result.events))

    def _case_file(self, match: Match, *, dates_only: bool = False) -> CaseFile:
        orders = tuple(
            order
            for order in self.register.orders
            if order.made <= self.as_of
            and (order == match.order or (match.order is None and order.case == match.case))
        )
        results = self.assess(self._obligations_of((match,)), dates_only=dates_only)
        return CaseFile(
            subject=match.id,
            case=match.case,
            orders=orders,
            decisions=tuple(
                decision
                for decision in self.register.decisions
                if decision.order in orders and match.obligation is None
            ),
            statuses=tuple(status for _, status in results),
            schedules=tuple(schedule for schedule, _ in results),
            events=() if dates_only else self._events_about(match),
        )

    def case_files(
        self, *ids: str, dates_only: bool = False, lazy: bool = False
    ) -> tuple[CaseFile, ...]:
        """Return the file of each case of ids, or of all; the newest case first.

        With `dates_only`, without what affects no date, so that few events are read; `lazy` is
        that of `case_file`.
        """
        matches = self.resolve(*ids) or tuple(
            Match(id=case.id, case=case) for case in self.register.cases
        )
        by_case: dict[Case, CaseFile] = {}
        for match in matches:
            part = self._case_file(match, dates_only=dates_only)
            part = part if lazy else replace(part, events=tuple(part.events))
            whole = by_case.get(match.case)
            by_case[match.case] = part if whole is None else _merge(whole, part)
        with_orders = (item for item in by_case.values() if item.orders)
        return tuple(sorted(with_orders, key=lambda item: item.case.sort_key, reverse=True))

    def revisions(self, statuses: Iterable[Status]) -> "Revisions":
        """Return the changes to the deadlines of statuses, retracted ones included."""
        from orderwatch.revisions import Revisions

        ids = {id_ for status in statuses for id_ in _with_parents(status.obligation)}
        size = self.view.log.size
        void = self.log.void_seqs() if size else set[int]()
        history = self._status_events(ids, history=True)
        events = [event for event in history if event.seq not in void]
        amendments = self.log.amendments(size, self._recorded_before) if size else []
        return Revisions(
            [*self.public_record, *events],
            [item for item in amendments if not (self._public and item.private)],
            self.register.changes,
            [item for item in amendments if self._public and item.private and item.was_public],
        )

    def cancelled_deadlines(
        self, case_files: Iterable[CaseFile]
    ) -> Iterator[tuple[Deadline, Ending]]:
        """Yield deadlines that were dropped when their obligation ended, and its end."""
        schedules = [item for case_file in case_files for item in case_file.schedules if item.ended]
        obligations = [schedule.obligation for schedule in schedules]
        events_of = self._with_events(obligations)
        for schedule, (obligation, events) in zip(schedules, events_of, strict=True):
            end = schedule.ended
            assert end is not None  # noqa: S101 - for the type checker: selected above
            endless, last_day = status.without_end(obligation), end.last_day
            continued = [replace(event, ends=False) for event in events if event.on <= last_day]
            current_ids = {item.id for item in schedule.deadlines}
            for deadline in deadlines.schedule(endless, continued, until=last_day).deadlines:
                if deadline.id not in current_ids:
                    yield replace(deadline, obligation=obligation), end

    # Reminders

    def open_outbox(self) -> "SqlWriter[Any]":
        """Open the outbox for writing, with a connection of its own."""
        from orderwatch.log import open_writer

        setting = self.settings.log
        return open_writer(
            str(setting.value),
            must_exist=setting.is_explicit,
            password=log_password(self.settings),
            owner=self.home_key.owner,
        )

    # Writing

    def append(self, event: Event, *, private: bool = False) -> "AppendedEntry":
        """Seal an event and append it to the log; return the entry's place.

        `build_event` validates the fields of an event, as `log add` does. Raises
        `UsageError` for an unknown id, and if the snapshot was opened without `write`.
        """
        about = dict.fromkeys(match.id for match in self.resolve(*event.about))
        return self.record(replace(event, about=tuple(about)), private=private)

    def record(
        self,
        event: Event,
        files: "Sequence[NewFile]" = (),
        target: "StoredEntry | None" = None,
        *,
        private: bool = False,
    ) -> "AppendedEntry":
        """Store files and append an event that has them, in the place of an older entry."""
        from orderwatch.model.entry import EntryKind

        # Validate before files are stored, so that invalid input leaves none behind.
        self.encode_event(event)
        if target and target.event and not files and private == target.private:
            same = replace(event, attachments=target.event.attachments)
            if self.encode_event(same) == self.encode_event(target.event):
                raise UsageError(
                    _("entry {seq} already has this content: nothing was recorded").format(
                        seq=target.seq
                    )
                )
        effect = self.effect(event, target)
        previous = target.event.attachments if target and target.event else ()
        kind = EntryKind.CORRECTION if target else EntryKind.EVENT
        with self.add_evidence(files) as attachments:
            event = replace(event, attachments=tuple(dict.fromkeys(previous + attachments)))
            body = self.encode_event(event)
            result = self.append_entry(kind, body, target, private=private)
        return replace(result, effect=effect)

    def effect(self, event: Event, target: "StoredEntry | None" = None) -> EventEffect:
        """Return what a new event counts for, in the place of an older entry."""
        # Of one day, the place in the log decides.
        event = replace(event, seq=self.view.log.size + 1)
        schedules, events = self._with_event(event, target.header.id if target else event.id)
        return status.effect(event, schedules, events)

    def _with_event(self, event: Event, replaced: str) -> tuple[list[Schedule], list[Event]]:
        """Return the schedules of what an event is about with it, and the other events."""
        obligations = self._obligations_of(lookup.resolve(self.register, x) for x in event.about)
        others = [item for item in self.events_for(obligations) if item.id != replaced]
        days = [date.fromisoformat(x.partition("@")[2]) for x in event.about if "@" in x]
        schedules = [
            deadlines.schedule(item, [*others, event], until=max(self.day(item), *days, event.on))
            for item in obligations
        ]
        return schedules, others

    def void_events(self) -> list[Event]:
        """Return the events of the log that should count for a deadline and do not."""
        from orderwatch.log.types import EntryFilter

        if self.view.log.size == 0:
            return []
        entry_filter = EntryFilter(until=self.as_of, affects_status=True)
        return [event for event in self._mark_void(self.log_events(entry_filter)) if event.void]

    def _mark_void(
        self, events: Iterable[Event], known: dict[str, Schedule] | None = None
    ) -> list[Event]:
        """Set `void` of events of the log; `known` has schedules that were computed."""
        schedules = {} if known is None else known
        return [
            replace(event, void=self._void_reason(event, schedules))
            if event.origin is Origin.LOG and not event.amended_by and _is_for_deadline(event)
            else event
            for event in events
        ]

    def _void_reason(self, event: Event, schedules: dict[str, Schedule]) -> str | None:
        try:
            matches = [lookup.resolve(self.register, name) for name in event.about]
        except UsageError:
            return _("counts for no deadline: its id is not in the register")
        if any(match.deadline and match.deadline > self.as_of for match in matches):
            return None
        obligations = self._obligations_of(matches)
        for item in obligations:
            if item.id not in schedules:
                schedules[item.id] = self.schedule(item)
        effect = status.effect(event, [schedules[item.id] for item in obligations])
        return effect.text if effect.is_void else None

    def encode_event(self, event: Event) -> bytes:
        """Encode an event as a payload; raise `UsageError` if it is invalid."""
        from orderwatch.log.formats import payload

        event = replace(event, about=tuple(map(self.register.log_id, event.about)))
        return encode_payload(lambda: payload.encode_event(event))

    def append_entry(
        self,
        kind: "EntryKind",
        body: bytes,
        target: "StoredEntry | None" = None,
        *,
        private: bool = False,
    ) -> "AppendedEntry":
        """Seal a payload and append it to the log, in the name of the recorder.

        It is signed with the key of the home, which is made if it is missing. Raises
        `UsageError` for an amendment that would not count.
        """
        from orderwatch.log.sql_log import clock_skew_warning
        from orderwatch.model.entry import AppendedEntry

        if not self._write:
            raise UsageError(
                _("nothing was recorded: the snapshot is read-only; open it with write=True")
            )
        now = clock.now()
        sealed = self._seal(kind, body, target, private=private, now=now)
        warning = clock_skew_warning(self.log, now)
        appended = self.log.append(sealed)
        return AppendedEntry(
            id=sealed.header.id,
            seq=appended.seq,
            leaf=appended.leaf,
            size=appended.size,
            root=appended.root,
            warning=warning,
        )

    def _seal(
        self,
        kind: "EntryKind",
        body: bytes,
        target: "StoredEntry | None" = None,
        *,
        private: bool = False,
        now: datetime,
    ) -> "Entry":
        import secrets

        from orderwatch.log.formats import entry
        from orderwatch.model.entry import Header

        header = Header(
            id=entry.uuid7(now, secrets.randbits(74)),
            kind=kind,
            recorded=now,
            recorder=nfc(self.settings.recorder.value or "unknown"),
            payload="",
            target=target.header.id if target else None,
            private=private,
        )
        salt = secrets.token_bytes(entry.SALT_SIZE)
        signer = self.home_key.signer(create=True)
        return encode_payload(lambda: entry.create(header, body, salt, signer))

    def require_amendable(self, kind: "EntryKind", target: "StoredEntry") -> None:
        """Raise `UsageError`, which says who may, unless our amendment of an entry counts."""
        self.log.require_amendable(kind, self.home_key.owner(create=False), target)

    def redactable(self, name: str) -> "StoredEntry":
        """Return an entry whose text we may remove; raise `UsageError` for another."""
        from orderwatch.model.entry import EntryKind

        target = self.log.get(self.log.resolve(name))
        if target.redacted:
            raise UsageError(
                _(
                    "entry {seq} is redacted already: `orderwatch log show {seq}` names "
                    "the redaction"
                ).format(seq=target.seq)
            )
        self.require_amendable(EntryKind.REDACTION, target)
        return target

    def redact(self, target: "StoredEntry", reason: bytes) -> "tuple[AppendedEntry, list[int]]":
        """Remove the text and evidence of an entry; return the versions that keep theirs."""
        from orderwatch.log.sql_log import revisions
        from orderwatch.model.entry import EntryKind

        result = self.append_entry(EntryKind.REDACTION, reason, target, private=target.private)
        self.discard_evidence(target.event.attachments if target.event else ())
        others = (item.seq for item in revisions(self.log, target) if not item.redacted)
        return result, sorted(others)

    def hand_over(self, name: str, handover: "Handover", file: str | None) -> "AppendedEntry":
        """Append that an entry, or a file of it, changed hands.

        `file` is a name, or the beginning of a SHA-256. That of a private entry is private.
        """
        from orderwatch.log.formats import payload
        from orderwatch.model.entry import EntryKind

        target = self.log.get(self.log.resolve(name))
        if file is not None:
            handover = replace(handover, file=_file_of(target, file).sha256)
        self.require_amendable(EntryKind.HANDOVER, target)
        body = encode_payload(lambda: payload.encode_handover(handover))
        return self.append_entry(EntryKind.HANDOVER, body, target, private=target.private)

    def custody(self, entry: "StoredEntry") -> "list[StoredEntry]":
        """Return the handovers of an entry and of its other versions, in order."""
        from orderwatch.log.sql_log import revisions

        versions = [entry, *revisions(self.log, entry)]
        seqs = {item.seq for version in versions for item in version.handovers}
        return self.log.get_many(sorted(seqs))

    def appoint(self, key: str, rank: "Rank", name: str | None = None) -> "AppendedEntry":
        """Append the rank of a key in the log; only its owner can."""
        from orderwatch.model.entry import EntryKind

        return self.append_entry(EntryKind.RECORDER, self._encode_appointment(key, rank, name))

    def _encode_appointment(self, key: str, rank: "Rank", name: str | None = None) -> bytes:
        from orderwatch.log.formats import payload
        from orderwatch.model.entry import Appointment

        self.log.ensure()
        origin = str(self.log.head().origin)
        appointment = Appointment(log=origin, key=key, rank=rank, name=name)
        return encode_payload(lambda: payload.encode_appointment(appointment))

    def import_lines(
        self,
        lines: Iterable[bytes],
        progress: Callable[[int], None],
        *,
        dry_run: bool = False,
        effects: bool = False,
        trust: str | None = None,
    ) -> "ImportResult":
        """Append the entries of an export; with `dry_run`, change nothing.

        Only with `effects`, amendments by another key than that of their target are taken:
        those of the owner and of editors count, the others are kept without effect. `trust`
        is a key that is made an editor before. Evidence that only redacted entries named is
        removed.
        """
        from orderwatch.model.entry import EntryKind, Rank

        appointment = None
        if trust is not None:
            body = self._encode_appointment(trust, Rank.EDITOR)
            appointment = self._seal(EntryKind.RECORDER, body, now=clock.now())
        named = {attachment for _, attachment in self.log.attachments()}
        result = self.log.append_many(
            lines,
            progress,
            dry_run=dry_run,
            effects=effects or dry_run or trust is not None,
            appointment=appointment,
        )
        if not dry_run:
            self.discard_evidence([*named])
        return result

    def checkpoint(self, signer_key: str | None = None) -> "Note":
        """Build a checkpoint of the log, signed if there is a key."""
        from orderwatch.log.formats.checkpoint import sign_tree_head

        return sign_tree_head(self.log.head(), signer_key)

    def cosigned_checkpoint(self) -> "Note":
        """Build the last checkpoint that witnesses cosigned; raise `LogError` without one."""
        from orderwatch.log.cosigning import cosigned_note

        return cosigned_note(self.log)

    def prove(
        self,
        name: str,
        note: "Note | None" = None,
        *,
        hash_only: bool = False,
        with_private: bool = False,
    ) -> "Proof":
        """Build the proof that an entry is in the log of a checkpoint, by default of the last.

        Text and salt are left out with `hash_only`, and those of a private entry without
        `with_private`.
        """
        from orderwatch.log.formats.checkpoint import Checkpoint
        from orderwatch.log.formats.proof import prove_entry

        note = note or self.checkpoint()
        item = self.log.get(self.log.resolve(name))
        with_text = not hash_only and (with_private or not item.private)
        line = self.log.line(item.seq, with_text=with_text)
        size = Checkpoint.parse(note.text).size
        return prove_entry(line, item.seq, size, note, self.log.node)

    def prove_since(self, old: TreeHead, note: "Note | None" = None) -> "ConsistencyProof":
        """Build the proof that the log of a checkpoint, by default of the last, continues `old`."""
        from orderwatch.log.formats.checkpoint import Checkpoint
        from orderwatch.log.formats.consistency import prove_consistency

        note = note or self.checkpoint()
        new = self.log.head_of(Checkpoint.parse(note.text).size)
        return prove_consistency(old, new, note, self.log.node)

    def verify(
        self, heads: Sequence[TreeHead], progress: Callable[[int], None]
    ) -> "tuple[VerificationReport, int, list[str]]":
        """Verify the log, then its evidence; return files verified and warnings.

        They are of the clock, and of entries that this home appended and the log lacks.
        """
        from orderwatch import evidence
        from orderwatch.log.sql_log import clock_skew_warning

        attested = [TreeHead(size=item.size, root=item.root) for item in self.log.attestations()]
        report = self.log.verify([*heads, *attested], progress)
        if report.problem is not None:
            return report, 0, []
        count = evidence.verify_all(self.log.attachments(), self.evidence_folder)
        cut = self.log.find_cut(self._head_memory)
        warnings = (clock_skew_warning(self.log, clock.now()), None if cut is None else str(cut))
        return report, count, [warning for warning in warnings if warning is not None]

    def shortfalls(self) -> "tuple[int, list[Shortfall]]":
        """Return the number of effective events, and those that lack evidence of a standard."""
        from orderwatch import standard

        entries = [item for item in self.log.current() if item.seq <= self.view.log.size]
        return len(entries), list(standard.shortfalls(entries))

    def backup(
        self, path: Path, *, allow_missing: bool = False
    ) -> tuple["BackupSummary", list[str]]:
        """Write log, outbox and evidence to a file, and verify it before it appears.

        Returns what it contains, and the problems of evidence that is left out, which only
        `allow_missing` permits.
        """
        named = self._attachments()
        for _attempt in range(_BACKUPS_MAX):
            try:
                return self._write_backup(path, allow_missing=allow_missing)
            except LogError:
                # A redaction meanwhile removes evidence of the entries that were read before.
                if named == (named := self._attachments()):
                    raise
        return self._write_backup(path, allow_missing=allow_missing)

    def _write_backup(
        self, path: Path, *, allow_missing: bool
    ) -> tuple["BackupSummary", list[str]]:
        from orderwatch import evidence
        from orderwatch.log import backup

        with self.log.frozen(path) as log, fs.temporary_file(path) as temporary:
            attachments = {item.sha256: item for _, item in log.attachments()}
            problems = {
                digest: problem
                for digest, item in attachments.items()
                if (problem := evidence.verify(item, self.evidence_folder))
            }
            if problems and not allow_missing:
                raise LogError(
                    _("nothing was written: {problem}; --allow-missing omits such files").format(
                        problem=next(iter(problems.values()))
                    )
                )
            files = (
                (digest, evidence.read(item, self.evidence_folder, backup.CHUNK_SIZE))
                for digest, item in attachments.items()
                if digest not in problems
            )
            with temporary.open("w+b") as file:
                file.writelines(log.backup(files))
                file.flush()
                os.fsync(file.fileno())
                summary = backup.check(file)
            temporary.replace(path)
        fs.fsync_folder(path.parent)
        return summary, [*problems.values()]

    def restore(self, file: IO[bytes]) -> "BackupSummary":
        """Write a backup to the log of the settings, where none is, and verify it."""
        from orderwatch import evidence
        from orderwatch.log import backup, require_no_log, restore_log
        from orderwatch.log_url import is_shared

        url, password = str(self.settings.log.value), log_password(self.settings)
        require_no_log(url, password)
        summary = backup.check(file)
        is_named = self.settings.evidence.value is not None or not is_shared(url)
        folder = self.evidence_folder if is_named else self._shared_folder(str(summary.head.origin))
        restored = [
            digest
            for digest, chunks in backup.files(file)
            if evidence.restore(digest, chunks, folder)
        ]
        try:
            restore_log(url, file, password)
        except BaseException:
            for digest in restored:
                evidence.discard(digest, folder)
            raise
        return summary

    def _attachments(self) -> set[str]:
        """Return the digests of evidence that entries name."""
        return {attachment.sha256 for _, attachment in self.log.attachments()}

    # Evidence

    @cached_property
    def evidence_folder(self) -> Path:
        """Return the folder of evidence: beside a file, else among the user's data."""
        setting = self.settings.evidence.value
        if setting is not None:
            return Path(setting).expanduser()
        from orderwatch.log_url import is_shared, log_path

        url = str(self.settings.log.value)
        if not is_shared(url):
            from orderwatch import evidence

            return evidence.default_folder(log_path(url))
        return self._shared_folder(str(self.log.head().origin))

    def _shared_folder(self, origin: str) -> Path:
        return data_folder() / f"{origin.rpartition('/')[2]}.evidence"

    def _evidence_max(self) -> int:
        """Return the size of the largest file that is stored."""
        from orderwatch.evidence import SIZE_MAX

        setting = self.settings.evidence_max
        try:
            return SIZE_MAX if setting.value is None else fs.parse_size(setting.value)
        except ValueError as error:
            raise UsageError(f"{setting.origin}: {error}") from None

    @contextmanager
    def add_evidence(self, files: "Sequence[NewFile]") -> "Iterator[tuple[Attachment, ...]]":
        """Store files while an entry that names them is made; else remove them."""
        from orderwatch import evidence

        limit = self._evidence_max()
        for file in files:
            evidence.check_source(file, limit)
        attachments: list[Attachment] = []
        if files:
            self.log.ensure()
        try:
            for file in files:
                attachment = evidence.add(file.path, self.evidence_folder, file.capture, limit)
                if attachment not in attachments:
                    attachments.append(attachment)
            yield tuple(attachments)
        except OrderwatchError:
            # If the log cannot be reached now, an entry may name them all the same.
            with suppress(OrderwatchError):
                self._close_log()
                self.discard_evidence(attachments)
            raise

    def discard_evidence(self, attachments: "Sequence[Attachment]") -> None:
        """Remove the stored files that no entry names, and folders that are empty."""
        if not attachments:
            return
        from orderwatch import evidence

        named = self._attachments()
        for attachment in attachments:
            if attachment.sha256 not in named:
                evidence.remove(attachment, self.evidence_folder)


class HomeKey:
    """Key of the home: it signs entries, and owns the logs that are made."""

    def __init__(self, settings: Settings) -> None:
        """Read nothing yet."""
        self._setting = settings.key
        self._signer: Signer | None = None
        self.path = Path(str(settings.key.value)).expanduser()
        self.note: str | None = None
        """Remark for users, once the key was made."""

    def signer(self, *, create: bool) -> "Signer | None":
        """Read the key; `None` if it is missing where it usually lies, unless made now.

        Raises `UsageError` if it cannot be read or made.
        """
        if self._signer is None and (
            create or self._setting.is_explicit or fs.may_exist(self.path)
        ):
            from orderwatch.log.formats.signed_note import Signer

            if not self._setting.is_explicit and not fs.may_exist(self.path):
                self._create(Signer.generate(_KEY_NAME))
            try:
                self._signer = Signer.parse(fs.read_text(self.path, _KEY_MAX))
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                raise UsageError(
                    _("cannot read the key {path}: {reason}").format(path=self.path, reason=reason)
                ) from error
        return self._signer

    def owner(self, *, create: bool) -> str | None:
        """Return the public key; without `create`, one that is still to be made has none."""
        signer = self.signer(create=create)
        return _FUTURE_KEY if signer is None else signer.verifier.public.hex()

    def _create(self, signer: "Signer") -> None:
        """Write a new key for its owner alone, unless another program has just made one."""
        try:
            fs.create_folder(self.path.parent)
            with fs.temporary_file(self.path) as temporary, suppress(FileExistsError):
                temporary.write_text(f"{signer.private_key()}\n")
                fs.link_new(temporary, self.path)
                self.note = _(
                    "Created a key: {path}. It signs your entries and owns the logs that "
                    "you create; keep a copy where only you can read it."
                ).format(path=self.path)
            fs.fsync_folder(self.path.parent)
        except OSError as error:
            raise UsageError(
                _(
                    "cannot create the signing key {path}: {strerror}; ORDERWATCH_KEY "
                    "names another file"
                ).format(path=self.path, strerror=error.strerror)
            ) from error


def open_snapshot(  # noqa: PLR0913 - what a snapshot is of
    *,
    as_of: Day | None = None,
    known_on: Day | None = None,
    log: str | Path | None = None,
    key: str | Path | None = None,
    orders: str | Path | Sequence[str | Path] | None = None,
    write: bool = False,
    accept_cut: str | None = None,
) -> Snapshot:
    """Open register and log as of a day, by default today at the court.

    With `known_on`, only what the log had recorded by the end of that day counts.
    `log` is a path or a URL, `orders` a path or several, `key` the file of the key that
    signs; without them, the environment and the configuration file decide, as for commands.
    `accept_cut` is the root of a log that lacks entries which this home appended: without it,
    nothing is appended to such a log.
    Raises `UsageError`, `RegisterError` or
    `LogError`, whose texts say what to do.
    """
    settings = _load_settings(log=log, orders=orders, key=key)
    register = Snapshot(settings).register
    snapshot = Snapshot(
        settings,
        as_of=parse_day(as_of, register),
        known_on=parse_day(known_on, register),
        write=write,
        accept_cut=accept_cut,
    )
    snapshot.register = register
    try:
        _ = snapshot.view
    except OrderwatchError:
        snapshot.close()
        raise
    return snapshot


def load_register(orders: str | Path | Sequence[str | Path] | None = None) -> Register:
    """Load a register by its path, several joined into one, or what commands use."""
    return Snapshot(_load_settings(orders=orders)).register


def data_folder() -> Path:
    """Return the folder of the user's data."""
    from platformdirs import user_data_path

    return user_data_path("orderwatch", appauthor=False)


def _load_settings(
    *,
    log: str | Path | None = None,
    orders: str | Path | Sequence[str | Path] | None = None,
    key: str | Path | None = None,
) -> Settings:
    import os

    from orderwatch.settings import load

    paths = (orders,) if isinstance(orders, str | Path) else orders or ()
    options = {
        "log": None if log is None else str(log),
        "key": None if key is None else str(key),
        "orders": [str(path) for path in paths],
    }
    return load(options, os.environ)


def parse_day(day: Day | None, register: Register) -> date | None:
    """Parse a date as people type it; raise `UsageError` if it is invalid.

    The time zones of the register decide what today is.
    """
    if isinstance(day, datetime):
        return day.date()
    if not isinstance(day, str):
        return day
    from orderwatch.dates import parse_relative_date

    try:
        return parse_relative_date(day, max(map(clock.today, register.time_zones)))
    except ValueError as error:
        raise UsageError(str(error)) from None


def register_paths(settings: Settings) -> list[Path]:
    """Return the paths of the registers; of the default one, if none is set."""
    from orderwatch.register import packaged_path

    if default := default_register(settings):
        return [default.path]
    return [
        packaged_path() if path == SHIPPED else expand_home(path)
        for path in settings.orders.parts or (SHIPPED,)
    ]


def default_register(settings: Settings) -> "InUse | None":
    """Return the default register of a home that has installed releases, if none is set."""
    if settings.orders.parts or not fs.may_exist(data_folder() / "register"):
        return None
    return installation().in_use()


def installation() -> "Installation":
    """Return the installed releases of the register, which are in the user's data folder."""
    from orderwatch.register import packaged_path
    from orderwatch.register.installed import Installation

    return Installation(data_folder() / "register", packaged_path())


def register_path(name: str) -> Path:
    """Return the path of a register by its name.

    That is a path, `shipped`, `installed` or the number of an installed release; raises
    `UsageError` for a release that is not installed.
    """
    if name not in {"installed", SHIPPED} and not name.isdecimal():
        return expand_home(name)
    store = installation()
    if name == SHIPPED:
        return store.shipped
    for item in reversed(store.state().installed):
        if name in {"installed", str(item.release.number)}:
            return store.path(item)
    text = _("no such release is installed: {name}; the command `register status` lists them")
    raise UsageError(text.format(name=name))


def register_status(settings: Settings) -> RegisterStatus:
    """Return which register is in use, its age, and where releases come from."""
    with Snapshot(settings) as snapshot:
        register, view = snapshot.register, snapshot.view
    store = installation()
    used = store.in_use()
    origin = RegisterOrigin.INSTALLED if used.installed else RegisterOrigin.SHIPPED
    if settings.orders.parts:
        is_shipped = settings.orders.parts == (SHIPPED,)
        origin = RegisterOrigin.SHIPPED if is_shipped else RegisterOrigin.OWN
    release = (
        used.installed.release if origin is RegisterOrigin.INSTALLED and used.installed else None
    )
    state, channel, newest = None, None, None
    with suppress(RegisterError):  # what is damaged is in the note
        state = store.state()
    if settings.releases.key is not None:
        from orderwatch.log.formats.signed_note import Verifier

        verifier = Verifier.parse(settings.releases.key)
        seen = store.seen(verifier)
        channel, newest = verifier.name, seen.newest.number if seen else None
    return RegisterStatus(
        origin=origin,
        paths=tuple(map(str, register_paths(settings))),
        reviewed=register.reviewed,
        seen_to=register.seen_to,
        age_days=(view.as_of - (register.seen_to or register.reviewed)).days,
        sha256=register.sha256,
        release=release.number if release else None,
        next_review=release.next_review if release else None,
        note=used.note,
        channel=channel,
        address=settings.releases.source,
        newest_seen=newest,
        installed=tuple(item.release.number for item in state.installed) if state else (),
        rolled_back=state.rolled_back.release.number if state and state.rolled_back else None,
    )


def expand_home(path: str) -> Path:
    """Expand `~` in the path of a register."""
    try:
        return fs.expand_home(Path(path))
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror}") from error


def log_password(settings: Settings) -> str | None:
    """Return the output of the password command of a shared log, if there is one."""
    command = settings.postgres.password_command
    if not command:
        return None
    from orderwatch.log_url import is_shared
    from orderwatch.settings import PasswordCommandError, read_password

    if not is_shared(str(settings.log.value)):
        return None

    try:
        return read_password(command)
    except PasswordCommandError as error:
        raise LogError(
            _("postgres.password_command gave no password: {error}").format(error=error)
        ) from None


def _file_of(entry: "StoredEntry", name: str) -> "Attachment":
    """Return the file of an entry by its name, or the beginning of its SHA-256."""
    files = entry.event.attachments if entry.event else ()
    matches = [file for file in files if file.name == name] or [
        file for file in files if file.sha256.startswith(name.lower())
    ]
    if len({file.sha256 for file in matches}) != 1:
        names = ", ".join(f"{file.name} ({file.sha256[:8]}…)" for file in files) or _("none")
        raise UsageError(
            _("entry {seq} has no single file {name!r}; its files: {names}").format(
                seq=entry.seq, name=name, names=names
            )
        )
    return matches[0]


def encode_payload(encode: Callable[[], _T]) -> _T:
    """Raise `UsageError` for what cannot be a payload."""
    try:
        return encode()
    except ValueError as error:
        raise UsageError(_("nothing was recorded: {error}").format(error=error)) from error


def encode_reason(why: str) -> bytes:
    """Encode why an entry is retracted or redacted; raise `UsageError` for no reason."""
    from orderwatch.log.formats import payload

    return encode_payload(lambda: payload.encode_reason(nfc(why)))


def overview(
    obligations: Iterable[Obligation], case_files: Iterable[CaseFile]
) -> tuple[Status, ...]:
    """Select the statuses of obligations from case files."""
    by_id = {
        status.obligation.id: status for case_file in case_files for status in case_file.statuses
    }
    return tuple(by_id[obligation.id] for obligation in obligations)


def _is_for_deadline(event: Event) -> bool:
    is_submission = event.kind is EventKind.SUBMISSION
    return is_submission or bool(event.extends_to or event.trigger or event.ends)


def _parse_kind(kind: str) -> EventKind:
    try:
        return EventKind(kind)
    except ValueError:
        choices = ", ".join(EventKind)
        raise UsageError(
            _("unknown kind {kind!r}; known: {choices}").format(kind=kind, choices=choices)
        ) from None


def _parse_obligation_kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        text = _("{kind!r} is not a kind of obligation; kinds: {kinds}")
        raise UsageError(text.format(kind=kind, kinds=", ".join(Kind))) from None


def _is_case_over(obligation: Obligation, day: date) -> bool:
    ending = obligation.order.case.ended
    return ending is not None and ending.is_over_on(day)


def _with_parents(obligation: Obligation) -> tuple[str, str, str]:
    """Return the ids of an obligation, its order and its case."""
    return obligation.id, obligation.order.id, obligation.order.case.id


def _group_by_subject(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Group events by the ids they name, deadlines as their obligation."""
    by_subject: dict[str, list[Event]] = {}
    for event in events:
        for id_ in event.subjects:
            by_subject.setdefault(id_, []).append(event)
    return by_subject


def _merge(first: CaseFile, second: CaseFile) -> CaseFile:
    return replace(
        first,
        subject=first.case.id,
        orders=_union(first.orders, second.orders),
        decisions=_union(first.decisions, second.decisions),
        statuses=_union(first.statuses, second.statuses),
        schedules=_union(first.schedules, second.schedules),
        events=_union_of_events(first.events, second.events),
    )


def _union_of_events(first: Sequence[Event], second: Sequence[Event]) -> Sequence[Event]:
    from orderwatch.event_list import EventList

    if isinstance(first, EventList) and isinstance(second, EventList):
        return EventList.union([first, second])
    return tuple(sorted(_union(first, second), key=lambda event: event.sort_key))


def _union(first: Sequence[_T], second: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _matches(event: Event, entry_filter: "EntryFilter") -> bool:
    """Return whether an event of the public record matches a filter of the log."""
    ids = entry_filter.about
    return (
        (not entry_filter.kinds or event.kind in entry_filter.kinds)
        and (entry_filter.since is None or entry_filter.since <= event.on)
        and (entry_filter.until is None or event.on <= entry_filter.until)
        and (entry_filter.search is None or _has_words(event, entry_filter.search))
        and (ids is None or any(_is_about(id_, ids) for id_ in event.about))
    )


def _is_about(id_: str, ids: Collection[str]) -> bool:
    """Return whether `ids` has an id, or the obligation of a deadline id."""
    return id_ in ids or obligation_id(id_) in ids


def _has_words(event: Event, search: str) -> bool:
    """Return whether an event has all the words, matched as by the log's search index.

    Words match whole; accents and case do not matter.
    """

    def tokens(text: str) -> str:
        return f" {' '.join(tokenize(text))} "

    fields = (event.speaker, *event.by, event.summary, event.finding, event.trigger)
    text = tokens(" ".join(field for field in fields if field))
    # `cease-fire` is two tokens, matched as a phrase.
    return all(tokens(word) in text for word in search.split() if tokenize(word))
