"""A register whose texts are in no language, to tell the program's English from its content."""

import re
from pathlib import Path

import tomlkit
from tomlkit.items import AbstractTable, Array

from tests.support.paths import SMALL

_TEXTS = frozenset(
    (
        *("after", "confidentiality", "coverage", "ended_why", "finding", "label", "note", "scale"),
        *("short", "speaker", "state", "summary", "text", "title", "until", "was", "what", "why"),
        *("short_fr", "title_fr", "label_fr", "citation", "trigger"),
    )
)
"""Keys of a register whose values are sentences or names."""
NONSENSE = "Zorglub kiwu nabla"

_WORDS = re.compile(
    r"\b(to|or|no|be|it|if|only|did|you|should|must|cannot|can|what|who|matches|the|of|and|is|are|was|were|with|from|not|that|this|these|for|has|have|which|than|each"
    r"|its|due|ago|days?|deadlines?|known|unknown|nothing|entry|entries|filing|filed|report"
    r"|reports|measures|yes|by|recorded"
    r"|found|seen|missing|reviewed|register|record|log of|today|left|passed|upcoming)\b",
    re.IGNORECASE,
)
"""English words that French does not have."""
_ALLOWED = re.compile(
    r"https?://\S+|\| days_left.*|^  [a-z-]+(?=  )|--on \w+|no-referrer"
    r"|No such file or directory"  # of the system
    r"|`[^`]*`|<[a-z|]+>|\"[^\"]*\"|\b[A-Z]{2,}\b|entry-3|--sign home|\(register\)"
    r"|--?[a-z][a-z-]*(=\S+)?"  # options
    r"|\borderwatch( [a-z][\w/@.-]*| \[?[A-Z][A-Z|-]*\]?)*"  # commands
    r"|[\w./-]*/[\w./@:-]+|\b[\w-]+\.(toml|sqlite|json|jsonl|csv|ics|atom|svg|html|py|zip|key)\b"
    r"|\b[\w-]+/[\w./@-]+|\b(ev|icj)[-:]\w[\w-]*"  # paths and ids
    r"|\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z_]+\b"  # keys
    r"|\b(court|party|other-state|un-body|ngo|media|other)(?=[,.]|$| ou )"  # values of roles
    r"|\b(submission|court-decision|assessment|statement|step|development|note|report)\b(?!s? )",
    re.MULTILINE,
)
"""What is the same in every language: addresses, commands, options, files, ids, keys."""


def nonsense_register(folder: Path) -> Path:
    """Write a register whose texts are in no language."""
    document = tomlkit.parse(SMALL.read_text(encoding="utf-8"))
    _replace(document)
    path = folder / "nonsense.toml"
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def _replace(node: object) -> None:
    if isinstance(node, Array | list):
        for item in node:
            _replace(item)
    if isinstance(node, AbstractTable | dict):
        for key, value in list(node.items()):
            if key in _TEXTS and isinstance(value, str):
                node[key] = f"{NONSENSE} {len(value)}"
            else:
                _replace(value)


def english(text: str) -> list[str]:
    """Return the lines of a text that have an English word, apart from what is allowed."""
    return [line for line in text.splitlines() if _WORDS.search(_ALLOWED.sub(" ", line))]
