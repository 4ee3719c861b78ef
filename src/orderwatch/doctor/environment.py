"""What `doctor` looks at of the machine: Python, time, terminal, extras."""

import os
import platform
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import orderwatch
from orderwatch.cli.terminal import formats
from orderwatch.doctor.result import Finding, note, ok, problem
from orderwatch.errors import UsageError
from orderwatch.settings import Settings

_SIGNS = "· … ─ ┊ ○ ● ▼ ◆ ñ"
"""Of each kind that an output draws."""
_NARROW = 60
_EXTRAS = {
    "sign": ("cryptography", "signed checkpoints"),
    "notify": ("apprise", "reminders to chat and phone services"),
    "postgres": ("psycopg", "a log in PostgreSQL"),
}
"""Each with the module that it brings, and what needs it."""


def program() -> Finding:
    """Say which program this is."""
    place = Path(orderwatch.__file__).parent
    return ok("orderwatch", f"version {orderwatch.__version__}, in {place}")


def python() -> Finding:
    """Say which Python runs it."""
    kind = platform.python_implementation()
    return ok("python", f"{kind} {platform.python_version()}, {sys.executable}")


def zone(today: date) -> Finding:
    """Say where the time zone of the Court is read, and what day it is there."""
    name = "Europe/Amsterdam"
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / name).is_file():
            return ok("time zone", f"{name} from {folder}: it is {today} there")
    where = f"the package tzdata {metadata.version('tzdata')}"
    return ok("time zone", f"{name} from {where}: it is {today} there")


def clock(now: datetime, reviewed: date | None) -> Finding:
    """Hold the clock against the day on which the register was reviewed."""
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    # The review can have been in a time zone that is a day ahead.
    if reviewed is not None and now.date() + timedelta(days=1) < reviewed:
        return problem(
            "clock",
            f"it shows {shown}, and the register was reviewed on {reviewed}",
            UsageError.exit_code,
            "set the clock of this machine; every number of days depends on it",
        )
    return ok("clock", shown)


def terminal() -> Iterator[Finding]:
    """Say what standard output can show."""
    columns = formats.width()
    if not sys.stdout.isatty():
        yield ok("terminal", "standard output is none: results are plain text")
    elif columns < _NARROW:
        yield note(
            "terminal",
            f"{columns} columns: tables are stacked, and words are broken",
            "make the window wider, or give --format plain",
        )
    else:
        yield ok("terminal", f"{columns} columns, TERM={os.environ.get('TERM', '')}")
    yield _colour()
    yield _encoding(sys.stdout.encoding or "utf-8")


def _colour() -> Finding:
    links = "addresses can be clicked" if formats.links() else "no links"
    if os.environ.get("NO_COLOR"):
        return ok("colour", "off, as NO_COLOR says")
    if os.environ.get("FORCE_COLOR"):
        return ok("colour", f"on, as FORCE_COLOR says; {links}")
    if formats.dumb():
        return ok("colour", "off: TERM says that the terminal can only print")
    return ok("colour", f"on; {links}" if formats.colours() else "off: no terminal")


def _encoding(name: str) -> Finding:
    missing = [sign for sign in _SIGNS.split() if not _fits(sign, name)]
    if missing:
        codes = ", ".join(f"U+{ord(sign):04X}" for sign in missing)
        return note(
            "letters",
            f"the encoding {name} has no {codes}: such letters are written as numbers",
            "set a locale with UTF-8, such as LANG=C.UTF-8",
        )
    return ok("letters", f"{name}; where you see boxes, take another font: {_SIGNS}")


def _fits(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def extras(chosen: Settings) -> Iterator[Finding]:
    """Say which extras are installed, and whether one is needed that is not."""
    needed = {
        "notify": (bool(chosen.remind.notify), 5, "remind.notify is set"),
        "postgres": (
            str(chosen.log.value).lower().startswith("postgres"),
            4,
            "the log is in PostgreSQL",
        ),
    }
    for name, (module, use) in _EXTRAS.items():
        check = f"extra {name}"
        if find_spec(module):
            yield ok(check, f"installed, for {use}")
            continue
        wanted, code, why = needed.get(name, (False, 0, ""))
        advice = f"pip install 'orderwatch[{name}]'"
        if wanted:
            yield problem(check, f"not installed, and {why}", code, advice)
        else:
            yield ok(check, f"not installed; needed for {use}: {advice}")
