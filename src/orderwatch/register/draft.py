"""A draft of the register: a copy with new orders that await coding; pure.

Only lines are added, so that `diff` shows what is new, and comments stay.
"""

import re
from collections.abc import Sequence
from datetime import date

import tomli

from orderwatch.errors import RegisterError
from orderwatch.register.build import case_id
from orderwatch.register.court_list import Row
from orderwatch.translation import _

_TABLE = re.compile(r"[ \t]*\[")
_CASE = re.compile(r"[ \t]*\[\[[ \t]*case[ \t]*\]\]")
_WITHIN_CASE = re.compile(r"[ \t]*\[\[?[ \t]*case[ \t]*\.")
_NOT_KNOWN = "Not known yet"


def draft(text: str, rows: Sequence[Row], day: date) -> str:
    """Return the text of a register with new orders; raise `RegisterError` if that fails."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    numbers = [case_id(case.get("number")) for case in tomli.loads(text).get("case", ())]
    starts = [position for position, line in enumerate(lines) if _CASE.match(line)]
    if len(starts) != len(numbers):
        raise RegisterError(_("the register has cases without a [[case]] line: no draft"))
    ends = [_end(lines, start) for start in starts]
    added: dict[int, list[str]] = {}
    unknown: dict[int, list[Row]] = {}
    for row in rows:
        if str(row.case) in numbers:
            end = ends[numbers.index(str(row.case))]
            added.setdefault(end, []).append(_order(row, day))
        else:
            unknown.setdefault(row.case, []).append(row)
    last = max(ends, default=len(lines))
    for items in unknown.values():
        orders = [_order(row, day) for row in items]
        added.setdefault(last, []).extend([_case(items[0], day), *orders])
    for end in sorted(added, reverse=True):
        lines[end:end] = added[end]
    result = "".join(lines)
    _require_added(text, result, len(rows))
    return result


def _end(lines: Sequence[str], start: int) -> int:
    """Return the line after the last one of a case, without the comments before the next."""
    end = start + 1
    for position in range(start + 1, len(lines)):
        line = lines[position]
        if _TABLE.match(line) and not _WITHIN_CASE.match(line):
            break
        if line.strip() and not line.lstrip().startswith("#"):
            end = position + 1
    return end


def _order(row: Row, day: date) -> str:
    title = f"  title = {_quote(row.about)}\n" if row.about else ""
    document = f"  document = {_quote(row.document)}\n" if row.document else ""
    return (
        f"\n  [[case.order]]\n"
        f"  # Draft of {day}, from what the Court publishes; it awaits coding.\n"
        f'  date = {row.day}\n  awaiting = "coding"\n{title}{document}'
        f"  url = {_quote(row.url)}\n"
        f'  sources = [{{ url = {_quote(row.url)}, grade = "court" }}]\n'
    )


def _case(row: Row, day: date) -> str:
    title = row.case_title or f"No. {row.case}"
    parties = re.search(r"\(([^()]+)\)[^()]*$", title)
    names = parties[1] if parties else ""
    applicants, separator, respondents = names.partition(" v. ")
    first = [applicants] if separator else [name for name in names.split("/") if name.strip()]
    short = names if separator else title
    return (
        f"\n[[case]]\n# Draft of {day}, from what the Court publishes.\n"
        f"number = {row.case}\nshort = {_quote(short)}\ntitle = {_quote(title)}\n"
        f"applicants = {_list(first or [_NOT_KNOWN])}\n"
        f"respondents = {_list([respondents] if separator else [])}\n"
        f"url = {_quote(f'https://www.icj-cij.org/case/{row.case}')}\n"
    )


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(_quote(name.strip()) for name in names)}]"


def _quote(text: str) -> str:
    """Encode a text as a string of TOML, without control characters."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _require_added(before: str, after: str, number: int) -> None:
    """Raise `RegisterError` unless exactly the new orders were added."""
    counts = [
        sum(len(case.get("order", ())) for case in tomli.loads(text).get("case", ()))
        for text in (before, after)
    ]
    if counts[0] + number != counts[1]:
        raise RegisterError(_("the register cannot be drafted: add the orders by hand"))
