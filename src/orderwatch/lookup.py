"""Resolve what a user types (an id or an alias) in the register; pure.

A citation is a case (`192`), an order (`192/2024-05-24`), an obligation
(`192/2024-05-24/2a`), one of its deadlines (`…@2024-06-24`), or the same with an
alias of the case or the order (`gaza`, `rafah`, `rafah/2a`), in upper or lower case.
An alias that is also the name of a State names the case or order. Of several registers,
ids and aliases begin with the id of the court (`icj:192`, `icj:gaza`), which may be left
out where one court alone has the rest.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from unicodedata import combining, normalize

from orderwatch.errors import UsageError, nearest, suggest
from orderwatch.frozen import Frozen, replace
from orderwatch.model import Case, Obligation, Order, Register, State
from orderwatch.text import fold


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
    state: str | None = None
    """The State that has the same name as the alias in the citation."""


def resolve(register: Register, text: str) -> Match:
    """Resolve a citation; raise `UsageError` with suggestions if nothing matches."""
    name, at, day = text.strip().casefold().partition("@")
    if not text.strip():
        raise UsageError(f"{text!r} names nothing; `orderwatch orders` lists what there is")
    index = _build_index(register)
    match = index.get(name)
    if match is None:
        if candidates := [item.id for item in _without_court(register).get(name, ())]:
            raise UsageError(f"{text}: several courts have it; name {' or '.join(candidates)}")
        raise UsageError(_unknown_message(register, index, text))
    if name in index and (state := find_state(register, name)):
        match = replace(match, state=state.name)
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
    return replace(match, id=f"{match.id}@{deadline}", deadline=deadline)


def state_note(match: Match) -> str | None:
    """Format a note on an alias that is also the name of a State."""
    if match.state is None:
        return None
    kind = "order" if match.order else "case"
    return (
        f"showing the {kind} {match.id}, which has the name of a State as its alias; "
        f'for the State: --party "{match.state}"'
    )


def find_state(register: Register, text: str) -> State | None:
    """Return the State with that name or alias, whatever its case and accents."""
    name = fold(text)
    for state in register.states:
        if name in {fold(state.name), *map(fold, state.aliases)}:
            return state
    return None


def party_names(register: Register, text: str) -> frozenset[str]:
    """Return the names under which cases print a party; raise `UsageError` without one.

    A name or alias of a State gives all its names; other text, the parties that
    contain it.
    """
    parties = {name for case in register.cases for name in case.parties}
    part = fold(text)
    if names := same_state(register, text, parties) or frozenset(
        name for name in parties if part and part in fold(name)
    ):
        return names
    hint = nearest(text, sorted(parties))
    raise UsageError(f"{text!r}: no case has a party of that name{hint}")


def addressee_names(register: Register, text: str) -> frozenset[str]:
    """Return the names under which a State is addressed; raise `UsageError` without one."""
    addressees = {name for item in register.obligations for name in item.addressees}
    if names := same_state(register, text, addressees):
        return names
    hint = nearest(text, sorted(addressees))
    raise UsageError(f"{text!r}: no order is addressed to that name{hint}")


def same_state(register: Register, text: str, names: Iterable[str]) -> frozenset[str]:
    """Return those names that mean the State, or are the name, that a text is."""
    state = find_state(register, text)
    texts = (text,) if state is None else (state.name, *state.aliases)
    folded = set(map(fold, texts))
    return frozenset(name for name in names if fold(name) in folded)


def obligations(register: Register, match: Match) -> tuple[Obligation, ...]:
    """Return the obligations that a citation covers, in register order."""
    if match.obligation is not None:
        return (match.obligation,)
    if match.order is not None:
        return tuple(o for o in register.obligations if o.order.id == match.id)
    return tuple(o for o in register.obligations if o.order.case.id == match.id)


def search(register: Register, text: str, day: date) -> list[Obligation]:
    """Return the obligations that match all the words, the latest orders first.

    Orders in force come before others.
    """
    query = _tokens(text)
    matches = [
        obligation
        for obligation in register.obligations
        if obligation.order.made <= day
        and query
        and all(_has_prefix(obligation, word) for word in query)
    ]
    return sorted(
        matches,
        key=lambda obligation: (obligation.order.in_force(day), obligation.order.made),
        reverse=True,
    )


def _has_prefix(obligation: Obligation, prefix: str) -> bool:
    """Return whether a word about an obligation or its case begins with `prefix`."""
    order = obligation.order
    parts = (obligation.id, obligation.alias, order.case.short, *order.case.parties)
    text = " ".join(part for part in (*parts, *obligation.addressees, obligation.summary) if part)
    return any(token.startswith(prefix) for token in _tokens(f"{text} {obligation.kind.value}"))


def _tokens(text: str) -> list[str]:
    # An id is one token, with its slashes and hyphens.
    return [token for token in re.split(r"[^\w/.@-]+", _fold(text)) if token]


def _fold(text: str) -> str:
    decomposed = normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not combining(character))


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


def completions(register: Register, incomplete: str) -> list[tuple[str, str]]:
    """Return ids and aliases that complete a prefix, one level at a time, with descriptions.

    Each begins with what was typed, in the same case.
    """
    prefix = incomplete.casefold()
    depth_max = prefix.count("/") + 1 if prefix else 0
    return [
        (incomplete + name[len(prefix) :], summary)
        for name, summary in descriptions(register).items()
        if name.startswith(prefix) and name.count("/") <= depth_max
    ]


def _build_index(register: Register) -> dict[str, Match]:
    """Build the lookup table of all ids and aliases, casefolded."""
    index = dict(_named_matches(register))
    if len(register.courts) > 1:
        index |= {
            name: matches[0]
            for name, matches in _without_court(register).items()
            if len(matches) == 1
        }
    return index


def _without_court(register: Register) -> dict[str, list[Match]]:
    """Return what each id and alias means without the id of its court."""
    names: dict[str, list[Match]] = {}
    for name, match in _named_matches(register):
        names.setdefault(name.partition(":")[2], []).append(match)
    return names


def _named_matches(register: Register) -> Iterator[tuple[str, Match]]:
    """Yield each id and alias, with the id of the court if there are several."""
    for case in register.cases:
        match = Match(id=case.id, case=case)
        for name in (case.id, *_aliases(case)):
            yield name, match
    for order in register.orders:
        match = Match(id=order.id, case=order.case, order=order)
        for name in (order.id, *_aliases(order)):
            yield name, match
    for obligation in register.obligations:
        order = obligation.order
        match = Match(id=obligation.id, case=order.case, order=order, obligation=obligation)
        for name in (order.id, *_aliases(order)):
            yield f"{name}/{obligation.key}", match


def _aliases(item: Case | Order) -> Iterator[str]:
    case = item.case if isinstance(item, Order) else item
    alias = item.alias if isinstance(item, Order) else None
    for name in (alias, *item.aliases):
        if name:
            yield f"{case.prefix}{name.removeprefix(case.prefix)}"


def _unknown_message(register: Register, index: dict[str, Match], text: str) -> str:
    """Format the error for an unknown citation, with suggestions."""
    query = text.strip().casefold().partition("@")[0]
    parent = query.rpartition("/")[0]
    suggestions = suggest(query, index, limit=4)
    if parent in index:
        suggestions = [name for name in index if name.startswith(f"{parent}/")][:8]
    elif not suggestions and query:
        suggestions = [
            case.id for case in register.cases if query in f"{case.short} {case.title}".casefold()
        ][:6]
    hint = (
        "nearest: " + ", ".join(suggestions)
        if suggestions
        else "`orderwatch orders` lists what there is"
    )
    return f"{text}: no case, order, obligation or alias is called so; {hint}"
