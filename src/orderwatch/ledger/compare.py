"""What a verification of any engine does: entry by entry, and at the end."""

from orderwatch.ledger import naming
from orderwatch.ledger.appender import packed
from orderwatch.ledger.bulk import locate
from orderwatch.ledger.database import Database, Row, fetch
from orderwatch.ledger.entry import header_fields
from orderwatch.ledger.recount import Recount
from orderwatch.ledger.walk import Mismatch, Walk

ENTRIES = (
    "SELECT e.seq, e.id, e.header, e.nodes, p.salt, p.body"
    " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq"
    " WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?"
)
_NAMES = "SELECT origin FROM log"
_ORPHANS = {
    what: (
        f"SELECT seq FROM {table} WHERE seq < 1"  # noqa: S608 - our own names
        " OR seq > (SELECT coalesce(max(seq), 0) FROM entry) LIMIT 1"
    )
    for what, table in (
        ("a payload", "payload"),
        ("an effect", "effect"),
        ("a place in the index of ids", "about"),
        ("a count of what was undone", "undone"),
    )
}


def step(con: Database, walk: Walk, recount: Recount, row: Row) -> None:
    """Take the next entry, a row of `ENTRIES`; say what is wrong with it."""
    seq, uid, raw, nodes, salt, body = row
    expected = walk.tree.size + 1
    if seq != expected:
        raise Mismatch("it is missing", expected)
    if not all(isinstance(one, bytes) for one in (raw, salt or b"", body or b"")):
        raise Mismatch("what is stored of it is neither text nor bytes", seq)
    try:
        name, kind, committed, _, _, target = header_fields(raw)
        found = walk.add(raw, committed, None if body is None else (salt, body))
        if target is not None:
            walk.name(kind, locate(con, target))
    except (Mismatch, ValueError) as error:
        raise Mismatch(str(error), seq) from error
    if body is not None:
        recount.take(seq, body)
    if packed(name) != uid:
        raise Mismatch("its id is not the one by which it is found", seq)
    if nodes != found:
        raise Mismatch("its hash, or one above it, is not the one stored", seq)


def check_effects(con: Database, walk: Walk, until: int) -> None:
    """Compare what is stored of the effects of entries with what they say."""
    rows = fetch(con, "SELECT target, seq, kind FROM effect WHERE seq <= ?", (until,))
    stored = {(target, seq, kind.decode()) for target, seq, kind in rows}
    if wrong := stored ^ walk.effects:
        target, seq, _ = min(wrong, key=lambda effect: effect[1])
        raise Mismatch(f"what is stored of its effect on entry {target} is wrong", seq)


def check_orphans(con: Database) -> None:
    """Look for what no entry has brought."""
    for what, sql in _ORPHANS.items():
        if rows := fetch(con, sql):
            raise Mismatch(f"there is {what} without an entry", rows[0][0])


def check_name(con: Database, *, made: bool = True) -> None:
    """Look for a name that is not as one was made; a log that was not has none."""
    names = [name.decode(errors="replace") for (name,) in fetch(con, _NAMES)]
    if len(names) != made or not all(map(naming.is_whole, names)):
        raise Mismatch("its name is not the one that it was given")
