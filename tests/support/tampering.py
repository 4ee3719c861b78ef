"""Change a log behind the back of its triggers."""

import sqlite3
from contextlib import closing
from pathlib import Path


def flipped(value: str | bytes) -> bytes:
    """Flip one bit."""
    data = value.encode() if isinstance(value, str) else value
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
    "INSERT INTO effect VALUES (4, 6, 'retraction')": 6,
    "INSERT INTO effect VALUES (4, 9, 'retraction')": 9,
    "INSERT INTO effect VALUES (4, 0, 'retraction')": 0,
    "UPDATE effect SET kind = 'correction' WHERE seq = 6": 6,
    "UPDATE effect SET target = 4 WHERE seq = 6": 6,
    "DELETE FROM event_subject WHERE seq = 4 AND id = '993'": 4,
    "INSERT INTO event_subject VALUES ('192/2024-05-24/3', 4, 739030, 0)": 4,
    "INSERT INTO event_subject VALUES ('994', 9, 739030, 0)": 9,
    "UPDATE event_subject SET id = '192' WHERE seq = 4 AND id = '993'": 4,
    "UPDATE event_subject SET day = day + 1 WHERE seq = 4 AND id = '993'": 4,
    "UPDATE event_subject SET affects_status = 1 WHERE seq = 4 AND id = '993'": 4,
    "DELETE FROM entry": 1,
    "DROP VIEW indexed_text": None,
    "CREATE TABLE more (x)": None,
    "UPDATE log SET origin = replace(origin, 'watch', 'wAtch')": None,
    "DELETE FROM log": None,
    "INSERT INTO log SELECT origin FROM log": None,
}
