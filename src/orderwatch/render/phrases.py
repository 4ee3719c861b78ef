"""Format the phrases that several outputs share, independent of the locale."""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from textwrap import shorten
from typing import TYPE_CHECKING

from orderwatch.dates import date_text, format_day, format_long_day
from orderwatch.model import (
    Attachment,
    Case,
    Court,
    Deadline,
    DeadlineStatus,
    Ending,
    Event,
    EventKind,
    Grade,
    Kind,
    Obligation,
    On,
    Order,
    Outcome,
    Provenance,
    Role,
    Standing,
    Status,
    Submission,
    SubmissionState,
    TimeLimit,
    Timing,
    Undated,
    Votes,
)
from orderwatch.translation import (
    ENGLISH,
    _,
    both,
    clauses,
    colon,
    labelled,
    language,
    mark,
    ngettext,
    number,
    pgettext,
)

if TYPE_CHECKING:
    from orderwatch.model.entry import Shortfall

_SHORT_WEEKDAYS = (
    *(mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun")),
)
_SHORT_MONTHS = (
    *(mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"), mark("Jul")),
    *(mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")),
)
_LINE_WIDTH = 76
"""Characters of an obligation on one line."""
_OLD_DAYS = 30
"""Age in days above which each head says how old the data is."""

NO_JUDGE = mark("orderwatch computes dates; it does not judge compliance.")
STALE = mark(
    "The register is more than a year old and lacks later decisions: look for a newer orderwatch."
)
OUR_SUMMARY = mark("our summary, not the Court's words")

_STANDING = {
    Standing.IMMEDIATE: mark("immediate"),
    Standing.CONTINUING: mark("continuing"),
    Standing.UNSPECIFIED: mark("no time set"),
}
GRADES = {
    Grade.COURT: mark("seen on a page of the Court or of the United Nations"),
    Grade.COPY: mark("seen in a verbatim copy or a translation"),
    Grade.SECONDARY: mark("seen in news, papers of NGOs, law blogs or data sets"),
    Grade.COMPUTED: mark("computed from other facts"),
}
GRADE_NAMES = {
    Grade.COURT: mark("Court or UN"),
    Grade.COPY: mark("copy"),
    Grade.SECONDARY: mark("secondary"),
    Grade.COMPUTED: mark("computed"),
}
"""Short names of grades, beside facts; `GRADES` explains them."""
ROLES = {
    Role.COURT: mark("the Court"),
    Role.PARTY: mark("party"),
    Role.OTHER_STATE: mark("other State"),
    Role.UN_BODY: mark("UN body"),
    Role.NGO: mark("NGO"),
    Role.MEDIA: mark("media"),
    Role.OTHER: mark("other"),
}


def short_day(day: date) -> str:
    """Format a date with a short weekday: `Mon 24 Jun 2024`."""
    return _("{weekday} {day}").format(
        weekday=_(_SHORT_WEEKDAYS[day.weekday()]), day=compact_day(day)
    )


__all__ = ["colon", "labelled", "number"]  # for templates

join = both
bare_day = format_day
long_day = format_long_day


def compact_day(day: date) -> str:
    """Format a date with a short month: `24 Jun 2024`."""
    return date_text(day, _(_SHORT_MONTHS[day.month - 1]))


def month(day: date) -> str:
    """Format the month of a date: `Jun 2024`."""
    return _("{month} {year}").format(month=_(_SHORT_MONTHS[day.month - 1]), year=day.year)


def days(number: int) -> str:
    """Format a number of days: `1 day`, `2 days`."""
    return ngettext("{n} day", "{n} days", number).format(n=number)


def events(number: int) -> str:
    """Format a number of events: `1 event`, `2 events`."""
    return ngettext("{n} event", "{n} events", number).format(n=number)


def entries(number: int) -> str:
    """Format a number of log entries: `1 entry`, `2 entries`."""
    return ngettext("{n} entry", "{n} entries", number).format(n=number)


def signed_by(key_count: int) -> str:
    """Return a phrase for verified signatures; one of the keys is enough."""
    return ngettext(
        "signed by the key given", "signed by at least one of the {n} keys given", key_count
    ).format(n=key_count)


def grade(item: Grade | None) -> str | None:
    """Return how a fact was verified, or None if no grade is recorded."""
    return _(GRADES[item]) if item else None


def role(item: Role) -> str:
    """Return the role of a speaker."""
    return _(ROLES[item])


def speaker(event: Event) -> str:
    """Format the speaker of an event with the role: `The Beacon (media)`."""
    return _("{speaker} ({role})").format(speaker=event.speaker, role=role(event.role))


_ORGANS = (mark("Court"), mark("Chamber"), mark("President"))


def organ(order: Order) -> str:
    """Return the organ of a court that made an order, in the active language if it is usual."""
    return _(order.organ) if order.organ in _ORGANS else order.organ


def register_words(text: str) -> str:
    """Return English words of the register, as a quotation where the language is another."""
    return pgettext("words of the register, in English", "{text}").format(text=text)


def time_limit(limit: TimeLimit) -> str:
    """Format a time-limit: `within 1 month of the order`."""
    match limit:
        case Undated(standing=standing, after=after):
            word = _(_STANDING[standing])
            text = _("{time}, after {trigger}") if after else "{time}"
            return text.format(time=word, trigger=after and register_words(after))
        case On(day=day, before=before):
            return (_("before {day}") if before else _("by {day}")).format(day=bare_day(day))
    first = str(limit.first)
    start = register_words(limit.after) if limit.after else _("the order")
    if limit.then_every is None:
        return _("within {period} of {start}").format(period=first, start=start)
    if limit.then_every != limit.first:
        text = _("within {first} of {start}, then every {period}")
    else:
        text = _("every {period} from {start}") if limit.after else _("every {period}")
    text = text.format(first=first, start=start, period=limit.then_every)
    if not limit.until:
        return text
    return _("{time} until {end}").format(time=text, end=register_words(limit.until))


def votes(tally: Votes | None) -> str:
    """Format a vote count: `13 to 2`, `unanimous`, `not seen`."""
    if tally is None:
        return _("not seen")
    if tally.in_favour is None and tally.against is None:
        return _("unanimous") if tally.unanimous else _("not seen")
    if tally.in_favour is None:
        return _("{n} against, votes in favour not seen").format(n=tally.against)
    if tally.against is None and not tally.unanimous:
        return _("{n} in favour, votes against not seen").format(n=tally.in_favour)
    text = _("{ayes} to {noes}, unanimous") if tally.unanimous else _("{ayes} to {noes}")
    return text.format(ayes=tally.in_favour, noes=tally.against or 0)


def dissenters(tally: Votes | None) -> str:
    """Format the names of dissenting judges; empty if none, or not seen."""
    if tally is None or tally.unanimous:
        return ""
    if tally.dissenting:
        return _("against: {names}").format(names=", ".join(tally.dissenting))
    if tally.dissenting is None and tally.against:
        return _("names not seen") if tally.names_printed else _("no names printed")
    return ""


def vote(tally: Votes | None) -> str:
    """Format a vote with names: `13 to 2 (against: Sebutinde)`."""
    scope = _("one vote on the whole clause") if tally and tally.on_clause else ""
    remarks = clauses(filter(None, (scope, dissenters(tally))))
    if not remarks:
        return votes(tally)
    return _("{votes} ({remarks})").format(votes=votes(tally), remarks=remarks)


def days_left(item: DeadlineStatus) -> str:
    """Format the days to a deadline: `4 days left`, `passed 1 day ago`."""
    match item.timing:
        case Timing.DUE_TODAY:
            return _("due today")
        case Timing.PASSED:
            number = -item.days_left
            return ngettext("passed {n} day ago", "passed {n} days ago", number).format(n=number)
        case Timing.ENDED:
            return _("the measures had ended by then")
    return ngettext("{n} day left", "{n} days left", item.days_left).format(n=item.days_left)


def deadline_sentence(item: Obligation, *, passed: bool = False) -> str:
    """Format a deadline as a sentence: `Myanmar's report to the ICJ is due`.

    Other labels are imperatives: `Nicaragua is due to fill the trench on the beach`.
    """
    names = item.addressees
    label = item.display_label
    words = f"{label[:1].lower()}{label[1:]}" if label[1:2].islower() else label
    if item.kind is Kind.REPORT and words.startswith("report"):
        words = re.sub(
            r"\bthe court\b",
            f"the {court_short(item.order.case.court)}",
            words,
            flags=re.IGNORECASE,
        )
        if names:
            text = _("{names}'s {label} was due") if passed else _("{names}'s {label} is due")
        else:
            text, words = _("{label} was due") if passed else _("{label} is due"), label
    elif not names or item.kind is Kind.PROCEDURAL:
        text, words = _("Due: {label}"), label
    elif passed:
        text = ngettext("{names} was due to {label}", "{names} were due to {label}", len(names))
    else:
        text = ngettext("{names} is due to {label}", "{names} are due to {label}", len(names))
    return text.format(names=join(names), label=words)


def obligation_line(obligation: Obligation) -> str:
    """Format an obligation on one line."""
    addressees = ", ".join(obligation.addressees)
    name = obligation.alias or obligation.id
    text = shorten(
        labelled(addressees, obligation.summary), _LINE_WIDTH - len(name), placeholder="…"
    )
    return f"{name}  {text}"


def obligation_label(obligation: Obligation) -> str:
    """Format the addressees and the label of an obligation: `Myanmar: Report to the Court`."""
    if not obligation.addressees:
        return obligation.display_label
    names = join(obligation.addressees)
    return labelled(names, obligation.display_label)


def days_from_now(number: int) -> str:
    """Format a number of days: `in 4 days`, `today`, `1 day ago`."""
    if number > 0:
        return ngettext("in {n} day", "in {n} days", number).format(n=number)
    if number == 0:
        return _("today")
    return ngettext("{n} day ago", "{n} days ago", -number).format(n=-number)


def is_report(obligation: Obligation) -> bool:
    """Return whether an obligation asks for a report, which need not be public."""
    return Kind.REPORT in {obligation.kind, *obligation.also}


def no_submission(obligation: Obligation) -> str:
    """Return what to print where no submission is on record."""
    return _("no filing known") if is_report(obligation) else _("nothing on record")


def submission_or_none(item: DeadlineStatus) -> str:
    """Format the submission on record, or that there is none."""
    if item.submission is None:
        return no_submission(item.deadline.obligation)
    return submission(item.submission, item.deadline)


def submission(item: Submission, deadline: Deadline) -> str:
    """Format a submission: its date, days before or after the due date, speaker."""
    on = item.event.on
    late, early = item.days_late, (deadline.due - on).days
    if late:
        text = ngettext("{n} day after the due date", "{n} days after the due date", late)
    elif early > 0:
        text = ngettext("{n} day before the due date", "{n} days before the due date", early)
    else:
        text = _("on the due date")
    offset, day = text.format(n=late or early), bare_day(on)
    if item.state is SubmissionState.CONFIRMED:
        return _("submission on {day} ({offset}), confirmed by the Court").format(
            day=day, offset=offset
        )
    return _("submission reported on {day} ({offset}), according to {speaker}").format(
        day=day, offset=offset, speaker=item.event.speaker
    )


def filing(item: Submission) -> str:
    """Format a submission in a few words: `filing reported 21 Jun 2024`."""
    confirmed = item.state is SubmissionState.CONFIRMED
    text = _("filing confirmed {day}") if confirmed else _("filing reported {day}")
    return text.format(day=compact_day(item.event.on))


def date_remarks(deadline: Deadline) -> tuple[str, ...]:
    """Return remarks on a due date: non-working day, extension."""
    remarks = []
    if deadline.non_working:
        remarks.append(
            _("{name}, a non-working day; not moved").format(name=_(deadline.non_working))
        )
    if deadline.extended_from:
        remarks.append(_("extended from {day}").format(day=bare_day(deadline.extended_from)))
    return tuple(remarks)


def deadline(item: DeadlineStatus) -> str:
    """Format a deadline with its remarks and submission on one line."""
    text = _("was due {day}") if item.days_left < 0 else _("due {day}")
    due = text.format(day=long_day(item.deadline.due))
    return " · ".join(
        (due, days_left(item), *date_remarks(item.deadline), submission_or_none(item))
    )


def timing(status: Status, day: date) -> str:
    """Format the timing of an obligation on `day`."""
    match status.timing:
        case Timing.ENDED:
            end = status.obligation.end
            return ending(end) if end and end.is_over_on(day) else _("ended")
        case Timing.AWAITING_TRIGGER:
            trigger = register_words(status.awaiting or "")
            return _("no date yet: waits for {trigger}").format(trigger=trigger)
        case Timing.UNDATED:
            return _("no date to compute")
    return days_left(status.current) if status.current else status.timing.value


def ending(item: Ending) -> str:
    """Format the end of a case, order or obligation."""
    if item.day:
        text = _("ended on {day}").format(day=bare_day(item.day))
    else:
        text = _("ended in {year} (day unknown)").format(year=item.year)
    return _("{end}: {reason}").format(end=text, reason=item.text) if item.text else text


def last_seen(case: Case, day: date) -> str | None:
    """Format when a pending case was last checked; None if not before `day`."""
    if case.seen is None or case.seen >= day or _has_ended(case, day):
        return None
    return _("pending on {day} (latest information)").format(day=bare_day(case.seen))


def case_state(case: Case, day: date) -> str:
    """Format the state of a case on `day`, ignoring a later end."""
    if case.ended is None:
        return last_seen(case, day) or _("pending")
    return ending(case.ended) if _has_ended(case, day) else _("pending on this day")


def state_text(case: Case, day: date) -> str | None:
    """Return the register's text on a case, or None if it ended after `day`."""
    if case.ended is not None and not _has_ended(case, day):
        return None
    return case.state


def case_name(case: Case) -> str:
    """Format a case with its number: `South Africa v. Israel (No. 192)`."""
    return _("{case} (No. {number})").format(case=case.short, number=case.number)


def order_name(order: Order) -> str:
    """Format an order with its case: `South Africa v. Israel, order of 24 May 2024`."""
    return _("{short}, order of {day}").format(short=order.case.short, day=bare_day(order.made))


def force(order: Order, day: date) -> str:
    """Return whether the measures of an order are in force on `day`."""
    if order.in_force(day):
        return _("in force")
    return _("not in force") if order.indicates else _("no measures")


def force_or_outcome(order: Order, day: date) -> str:
    """Return whether measures are in force; of an order without measures, what it decided."""
    return force(order, day) if order.indicates else outcome(order)


def outcome(order: Order) -> str:
    """Format what an order decided: `modifies the order of 28 March 2024`."""
    match order.outcome:
        case Outcome.INDICATED:
            return _("indicates measures")
        case Outcome.MODIFIED:
            return _modifies(order) or _("modifies earlier measures")
        case Outcome.REAFFIRMED:
            return _reaffirms(order) or _("reaffirms earlier measures")
        case Outcome.DECLINED:
            return _("declines the request")
        case Outcome.WITHDRAWN:
            return _("notes that the request was withdrawn")
    return _("not coded yet") if order.awaits_coding else _("postpones the decision")


def earlier_orders(order: Order) -> str | None:
    """Format which earlier orders an order modifies and reaffirms, or None if neither."""
    parts = list(filter(None, (_modifies(order), _reaffirms(order))))
    if not parts and order.outcome in {Outcome.MODIFIED, Outcome.REAFFIRMED}:
        parts = [outcome(order)]
    text = clauses(parts)
    return f"{text[:1].upper()}{text[1:]}" if text else None


def _modifies(order: Order) -> str:
    if not order.modifies:
        return ""
    return ngettext(
        "modifies the order of {dates}", "modifies the orders of {dates}", len(order.modifies)
    ).format(dates=_dates(order, order.modifies))


def _reaffirms(order: Order) -> str:
    if not order.reaffirms:
        return ""
    return ngettext(
        "reaffirms the order of {dates}", "reaffirms the orders of {dates}", len(order.reaffirms)
    ).format(dates=_dates(order, order.reaffirms))


def _dates(order: Order, ids: Sequence[str]) -> str:
    """Format the days of orders; of one in another case, with the number of that case."""
    days = []
    for id_ in ids:
        case, _slash, day = id_.rpartition("/")
        text = bare_day(date.fromisoformat(day[:10]))
        own = case == order.case.id
        days.append(text if own else _("{day} (No. {number})").format(day=text, number=case))
    return join(days)


def assessment(event: Event) -> str:
    """Format an assessment in the speaker's words and on the speaker's scale."""
    finding = event.finding or event.summary
    text = _("{speaker}, {day}: {finding} (scale: {scale})")
    if not event.scale:
        text = _("{speaker}, {day}: {finding}")
    return text.format(
        speaker=speaker(event), day=bare_day(event.on), finding=finding, scale=event.scale
    )


def title(view: Provenance) -> str:
    """Format the title of an output, with the court of the register."""
    names = join([court.name for court in view.courts])
    if not names:
        return _("Provisional measures: deadlines, and what is on record")
    return _("{courts}, provisional measures: deadlines, and what is on record").format(
        courts=names
    )


def caveat(view: Provenance) -> str:
    """Format what the absence of a known filing does not mean.

    That reports need not be public is a rule of the ICJ; it is not claimed of another court.
    """
    if {court.id for court in view.courts} != {"icj"}:
        return _("No filing known does not mean that none was made.")
    return _(
        "No filing known does not mean that none was made: reports to the Court need not be public."
    )


def court_names(view: Provenance) -> str:
    """Return the names of the courts with their article, for use in a sentence."""
    names = [_("the {court}").format(court=court.name) for court in view.courts]
    return join(names) or _("a court")


def court_short(court: Court | None) -> str:
    """Return the short name of a court."""
    return court.short if court else _("Court")


def as_of(view: Provenance) -> str:
    """Format the as-of date, and the known-on date if there is one."""
    if len({day for _zone, day in view.days}) > 1:
        dates = ", ".join(f"{long_day(day)} ({zone})" for zone, day in view.days)
        text = _("As of {dates}").format(dates=dates)
    else:
        seated = view.court and view.court.seat
        text = _("As of {day} at the seat of the Court ({zone})") if seated else ""
        text = (text or _("As of {day} ({zone})")).format(
            day=long_day(view.as_of), zone=view.time_zone
        )
    if view.known_on is None:
        return text
    return _("{as_of}, with the log as it was on {day}").format(
        as_of=text, day=bare_day(view.known_on)
    )


def short_as_of(view: Provenance) -> str:
    """Format the as-of date for the head of a screen: `As of Mon 24 Jun 2024`."""
    dates = [short_day(view.as_of)]
    if len({day for _zone, day in view.days}) > 1:
        dates = [f"{short_day(day)} ({zone})" for zone, day in view.days]
    text = _("As of {dates}").format(dates=", ".join(dates))
    if view.known_on is None:
        return text
    return _("{as_of}, log of {day}").format(as_of=text, day=compact_day(view.known_on))


def age(view: Provenance) -> str:
    """Format the age of the data: `Court's decisions known to 3 Sep 2026, 86 days ago`."""
    if view.seen_to is None:
        text = _("Register reviewed on {day}")
    elif len(view.courts) > 1:
        text = _("Courts' decisions known to {day}")
    else:
        text = _("Court's decisions known to {day}")
    known = text.format(day=compact_day(view.known_to))
    if view.age_days < 0:
        return known
    return _("{known}, {days}").format(known=known, days=days_from_now(-view.age_days))


def age_if_old(view: Provenance) -> str | None:
    """Format the age of the data beyond 30 days, or return None."""
    return age(view) if view.age_days > _OLD_DAYS else None


def data_remarks(view: Provenance) -> list[str]:
    """Return what a head says of the data: its age, orders to code, a release not used."""
    parts = (age_if_old(view), *map(awaiting_coding, view.awaiting), view.register_note)
    return list(filter(None, parts))


def awaiting_coding(order: Order) -> str:
    """Format that the content of a new order is missing."""
    text = _("New order of {day} in case {case}: not coded yet")
    if order.url:
        text = _("New order of {day} in case {case}: not coded yet, see {url}")
    return text.format(day=bare_day(order.made), case=order.case.number, url=order.url)


def translation_notes() -> list[str]:
    """Return what to know of a page in another language; nothing in English."""
    if language() == ENGLISH:
        return []
    reviewed = pgettext("state of this translation: unreviewed or reviewed", "unreviewed")
    notes = [_("Summaries, notes and events are in English, as in the register.")]
    if reviewed != "reviewed":
        notes.append(_("No lawyer has reviewed this translation and its labels."))
    return notes


def following(view: Provenance) -> str | None:
    """Format what the configuration limits an answer to, or None if it does not."""
    if not view.follow:
        return None
    text = _("only {names} (follow in the configuration; --all shows everything)")
    return text.format(names=", ".join(view.follow))


def reviewed(view: Provenance) -> str:
    """Format the review dates of the register and of the Court's list."""
    if view.seen_to is None:
        text = _("Register reviewed on {reviewed}.")
    else:
        text = _("Register reviewed on {reviewed}; the Court's decisions known to {seen_to}.")
    text = text.format(
        reviewed=bare_day(view.reviewed), seen_to=view.seen_to and bare_day(view.seen_to)
    )
    return " ".join((text, *register_notes(view)))


def register_notes(view: Provenance) -> list[str]:
    """Return remarks on the register: orders to code, its age, a release that is not used."""
    stale = _(STALE) if view.stale else None
    return [*map(awaiting_coding, view.awaiting), *filter(None, (stale, view.register_note))]


def log(view: Provenance) -> str:
    """Format the size and root of the log."""
    return _("Log: {entries}, root {root}").format(
        entries=entries(view.log.size), root=log_root(view)
    )


def log_root(view: Provenance) -> str:
    """Encode the root of the log in base64, as in checkpoints."""
    return b64encode(view.log.root).decode()


def _has_ended(case: Case, day: date) -> bool:
    return case.ended is not None and case.ended.is_over_on(day)


def timestamp(moment: datetime) -> str:
    """Format an instant as RFC 3339, in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def recorded_by(event: Event) -> str | None:
    """Format when and by whom an event was logged, or None for the register."""
    if event.recorded is None:
        return None
    return _("{moment} by {recorder}").format(
        moment=timestamp(event.recorded), recorder=event.recorder
    )


def attachment(file: Attachment) -> str:
    """Format an attached file: name and SHA-256; of a capture, role, address and time, too."""
    text = f"{file.name} (sha256 {file.sha256})"
    if file.capture is None:
        return text
    when = timestamp(file.capture.time) if file.capture.time else None
    return ", ".join(filter(None, (f"{file.capture.role}: {text}", file.capture.url, when)))


_REQUIREMENTS = {
    "address": mark("address"),
    "source-code": mark("source code (html or wacz)"),
    "full-page": mark("full-page capture (screen or pdf)"),
    "time": mark("date and time of capture"),
    "hash": mark("hash at collection"),
    "custody": mark("chain of custody (signature or handover)"),
}


def lacks(item: "Shortfall") -> str:
    """Format what an entry lacks."""
    return clauses(_(_REQUIREMENTS[name]) for name in item.lacks)


def shortfall_count(count: int, total: int) -> str:
    """Format how many entries lack something; that is not damage."""
    text = ngettext(
        "Berkeley Protocol: {n} of {total} entry lacks something.",
        "Berkeley Protocol: {n} of {total} entries lack something.",
        total,
    )
    return text.format(n=count, total=total)


OUTCOME_LABELS = {
    Outcome.INDICATED: mark("indicated"),
    Outcome.MODIFIED: mark("modified"),
    Outcome.REAFFIRMED: mark("reaffirmed"),
    Outcome.DECLINED: mark("declined"),
    Outcome.WITHDRAWN: mark("withdrawn"),
    Outcome.POSTPONED: mark("postponed"),
    Outcome.AWAITING_CODING: mark("not coded yet"),
}
KIND_LABELS = {
    Kind.PREVENT: mark("prevent"),
    Kind.REFRAIN: mark("refrain"),
    Kind.ENSURE: mark("ensure"),
    Kind.ACT: mark("act"),
    Kind.PRESERVE_EVIDENCE: mark("preserve evidence"),
    Kind.PUNISH: mark("punish"),
    Kind.REPORT: mark("report"),
    Kind.INFORM: mark("inform"),
    Kind.COOPERATE: mark("cooperate"),
    Kind.NON_AGGRAVATION: mark("non-aggravation"),
    Kind.PERMIT: mark("permit"),
    Kind.REAFFIRM: mark("reaffirm"),
    Kind.MODIFY: mark("modify"),
    Kind.DECLINE: mark("decline"),
    Kind.PROCEDURAL: mark("procedural"),
    Kind.OTHER: mark("other"),
}
EVENT_LABELS = {
    EventKind.SUBMISSION: mark("submission"),
    EventKind.COURT_DECISION: mark("decision of the Court"),
    EventKind.ASSESSMENT: mark("assessment"),
    EventKind.STATEMENT: mark("statement"),
    EventKind.STEP: mark("step"),
    EventKind.DEVELOPMENT: mark("development"),
    EventKind.NOTE: mark("note"),
}
