"""Obligation picker: search by words, party or id."""

import re
from textwrap import shorten
from unicodedata import combining, normalize

from orderwatch import lookup
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.prompt import prompt
from orderwatch.errors import UsageError
from orderwatch.model import Obligation
from orderwatch.snapshot import Snapshot

_LISTED_MAX = 9
_WIDTH = 76


def prompt_obligation(snapshot: Snapshot) -> list[str]:
    """Prompt for the obligation of an event, until it is selected; return its ids."""
    question = "What is it about? Some of its words, a party, or ids: rafah/3"
    text = prompt(question)
    while True:
        try:
            return _parse_ids(snapshot, text)
        except UsageError as error:
            matches = search(snapshot, text)
            if text and not matches:
                streams.print_error(str(error))
        if not matches:
            text = prompt(question)
            continue
        last = _print_matches(matches)
        text = prompt("Its number, or other words")
        if text.isdecimal() and 1 <= int(text) <= last:
            return [matches[int(text) - 1].id]


def search(snapshot: Snapshot, text: str) -> list[Obligation]:
    """Return the obligations that match all the words, the latest orders first.

    Orders in force come before others.
    """
    query = _tokens(text)
    day = snapshot.as_of
    matches = [
        obligation
        for obligation in snapshot.register.obligations
        if obligation.order.made <= day
        and query
        and all(_has_prefix(obligation, word) for word in query)
    ]
    return sorted(
        matches,
        key=lambda obligation: (obligation.order.in_force(day), obligation.order.made),
        reverse=True,
    )


def obligation_line(obligation: Obligation) -> str:
    """Format an obligation on one line."""
    addressees = ", ".join(obligation.addressees)
    name = obligation.alias or obligation.id
    text = shorten(
        f"{addressees}: {obligation.summary}", _WIDTH - len(name), placeholder="…"
    )
    return f"{name}  {text}"


def _print_matches(matches: list[Obligation]) -> int:
    """Print the first matches; return the last number that can be selected."""
    for number, obligation in enumerate(matches[:_LISTED_MAX], start=1):
        streams.print_message(f"{number}  {obligation_line(obligation)}")
    if (remaining := len(matches) - _LISTED_MAX) > 0:
        streams.print_message(f"… and {remaining} more: give more words")
    return min(len(matches), _LISTED_MAX)


def _parse_ids(snapshot: Snapshot, text: str) -> list[str]:
    """Parse ids; raise `UsageError` at the first unknown id."""
    names = text.split() or [""]
    for name in names:
        lookup.resolve(snapshot.register, name)
    return names


def _has_prefix(obligation: Obligation, prefix: str) -> bool:
    """Return whether a word about an obligation or its case begins with `prefix`."""
    order = obligation.order
    parts = (obligation.id, obligation.alias, order.case.short, *order.case.parties)
    text = " ".join(
        part for part in (*parts, *obligation.addressees, obligation.summary) if part
    )
    return any(
        token.startswith(prefix) for token in _tokens(f"{text} {obligation.kind.value}")
    )


def _tokens(text: str) -> list[str]:
    # An id is one token, with its slashes and hyphens.
    return [token for token in re.split(r"[^\w/.@-]+", _fold(text)) if token]


def _fold(text: str) -> str:
    decomposed = normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not combining(character))
