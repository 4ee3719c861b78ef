"""Render the result of `doctor` as plain text or a table."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style

from orderwatch.render import phrases
from orderwatch.render.plain import render_block
from orderwatch.render.terminal.canvas import (
    HEADING,
    QUIET,
    Canvas,
    columns,
    concat,
    indent,
    text,
)

Row = tuple[str, str, str, str | None]
"""Check, state, finding, and advice if there is any."""

_STYLES = {
    "ok": QUIET,
    "note": Style(color="yellow"),
    "problem": Style(color="red", bold=True),
}
_CHECK_WIDTH = 20
_STATE_WIDTH = len("problem")


def plain(rows: Sequence[Row]) -> str:
    """Render one block per check, and the result line."""
    parts = [
        render_block([("check", check), ("state", state), ("says", says), ("do", advice)])
        for check, state, says, advice in rows
    ]
    return "\n".join([*parts, render_block([("result", _result_line(rows))])])


def table(rows: Sequence[Row], *, width: int, colour: bool) -> str:
    """Render one row per check; the result line comes last."""
    canvas = Canvas(width=width, colour=colour)
    return canvas.draw(_render_list(rows) if canvas.is_narrow else _render_table(rows))


def _render_table(rows: Sequence[Row]) -> Iterator[RenderableType]:
    yield columns(
        (("State", _STATE_WIDTH), ("What", _CHECK_WIDTH), ("Seen", None)),
        (
            (text(state, _STYLES[state]), text(check), _finding_text(says, advice))
            for check, state, says, advice in rows
        ),
    )
    yield text("")
    yield text(_result_line(rows), HEADING)


def _render_list(rows: Sequence[Row]) -> Iterator[RenderableType]:
    for check, state, says, advice in rows:
        yield concat(text(state, _STYLES[state]), text(f"  {check}", HEADING))
        yield indent(_finding_text(says, advice))
    yield text("")
    yield text(_result_line(rows), HEADING)


def _finding_text(says: str, advice: str | None) -> RenderableType:
    if advice is None:
        return text(says)
    return Group(text(says), concat(text("To do: ", HEADING), text(advice)))


def _result_line(rows: Sequence[Row]) -> str:
    """Count and list the checks that failed; their rows may have scrolled away."""
    names = {state: [row[0] for row in rows if row[1] == state] for state in _STYLES}
    problems, notes = names["problem"], names["note"]
    if not problems and not notes:
        return "All is well."
    problem_text = f"{phrases.count(len(problems), 'problem')} ({', '.join(problems)})"
    note_text = f"{phrases.count(len(notes), 'note')} ({', '.join(notes)})"
    parts = [
        problem_text if problems else "No problem",
        *([note_text] if notes else []),
    ]
    return f"{', '.join(parts)}."
