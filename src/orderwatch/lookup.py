"""What a user types -> what it names in the register; pure.

A citation is a case (`192`), an order (`192/2024-05-24`), an obligation
(`192/2024-05-24/2a`), one of its deadlines (`…@2024-06-24`), or the same with the
alias of an order (`rafah`, `rafah/2a`); upper and lower case are alike.
"""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from orderwatch.errors import UsageError
from orderwatch.model import Case, Obligation, Order, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What one citation names."""

    id: str
    """In full, without alias."""
    case: Case
    order: Order | None = None
    """`None` if a whole case is meant."""
    obligation: Obligation | None = None
    """`None` if more than one obligation is meant."""
    deadline: date | None = None
    """Of `…@2024-06-24`; whether there is such a deadline is not checked here."""


def cited(register: Register, text: str) -> Cited:
    """Find what `text` names; raise `UsageError` with the nearest that exist."""
    name, at, day = text.strip().casefold().partition("@")
    if not text.strip():
        raise UsageError(
            f"{text!r} names nothing; `orderwatch orders` lists what there is"
        )
    known = _index(register)
    found = known.get(name)
    if found is None:
        raise UsageError(_unknown(register, known, text))
    if not at:
        return found
    if found.obligation is None:
        raise UsageError(f"{text}: a date after @ goes with an obligation, not {name}")
    try:
        deadline = date.fromisoformat(day)
    except ValueError:
        raise UsageError(
            f"{text}: after @ stands the date of a deadline, like {name}@2024-06-24"
        ) from None
    return Cited(
        id=f"{found.id}@{deadline}",
        case=found.case,
        order=found.order,
        obligation=found.obligation,
        deadline=deadline,
    )


def obligations(register: Register, found: Cited) -> tuple[Obligation, ...]:
    """List the obligations that a citation covers, in the order of the register."""
    if found.obligation is not None:
        return (found.obligation,)
    if found.order is not None:
        return tuple(o for o in register.obligations if o.order.id == found.id)
    return tuple(o for o in register.obligations if o.order.case.id == found.id)


def names(register: Register) -> dict[str, str]:
    """List all that can be cited, aliases too, each with a word on what it is."""
    return {
        name: (
            found.obligation.summary
            if found.obligation
            else f"{found.case.short}, order of {found.order.made}"
            if found.order
            else found.case.short
        )
        for name, found in _index(register).items()
    }


def _index(register: Register) -> dict[str, Cited]:
    """Map every id and alias, in lower case."""
    index: dict[str, Cited] = {}
    for case in register.cases:
        index[case.id] = Cited(id=case.id, case=case)
    for order in register.orders:
        found = Cited(id=order.id, case=order.case, order=order)
        index[order.id] = found
        if order.alias:
            index[order.alias.casefold()] = found
    for duty in register.obligations:
        found = Cited(
            id=duty.id, case=duty.order.case, order=duty.order, obligation=duty
        )
        index[duty.id] = found
        if duty.alias:
            index[duty.alias.casefold()] = found
    return index


def _unknown(register: Register, known: dict[str, Cited], text: str) -> str:
    """Say that a citation names nothing, and what stands nearest to it."""
    typed = text.strip().casefold().partition("@")[0]
    head = typed.rpartition("/")[0]
    near = get_close_matches(typed, known, n=4, cutoff=0.6)
    if head in known:
        near = [name for name in known if name.startswith(f"{head}/")][:8]
    elif not near and typed:
        near = [
            case.id
            for case in register.cases
            if typed in f"{case.short} {case.title}".casefold()
        ][:6]
    offer = (
        "nearest: " + ", ".join(near)
        if near
        else "`orderwatch orders` lists what there is"
    )
    return f"{text}: no case, order, obligation or alias is called so; {offer}"
