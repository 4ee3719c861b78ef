"""Ask a person for what an event still lacks."""

from collections.abc import Callable
from typing import Any

import typer

from orderwatch import citations
from orderwatch.cli import draft, output
from orderwatch.cli.record import Record
from orderwatch.errors import UsageError
from orderwatch.model import EventKind, Obligation, Role


def complete(typed: dict[str, Any], known: Record) -> dict[str, Any]:
    """Ask for each field that is missing; a wrong answer is asked for again."""
    found = dict(typed)
    if not found.get("about"):
        question = "About (ids or aliases, such as rafah/3)"
        found["about"] = _asked(question, lambda text: _cited(known, text)).split()
    for key, (question, check) in _questions(known).items():
        if not found.get(key) and _needed(key, found, known):
            found[key] = _asked(question, check)
    return found


def _questions(known: Record) -> dict[str, tuple[str, Callable[[str], object]]]:
    def past(text: str) -> None:
        if late := draft.too_late(draft.day(text), known):
            raise ValueError(late)

    return {
        "kind": (f"Kind ({', '.join(EventKind)})", _KIND),
        "on": ("Day it happened (YYYY-MM-DD)", past),
        "speaker": ("Who says so", draft.words),
        "role": (f"Their role ({', '.join(Role)})", _ROLE),
        "by": ("Who submitted", draft.words),
        "source": ("Address of the source", draft.address),
        "summary": ("What happened, in your words", draft.words),
        "finding": ("What the speaker found, in their words", draft.words),
    }


def _needed(key: str, found: dict[str, Any], known: Record) -> bool:
    """Tell whether a field is wanted; what was typed wrongly is told at the end."""
    if key == "kind":
        return True
    try:
        kind, role = _KIND(found["kind"]), _ROLE(found.get("role") or Role.OTHER)
        if key == "by":
            return draft.wants_author(kind, role, _duties(found["about"], known))
    except (ValueError, UsageError):
        return key not in {"by", "finding"}
    if key == "finding":
        return kind is EventKind.ASSESSMENT
    return key != "source" or kind is not EventKind.NOTE


def _duties(about: list[str], known: Record) -> tuple[Obligation, ...]:
    cited = [citations.cited(known.register, text) for text in about]
    return draft.duties(known, cited)


def _cited(known: Record, text: str) -> None:
    for name in draft.words(text).split():
        citations.cited(known.register, name)


def sure(question: str) -> bool:
    """Ask whether to go on; without an answer, do not."""
    while True:
        answer = _answer(f"{question} (y/N)").casefold()
        if answer in {"", "n", "no", "y", "yes"}:
            return answer.startswith("y")


def _asked(question: str, check: Callable[[str], object]) -> str:
    while True:
        text = _answer(question)
        try:
            check(text)
        except (ValueError, UsageError) as error:
            output.complain(str(error))
        else:
            return text


def _answer(question: str) -> str:
    # Typer's prompt ends on standard output, where a result may go to a file.
    output.advise(f"{question}:")
    try:
        return input().strip()
    except EOFError:
        raise typer.Abort from None


_KIND = draft.word(EventKind)
_ROLE = draft.word(Role)
