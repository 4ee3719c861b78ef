"""What is changed behind the back of the log, and what a redaction leaves behind."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from orderwatch.log import open_store
from orderwatch.log.sqlite import SqliteLog
from orderwatch.log.verify import verify_lines
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry
from tests.stress.disks import EVIDENCE
from tests.stress.killed import forked
from tests.stress.outcome import DENIED, Place, command, exported, filled, told
from tests.support.entries import Scribe
from tests.support.tampering import tampering

TABLES = ("entry", "payload", "effect", "event_subject")
_MARKS = 20
"""Words of a log that are looked for, byte by byte."""


def bits(place: Place) -> None:
    """Flip one bit of the file; what is told is the same, or nothing is."""
    log = place.new("bits") / "log.sqlite"
    filled(log, EVIDENCE)
    before, data = told(log), log.read_bytes()
    copy = place.new("copy") / "log.sqlite"
    # Most of a short log is free, and full of zeros: three of four go elsewhere, the
    # same number into every part.
    parts = [range(len(data)), *[[at for at, byte in enumerate(data) if byte]] * 3]
    for number in range(place.times):
        part = parts[number % 4]
        step = len(part) / place.times
        at = part[int((number + place.chance.random()) * step)]
        flipped = data[at] ^ 1 << place.chance.randrange(8)
        copy.write_bytes(data[:at] + bytes([flipped]) + data[at + 1 :])
        after = told(copy)
        place.outcome.tried += 1
        place.outcome.expect(after in {None, before}, f"a bit of byte {at}")
        place.outcome.found["found" if after is None else "of no consequence"] += 1


def evidence(place: Place) -> None:
    """Flip bits of a kept file, cut it, lengthen it, remove it."""
    log = place.new("evidence") / "log.sqlite"
    filled(log, EVIDENCE)
    [file] = [one for one in log.parent.rglob("*/*") if one.is_file()]
    file.chmod(0o600)
    others = [EVIDENCE[:-1], EVIDENCE + b"\n", b"", None]
    for bit in range(len(EVIDENCE) * 8):
        data = bytearray(EVIDENCE)
        data[bit // 8] ^= 1 << bit % 8
        others.append(bytes(data))
    for other in others[: place.times]:
        file.unlink(missing_ok=True)
        if other is not None:
            file.write_bytes(other)
        code, _, _ = command(log, "log", "verify")
        place.outcome.tried += 1
        place.outcome.expect(code in DENIED, f"evidence of {other!r}")
    file.write_bytes(EVIDENCE)
    place.outcome.expect(command(log, "log", "verify")[0] == 0, "the file itself")


def rows(place: Place) -> None:
    """Delete, swap, repeat and alter rows of every table, past the guards."""
    chance, done = place.chance, place.outcome
    log = place.new("rows") / "log.sqlite"
    filled(log, EVIDENCE)
    data, dumped = log.read_bytes(), _dump(log)
    copy = place.new("copy") / "log.sqlite"
    ways = (_deleted, _swapped, _repeated, _altered)
    while done.tried < place.times:
        copy.write_bytes(data)
        table, way = chance.choice(TABLES), chance.choice(ways)
        with suppress(sqlite3.IntegrityError):  # the tables themselves refuse some
            tampering(copy, way(place, copy, table))
            if _dump(copy) != dumped:
                done.tried += 1
                what = way.__name__.strip("_")
                done.expect(told(copy) is None, f"a row of {table} was {what}")
                done.found[what] += 1


def _row(place: Place, log: Path, table: str) -> tuple[list[str], list[str]]:
    """Choose a row: the columns of its table, and its values as SQL writes them."""
    with closing(sqlite3.connect(log)) as con:
        names = [row[1] for row in con.execute(f"PRAGMA table_info({table})")]
        quoted = ", ".join(f"quote({name})" for name in names)
        found = con.execute(f"SELECT {quoted} FROM {table}").fetchall()  # noqa: S608 - our own names
    return names, list(place.chance.choice(found))


def _is(names: list[str], values: list[str]) -> str:
    return " AND ".join(f"{name} IS {value}" for name, value in zip(names, values))  # noqa: B905 - of one row


def _deleted(place: Place, log: Path, table: str) -> str:
    return f"DELETE FROM {table} WHERE {_is(*_row(place, log, table))}"  # noqa: S608 - as above


def _altered(place: Place, log: Path, table: str) -> str:
    names, values = _row(place, log, table)
    name, value = place.chance.choice(list(zip(names, values, strict=True)))
    number = place.chance.choice((-1, 1, 2, 7))
    new = f"{value} + {number}" if value.lstrip("-").isdigit() else f"flip({value})"
    if value.startswith("'"):
        new = f"CAST({new} AS TEXT)"
    return f"UPDATE {table} SET {name} = {new} WHERE {_is(names, values)}"  # noqa: S608 - as above


def _swapped(place: Place, log: Path, table: str) -> str:
    """Give a row the contents of another."""
    names, values = _row(place, log, table)
    _, others = _row(place, log, table)
    first = place.chance.randrange(1, len(names))
    pairs = list(zip(names, others, strict=True))[first:]
    new = ", ".join(f"{name} = {value}" for name, value in pairs)
    return f"UPDATE {table} SET {new} WHERE {_is(names, values)}"  # noqa: S608 - as above


def _repeated(place: Place, log: Path, table: str) -> str:
    """Insert a row again, in another place."""
    names, values = _row(place, log, table)
    at = names.index("seq")
    values[at] = str(place.chance.choice((-1, 0, 3, 99)))
    return f"INSERT INTO {table} VALUES ({', '.join(values)})"  # noqa: S608 - as above


def _dump(log: Path) -> list[object]:
    with closing(sqlite3.connect(log)) as con:
        con.text_factory = bytes
        every = (f"SELECT * FROM {table}" for table in TABLES)  # noqa: S608 - as above
        return [sorted(con.execute(sql).fetchall(), key=repr) for sql in every]


def tails(place: Place) -> None:
    """Cut ends and rewrite beginnings, and hold them against checkpoints."""
    chance, done = place.chance, place.outcome
    ana, heads = Scribe(), list[TreeHead]()
    with open_store(str(place.new("t") / "a"), write=True, must_exist=False) as log:
        for number in range(24):
            log.append(ana.event(f"Number {number}."))
            heads.append(log.head())
        lines = list(log.export())
        done.expect(log.verify(heads).problem is None, "the log itself")
    for _ in range(place.times):
        kept = chance.choice(heads)
        cut = chance.randrange(kept.size)
        changed = list(lines)
        if chance.random() < 1 / 2:
            changed = lines[:cut]  # the end is gone, the rest as it was
        else:
            changed[cut] = exported([Scribe("Eve").event(f"Number {cut}.")])[0]
        with open_store(str(place.new("t") / "b"), write=True, must_exist=False) as other:
            other.append_many(changed)
            done.expect(other.verify().problem is None, "a log made anew")
            reports = other.verify([kept]), verify_lines(changed, [kept])
        done.tried += 1
        for report in reports:
            done.expect(report.problem, f"{len(changed)} entries against {kept.size}")


def torn(place: Place) -> None:
    """Cut the file anywhere, or lay zeros or another page over one."""
    log = place.new("torn") / "log.sqlite"
    filled(log)
    before, data = told(log), log.read_bytes()
    copy = place.new("copy") / "log.sqlite"
    page = int.from_bytes(data[16:18])  # as the head of the file says it
    for _ in range(place.times):
        # Disks write a page in sectors, old and new ones.
        size = place.chance.choice((512, 4096, page))
        pages = [data[at : at + size] for at in range(0, len(data), size)]
        at = place.chance.randrange(len(pages))
        other = place.chance.choice((bytes(size), place.chance.choice(pages), None))
        changed = data[: place.chance.randrange(len(data))]
        if other is not None:
            changed = b"".join([*pages[:at], other, *pages[at + 1 :]])
        copy.write_bytes(changed)
        after = told(copy)
        place.outcome.tried += 1
        place.outcome.expect(after in {None, before}, f"{size} bytes at {at * size}")
        place.outcome.found["found" if after is None else "of no consequence"] += 1


def broken_off(place: Place) -> None:
    """Kill redactions; the next writer removes what those recorded have left."""
    chance, done, took = place.chance, place.outcome, 0.0
    for number in range(place.times):
        log = place.new("redacted") / "log.sqlite"
        scribe = Scribe(f"writer {number}")
        entries = [scribe.event(f"mark{number} " * 99) for _ in range(20)]
        with open_store(str(log), write=True, must_exist=False) as opened:
            for entry in entries:
                opened.append(entry)
        entry = chance.choice(entries)
        child = forked(partial(_redacting, log, scribe.redact(entry)))
        os.read(child.output, 1)
        began = time.perf_counter()
        if took:
            time.sleep(chance.uniform(0, took))
            child.killed()
        else:
            child.ended()
            took = time.perf_counter() - began
        with open_store(str(log), write=True) as opened:
            there = opened.head().size == len(entries)
            done.expect(opened.verify().problem is None, "the log itself")
        salt = entry.salt or b""
        held = b"".join(one.read_bytes() for one in log.parent.iterdir())
        done.expect((salt in held) is there, "a salt" if there else "no salt")
        done.found["not recorded" if there else "recorded"] += 1
        done.tried += 1


def _redacting(log: Path, redaction: Entry) -> None:
    with open_store(str(log), write=True) as opened:
        assert isinstance(opened, SqliteLog)
        # What is left then is what a crash can leave.
        opened._con.execute("PRAGMA secure_delete = OFF")  # noqa: SLF001 - not to be had
        os.write(1, b".")
        opened.append(redaction)


def redacted(place: Place) -> None:
    """Redact some entries, and look for their words in every byte of the folder."""
    chance, done = place.chance, place.outcome
    for number in range(place.times):
        log = place.new("redacted") / "log.sqlite"
        words = [f"mark{chance.getrandbits(80):020x}" for _ in range(_MARKS)]
        scribe = Scribe(f"writer {number}")
        with open_store(str(log), write=True, must_exist=False) as opened:
            entries = [
                scribe.event(f"{word} {word.upper()} " * chance.choice((1, 9, 200)))
                for word in words
            ]
            if chance.random() < 1 / 2:
                opened.append_many(exported(entries))
            else:
                for entry in entries:
                    opened.append(entry)
            gone = chance.sample(range(_MARKS), chance.randrange(1, 5))
            for at in gone:
                opened.append(scribe.redact(entries[at]))
            done.expect(opened.verify().problem is None, "the log itself")
        held = b"".join(one.read_bytes().lower() for one in log.parent.rglob("*") if one.is_file())
        for at, word in enumerate(words):
            there = word.encode() in held
            done.expect(there is (at not in gone), f"{word} {'' if there else 'not '}")
        done.tried += len(gone)
        done.found["files searched"] += len(list(log.parent.iterdir()))
