"""Inputs, outputs and exit codes of every command, and synonyms of options.

Help texts and manual pages end with them. The purpose and the examples of a command
are in its docstring.
"""

from collections.abc import Mapping
from types import MappingProxyType

from orderwatch.frozen import Frozen
from orderwatch.translation import _, mark

EXIT_CODES = {
    0: mark("done, also when there is nothing to print"),
    1: mark("a bug: Python's traceback"),
    2: mark("wrong usage or configuration"),
    3: mark("the register or a release channel is invalid or cannot be read"),
    4: mark(
        "the log is missing, unreadable, unreachable or damaged, or does not match a checkpoint"
    ),
    5: mark("a message or the output could not be delivered"),
    130: mark("interrupted"),
    141: mark("the reader of a pipe went away"),
}
"""The exit codes of every command but `check` and `court check`."""

ENVIRONMENT = {
    "ORDERWATCH_ORDERS": mark("A register file, as --orders."),
    "ORDERWATCH_LOG": mark("The log, as --log."),
    "ORDERWATCH_CONFIG": mark("The configuration file, as --config."),
    "ORDERWATCH_RECORDER": mark("Name that entries of the log are recorded under."),
    "ORDERWATCH_KEY": mark("File of the key that signs entries of the log."),
    "ORDERWATCH_EVIDENCE": mark("Folder of the evidence files."),
    "ORDERWATCH_EVIDENCE_MAX": mark("Size of the largest file to store, as --max-size."),
    "PGHOST, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE": mark(
        "These and the other variables of libpq, for a log in PostgreSQL; the URL takes precedence."
    ),
    "ORDERWATCH_MAIL_PASSWORD": mark("Password for the mail server."),
    "ORDERWATCH_FORMAT": mark(
        "plain: plain text on a terminal too, such as for a screen reader; table: the default."
    ),
    "ORDERWATCH_LANG": mark(
        "The language: en, fr, or auto for the first of LC_ALL, LC_MESSAGES and LANG."
    ),
    "NO_COLOR, FORCE_COLOR": mark("Never use colour; use it in a pipe too."),
    "ORDERWATCH_PAGER, PAGER": mark(
        "The pager for long results on a terminal: "
        "the first that is set, else less -FRX; cat for none."
    ),
    "VISUAL, EDITOR": mark("The editor of `config edit`; the first that is set, else vi."),
    "COLUMNS": mark("Width of the output in columns."),
    "TERM": mark("dumb: no colour, no links, no pager."),
}
"""Environment variables that the program reads."""

FILES = {
    "~/.config/orderwatch/config.toml": mark("The configuration, unless --config names another."),
    "~/.local/share/orderwatch/key": mark(
        "The key that signs entries; the first command that writes to a log creates it."
    ),
    "~/.local/share/orderwatch/register": mark(
        "Installed releases of the register, and what was seen of their channel."
    ),
    "~/.local/share/orderwatch/log.sqlite": mark(
        "The log, unless --log names another; "
        "evidence files are in the folder log.sqlite.evidence beside it."
    ),
}
"""Default paths on Linux; `orderwatch config` prints those of every system."""

_SHORT_MEANINGS = {
    0: mark("done"),
    2: mark("wrong usage or configuration"),
    3: mark("the register cannot be used"),
    4: mark("the log cannot be used"),
    5: mark("the output cannot be written"),
}
_NOTHING = mark("nothing")
_REGISTER_AND_LOG = mark("the register, and the log if there is one")
_LOG_AND_KEY = mark("the log, and the key of this home")
_EVENT_READS = mark("the register, the log, and the files of --file, --attach and --capture")
_EVENT_WRITES = mark("one entry to the log, and attached files to the evidence folder")


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
            text = _("Without a subcommand, it reads {reads} and writes {writes}.")
            return text.format(reads=_(self.reads), writes=_(self.writes))
        text = _("Reads {reads}. Writes {writes}.")
        return text.format(reads=_(self.reads), writes=_(self.writes))

    def exit_codes(self) -> tuple[tuple[int, str], ...]:
        """Return the exit codes, each with its meaning."""
        return tuple((x, _(self.meanings.get(x) or _SHORT_MEANINGS[x])) for x in self.codes)

    def epilog(self) -> str:
        """Return the end of the help text."""
        codes = ", ".join(f"{code} {meaning}" for code, meaning in self.exit_codes())
        text = _("Exit codes: {codes}.").format(codes=codes)
        return f"{self.io_text()}\n\n{text}"


COMMAND_DOCS: Mapping[str, CommandDoc] = {
    "status": CommandDoc(reads=_REGISTER_AND_LOG),
    "find": CommandDoc(reads=_REGISTER_AND_LOG),
    "countdown": CommandDoc(reads=_REGISTER_AND_LOG, meanings={130: mark("ended by Ctrl-C")}),
    "deadlines": CommandDoc(reads=_REGISTER_AND_LOG),
    "show": CommandDoc(reads=_REGISTER_AND_LOG),
    "explain": CommandDoc(reads=_REGISTER_AND_LOG),
    "cite": CommandDoc(reads=_REGISTER_AND_LOG),
    "open": CommandDoc(reads=_REGISTER_AND_LOG),
    "changes": CommandDoc(reads=_REGISTER_AND_LOG),
    "log": CommandDoc(reads=_REGISTER_AND_LOG, is_group=True),
    "log list": CommandDoc(reads=_REGISTER_AND_LOG),
    "log show": CommandDoc(reads=mark("the log")),
    "log add": CommandDoc(
        reads=_EVENT_READS,
        writes=_EVENT_WRITES,
        meanings={130: mark("interrupted, and nothing was recorded")},
    ),
    "log correct": CommandDoc(reads=_EVENT_READS, writes=_EVENT_WRITES),
    "log retract": CommandDoc(reads=mark("the log"), writes=mark("one entry to it")),
    "log handover": CommandDoc(reads=mark("the log"), writes=mark("one entry to it")),
    "log redact": CommandDoc(
        reads=mark("the log"),
        writes=mark("one entry to it, and deletes the text and the files of another"),
        meanings={130: mark("interrupted or not confirmed, and nothing was deleted")},
    ),
    "log reindex": CommandDoc(reads=mark("the log"), writes=mark("its search index only")),
    "log backup": CommandDoc(
        reads=mark("the log and the folder of evidence"), writes=mark("one file, all or nothing")
    ),
    "log restore": CommandDoc(
        reads=mark("a backup"),
        writes=mark("a log that does not exist yet, and its evidence folder"),
    ),
    "log import": CommandDoc(
        reads=mark("an export, and the log"), writes=mark("new entries to the log")
    ),
    "log export": CommandDoc(reads=mark("the log"), writes=mark("standard output, or one file")),
    "log verify": CommandDoc(
        reads=mark("the log and its evidence, or an export; and checkpoints"),
        meanings={0: mark("everything matches"), 4: mark("something does not match or is missing")},
    ),
    "log checkpoint": CommandDoc(reads=mark("the log, and a key")),
    "log prove": CommandDoc(reads=mark("the log, and a key")),
    "log verify-proof": CommandDoc(
        reads=mark("a proof, a policy and checkpoints; not the log"),
        meanings={0: mark("the proof is valid"), 4: mark("it is not valid")},
    ),
    "log witness": CommandDoc(
        reads=mark("the log, a key, a policy; with --to, connects to the witness"),
        writes=mark("a request, or cosignatures to the log"),
        meanings={
            0: mark("done, also when nothing was sent"),
            4: mark("the log cannot be used, or the witness or its answer refused"),
            5: mark("the witness was not reached, or the output not written"),
        },
    ),
    "log stamp": CommandDoc(
        reads=mark("the log; with --tsa, connects to the authority"),
        writes=mark("a request, or time stamps to the log"),
        meanings={
            4: mark("the log cannot be used, or the time stamp is not valid"),
            5: mark("the authority was not reached, or the output not written"),
        },
    ),
    "witness": CommandDoc(reads=_NOTHING, is_group=True),
    "witness add": CommandDoc(
        reads=mark("a public key"),
        writes=mark("the key and the memory of this witness"),
        meanings={4: mark("the memory is missing or damaged")},
    ),
    "witness sign": CommandDoc(
        reads=mark("a request, the key and the memory of this witness"),
        writes=mark("the memory of this witness"),
        meanings={4: mark("the log does not continue what was cosigned, or the memory is missing")},
    ),
    "log recorder": CommandDoc(reads=_NOTHING, is_group=True),
    "log recorder add": CommandDoc(reads=_LOG_AND_KEY, writes=mark("an entry to the log")),
    "log recorder revoke": CommandDoc(reads=_LOG_AND_KEY, writes=mark("an entry to the log")),
    "log recorder list": CommandDoc(reads=_LOG_AND_KEY),
    "log keygen": CommandDoc(reads=mark("the log, for its name"), writes=mark("one new file")),
    "orders": CommandDoc(reads=_REGISTER_AND_LOG, is_group=True),
    "orders list": CommandDoc(reads=_REGISTER_AND_LOG),
    "register": CommandDoc(reads=_NOTHING, is_group=True),
    "register status": CommandDoc(reads=mark("the register, and what was seen of its releases")),
    "register check": CommandDoc(
        reads=mark("a release channel: at most one request"),
        writes=mark("what was seen of the channel"),
        meanings={
            0: mark("nothing newer"),
            1: mark("a newer release is there"),
            2: mark("wrong usage or configuration"),
            3: mark("the channel is invalid, or lacks what was seen before"),
            5: mark("the channel was not reached; try again"),
        },
    ),
    "register update": CommandDoc(
        reads=mark("a release channel: at most two requests"),
        writes=mark("what was seen of the channel, and the register, whole or not at all"),
        meanings={
            0: mark("done, also when nothing is newer"),
            3: mark("the channel or its register is invalid, and nothing was installed"),
            5: mark("the channel was not reached; try again"),
        },
    ),
    "register diff": CommandDoc(reads=mark("two registers")),
    "register rollback": CommandDoc(
        reads=mark("the installed releases of the register"), writes=mark("which of them is in use")
    ),
    "register new": CommandDoc(
        reads=_NOTHING, writes=mark("two new files: the register and its JSON Schema")
    ),
    "register validate": CommandDoc(
        reads=mark("a register"),
        meanings={0: mark("valid"), 3: mark("invalid; every problem is printed")},
    ),
    "remind": CommandDoc(
        reads=mark("the register and the log"),
        writes=mark("to the log which reminders were sent; with --dry-run or --list, nothing"),
        meanings={
            0: mark("done, also when nothing was due"),
            5: mark("something was not delivered; the next run tries again"),
        },
    ),
    "check": CommandDoc(
        reads=_REGISTER_AND_LOG,
        meanings={
            0: mark("OK"),
            1: mark("WARNING"),
            2: mark("CRITICAL"),
            3: mark("UNKNOWN: the state could not be determined"),
        },
    ),
    "court": CommandDoc(reads=_NOTHING, is_group=True),
    "court check": CommandDoc(
        reads=mark("the register, and the Court's list: a file, or one request to its site"),
        writes=mark("the number of decisions on the list; with --draft, a new file"),
        meanings={
            0: mark("OK: nothing new"),
            1: mark("WARNING: an order is not in the register"),
            2: mark("CRITICAL: the register is of another court"),
            3: mark("UNKNOWN: the page allows no conclusion"),
        },
    ),
    "export": CommandDoc(reads=_REGISTER_AND_LOG, writes=mark("standard output, or one file")),
    "publish": CommandDoc(
        reads=mark("the register, the log and its evidence"),
        writes=mark("the folder, all or nothing"),
    ),
    "dossier": CommandDoc(
        reads=mark("the register, the log and its evidence"),
        writes=mark("one file, all or nothing"),
    ),
    "init": CommandDoc(
        reads=mark("the configuration"),
        writes=mark("a configuration and a log, if they are missing"),
        meanings={
            0: mark("done, also when both exist"),
            130: mark("interrupted, and nothing was written"),
        },
    ),
    "mcp": CommandDoc(reads=_REGISTER_AND_LOG, writes=mark("answers to standard output")),
    "doctor": CommandDoc(
        reads=mark("what the other commands read, and cron's files; connects to the mail server"),
        meanings={
            0: mark("no problem"),
            2: mark("a problem of the configuration, the machine or cron"),
            3: mark("of the register"),
            4: mark("of the log"),
            5: mark("of the mail server; of several problems, the worst counts: 4, 3, 2, 5"),
        },
    ),
    "config": CommandDoc(reads=mark("the configuration and the environment"), is_group=True),
    "config get": CommandDoc(reads=mark("the configuration and the environment")),
    "config set": CommandDoc(
        reads=mark("the configuration"), writes=mark("the configuration file")
    ),
    "config edit": CommandDoc(
        reads=mark("the configuration"),
        writes=mark("the configuration file"),
        meanings={130: mark("interrupted, and nothing was changed")},
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
    "--screenshot --html --wacz --pdf": ("--capture",),
    "--secret --confidential --hidden": ("--private",),
    "--warning": ("--warn",),
    "--crit": ("--critical",),
    "--acknowledge --known-date --silence": ("--ack",),
    "--log-url --database --db": ("--log",),
}
"""Options that people type, and what they mean: the first that the command has."""
