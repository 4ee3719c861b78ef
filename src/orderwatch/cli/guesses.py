"""Words that people type for commands: synonyms first, then mistyped names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from shlex import join

from orderwatch.errors import suggest
from orderwatch.translation import _

_RETRACT = "delete remove rm del undo revert withdraw cancel drop erase purge"
SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "": {
        "orders": "list ls dir all order case cases decisions index latest newest",
        "show ID": "get view display details detail info cat read",
        "open ID": "browse browser visit url link web",
        "cite ID": "citation citations quote reference bibtex oscola bluebook",
        "explain ID": "why reason how compute derivation",
        "status": "today now pending active summary overview dashboard state measures",
        "find WORDS": "search grep lookup query look locate",
        "countdown": "due next upcoming coming agenda soon when",
        "countdown --live": "live watch",
        "deadlines": "deadline dates schedule",
        "deadlines --passed": "overdue late past passed missed expired",
        "status --timeline": "timeline gantt draw chart",
        "log list": "events entries record records tail recent activity",
        "log list --history": "history audit-log",
        "changes --since DATE": "news whatsnew what's-new updates changelog diff change-log",
        "log add": "new create insert append",
        "log correct ENTRY": "edit change modify amend update fix",
        "log retract ENTRY": _RETRACT,
        "log verify": "audit",
        "log import FILE": "load merge",
        "log export": "dump",
        "export ics": "calendar cal ical icalendar subscribe outlook",
        "export atom": "feed rss",
        "export csv": "excel spreadsheet table tsv xlsx",
        "export json": "api",
        "export markdown": "md",
        "export svg": "image picture",
        "publish DIR": "website site html page pages serve deploy",
        "remind": "notify mail email send reminder reminders alarm",
        "check": "monitor nagios icinga alert alerts probe ping",
        "init": "setup install start configure begin",
        "config": "settings setting configuration preferences prefs options env environment",
        "doctor": "diagnose diagnostics health healthcheck selftest test debug",
        "register validate": "lint",
        "help": "commands usage man manual",
    },
    "log": {
        "log list": "ls all entries events tail",
        "log list --search WORDS": "search find grep query",
        "log list --history": "history changes",
        "log show ENTRY": "get view display details cat read open",
        "log add": "new create record insert append write submit",
        "log correct ENTRY": "edit change modify amend update fix set",
        "log retract ENTRY": _RETRACT,
        "log import FILE": "load merge",
        "log export": "dump save download",
        "log verify": "check audit validate test",
        "log checkpoint": "sign root head",
        "log prove ENTRY": "proof inclusion",
        "log keygen KEYFILE": "key keys genkey",
        "log reindex": "index rebuild",
    },
    "orders": {
        "orders list": "ls all",
        "show ID": "show get view details open",
        "find WORDS": "search find grep",
        "status ID": "status",
        "register validate": "validate check lint",
        "register new FILE": "new add create",
        "schema register": "schema",
    },
    "register": {
        "register validate": "lint verify test",
        "register update": "fetch pull download upgrade install sync",
        "register rollback": "undo revert downgrade restore",
        "register diff A B": "compare changes",
        "register status": "info state version age",
        "register new FILE": "create init add make template",
        "orders": "list ls show",
        "schema register": "schema",
    },
}
"""For each group, a command and the other words that lead to it."""

_FORMATS = {"atom": "export atom", "csv": "export csv", "ics": "export ics", "json": "export json"}
_FORMATS |= {"markdown": "export markdown", "svg": "export svg"}
"""Arguments of `export`, which people take for commands."""
_QUESTIONS = dict.fromkeys(("new", "happened", "changed"), "changes --since DATE")
"""Words that mean something else after `what is`."""
_ASKING = {"how", "when", "why"}
_DESTRUCTIVE = {"redact", "retract", "revoke"}
"""Commands that no other word may lead to by resemblance."""
_TAKING_IDS = {
    *("show", "open", "cite", "explain", "find", "status", "countdown", "deadlines"),
    *("orders", "check", "remind", "export ics", "export atom", "export csv", "export json"),
    *("log list", "log show", "log correct", "log retract", "log prove"),
}
_PLACEHOLDER = re.compile(r" (?:ID|WORDS|ENTRY)$")
_EDGES = "?!.,_"
_PREFIX_MIN = 3
_NEAR = 0.82
"""Resemblance from which a word is a mistyped command before it is searched for."""
_LIKE = 0.7
"""The same, if nothing else matches."""


def synonym(path: str, word: str) -> str | None:
    """Return the command that a word stands for in a group, or at the top without one."""
    from orderwatch.cli.command_docs import COMMAND_DOCS

    name = word.casefold().strip(_EDGES)
    for command, words in SYNONYMS.get(path, {}).items():
        if name in words.split():
            return command
    if path:
        return None
    nested = [command for command in COMMAND_DOCS if command.partition(" ")[2] == name]
    return _FORMATS.get(name) or next(iter(nested), None)


def guess(
    path: str, words: Sequence[str], names: Iterable[str], *, is_question: bool = False
) -> str | None:
    """Return the error for words that stand for a command of a group, or `None`."""
    typed = f"{path} {words[0]}".strip()
    question = _QUESTIONS.get(words[0].casefold().strip(_EDGES)) if is_question else None
    if command := question or synonym(path, words[0]):
        message = _('"{typed}" is not a command. Run "orderwatch {command}".')
        return message.format(typed=typed, command=_complete(command, words[1:]))
    if name := near(words[0], names):
        message = _('"{typed}" is not a command. Did you mean {command}?')
        return message.format(typed=typed, command=f"{path} {name}".strip())
    return None


def is_asking(word: str) -> bool:
    """Return whether a word asks for a command and is no part of a name: `why rafah/3`."""
    return word.casefold() in _ASKING


def is_common(word: str) -> bool:
    """Return whether a word is a stop word, and stands for no command."""
    from orderwatch.word_search import without_stop_words

    return not without_stop_words(word) and synonym("", word) is None


def _complete(command: str, rest: Sequence[str]) -> str:
    """Return a command with the words that follow it, where it takes any."""
    from orderwatch.word_search import without_stop_words

    useful = [word for word in rest if without_stop_words(word) and synonym("", word) != command]
    name, dashes, option = command.partition(" --")
    if not useful or _PLACEHOLDER.sub("", name) not in _TAKING_IDS:
        return command
    if _PLACEHOLDER.search(command):
        return f"{_PLACEHOLDER.sub('', command)} {join(useful)}"
    return f"{name} {join(useful)}{dashes}{option}"


def near(word: str, names: Iterable[str]) -> str | None:
    """Return the only command that begins with a word, or that is almost the same."""
    name = word.casefold().strip(_EDGES)
    candidates = [other for other in names if other not in _DESTRUCTIVE]
    if len(name) >= _PREFIX_MIN:
        beginning = [other for other in candidates if other.startswith(name)]
        if len(beginning) == 1:
            return beginning[0]
    return _like(name, candidates, _NEAR)


def like(word: str, names: Iterable[str]) -> str | None:
    """Return the nearest command, if it is like a word that matches nothing else."""
    return _like(word.casefold(), names, _LIKE)


def _like(name: str, names: Iterable[str], cutoff: float) -> str | None:
    candidates = [other for other in names if other not in _DESTRUCTIVE]
    matches = suggest(name, candidates, limit=1)
    is_like = matches and SequenceMatcher(None, name, matches[0]).ratio() >= cutoff
    return matches[0] if is_like else None
