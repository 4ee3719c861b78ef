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
from orderwatch.translation import _, mark

_SYMBOLS = "· … ─ ┊ ○ ● ▼ ◆ ñ"
"""Samples of every kind of symbol that an output draws."""
_COLUMNS_MIN = 60
_EXTRAS = {
    "stamp": ("rfc3161_client", mark("time stamps of checkpoints")),
    "mcp": ("mcp", mark("tools for assistants")),
    "notify": ("apprise", mark("reminders to chat and phone services")),
    "postgres": ("psycopg", mark("a log in PostgreSQL")),
}
"""The module that each extra installs, and the feature that needs it."""


def check_program() -> CheckResult:
    """Return the version of the program and the folder of its package."""
    folder = Path(orderwatch.__file__).parent
    return ok(
        "orderwatch",
        _("version {version}, in {folder}").format(folder=folder, version=orderwatch.__version__),
    )


def check_python() -> CheckResult:
    """Return the implementation, version and path of Python."""
    implementation = platform.python_implementation()
    return ok("python", f"{implementation} {platform.python_version()}, {sys.executable}")


def check_time_zone(name: str, today: date) -> CheckResult:
    """Check where the time zone of the court is loaded from, and report today there."""
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / name).is_file():
            return ok(
                mark("time zone"),
                _("{name} from {folder}: today is {today} there").format(
                    name=name, folder=folder, today=today
                ),
            )
    source = _("the package tzdata {version}").format(version=metadata.version("tzdata"))
    return ok(
        mark("time zone"),
        _("{name} from {source}: today is {today} there").format(
            name=name, source=source, today=today
        ),
    )


def check_clock(now: datetime, reviewed: date | None) -> CheckResult:
    """Compare the clock with the review date of the register."""
    time = f"{now:%Y-%m-%d %H:%M} UTC"
    # The reviewer may have been in a time zone that is a day ahead.
    if reviewed is not None and now.date() + timedelta(days=1) < reviewed:
        return problem(
            mark("clock"),
            _("shows {time}, but the register was reviewed on {reviewed}").format(
                time=time, reviewed=reviewed
            ),
            UsageError.exit_code,
            _("set the clock of this machine; every count of days depends on it"),
        )
    return ok(mark("clock"), time)


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
        yield ok(mark("terminal"), _("standard output is not a terminal: results are plain text"))
    elif columns < _COLUMNS_MIN:
        yield note(
            mark("terminal"),
            _("{columns} columns: tables are stacked, and words are broken").format(
                columns=columns
            ),
            _("widen the window, or use --format plain"),
        )
    else:
        yield ok(
            mark("terminal"),
            _("{columns} columns, TERM={terminal}").format(
                columns=columns, terminal=os.environ.get("TERM", "")
            ),
        )
    yield _check_colour(can)
    yield _check_encoding(sys.stdout.encoding or "utf-8")


def _check_colour(can: Terminal) -> CheckResult:
    links = _("links can be clicked") if can.links else _("no links")
    if os.environ.get("NO_COLOR"):
        return ok(mark("colour"), _("off, because of NO_COLOR"))
    if os.environ.get("FORCE_COLOR"):
        return ok(mark("colour"), _("on, because of FORCE_COLOR; {links}").format(links=links))
    if can.dumb:
        return ok(mark("colour"), _("off: TERM names a terminal without colours"))
    return ok(
        mark("colour"),
        _("on; {links}").format(links=links) if can.colours else _("off: not a terminal"),
    )


def _check_encoding(codec: str) -> CheckResult:
    unencodable = [symbol for symbol in _SYMBOLS.split() if not _is_encodable(symbol, codec)]
    if unencodable:
        codes = ", ".join(f"U+{ord(symbol):04X}" for symbol in unencodable)
        return note(
            mark("encoding"),
            _("the encoding {codec} lacks {codes}: such characters are written as numbers").format(
                codec=codec, codes=codes
            ),
            _("set a locale with UTF-8, such as LANG=C.UTF-8"),
        )
    return ok(
        mark("encoding"),
        _("{codec}; if you see boxes, use another font: {symbols}").format(
            codec=codec, symbols=_SYMBOLS
        ),
    )


def _is_encodable(symbol: str, encoding: str) -> bool:
    try:
        symbol.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def check_extras(settings: Settings) -> Iterator[CheckResult]:
    """Check which extras are installed, and whether the settings need others."""
    reasons = {
        "notify": (bool(settings.remind.notify), 5, _("remind.notify is set")),
        "postgres": (
            str(settings.log.value).lower().startswith("postgres"),
            4,
            _("the log is in PostgreSQL"),
        ),
    }
    for name, (module, feature) in _EXTRAS.items():
        label = f"extra {name}"
        if find_spec(module):
            yield ok(label, _("installed, for {feature}").format(feature=_(feature)))
            continue
        required, code, reason = reasons.get(name, (False, 0, ""))
        advice = install_command(name)
        if required:
            yield problem(
                label, _("not installed, but {reason}").format(reason=reason), code, advice
            )
        else:
            yield ok(
                label,
                _("not installed; needed for {feature}: {command}").format(
                    feature=_(feature), command=advice
                ),
            )
