"""Every English phrase that more than one output uses; the same in every locale."""

from base64 import b64encode
from datetime import date, datetime

from orderwatch.model import (
    Case,
    Deadline,
    DeadlineStatus,
    End,
    Event,
    Grade,
    On,
    Role,
    Standing,
    Status,
    Submission,
    SubmissionState,
    TimeLimit,
    Timing,
    Undated,
    View,
    Votes,
)

WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

TITLE = (
    "International Court of Justice, provisional measures: what is due, and what is on "
    "record"
)
CONFIDENTIAL = (
    "Reports to the Court are confidential: nothing recorded does not mean nothing "
    "filed."
)
NO_JUDGE = "orderwatch computes dates; it does not judge compliance."
STALE = (
    "That is more than a year ago, and what has come since is not in it: a newer "
    "orderwatch may have it."
)
NOTHING = "nothing recorded"

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
    """Write a day to compare at a glance: `Mon 24 Jun 2024`."""
    month = _MONTHS[day.month - 1][:3]
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {month} {day.year}"


def long_day(day: date) -> str:
    """Write a day out: `Monday 24 June 2024`."""
    return f"{WEEKDAYS[day.weekday()]} {bare_day(day)}"


def bare_day(day: date) -> str:
    """Write a day without its weekday: `24 June 2024`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """Write the month of a day for a scale: `Jun 2024`."""
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Count things: `1 entry`, `2 entries`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def time_limit(limit: TimeLimit) -> str:
    """Say how an order sets the time."""
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


def votes(cast: Votes | None) -> str:
    """Say how a point was adopted: `13 to 2`, `unanimous`, `not seen`."""
    if cast is None:
        return "not seen"
    if cast.in_favour is None and cast.against is None:
        return "unanimous" if cast.unanimous else "not seen"
    if cast.in_favour is None:
        return f"{cast.against} against, votes in favour not seen"
    if cast.against is None and not cast.unanimous:
        return f"{cast.in_favour} in favour, votes against not seen"
    counted = f"{cast.in_favour} to {cast.against or 0}"
    return f"{counted}, unanimous" if cast.unanimous else counted


def dissenters(cast: Votes | None) -> str:
    """Name those who voted against; empty if nobody did, or nothing was seen."""
    if cast is None or cast.unanimous:
        return ""
    if cast.dissenting:
        return f"against: {', '.join(cast.dissenting)}"
    if cast.dissenting is None and cast.against:
        return "names not seen"
    return ""


def vote(cast: Votes | None) -> str:
    """Say the count and the names: `13 to 2 (against: Sebutinde)`."""
    names = dissenters(cast)
    return f"{votes(cast)} ({names})" if names else votes(cast)


def days(item: DeadlineStatus) -> str:
    """Say how far off a deadline is: `4 days left`, `passed 1 day ago`."""
    match item.timing:
        case Timing.DUE_TODAY:
            return "due today"
        case Timing.PASSED:
            return f"passed {count(-item.days_left, 'day')} ago"
        case Timing.ENDED:
            return "the measures had ended by then"
    return f"{count(item.days_left, 'day')} left"


def recorded(item: DeadlineStatus) -> str:
    """Say what is on record for a deadline."""
    if item.submission is None:
        return NOTHING
    return submission(item.submission, item.deadline)


def submission(found: Submission, deadline: Deadline) -> str:
    """Say who reported a submission when, and how that stands to the due date."""
    on = found.event.on
    late, early = found.days_late, (deadline.due - on).days
    if late:
        place = f"{count(late, 'day')} after the due date"
    elif early > 0:
        place = f"{count(early, 'day')} before the due date"
    else:
        place = "on the due date"
    if found.state is SubmissionState.CONFIRMED:
        return f"submission on {bare_day(on)} ({place}), confirmed by the Court"
    speaker = found.event.speaker
    return f"submission reported on {bare_day(on)} ({place}), according to {speaker}"


def moved(deadline: Deadline) -> tuple[str, ...]:
    """Say what is unusual about a date: a weekend, an extension."""
    said = []
    if deadline.non_working:
        said.append(f"{deadline.non_working}, a non-working day; not moved")
    if deadline.extended_from:
        said.append(f"extended from {bare_day(deadline.extended_from)}")
    return tuple(said)


def deadline(item: DeadlineStatus) -> str:
    """Say all about one deadline on one line."""
    word = "was due" if item.days_left < 0 else "due"
    parts = (days(item), *moved(item.deadline), recorded(item))
    return f"{word} {long_day(item.deadline.due)} · {' · '.join(parts)}"


def timing(status: Status, day: date) -> str:
    """Say where an obligation stands on `day`, and how far its deadline is."""
    match status.timing:
        case Timing.ENDED:
            end = status.obligation.end
            return ended(end) if end and end.by(day) else "ended"
        case Timing.AWAITING_TRIGGER:
            return f"no date yet: waits for {status.awaiting}"
        case Timing.UNDATED:
            return "no date to compute"
    return days(status.current) if status.current else status.timing.value


def ended(end: End) -> str:
    """Say when something ended."""
    when = f"on {bare_day(end.day)}" if end.day else f"in {end.year} (day not seen)"
    return f"ended {when}: {end.text}" if end.text else f"ended {when}"


def last_seen(case: Case, day: date) -> str | None:
    """Say how far the state of a pending case was seen, if not as far as `day`."""
    if case.seen is None or case.seen >= day or _over(case, day):
        return None
    return f"case last seen pending on {bare_day(case.seen)}"


def state(case: Case, day: date) -> str:
    """Say how a case stood on `day`, without what came later."""
    if case.ended is None:
        return last_seen(case, day) or "pending"
    return ended(case.ended) if _over(case, day) else "pending on this day"


def case_state(case: Case, day: date) -> str | None:
    """Give what the register says of a case, unless it tells what came later."""
    if case.ended is not None and not _over(case, day):
        return None
    return case.state


def said(event: Event) -> str:
    """Say what a speaker found, in the speaker's own words and on its own scale."""
    found = event.finding or event.summary
    scale = f" (scale: {event.scale})" if event.scale else ""
    return (
        f"{event.speaker} ({ROLES[event.role]}), {bare_day(event.on)}: {found}{scale}"
    )


def as_of(view: View) -> str:
    """Say from which day a reader looks."""
    text = f"As of {long_day(view.as_of)} at the seat of the Court ({view.time_zone})"
    if view.known_on is None:
        return text
    known = bare_day(view.known_on)
    return f"{text}, knowing of the log only what stood in it on {known}"


def reviewed(view: View) -> str:
    """Say how fresh the register is."""
    text = f"Register reviewed on {bare_day(view.reviewed)}"
    if view.seen_to is not None:
        seen = bare_day(view.seen_to)
        text = f"{text}; the Court's list of decisions seen to {seen}"
    return f"{text}. {STALE}" if view.stale else f"{text}."


def log(view: View) -> str:
    """Say which state of the log was read."""
    entries = count(view.log.size, "entry", "entries")
    return f"Log: {entries}, root {root(view)}"


def root(view: View) -> str:
    """Write the root of the log as checkpoints do."""
    return b64encode(view.log.root).decode()


def _over(case: Case, day: date) -> bool:
    return case.ended is not None and case.ended.by(day)


def instant(moment: datetime) -> str:
    """Write an instant as RFC 3339 has it: UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def entered(event: Event) -> str | None:
    """Say when the log recorded an event, and who did; nothing for the register."""
    if event.recorded is None:
        return None
    return f"{instant(event.recorded)} by {event.recorder}"
