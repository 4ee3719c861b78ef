"""Doctor checks of the environment: Python, clock, terminal, extras."""

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
from orderwatch.doctor import CheckResult, note, ok, problem
from orderwatch.errors import UsageError, install_command
from orderwatch.frozen import Frozen
from orderwatch.settings import Settings

_SYMBOLS = "· … ─ ┊ ○ ● ▼ ◆ ñ"
"""Samples of every kind of symbol that an output draws."""
_COLUMNS_MIN = 60
_EXTRAS = {
    "sign": ("cryptography", "signed checkpoints"),
    "notify": ("apprise", "reminders to chat and phone services"),
    "postgres": ("psycopg", "a log in PostgreSQL"),
}
"""The module that each extra installs, and the feature that needs it."""


def check_program() -> CheckResult:
    """Return the version of the program and the folder of its package."""
    folder = Path(orderwatch.__file__).parent
    return ok("orderwatch", f"version {orderwatch.__version__}, in {folder}")


def check_python() -> CheckResult:
    """Return the implementation, version and path of Python."""
    implementation = platform.python_implementation()
    return ok("python", f"{implementation} {platform.python_version()}, {sys.executable}")


def check_time_zone(name: str, today: date) -> CheckResult:
    """Check where the time zone of the court is loaded from, and report today there."""
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / name).is_file():
            return ok("time zone", f"{name} from {folder}: it is {today} there")
    source = f"the package tzdata {metadata.version('tzdata')}"
    return ok("time zone", f"{name} from {source}: it is {today} there")


def check_clock(now: datetime, reviewed: date | None) -> CheckResult:
    """Compare the clock with the review date of the register."""
    time = f"{now:%Y-%m-%d %H:%M} UTC"
    # The reviewer may have been in a time zone that is a day ahead.
    if reviewed is not None and now.date() + timedelta(days=1) < reviewed:
        return problem(
            "clock",
            f"it shows {time}, and the register was reviewed on {reviewed}",
            UsageError.exit_code,
            "set the clock of this machine; every number of days depends on it",
        )
    return ok("clock", time)


class Terminal(Frozen):
    """Capabilities of standard output."""

    columns: int
    colours: bool
    links: bool
    dumb: bool


def check_terminal(can: Terminal) -> Iterator[CheckResult]:
    """Check what standard output can show: width, colour, encoding."""
    columns = can.columns
    if not sys.stdout.isatty():
        yield ok("terminal", "standard output is none: results are plain text")
    elif columns < _COLUMNS_MIN:
        yield note(
            "terminal",
            f"{columns} columns: tables are stacked, and words are broken",
            "make the window wider, or give --format plain",
        )
    else:
        yield ok("terminal", f"{columns} columns, TERM={os.environ.get('TERM', '')}")
    yield _check_colour(can)
    yield _check_encoding(sys.stdout.encoding or "utf-8")


def _check_colour(can: Terminal) -> CheckResult:
    links = "addresses can be clicked" if can.links else "no links"
    if os.environ.get("NO_COLOR"):
        return ok("colour", "off, as NO_COLOR says")
    if os.environ.get("FORCE_COLOR"):
        return ok("colour", f"on, as FORCE_COLOR says; {links}")
    if can.dumb:
        return ok("colour", "off: TERM says that the terminal can only print")
    return ok("colour", f"on; {links}" if can.colours else "off: no terminal")


def _check_encoding(codec: str) -> CheckResult:
    unencodable = [symbol for symbol in _SYMBOLS.split() if not _is_encodable(symbol, codec)]
    if unencodable:
        codes = ", ".join(f"U+{ord(symbol):04X}" for symbol in unencodable)
        return note(
            "letters",
            f"the encoding {codec} has no {codes}: such letters are written as numbers",
            "set a locale with UTF-8, such as LANG=C.UTF-8",
        )
    return ok("letters", f"{codec}; where you see boxes, take another font: {_SYMBOLS}")


def _is_encodable(symbol: str, encoding: str) -> bool:
    try:
        symbol.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def check_extras(settings: Settings) -> Iterator[CheckResult]:
    """Check which extras are installed, and whether the settings need others."""
    reasons = {
        "notify": (bool(settings.remind.notify), 5, "remind.notify is set"),
        "postgres": (
            str(settings.log.value).lower().startswith("postgres"),
            4,
            "the log is in PostgreSQL",
        ),
    }
    for name, (module, feature) in _EXTRAS.items():
        label = f"extra {name}"
        if find_spec(module):
            yield ok(label, f"installed, for {feature}")
            continue
        required, code, reason = reasons.get(name, (False, 0, ""))
        advice = install_command(name)
        if required:
            yield problem(label, f"not installed, and {reason}", code, advice)
        else:
            yield ok(label, f"not installed; needed for {feature}: {advice}")
