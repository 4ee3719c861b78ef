"""Inputs, outputs and exit codes of every command, and synonyms of options.

Help texts and manual pages end with them. The purpose and the examples of a command
are in its docstring.
"""

from collections.abc import Mapping
from types import MappingProxyType

from orderwatch.frozen import Frozen

EXIT_CODES = {
    0: "done, also when there is nothing to say",
    1: "a bug: Python's traceback",
    2: "wrong usage or configuration",
    3: "the register or a release channel is invalid or cannot be read",
    4: "the log is not where it was said to be, cannot be read, is damaged, or does not match",
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
    "ORDERWATCH_KEY": "The file of the key that signs entries of the log.",
    "ORDERWATCH_EVIDENCE": "The folder of kept files.",
    "PGHOST, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE": "And the others of libpq, for "
    "a log in PostgreSQL, where its URL does not say.",
    "ORDERWATCH_MAIL_PASSWORD": "The password for the mail server.",
    "ORDERWATCH_FORMAT": "With plain: plain text on a terminal too, as for a screen "
    "reader; with table: as without it.",
    "NO_COLOR, FORCE_COLOR": "Never draw with colour; draw with it in a pipe too.",
    "ORDERWATCH_PAGER, PAGER": "What shows a long result page by page, on a terminal: "
    "the first that is set, else less -FRX; cat for none.",
    "VISUAL, EDITOR": "The editor of `config edit`; the first that is set, else vi.",
    "COLUMNS": "The width to draw for.",
    "TERM": "With dumb: no colour, no links, no second screen.",
}
"""Environment variables that the program reads."""

FILES = {
    "~/.config/orderwatch/config.toml": "The configuration, unless another is named.",
    "~/.local/share/orderwatch/key": "The key that signs entries; the first command that writes "
    "to a log makes it.",
    "~/.local/share/orderwatch/register": "Installed releases of the register, and what was seen "
    "of their channel.",
    "~/.local/share/orderwatch/log.sqlite": "The log, unless another is named; kept "
    "files are in the folder log.sqlite.evidence beside it.",
}
"""Default paths on Linux; `orderwatch config` prints those of every system."""

_SHORT_MEANINGS = {
    0: "done",
    2: "wrong usage or configuration",
    3: "the register cannot be used",
    4: "the log cannot be used",
    5: "what it prints cannot be written",
}
_NOTHING = "nothing"
_REGISTER_AND_LOG = "the register, and the log if there is one"
_LOG_AND_KEY = "the log, and the key of this home"
_EVENT_READS = "the register, the log, and the files that are named"
_EVENT_WRITES = "one entry to the log, and attached files to the folder beside it"


class CommandDoc(Frozen):
    """What a command reads and writes, and its exit codes."""

    reads: str
    writes: str = _NOTHING
    meanings: Mapping[int, str] = MappingProxyType({})
    """Meanings of exit codes that are specific to this command."""
    is_group: bool = False
    """Whether it has subcommands, and this documents the call without one."""

    @property
    def codes(self) -> tuple[int, ...]:
        """Return the exit codes: of what it reads, writes and prints, and its own."""
        if 1 in self.meanings:  # a monitor has codes of its own
            return tuple(self.meanings)
        codes = {0, 2, *self.meanings}
        codes |= {3} if "register" in self.reads else set()
        codes |= {4} if "log" in f"{self.reads} {self.writes}" else set()
        codes |= {5} if self.reads != _NOTHING or not self.is_group else set()
        return tuple(sorted(codes))

    def io_text(self) -> str:
        """Return sentences on what the command reads and writes."""
        if self.is_group:
            return f"Alone, it reads {self.reads}, and writes {self.writes}."
        return f"Reads {self.reads}. Writes {self.writes}."

    def exit_codes(self) -> tuple[tuple[int, str], ...]:
        """Return the exit codes, each with its meaning."""
        return tuple((x, self.meanings.get(x) or _SHORT_MEANINGS[x]) for x in self.codes)

    def epilog(self) -> str:
        """Return the end of the help text."""
        codes = ", ".join(f"{code} {meaning}" for code, meaning in self.exit_codes())
        return f"{self.io_text()}\n\nExit codes: {codes}."


COMMAND_DOCS: Mapping[str, CommandDoc] = {
    "status": CommandDoc(reads=_REGISTER_AND_LOG),
    "find": CommandDoc(reads=_REGISTER_AND_LOG),
    "countdown": CommandDoc(reads=_REGISTER_AND_LOG, meanings={130: "ended by Ctrl-C"}),
    "deadlines": CommandDoc(reads=_REGISTER_AND_LOG),
    "show": CommandDoc(reads=_REGISTER_AND_LOG),
    "explain": CommandDoc(reads=_REGISTER_AND_LOG),
    "cite": CommandDoc(reads=_REGISTER_AND_LOG),
    "open": CommandDoc(reads=_REGISTER_AND_LOG),
    "changes": CommandDoc(reads=_REGISTER_AND_LOG),
    "log": CommandDoc(reads=_REGISTER_AND_LOG, is_group=True),
    "log list": CommandDoc(reads=_REGISTER_AND_LOG),
    "log show": CommandDoc(reads="the log"),
    "log add": CommandDoc(
        reads=_EVENT_READS,
        writes=_EVENT_WRITES,
        meanings={130: "interrupted, and nothing was recorded"},
    ),
    "log correct": CommandDoc(reads=_EVENT_READS, writes=_EVENT_WRITES),
    "log retract": CommandDoc(reads="the log", writes="one entry to it"),
    "log redact": CommandDoc(
        reads="the log",
        writes="one entry to it, and removes for good what another says and its files",
        meanings={130: "interrupted or not confirmed, and nothing was removed"},
    ),
    "log reindex": CommandDoc(reads="the log", writes="its search index, and nothing else"),
    "log backup": CommandDoc(
        reads="the log and the folder of evidence", writes="a file, whole or not at all"
    ),
    "log restore": CommandDoc(
        reads="a backup", writes="a log where there is none, and evidence to its folder"
    ),
    "log import": CommandDoc(
        reads="an export, and the log", writes="to the log what it has not yet"
    ),
    "log export": CommandDoc(reads="the log", writes="standard output, or one file"),
    "log verify": CommandDoc(
        reads="the log and the files kept beside it, or an export; and checkpoints",
        meanings={0: "everything matches", 4: "something does not match, or is not there"},
    ),
    "log checkpoint": CommandDoc(reads="the log, and a key"),
    "log prove": CommandDoc(reads="the log, and a key"),
    "log verify-proof": CommandDoc(
        reads="a proof, and not the log", meanings={0: "it holds", 4: "it does not hold"}
    ),
    "log recorder": CommandDoc(reads=_NOTHING, is_group=True),
    "log recorder add": CommandDoc(reads=_LOG_AND_KEY, writes="an entry to the log"),
    "log recorder revoke": CommandDoc(reads=_LOG_AND_KEY, writes="an entry to the log"),
    "log recorder list": CommandDoc(reads=_LOG_AND_KEY),
    "log keygen": CommandDoc(reads="the log, for its name", writes="one new file"),
    "orders": CommandDoc(reads=_REGISTER_AND_LOG, is_group=True),
    "orders list": CommandDoc(reads=_REGISTER_AND_LOG),
    "register": CommandDoc(reads=_NOTHING, is_group=True),
    "register status": CommandDoc(reads="the register, and what was seen of its releases"),
    "register check": CommandDoc(
        reads="a release channel: at most one request",
        writes="what was seen of the channel",
        meanings={
            0: "nothing newer",
            1: "a newer release is there",
            2: "wrong usage or configuration",
            3: "the channel is invalid, or lacks what was seen before",
            5: "the channel was not reached; try again",
        },
    ),
    "register update": CommandDoc(
        reads="a release channel: at most two requests",
        writes="what was seen of the channel, and the register, whole or not at all",
        meanings={
            0: "done, also when nothing is newer",
            3: "the channel or its register is invalid, and nothing was installed",
            5: "the channel was not reached; try again",
        },
    ),
    "register diff": CommandDoc(reads="two registers"),
    "register rollback": CommandDoc(
        reads="the installed releases of the register", writes="which of them is in use"
    ),
    "register new": CommandDoc(
        reads=_NOTHING, writes="two new files: the register and its JSON Schema"
    ),
    "register validate": CommandDoc(
        reads="a register", meanings={0: "valid", 3: "there are problems, and each is named"}
    ),
    "remind": CommandDoc(
        reads="the register and the log",
        writes="beside the log what was said to whom; with --dry-run or --list, nothing",
        meanings={
            0: "done, also when there was nothing to say",
            5: "something was not delivered, and is tried again by the next run",
        },
    ),
    "check": CommandDoc(
        reads=_REGISTER_AND_LOG,
        meanings={
            0: "OK",
            1: "WARNING",
            2: "CRITICAL",
            3: "UNKNOWN: the question could not be answered",
        },
    ),
    "export": CommandDoc(reads=_REGISTER_AND_LOG, writes="standard output, or one file"),
    "publish": CommandDoc(
        reads="the register, the log, and the files kept beside it",
        writes="the folder, whole or not at all",
    ),
    "init": CommandDoc(
        reads="the configuration",
        writes="a configuration and a log where there are none",
        meanings={
            0: "done, also when all is there already",
            130: "interrupted, and nothing was written",
        },
    ),
    "doctor": CommandDoc(
        reads="all that the other commands read, and cron's files; greets the mail server",
        meanings={
            0: "no problem",
            2: "of the configuration, the machine or cron",
            3: "of the register",
            4: "of the log",
            5: "of the mail server; of several, that of the worst: 4, 3, 2, 5",
        },
    ),
    "config": CommandDoc(reads="the configuration and the environment", is_group=True),
    "config get": CommandDoc(reads="the configuration and the environment"),
    "config set": CommandDoc(reads="the configuration", writes="the configuration file"),
    "config edit": CommandDoc(
        reads="the configuration",
        writes="the configuration file",
        meanings={130: "interrupted, and nothing was changed"},
    ),
    "schema": CommandDoc(reads=_NOTHING),
    "version": CommandDoc(reads=_NOTHING),
    "help": CommandDoc(reads=_NOTHING),
}
"""Documentation by command path, such as `log add`."""

OPTION_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "--state --country --addressee --respondent --states": ("--party",),
    "--from --start --begin --newer --newer-than": ("--since",),
    "--end --older --older-than": ("--until",),
    "--to": ("--until", "--mail-to"),
    "--date --day --when --at --asof --as_of --today --now": ("--on", "--as-of"),
    "--author --source-name --who": ("--speaker",),
    "--state-of --known --recorded": ("--known-on",),
    "--type --event": ("--kind",),
    "--query --grep --words --find --text-search": ("--search",),
    "--days --within --next --horizon": ("--due-within", "--before", "--warn"),
    "--overdue --late --missed --past --expired": ("--passed",),
    "--out --outfile --save --output-file --dest": ("--output", "--file"),
    "--csv": ("--format csv",),
    "--markdown --md": ("--format markdown",),
    "--text --plain --no-color --no-colour": ("--format plain", "--summary"),
    "--table": ("--format table",),
    "--max --count --top --head --first --lines --last": ("--limit",),
    "--comment --note --description --desc --message --body --title": ("--summary", "--why"),
    "--reason --because --msg": ("--why", "--summary"),
    "--url --link --href --ref --reference": ("--source", "--base-url"),
    "--email --mail --recipient --rcpt": ("--mail-to",),
    "--preview --simulate --noop --no-op --what-if --dry": ("--dry-run",),
    "--evidence --attachment --add-file --document": ("--attach",),
    "--secret --confidential --hidden": ("--private",),
    "--warning": ("--warn",),
    "--crit": ("--critical",),
    "--acknowledge --known-date --silence": ("--ack",),
    "--log-url --database --db": ("--log",),
}
"""Options that people type, and what they mean: the first that the command has."""
