"""Resolve the ID arguments of commands: use one match, list several."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Annotated

import typer

from orderwatch.cli.options import complete_ids
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import NoMatchError, UsageError
from orderwatch.lookup import By, Selection, state_note
from orderwatch.model import Hit
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, clauses, mark

Subjects = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help=mark(
            "A case, order or obligation: an id, alias, number, State, title, date or words."
        ),
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Subject = Annotated[
    list[str],
    typer.Argument(
        metavar="ID",
        help=mark("A case, order or obligation: an id, alias, number, title, date or words."),
        autocompletion=complete_ids,
    ),
]
Words = Annotated[
    list[str],
    typer.Argument(
        metavar="WORDS",
        help=mark("Words, or what other commands take as an ID."),
        autocompletion=complete_ids,
    ),
]
Exact = Annotated[
    bool,
    typer.Option("--exact", help=mark("Fail if several match, instead of listing them.")),
]
_LISTED_MAX = 6
_NAMES_MAX = 12
"""Arguments that are joined in every way; more are only joined to one text."""


def select(
    snapshot: Snapshot,
    names: Sequence[str] | None,
    style: Format | None = None,
    *,
    exact: bool = False,
    cases: bool = False,
) -> tuple[str, ...]:
    """Return the full ids that arguments name; none without arguments.

    With `cases`, a State stands for the cases to which it is a party. If an argument has
    several matches, print them and raise `typer.Exit`; with `exact` or a format that
    programs read, raise `UsageError`. Without a match, raise `UsageError`.
    """
    ids = []
    selections = _selections(snapshot, names or ())
    if cases:
        selections = (snapshot.with_cases(item, is_set=True) for item in selections)
    for selection in selections:
        if len(selection.matches) > 1 and not selection.is_set:
            list_matches(snapshot, selection, style, exact=exact)
        ids += _use(snapshot, selection)
    return tuple(dict.fromkeys(ids))


def select_record(
    snapshot: Snapshot,
    names: Sequence[str] | None,
    style: Format | None = None,
    *,
    exact: bool = False,
) -> tuple[tuple[str, ...], str | None]:
    """Return the full ids that arguments name, or the words that only events have.

    As `select`; a State stands for the cases to which it is a party.
    """
    from orderwatch.word_search import without_stop_words

    text = " ".join(names or ())
    words = without_stop_words(text)
    try:
        selections = list(_selections(snapshot, names or ()))
        is_record = all(item.hits and all(hit.event for hit in item.hits) for item in selections)
    except NoMatchError:
        # The log may have words that the public record lacks.
        if not (any(map(str.isalpha, words)) and snapshot.event_list(search=words)):
            raise
        return (), words
    if selections and is_record and snapshot.event_list(search=words):
        return (), words
    return select(snapshot, names, style, exact=exact, cases=True), None


def select_orders(snapshot: Snapshot, names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of all cases and orders that arguments match.

    An obligation stands for its order, a State for the cases to which it is a party.
    """
    selections = (snapshot.with_orders(item) for item in _selections(snapshot, names))
    return tuple(dict.fromkeys(id_ for item in selections for id_ in _use(snapshot, item)))


def select_one(
    snapshot: Snapshot,
    names: Sequence[str],
    style: Format | None = None,
    *,
    exact: bool = False,
) -> str:
    """Return the one full id that arguments name, as `select`.

    A State stands for the cases to which it is a party, a point with parts for a choice.
    """
    selections = list(_selections(snapshot, names))
    if len(selections) > 1:
        typed = ", ".join(selection.text for selection in selections)
        raise UsageError(_("Name one thing at a time, not {names}.").format(names=typed))
    [selection] = selections
    if selection.by is By.STATE:
        selection = snapshot.with_cases(selection)
    if len(selection.matches) > 1:
        list_matches(snapshot, selection, style, exact=exact)
    [id_] = _use(snapshot, selection)
    return id_


def list_matches(
    snapshot: Snapshot, selection: Selection, style: Format | None, *, exact: bool
) -> None:
    """Print several matches and raise `typer.Exit`, or `UsageError` if one is needed."""
    from orderwatch.cli.terminal import formats, pager
    from orderwatch.render import hits as words

    count = len(selection.matches)
    if exact or formats.resolve_format(style).is_document:
        shown = snapshot.hits(selection.matches[:_LISTED_MAX])
        names = clauses([*map(words.full_name, shown), *(["…"] if count > len(shown) else [])])
        message = _('"{text}" matches {count}: {names}. Name one of them.')
        raise UsageError(message.format(text=selection.text, count=count, names=names))
    hits = snapshot.hits(selection.matches)
    note = _('"{text}" matches {count}. Name one of them.').format(text=selection.text, count=count)
    text = formats.renderer(style).find(snapshot.view, selection.text, hits)
    pager.show(text, style, no_pager=True, notes=[*snapshot.notes, note])
    raise typer.Exit


def note_match(snapshot: Snapshot, query: str, hits: Sequence[Hit]) -> None:
    """Note the only match of a search, unless it was typed as an id or alias."""
    selection = snapshot.find_named(query)
    if len(hits) == 1 and (selection is None or selection.by is not By.CITATION):
        from orderwatch.render.hits import full_name

        snapshot.notes += (f'"{query}": {full_name(hits[0])}',)


def _use(snapshot: Snapshot, selection: Selection) -> list[str]:
    """Return the ids of a selection; note what was matched if it was no id."""
    if note := _note(snapshot, selection):
        snapshot.notes += (note,)
    return [match.id for match in selection.matches]


def _selections(snapshot: Snapshot, names: Sequence[str]) -> Iterator[Selection]:
    """Resolve arguments; yield what each names.

    Each stands alone if all can. Otherwise the longest neighbours that name something
    are joined with spaces (`rafah 2(a)`, `south africa v. israel`); if words remain, all
    are joined and searched for.
    """
    if not names:
        return
    # Each takes milliseconds: of thousands, those after the first unknown one are not resolved.
    alone = list(takewhile(bool, map(snapshot.find_named, names)))
    if len(alone) == len(names):
        yield from filter(None, alone)
        return
    if len(names) <= _NAMES_MAX and (joined := _join(snapshot, names)):
        yield from joined
        return
    yield snapshot.find_words(" ".join(names))


def _join(snapshot: Snapshot, names: Sequence[str]) -> list[Selection]:
    """Return the selections of the longest neighbours; empty if words remain."""
    selections: list[Selection] = []
    start = 0
    while start < len(names):
        for end in range(len(names), start, -1):
            if selection := snapshot.find_named(" ".join(names[start:end])):
                selections.append(selection)
                start = end
                break
        else:
            return []
    return selections


def _note(snapshot: Snapshot, selection: Selection) -> str | None:
    """Return what was matched, unless it was typed as an id or alias."""
    if selection.by is By.CITATION:
        return state_note(selection.matches[0])
    if selection.by is By.STATE and selection.is_set:
        message = _('"{text}": the obligations addressed to {state}')
        state = selection.matches[0].obligation
        name = selection.state.name if selection.state else state and state.addressees[0]
        return message.format(text=selection.text, state=name)
    from orderwatch.render.hits import full_name

    names = clauses(map(full_name, snapshot.hits(selection.matches[:_LISTED_MAX])))
    return f'"{selection.text}": {names}'
