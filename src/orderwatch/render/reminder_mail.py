"""A reminder: its subject, its text, its page, and its dates for a calendar."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orderwatch.errors import UsageError
from orderwatch.model import DeadlineStatus, Status, Timing, View
from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, visible

MAIL_WIDTH = 72
"""Columns of a text in a mail, so that it can be quoted in an answer."""

_HOLD = "\N{NO-BREAK SPACE}"
"""Keeps a number with the word before it."""

Item = tuple[Status, DeadlineStatus]
"""An obligation, and the one deadline of it that is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one message is about."""

    view: View
    items: Sequence[Item]
    """The most urgent first."""
    stop: str | None = None
    """How its recipient can stop it."""


def subject(items: Sequence[Item]) -> str:
    """Say on one line what is due; the first of the items is the most urgent."""
    status, item = items[0]
    duty = status.obligation
    case = visible(duty.order.case.short)
    if len(items) == 1:
        who = visible(", ".join(duty.addressees))
        about = f"{who}, {duty.id} ({case})" if who else f"{duty.id} ({case})"
        return f"{_headline(item)}: {about}"
    first = _headline(item)
    return f"{len(items)} deadlines, first: {first[0].lower()}{first[1:]} ({case})"


def text(letter: Letter, template: str, *, width: int | None = None) -> str:
    """Write the text; without a width no line is broken."""

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
        return lines.replace(_HOLD, " ")

    environment = ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text has no markup
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["fill"] = fill
    return _made(environment, "message.txt", template, letter)


def html(letter: Letter, template: str) -> str:
    """Write the same as a page."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return _made(environment, "message.html", template, letter)


def _made(
    environment: ImmutableSandboxedEnvironment,
    name: str,
    template: str,
    letter: Letter,
) -> str:
    values = {
        "subject": subject(letter.items),
        "as_of": visible(f"{phrases.as_of(letter.view)}."),
        "items": [_values(status, item) for status, item in letter.items],
        "confidential": phrases.CONFIDENTIAL,
        "no_judge": phrases.NO_JUDGE,
        "reviewed": phrases.reviewed(letter.view),
        "log": phrases.log(letter.view),
        "stop": letter.stop and visible(letter.stop),
    }
    try:
        return environment.from_string(template).render(values)
    except TemplateSyntaxError as error:
        raise UsageError(f"{name}: line {error.lineno}: {error.message}") from error
    except Exception as error:
        raise UsageError(f"{name}: {error}") from error


def _values(status: Status, item: DeadlineStatus) -> dict[str, object]:
    """Give what a template can name; nothing in it acts."""
    duty, deadline = status.obligation, item.deadline
    order, found = duty.order, item.submission
    sources = (*duty.sources, *order.sources, *order.case.sources)
    url = order.url or next((source.url for source in sources), None)
    source = found.event.source if found else None
    what = "paragraph" if order.paragraph else "point"
    steps = [phrases.time_limit(duty.limit), *deadline.steps]
    return {
        "id": visible(deadline.id),
        "obligation": visible(duty.id),
        "headline": f"{_headline(item)}: {'due ' if found else ''}"
        f"{phrases.long_day(deadline.due)}",
        "due": deadline.due,
        "days_left": item.days_left,
        "case": visible(
            f"{order.case.short} (No. {order.case.number}), order of "
            f"{phrases.bare_day(order.made)}, {what}{_HOLD}{duty.paragraph}"
        ),
        "duty": visible(f"{_who(status)}: {duty.summary}"),
        "moved": [visible(_sentence(note)) for note in phrases.moved(deadline)],
        "recorded": visible(phrases.recorded(item)),
        "record_source": source and visible(source),
        "record_link": source and safe_url(source),
        "closed": found is not None,
        "why": visible(" ".join(_sentence(step) for step in steps)),
        "source": visible(url) if url else "none recorded",
        "link": url and safe_url(url),
    }


def _headline(item: DeadlineStatus) -> str:
    if item.submission is not None:
        return "A submission is on record"
    if item.timing is Timing.PASSED:
        return f"Passed {phrases.count(-item.days_left, 'day')} ago"
    if item.days_left == 0:
        return "Due today"
    return f"Due in {phrases.count(item.days_left, 'day')}"


def _who(status: Status) -> str:
    return ", ".join(status.obligation.addressees) or "Nobody named"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
