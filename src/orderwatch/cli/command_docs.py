"""What each command reads and writes, and its exit codes, in one place.

Help texts and manual pages end with them. The purpose and the examples of a command
are in its docstring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

CODES = {
    0: "done, also when there is nothing to say",
    1: "a bug: Python's traceback",
    2: "wrong usage or configuration",
    3: "the register is invalid or cannot be read",
    4: "the log is not where it was said to be, cannot be read, is damaged, or does "
    "not match",
    5: "something could not be delivered: a message, or what is printed",
    130: "interrupted",
    141: "the reader of a pipe went away",
}
"""The exit codes of every command but `check`."""

ENVIRONMENT = {
    "ORDERWATCH_ORDERS": "A register of your own, as --orders.",
    "ORDERWATCH_LOG": "The log, as --log.",
    "ORDERWATCH_CONFIG": "The configuration file, as --config.",
    "ORDERWATCH_RECORDER": "Who records entries of the log.",
    "ORDERWATCH_EVIDENCE": "The folder of kept files.",
    "PGHOST, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE": "And the others of libpq, for "
    "a log in PostgreSQL, where its URL does not say.",
    "ORDERWATCH_MAIL_PASSWORD": "The password for the mail server.",
    "ORDERWATCH_FORMAT": "With plain: plain text on a terminal too, as for a screen "
    "reader; with table: as without it.",
    "NO_COLOR, FORCE_COLOR": "Never draw with colour; draw with it in a pipe too.",
    "ORDERWATCH_PAGER, PAGER": "What shows a long result page by page, on a terminal: "
    "the first that is set, else less -FRX; cat for none.",
    "COLUMNS": "The width to draw for.",
    "SOURCE_DATE_EPOCH": "The date on manual pages, in seconds since 1970.",
    "TERM": "With dumb: no colour, no links, no second screen.",
}
"""Environment variables that the program reads."""

FILES = {
    "~/.config/orderwatch/config.toml": "The configuration, unless another is named.",
    "~/.local/share/orderwatch/log.sqlite": "The log, unless another is named; kept "
    "files are in the folder log.sqlite.evidence beside it.",
}
"""Default paths on Linux; `orderwatch config` prints those of every system."""

_SHORT = {
    0: "done",
    2: "wrong usage or configuration",
    3: "the register cannot be used",
    4: "the log cannot be used",
    5: "what it prints cannot be written",
}
_READING = (0, 2, 3, 4, 5)
_LOG = (0, 2, 4, 5)
_HOUSE = (0, 2, 5)
_NOTHING = "nothing"
_BOTH = "the register, and the log if there is one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """What a command reads and writes, and its exit codes."""

    reads: str
    writes: str = _NOTHING
    codes: tuple[int, ...] = _READING
    words: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """Meanings of exit codes that are specific to this command."""
    alone: bool = False
    """Whether it has subcommands, and this documents the call without one."""

    def files(self) -> str:
        """Return sentences on what the command reads and writes."""
        if self.alone:
            return f"Alone, it reads {self.reads}, and writes {self.writes}."
        return f"Reads {self.reads}. Writes {self.writes}."

    def exits(self) -> tuple[tuple[int, str], ...]:
        """Return the exit codes, each with its meaning."""
        return tuple((code, self._word(code)) for code in self.codes)

    def text(self) -> str:
        """Return the end of the help text."""
        codes = ", ".join(f"{code} {meaning}" for code, meaning in self.exits())
        return f"{self.files()}\n\nExit codes: {codes}."

    def _word(self, code: int) -> str:
        return self.words.get(code) or _SHORT[code]


MANUAL: Mapping[str, Manual] = {
    "status": Manual(reads=_BOTH),
    "countdown": Manual(
        reads=_BOTH, codes=(*_READING, 130), words={130: "ended by Ctrl-C"}
    ),
    "show": Manual(reads=_BOTH),
    "explain": Manual(reads=_BOTH),
    "log": Manual(reads=_BOTH, alone=True),
    "log list": Manual(reads=_BOTH),
    "log show": Manual(reads="the log", codes=_LOG),
    "log add": Manual(
        reads="the register, the log, and the files that are named",
        writes="one entry to the log, and attached files to the folder beside it",
        codes=(*_READING, 130),
        words={130: "interrupted, and nothing was recorded"},
    ),
    "log correct": Manual(
        reads="the register, the log, and the files that are named",
        writes="one entry to the log, and attached files to the folder beside it",
    ),
    "log retract": Manual(reads="the log", writes="one entry to it", codes=_LOG),
    "log redact": Manual(
        reads="the log",
        writes="one entry to it, and removes for good what another says and its files",
        codes=(*_LOG, 130),
        words={130: "interrupted or not confirmed, and nothing was removed"},
    ),
    "log import": Manual(
        reads="an export, and the log",
        writes="to the log what it has not yet",
        codes=_LOG,
    ),
    "log export": Manual(
        reads="the log", writes="standard output, or one file", codes=_LOG
    ),
    "log verify": Manual(
        reads="the log and the files kept beside it, or an export; and checkpoints",
        codes=_LOG,
        words={0: "everything matches", 4: "something does not match, or is not there"},
    ),
    "log checkpoint": Manual(reads="the log, and a key", codes=_LOG),
    "log prove": Manual(reads="the log, and a key", codes=_LOG),
    "log verify-proof": Manual(
        reads="a proof, and not the log",
        codes=_LOG,
        words={0: "it holds", 4: "it does not hold"},
    ),
    "log keygen": Manual(
        reads="the log, for its name", writes="one new file", codes=_LOG
    ),
    "orders": Manual(reads=_BOTH, alone=True),
    "orders list": Manual(reads=_BOTH),
    "orders validate": Manual(
        reads="a register",
        codes=(0, 2, 3, 5),
        words={0: "valid", 3: "there are problems, and each is named"},
    ),
    "orders schema": Manual(reads=_NOTHING, codes=_HOUSE),
    "remind": Manual(
        reads="the register and the log",
        writes="beside the log what was said to whom; with --dry-run or --list, "
        "nothing",
        words={
            0: "done, also when there was nothing to say",
            5: "something was not delivered, and is tried again by the next run",
        },
    ),
    "check": Manual(
        reads=_BOTH,
        codes=(0, 1, 2, 3),
        words={
            0: "OK",
            1: "WARNING",
            2: "CRITICAL",
            3: "UNKNOWN: the question could not be answered",
        },
    ),
    "export": Manual(reads=_BOTH, writes="standard output, or one file"),
    "publish": Manual(
        reads="the register, the log, and the files kept beside it",
        writes="the folder, whole or not at all",
    ),
    "init": Manual(
        reads="the configuration",
        writes="a configuration and a log where there are none",
        codes=(*_LOG, 130),
        words={
            0: "done, also when all is there already",
            130: "interrupted, and nothing was written",
        },
    ),
    "doctor": Manual(
        reads="all that the other commands read, and cron's files; greets the mail "
        "server",
        words={
            0: "no problem",
            2: "of the configuration, the machine or cron",
            3: "of the register",
            4: "of the log",
            5: "of the mail server; of several, that of the worst: 4, 3, 2, 5",
        },
    ),
    "config": Manual(reads="the configuration and the environment", codes=_HOUSE),
    "schema": Manual(reads=_NOTHING, codes=_HOUSE),
    "man": Manual(reads=_NOTHING, writes="the pages into the folder", codes=_HOUSE),
}
"""Documentation by command path, such as `log add`."""
