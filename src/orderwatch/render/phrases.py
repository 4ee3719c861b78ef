"""Define English phrases that several outputs share; independent of the locale."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from textwrap import shorten

from orderwatch.model import (
    Case,
    Court,
    Deadline,
    DeadlineStatus,
    Ending,
    Event,
    Grade,
    Kind,
    Obligation,
    On,
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
from orderwatch.translation import _

WEEKDAYS = (*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),)
_LINE_WIDTH = 76
"""Characters of an obligation on one line."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

NO_JUDGE = "orderwatch computes dates; it does not judge compliance."
STALE = (
    "That is more than a year ago, and what has come since is not in it: a newer "
    "orderwatch may have it."
)
NOTHING_RECORDED = "nothing recorded"

_STANDING = {
    Standing.IMMEDIATE: "immediate",
    Standing.CONTINUING: "continuing",
    Standing.UNSPECIFIED: "no time set",
}
GRADES = {
    Grade.COURT: "seen on a page of the Court or of the United Nations",
    Grade.COPY: "seen in a verbatim copy or a translation",
    Grade.SECONDARY: "seen in news, papers of NGOs, law blogs or data sets",
    Grade.COMPUTED: "worked out from facts",
}
ROLES = {
    Role.COURT: "the Court",
    Role.PARTY: "party",
    Role.OTHER_STATE: "other State",
    Role.UN_BODY: "UN body",
    Role.NGO: "NGO",
    Role.MEDIA: "media",
    Role.OTHER: "other",
}


def short_day(day: date) -> str:
    """Format a date with a short weekday: `Mon 24 Jun 2024`."""
    month = _MONTHS[day.month - 1][:3]
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {month} {day.year}"


def long_day(day: date) -> str:
    """Format a date with its weekday: `Monday 24 June 2024`."""
    return f"{WEEKDAYS[day.weekday()]} {bare_day(day)}"


def bare_day(day: date) -> str:
    """Format a date without its weekday: `24 June 2024`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """Format the month of a date: `Jun 2024`."""
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Format a number with its noun: `1 entry`, `2 entries`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def signed_by(key_count: int) -> str:
    """Return a phrase for verified signatures; one of the keys is enough."""
    signers = "the key" if key_count == 1 else f"at least one of the {key_count} keys"
    return f"signed by {signers} given"


def time_limit(limit: TimeLimit) -> str:
    """Format a time-limit: `within 1 month of the order`."""
    match limit:
        case Undated(standing=standing, after=after):
            word = _STANDING[standing]
            return f"{word}, after {after}" if after else word
        case On(day=day, before=before):
            return f"{'before' if before else 'by'} {bare_day(day)}"
    until = f" until {limit.until}" if limit.until else ""
    start = limit.after or "the order"
    if limit.then_every == limit.first:
        since = f" from {start}" if limit.after else ""
        return f"every {limit.first}{since}{until}"
    first = f"within {limit.first} of {start}"
    if limit.then_every is None:
        return first
    return f"{first}, then every {limit.then_every}{until}"


def votes(tally: Votes | None) -> str:
    """Format a vote count: `13 to 2`, `unanimous`, `not seen`."""
    if tally is None:
        return "not seen"
    if tally.in_favour is None and tally.against is None:
        return "unanimous" if tally.unanimous else "not seen"
    if tally.in_favour is None:
        return f"{tally.against} against, votes in favour not seen"
    if tally.against is None and not tally.unanimous:
        return f"{tally.in_favour} in favour, votes against not seen"
    counted = f"{tally.in_favour} to {tally.against or 0}"
    return f"{counted}, unanimous" if tally.unanimous else counted


def dissenters(tally: Votes | None) -> str:
    """Format the names of dissenting judges; empty if none, or not seen."""
    if tally is None or tally.unanimous:
        return ""
    if tally.dissenting:
        return f"against: {', '.join(tally.dissenting)}"
    if tally.dissenting is None and tally.against:
        return "names not seen" if tally.names_printed else "no names printed"
    return ""


def vote(tally: Votes | None) -> str:
    """Format a vote with names: `13 to 2 (against: Sebutinde)`."""
    scope = "one vote on the whole clause" if tally and tally.on_clause else ""
    remarks = "; ".join(filter(None, (scope, dissenters(tally))))
    return f"{votes(tally)} ({remarks})" if remarks else votes(tally)


def days_left(item: DeadlineStatus) -> str:
    """Format the days to a deadline: `4 days left`, `passed 1 day ago`."""
    match item.timing:
        case Timing.DUE_TODAY:
            return "due today"
        case Timing.PASSED:
            return f"passed {count(-item.days_left, 'day')} ago"
        case Timing.ENDED:
            return "the measures had ended by then"
    return f"{count(item.days_left, 'day')} left"


def deadline_sentence(item: Obligation, *, passed: bool = False) -> str:
    """Format a deadline as a sentence: `Myanmar's report to the ICJ is due`.

    Other labels are imperatives: `Nicaragua is due to fill the trench on the beach`.
    """
    names = item.addressees
    label = item.display_label
    words = f"{label[:1].lower()}{label[1:]}" if label[1:2].islower() else label
    if item.kind is Kind.REPORT and words.startswith("report"):
        words = re.sub(
            "the court", f"the {court_short(item.order.case.court)}", words, flags=re.IGNORECASE
        )
        owner = " and ".join(names)
        whose = f"{owner}'s {words}" if owner else label
        return f"{whose} {'was' if passed else 'is'} due"
    if not names or item.kind is Kind.PROCEDURAL:
        return f"Due: {label}"
    verb = ("were" if passed else "are") if names[1:] else ("was" if passed else "is")
    return f"{' and '.join(names)} {verb} due to {words}"


def obligation_line(obligation: Obligation) -> str:
    """Format an obligation on one line."""
    addressees = ", ".join(obligation.addressees)
    name = obligation.alias or obligation.id
    text = shorten(f"{addressees}: {obligation.summary}", _LINE_WIDTH - len(name), placeholder="…")
    return f"{name}  {text}"


def days_from_now(days: int) -> str:
    """Format a number of days: `in 4 days`, `today`, `1 day ago`."""
    return (
        f"in {count(days, 'day')}"
        if days > 0
        else f"{count(-days, 'day')} ago"
        if days
        else "today"
    )


def submission_or_none(item: DeadlineStatus) -> str:
    """Format the submission on record, or "nothing recorded"."""
    if item.submission is None:
        return NOTHING_RECORDED
    return submission(item.submission, item.deadline)


def submission(item: Submission, deadline: Deadline) -> str:
    """Format a submission: its date, days before or after the due date, speaker."""
    on = item.event.on
    late, early = item.days_late, (deadline.due - on).days
    if late:
        offset = f"{count(late, 'day')} after the due date"
    elif early > 0:
        offset = f"{count(early, 'day')} before the due date"
    else:
        offset = "on the due date"
    if item.state is SubmissionState.CONFIRMED:
        return f"submission on {bare_day(on)} ({offset}), confirmed by the Court"
    speaker = item.event.speaker
    return f"submission reported on {bare_day(on)} ({offset}), according to {speaker}"


def date_remarks(deadline: Deadline) -> tuple[str, ...]:
    """Return remarks on a due date: non-working day, extension."""
    remarks = []
    if deadline.non_working:
        remarks.append(f"{deadline.non_working}, a non-working day; not moved")
    if deadline.extended_from:
        remarks.append(f"extended from {bare_day(deadline.extended_from)}")
    return tuple(remarks)


def deadline(item: DeadlineStatus) -> str:
    """Format a deadline with its remarks and submission on one line."""
    word = "was due" if item.days_left < 0 else "due"
    parts = (days_left(item), *date_remarks(item.deadline), submission_or_none(item))
    return f"{word} {long_day(item.deadline.due)} · {' · '.join(parts)}"


def timing(status: Status, day: date) -> str:
    """Format the timing of an obligation on `day`."""
    match status.timing:
        case Timing.ENDED:
            end = status.obligation.end
            return ending(end) if end and end.is_over_on(day) else "ended"
        case Timing.AWAITING_TRIGGER:
            return f"no date yet: waits for {status.awaiting}"
        case Timing.UNDATED:
            return "no date to compute"
    return days_left(status.current) if status.current else status.timing.value


def ending(ending: Ending) -> str:
    """Format the end of a case, order or obligation."""
    day = f"on {bare_day(ending.day)}" if ending.day else f"in {ending.year} (day not seen)"
    return f"ended {day}: {ending.text}" if ending.text else f"ended {day}"


def last_seen(case: Case, day: date) -> str | None:
    """Format when a pending case was last checked; None if not before `day`."""
    if case.seen is None or case.seen >= day or _has_ended(case, day):
        return None
    return f"case last seen pending on {bare_day(case.seen)}"


def case_state(case: Case, day: date) -> str:
    """Format the state of a case on `day`, ignoring a later end."""
    if case.ended is None:
        return last_seen(case, day) or "pending"
    return ending(case.ended) if _has_ended(case, day) else "pending on this day"


def state_text(case: Case, day: date) -> str | None:
    """Return the register's text on a case, or None if it ended after `day`."""
    if case.ended is not None and not _has_ended(case, day):
        return None
    return case.state


def assessment(event: Event) -> str:
    """Format an assessment in the speaker's words and on the speaker's scale."""
    finding = event.finding or event.summary
    scale = f" (scale: {event.scale})" if event.scale else ""
    return f"{event.speaker} ({ROLES[event.role]}), {bare_day(event.on)}: {finding}{scale}"


def title(view: Provenance) -> str:
    """Format the title of a screen, with the court of the register."""
    text = "rovisional measures: what is due, and what is on record"
    names = _join([court.name for court in view.courts])
    return f"{names}, p{text}" if names else f"P{text}"


def caveat(view: Provenance) -> str:
    """Format what the absence of a known filing does not mean.

    That reports need not be public is a rule of the ICJ; it is not claimed of another court.
    """
    if {court.id for court in view.courts} != {"icj"}:
        return "No filing known does not mean that none was made."
    return (
        "No filing known does not mean that none was made: reports to the Court need not be public."
    )


def court_names(view: Provenance) -> str:
    """Return the names of the courts with their article, for use in a sentence."""
    return _join([f"the {court.name}" for court in view.courts]) or "a court"


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def court_short(court: Court | None) -> str:
    """Return the short name of a court."""
    return court.short if court else "Court"


def as_of(view: Provenance) -> str:
    """Format the as-of date, and the known-on date if there is one."""
    place = "at the seat of the Court " if view.court and view.court.seat else ""
    text = f"As of {long_day(view.as_of)} {place}({view.time_zone})"
    if len({day for _, day in view.days}) > 1:
        text = "As of " + ", ".join(f"{long_day(day)} ({zone})" for zone, day in view.days)
    if view.known_on is None:
        return text
    known_on = bare_day(view.known_on)
    return f"{text}, knowing of the log only what stood in it on {known_on}"


def following(view: Provenance) -> str | None:
    """Format what the configuration limits an answer to, or None if it does not."""
    if not view.follow:
        return None
    text = _("only {names} (follow in the configuration; --all shows everything)")
    return text.format(names=", ".join(view.follow))


def reviewed(view: Provenance) -> str:
    """Format the review dates of the register and of the Court's list."""
    text = f"Register reviewed on {bare_day(view.reviewed)}"
    if view.seen_to is not None:
        seen_to = bare_day(view.seen_to)
        text = f"{text}; the Court's list of decisions seen to {seen_to}"
    note = f" {view.register_note}" if view.register_note else ""
    return f"{text}. {STALE}{note}" if view.stale else f"{text}.{note}"


def log(view: Provenance) -> str:
    """Format the size and root of the log."""
    entries = count(view.log.size, "entry", "entries")
    return f"Log: {entries}, root {log_root(view)}"


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
    return f"{timestamp(event.recorded)} by {event.recorder}"


@cache
def site_strings() -> Mapping[str, Mapping[str, str]]:
    """Load `templates/site/words.toml`, cached."""
    import tomli

    path = files("orderwatch") / "templates" / "site" / "words.toml"
    strings: dict[str, Mapping[str, str]] = tomli.loads(path.read_text("utf-8"))
    return strings


def pluralize(forms: Sequence[str], number: int) -> str:
    """Format a number with a singular or plural form: `1 event`, `2 events`."""
    return forms[0 if number == 1 else 1].format(n=f"{number:,}")
