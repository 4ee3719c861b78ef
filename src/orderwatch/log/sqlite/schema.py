"""Tables of a log in SQLite, and migrations from one version to the next.

`entry` is the log: `nodes` holds the hashes of all subtrees that the entry
completes, its leaf first. `payload` can be redacted. All other tables are indexes
computed from these two; `log verify` compares them, except the search index. `withheld` lists
entries that were imported without payload, which a later import can bring. The
triggers guard against mistakes; the proof is the tree. A file with any other object, or
one fewer, is refused when it is opened: a planted trigger could drop an entry that was
acknowledged, a planted view never end.

`owner` is the public key of the owner of the log, NULL if it has none; `origin` contains its
fingerprint. `effect` has a row for each amendment, and whether it counts: see
`model.entry.Authority`.

`attestation` holds signature lines of notes and time stamps on the tree of the first `size`
entries, with the root that they are about.

`event_subject` has a row for each id that an event names, and for the obligation of
each deadline; events with `affects_status` are read for a status, others only counted.
`day` is the day of the event as `date.toordinal` counts, NULL for a reason; `recorded`
is that of the header.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

from orderwatch.text import SPELLINGS
from orderwatch.translation import _

APPLICATION_ID = 0x6F776C67
"""The letters `owlg`; a file with another id is refused."""


def _spell_out(expression: str) -> str:
    """Return the SQL of `text.spell_out`."""
    for letter, spelling in SPELLINGS.items():
        expression = f"replace({expression}, '{letter}', '{spelling}')"
    return expression


_SPELLED_OUT = _spell_out("text")

_VERSION_1 = f"""
CREATE TABLE log (origin TEXT NOT NULL, owner TEXT) STRICT;
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  recorded TEXT NOT NULL,
  header TEXT NOT NULL,
  nodes BLOB NOT NULL
) STRICT;
CREATE INDEX entry_recorded ON entry (recorded);
-- In a text, a backslash stands before each quote.
CREATE INDEX entry_private ON entry (seq) WHERE header LIKE '%,"private":true,%';
CREATE INDEX entry_recorder ON entry (seq) WHERE header LIKE '%,"kind":"recorder",%';
CREATE TABLE payload (
  seq INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  day INTEGER CHECK (day BETWEEN 1 AND 3652059),
  body TEXT NOT NULL
) STRICT;
CREATE INDEX payload_day ON payload (day);
CREATE TABLE withheld (seq INTEGER PRIMARY KEY) STRICT;
-- Few entries have attachments. No other part of a payload begins like this.
CREATE INDEX payload_attachments ON payload (seq) WHERE body LIKE '%{{"media_type":%';
CREATE TABLE effect (
  target INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
  PRIMARY KEY (target, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX effect_seq ON effect (seq);
CREATE INDEX effect_void ON effect (seq) WHERE NOT counts;
CREATE TABLE event_subject (
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  day INTEGER NOT NULL CHECK (day BETWEEN 1 AND 3652059),
  affects_status INTEGER NOT NULL CHECK (affects_status IN (0, 1)),
  PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subject_status ON event_subject (id, seq) WHERE affects_status;

-- Most payloads have none of the first four keys, and each extraction takes time.
CREATE VIEW indexed_text (seq, text) AS
  SELECT seq, {_SPELLED_OUT} FROM (
  SELECT seq, CASE json_extract(body, '$.why', '$.by', '$.finding', '$.trigger')
    WHEN '[null,null,null,null]' THEN json_extract(body, '$.speaker')
      || ' ' || json_extract(body, '$.summary')
    ELSE coalesce(json_extract(body, '$.why'), '')
      || ' ' || coalesce(json_extract(body, '$.speaker'), '')
      || ' ' || coalesce(json_extract(body, '$.by'), '')
      || ' ' || coalesce(json_extract(body, '$.summary'), '')
      || ' ' || coalesce(json_extract(body, '$.finding'), '')
      || ' ' || coalesce(json_extract(body, '$.trigger'), '')
    END AS text
  FROM payload);
CREATE VIRTUAL TABLE search USING fts5 (
  text, content = 'indexed_text', content_rowid = 'seq',
  tokenize = 'unicode61 remove_diacritics 2', columnsize = 0
);
-- Bytes in memory: a large import writes few segments and need not merge them.
INSERT INTO search (search, rank) VALUES ('hashsize', 16000000);

-- Cosignatures and time stamps of checkpoints; no part of what the tree proves.
CREATE TABLE attestation (
  size INTEGER NOT NULL CHECK (size > 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  kind TEXT NOT NULL CHECK (kind IN ('signature', 'cosignature', 'timestamp')),
  identity TEXT,
  value BLOB NOT NULL CHECK (length(value) <= 65536)
) STRICT;
CREATE INDEX attestation_size ON attestation (size);

-- Redactions after the last VACUUM.
CREATE TABLE pending_vacuum (seq INTEGER PRIMARY KEY) STRICT;
-- The outbox of reminders; no part of what the tree proves.
CREATE TABLE recipient (
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  since TEXT NOT NULL,
  host TEXT,
  token TEXT,
  expires TEXT,
  ran TEXT,
  PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE reminder (
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  obligation TEXT NOT NULL,
  deadline TEXT NOT NULL,
  due TEXT NOT NULL,
  days INTEGER NOT NULL,
  message TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (channel, recipient, deadline, due, days)
) STRICT, WITHOUT ROWID;
-- Messages whose delivery is unknown.
CREATE TABLE pending_message (
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  content BLOB NOT NULL,
  reminders TEXT NOT NULL,
  PRIMARY KEY (channel, recipient)
) STRICT;

CREATE TRIGGER log_insert_once BEFORE INSERT ON log WHEN EXISTS (SELECT 1 FROM log)
BEGIN SELECT raise(ABORT, 'a log has one name'); END;
CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN SELECT raise(ABORT, 'a log keeps its name'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN SELECT raise(ABORT, 'a log keeps its name'); END;

-- `INSERT OR REPLACE` does not fire a delete trigger; these fire.
CREATE TRIGGER entry_insert BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
  OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
BEGIN SELECT raise(ABORT, 'an entry takes the next number, once'); END;
CREATE TRIGGER payload_insert BEFORE INSERT ON payload
WHEN NOT EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM payload WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM effect WHERE target = NEW.seq AND kind = 'redaction' AND counts)
BEGIN SELECT raise(ABORT, 'a payload comes with its entry'); END;
CREATE TRIGGER withheld_insert BEFORE INSERT ON withheld
WHEN NOT EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM payload WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'only an entry that comes without payload is withheld'); END;
CREATE TRIGGER effect_insert BEFORE INSERT ON effect
WHEN EXISTS (SELECT 1 FROM effect WHERE target = NEW.target AND seq = NEW.seq)
  OR NOT EXISTS (
    SELECT 1 FROM entry AS later JOIN entry AS target ON target.seq = NEW.target
    WHERE later.seq = NEW.seq AND later.seq > target.seq
      AND json_extract(later.header, '$.kind') = NEW.kind
      AND replace(json_extract(later.header, '$.target'), '-', '')
        = lower(hex(target.id))
  )
BEGIN SELECT raise(ABORT, 'an effect is what its entry says'); END;

CREATE TRIGGER attestation_insert BEFORE INSERT ON attestation
WHEN NEW.size > (SELECT coalesce(max(seq), 0) FROM entry)
BEGIN SELECT raise(ABORT, 'an attestation is of a state of the log'); END;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload
WHEN NOT EXISTS (SELECT 1 FROM effect WHERE target = OLD.seq AND kind = 'redaction' AND counts)
BEGIN SELECT raise(ABORT, 'only an entry that redacts removes a payload'); END;
CREATE TRIGGER withheld_no_update BEFORE UPDATE ON withheld
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER withheld_no_delete BEFORE DELETE ON withheld
WHEN NOT EXISTS (SELECT 1 FROM payload WHERE seq = OLD.seq)
  AND NOT EXISTS (SELECT 1 FROM effect WHERE target = OLD.seq AND kind = 'redaction' AND counts)
BEGIN SELECT raise(ABORT, 'an entry is withheld until its payload comes'); END;
CREATE TRIGGER effect_no_update BEFORE UPDATE ON effect
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER effect_no_delete BEFORE DELETE ON effect
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER attestation_no_update BEFORE UPDATE ON attestation
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER attestation_no_delete BEFORE DELETE ON attestation
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER event_subject_no_update BEFORE UPDATE ON event_subject
BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER event_subject_no_delete BEFORE DELETE ON event_subject
WHEN NOT EXISTS (SELECT 1 FROM effect WHERE target = OLD.seq AND kind = 'redaction' AND counts)
BEGIN SELECT raise(ABORT, 'only an entry that redacts removes a payload'); END;
"""  # noqa: S608 - made of our own constants

VERSIONS: tuple[str, ...] = (_VERSION_1,)
"""Scripts from each version to the next; append-only."""


_SELECT_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
_NAME_MAX = 60
_INSERT_GUARDS = ("entry_insert", "payload_insert")
"""Triggers before an insert, a quarter of the time of a long import."""


def latest_version() -> int:
    """Return the version that this program writes."""
    return len(VERSIONS)


def version(con: sqlite3.Connection) -> int:
    """Read the version of a file."""
    return int(con.execute("PRAGMA user_version").fetchone()[0])


class AlteredError(Exception):
    """The schema of a file differs from the one that this program creates."""


def check_objects(con: sqlite3.Connection) -> None:
    """Compare every object of the schema with the manifest of its version.

    Raises `AlteredError` before a planted trigger, view or table can run.
    """
    expected = _manifest(version(con))
    stored = Counter(con.execute(_SELECT_OBJECTS).fetchmany(expected.total() + 1))
    if stored != expected:
        kind, name = next(iter(stored - expected or expected - stored))[:2]
        message = _("its {kind} {name} differs from its definition")
        raise AlteredError(message.format(kind=_display(kind), name=_display(name)))


@lru_cache
def _manifest(until: int) -> Counter[tuple[Any, ...]]:
    """Return the objects that SQLite creates from our own scripts, up to a version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as con:
        con.text_factory = bytes
        migrate(con, until)
        return Counter(con.execute(_SELECT_OBJECTS))


def _display(value: Any) -> str:  # noqa: ANN401 - whatever an altered file has
    return value.decode(errors="replace")[:_NAME_MAX] if isinstance(value, bytes) else "?"


def migrate(con: sqlite3.Connection, until: int | None = None) -> None:
    """Run the missing migrations in the open transaction."""
    until = latest_version() if until is None else until
    for script in VERSIONS[version(con) : until]:
        # `executescript` would commit first.
        for statement in _statements(script):
            con.execute(statement)
    con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    con.execute(f"PRAGMA user_version = {until}")


@contextmanager
def without_insert_guards(con: sqlite3.Connection) -> Iterator[None]:
    """Drop the insert triggers, and create them again before the transaction ends.

    For a bulk import, which numbers entries itself and inserts payloads with entries.
    """
    sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name IN (?, ?)"
    triggers = con.execute(sql, _INSERT_GUARDS).fetchall()
    for name in _INSERT_GUARDS:
        con.execute(f"DROP TRIGGER IF EXISTS {name}")
    yield
    for (trigger,) in triggers:
        con.execute(trigger.decode())


def _statements(script: str) -> list[str]:
    statements, lines = [], []
    for line in script.strip().splitlines():
        lines.append(line)
        if sqlite3.complete_statement("\n".join(lines)):
            statements.append("\n".join(lines))
            lines.clear()
    return statements
