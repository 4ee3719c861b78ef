"""Compare the Court's list of decisions, or a press-release mail, with the register."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from orderwatch import fs, https
from orderwatch.errors import RegisterError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.model import Case, Order, Register
from orderwatch.register import SIZE_MAX, court_list, court_mail, court_memory, load_register
from orderwatch.register.court_list import Row
from orderwatch.register.court_memory import Seen
from orderwatch.register.draft import draft
from orderwatch.render.phrases import bare_day
from orderwatch.snapshot import Snapshot, data_folder, register_paths
from orderwatch.translation import _, ngettext

TIME_ZONE = "Europe/Amsterdam"
_ID = "icj"


class Report(Frozen):
    """Result of `court check`: orders that the register lacks."""

    new: tuple[Row, ...]
    summary: str
    """A line on all of it."""
    is_listed: bool
    """Whether the orders stand on the Court's list, not in a mail."""
    rows: int | None = None
    """Decisions on the page; `None` for a mail."""
    note: str | None = None
    """Remark for users, if the number of decisions was not stored."""

    def __str__(self) -> str:
        """Format the summary and performance data, and a line for each new order."""
        rows = "" if self.rows is None else f"rows={self.rows};;;0 "
        lines = [f"{self.summary} | {rows}new={len(self.new)};;;0"]
        lines += [f"{_order_line(row, is_listed=self.is_listed)}: {row.url}" for row in self.new]
        return "\n".join(lines)


def fetch() -> str:
    """Get the Court's list with one request; return the page."""
    page = https.get(court_list.URL, court_list.SIZE_MAX)
    if page.media_type != "text/html":
        raise RegisterError(_("the page is not HTML, but {type}").format(type=page.media_type))
    return court_list.decode_page(page.data or b"", page.charset)


def examine(snapshot: Snapshot, data: bytes | None, today: date) -> Report:
    """Compare a saved page, a mail, or the page of today with the register.

    Raises `RegisterError` unless what is there allows a conclusion.
    """
    register = snapshot.register
    orders = [order for order in register.orders if _is_of_court(order.case)]
    seen_to = register.seen_to or register.reviewed
    if data is None:
        return _examine_page(fetch(), orders, seen_to, today)
    if not court_mail.is_mail(data):
        return _examine_page(court_list.decode_page(data), orders, seen_to, today)
    if page := court_mail.saved_page(data):
        return _examine_page(page, orders, seen_to, today)
    cases = [case for case in register.cases if _is_of_court(case)]
    new = court_mail.find_new(court_mail.parse_mail(data), cases, orders, seen_to=seen_to)
    nothing = _("the mail names no new order on provisional measures")
    return Report(new=new, summary=_summary(new, nothing, is_listed=False), is_listed=False)


def _examine_page(text: str, orders: list[Order], seen_to: date, today: date) -> Report:
    path = data_folder() / "court-list.json"
    last = court_memory.read(path)
    try:
        found = court_list.find_new(
            court_list.parse_page(text),
            orders,
            seen_to=seen_to,
            today=today,
            last_rows=last.rows if last else 0,
        )
    except court_list.FewerError as error:
        hint = _("remove {path} to accept it").format(path=path)
        raise RegisterError(f"{error}; {hint}") from error
    note = None
    try:
        court_memory.write(path, Seen(rows=found.rows, day=today))
    except OSError as error:
        note = _("The number of decisions was not stored in {path}: {reason}").format(
            path=path, reason=error.strerror or error
        )
    nothing = ngettext(
        "nothing new among {n} decision on the Court's list, the last of {day}",
        "nothing new among {n} decisions on the Court's list, the last of {day}",
        found.rows,
    ).format(n=found.rows, day=bare_day(found.newest))
    summary = _summary(found.new, nothing, is_listed=True)
    return Report(new=found.new, summary=summary, is_listed=True, rows=found.rows, note=note)


def write_draft(snapshot: Snapshot, file: Path, rows: Sequence[Row], today: date) -> str | None:
    """Write a copy of the register with new orders that await coding, if there are any.

    A file that exists is left alone, since somebody may be coding in it. Returns a remark for
    users.
    """
    if not rows:
        return None
    if fs.may_exist(file):
        return _("{path} exists and was not changed.").format(path=file)
    path = _path_of_court(snapshot)
    try:
        text = draft(fs.read_text(path, SIZE_MAX), rows, today)
        fs.write(file, [text.encode()])
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        text = _("{path}: cannot be written: {reason}")
        raise UsageError(text.format(path=file, reason=reason)) from error
    load_register(file)
    return _("{path} is a copy of the register with {n} to code.").format(
        path=file, n=ngettext("{n} new order", "{n} new orders", len(rows)).format(n=len(rows))
    )


def _path_of_court(snapshot: Snapshot) -> Path:
    """Return the register of the Court among those that are loaded."""
    paths = register_paths(snapshot.settings)
    if len(paths) == 1:
        return paths[0]
    courts = {court.id: path for path in paths for court in load_register(path).courts}
    return courts[_ID]


def require_court(register: Register) -> None:
    """Raise `UsageError` for a register without orders of the Court."""
    if any(_is_of_court(order.case) for order in register.orders):
        return
    names = ", ".join(court.name for court in register.courts) or _("no court ([court] is missing)")
    text = _(
        "the register in use is of {names}: name one of the International Court of Justice with"
        " --orders, such as --orders shipped"
    )
    raise UsageError(text.format(names=names))


def _is_of_court(case: Case) -> bool:
    return case.court is not None and case.court.id == _ID


def _order_line(row: Row, *, is_listed: bool) -> str:
    text = (
        _("order of {day} in case {case} is on the Court's list and not in your register")
        if is_listed
        else _("order of {day} in case {case} is in the Court's mail and not in your register")
    )
    return text.format(day=bare_day(row.day), case=row.case or _("not named"))


def _summary(new: Sequence[Row], nothing: str, *, is_listed: bool) -> str:
    if not new:
        return nothing
    first = _order_line(new[0], is_listed=is_listed)
    if len(new) == 1:
        return first
    return ngettext("{first}; and {n} more", "{first}; and {n} more", len(new) - 1).format(
        first=first, n=len(new) - 1
    )
