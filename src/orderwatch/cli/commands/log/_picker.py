"""Pick an obligation by some of its words, by a party, or by its id."""

import re
from textwrap import shorten
from unicodedata import combining, normalize

from orderwatch import lookup
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.prompt import answer
from orderwatch.errors import UsageError
from orderwatch.model import Obligation
from orderwatch.snapshot import Record

_LISTED = 9
_WIDTH = 76


def about(known: Record) -> list[str]:
    """Ask what an event is about, until it is known."""
    question = "What is it about? Some of its words, a party, or ids: rafah/3"
    text = answer(question)
    while True:
        try:
            return _cited(known, text)
        except UsageError as error:
            found = search(known, text)
            if text and not found:
                streams.complain(str(error))
        if not found:
            text = answer(question)
            continue
        last = _listed(found)
        text = answer("Its number, or other words")
        if text.isdecimal() and 1 <= int(text) <= last:
            return [found[int(text) - 1].id]


def search(known: Record, text: str) -> list[Obligation]:
    """Find obligations that have all of the words, the latest orders first.

    Those in force stand before those that are not.
    """
    wanted = _words(text)
    day = known.view.as_of
    found = [
        duty
        for duty in known.register.obligations
        if duty.order.made <= day
        and wanted
        and all(_has(duty, word) for word in wanted)
    ]
    return sorted(
        found,
        key=lambda duty: (duty.order.in_force(day), duty.order.made),
        reverse=True,
    )


def line(duty: Obligation) -> str:
    """Say on one line which obligation this is."""
    who = ", ".join(duty.addressees)
    name = duty.alias or duty.id
    text = shorten(f"{who}: {duty.summary}", _WIDTH - len(name), placeholder="…")
    return f"{name}  {text}"


def _listed(found: list[Obligation]) -> int:
    """List the first of what was found; give the last number that can be chosen."""
    for number, duty in enumerate(found[:_LISTED], start=1):
        streams.tell(f"{number}  {line(duty)}")
    if (more := len(found) - _LISTED) > 0:
        streams.tell(f"… and {more} more: give more words")
    return min(len(found), _LISTED)


def _cited(known: Record, text: str) -> list[str]:
    """Read ids; raise `UsageError` for the first that names nothing."""
    names = text.split() or [""]
    for name in names:
        lookup.cited(known.register, name)
    return names


def _has(duty: Obligation, word: str) -> bool:
    """Tell whether any of the words by which somebody may know it begins so."""
    order = duty.order
    parts = (duty.id, duty.alias, order.case.short, *order.case.parties)
    text = " ".join(part for part in (*parts, *duty.addressees, duty.summary) if part)
    return any(one.startswith(word) for one in _words(f"{text} {duty.kind.value}"))


def _words(text: str) -> list[str]:
    # An id is one word, with its slashes and hyphens.
    return [word for word in re.split(r"[^\w/.@-]+", _folded(text)) if word]


def _folded(text: str) -> str:
    bare = normalize("NFD", text.casefold())
    return "".join(sign for sign in bare if not combining(sign))
