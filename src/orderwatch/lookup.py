"""Resolve what a user types (an id or an alias) in the register; pure.

A citation is a case (`192`), an order (`192/2024-05-24`), an obligation
(`192/2024-05-24/2a`), one of its deadlines (`…@2024-06-24`), or the same with the
alias of an order (`rafah`, `rafah/2a`), in upper or lower case.
"""

from datetime import date
from difflib import get_close_matches

from orderwatch.errors import UsageError
from orderwatch.frozen import Frozen
from orderwatch.model import Case, Obligation, Order, Register


class Match(Frozen):
    """The case, order, obligation or deadline that a citation names."""

    id: str
    """Full id, without alias."""
    case: Case
    order: Order | None = None
    """`None` if the citation names a case."""
    obligation: Obligation | None = None
    """`None` if the citation names a case or an order."""
    deadline: date | None = None
    """Date after `@`; not compared with the computed deadlines."""


def resolve(register: Register, text: str) -> Match:
    """Resolve a citation; raise `UsageError` with suggestions if nothing matches."""
    name, at, day = text.strip().casefold().partition("@")
    if not text.strip():
        raise UsageError(
            f"{text!r} names nothing; `orderwatch orders` lists what there is"
        )
    index = _build_index(register)
    match = index.get(name)
    if match is None:
        raise UsageError(_unknown_message(register, index, text))
    if not at:
        return match
    if match.obligation is None:
        raise UsageError(f"{text}: a date after @ goes with an obligation, not {name}")
    try:
        deadline = date.fromisoformat(day)
    except ValueError:
        raise UsageError(
            f"{text}: after @ stands the date of a deadline, like {name}@2024-06-24"
        ) from None
    return Match(
        id=f"{match.id}@{deadline}",
        case=match.case,
        order=match.order,
        obligation=match.obligation,
        deadline=deadline,
    )


def obligations(register: Register, match: Match) -> tuple[Obligation, ...]:
    """Return the obligations that a citation covers, in register order."""
    if match.obligation is not None:
        return (match.obligation,)
    if match.order is not None:
        return tuple(o for o in register.obligations if o.order.id == match.id)
    return tuple(o for o in register.obligations if o.order.case.id == match.id)


def descriptions(register: Register) -> dict[str, str]:
    """Return every id and alias with a short description."""
    return {
        name: (
            match.obligation.summary
            if match.obligation
            else f"{match.case.short}, order of {match.order.made}"
            if match.order
            else match.case.short
        )
        for name, match in _build_index(register).items()
    }


def _build_index(register: Register) -> dict[str, Match]:
    """Build the lookup table of all ids and aliases, casefolded."""
    index: dict[str, Match] = {}
    for case in register.cases:
        index[case.id] = Match(id=case.id, case=case)
    for order in register.orders:
        match = Match(id=order.id, case=order.case, order=order)
        index[order.id] = match
        if order.alias:
            index[order.alias.casefold()] = match
    for obligation in register.obligations:
        match = Match(
            id=obligation.id,
            case=obligation.order.case,
            order=obligation.order,
            obligation=obligation,
        )
        index[obligation.id] = match
        if obligation.alias:
            index[obligation.alias.casefold()] = match
    return index


def _unknown_message(register: Register, index: dict[str, Match], text: str) -> str:
    """Format the error for an unknown citation, with suggestions."""
    query = text.strip().casefold().partition("@")[0]
    parent = query.rpartition("/")[0]
    suggestions = get_close_matches(query, index, n=4, cutoff=0.6)
    if parent in index:
        suggestions = [name for name in index if name.startswith(f"{parent}/")][:8]
    elif not suggestions and query:
        suggestions = [
            case.id
            for case in register.cases
            if query in f"{case.short} {case.title}".casefold()
        ][:6]
    hint = (
        "nearest: " + ", ".join(suggestions)
        if suggestions
        else "`orderwatch orders` lists what there is"
    )
    return f"{text}: no case, order, obligation or alias is called so; {hint}"
