"""Change a log behind the back of its triggers."""

import sqlite3
from contextlib import closing
from pathlib import Path


def flipped(value: str | bytes | None) -> bytes:
    """Flip one bit; of nothing, make a byte."""
    data = (value.encode() if isinstance(value, str) else value) or b"\0"
    return bytes([data[0] ^ 1]) + data[1:]


def tampering(path: Path, sql: str) -> None:
    """Change a log behind the back of its triggers."""
    with closing(sqlite3.connect(path)) as con:
        con.create_function("flip", 1, flipped)
        rows = con.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in rows:
            con.execute(f"DROP TRIGGER {name}")
        con.execute(sql)
        for _, made in rows:
            con.execute(made)
        con.commit()


_ENDLESS = """
ALTER TABLE {0} RENAME TO old_{0};
CREATE VIEW {0} ({1}) AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x)
SELECT {1} FROM old_{0}, x WHERE n < 0;
"""
_IGNORE = "BEGIN SELECT raise(IGNORE); END;"

PLANTED = {
    "a trigger that ignores entries": f"CREATE TRIGGER words_x BEFORE INSERT ON entry {_IGNORE}",
    "a trigger that ignores payloads": f"CREATE TRIGGER words_x BEFORE INSERT ON payload {_IGNORE}",
    "a copy of each payload": """
CREATE TABLE search_content (body TEXT);
CREATE TRIGGER search_y AFTER INSERT ON payload BEGIN
  INSERT INTO search_content VALUES (NEW.body);
END;""",
    "a trigger with the name of a table": f"CREATE TRIGGER search AFTER INSERT ON entry {_IGNORE}",
    "a trigger with the name of a view": """
CREATE TRIGGER indexed_text AFTER INSERT ON entry BEGIN SELECT 1; END;""",
    "an index": "CREATE INDEX planted ON entry (header)",
    "an index fewer": "DROP INDEX payload_day",
    "an index of the same name on something else": """
DROP INDEX payload_day;
CREATE INDEX payload_day ON payload (abs(day));""",
    "a guard fewer": "DROP TRIGGER entry_no_update",
    "a guard of the same name that does nothing": """
DROP TRIGGER entry_no_update;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END;""",
    "a guard in capital letters": """
DROP TRIGGER entry_no_update;
CREATE TRIGGER ENTRY_NO_UPDATE BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'the log only grows'); END;""",
    "a view fewer": "DROP VIEW indexed_text",
    "a view that computes something else": """
DROP VIEW indexed_text;
CREATE VIEW indexed_text (seq, text) AS SELECT seq, 'x' FROM payload;""",
    "a trigger on a view": f"""
CREATE TRIGGER words_v INSTEAD OF INSERT ON indexed_text {_IGNORE}""",
    "a shadow table that this search has not": "CREATE TABLE search_docsize (id INTEGER, sz BLOB)",
    "a trigger on a shadow table": f"""
CREATE TRIGGER search_data_x BEFORE INSERT ON search_data {_IGNORE}""",
    "a column of a shadow table": "ALTER TABLE search_config ADD COLUMN more",
    "another search": "CREATE VIRTUAL TABLE words USING fts5 (text)",
    "statistics": "ANALYZE",
    "a column more": "ALTER TABLE payload ADD COLUMN more TEXT",
    "a column that computes": """
ALTER TABLE entry ADD COLUMN more INTEGER AS (length(zeroblob(100000000))) VIRTUAL""",
    "a table that checks nothing": """
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK', '/* */ CHECK')
WHERE name = 'payload';""",
    "an object twice": """
PRAGMA writable_schema = ON;
INSERT INTO sqlite_schema SELECT * FROM sqlite_schema WHERE name = 'entry_no_update';""",
    **{
        f"an endless view instead of {table}": _ENDLESS.format(table, columns)
        for table, columns in {
            "entry": "seq, id, recorded, header, nodes",
            "payload": "seq, salt, day, body",
            "log": "origin",
            "effect": "target, seq, kind",
            "event_subject": "id, seq, day, affects_status",
            "reminder": "channel, recipient, obligation, deadline, due, days, message, at",
        }.items()
    },
}
"""What a stranger can plant in the schema of a file: each has to be found when it is opened."""


def plant(path: Path, sql: str) -> None:
    """Plant objects in the schema of a log; its guards remain where the script leaves them."""
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA legacy_alter_table = ON")
        con.create_function("uuid_bytes", 1, bytes, deterministic=True)
        con.executescript(sql)
        con.commit()


CHANGES = {
    "UPDATE entry SET header = replace(header, 'Ana', 'Eve') WHERE seq = 4": 4,
    "UPDATE entry SET header = CAST(flip(header) AS TEXT) WHERE seq = 4": 4,
    "UPDATE entry SET nodes = flip(nodes) WHERE seq = 4": 4,
    "UPDATE entry SET nodes = substr(nodes, 1, 32) WHERE seq = 4": 4,
    "UPDATE entry SET id = flip(id) WHERE seq = 4": 4,
    "UPDATE payload SET salt = flip(salt) WHERE seq = 4": 4,
    "UPDATE payload SET body = replace(body, 'Says', 'Said') WHERE seq = 4": 4,
    "UPDATE payload SET day = day + 1 WHERE seq = 4": 4,
    "UPDATE payload SET day = NULL WHERE seq = 4": 4,
    "UPDATE entry SET recorded = '2024-05-24T12:00:00.000Z' WHERE seq = 4": 4,
    "UPDATE payload SET seq = 3 WHERE seq = 4": 3,
    "DELETE FROM payload WHERE seq = 4": 4,
    "INSERT INTO withheld VALUES (4)": 4,
    "INSERT INTO withheld VALUES (9)": 9,
    "DELETE FROM entry WHERE seq = 4": 4,
    "DELETE FROM entry WHERE seq = 1": 1,
    "DELETE FROM entry WHERE seq = 7": 7,
    "UPDATE entry SET seq = -seq WHERE seq = 4": None,
    "UPDATE entry SET seq = CASE seq WHEN 4 THEN 9 ELSE seq END": 4,
    "INSERT INTO entry SELECT 8, x'00', '', header, nodes FROM entry WHERE seq = 1": 8,
    "INSERT INTO payload SELECT 3, salt, day, body FROM payload WHERE seq = 4": 3,
    "INSERT INTO payload SELECT 9, salt, day, body FROM payload WHERE seq = 4": 9,
    "DELETE FROM effect WHERE seq = 5": 5,
    "DELETE FROM effect WHERE seq = 7": 7,
    "INSERT INTO effect VALUES (4, 1, 'retraction', 1)": 1,
    "UPDATE effect SET counts = 0 WHERE kind = 'correction'": 5,
    "UPDATE log SET owner = '54b0'": None,
    "INSERT INTO effect VALUES (4, 9, 'retraction', 1)": 9,
    "INSERT INTO effect VALUES (4, 0, 'retraction', 1)": 0,
    "UPDATE effect SET kind = 'correction' WHERE seq = 6": 6,
    "UPDATE effect SET target = 4 WHERE seq = 6": 6,
    "DELETE FROM event_subject WHERE seq = 4 AND id = '993'": 4,
    "INSERT INTO event_subject VALUES ('192/2024-05-24/3', 4, 739030, 0)": 4,
    "INSERT INTO event_subject VALUES ('994', 9, 739030, 0)": 9,
    "UPDATE event_subject SET id = '192' WHERE seq = 4 AND id = '993'": 4,
    "UPDATE event_subject SET day = day + 1 WHERE seq = 4 AND id = '993'": 4,
    "UPDATE event_subject SET affects_status = 1 WHERE seq = 4 AND id = '993'": 4,
    "DELETE FROM entry": 1,
    "UPDATE log SET origin = replace(origin, 'watch', 'wAtch')": None,
    "DELETE FROM log": None,
    "INSERT INTO log SELECT origin, owner FROM log": None,
}
