"""What `doctor` found, for people and for programs."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style

from orderwatch.render import blocks, phrases
from orderwatch.render import json as documents
from orderwatch.render.terminal.canvas import (
    HEADING,
    QUIET,
    Paper,
    columns,
    indented,
    phrase,
    text,
)

Row = tuple[str, str, str, str | None]
"""What was looked at, how it is, what was seen, and what to do."""

_STYLES = {
    "ok": QUIET,
    "note": Style(color="yellow"),
    "problem": Style(color="red", bold=True),
}
_CHECK = 20
_STATE = len("problem")


def plain(rows: Sequence[Row]) -> str:
    """Write a block for each thing, and the sum at the end."""
    found = [
        blocks.text(
            [("check", check), ("state", state), ("says", says), ("do", advice)]
        )
        for check, state, says, advice in rows
    ]
    return "\n".join([*found, blocks.text([("result", _sum(rows))])])


def table(rows: Sequence[Row], *, width: int, colour: bool) -> str:
    """Draw a line for each thing; the sum is what is seen last."""
    paper = Paper(width=width, colour=colour)
    return paper.drawn(_narrow(rows) if paper.is_narrow else _wide(rows))


def json(rows: Sequence[Row], *, version: str, code: int) -> str:
    """Write `orderwatch/doctor/1`."""
    return documents.text(
        {
            "schema": "orderwatch/doctor/1",
            "version": version,
            "exit_code": code,
            "findings": [
                {"check": check, "state": state, "says": says, "advice": advice}
                for check, state, says, advice in rows
            ],
        }
    )


def _wide(rows: Sequence[Row]) -> Iterator[RenderableType]:
    yield columns(
        (("State", _STATE), ("What", _CHECK), ("Seen", None)),
        (
            (text(state, _STYLES[state]), text(check), _seen(says, advice))
            for check, state, says, advice in rows
        ),
    )
    yield text("")
    yield text(_sum(rows), HEADING)


def _narrow(rows: Sequence[Row]) -> Iterator[RenderableType]:
    for check, state, says, advice in rows:
        yield phrase(text(state, _STYLES[state]), text(f"  {check}", HEADING))
        yield indented(_seen(says, advice))
    yield text("")
    yield text(_sum(rows), HEADING)


def _seen(says: str, advice: str | None) -> RenderableType:
    if advice is None:
        return text(says)
    return Group(text(says), phrase(text("To do: ", HEADING), text(advice)))


def _sum(rows: Sequence[Row]) -> str:
    """Count what is not well, and name it: it can have scrolled away by now."""
    names = {state: [row[0] for row in rows if row[1] == state] for state in _STYLES}
    bad, worth = names["problem"], names["note"]
    if not bad and not worth:
        return "All is well."
    said = f"{phrases.count(len(bad), 'problem')} ({', '.join(bad)})"
    noted = f"{phrases.count(len(worth), 'note')} ({', '.join(worth)})"
    parts = [said if bad else "No problem", *([noted] if worth else [])]
    return f"{', '.join(parts)}."
