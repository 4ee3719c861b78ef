"""Render a reminder: subject, plain text and HTML."""

import textwrap
from collections.abc import Sequence

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orderwatch.errors import UsageError
from orderwatch.frozen import Frozen
from orderwatch.model import DeadlineStatus, Provenance, Status, Timing
from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, sanitize
from orderwatch.translation import _, clauses, is_right_to_left, labelled, language, ngettext

MAIL_WIDTH = 72
"""In columns, so that replies can quote the text."""

_NBSP = "\N{NO-BREAK SPACE}"
"""Prevents a line break between a word and its number."""

Item = tuple[Status, DeadlineStatus]
"""The status of an obligation, and the deadline to remind of."""


class ReminderMail(Frozen):
    """The content of one reminder message."""

    view: Provenance
    items: Sequence[Item]
    """The most urgent first."""
    stop: str | None = None
    """How the recipient unsubscribes."""


def subject(items: Sequence[Item]) -> str:
    """Format the subject; the first item is the most urgent."""
    status, item = items[0]
    day = phrases.bare_day(item.deadline.due)
    sentence = phrases.deadline_sentence(status.obligation, passed=item.timing is Timing.PASSED)
    first = _("{sentence} on {day}, {days}")
    if item.submission is not None:
        first = _("A submission is on record: {sentence} on {day}")
    first = first.format(sentence=sentence, day=day, days=phrases.days_from_now(item.days_left))
    n = len(items)
    if n > 1:
        return sanitize(
            ngettext("{n} deadline, first: {first}", "{n} deadlines, first: {first}", n).format(
                n=n, first=first
            )
        )
    return sanitize(f"{first} ({status.obligation.id})").strip()


def text(mail: ReminderMail, template: str, *, width: int | None = None) -> str:
    """Render the plain text; without a width, lines are not wrapped."""

    def fill(value: str, indent: str = "") -> str:
        if width is None:
            lines = f"{indent}{value}"
        else:
            lines = textwrap.fill(
                value,
                width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        return lines.replace(_NBSP, " ")

    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text has no markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["fill"] = fill
    return _render(environment, "message.txt", template, mail)


def html(mail: ReminderMail, template: str) -> str:
    """Render the HTML page."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return _render(environment, "message.html", template, mail)


def _render(
    environment: ImmutableSandboxedEnvironment,
    name: str,
    template: str,
    mail: ReminderMail,
) -> str:
    environment.globals |= {"_": _, "words": phrases}
    values = {
        "lang": language(),
        "rtl": is_right_to_left(),
        "subject": subject(mail.items),
        "as_of": sanitize(_head(mail.view)),
        "remarks": [f"{sanitize(line)}." for line in phrases.data_remarks(mail.view)],
        "items": [_template_values(status, item) for status, item in mail.items],
        "confidential": phrases.caveat(mail.view),
        "no_judge": " ".join((_(phrases.NO_JUDGE), *phrases.translation_notes())),
        "reviewed": phrases.reviewed(mail.view),
        "log": phrases.log(mail.view),
        "stop": mail.stop and sanitize(mail.stop),
    }
    try:
        return environment.from_string(template).render(values)
    except TemplateSyntaxError as error:
        message = _("{file}: line {line}: {problem}")
        raise UsageError(
            message.format(file=name, line=error.lineno, problem=error.message)
        ) from error
    except Exception as error:
        raise UsageError(f"{name}: {error}") from error


def _head(view: Provenance) -> str:
    """Format the day, and what the configuration limits the reminders to."""
    parts = filter(None, (phrases.as_of(view), phrases.following(view)))
    return f"{clauses(parts)}."


def _template_values(status: Status, item: DeadlineStatus) -> dict[str, object]:
    """Return the template variables of one deadline, sanitized."""
    obligation, deadline = status.obligation, item.deadline
    order, submission = obligation.order, item.submission
    sources = (*obligation.sources, *order.sources, *order.case.sources)
    url = order.url or next((source.url for source in sources), None)
    source = submission.event.source if submission else None
    place = _("{case} (No. {number}), order of {day}, point{point}")
    if order.paragraph:
        place = _("{case} (No. {number}), order of {day}, paragraph{point}")
    steps = [phrases.time_limit(obligation.limit), *deadline.steps]
    return {
        "id": sanitize(deadline.id),
        "obligation": sanitize(obligation.id),
        "headline": _headline(item),
        "due": deadline.due,
        "days_left": item.days_left,
        "case": sanitize(
            place.format(
                case=order.case.short,
                number=order.case.number,
                day=phrases.bare_day(order.made),
                point=f"{_NBSP}{obligation.paragraph}",
            )
        ),
        "duty": sanitize(labelled(_addressees(status), obligation.summary)),
        "moved": [sanitize(_sentence(note)) for note in phrases.date_remarks(deadline)],
        "recorded": sanitize(phrases.submission_or_none(item)),
        "record_source": source and sanitize(source),
        "record_link": source and safe_url(source),
        "closed": submission is not None,
        "why": sanitize(" ".join(_sentence(step) for step in steps)),
        "source": sanitize(url) if url else _("none recorded"),
        "link": url and safe_url(url),
    }


def _headline(item: DeadlineStatus) -> str:
    if item.submission is not None:
        text = _("A submission is on record: due {day}")
    elif item.days_left >= 0:
        text = _("Due {days}: {day}")
    else:
        text = _("Passed {days}: {day}")
    day = phrases.long_day(item.deadline.due)
    return text.format(days=phrases.days_from_now(item.days_left), day=day)


def _addressees(status: Status) -> str:
    return ", ".join(status.obligation.addressees) or _("Addressee not named")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
